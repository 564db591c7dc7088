"""The smallest single relaxation that lets a stop into a plan in which squads meet or wait for one another.

A plain stop is looked at by `planners.routing.relief` with all linked visits held where and when they are,
and so is one that follows others, open once those have ended. For a stop that several squads visit together
the change must let so many of them be free at one moment, each between two visits of its route as it stands;
minutes are again the fewest with which that is so. What is given has been tried on the linked day itself, and
`planners.routing.verify` has found nothing wrong with it. A stop whose predecessor is left out gets none:
that one has to come in first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from planners.routing.data import Problem, SquadShift, StopPoint
from planners.routing.fixed import FixedDay, ends_of, fixed_day, held_back
from planners.routing.moment import Moment, common_moment
from planners.routing.polish import is_stuck
from planners.routing.relax import Relaxation, burden, extra_squad, relaxed
from planners.routing.relief import MAX_LONGER, MAX_WIDER, Found, Relief, is_lawful
from planners.routing.together import schedules

Orders = Mapping[str, Sequence[str]]


class LinkedRelief:
    """Finds what would let stops into one plan of a linked day.

    Parameters
    ----------
    problem
        The day; no stop for several squads is locked in it.
    orders
        A plan that keeps the rules, stop ids in order by squad.
    """

    def __init__(self, problem: Problem, orders: Orders) -> None:
        self._problem = problem
        routes, _ = schedules(problem, orders)
        self._visited = {visit.stop for route in routes for visit in route.visits}
        self._day = fixed_day(problem, routes, keep_left_out=True)
        self._later = held_back(problem, self._day.problem, ends_of(routes))
        self._orders = self._day.orders(orders)
        self._plain = Relief(self._later, self._orders)

    def of(self, stop: StopPoint) -> list[Found]:
        """The least relaxation of every kind that lets the stop in, the lightest first."""
        if any(other not in self._visited for other in stop.after):
            return []
        rivals = self._problem.rivals.get(stop.id, frozenset())
        if rivals & self._visited:
            return []
        inside = self._later.stop(stop.id)
        if stop.squads_needed > 1:
            found: Iterable[Found] = _Together(self._later, self._day, self._orders, stop).of(inside)
        else:
            found = self._plain.of(inside)
        own = [replace(item, orders=self._day.own_orders(dict(item.orders))) for item in found]
        return [item for item in own if is_lawful(relaxed(self._problem, item.relaxation), item.orders)]


@dataclass(frozen=True)
class _Together:
    """Tries changes for one stop for several squads."""

    problem: Problem
    day: FixedDay
    orders: Mapping[str, tuple[str, ...]]
    stop: StopPoint

    def of(self, inside: StopPoint) -> list[Found]:
        """The least of every kind, the lightest first."""
        tries: tuple[Callable[[], Found | None], ...] = (
            self._allow,
            self._more_stops,
            self._longer_shift,
            lambda: self._wider(inside, earlier=True),
            lambda: self._wider(inside, earlier=False),
            self._give_up,
            self._skill,
            self._certified,
            self._another_squad,
        )
        found = [item for attempt in tries if (item := attempt()) is not None]
        found.sort(key=lambda item: burden(self.problem, item.relaxation))
        return found

    def _tried(self, relaxation: Relaxation) -> Found | None:
        """The plan with the stop in it under the change; None if no moment suits enough squads."""
        problem = relaxed(self.problem, relaxation)
        orders = {
            squad: tuple(name for name in order if name != relaxation.other)
            for squad, order in self.orders.items()
        }
        meeting = self._moment(problem, orders)
        return None if meeting is None else Found(relaxation, meeting.joined(orders, self.stop.id))

    def _moment(self, problem: Problem, orders: Orders) -> Moment | None:
        inside = problem.stop(self.stop.id)
        squads = [squad for squad in problem.squads if not is_stuck(problem, squad)]
        able = [squad for squad in squads if _may(inside, squad)]
        if len(able) < self.stop.squads_needed:
            return None
        return common_moment(problem, orders, inside, able, self.stop.squads_needed)

    def _first(self, relaxations: Iterator[Relaxation]) -> Found | None:
        return next((item for one in relaxations if (item := self._tried(one)) is not None), None)

    def _allow(self) -> Found | None:
        squads = (s for s in self.problem.squads if not _is_let(self.stop, s))
        return self._first(Relaxation(kind="allow", stop=self.stop.id, squad=s.id) for s in squads)

    def _more_stops(self) -> Found | None:
        full = (
            s
            for s in self.problem.squads
            if s.max_stops is not None and len(self.orders.get(s.id, ())) >= s.max_stops
        )
        return self._first(Relaxation(kind="more_stops", stop=self.stop.id, squad=s.id) for s in full)

    def _longer_shift(self) -> Found | None:
        squads = [s for s in self.problem.squads if _may(self.stop, s)]
        found = [self._least(_longer(self.stop, s), MAX_LONGER) for s in squads]
        return min(
            (item for item in found if item is not None),
            key=lambda item: item.relaxation.minutes,
            default=None,
        )

    def _wider(self, inside: StopPoint, *, earlier: bool) -> Found | None:
        if not self.stop.windows or not inside.windows:
            return None
        return self._least(_wider(self.stop, self.problem.squads[0], earlier=earlier), MAX_WIDER)

    def _least(self, with_minutes: Callable[[int], Relaxation], most: int) -> Found | None:
        """Fewest minutes that do, by halving: who is free with some is free with more."""
        best = self._tried(with_minutes(most))
        if best is None:
            return None
        too_few, enough = 0, most
        while enough - too_few > 1:
            middle = (too_few + enough) // 2
            item = self._tried(with_minutes(middle))
            if item is None:
                too_few = middle
            else:
                enough, best = middle, item
        meeting = next(s for s in best.orders if self.stop.id in best.orders[s])
        return best if best.relaxation.kind == "longer_shift" else _by_squad(best, meeting)

    def _give_up(self) -> Found | None:
        candidates = [
            (self.problem.stop(name).prize, squad.id, name)
            for squad in self.problem.squads
            for name in self.orders.get(squad.id, ())[len(squad.locked) :]
            if not self.problem.stop(name).required and self.problem.stop(name).pinned_squad is None
        ]
        return self._first(
            Relaxation(kind="give_up", stop=self.stop.id, squad=squad, other=name)
            for _, squad, name in sorted(candidates)
            if name not in self.day.held
        )

    def _skill(self) -> Found | None:
        lacking = (
            (squad, sorted(self.stop.skills - squad.skills))
            for squad in self.problem.squads
            if _is_let(self.stop, squad) and not (self.stop.needs_lawful and squad.patrol_only)
        )
        return self._first(
            Relaxation(kind="skill", stop=self.stop.id, squad=squad.id, skill=skills[0])
            for squad, skills in lacking
            if len(skills) == 1
        )

    def _certified(self) -> Found | None:
        squads = (
            s
            for s in self.problem.squads
            if self.stop.needs_lawful
            and s.patrol_only
            and _is_let(self.stop, s)
            and self.stop.skills <= s.skills
        )
        return self._first(Relaxation(kind="certified", stop=self.stop.id, squad=s.id) for s in squads)

    def _another_squad(self) -> Found | None:
        if self.stop.allowed_squads is not None:
            return None
        extra = extra_squad(self.problem, self.stop)
        return self._tried(Relaxation(kind="another_squad", stop=self.stop.id, squad=extra.id))


def _longer(stop: StopPoint, squad: SquadShift) -> Callable[[int], Relaxation]:
    return lambda minutes: Relaxation(kind="longer_shift", stop=stop.id, squad=squad.id, minutes=minutes)


def _wider(stop: StopPoint, squad: SquadShift, *, earlier: bool) -> Callable[[int], Relaxation]:
    if earlier:
        return lambda minutes: Relaxation(kind="opens_earlier", stop=stop.id, squad=squad.id, minutes=minutes)
    return lambda minutes: Relaxation(kind="open_longer", stop=stop.id, squad=squad.id, minutes=minutes)


def _by_squad(found: Found, squad: str) -> Found:
    return replace(found, relaxation=replace(found.relaxation, squad=squad))


def _is_let(stop: StopPoint, squad: SquadShift) -> bool:
    allowed = stop.allowed_squads is None or squad.id in stop.allowed_squads
    return allowed and squad.id not in stop.forbidden_squads


def _may(stop: StopPoint, squad: SquadShift) -> bool:
    lawful = not (stop.needs_lawful and squad.patrol_only)
    return _is_let(stop, squad) and stop.skills <= squad.skills and lawful
