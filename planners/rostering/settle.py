"""What is best for each agency by itself, proven, before the agencies are looked at together.

Filled duties first, then fair turns, then fair days off; and the least duties on consecutive days that these
leave, as a bound. Only where rest rules make the fairest flow impossible is a cost kept as a constraint.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

from ortools.sat.python import cp_model

from planners.rostering.data import Person, Problem
from planners.rostering.engine import Budget, Goal, Infeasible, minimise_in_turn
from planners.rostering.rest import Limit, rest_limits
from planners.rostering.turns import Face, Group, fair_face, step_cost

_WORK = 2.0  # CP-SAT's deterministic time for each goal of one group; most need a hundredth
_WORKDAY_GAP, _OFF_GAP = 1001, 1000  # a day nobody can be sent, rather at a weekend


@dataclass(frozen=True)
class Settled:
    """A group with what its own goals leave open.

    Parameters
    ----------
    group
        With the duties that rest rules let it fill.
    limits
        Rest rules by person.
    face
        All fairest plans; None where they are bounded by ``costs`` instead, or not at all.
    costs
        Least sums of squared duties, on all days and on days off, where rest rules forbid every fairest flow.
    tired
        Proven least number of duties on the calendar day after another one.
    proven
        Whether all this is proven.
    """

    group: Group
    limits: Mapping[str, Sequence[Limit]]
    face: Face | None = None
    costs: tuple[int, int] | None = None
    tired: int = 0
    proven: bool = True


class Part:
    """Variables and constraints of one group within a model.

    ``going[d][person]`` is 1 when the person is sent on the d-th day; people not available have none.
    """

    def __init__(self, model: cp_model.CpModel, problem: Problem, settled: Settled, *, quotas: bool = True):
        self.model = model
        self.problem = problem
        self.group = settled.group
        self.going: list[dict[str, Any]] = []
        for number, (here, needed) in enumerate(zip(self.group.here, self.group.needed, strict=True)):
            self.going.append(self._day(settled.face, number, here))
            sent = sum(self.going[-1].values())
            self.model.add(sent == needed if quotas else sent <= needed)
        for person, limits in settled.limits.items():
            for limit in limits:
                self.model.add(sum(self._duties(person, limit.days)) <= limit.most)
        if settled.face is not None:
            self._stay_in(settled.face)
        if settled.costs is not None:
            for cost, least in zip(self.costs(), settled.costs, strict=True):
                self.model.add(cost <= least)

    def _day(self, face: Face | None, number: int, here: frozenset[str]) -> dict[str, Any]:
        settled = face.settled if face else {}
        going: dict[str, Any] = {}
        for person in sorted(here):
            known = settled.get((person, number))
            lowest, highest = (0, 1) if known is None else (int(known), int(known))
            if person in self.group.locked[number]:
                lowest = highest = 1
            going[person] = self.model.new_int_var(lowest, highest, f"{person}@{number}")
        return going

    def _duties(self, person: str, days: Sequence[int]) -> list[Any]:
        return [self.going[number][person] for number in days if person in self.going[number]]

    def _all_days(self, *, off: bool) -> list[int]:
        return [number for number, day in enumerate(self.problem.days) if day.is_off or not off]

    def _stay_in(self, face: Face) -> None:
        for off, bounds in ((False, face.duties), (True, face.off_duties)):
            for person, (least, most) in bounds.items():
                duties = self._duties(person, self._all_days(off=off))
                self.model.add_linear_constraint(sum(duties), least, most)

    def costs(self) -> tuple[Any, Any]:
        """Sums of squared duties less those of the history, on all days and on days off.

        Counted by steps, the k-th duty costs 2k - 1: linear, and convex by itself.
        """
        return self._cost(off=False), self._cost(off=True)

    def _cost(self, *, off: bool) -> Any:
        cost: Any = 0
        for person in self.group.people:
            duties = self._duties(person.id, self._all_days(off=off))
            steps = [self.model.new_bool_var(f"{person.id}#{step}") for step in range(len(duties))]
            if not steps:
                continue
            self.model.add(sum(steps) == sum(duties))
            done = person.off_duties_last_weeks if off else person.duties_last_weeks
            cost += sum(step_cost(done + k) * step for k, step in enumerate(steps, start=1))
        return cost

    def gaps(self) -> Any:
        """Duties left unfilled, those of working days a little dearer."""
        gaps: Any = 0
        for day, going, needed in zip(self.problem.days, self.going, self.group.needed, strict=True):
            gaps += (_OFF_GAP if day.is_off else _WORKDAY_GAP) * (needed - sum(going.values()))
        return gaps

    def tired(self) -> Any:
        """Duties on the calendar day after another one."""
        tired: Any = 0
        for now, then in self.in_a_row():
            both = self.model.new_bool_var(f"{now.name} and next")
            self.model.add(both >= now + then - 1)
            tired += both
        return tired

    def in_a_row(self) -> Iterator[tuple[Any, Any]]:
        """Everybody's variables of each two calendar days in a row."""
        for number, (day, following) in enumerate(pairwise(self.problem.days)):
            if following.date - day.date == timedelta(days=1):
                now, then = self.going[number], self.going[number + 1]
                for person in sorted(set(now) & set(then)):
                    yield now[person], then[person]

    def certified(self) -> Any:
        """Duties of people with a valid certificate."""
        people: Mapping[str, Person] = {person.id: person for person in self.group.people}
        return sum(
            variable
            for day, going in zip(self.problem.days, self.going, strict=True)
            for person, variable in going.items()
            if people[person].certified_on(day.date)
        )


