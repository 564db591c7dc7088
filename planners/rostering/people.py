"""First stage: who is sent on which day.

Goals in turn, each proven before the next:

1. as many duties filled as rest rules allow (rather a gap at a weekend than on a working day);
2. fair turns: the sum of squared duties, history counted, is least. The duties that quotas allow form an
   M-convex set, on which the least sum of squares also has the least maximum, the greatest minimum and
   hence the least spread (Frank & Murota, "Decreasing minimization on M-convex sets");
3. weekends and public holidays shared in the same way;
4. certificates where they make squads lawful: days with a lawful squad first, then further squads;
5. as few duties as possible on the calendar day after another one;
6. certificates at large, the pairs of goal 4 kept on their days.

The first three concern each agency by itself and are settled there (`settle`); the fairest plans are a face
of a flow polytope, so that the agencies meet in a model without costs in its constraints. Each agency's own
least for goal 5 is a bound for all together, and a plan that reaches all of them needs no further proof.

With ``Rules.lawful_before_fair``, days with a lawful squad come before goal 2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from ortools.sat.python import cp_model

from planners.rostering.data import Problem
from planners.rostering.engine import Answer, Budget, Goal, Infeasible, minimise_in_turn
from planners.rostering.pairs import DayPairs
from planners.rostering.settle import Part, Settled, open_group, settle
from planners.rostering.turns import groups_of

_WORK = 8.0  # CP-SAT's deterministic time for each goal; a month needs up to 4
_REACH_WORK = 6.0  # for reaching every agency's own bound at once
_FIRST_SQUAD = 10  # a day's first lawful squad against its further ones


@dataclass(frozen=True)
class Sent:
    """Ids of the people sent by day, each in order of id, and whether the choice is proven best."""

    by_day: tuple[tuple[str, ...], ...]
    proven: bool


def choose_people(problem: Problem, *, budget: Budget, seed: int) -> Sent | None:
    """Choose who is sent on each day; None if the budget ended before a choice was found."""
    found = [settle(problem, group, budget=budget, seed=seed) for group in groups_of(problem)]
    settled = [item for item in found if item is not None]
    if len(settled) < len(found):
        return None
    if problem.rules.lawful_before_fair:
        return _lawful_first(problem, settled, budget=budget, seed=seed)
    return _Township(problem, settled).solved(budget=budget, seed=seed)


class _Township:
    """The groups of a township in one model."""

    def __init__(self, problem: Problem, settled: Sequence[Settled]) -> None:
        self.problem = problem
        self.settled = settled
        self.model = cp_model.CpModel()
        self.parts = [Part(self.model, problem, item) for item in settled]
        self.pairs: list[DayPairs] = []
        for number, day in enumerate(problem.days):
            going = {person: var for part in self.parts for person, var in part.going[number].items()}
            sent = sum(item.group.needed[number] for item in settled)
            self.pairs.append(DayPairs(self.model, problem, day, going, sent=sent))

    def lawful_days(self) -> Any:
        """Days with a lawful squad, less than none: to be minimised."""
        return -sum(pairs.any_lawful for pairs in self.pairs)

    def lawful(self) -> Any:
        """Lawful squads, a day's first one counting most; less than none."""
        return -sum(_FIRST_SQUAD * pairs.any_lawful + pairs.lawful for pairs in self.pairs)

    def solved(self, *, budget: Budget, seed: int, days: int | None = None) -> Sent | None:
        """Goals 4 to 6 on what the groups left open; at least ``days`` days have a lawful squad."""
        if days is not None:
            self.model.add(self.lawful_days() <= -days)
        answer = minimise_in_turn(self.model, [Goal((self.lawful(),))], budget=budget, seed=seed, work=_WORK)
        if answer is None:
            return None
        proven = answer.proven and all(item.proven for item in self.settled)
        rested = None if budget.over else self._rested(budget=budget, seed=seed)
        if rested is None:
            return Sent(by_day=self._by_day(answer, self.parts), proven=False)
        return self._certified(rested, proven=proven, budget=budget, seed=seed)

    def _rested(self, *, budget: Budget, seed: int) -> Answer | None:
        """Goal 5: each group's own least at once where that can be, else the least of all together."""
        tired = [part.tired() for part in self.parts]
        for cost, item in zip(tired, self.settled, strict=True):
            self.model.add(cost >= item.tired)
        reach = self.model.clone()
        for cost, item, part in zip(tired, self.settled, self.parts, strict=True):
            reach.add(cost <= item.tired)
            if item.tired == 0:
                _never_two_in_a_row(reach, part)
        try:
            answer = minimise_in_turn(reach, [Goal((0,))], budget=budget, seed=seed, work=_REACH_WORK)
        except Infeasible:
            answer = None
        if answer is not None or budget.over:
            return answer
        return minimise_in_turn(self.model, [Goal((sum(tired),))], budget=budget, seed=seed, work=_WORK)

    def _certified(self, answer: Answer, *, proven: bool, budget: Budget, seed: int) -> Sent:
        """Goal 6, group by group: who is needed for a pair stays, nobody serves more days in a row."""
        proven = proven and answer.proven
        chosen: list[dict[str, int]] = [{} for _ in self.problem.days]
        for item, part in zip(self.settled, self.parts, strict=True):
            model = cp_model.CpModel()
            own = Part(model, self.problem, item)
            model.add(own.tired() <= _tired_value(part, answer))
            for pairs, going in zip(self.pairs, own.going, strict=True):
                for people, needed in pairs.used(answer, among=going):
                    model.add(sum(going[person] for person in people) >= needed)
            better = minimise_in_turn(
                model, [Goal((-own.certified(),))], budget=budget, seed=seed, work=_WORK
            )
            proven = proven and better is not None and better.proven
            kept, source = (answer, part) if better is None else (better, own)
            for values, going in zip(chosen, source.going, strict=True):
                values.update({person: kept.value(var) for person, var in going.items()})
        return Sent(
            by_day=tuple(tuple(sorted(p for p, goes in day.items() if goes)) for day in chosen), proven=proven
        )

    def _by_day(self, answer: Answer, parts: Sequence[Part]) -> tuple[tuple[str, ...], ...]:
        return tuple(
            tuple(sorted(p for part in parts for p, var in part.going[number].items() if answer.value(var)))
            for number in range(len(self.problem.days))
        )

    def in_turn(self, *, budget: Budget, seed: int) -> Sent | None:
        """All goals by their costs, days with a lawful squad before fair turns."""
        costs = [part.costs() for part in self.parts]
        goals = [
            Goal((self.lawful_days(),)),
            Goal((sum(cost for cost, _ in costs),)),
            Goal((sum(off for _, off in costs),)),
            Goal((self.lawful(),)),
            Goal((sum(part.tired() for part in self.parts),)),
            Goal((-sum(part.certified() for part in self.parts),)),
        ]
        answer = minimise_in_turn(self.model, goals, budget=budget, seed=seed, work=_WORK)
        if answer is None:
            return None
        proven = answer.proven and all(item.proven for item in self.settled)
        return Sent(by_day=self._by_day(answer, self.parts), proven=proven)


def _lawful_first(problem: Problem, settled: Sequence[Settled], *, budget: Budget, seed: int) -> Sent | None:
    """Days with a lawful squad before fair turns.

    Where fair turns allow as many such days as unfair ones would, nothing is lost by staying among them.
    """
    plain = [replace(open_group(problem, item.group), proven=item.proven) for item in settled]
    free, fair = _Township(problem, plain), _Township(problem, settled)
    most = []
    for township in (free, fair):
        goal = Goal((township.lawful_days(),))
        answer = minimise_in_turn(township.model, [goal], budget=budget, seed=seed, work=_WORK)
        if answer is None or not answer.proven:
            return free.in_turn(budget=budget, seed=seed)
        most.append(-round(answer.bounds[0]))
    if most[0] == most[1]:
        return fair.solved(budget=budget, seed=seed, days=most[0])
    return free.in_turn(budget=budget, seed=seed)


def _never_two_in_a_row(model: cp_model.CpModel, part: Part) -> None:
    """What ``tired == 0`` means, in the form that cuts most."""
    for now, then in part.in_a_row():
        model.add(now + then <= 1)


def _tired_value(part: Part, answer: Answer) -> int:
    return sum(answer.value(now) * answer.value(then) for now, then in part.in_a_row())
