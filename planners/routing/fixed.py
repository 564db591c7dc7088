"""A day with links between squads as a plain one: linked visits held at their squads and moments.

What is planned around such visits need know nothing of links: each squad's part of a visit is a stop of its
own, open at one moment only and for that squad only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from planners.routing.data import Problem, StopPoint
from planners.routing.plan import Schedule

Orders = dict[str, tuple[str, ...]]

#: Between the id of a stop and that of a squad, where several squads each have a part of the stop.
_PART = "\x1f"


@dataclass(frozen=True, kw_only=True)
class FixedDay:
    """A plain day, and the way back to the linked one.

    Parameters
    ----------
    problem
        The plain day. The first squad's part of a stop has the stop's own id, its group and its prize.
    names
        Stop by part, for the parts of further squads.
    parts
        Part by squad and stop, for all held visits whose id differs.
    held
        Ids of all held visits of the plain day.
    """

    problem: Problem
    names: Mapping[str, str]
    parts: Mapping[tuple[str, str], str]
    held: frozenset[str]

    def orders(self, orders: Mapping[str, Sequence[str]]) -> Orders:
        """Routes of the linked day as routes of the plain one."""
        return {
            squad.id: tuple(self.parts.get((squad.id, name), name) for name in orders.get(squad.id, ()))
            for squad in self.problem.squads
        }

    def own_orders(self, orders: Mapping[str, Sequence[str]]) -> Orders:
        """Routes of the plain day as routes of the linked one."""
        return {squad: tuple(self.names.get(name, name) for name in order) for squad, order in orders.items()}

    def holds(self, orders: Mapping[str, Sequence[str]]) -> bool:
        """Whether routes of the plain day make every held visit."""
        return self.held <= {name for order in orders.values() for name in order}


def fixed_day(problem: Problem, routes: Sequence[Schedule], *, keep_left_out: bool = False) -> FixedDay:
    """The day with its linked visits, and those they follow, held where and when the routes have them.

    Parameters
    ----------
    problem
        The linked day.
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


def _part(stop: StopPoint, squad: str, start: int, *, first: bool, whole_prize: bool) -> StopPoint:
    return replace(
        stop,
        id=stop.id if first else f"{stop.id}{_PART}{squad}",
        windows=((start, start),),
        allowed_squads=frozenset({squad}),
        forbidden_squads=frozenset(),
        required=True,
        prize=stop.prize if first or whole_prize else 0,
        group=stop.group if first else None,
        squads_needed=1,
        after=(),
    )
