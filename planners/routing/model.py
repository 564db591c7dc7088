"""The OR-Tools routing model of a problem: one short method a family of constraints.

Every stop that may be visited is a node of its own, every squad a vehicle with its own first and last node.
Visits locked to a squad are not in the model: the vehicle begins where and when they end, which keeps them
safe from every search operator. Squads whose locked visits already break a rule are left out altogether.

Two things here are looser than `planners.routing.schedule`, and are put right outside: the solver lets a
lunch interrupt a drive, which differs only on drives longer than the span in which lunch may start; and it
weighs prize against travel, where a plan is worth its prize first. So each plan read from here is checked
and compared anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from ortools.constraint_solver import pywrapcp

from planners.routing.data import IntMatrix, Lunch, Problem, SquadShift, StopPoint
from planners.routing.polish import Orders, is_stuck
from planners.routing.timeline import NEVER, Roads, Timeline

#: Penalty for leaving out a stop of average prize, in average drives. A search by arc costs cannot weigh
#: choices against much larger penalties, and with much smaller ones it leaves out what would fit.
DRIVES_PER_AVERAGE_PRIZE = 3.5
_TIME = "time"
_STOPS = "stops"


@dataclass(frozen=True, kw_only=True)
class Vehicle:
    """What is left of a squad's day after its locked visits."""

    squad: SquadShift
    start_node: int
    start: int
    lunch: Lunch | None
    max_stops: int | None


def vehicle_of(roads: Roads, squad: SquadShift) -> Vehicle:
    """The squad as it stands once its locked visits are made."""
    stops = [roads.problem.stop(stop_id) for stop_id in squad.locked]
    done = len(stops)
    ready = Timeline(roads, squad, stops).ready_after(done)
    lunch = squad.lunch_due
    # With an idle hour among the locked visits the lunch is eaten there; else it is still to come if it can
    # be.
    hungry = lunch is not None and ready.hungry <= lunch.latest_start
    if lunch is not None and ready.fed < min(NEVER, ready.hungry + lunch.duration_seconds):
        hungry = False
    return Vehicle(
        squad=squad,
        start_node=stops[-1].node if stops else squad.start_node,
        start=ready.hungry if hungry else ready.fed,
        lunch=lunch if hungry else None,
        max_stops=None if squad.max_stops is None else squad.max_stops - done,
    )


