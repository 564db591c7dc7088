"""Stops of several squads as parts, one a squad: the way there and back between two days.

What squads have locked of a stop for several of them is settled: who comes, and that they begin together. So
each squad's part of it is a locked stop of its own that takes as long as the visit with the wait for the last
squad, and what is planned behind it need know nothing of the others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from planners.result import Reason
from planners.routing.data import Problem, StopPoint
from planners.routing.together import schedules

Orders = dict[str, tuple[str, ...]]

#: Between the id of a stop and that of a squad, where several squads each have a part of the stop.
_BETWEEN = "\x1f"


def part_id(stop: str, squad: str, *, first: bool) -> str:
    """Id of a squad's part of a stop; the first squad's is the stop's own."""
    return stop if first else f"{stop}{_BETWEEN}{squad}"


@dataclass(frozen=True, kw_only=True)
class Parted:
    """A day some stops of which are parts, and the way back to the day it was made from.

    Parameters
    ----------
    problem
        The day with the parts. The first squad's part of a stop has the stop's own id, its group and its
        prize.
    names
        Stop by part, for the parts of further squads.
    parts
        Part by squad and stop, for all parts whose id differs.
    """

    problem: Problem
    names: Mapping[str, str]
    parts: Mapping[tuple[str, str], str]

    def orders(self, orders: Mapping[str, Sequence[str]]) -> Orders:
        """Routes of the day it was made from as routes with parts."""
        return {
            squad.id: tuple(self.parts.get((squad.id, name), name) for name in orders.get(squad.id, ()))
            for squad in self.problem.squads
        }

    def own_orders(self, orders: Mapping[str, Sequence[str]]) -> Orders:
        """Routes with parts as routes of the day it was made from."""
        return {squad: tuple(self.names.get(name, name) for name in order) for squad, order in orders.items()}

    def own_words(self, reason: Reason) -> Reason:
        """The reason with the stop's own id where a squad's part of it is named."""
        other = reason.params.get("other")
        if isinstance(other, str) and other in self.names:
            return Reason(reason.code, {**reason.params, "other": self.names[other]})
        return reason


def split_locks(problem: Problem) -> Parted:
    """The day with each squad's part of a locked stop for several squads as a locked stop of its own.

    Parameters
    ----------
    problem
        The day; it is given back as it is where no such stop is locked.
    """
    joint = {name for name in problem.locked_to if problem.stop(name).squads_needed > 1}
    if not joint:
        return Parted(problem=problem, names={}, parts={})
    routes, _ = schedules(problem, {squad.id: squad.locked for squad in problem.squads})
    waits = {(route.squad, visit.stop): visit.wait_seconds for route in routes for visit in route.visits}
    parts: dict[tuple[str, str], str] = {}
    stops: list[StopPoint] = []
    for stop in problem.stops:
        if stop.id not in joint:
            stops.append(stop)
            continue
        for number, squad in enumerate(problem.locked_to[stop.id]):
            name = part_id(stop.id, squad, first=number == 0)
            stops.append(_part(stop, name, waits[squad, stop.id], first=number == 0))
            if number:
                parts[squad, stop.id] = name
    every = {stop: [stop, *(name for (_, of), name in parts.items() if of == stop)] for stop in joint}
    followers = (
        replace(stop, after=tuple(name for other in stop.after for name in every.get(other, [other])))
        for stop in stops
    )
    squads = tuple(
        replace(squad, locked=tuple(parts.get((squad.id, name), name) for name in squad.locked))
        for squad in problem.squads
    )
    return Parted(
        problem=replace(problem, stops=tuple(followers), squads=squads),
        names={name: stop for (_, stop), name in parts.items()},
        parts=parts,
    )


def _part(stop: StopPoint, name: str, wait: int, *, first: bool) -> StopPoint:
    return replace(
        stop,
        id=name,
        service_seconds=stop.service_seconds + wait,
        required=stop.required and first,
        prize=stop.prize if first else 0,
        group=stop.group if first else None,
        squads_needed=1,
        after=(),
    )
