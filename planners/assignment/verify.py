"""Re-check an ownership plan against its problem, rule by rule, without the solver or its arrays.

Breach codes: ``own_bad_officer own_bad_village own_bad_two_leads own_bad_no_lead own_bad_uncovered
own_bad_capacity own_bad_pair own_bad_recused own_bad_tenure own_bad_support own_bad_idle own_bad_spread
own_bad_needless own_bad_missing own_bad_weight own_bad_cost own_bad_changes``.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from planners.assignment.data import Officer, Problem, Village
from planners.assignment.solution import Ownership, Role
from planners.result import Reason

# The planner counts each officer's cost in thousandths of a point, rounded.
_ROUNDING = 0.001


def verify(problem: Problem, ownership: Ownership) -> tuple[Reason, ...]:
    """Find every breach of a rule and every wrong figure; empty when the plan is right.

    It does not prove that no better plan exists; the result's bound does.
    """
    check = _Check(problem, ownership)
    unknown = tuple(check.names())
    if unknown:
        return unknown
    return (
        *check.leads(),
        *check.officers(),
        *check.bound(),
        *check.supports(),
        *check.needless(),
        *check.figures(),
    )


def _breach(code: str, **params: str | int | float) -> Reason:
    return Reason(code, params)


def _lack(skill: str, officer: Officer) -> float:
    """How much of a skill is missing with this officer."""
    if skill in officer.skills:
        return 0.0
    return 1.0 - officer.trades.get(skill, 0.0)


@dataclass(frozen=True)
class _Check:
    problem: Problem
    ownership: Ownership

    @cached_property
    def villages(self) -> dict[str, Village]:
        return {village.code: village for village in self.problem.villages}

    @cached_property
    def people(self) -> dict[str, Officer]:
        return {officer.id: officer for officer in self.problem.officers}

    @cached_property
    def lead_pairs(self) -> list[tuple[str, str]]:
        """(officer, village) of every lead."""
        return [(r.officer, r.village) for r in self.ownership.responsibilities if r.role is Role.LEAD]

    @cached_property
    def support_pairs(self) -> list[tuple[str, str]]:
        """(officer, village) of every support."""
        return [(r.officer, r.village) for r in self.ownership.responsibilities if r.role is Role.SUPPORT]

    @cached_property
    def led(self) -> dict[str, list[str]]:
        """Officer to the villages led."""
        by_officer: dict[str, list[str]] = {officer: [] for officer in self.people}
        for officer, village in self.lead_pairs:
            by_officer[officer].append(village)
        return by_officer

    @cached_property
    def uncovered(self) -> list[str]:
        return [item.village for item in self.ownership.uncovered]

    def names(self) -> Iterator[Reason]:
        """Every id and code must be one of the problem's."""
        for officer, village in self.lead_pairs + self.support_pairs:
            if officer not in self.people:
                yield _breach("own_bad_officer", officer=officer)
            if village not in self.villages:
                yield _breach("own_bad_village", village=village)
        for village in self.uncovered:
            if village not in self.villages:
                yield _breach("own_bad_village", village=village)

    def leads(self) -> Iterator[Reason]:
        """Every village has one lead, or is listed once as uncovered."""
        leads = Counter(village for _, village in self.lead_pairs)
        listed = Counter(self.uncovered)
        for village in self.villages:
            if leads[village] > 1:
                yield _breach("own_bad_two_leads", village=village, leads=leads[village])
            if not leads[village] and not listed[village]:
                yield _breach("own_bad_no_lead", village=village)
            if listed[village] > 1 or (leads[village] and listed[village]):
                yield _breach("own_bad_uncovered", village=village)

    def officers(self) -> Iterator[Reason]:
        """Nobody leads more than the capacity, nor a pair that must but does not border."""
        for officer, villages in self.led.items():
            capacity = self.people[officer].capacity
            if len(villages) > capacity:
                yield _breach("own_bad_capacity", officer=officer, villages=len(villages), capacity=capacity)
            if len(villages) == 2 and not self._may_share(officer, villages):
                one, other = sorted(villages)
                yield _breach("own_bad_pair", officer=officer, village=one, other=other)

    def bound(self) -> Iterator[Reason]:
        """Nobody answers for a village recused from, and what must be kept is kept."""
        for officer, village in self.lead_pairs + self.support_pairs:
            if village in self.people[officer].recused:
                yield _breach("own_bad_recused", officer=officer, village=village)
        for village, keeper in self.problem.kept_leads.items():
            if (keeper, village) not in self.lead_pairs:
                yield _breach("own_bad_tenure", officer=keeper, village=village)
        changes, most = sum(self._is_taken(*pair) for pair in self.lead_pairs), self.problem.most_changes
        if most is not None and changes > most:
            yield _breach("own_bad_changes", changes=changes, most=most)

    def supports(self) -> Iterator[Reason]:
        """Everybody who leads nothing supports one village, spread evenly with heavy villages first."""
        counts = Counter(officer for officer, _ in self.support_pairs)
        for officer, villages in self.led.items():
            if counts[officer] > 1 or (counts[officer] and villages):
                yield _breach("own_bad_support", officer=officer)
            free = self.villages.keys() - self.people[officer].recused
            if free and not villages and not counts[officer]:
                yield _breach("own_bad_idle", officer=officer)
        if any(self.villages.keys() & self.people[officer].recused for officer in counts):
            return  # a recusal may stand against the even spread
        helped = Counter(village for _, village in self.support_pairs)
        heavy_first = sorted(self.villages.values(), key=lambda v: (-v.workload, v.code))
        share, rest = divmod(len(self.support_pairs), max(1, len(heavy_first)))
        for place, village in enumerate(heavy_first):
            due = share + (place < rest)
            if helped[village.code] != due:
                yield _breach("own_bad_spread", village=village.code, supports=helped[village.code], due=due)

    def needless(self) -> Iterator[Reason]:
        """No village is uncovered that somebody with room could simply take."""
        for village in self.uncovered:
            for officer, villages in self.led.items():
                if self._could_take(officer, villages, village):
                    yield _breach("own_bad_needless", village=village, officer=officer)
                    break

    def figures(self) -> Iterator[Reason]:
        """The plan's own figures are what its responsibilities come to."""
        given = self.ownership
        covered = sum(self.villages[village].coverage_weight for _, village in self.lead_pairs)
        if covered != given.covered_weight:
            yield _breach("own_bad_weight", given=given.covered_weight, found=covered)
        slack = _ROUNDING * (1 + len(self.people))
        points = self._lead_points()
        if abs(points - given.lead_cost) > slack:
            yield _breach("own_bad_cost", given=given.lead_cost, found=round(points, 3))
        points = math.fsum(self._support_points(*pair) for pair in self.support_pairs)
        if abs(points - given.support_cost) > slack:
            yield _breach("own_bad_cost", given=given.support_cost, found=round(points, 3))
        if not self._missing_plausible(given.missing_officers):
            yield _breach("own_bad_missing", given=given.missing_officers or 0, uncovered=len(self.uncovered))

    def _border(self, villages: list[str]) -> bool:
        return self.problem.borders(villages[0], villages[1])

    def _may_share(self, officer: str, villages: list[str]) -> bool:
        if not self.problem.require_adjacent_pairs or self._border(villages):
            return True
        return all(self.problem.kept_leads.get(village) == officer for village in villages)

    def _could_take(self, officer: str, villages: list[str], village: str) -> bool:
        if village in self.people[officer].recused:
            return False
        if not villages:
            return True
        if len(villages) >= self.people[officer].capacity:
            return False
        return not self.problem.require_adjacent_pairs or self._border([villages[0], village])

    def _missing_plausible(self, missing: int | None) -> bool:
        """Nobody is missing exactly when all are covered; one each is enough; capacities are a floor."""
        if missing is None:
            return True
        short = len(self.villages) - sum(officer.capacity for officer in self.people.values())
        return max(bool(self.uncovered), math.ceil(short / 2)) <= missing <= len(self.uncovered)

    def _lead_points(self) -> float:
        weights, target = self.problem.weights, self.problem.target_load
        points = [self._lead_village_points(*pair) for pair in self.lead_pairs]
        for villages in self.led.values() if self.villages else ():
            load = math.fsum(self.villages[village].workload for village in villages)
            points.append(weights.load * (load / target - 1) ** 2)
            if len(villages) == 2 and not self._border(villages):
                points.append(weights.apart)
        return math.fsum(points)

    def _lead_village_points(self, officer: str, village: str) -> float:
        weights, person = self.problem.weights, self.people[officer]
        needs = self.villages[village].needs
        lacking = math.fsum(weight * _lack(skill, person) for skill, weight in needs.items())
        taken = self._is_taken(officer, village)
        early = any(village in other.young for other in self.people.values() if other.id != officer)
        return (
            weights.travel * self._minutes(officer, village)
            + weights.skill * lacking
            + weights.change * taken
            + weights.tenure * early
            + weights.uncertified * (not person.certified)
        )

    def _is_taken(self, officer: str, village: str) -> bool:
        """Whether the village had another lead who is still here."""
        return any(village in other.previous for other in self.people.values() if other.id != officer)

    def _support_points(self, officer: str, village: str) -> float:
        weights, person = self.problem.weights, self.people[officer]
        both = [person, *(self.people[lead] for lead, led in self.lead_pairs if led == village)]
        needs = self.villages[village].needs
        lacking = math.fsum(w * min(_lack(skill, one) for one in both) for skill, w in needs.items())
        supported = [code for code in person.previous_support if code in self.villages]
        moved = bool(supported) and village not in supported
        return (
            weights.travel * self._minutes(officer, village)
            + weights.skill * lacking
            + weights.change * moved
            + weights.uncertified * (not person.certified)
        )

    def _minutes(self, officer: str, village: str) -> float:
        given = self.problem.travel_minutes
        if given is not None:
            row, column = self._rows[officer], self._columns[village]
            return float(given[row, column])
        home, place = self.people[officer].position, self.villages[village].position
        assert home is not None
        assert place is not None
        return math.dist(home, place) / self.problem.metres_per_minute

    @cached_property
    def _rows(self) -> dict[str, int]:
        return {officer.id: row for row, officer in enumerate(self.problem.officers)}

    @cached_property
    def _columns(self) -> dict[str, int]:
        return {village.code: column for column, village in enumerate(self.problem.villages)}
