"""A problem as the kernel's arrays, and the kernel's routes as stop ids again.

Visits locked to a squad are not in the arrays: its route begins where and when they end. Squads whose locked
visits already break a rule are left out, and so are stops that nobody can ever serve or that are worth
nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from planners.routing.data import Problem, SquadShift, StopPoint
from planners.routing.kernel.core import NEVER, Ints, Plan, World, copy_changes, refresh
from planners.routing.polish import Orders, is_stuck
from planners.routing.timeline import Roads, Timeline

#: More visits than any squad makes.
_ANY_NUMBER = 10**6


class Arrays:
    """The arrays of a problem, and the way back.

    Parameters
    ----------
    problem
        The day.
    """

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._roads = Roads(problem)
        self.squads = [squad for squad in problem.squads if not is_stuck(problem, squad)]
        self.stops = [stop for stop in problem.stops if self._is_routable(stop)]
        self._number = {stop.id: i for i, stop in enumerate(self.stops)}
        self.world = self._world()

    @property
    def is_worthwhile(self) -> bool:
        """Whether there is anything to decide."""
        return bool(self.stops) and bool(self.squads)

    def _is_routable(self, stop: StopPoint) -> bool:
        if stop.id in self._problem.locked_to or not (stop.required or stop.prize > 0):
            return False
        # The group's visit that is locked already is the only one.
        if self._problem.rivals.get(stop.id, frozenset()) & self._problem.locked_to.keys():
            return False
        return any(self._roads.may_serve(stop, squad) for squad in self.squads)

    def _rivals(self) -> Ints:
        numbers = [
            sorted(
                self._number[name] for name in self._problem.rivals.get(stop.id, ()) if name in self._number
            )
            for stop in self.stops
        ]
        table: Ints = np.full((len(numbers), max(map(len, numbers), default=0)), -1, dtype=np.int64)
        for row, others in zip(table, numbers, strict=True):
            row[: len(others)] = others
        return table

    def _start_node(self, squad: SquadShift) -> int:
        return self._problem.stop(squad.locked[-1]).node if squad.locked else squad.start_node

    def _world(self) -> World:
        windows = [self._roads.windows[stop.id] or ((0, NEVER - 1),) for stop in self.stops]
        widest = max((len(spans) for spans in windows), default=1)
        opens = np.full((len(windows), widest), NEVER, dtype=np.int64)
        closes = np.full((len(windows), widest), -1, dtype=np.int64)
        for i, spans in enumerate(windows):
            opens[i, : len(spans)], closes[i, : len(spans)] = np.transpose(spans)
        travel = self._travel()
        service = np.array([stop.service_seconds for stop in self.stops], dtype=np.int64)
        return World(
            travel=travel,
            travel_back=np.ascontiguousarray(travel.T),
            service=service,
            least=service + _shortest_ways(travel, len(self.stops)),
            opens=opens,
            closes=closes,
            last_start=closes.max(axis=1, initial=0),
            worth=self._worth(),
            may=np.array(
                [[self._roads.may_serve(stop, squad) for stop in self.stops] for squad in self.squads],
                dtype=np.uint8,
            ).reshape(len(self.squads), len(self.stops)),
            squads=np.array([self._squad_row(squad) for squad in self.squads], dtype=np.int64).reshape(-1, 7),
            near=_near(travel, len(self.stops)),
            rivals=self._rivals(),
        )

    def _travel(self) -> Ints:
        places = [stop.node for stop in self.stops]
        places += [self._start_node(squad) for squad in self.squads]
        places += [squad.end_node for squad in self.squads]
        ways = np.array(self._problem.seconds_rows, dtype=np.int64).reshape(
            self._problem.travel_seconds.shape
        )
        travel: Ints = np.ascontiguousarray(ways[np.ix_(places, places)])
        travel[travel < 0] = NEVER
        count, fleet = len(self.stops), len(self.squads)
        for k, squad in enumerate(self.squads):
            # A squad that visits nobody does not drive.
            if not squad.locked:
                travel[count + k, count + fleet + k] = 0
        return travel

    def _worth(self) -> Ints:
        prizes = np.array([stop.prize for stop in self.stops], dtype=np.int64)
        required = np.array([stop.required for stop in self.stops], dtype=np.int64)
        worth: Ints = prizes + required * (prizes.sum() + 1)
        return worth

    def _squad_row(self, squad: SquadShift) -> list[int]:
        """Columns as named in `planners.routing.kernel.core`."""
        done = [self._problem.stop(stop_id) for stop_id in squad.locked]
        ready = Timeline(self._roads, squad, done).ready_after(len(done))
        lunch = squad.lunch_due
        span = (lunch.earliest_start, lunch.latest_start, lunch.duration_seconds) if lunch else (0, -1, 0)
        most = _ANY_NUMBER if squad.max_stops is None else squad.max_stops - len(done)
        return [squad.end, ready.hungry, ready.fed, *span, most]

    def empty_plan(self) -> Plan:
        """A plan without visits."""
        count, fleet = len(self.stops), len(self.squads)
        plan = Plan(
            routes=np.zeros((fleet, count + 2), dtype=np.int64),
            lengths=np.zeros(fleet, dtype=np.int64),
            where=np.full(count, -1, dtype=np.int64),
            labels=np.zeros((fleet, count + 2, 6), dtype=np.int64),
            sums=np.zeros((fleet, 3), dtype=np.int64),
            touched=np.zeros(fleet, dtype=np.int64),
            taken=np.zeros(count, dtype=np.uint8),
        )
        for k in range(fleet):
            plan.routes[k, :2] = count + k, count + fleet + k
            refresh(self.world, plan, k)
        return plan

    def copy_of(self, plan: Plan) -> Plan:
        """The same plan, to be changed apart from it."""
        copy = self.empty_plan()
        copy_changes(plan, copy, np.ones(len(self.squads), dtype=np.int64))
        return copy

    def plan_of(self, orders: Mapping[str, Sequence[str]]) -> Plan:
        """Feasible orders as a plan; what the arrays leave out is left out."""
        plan = self.empty_plan()
        count, fleet = len(self.stops), len(self.squads)
        for k, squad in enumerate(self.squads):
            free = orders.get(squad.id, squad.locked)[len(squad.locked) :]
            nodes = [self._number[stop_id] for stop_id in free if stop_id in self._number]
            plan.routes[k, : len(nodes) + 2] = [count + k, *nodes, count + fleet + k]
            plan.lengths[k] = len(nodes)
            plan.where[nodes] = k
            refresh(self.world, plan, k)
        return plan

    def orders_of(self, plan: Plan) -> Orders:
        """Stop ids by squad, locked visits first; squads left out of the arrays keep just those."""
        orders: Orders = {squad.id: squad.locked for squad in self._problem.squads}
        for k, squad in enumerate(self.squads):
            nodes = plan.routes[k, 1 : plan.lengths[k] + 1].tolist()
            orders[squad.id] = squad.locked + tuple(self.stops[node].id for node in nodes)
        return orders


def _shortest_ways(travel: Ints, count: int) -> Ints:
    """For each stop, the shortest way to it and the shortest away from it, together."""
    others = travel.copy()
    np.fill_diagonal(others, NEVER)
    ways: Ints = others[:, :count].min(axis=0, initial=NEVER) + others[:count].min(axis=1, initial=NEVER)
    return ways


def _near(travel: Ints, count: int) -> Ints:
    there_and_back = travel[:count, :count] + travel[:count, :count].T
    np.fill_diagonal(there_and_back, -1)
    return np.ascontiguousarray(np.argsort(there_and_back, axis=1, kind="stable").astype(np.int64))
