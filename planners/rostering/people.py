"""First stage: who is sent on which day.

Three goals in turn. First the fair turn: the sum of squared duties (history counted) is least. The duties
that the agencies' quotas allow form an M-convex set, on which the least sum of squares also has the least
maximum, the greatest minimum and hence the least spread (Frank & Murota, "Decreasing minimization on
M-convex sets"), so one convex goal is all the fairness there is. Then certificates where they make squads
lawful. Then certificates at large, and rest between duties.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from ortools.sat.python import cp_model

from planners.rostering.data import CERTIFIED_NEEDED, Day, Person, Problem
from planners.rostering.demand import available_by_group, quota, squads_possible
from planners.rostering.engine import Budget, Goal, minimise_in_turn
from planners.rostering.lawful import pair_groups

_WORK = 6.0  # CP-SAT's deterministic time for each goal; a month needs up to 2
_FIRST_SQUAD = 10  # a day's first lawful squad against its further ones
_REST = 3  # two duties on consecutive days against one certified person more


@dataclass(frozen=True)
class Sent:
    """Ids of the people sent by day, each in order of id, and whether the choice is proven best."""

    by_day: tuple[tuple[str, ...], ...]
    proven: bool


def choose_people(problem: Problem, *, budget: Budget, seed: int) -> Sent | None:
    """Choose who is sent on each day; None if the budget ended before a choice was found."""
    stage = _PeopleModel(problem)
    answer = minimise_in_turn(stage.model, stage.goals(), budget=budget, seed=seed, work=_WORK)
    if answer is None:
        return None
    by_day = tuple(
        tuple(sorted(person for person, var in going.items() if answer.value(var))) for going in stage.going
    )
    return Sent(by_day=by_day, proven=answer.proven)


class _PeopleModel:
    """Variables, constraints and goals of the first stage.

    ``going[d][person]`` is 1 when the person is sent on the d-th day; people who are not available have none.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.model = cp_model.CpModel()
        self.going: list[dict[str, Any]] = []
        self.sent: list[int] = []
        for day in problem.days:
            self._add_day(day)

    def _add_day(self, day: Day) -> None:
        going: dict[str, Any] = {}
        sent = 0
        for group, people in available_by_group(self.problem, day).items():
            variables = [self.model.new_bool_var(f"{person.id}@{day.key}") for person in people]
            needed = quota(group, len(people), day=day, rules=self.problem.rules)
            self.model.add(sum(variables) == needed)
            going.update(zip((person.id for person in people), variables, strict=True))
            sent += needed
        self.going.append(going)
        self.sent.append(sent)

    def goals(self) -> list[Goal]:
        """What is minimised in turn."""
        unfairness = Goal(self._unfairness())
        any_lawful, lawful = self._lawful_squads()
        lawful_days = Goal(tuple(-day for day in any_lawful))
        lawful_squads = Goal(
            tuple(-_FIRST_SQUAD * one - all_ for one, all_ in zip(any_lawful, lawful, strict=True))
        )
        wishes = Goal((_REST * self._duties_without_rest() - self._certified_duties(),))
        if self.problem.rules.lawful_before_fair:
            return [lawful_days, unfairness, lawful_squads, wishes]
        return [unfairness, lawful_squads, wishes]

    def _unfairness(self) -> tuple[Any, ...]:
        """Sum of squared duties less that of the history, by group.

        Counted by steps, the k-th duty costs 2k - 1: linear, and convex by itself.
        """
        duties: Mapping[str, list[Any]] = defaultdict(list)
        for going in self.going:
            for sent_id, variable in going.items():
                duties[sent_id].append(variable)
        cost: dict[str, Any] = defaultdict(int)
        for person in sorted(self.problem.people, key=lambda person: person.id):
            mine = duties[person.id]
            steps = [self.model.new_bool_var(f"{person.id}#{k}") for k in range(1, len(mine) + 1)]
            self.model.add(sum(steps) == sum(mine))
            first = person.duties_last_weeks + 1
            cost[person.group] += sum((2 * k - 1) * step for k, step in enumerate(steps, start=first))
        return tuple(cost.values())

    def _lawful_squads(self) -> tuple[list[Any], list[Any]]:
        """For each day whether it has a lawful squad, and how many, as far as the people sent allow.

        Everybody certified is counted for one pair group at most, so the number of pairs is exact.
        """
        any_lawful: list[Any] = []
        lawful: list[Any] = []
        for day, going, sent in zip(self.problem.days, self.going, self.sent, strict=True):
            possible = squads_possible(day, self.problem.rules, sent)
            if possible == 0:
                continue
            lawful.append(self.model.new_int_var(0, possible, f"lawful@{day.key}"))
            any_lawful.append(self.model.new_bool_var(f"any lawful@{day.key}"))
            self.model.add(lawful[-1] <= self._pairs(day, going))
            self.model.add(any_lawful[-1] <= lawful[-1])
        return any_lawful, lawful

    def _pairs(self, day: Day, going: Mapping[str, Any]) -> Any:
        """Disjoint lawful pairs among the people sent on the day."""
        certified = [p for p in self.problem.people if p.id in going and p.certified_on(day.date)]
        groups = pair_groups(sorted(certified, key=lambda person: person.id), self.problem.rules.pair_rule)
        counted: Mapping[str, list[Any]] = defaultdict(list)
        pairs: Any = 0
        for label, people in sorted(groups.items()):
            if len(people) < CERTIFIED_NEEDED or not any(person.scopes for person in people):
                continue
            here = {p.id: self.model.new_bool_var(f"{p.id} for {label}@{day.key}") for p in people}
            for person, variable in here.items():
                counted[person].append(variable)
            formed = self.model.new_int_var(0, len(people) // CERTIFIED_NEEDED, f"pairs {label}@{day.key}")
            self.model.add(CERTIFIED_NEEDED * formed <= sum(here.values()))
            self.model.add(formed <= sum(here[person.id] for person in people if person.scopes))
            pairs += formed
        for person, variables in counted.items():
            self.model.add(sum(variables) <= going[person])
        return pairs

    def _certified_duties(self) -> Any:
        people: Mapping[str, Person] = {person.id: person for person in self.problem.people}
        return sum(
            variable
            for day, going in zip(self.problem.days, self.going, strict=True)
            for person, variable in going.items()
            if people[person].certified_on(day.date)
        )

    def _duties_without_rest(self) -> Any:
        """Duties on the calendar day after another one."""
        tired: Any = 0
        pairs = zip(self.problem.days, self.going, self.problem.days[1:], self.going[1:], strict=False)
        for day, going, following, going_then in pairs:
            if following.date - day.date != timedelta(days=1):
                continue
            for person in sorted(set(going) & set(going_then)):
                both = self.model.new_bool_var(f"{person}@{day.key} and next")
                self.model.add(both >= going[person] + going_then[person] - 1)
                tired += both
        return tired
