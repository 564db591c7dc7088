"""Second stage: the people sent on one day form squads.

Two goals in turn. First as many lawful squads as possible, then everybody placed, then no more squads than
that takes: so patrol-only squads appear only for people who would stay behind otherwise. Then the soft wishes
of ``Weights``. A slot is a squad that may be formed; it stands for a vehicle where vehicles are recorded.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Any

from ortools.sat.python import cp_model

from planners.rostering.data import CERTIFIED_NEEDED, Day, PairRule, Person, Rules, pair_key
from planners.rostering.demand import squads_possible, usable_vehicles
from planners.rostering.engine import Budget, Goal, minimise_in_turn
from planners.rostering.lawful import pair_groups

_WORK = 0.3  # CP-SAT's deterministic time for each goal; most days are proven in a tenth of it


@dataclass(frozen=True)
class Formed:
    """Squads of one day.

    Parameters
    ----------
    teams
        Ids of the members of each squad, in order of id; larger squads first.
    proven
        Whether they are proven best.
    lawful_bound
        Proven upper bound on the number of lawful squads.
    """

    teams: tuple[tuple[str, ...], ...]
    proven: bool
    lawful_bound: int


def form_squads(
    people: Sequence[Person],
    day: Day,
    rules: Rules,
    *,
    together: Mapping[tuple[str, str], int],
    budget: Budget,
    seed: int,
) -> Formed | None:
    """Form the squads of a day; None if the budget ended before any were found.

    Parameters
    ----------
    people
        Everybody sent on the day.
    together
        How often two people were in one squad lately, by `pair_key`.
    """
    slots = squads_possible(day, rules, len(people))
    if slots == 0:
        return Formed(teams=(), proven=True, lawful_bound=0)
    stage = _SquadModel(sorted(people, key=lambda person: person.id), day, rules, slots=slots)
    answer = minimise_in_turn(stage.model, stage.goals(together), budget=budget, seed=seed, work=_WORK)
    if answer is None:
        return None
    teams = (
        tuple(person.id for person in stage.people if answer.value(stage.member[person.id, slot]))
        for slot in range(slots)
    )
    return Formed(
        teams=tuple(sorted(filter(None, teams), key=lambda team: (-len(team), team))),
        proven=answer.proven,
        lawful_bound=stage.lawful_bound(answer.bounds[0]),
    )


class _SquadModel:
    """Variables, constraints and goals of the second stage.

    ``member[person, slot]``, ``used[slot]``, ``lawful[slot]`` and ``covers[slot, scope]`` are 0 or 1.
    """

    def __init__(self, people: Sequence[Person], day: Day, rules: Rules, *, slots: int) -> None:
        self.people = people
        self.rules = rules
        self.slots = range(slots)
        self.room = _room(day, rules, slots=slots)
        self.certified = [person for person in people if person.certified_on(day.date)]
        self.model = cp_model.CpModel()
        self.member = {(p.id, k): self._bool(f"{p.id} in {k}") for p in people for k in self.slots}
        self.used = [self._bool(f"used {k}") for k in self.slots]
        self.lawful = [self._bool(f"lawful {k}") for k in self.slots]
        self.covers: dict[tuple[int, str], Any] = {}
        self._place_people()
        self._order_slots()
        for k in self.slots:
            self._require_pairs(k)

    def goals(self, together: Mapping[tuple[str, str], int]) -> list[Goal]:
        """What is minimised in turn."""
        placed = sum(self.member.values())
        value = self._lawful_worth * sum(self.lawful) + self._placed_worth * placed - sum(self.used)
        weights = self.rules.weights
        wishes = (
            weights.balance * self._imbalance()
            + weights.pairs * self._repeated_pairs(together)
            - weights.breadth * self._breadth()
            - weights.scope * sum(self.covers.values())
            - weights.mixed * self._agencies_mixed()
            - weights.leader * self._slots_with([p for p in self.certified if p.can_lead], "leader")
            - weights.driver * self._slots_with([p for p in self.people if p.can_drive], "driver")
        )
        return [Goal((-value,)), Goal((wishes,))]

    def lawful_bound(self, goal_bound: float) -> int:
        """Most lawful squads that the bound of the first goal allows."""
        return min(len(self.slots), int(-goal_bound + len(self.slots)) // self._lawful_worth)

    @property
    def _placed_worth(self) -> int:
        return len(self.slots) + 1

    @property
    def _lawful_worth(self) -> int:
        return self._placed_worth * (len(self.people) + 1)

    def _bool(self, name: str) -> Any:
        return self.model.new_bool_var(name)

    def _heads(self, slot: int) -> Any:
        return sum(self.member[person.id, slot] for person in self.people)

    def _place_people(self) -> None:
        for person in self.people:
            self.model.add_at_most_one(self.member[person.id, k] for k in self.slots)
        for k in self.slots:
            self.model.add(self._heads(k) >= self.rules.min_members * self.used[k])
            self.model.add(self._heads(k) <= self.room[k] * self.used[k])
            self.model.add_implication(self.lawful[k], self.used[k])

    def _order_slots(self) -> None:
        """Keep only one of the solutions that differ by the numbering of equal slots."""
        for before, after in pairwise(self.slots):
            self.model.add_implication(self.used[after], self.used[before])
            if self.room[before] != self.room[after]:
                continue
            for place, person in enumerate(self.people):
                earlier = [self.member[other.id, before] for other in self.people[:place]]
                self.model.add(self.member[person.id, after] <= sum(earlier))

    def _require_pairs(self, slot: int) -> None:
        """Tie ``lawful`` and ``covers`` of a slot to pairs of certified members."""
        covering: dict[str, list[Any]] = defaultdict(list)
        for label, group in sorted(pair_groups(self.certified, self.rules.pair_rule).items()):
            if len(group) < CERTIFIED_NEEDED:
                continue
            pair = self._bool(f"pair {label} in {slot}")
            self.model.add(sum(self.member[p.id, slot] for p in group) >= CERTIFIED_NEEDED * pair)
            for scope, carriers in _carriers(label, group, self.rules.pair_rule).items():
                carried = self._bool(f"{scope} by {label} in {slot}")
                self.model.add_implication(carried, pair)
                self.model.add_bool_or(*(self.member[p.id, slot] for p in carriers), carried.negated())
                covering[scope].append(carried)
        for scope, ways in sorted(covering.items()):
            self.covers[slot, scope] = self._bool(f"{scope} in {slot}")
            self.model.add(self.covers[slot, scope] <= sum(ways))
        self.model.add(self.lawful[slot] <= sum(self.covers.get((slot, scope), 0) for scope in covering))

    def _breadth(self) -> Any:
        """Scopes that at least one squad covers."""
        by_scope: dict[str, list[Any]] = defaultdict(list)
        for (_, scope), covers in self.covers.items():
            by_scope[scope].append(covers)
        breadth: Any = 0
        for scope, squads in sorted(by_scope.items()):
            anywhere = self._bool(f"{scope} anywhere")
            self.model.add(anywhere <= sum(squads))
            breadth += anywhere
        return breadth

    def _agencies_mixed(self) -> Any:
        """Agencies represented, summed over squads."""
        by_agency: dict[str, list[Person]] = defaultdict(list)
        for person in self.people:
            by_agency[person.agency].append(person)
        return sum(self._slots_with(group, agency) for agency, group in by_agency.items() if len(group) > 1)

    def _slots_with(self, group: Sequence[Person], name: str) -> Any:
        """Squads that have at least one of the group."""
        squads: Any = 0
        for k in self.slots:
            has = self._bool(f"{name} of {len(group)} in {k}")
            self.model.add(has <= sum(self.member[person.id, k] for person in group))
            squads += has
        return squads

    def _imbalance(self) -> Any:
        """Heads between the largest and the smallest squad."""
        most = self.model.new_int_var(0, self.rules.max_members, "most")
        least = self.model.new_int_var(0, self.rules.max_members, "least")
        for k in self.slots:
            self.model.add(most >= self._heads(k))
            self.model.add(least <= self._heads(k)).only_enforce_if(self.used[k])
        return most - least

    def _repeated_pairs(self, together: Mapping[tuple[str, str], int]) -> Any:
        cost: Any = 0
        for one, other in combinations([person.id for person in self.people], 2):
            times = together.get(pair_key(one, other), 0)
            if times == 0:
                continue
            again = self._bool(f"{one} with {other}")
            for k in self.slots:
                self.model.add(again >= self.member[one, k] + self.member[other, k] - 1)
            cost += times * again
        return cost


def _room(day: Day, rules: Rules, *, slots: int) -> list[int]:
    """Most members of each slot, falling. The vehicles with most seats serve any squads others could."""
    seats = [vehicle.seats for vehicle in usable_vehicles(day, rules)[:slots]] or [rules.max_members] * slots
    return [min(rules.max_members, seat) for seat in seats]


def _carriers(label: str, group: Sequence[Person], rule: PairRule) -> Mapping[str, list[Person]]:
    """For each scope a pair of the group may enforce, the people of whom one must be in the squad."""
    if rule is PairRule.SCOPE:
        return {label: list(group)}
    scopes = Counter(scope for person in group for scope in person.scopes)
    return {scope: [person for person in group if scope in person.scopes] for scope in sorted(scopes)}
