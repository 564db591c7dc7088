"""How much a new plan disturbs the one the squads follow already, and the difference stop by stop.

A squad was told its stops, their order and their times. A stop is *disturbed* if it now goes to another
squad, is left out, or is visited in another order than before. Of a re-ordered route the fewest stops that
explain the new order count: one stop brought forward is one disturbed stop, not five. Later times alone do
not disturb a stop; they are counted as lateness.

A stop that several squads visit together is one visit of each: who of them stays and who is exchanged is told
apart, and a squad that takes another's part in it has its visit moved.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, NamedTuple

from planners.result import Reason
from planners.routing.data import Problem
from planners.routing.parts import Parted
from planners.routing.plan import RoutePlan
from planners.routing.schedule import schedule
from planners.routing.together import schedules

#: What can have become of a stop, as in `StopChange.kind`.
Kind = Literal["done", "kept", "retimed", "reordered", "moved", "dropped", "added"]

#: A visit that begins less than this many seconds earlier or later is not called retimed.
SHIFT_SECONDS = 300


@dataclass(frozen=True, kw_only=True)
class Followed:
    """The plan the squads follow, as far as they have been told it.

    Parameters
    ----------
    orders
        Stop ids in order, by squad id. Squads and stops that are gone may be among them.
    starts
        When each visit was to begin, seconds since midnight, by stop id; those not known are left out.
    joint
        Stops that several squads were to visit together; any other stands in one order at most.
    """

    orders: Mapping[str, Sequence[str]]
    starts: Mapping[str, int] = field(default_factory=dict)
    joint: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        everything = Counter(name for order in self.orders.values() for name in order)
        repeated = [name for name, times in everything.items() if times > 1 and name not in self.joint]
        repeated += [name for order in self.orders.values() for name in order if order.count(name) > 1]
        if repeated:
            raise ValueError(f"Followed.orders names {repeated[0]!r} more than once")

    @classmethod
    def of(cls, plan: RoutePlan) -> Followed:
        """What a route plan told its squads."""
        starts = {visit.stop: visit.start for route in plan.routes for visit in route.visits}
        times = Counter(name for order in plan.orders.values() for name in order)
        joint = frozenset(name for name, squads in times.items() if squads > 1)
        return cls(orders=plan.orders, starts=starts, joint=joint)

    @cached_property
    def places(self) -> Mapping[str, tuple[str, int]]:
        """Squad id and position in its order, by stop id; of several squads the first."""
        found: dict[str, tuple[str, int]] = {}
        for squad, order in self.orders.items():
            for position, name in enumerate(order):
                found.setdefault(name, (squad, position))
        return found

    @cached_property
    def positions(self) -> Mapping[tuple[str, str], int]:
        """Position in the squad's order, by squad and stop id."""
        return {(squad, name): i for squad, order in self.orders.items() for i, name in enumerate(order)}

    def squads_of(self, stop: str) -> tuple[str, ...]:
        """Who was to visit the stop."""
        return tuple(squad for squad in self.orders if (squad, stop) in self.positions)

    def within(self, day: Parted, orders: Mapping[str, Sequence[str]]) -> Followed:
        """The same with a day's parts of stops in the place of the stops, as far as they are those squads'.

        Parameters
        ----------
        day
            The day with the parts.
        orders
            Routes of the day it was made from: who has a part of which stop.
        """
        own = {
            squad: tuple(name for name in order if name not in self.joint or name in orders.get(squad, ()))
            for squad, order in self.orders.items()
        }
        named = {
            (squad, name): day.parts.get((squad, name), name)
            for squad, order in own.items()
            for name in order
        }
        return Followed(
            orders={squad: tuple(named[squad, name] for name in order) for squad, order in own.items()},
            starts={part: self.starts[name] for (_, name), part in named.items() if name in self.starts},
        )


