"""The smallest single relaxation of each kind that lets a stop into a plan, found by trying.

What is proven, and what is not. A stop *fits* if it can be put between two visits of the plan as it stands,
the order of all others kept, with every rule of `planners.routing.timeline` held. A relaxation in minutes is
given with the least whole number of minutes with which the stop fits so: with one minute less it does not,
whichever squad and whichever place in its route is tried. A better order of the other visits might do with
less; that is not searched. Every relaxation given has been applied, the plan with the stop in it made, and
`planners.routing.verify` has found nothing wrong with it under the relaxed problem; one it refuses is not
given. What one brings is worked out in `planners.routing.effects`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace

from planners.result import Reason
from planners.routing.data import Problem, SquadShift, StopPoint
from planners.routing.plan import RoutePlan, Unassigned
from planners.routing.polish import is_stuck
from planners.routing.relax import Kind, Relaxation, burden, extra_squad, relaxed, widened
from planners.routing.rules import eligibility_breaches
from planners.routing.timeline import NEVER, Roads, Timeline
from planners.routing.together import schedules
from planners.routing.verify import verify

#: Longest a squad is asked to stay, and furthest an opening is moved, in minutes.
MAX_LONGER, MAX_WIDER = 180, 240
#: A shift without an end, to ask how much longer a squad would have to work.
_ENDLESS = NEVER // 2


@dataclass(frozen=True)
class Found:
    """A relaxation and the plan that shows it: the stop put in, all else as it was.

    Parameters
    ----------
    relaxation
        What to change; its effect is still open.
    orders
        Stop ids by squad, under the relaxed problem.
    """

    relaxation: Relaxation
    orders: Mapping[str, tuple[str, ...]]


class Relief:
    """Finds what would let stops into one plan.

    Parameters
    ----------
    problem
        The day.
    orders
        A plan that keeps the rules, stop ids in order by squad.
    """

    def __init__(self, problem: Problem, orders: Mapping[str, Sequence[str]]) -> None:
        self._problem = problem
        self._orders = {squad.id: tuple(orders.get(squad.id, ())) for squad in problem.squads}
        # A copy of its own, whose windows are widened and put back while openings are tried.
        self._roads = copy(Roads(problem))
        self._roads.windows = dict(self._roads.windows)
        self._routes = {name: [problem.stop(s) for s in order] for name, order in self._orders.items()}
        self._open = [squad for squad in problem.squads if not is_stuck(problem, squad)]
        self._lines = {s.id: Timeline(self._roads, s, self._routes[s.id]) for s in self._open}
        self._endless = {
            s.id: Timeline(self._roads, s, self._routes[s.id], shift_end=_ENDLESS) for s in self._open
        }
        self._rests: dict[tuple[str, int], Timeline] = {}

    def of(self, stop: StopPoint) -> list[Found]:
        """The least relaxation of every kind that lets the stop in, the lightest first."""
        if stop.id in self._problem.locked_to or not self._open:
            return []
        rivals = self._problem.rivals.get(stop.id, frozenset())
        if any(rivals & set(order) for order in self._orders.values()):
            # Its group is seen to already: nothing has to give way for it.
            return []
        tries: tuple[Callable[[StopPoint], Relaxation | None], ...] = (
            self._right,
            self._more_stops,
            self._longer_shift,
            lambda item: self._wider(item, earlier=True),
            lambda item: self._wider(item, earlier=False),
            self._give_up,
            self._skill,
            self._certified,
            self._another_squad,
        )
        candidates = [found for attempt in tries if (found := attempt(stop)) is not None]
        candidates.sort(key=lambda item: burden(self._problem, item))
        shown = []
        for candidate in candidates:
            orders = self._witness(candidate, stop)
            if is_lawful(relaxed(self._problem, candidate), orders):
                shown.append(Found(candidate, orders))
        return shown

    def _may(self, stop: StopPoint) -> list[SquadShift]:
        return [s for s in self._open if self._roads.may_serve(stop, s)]

    def _with_room(self, stop: StopPoint) -> list[SquadShift]:
        return [s for s in self._may(stop) if not self._is_full(s)]

    def _is_full(self, squad: SquadShift) -> bool:
        return squad.max_stops is not None and len(self._routes[squad.id]) >= squad.max_stops

    def _only_lacking(self, stop: StopPoint, code: str) -> Iterator[SquadShift]:
        """Squads that one rule alone keeps from a stop that would fit into their route."""
        for squad in self._open:
            breaches = eligibility_breaches(self._problem, stop, squad)
            lacks_only_that = [reason.code for reason in breaches] == [code]
            if lacks_only_that and not self._is_full(squad) and fits(self._lines[squad.id], stop):
                yield squad

    def _right(self, stop: StopPoint) -> Relaxation | None:
        for squad in self._only_lacking(stop, "pinned_elsewhere"):
            if _is_free(stop, squad):
                return Relaxation(kind="unpin", stop=stop.id, squad=squad.id)
        for squad in self._only_lacking(stop, "squad_not_allowed"):
            return Relaxation(kind="allow", stop=stop.id, squad=squad.id)
        return None

    def _more_stops(self, stop: StopPoint) -> Relaxation | None:
        for squad in self._may(stop):
            if self._is_full(squad) and fits(self._lines[squad.id], stop):
                return Relaxation(kind="more_stops", stop=stop.id, squad=squad.id)
        return None

    def _longer_shift(self, stop: StopPoint) -> Relaxation | None:
        best: tuple[int, SquadShift] | None = None
        for squad in self._with_room(stop):
            minutes = self._minutes_longer(squad, stop)
            if minutes is not None and (best is None or minutes < best[0]):
                best = minutes, squad
        if best is None:
            return None
        return Relaxation(kind="longer_shift", stop=stop.id, squad=best[1].id, minutes=best[0])

    def _minutes_longer(self, squad: SquadShift, stop: StopPoint) -> int | None:
        """Fewest whole minutes the squad must stay; None if `MAX_LONGER` are not enough.

        No end before the earliest return of a shift without end will do. A longer shift may owe a lunch that
        the shorter did not, so the minutes after it are tried one by one.
        """
        line = self._endless[squad.id]
        back = line.least_back(stop, before=NEVER)
        least = max(1, -(-(back - squad.end) // 60))
        for minutes in range(least, MAX_LONGER + 1):
            longer = replace(squad, end=squad.end + 60 * minutes)
            if fits(Timeline(self._roads, longer, self._routes[squad.id]), stop):
                return minutes
        return None

    def _wider(self, stop: StopPoint, *, earlier: bool) -> Relaxation | None:
        """Fewest minutes an opening must be wider, by halving: what fits a window fits a wider one."""
        squads = self._with_room(stop)
        if not stop.windows or not squads or self._who_fits(stop, squads, MAX_WIDER, earlier) is None:
            return None
        too_few, enough = 0, MAX_WIDER
        while enough - too_few > 1:
            middle = (too_few + enough) // 2
            if self._who_fits(stop, squads, middle, earlier) is None:
                too_few = middle
            else:
                enough = middle
        squad = self._who_fits(stop, squads, enough, earlier) or squads[0]
        kind: Kind = "opens_earlier" if earlier else "open_longer"
        return Relaxation(kind=kind, stop=stop.id, squad=squad.id, minutes=enough)

    def _who_fits(
        self, stop: StopPoint, squads: Sequence[SquadShift], minutes: int, earlier: bool
    ) -> SquadShift | None:
        """The first squad into whose route the stop fits with its opening that much wider."""
        self._roads.windows[stop.id] = widened(stop.windows, minutes, earlier=earlier)
        try:
            return next((squad for squad in squads if fits(self._lines[squad.id], stop)), None)
        finally:
            self._roads.windows[stop.id] = stop.windows

    def _give_up(self, stop: StopPoint) -> Relaxation | None:
        """The visit of least worth in whose route, without it, the stop fits."""
        best: tuple[int, SquadShift, StopPoint] | None = None
        for squad in self._may(stop):
            for out, other in enumerate(self._routes[squad.id]):
                if out < len(squad.locked) or other.required or other.pinned_squad is not None:
                    continue
                if (best is None or other.prize < best[0]) and fits(self._rest(squad, out), stop):
                    best = other.prize, squad, other
        if best is None:
            return None
        return Relaxation(kind="give_up", stop=stop.id, squad=best[1].id, other=best[2].id)

    def _rest(self, squad: SquadShift, out: int) -> Timeline:
        if (squad.id, out) not in self._rests:
            route = self._routes[squad.id]
            self._rests[squad.id, out] = Timeline(self._roads, squad, [*route[:out], *route[out + 1 :]])
        return self._rests[squad.id, out]

    def _skill(self, stop: StopPoint) -> Relaxation | None:
        for squad in self._only_lacking(stop, "missing_skill"):
            lacking = sorted(stop.skills - squad.skills)
            if len(lacking) == 1:
                return Relaxation(kind="skill", stop=stop.id, squad=squad.id, skill=lacking[0])
        return None

    def _certified(self, stop: StopPoint) -> Relaxation | None:
        for squad in self._only_lacking(stop, "needs_lawful_squad"):
            return Relaxation(kind="certified", stop=stop.id, squad=squad.id)
        return None

    def _another_squad(self, stop: StopPoint) -> Relaxation | None:
        if stop.pinned_squad is not None or stop.allowed_squads is not None:
            return None
        extra = extra_squad(self._problem, stop)
        if not fits(Timeline(self._roads, extra, []), stop):
            return None
        return Relaxation(kind="another_squad", stop=stop.id, squad=extra.id)

    def _witness(self, relaxation: Relaxation, stop: StopPoint) -> dict[str, tuple[str, ...]]:
        """The plan with the stop where its squad is back earliest, all else in its order."""
        problem = relaxed(self._problem, relaxation)
        squad = problem.squad(relaxation.squad)
        route = [s for s in self._routes.get(squad.id, []) if s.id != relaxation.other]
        line = Timeline(Roads(problem), squad, route)
        inside = problem.stop(stop.id)
        places = [place for place in _places(line) if line.fits(place, (inside,), place)]
        place = min(places, key=lambda at: line.back_at(at, (inside,), at))
        order = (*route[:place], inside, *route[place:])
        return {**self._orders, squad.id: tuple(item.id for item in order)}


def _is_free(stop: StopPoint, squad: SquadShift) -> bool:
    """Whether, the pin apart, the squad is let to the stop."""
    allowed = stop.allowed_squads is None or squad.id in stop.allowed_squads
    return allowed and squad.id not in stop.forbidden_squads


def _places(line: Timeline) -> range:
    return range(len(line.squad.locked), len(line.stops) + 1)


def fits(line: Timeline, stop: StopPoint) -> bool:
    """Whether the stop can be put between two visits of the route with every time rule kept."""
    return any(line.fits(place, (stop,), place) for place in _places(line))


def is_lawful(problem: Problem, orders: Mapping[str, Sequence[str]]) -> bool:
    """Whether `planners.routing.verify` finds nothing wrong with these routes."""
    routes, _ = schedules(problem, orders)
    visited = {visit.stop for route in routes for visit in route.visits}
    left = tuple(
        Unassigned(stop=stop.id, reason=Reason("not_chosen"), required=stop.required)
        for stop in problem.stops
        if stop.id not in visited
    )
    plan = RoutePlan(
        routes=routes,
        unassigned=left,
        prize=sum(stop.prize for stop in problem.stops if stop.id in visited),
        travel_seconds=sum(route.travel_seconds for route in routes),
        travel_metres=sum(route.travel_metres for route in routes),
    )
    return not verify(problem, plan)