class RouteModel:
    """A routing model of the problem, ready to be closed and searched.

    Parameters
    ----------
    problem
        The day.
    seed
        Shuffles the stops, and with them every tie the search breaks by number.
    """

    def __init__(self, problem: Problem, *, seed: int) -> None:
        self._roads = Roads(problem)
        self._vehicles = [
            vehicle_of(self._roads, squad) for squad in problem.squads if not is_stuck(problem, squad)
        ]
        self._stops = self._routable(problem, seed)
        self._squads = problem.squads
        if not self.is_worthwhile:
            return
        count, fleet = len(self._stops), len(self._vehicles)
        starts = list(range(count, count + fleet))
        ends = list(range(count + fleet, count + 2 * fleet))
        self._manager = pywrapcp.RoutingIndexManager(count + 2 * fleet, fleet, starts, ends)
        self.routing = pywrapcp.RoutingModel(self._manager)
        self._index = [self._manager.NodeToIndex(node) for node in range(count)]
        self._stop_at = dict(zip(self._index, self._stops, strict=True))
        self._travel = self._travel_between_nodes(problem)
        self._add_travel_cost()
        self._add_time()
        self._add_windows()
        self._add_lunches()
        self._add_stop_limits()
        self._add_eligibility()
        self._add_groups()
        self._add_prizes()
        # Fetched once: each call across the binding makes a new Python object, and every solution reads
        # them all.
        self._next_vars = [self.routing.NextVar(index) for index in range(self.routing.Size())]

    @property
    def is_worthwhile(self) -> bool:
        """Whether there is more to decide than where to put a single stop."""
        return len(self._stops) > 1 and bool(self._vehicles)

    @property
    def size(self) -> int:
        """Number of stops in the model."""
        return len(self._stops)

    def _routable(self, problem: Problem, seed: int) -> list[StopPoint]:
        stops = [
            stop
            for stop in problem.stops
            if stop.id not in problem.locked_to
            and (stop.required or stop.prize > 0)
            and not problem.rivals.get(stop.id, frozenset()) & problem.locked_to.keys()
            and any(self._can_touch(vehicle, stop) for vehicle in self._vehicles)
        ]
        order = np.random.default_rng(seed).permutation(len(stops))
        return [stops[i] for i in order]

    def _can_touch(self, vehicle: Vehicle, stop: StopPoint) -> bool:
        seconds = self._roads.seconds
        by_road = seconds[vehicle.start_node][stop.node] + seconds[stop.node][vehicle.squad.end_node] < NEVER
        return by_road and self._roads.may_serve(stop, vehicle.squad)

    def _travel_between_nodes(self, problem: Problem) -> IntMatrix:
        """Seconds between model nodes; beyond the last shift's end where there is no road."""
        places = [stop.node for stop in self._stops]
        places += [vehicle.start_node for vehicle in self._vehicles]
        places += [vehicle.squad.end_node for vehicle in self._vehicles]
        travel = np.array(problem.seconds_rows, dtype=np.int64)[np.ix_(places, places)]
        travel[travel < 0] = self._horizon + 1
        count, fleet = len(self._stops), len(self._vehicles)
        for number in range(fleet):
            # A squad that visits nobody does not drive.
            travel[count + number, count + fleet + number] = 0
        return travel

    @property
    def _horizon(self) -> int:
        return max(vehicle.squad.end for vehicle in self._vehicles)

    def _service(self) -> list[int]:
        return [stop.service_seconds for stop in self._stops] + [0] * (2 * len(self._vehicles))

    def _add_travel_cost(self) -> None:
        """The cost of a route is its seconds on the road."""
        self.routing.SetArcCostEvaluatorOfAllVehicles(
            self.routing.RegisterTransitMatrix(self._travel.tolist())
        )

    def _add_time(self) -> None:
        """Visits are at least service and drive apart; a squad sets out and returns within its shift."""
        transit = self._travel + np.array(self._service(), dtype=np.int64)[:, None]
        self.routing.AddDimension(
            self.routing.RegisterTransitMatrix(transit.tolist()), self._horizon, self._horizon, False, _TIME
        )
        self._time = self.routing.GetDimensionOrDie(_TIME)
        for number, vehicle in enumerate(self._vehicles):
            # Fixed, for a free start would let the solver put a break before it.
            self._time.CumulVar(self.routing.Start(number)).SetValue(vehicle.start)
            self._time.CumulVar(self.routing.End(number)).SetMax(vehicle.squad.end)

    def _add_windows(self) -> None:
        """A visit starts within one of its windows."""
        for index, stop in self._stop_at.items():
            if not stop.windows:
                continue
            start = self._time.CumulVar(index)
            first, last = stop.windows[0][0], min(self._horizon, stop.windows[-1][1])
            if first > last:
                self.routing.ActiveVar(index).SetMax(0)
                continue
            start.SetRange(first, last)
            for (_, closing), (opening, _) in zip(stop.windows, stop.windows[1:], strict=False):
                if opening > closing + 1:
                    start.RemoveInterval(closing + 1, opening - 1)

    def _add_lunches(self) -> None:
        """Each squad that is owed a lunch has a break that overlaps no service."""
        solver = self.routing.solver()
        service = [0] * self.routing.Size()
        for index, stop in self._stop_at.items():
            service[index] = stop.service_seconds
        for number, vehicle in enumerate(self._vehicles):
            lunch = vehicle.lunch
            if lunch is None:
                continue
            earliest = max(lunch.earliest_start, vehicle.start)
            pause = solver.FixedDurationIntervalVar(
                earliest, max(earliest, lunch.latest_start), lunch.duration_seconds, False, f"lunch {number}"
            )
            self._time.SetBreakIntervalsOfVehicle([pause], number, service)

    def _add_stop_limits(self) -> None:
        """No squad makes more visits than its limit."""
        if all(vehicle.max_stops is None for vehicle in self._vehicles):
            return
        count = len(self._stops)
        ones = self.routing.RegisterUnaryTransitVector([1] * count + [0] * (2 * len(self._vehicles)))
        limits = [count if v.max_stops is None else min(count, v.max_stops) for v in self._vehicles]
        self.routing.AddDimensionWithVehicleCapacity(ones, 0, limits, True, _STOPS)

    def _add_eligibility(self) -> None:
        """Only squads that may serve a stop visit it: skills, lawfulness, pins, allowed, forbidden."""
        for index, stop in self._stop_at.items():
            able = [
                n for n, vehicle in enumerate(self._vehicles) if self._roads.may_serve(stop, vehicle.squad)
            ]
            if len(able) < len(self._vehicles):
                self.routing.VehicleVar(index).SetValues([-1, *able])

    def _add_groups(self) -> None:
        """Of the stops of one group at most one is visited."""
        groups: dict[str, list[Any]] = {}
        for index, stop in self._stop_at.items():
            if stop.group is not None:
                groups.setdefault(stop.group, []).append(self.routing.ActiveVar(index))
        for members in groups.values():
            if len(members) > 1:
                self.routing.solver().Add(self.routing.solver().Sum(members) <= 1)

    def _add_prizes(self) -> None:
        """Leaving a stop out costs by its prize; leaving out a required one costs more than all the rest."""
        count = len(self._stops)
        drives = self._travel[:count, :count]
        possible = drives[drives <= self._horizon]
        average_drive = max(1.0, float(possible.mean()))
        average_prize = max(1.0, sum(stop.prize for stop in self._stops) / count)
        #: Seconds on the road that one of prize is worth to the search.
        self.seconds_per_prize = DRIVES_PER_AVERAGE_PRIZE * average_drive / average_prize
        penalties = [max(1, round(self.seconds_per_prize * stop.prize)) for stop in self._stops]
        for_required = sum(penalties) + int(self._horizon) * len(self._vehicles) + 1
        for index, stop, penalty in zip(self._index, self._stops, penalties, strict=True):
            self.routing.AddDisjunction([index], for_required + penalty if stop.required else penalty)

    def prize_of_current(self) -> tuple[int, int]:
        """Required stops and prize of the solution the solver has just found, locked visits not counted."""
        required = prize = 0
        for index, stop in self._stop_at.items():
            if self._next_vars[index].Value() != index:
                required += stop.required
                prize += stop.prize
        return required, prize

    def current_orders(self) -> Orders:
        """Stop ids by squad of the solution the solver has just found, locked visits first."""
        return self._orders([variable.Value() for variable in self._next_vars])

    def orders_of(self, solution: Any) -> Orders:
        """Stop ids by squad of a solution the solver gave back, locked visits first."""
        return self._orders([solution.Value(variable) for variable in self._next_vars])

    def _orders(self, following: Sequence[int]) -> Orders:
        orders: Orders = {squad.id: squad.locked for squad in self._squads}
        for number, vehicle in enumerate(self._vehicles):
            order = list(vehicle.squad.locked)
            index = following[self.routing.Start(number)]
            while not self.routing.IsEnd(index):
                order.append(self._stop_at[index].id)
                index = following[index]
            orders[vehicle.squad.id] = tuple(order)
        return orders

    def assignment(self, orders: Mapping[str, Sequence[str]]) -> Any:
        """The orders as a start for the solver, or None if it refuses them; call after closing the model."""
        index_of = {stop.id: index for index, stop in self._stop_at.items()}
        routes = []
        for vehicle in self._vehicles:
            order = orders.get(vehicle.squad.id, ())[len(vehicle.squad.locked) :]
            # Indices, not nodes: the two differ when squads start in different places.
            routes.append([index_of[stop_id] for stop_id in order if stop_id in index_of])
        return self.routing.ReadAssignmentFromRoutes(routes, True)
