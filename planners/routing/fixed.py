"""A day with links between squads as a plain one: linked visits held at their squads and moments.

What is planned around such visits need know nothing of links: each squad's part of a visit is a stop of its
own, open at one moment only and for that squad only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from planners.routing.data import Problem, StopPoint
from planners.routing.parts import Parted, part_id
from planners.routing.plan import Schedule
from planners.routing.timeline import NEVER


@dataclass(frozen=True, kw_only=True)
class FixedDay(Parted):
    """A plain day, and the way back to the linked one.

    Parameters
    ----------
    held
        Ids of all held visits of the plain day.
    """

    held: frozenset[str]

    def holds(self, orders: Mapping[str, Sequence[str]]) -> bool:
        """Whether routes of the plain day make every held visit."""
        return self.held <= {name for order in orders.values() for name in order}


def fixed_day(problem: Problem, routes: Sequence[Schedule], *, keep_left_out: bool = False) -> FixedDay:
    """The day with its linked visits, and those they follow, held where and when the routes have them.

    Parameters
    ----------
    problem
        The linked day; no stop for several squads is locked (`planners.routing.parts.split_locks`).
    routes
        Routes that keep its rules.
    keep_left_out
        Keep linked stops in no route as if one squad could serve them at any time, to be explained, and let
        every part of a stop count its whole prize; otherwise they are gone and each prize counts once.
    """
    places: dict[str, list[tuple[str, int]]] = {}
    for route in routes:
        for visit in route.visits:
            places.setdefault(visit.stop, []).append((route.squad, visit.start))
    linked = problem.linked - problem.locked_to.keys()
    followed = {other for name in linked & places.keys() for other in problem.stop(name).after}
    to_hold = (linked | followed) - problem.locked_to.keys()
    names: dict[str, str] = {}
    parts: dict[tuple[str, str], str] = {}
    stops: list[StopPoint] = []
    held: set[str] = set()
    for stop in problem.stops:
        if stop.id not in to_hold or (stop.id not in places and stop.id not in linked):
            stops.append(replace(stop, after=()))
        elif stop.id not in places:
            if keep_left_out:
                stops.append(replace(stop, squads_needed=1, after=()))
        else:
            for number, (squad, start) in enumerate(places[stop.id]):
                part = _part(stop, squad, start, first=number == 0, whole_prize=keep_left_out)
                stops.append(part)
                held.add(part.id)
                if number:
                    names[part.id], parts[squad, stop.id] = stop.id, part.id
    return FixedDay(
        problem=replace(problem, stops=tuple(stops)), names=names, parts=parts, held=frozenset(held)
    )


def ends_of(routes: Sequence[Schedule]) -> dict[str, int]:
    """When the last squad leaves each visited stop, seconds since midnight, by stop id."""
    ends: dict[str, int] = {}
    for route in routes:
        for visit in route.visits:
            ends[visit.stop] = max(visit.leave, ends.get(visit.stop, 0))
    return ends


def held_back(problem: Problem, plain: Problem, ends: Mapping[str, int]) -> Problem:
    """The plain day with stops that are left out open only once the visits they must follow have ended.

    Parameters
    ----------
    problem
        The linked day.
    plain
        The plain day made of it by `fixed_day` with ``keep_left_out``.
    ends
        When visits end, by stop id.
    """
    return replace(plain, stops=tuple(_held_back(problem, stop, ends) for stop in plain.stops))


def _held_back(problem: Problem, stop: StopPoint, ends: Mapping[str, int]) -> StopPoint:
    if stop.id in ends or not problem.has_stop(stop.id):
        return stop
    earliest = max((ends.get(other, 0) for other in problem.stop(stop.id).after), default=0)
    if not earliest:
        return stop
    spans = stop.windows or ((0, NEVER),)
    open_still = tuple((max(earliest, first), last) for first, last in spans if last >= earliest)
    # Past every window nothing is open: a moment no shift reaches stands for that.
    return replace(stop, windows=open_still or ((NEVER, NEVER),))


def _part(stop: StopPoint, squad: str, start: int, *, first: bool, whole_prize: bool) -> StopPoint:
    return replace(
        stop,
        id=part_id(stop.id, squad, first=first),
        windows=((start, start),),
        allowed_squads=frozenset({squad}),
        forbidden_squads=frozenset(),
        required=True,
        prize=stop.prize if first or whole_prize else 0,
        group=stop.group if first else None,
        squads_needed=1,
        after=(),
    )
