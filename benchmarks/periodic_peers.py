"""Other solvers of the periodic problem, as development-only peers of `benchmarks.pvrp`.

None of them knows a problem of several days. So each does what its users do: the days of every customer are
chosen first, customers of many visits and much load before the others, each on the combination of days on
which its nearest neighbours go and no day has more load than its vehicles carry, again and again until
nothing changes; then each day is routed by itself with its share of the time. The choice of days is the same
for all peers, so a difference between them is their routing, and one to ours is planning the days together.
One thread.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import numpy as np
import pyvrp
import vroom
from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from planners.periodic import Customer, Problem, Vehicle

#: A day's routes, as positions among its customers. Travel has the depot first, then those customers.
DayRoutes = list[list[int]]
DaySolver = Callable[["Day", float, int], DayRoutes]

#: No limit, small enough to be summed without overflow.
_NO_LIMIT = 2**40
#: Days are filled up to this part of what the vehicles carry, so that the load can still be packed.
_FULL = 0.97
#: How near a day's customers are is told by so many of them.
_NEIGHBOURS = 3
#: Choices of days are gone through again at most so often.
_PASSES = 30


class Day:
    """One day's customers and its vehicles, which are all alike and begin and end at one depot.

    Parameters
    ----------
    problem
        The whole.
    customers
        Those of the day.
    vehicles
        Those of the day.
    """

    def __init__(self, problem: Problem, customers: list[Customer], vehicles: list[Vehicle]) -> None:
        self.customers, self.vehicles = customers, vehicles
        nodes = [vehicles[0].start_node, *(customer.node for customer in customers)]
        self.travel = np.ascontiguousarray(problem.travel[np.ix_(nodes, nodes)])
        self.capacity = vehicles[0].capacity or _NO_LIMIT
        self.limit = vehicles[0].limit or _NO_LIMIT


def solve(solver: DaySolver, problem: Problem, seconds: float, seed: int) -> dict[str, tuple[str, ...]]:
    """Customers by vehicle; a day its solver finds no lawful routes for stays empty."""
    chosen = choose_days(problem)
    by_day: dict[int, list[Vehicle]] = defaultdict(list)
    for vehicle in problem.vehicles:
        by_day[vehicle.day].append(vehicle)
    orders: dict[str, tuple[str, ...]] = {}
    for day, vehicles in by_day.items():
        today = Day(problem, [c for c in problem.customers if day in chosen[c.id]], vehicles)
        if not today.customers:
            continue
        routes = solver(today, seconds / len(by_day), seed)
        for vehicle, route in zip(vehicles, routes, strict=False):
            orders[vehicle.id] = tuple(today.customers[i].id for i in route)
    return orders


def choose_days(problem: Problem) -> dict[str, tuple[int, ...]]:
    """Days of each customer, chosen before any route is known."""
    room = np.zeros(problem.days)
    for vehicle in problem.vehicles:
        room[vehicle.day] += _FULL * (vehicle.capacity or _NO_LIMIT)
    goes: list[list[int]] = [[] for _ in range(problem.days)]
    chosen: dict[str, tuple[int, ...]] = {}

    def weight(customer: Customer) -> tuple[int, int, str]:
        visits = max(len(pattern.days) for pattern in customer.patterns)
        return (-visits * customer.demand, -visits, customer.id)

    def price(customer: Customer, days: tuple[int, ...]) -> tuple[float, float]:
        lacks = sum(max(0.0, customer.demand - room[day]) for day in days)
        ways = (np.sort(problem.travel[customer.node, goes[day]])[:_NEIGHBOURS] for day in days)
        return lacks, sum(float(way.mean()) for way in ways if len(way))

    for _ in range(_PASSES):
        before = dict(chosen)
        for customer in sorted(problem.customers, key=weight):
            for day in chosen.get(customer.id, ()):
                room[day] += customer.demand
                goes[day].remove(customer.node)
            days = min((pattern.days for pattern in customer.patterns), key=partial(price, customer))
            chosen[customer.id] = days
            for day in days:
                room[day] -= customer.demand
                goes[day].append(customer.node)
        if chosen == before:
            break
    return chosen


def pyvrp_(day: Day, seconds: float, seed: int) -> DayRoutes:
    """PyVRP."""
    spots = range(len(day.customers) + 1)
    travel = day.travel.astype(np.int64)
    data = pyvrp.ProblemData(
        locations=[pyvrp.Location(0, 0) for _ in spots],
        clients=[
            pyvrp.Client(location=i + 1, delivery=[c.demand], service_duration=c.service)
            for i, c in enumerate(day.customers)
        ],
        depots=[pyvrp.Depot(location=0)],
        vehicle_types=[
            pyvrp.VehicleType(
                num_available=len(day.vehicles), capacity=[day.capacity], shift_duration=day.limit
            )
        ],
        distance_matrices=[travel],
        duration_matrices=[travel],
    )
    stop = pyvrp.stop.MaxRuntime(seconds)
    answer = pyvrp.solve(data, stop=stop, seed=seed, collect_stats=False, display=False)
    if not answer.best.is_feasible():
        return []
    return [[activity.idx for activity in route if activity.is_client()] for route in answer.best.routes()]


def vroom_(day: Day, seconds: float, seed: int) -> DayRoutes:
    """VROOM at its highest exploration level; it takes no seed and stops by itself."""
    del seed
    model = vroom.Input()
    model.set_durations_matrix("car", day.travel.astype(np.uint32))
    span = vroom.TimeWindow(0, min(day.limit, 2**31))
    for k in range(len(day.vehicles)):
        model.add_vehicle(
            vroom.Vehicle(k, start=0, end=0, capacity=[min(day.capacity, 2**31)], time_window=span)
        )
    for i, customer in enumerate(day.customers):
        load = vroom.Amount([customer.demand])
        model.add_job(vroom.Job(i, i + 1, default_service=customer.service, delivery=load))
    answer = model.solve(exploration_level=5, nb_threads=1, timeout=timedelta(seconds=seconds))
    routes: DayRoutes = [[] for _ in day.vehicles]
    steps = answer.routes
    for vehicle, kind, job in zip(steps["vehicle_id"], steps["type"], steps["id"], strict=True):
        if kind == "job":
            routes[int(vehicle)].append(int(job))
    return routes


def ortools(day: Day, seconds: float, seed: int) -> DayRoutes:
    """OR-Tools routing: savings, then guided local search; it takes no seed."""
    del seed
    manager = pywrapcp.RoutingIndexManager(len(day.customers) + 1, len(day.vehicles), 0)
    model = pywrapcp.RoutingModel(manager)
    ways = model.RegisterTransitMatrix(day.travel.tolist())
    model.SetArcCostEvaluatorOfAllVehicles(ways)
    service = np.array([0, *(customer.service for customer in day.customers)])
    lasts = model.RegisterTransitMatrix((day.travel + service[:, None]).tolist())
    model.AddDimension(lasts, 0, day.limit, True, "lasts")
    loads = model.RegisterUnaryTransitVector([0, *(customer.demand for customer in day.customers)])
    model.AddDimension(loads, 0, day.capacity, True, "load")
    options = pywrapcp.DefaultRoutingSearchParameters()
    options.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.SAVINGS
    options.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    options.time_limit.FromMilliseconds(int(seconds * 1000))
    answer = model.SolveWithParameters(options)
    if answer is None:
        return []
    routes: DayRoutes = []
    for k in range(len(day.vehicles)):
        here, route = answer.Value(model.NextVar(model.Start(k))), []
        while not model.IsEnd(here):
            route.append(manager.IndexToNode(here) - 1)
            here = answer.Value(model.NextVar(here))
        routes.append(route)
    return routes


#: Peers by the name ``--against`` knows them by.
PEERS: dict[str, DaySolver] = {"pyvrp": pyvrp_, "vroom": vroom_, "ortools": ortools}
