"""Lawful squads a day's people could form, as variables of the first stage."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from ortools.sat.python import cp_model

from planners.rostering.data import CERTIFIED_NEEDED, Day, Person, Problem
from planners.rostering.demand import squads_possible
from planners.rostering.engine import Answer
from planners.rostering.lawful import pair_groups

#: People of one agency whose certificates do the same: agency, pair groups, whether any scope is recorded.
_Kind = tuple[str, tuple[str, ...], bool]


class DayPairs:
    """Disjoint lawful pairs among the people sent on one day.

    People of one agency with the same certificates count as one kind, so that the search need not tell them
    apart. Everybody counts for one pair at most: the number of pairs is exact.
    """

    def __init__(
        self, model: cp_model.CpModel, problem: Problem, day: Day, going: Mapping[str, Any], *, sent: int
    ) -> None:
        self._model = model
        self._day = day
        self._going = going
        self._counted: dict[_Kind, list[Any]] = defaultdict(list)
        certified = sorted(
            (p for p in problem.people if p.id in going and p.certified_on(day.date)), key=lambda p: p.id
        )
        groups = pair_groups(certified, problem.rules.pair_rule)
        self._kinds = _kinds(certified, groups)
        possible = squads_possible(day, problem.rules, sent)
        self.lawful: Any = 0
        self.any_lawful: Any = 0
        if possible:
            pairs = sum(self._pairs(label, most=possible) for label in sorted(groups))
            self._bind_kinds()
            self.lawful = model.new_int_var(0, possible, f"lawful@{day.key}")
            self.any_lawful = model.new_bool_var(f"any lawful@{day.key}")
            model.add(self.lawful <= pairs)
            model.add(self.any_lawful <= self.lawful)

    def _pairs(self, label: str, *, most: int) -> Any:
        """Pairs of one pair group."""
        kinds = [kind for kind in self._kinds if label in kind[1]]
        heads = sum(len(self._kinds[kind]) for kind in kinds)
        if heads < CERTIFIED_NEEDED or not any(kind[2] for kind in kinds):
            return 0
        counts = {
            kind: self._model.new_int_var(0, len(self._kinds[kind]), f"{kind} for {label}@{self._day.key}")
            for kind in kinds
        }
        for kind, count in counts.items():
            self._counted[kind].append(count)
        top = min(most, heads // CERTIFIED_NEEDED)
        formed = self._model.new_int_var(0, top, f"pairs {label}@{self._day.key}")
        self._model.add(CERTIFIED_NEEDED * formed == sum(counts.values()))
        self._model.add(formed <= sum(count for kind, count in counts.items() if kind[2]))
        return formed

    def _bind_kinds(self) -> None:
        for kind, counts in self._counted.items():
            self._model.add(sum(counts) <= sum(self._going[person.id] for person in self._kinds[kind]))

    def used(self, answer: Answer, *, among: Collection[str]) -> Iterator[tuple[list[str], int]]:
        """Ids of each kind of which a pair needs somebody, and how many, as far as they are in ``among``."""
        for kind, counts in self._counted.items():
            people = [person.id for person in self._kinds[kind] if person.id in among]
            needed = sum(answer.value(count) for count in counts)
            if people and needed:
                yield people, needed


def _kinds(certified: list[Person], groups: Mapping[str, list[Person]]) -> dict[_Kind, list[Person]]:
    labels: dict[str, list[str]] = defaultdict(list)
    for label, people in sorted(groups.items()):
        for person in people:
            labels[person.id].append(label)
    kinds: dict[_Kind, list[Person]] = defaultdict(list)
    for person in certified:
        kinds[person.group, tuple(labels[person.id]), bool(person.scopes)].append(person)
    return kinds