@dataclass(frozen=True, kw_only=True)
class StopChange:
    """What has become of one stop.

    Parameters
    ----------
    stop
        Its id.
    kind
        ``done``: locked, so not judged. ``kept``: same squad, same order, the same time within
        `SHIFT_SECONDS`. ``retimed``: only its time is another. ``reordered``: same squad, another order.
        ``moved``: another squad. ``dropped``: no squad any more. ``added``: it was in no route before.
    squad_before, squad_after
        Ids; None where it was or is in no route.
    start_before, start_after
        Begin of the visit, seconds since midnight; None where it is not known or not visited.
    reason
        Why it is dropped; ``withdrawn`` if it is no longer among the stops to choose from. None otherwise.
    """

    stop: str
    kind: Kind
    squad_before: str | None = None
    squad_after: str | None = None
    start_before: int | None = None
    start_after: int | None = None
    reason: Reason | None = None

    @property
    def minutes(self) -> int | None:
        """Later by so many minutes, negative if earlier; None unless both times are known."""
        if self.start_before is None or self.start_after is None:
            return None
        return round((self.start_after - self.start_before) / 60)


class RouteFacts(NamedTuple):
    """What one squad's route adds to the comparison of plans."""

    required: int
    prize: int
    undisturbed: int
    late_seconds: int
    travel_seconds: int
    is_feasible: bool


class PlanKey(NamedTuple):
    """What plans are compared by; larger is better, the first difference decides."""

    required: int
    worth: int
    prize: int
    undisturbed: int
    minus_late_seconds: int
    minus_travel_seconds: int


class Judge:
    """Compares plans by what they bring and by how much they disturb.

    Parameters
    ----------
    problem
        The day as it is now.
    followed
        What the squads were told.
    prize_per_change
        Prize that disturbing one stop must bring. 0: any gain of prize is worth any change, and only among
        plans of equal prize the least disturbing one is taken.
    """

    def __init__(self, problem: Problem, followed: Followed, *, prize_per_change: int = 0) -> None:
        if prize_per_change < 0:
            raise ValueError(f"prize_per_change must be at least 0, got {prize_per_change}")
        self.problem = problem
        self.followed = followed
        self.price = prize_per_change
        self._facts: dict[tuple[str, tuple[str, ...]], RouteFacts] = {}

    def undisturbed(self, squad_id: str, order: Sequence[str]) -> frozenset[str]:
        """Stops of the route that are with the squad as before, in an order that is as before."""
        positions = self.followed.positions
        same = [name for name in order if (squad_id, name) in positions]
        chain = _longest_rise([positions[squad_id, name] for name in same])
        return frozenset(same[i] for i in chain)

    def facts(self, squad_id: str, order: tuple[str, ...]) -> RouteFacts:
        """What the route brings; worked out once for each route."""
        known = self._facts.get((squad_id, order))
        if known is None:
            known = self._facts[squad_id, order] = self._work_out(squad_id, order)
        return known

    def _work_out(self, squad_id: str, order: tuple[str, ...]) -> RouteFacts:
        times = schedule(self.problem, squad_id, order)
        stops = [self.problem.stop(name) for name in order]
        before = self.followed.starts
        return RouteFacts(
            required=sum(stop.required for stop in stops),
            prize=sum(stop.prize for stop in stops),
            undisturbed=len(self.undisturbed(squad_id, order)),
            late_seconds=sum(max(0, v.start - before.get(v.stop, v.start)) for v in times.visits),
            travel_seconds=times.travel_seconds,
            # A route of locked visits alone is kept whatever it breaks.
            is_feasible=not times.violations or order == self.problem.squad(squad_id).locked,
        )

    def key(self, orders: Mapping[str, tuple[str, ...]]) -> PlanKey:
        """What the whole plan is compared by."""
        if self.problem.linked:
            return self._key_together(orders)
        facts = [self.facts(squad.id, orders[squad.id]) for squad in self.problem.squads]
        prize = sum(route.prize for route in facts)
        undisturbed = sum(route.undisturbed for route in facts)
        return PlanKey(
            required=sum(route.required for route in facts),
            worth=prize + self.price * undisturbed,
            prize=prize,
            undisturbed=undisturbed,
            minus_late_seconds=-sum(route.late_seconds for route in facts),
            minus_travel_seconds=-sum(route.travel_seconds for route in facts),
        )

    def _key_together(self, orders: Mapping[str, tuple[str, ...]]) -> PlanKey:
        """The same where squads wait for one another; a stop for several of them counts its prize once."""
        routes, _ = schedules(self.problem, orders)
        visited = {visit.stop for route in routes for visit in route.visits}
        stops = [stop for stop in self.problem.stops if stop.id in visited]
        undisturbed = sum(len(self.undisturbed(route.squad, route.order)) for route in routes)
        before = self.followed.starts
        late = sum(max(0, v.start - before.get(v.stop, v.start)) for route in routes for v in route.visits)
        prize = sum(stop.prize for stop in stops)
        return PlanKey(
            required=sum(stop.required for stop in stops),
            worth=prize + self.price * undisturbed,
            prize=prize,
            undisturbed=undisturbed,
            minus_late_seconds=-late,
            minus_travel_seconds=-sum(route.travel_seconds for route in routes),
        )


