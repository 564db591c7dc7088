"""Times of all routes together, where one squad's visit hangs on another's.

A stop for several squads starts for all of them once the last is ready; a stop that follows others starts
once those have ended. So every visit has a moment before which it may not start. Beginning with none, all
routes are walked, the moments are moved on to what the walks say, and the routes concerned are walked again,
until nothing moves: these are the earliest times. Routes in which squads wait for one another in a circle
have no such times; they are told by ``waiting_cycle`` and walked as if nobody waited.

Codes of violations: ``joint_squads`` (needed, count), ``predecessor_left_out`` (other), ``waiting_cycle``
(other).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

from planners.result import Reason
from planners.routing.data import Problem, StopPoint
from planners.routing.plan import Schedule, Violation, Visit
from planners.routing.schedule import schedule

#: Walks at most. Each moves a moment on, and a circle is sorted out before; the rest is safety.
_MAX_ROUNDS = 10_000

#: A stop for several squads is one thing to wait for, any other visit is its squad's own.
_Node = tuple[str, str]


def schedules(
    problem: Problem, orders: Mapping[str, Sequence[str]]
) -> tuple[tuple[Schedule, ...], tuple[Violation, ...]]:
    """Times of all routes, in the problem's order of squads, and what is broken between them.

    Parameters
    ----------
    problem
        The day.
    orders
        Stop ids in order, by squad id. A squad left out has an empty route.
    """
    if not problem.linked:
        return tuple(schedule(problem, squad.id, orders.get(squad.id, ())) for squad in problem.squads), ()
    walk = _Together(problem, orders)
    broken = [*_missing(problem, walk.visits_by_stop()), *walk.run()]
    return tuple(walk.routes.values()), tuple(broken)


def linked_by(problem: Problem, stop: StopPoint) -> tuple[str, ...]:
    """The stops this one must wait for; none where it is locked."""
    return () if stop.id in problem.locked_to else stop.after


def _missing(problem: Problem, visits: Mapping[str, Sequence[Visit]]) -> Iterator[Violation]:
    for stop_id in sorted(problem.linked & visits.keys()):
        stop, count = problem.stop(stop_id), len(visits[stop_id])
        if stop.squads_needed > 1 and count != stop.squads_needed and stop_id not in problem.locked_to:
            params: dict[str, str | int | float] = {"needed": stop.squads_needed, "count": count}
            yield Violation(reason=Reason("joint_squads", params), stop=stop_id)
        for other in linked_by(problem, stop):
            if other not in visits:
                yield Violation(reason=Reason("predecessor_left_out", {"other": other}), stop=stop_id)


class _Together:
    """Walks the routes until no visit has to wait any longer."""

    def __init__(self, problem: Problem, orders: Mapping[str, Sequence[str]]) -> None:
        self._problem = problem
        self._orders = {squad.id: orders.get(squad.id, ()) for squad in problem.squads}
        self._not_before: dict[str, int] = {}
        self._room: dict[str, int] = {}
        self.routes: dict[str, Schedule] = {}
        self._walk(self._orders)

    def run(self) -> Iterator[Violation]:
        """Settle all times; yields a circle of waiting if there is one."""
        try:
            TopologicalSorter(self._graph()).prepare()
        except CycleError as error:
            names = [stop for _, stop in error.args[1]]
            yield Violation(reason=Reason("waiting_cycle", {"other": ", ".join(names[1:])}), stop=names[0])
            return
        for settle in (self._later_starts, self._less_room):
            for _ in range(_MAX_ROUNDS):
                changed = settle()
                if not changed:
                    break
                self._walk(squad for squad in self._orders if changed & set(self.routes[squad].order))

    def visits_by_stop(self) -> dict[str, list[Visit]]:
        """All visits by the stop's id."""
        found: dict[str, list[Visit]] = {}
        for route in self.routes.values():
            for visit in route.visits:
                found.setdefault(visit.stop, []).append(visit)
        return found

    def _walk(self, squads: Iterator[str] | Mapping[str, Sequence[str]]) -> None:
        for squad in squads:
            self.routes[squad] = schedule(
                self._problem,
                squad,
                self._orders[squad],
                not_before=self._not_before,
                room=self._room,
            )

    def _graph(self) -> dict[_Node, set[_Node]]:
        """Which visits each visit comes after, by route or by rule."""
        nodes: dict[str, set[_Node]] = {}
        graph: dict[_Node, set[_Node]] = {}
        for squad, route in self.routes.items():
            chain = [self._node(squad, name) for name in route.order]
            for node in chain:
                nodes.setdefault(node[1], set()).add(node)
                graph.setdefault(node, set())
            for before, node in pairwise(chain):
                graph[node].add(before)
        for node, comes_after in graph.items():
            for other in linked_by(self._problem, self._problem.stop(node[1])):
                comes_after |= nodes.get(other, set())
        return graph

    def _node(self, squad: str, stop_id: str) -> _Node:
        return ("" if self._problem.stop(stop_id).squads_needed > 1 else squad, stop_id)

    def _later_starts(self) -> set[str]:
        """Move moments on to what the walks say; the stops whose moment moved."""
        visits = self.visits_by_stop()
        moved = set()
        for stop_id in self._problem.linked & visits.keys():
            stop = self._problem.stop(stop_id)
            ends = [v.leave for other in linked_by(self._problem, stop) for v in visits.get(other, ())]
            starts = [v.start for v in visits[stop_id]] if len(visits[stop_id]) > 1 else []
            moment = max([*ends, *starts], default=0)
            if moment > self._not_before.get(stop_id, 0):
                self._not_before[stop_id] = moment
                moved.add(stop_id)
        return moved

    def _less_room(self) -> set[str]:
        """Take in how far a delay may go on to other squads; the stops that have less room for it."""
        visits = self.visits_by_stop()
        room: dict[str, int] = {}
        for stop_id in self._problem.linked & visits.keys():
            least = min(visit.slack_seconds for visit in visits[stop_id])
            stop = self._problem.stop(stop_id)
            if stop.squads_needed > 1:
                room[stop_id] = min(least, room.get(stop_id, least))
            for other in linked_by(self._problem, stop):
                for before in visits.get(other, ()):
                    gap = max(0, visits[stop_id][0].start - before.leave) + least
                    room[other] = min(gap, room.get(other, gap))
        changed = {
            name
            for name, seconds in room.items()
            if any(visit.slack_seconds > seconds for visit in visits[name])
        }
        self._room.update((name, room[name]) for name in changed)
        return changed