def open_group(problem: Problem, group: Group) -> Settled:
    """A group of which only attendance, quotas and rest rules are asked."""
    limits = {person.id: rest_limits(problem, person) for person in group.people}
    return Settled(group=group, limits={person: found for person, found in limits.items() if found})


def settle(problem: Problem, group: Group, *, budget: Budget, seed: int) -> Settled | None:
    """What is best for one group by itself; None if the budget ended before it was found."""
    plain = open_group(problem, group)
    settled = _on_the_face(problem, plain, budget=budget, seed=seed)
    if settled is not None or budget.over:
        return settled
    filled = _filled(problem, plain, budget=budget, seed=seed)
    if filled is None:
        return None
    if filled.group != group:
        settled = _on_the_face(problem, filled, budget=budget, seed=seed)
    return settled or _at_a_cost(problem, filled, budget=budget, seed=seed)


def _on_the_face(problem: Problem, plain: Settled, *, budget: Budget, seed: int) -> Settled | None:
    """Settled by the fairest flows, None where rest rules allow none of them or the budget ended."""
    off = [day.is_off for day in problem.days]
    settled = replace(plain, face=fair_face(plain.group, off))
    model = cp_model.CpModel()
    tired = Part(model, problem, settled).tired()
    try:
        answer = minimise_in_turn(model, [Goal((tired,))], budget=budget, seed=seed, work=_WORK)
    except Infeasible:
        return None
    if answer is None:
        return None
    return replace(settled, tired=max(0, round(answer.bounds[0])), proven=plain.proven)


def _filled(problem: Problem, plain: Settled, *, budget: Budget, seed: int) -> Settled | None:
    """The group with as many duties as its rest rules allow."""
    model = cp_model.CpModel()
    part = Part(model, problem, plain, quotas=False)
    answer = minimise_in_turn(model, [Goal((part.gaps(),))], budget=budget, seed=seed, work=_WORK)
    if answer is None:
        return None
    needed = tuple(sum(answer.value(var) for var in going.values()) for going in part.going)
    return replace(plain, group=replace(plain.group, needed=needed), proven=answer.proven)


def _at_a_cost(problem: Problem, filled: Settled, *, budget: Budget, seed: int) -> Settled | None:
    """Settled by the least costs that rest rules allow."""
    model = cp_model.CpModel()
    part = Part(model, problem, filled)
    costs = part.costs()
    goals = [Goal((costs[0],)), Goal((costs[1],)), Goal((part.tired(),))]
    answer = minimise_in_turn(model, goals, budget=budget, seed=seed, work=_WORK)
    if answer is None or len(answer.bounds) < len(goals):
        return None
    return replace(
        filled,
        costs=(answer.value(costs[0]), answer.value(costs[1])),
        tired=max(0, round(answer.bounds[2])),
        proven=filled.proven and answer.proven,
    )
