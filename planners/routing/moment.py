"""A moment at which several squads are free for one visit beside their others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from planners.routing.data import Problem, SquadShift, StopPoint
from planners.routing.timeline import NEVER, Roads, Timeline


@dataclass(frozen=True, kw_only=True)
class Moment:
    """When squads could meet, and where in their routes.

    Parameters
    ----------
    start
        Begin of the visit, seconds since midnight.
    places
        Before which of its visits each squad would come, by squad id.
    """

    start: int
    places: Mapping[str, int]

    def joined(self, orders: Mapping[str, Sequence[str]], stop: str) -> dict[str, tuple[str, ...]]:
        """The routes with the visit in them."""
        found = {squad: tuple(order) for squad, order in orders.items()}
        for squad, place in self.places.items():
            order = found.get(squad, ())
            found[squad] = (*order[:place], stop, *order[place:])
        return found


def common_moment(
    problem: Problem,
    orders: Mapping[str, Sequence[str]],
    stop: StopPoint,
    able: Sequence[SquadShift],
    needed: int,
) -> Moment | None:
    """The first moment that suits so many squads beside their other visits; None if there is none.

    Whether a moment suits a squad can begin only at an opening or where the squad is first there, with its
    lunch eaten or not, so no other moments are tried.

    Parameters
    ----------
    problem, orders
        A day whose other visits hang on nobody, and its routes.
    stop
        What is to be visited.
    able
        Who could, in the order in which they are asked.
    needed
        How many have to come.
    """
    # Its own, for the windows of this one stop are changed in it.
    roads = Roads(problem)
    lines = [
        Timeline(roads, squad, [problem.stop(name) for name in orders.get(squad.id, ())])
        for squad in able
        if squad.max_stops is None or len(orders.get(squad.id, ())) < squad.max_stops
    ]
    moments = {first for first, _ in stop.windows}
    for line in lines:
        for place in range(len(line.squad.locked), len(line.stops) + 1):
            moments |= _arrivals(roads, line, place, stop)
    last = max((line.squad.end for line in lines), default=0) - stop.service_seconds
    for moment in sorted(moment for moment in moments if moment <= last):
        if stop.windows and not any(first <= moment <= last for first, last in stop.windows):
            continue
        places = {line.squad.id: _free_place(roads, line, stop, moment) for line in lines}
        free = {squad: place for squad, place in places.items() if place is not None}
        if len(free) >= needed:
            return Moment(start=moment, places=dict(list(free.items())[:needed]))
    return None


def _arrivals(roads: Roads, line: Timeline, place: int, stop: StopPoint) -> set[int]:
    node = line.stops[place - 1].node if place else line.squad.start_node
    way = roads.seconds[node][stop.node]
    lunch = line.squad.lunch_due
    found = {ready + way for ready in line.ready_after(place) if ready + way < NEVER}
    if lunch is not None:
        found |= {max(moment, lunch.earliest_start) + lunch.duration_seconds for moment in found}
        found |= {max(moment - way, lunch.earliest_start) + lunch.duration_seconds + way for moment in found}
    return found


def _free_place(roads: Roads, line: Timeline, stop: StopPoint, moment: int) -> int | None:
    """Before which visit the squad could start this one just then; None if nowhere."""
    roads.windows[stop.id] = ((moment, moment),)
    for place in range(len(line.squad.locked), len(line.stops) + 1):
        if min(line.ready_after(place)) > moment:
            return None
        if line.fits(place, (stop,), place):
            return place
    return None
