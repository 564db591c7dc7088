"""A CP-SAT model of the stops that several squads visit together or that follow one another.

Every stop has one start, shared by all squads that come: so they meet. It is exact, lunch included, and
meant for few stops: the linked ones, those they follow and the required ones. On a small day it holds all
stops, and its answer is the best plan there is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ortools.sat.python import cp_model

from planners.routing.data import Problem, StopPoint
from planners.routing.model import Vehicle, vehicle_of
from planners.routing.polish import Orders, is_stuck
from planners.routing.schedule import schedule
from planners.routing.timeline import NEVER, Roads
from planners.routing.together import linked_by

#: Number of a squad's start and end among the stops of its tour, which count from 1.
_HOME = 0


@dataclass
class _Tour:
    """The variables of one squad: which way it goes, when it is back, and where it eats."""

    vehicle: Vehicle
    arcs: dict[tuple[int, int], Any]
    visits: dict[int, Any]
    back: Any
    used: Any


class MeetingModel:
    """Squads and order for some stops of a day.

    Parameters
    ----------
    problem
        The day.
    stops
        Those to be decided on, with all that they must follow; none of them locked.
    price
        Prize that a second of a squad's service or way must bring, as it brings so much elsewhere.
    """

    def __init__(self, problem: Problem, stops: Sequence[StopPoint], *, price: float = 0.0) -> None:
        self._problem = problem
        self._roads = Roads(problem)
        self._stops = list(stops)
        self._model = cp_model.CpModel()
        vehicles = [vehicle_of(self._roads, s) for s in problem.squads if not is_stuck(problem, s)]
        self._horizon = max((vehicle.squad.end for vehicle in vehicles), default=0)
        self._active = [self._model.new_bool_var(f"active {stop.id}") for stop in self._stops]
        self._start = [self._start_of(i) for i in range(len(self._stops))]
        self._tours = [self._tour(vehicle) for vehicle in vehicles if vehicle.start <= vehicle.squad.end]
        self._add_meetings()
        self._add_order()
        self._add_groups()
        self._add_objective(price)

    def solve(
        self, *, effort: float, seconds: float, seed: int, cancelled: Callable[[], bool]
    ) -> tuple[Orders, bool]:
        """The best routes found, locked visits first, and whether none are better.

        Parameters
        ----------
        effort
            Limit in the solver's own measure of work, which is the same on every machine.
        seconds
            Limit by the clock.
        seed
            Varies the search among equals.
        cancelled
            Asked whenever the solver has news; once True the best so far is given back.
        """
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = seed % 2**31
        solver.parameters.max_deterministic_time = effort
        solver.parameters.max_time_in_seconds = max(0.05, seconds)

        def news(_: float) -> None:
            if cancelled():
                solver.stop_search()

        solver.best_bound_callback = news
        status = solver.solve(self._model)
        orders: Orders = {squad.id: squad.locked for squad in self._problem.squads}
        if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            for tour in self._tours:
                orders[tour.vehicle.squad.id] += self._route(solver, tour)
        return orders, status == cp_model.OPTIMAL

    def _route(self, solver: cp_model.CpSolver, tour: _Tour) -> tuple[str, ...]:
        following = {i: j for (i, j), arc in tour.arcs.items() if i != j and solver.boolean_value(arc)}
        names, node = [], following.get(_HOME, _HOME)
        while node != _HOME:
            names.append(self._stops[node - 1].id)
            node = following[node]
        return tuple(names)

    def _start_of(self, i: int) -> Any:
        """When the visit starts: within one of its windows."""
        stop = self._stops[i]
        spans = [
            (first, min(last, self._horizon))
            for first, last in stop.windows or ((0, self._horizon),)
            if first <= self._horizon
        ]
        if not spans:
            self._model.add(self._active[i] == 0)
        domain = cp_model.Domain.from_intervals(spans or [(0, self._horizon)])
        return self._model.new_int_var_from_domain(domain, f"start {stop.id}")

    def _tour(self, vehicle: Vehicle) -> _Tour:
        """One squad's way: a circle through its home and the stops it visits."""
        model, squad = self._model, vehicle.squad
        able = [n for n, s in enumerate(self._stops, 1) if self._roads.may_serve(s, squad)]
        visits = {n: model.new_bool_var(f"{squad.id} {n}") for n in able}
        used = model.new_bool_var(f"{squad.id} used")
        arcs = {(n, n): ~visit for n, visit in visits.items()} | {(_HOME, _HOME): ~used}
        for i in (_HOME, *able):
            for j in (_HOME, *able):
                if i != j and self._way(vehicle, i, j) < NEVER:
                    arcs[i, j] = model.new_bool_var(f"{squad.id} {i}-{j}")
        model.add_circuit([(i, j, arc) for (i, j), arc in arcs.items()])
        for visit in visits.values():
            model.add_implication(visit, used)
        if vehicle.max_stops is not None:
            model.add(sum(visits.values()) <= max(0, vehicle.max_stops))
        back = model.new_int_var(vehicle.start, squad.end, f"{squad.id} back")
        tour = _Tour(vehicle=vehicle, arcs=arcs, visits=visits, back=back, used=used)
        for (i, j), arc in arcs.items():
            if i != j:
                model.add(
                    self._reach(tour, j) >= self._ready(tour, i) + self._way(vehicle, i, j)
                ).only_enforce_if(arc)
        self._add_lunch(tour)
        return tour

    def _way(self, vehicle: Vehicle, i: int, j: int) -> int:
        here = vehicle.start_node if i == _HOME else self._stops[i - 1].node
        there = vehicle.squad.end_node if j == _HOME else self._stops[j - 1].node
        return self._roads.seconds[here][there]

    def _ready(self, tour: _Tour, i: int) -> Any:
        """When the squad may set out from there."""
        return tour.vehicle.start if i == _HOME else self._start[i - 1] + self._stops[i - 1].service_seconds

    def _reach(self, tour: _Tour, j: int) -> Any:
        return tour.back if j == _HOME else self._start[j - 1]

    def _add_lunch(self, tour: _Tour) -> None:
        """Lunch is eaten on one way: before setting out on it, or on arriving; at home it delays nothing."""
        lunch, model = tour.vehicle.lunch, self._model
        if lunch is None:
            return
        first = max(lunch.earliest_start, tour.vehicle.start)
        begin = model.new_int_var(first, max(first, lunch.latest_start), "lunch")
        on_arrival = model.new_bool_var("on arrival")
        legs = {i: model.new_bool_var(f"lunch after {i}") for i in (_HOME, *tour.visits)}
        model.add(sum(legs.values()) == tour.used)
        for i, leg in legs.items():
            if i != _HOME:
                model.add_implication(leg, tour.visits[i])
            model.add(begin >= self._ready(tour, i)).only_enforce_if(leg)
        for (i, j), arc in tour.arcs.items():
            if i == j:
                continue
            way, leg = self._way(tour.vehicle, i, j), legs[i]
            done, reach = begin + lunch.duration_seconds, self._reach(tour, j)
            model.add(reach >= done + way).only_enforce_if(arc, leg, ~on_arrival)
            model.add(begin >= self._ready(tour, i) + way).only_enforce_if(arc, leg, on_arrival)
            if j != _HOME:
                model.add(reach >= done).only_enforce_if(arc, leg, on_arrival)

    def _add_meetings(self) -> None:
        """A stop is visited by as many squads as it needs, or by none."""
        for n, stop in enumerate(self._stops, 1):
            coming = [tour.visits[n] for tour in self._tours if n in tour.visits]
            self._model.add(sum(coming) == stop.squads_needed * self._active[n - 1])

    def _add_order(self) -> None:
        """A stop that follows others starts once those have ended, and only if they are visited."""
        number = {stop.id: i for i, stop in enumerate(self._stops)}
        locked_ends = {
            visit.stop: visit.leave
            for squad in self._problem.squads
            for visit in schedule(self._problem, squad.id, squad.locked).visits
        }
        for i, stop in enumerate(self._stops):
            for other in linked_by(self._problem, stop):
                if other in locked_ends:
                    end = locked_ends[other]
                else:
                    before = number[other]
                    self._model.add_implication(self._active[i], self._active[before])
                    end = self._start[before] + self._stops[before].service_seconds
                self._model.add(self._start[i] >= end).only_enforce_if(self._active[i])

    def _add_groups(self) -> None:
        """Of the stops of one group at most one is visited."""
        groups: dict[str, list[Any]] = {}
        for stop, active in zip(self._stops, self._active, strict=True):
            if self._problem.rivals.get(stop.id, frozenset()) & self._problem.locked_to.keys():
                self._model.add(active == 0)
            if stop.group is not None:
                groups.setdefault(stop.group, []).append(active)
        for members in groups.values():
            self._model.add_at_most_one(members)

    def _add_objective(self, price: float) -> None:
        """Most required stops, then most prize less the price of the time for it, then least travel."""
        travel: Any = sum(
            self._way(tour.vehicle, i, j) * arc
            for tour in self._tours
            for (i, j), arc in tour.arcs.items()
            if i != j
        )
        # No tour drives longer than its shift, so one of prize outweighs all driving.
        per_prize = 1 + sum(tour.vehicle.squad.end - tour.vehicle.start for tour in self._tours)
        per_second = round(per_prize * price)
        per_required = per_prize * (1 + sum(stop.prize for stop in self._stops) + per_second)
        worth: Any = sum(
            (
                per_required * stop.required
                + per_prize * stop.prize
                - per_second * stop.service_seconds * stop.squads_needed
            )
            * active
            for stop, active in zip(self._stops, self._active, strict=True)
        )
        self._model.maximize(worth - (1 + per_second) * travel)
