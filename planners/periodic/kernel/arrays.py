"""A problem and its plans as the arrays the compiled search works on, and back."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from planners.periodic.data import Customer, Pattern, Problem, Vehicle
from planners.periodic.kernel.core import NEVER, Floats, Ints, Plan, Room, World

#: Vehicle id by customers in order.
Orders = dict[str, tuple[str, ...]]


class Arrays:
    """Translates between a problem's objects and the kernel's arrays.

    Parameters
    ----------
    problem
        The days.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.customers = problem.customers
        self.vehicles: tuple[Vehicle, ...] = tuple(
            sorted(
                problem.vehicles,
                key=lambda v: (v.day, v.start_node, v.end_node, v.capacity or 0, v.limit or 0),
            )
        )
        #: Cost of leaving out a customer that must be served: more than all patterns together.
        self.missing = 1 + sum(max(p.cost for p in c.patterns) for c in self.customers)
        self._patterns = [self._patterns_of(customer) for customer in self.customers]
        self.world = self._world()

    @property
    def is_worthwhile(self) -> bool:
        """Whether there is anything to search for."""
        return bool(self.customers and self.vehicles)

    def _patterns_of(self, customer: Customer) -> list[Pattern]:
        served = sorted((p for p in customer.patterns if p.days), key=lambda p: p.cost)
        empty = [p for p in customer.patterns if not p.days]
        return [*(empty or [Pattern(days=(), cost=self.missing)]), *served]

    def _world(self) -> World:
        travel = self._travel()
        count = len(self.customers)
        masks = np.full((count, max(map(len, self._patterns), default=1)), -1, np.int64)
        costs = np.zeros_like(masks)
        for i, patterns in enumerate(self._patterns):
            masks[i, : len(patterns)] = [sum(1 << day for day in p.days) for p in patterns]
            costs[i, : len(patterns)] = [p.cost for p in patterns]
        days = [vehicle.day for vehicle in self.vehicles]
        between = travel[:count, :count] + travel[:count, :count].T
        np.fill_diagonal(between, -1)
        return World(
            travel=travel,
            travel_back=np.ascontiguousarray(travel.T),
            service=np.array([c.service for c in self.customers], np.int64),
            demand=np.array([c.demand for c in self.customers], np.int64),
            vehicles=self._vehicle_rows(),
            firsts=np.searchsorted(days, np.arange(self.problem.days + 1)).astype(np.int64),
            masks=masks,
            costs=costs,
            counts=np.array([len(patterns) for patterns in self._patterns], np.int64),
            cheapest=np.array([min(p.cost for p in patterns) for patterns in self._patterns], np.int64),
            near=np.argsort(between, axis=1, kind="stable").astype(np.int64),
            ranks=self._ranks(travel),
        )

    def _travel(self) -> Ints:
        nodes = [c.node for c in self.customers]
        nodes += [v.start_node for v in self.vehicles]
        nodes += [v.end_node for v in self.vehicles]
        travel = self.problem.travel[np.ix_(nodes, nodes)] if nodes else np.zeros((0, 0), np.int64)
        return np.ascontiguousarray(np.where(travel < 0, NEVER, travel), np.int64)

    def _vehicle_rows(self) -> Ints:
        rows = np.zeros((len(self.vehicles), 4), np.int64)
        last: tuple[int | None, ...] = ()
        for row, vehicle in zip(rows, self.vehicles, strict=True):
            kind = (vehicle.day, vehicle.start_node, vehicle.end_node, vehicle.capacity, vehicle.limit)
            capacity = NEVER if vehicle.capacity is None else vehicle.capacity
            # An hour more than any road, so that a missing road never fits.
            limit = NEVER - 1 if vehicle.limit is None else vehicle.limit
            row[:] = (vehicle.day, capacity, limit, int(kind == last))
            last = kind
        return rows

    def _ranks(self, travel: Ints) -> Floats:
        """Orders to put customers back in: dear ones, heavy ones, seldom free ones, far ones, near ones."""
        count = len(self.customers)
        if not self.vehicles:
            return np.zeros((0, count))
        far = travel[count : count + len(self.vehicles), :count].min(axis=0, initial=NEVER).astype(np.float64)
        visits = np.array([max(len(p.days) for p in patterns) for patterns in self._patterns], np.float64)
        demand = np.array([c.demand for c in self.customers], np.float64)
        at_stake = [p[0].cost - min(q.cost for q in p) for p in self._patterns]
        return np.array([-np.array(at_stake, np.float64), -demand, -demand * visits, -visits, -far, far])

    def plan_of(self, orders: Orders) -> Plan:
        """A plan as arrays; customers whose days are no pattern of theirs must not occur.

        Parameters
        ----------
        orders
            Customers in order, by vehicle.
        """
        count, routes = len(self.customers), len(self.vehicles)
        plan = empty_plan(count, routes, self.problem.days)
        index = {customer.id: i for i, customer in enumerate(self.customers)}
        for r, vehicle in enumerate(self.vehicles):
            visits = [index[name] for name in orders.get(vehicle.id, ())]
            plan.lengths[r] = len(visits)
            plan.routes[r, : len(visits) + 2] = [count + r, *visits, count + routes + r]
            plan.where[visits, vehicle.day] = r
            self._measure(plan, r, visits)
        for i, patterns in enumerate(self._patterns):
            days = tuple(int(day) for day in np.flatnonzero(plan.where[i] >= 0))
            plan.chosen[i] = [pattern.days for pattern in patterns].index(days)
            plan.totals[0] += patterns[plan.chosen[i]].cost
        return plan

    def _measure(self, plan: Plan, r: int, visits: Sequence[int]) -> None:
        row = plan.routes[r, : len(visits) + 2]
        ways = self.world.travel[row[:-1], row[1:]]
        plan.ways[r, : len(ways)] = ways
        travel = int(ways.sum()) if visits else 0
        load = int(self.world.demand[visits].sum()) if visits else 0
        service = int(self.world.service[visits].sum()) if visits else 0
        plan.sums[r] = (load, travel + service, travel)
        plan.totals[1] += travel

    def orders_of(self, plan: Plan) -> Orders:
        """Customers in order, by vehicle."""
        return {
            vehicle.id: tuple(self.customers[i].id for i in plan.routes[r, 1 : plan.lengths[r] + 1].tolist())
            for r, vehicle in enumerate(self.vehicles)
        }

    def room(self) -> Room:
        """Scratch paper for the kernel."""
        days, count = self.problem.days, len(self.customers)
        return Room(
            extra=np.zeros(days),
            route=np.zeros(days, np.int64),
            place=np.zeros(days, np.int64),
            queue=np.zeros(count, np.int64),
            keys=np.zeros(count),
        )


def empty_plan(customers: int, routes: int, days: int) -> Plan:
    """Arrays of the right shapes, nobody visited; starts and ends of routes are not yet written."""
    return Plan(
        routes=np.zeros((routes, customers + 3), np.int64),
        ways=np.zeros((routes, customers + 3), np.int64),
        lengths=np.zeros(routes, np.int64),
        sums=np.zeros((routes, 3), np.int64),
        where=np.full((customers, days), -1, np.int64),
        chosen=np.zeros(customers, np.int64),
        totals=np.zeros(2, np.int64),
        touched=np.zeros(routes, np.int64),
        hit=np.zeros(customers, np.int64),
    )