def _longest_rise(numbers: Sequence[int]) -> list[int]:
    """Indices of a longest strictly rising subsequence (patience sorting with links back)."""
    tails: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for i, number in enumerate(numbers):
        pile = bisect_left(tails, number)
        before.append(ends[pile - 1] if pile else -1)
        if pile == len(tails):
            tails.append(number)
            ends.append(i)
        else:
            tails[pile], ends[pile] = number, i
    chain = []
    at = ends[-1] if ends else -1
    while at >= 0:
        chain.append(at)
        at = before[at]
    return chain[::-1]


def changes(problem: Problem, followed: Followed, plan: RoutePlan) -> tuple[StopChange, ...]:
    """The difference stop by stop.

    Parameters
    ----------
    problem
        The day as it is now.
    followed
        What the squads were told.
    plan
        What they are to do now.

    Returns
    -------
    tuple[StopChange, ...]
        Visited stops by squad and in their new order, then the dropped ones in their old order. Stops that
        were and are in no route are not named; one that several squads visit or visited is named for each.
    """
    judge = Judge(problem, followed)
    before = _before(followed, plan)
    found = []
    for route in plan.routes:
        steady = judge.undisturbed(route.squad, route.order)
        locked = problem.squad(route.squad).locked
        for visit in route.visits:
            squad_before = before.get((route.squad, visit.stop))
            kind = _kind(visit.stop, route.squad, visit.start, squad_before, followed, steady)
            found.append(
                StopChange(
                    stop=visit.stop,
                    kind="done" if visit.stop in locked else kind,
                    squad_before=squad_before,
                    squad_after=route.squad,
                    start_before=followed.starts.get(visit.stop),
                    start_after=visit.start,
                )
            )
    return (*found, *_dropped(followed, plan, before))


def _before(followed: Followed, plan: RoutePlan) -> dict[tuple[str, str], str]:
    """Whose visit each visit of the plan was, by squad and stop: the squad's own where it had it."""
    after: dict[str, list[str]] = {}
    for route in plan.routes:
        for visit in route.visits:
            after.setdefault(visit.stop, []).append(route.squad)
    found: dict[tuple[str, str], str] = {}
    for stop, squads in after.items():
        told = followed.squads_of(stop)
        stay = [squad for squad in squads if squad in told]
        found.update({(squad, stop): squad for squad in stay})
        come = [squad for squad in squads if squad not in told]
        go = [squad for squad in told if squad not in squads]
        found.update({(squad, stop): old for squad, old in zip(come, go, strict=False)})
    return found


def _kind(
    stop: str, squad: str, start: int, before: str | None, followed: Followed, steady: frozenset[str]
) -> Kind:
    if before is None:
        return "added"
    if before != squad:
        return "moved"
    if stop not in steady:
        return "reordered"
    return "retimed" if abs(start - followed.starts.get(stop, start)) >= SHIFT_SECONDS else "kept"


def _dropped(followed: Followed, plan: RoutePlan, before: Mapping[tuple[str, str], str]) -> list[StopChange]:
    made = {(squad, stop) for (_, stop), squad in before.items()}
    reasons = {item.stop: item.reason for item in plan.unassigned}
    return [
        StopChange(
            stop=stop,
            kind="dropped",
            squad_before=squad,
            start_before=followed.starts.get(stop),
            reason=reasons.get(stop, Reason("withdrawn")),
        )
        for squad, stop in followed.positions
        if (squad, stop) not in made
    ]
