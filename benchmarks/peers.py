"""Other solvers of the same routing problems, as development-only peers of the benchmarks.

Each takes a `planners.routing.Problem` and seconds and gives back orders of stops by squad; whoever calls
them checks the answer. One thread each. What they cannot express is stated at each function.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np
import pyvrp
import vroom
from numpy.typing import NDArray

from planners.routing import Problem, SquadShift, solve
from planners.routing.polish import Orders, repair
from planners.routing.rules import eligibility_breaches
from planners.stop import Stop

Solver = Callable[[Problem, float, int], Orders]

#: Way of a leg no squad may drive: longer than any shift, small enough to be summed without overflow.
_BARRED = 10_000_000
#: VROOM's highest priority of a job.
_HIGHEST_PRIORITY = 100
#: What PyVRP is paid for one of prize, in average ways: prize first, and still on the scale of ways.
_WAYS_PER_PRIZE = 10


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a solver gave and what it took.

    Parameters
    ----------
    orders
        Stop ids by squad.
    cpu_s, wall_s
        Seconds.
    """

    orders: Orders
    cpu_s: float
    wall_s: float


def timed(solver: Solver, problem: Problem, seconds: float, seed: int) -> Answer:
    """Run a solver and measure it."""
    wall, cpu = time.perf_counter(), time.process_time()
    orders = solver(problem, seconds, seed)
    return Answer(orders=orders, cpu_s=time.process_time() - cpu, wall_s=time.perf_counter() - wall)


def gridmgr(problem: Problem, seconds: float, seed: int) -> Orders:
    """Ours, the default engine, by the clock."""
    return _ours(problem, seconds, seed, engine="hybrid")


def ortools(problem: Problem, seconds: float, seed: int) -> Orders:
    """OR-Tools routing alone, with our tuning of it: iterated local search from its own descents."""
    return _ours(problem, seconds, seed, engine="ortools")


def _ours(problem: Problem, seconds: float, seed: int, **options: str) -> Orders:
    solution = solve(problem, Stop(seconds=seconds), seed, **options).solution  # type: ignore[arg-type]
    return solution.orders if solution else {}


def vroom_(problem: Problem, seconds: float, seed: int) -> Orders:
    """VROOM at its highest exploration level; it takes no seed and stops by itself.

    Breaks, skills and windows are its own. Prizes above 100 do not occur in the benchmarks.
    """
    if max(stop.prize for stop in problem.stops) > _HIGHEST_PRIORITY:
        raise ValueError(f"VROOM knows priorities up to {_HIGHEST_PRIORITY}")
    day = vroom.Input()
    day.set_durations_matrix("car", np.maximum(problem.travel_seconds, 0).astype(np.uint32))
    names = sorted({skill for stop in problem.stops for skill in stop.skills})
    for k, squad in enumerate(problem.squads):
        lunch = squad.lunch_due
        breaks = []
        if lunch is not None:
            span = vroom.TimeWindow(lunch.earliest_start, lunch.latest_start)
            breaks = [vroom.Break(k, [span], lunch.duration_seconds)]
        day.add_vehicle(
            vroom.Vehicle(
                k,
                start=squad.start_node,
                end=squad.end_node,
                skills={names.index(skill) for skill in squad.skills if skill in names},
                time_window=vroom.TimeWindow(squad.start, squad.end),
                breaks=breaks,
            )
        )
    for i, stop in enumerate(problem.stops):
        day.add_job(
            vroom.Job(
                i,
                stop.node,
                default_service=stop.service_seconds,
                skills={names.index(skill) for skill in stop.skills},
                priority=stop.prize,
                time_windows=[vroom.TimeWindow(opens, closes) for opens, closes in stop.windows],
            )
        )
    answer = day.solve(exploration_level=5, nb_threads=1, timeout=timedelta(seconds=seconds))
    orders: dict[str, list[str]] = {squad.id: [] for squad in problem.squads}
    steps = answer.routes
    for vehicle, kind, job in zip(steps["vehicle_id"], steps["type"], steps["id"], strict=True):
        if kind == "job":
            orders[problem.squads[int(vehicle)].id].append(problem.stops[int(job)].id)
    return {name: tuple(order) for name, order in orders.items()}


def pyvrp_(problem: Problem, seconds: float, seed: int) -> Orders:
    """PyVRP; it knows neither breaks nor skills.

    Skills: each squad has its own roads, on which stops it may not serve are out of reach. Lunch: it plans
    on a clock that stands still for the lunch from the middle of the span on, which gives it a day as long
    as the others have; visits of its answer that do not keep our rules with the real lunch are taken out.
    Several windows a stop do not occur in the benchmarks.
    """
    clocks = {_noon(squad) for squad in problem.squads}
    if len(clocks) != 1 or any(len(stop.windows) > 1 for stop in problem.stops):
        raise ValueError("PyVRP is compared on one lunch for all squads and at most one window a stop")
    clock = _Clock(*clocks.pop())
    answer = pyvrp.solve(
        _pyvrp_data(problem, clock),
        stop=pyvrp.stop.MaxRuntime(seconds),
        seed=seed,
        collect_stats=False,
        display=False,
    )
    orders: Orders = {squad.id: () for squad in problem.squads}
    if answer.best.is_feasible():
        for route in answer.best.routes():
            visits = (activity.idx for activity in route if activity.is_client())
            squad = problem.squads[route.vehicle_type()]
            orders[squad.id] = tuple(problem.stops[i].id for i in visits)
    return repair(problem, orders)


def _noon(squad: SquadShift) -> tuple[int, int]:
    lunch = squad.lunch_due
    if lunch is None:
        return 0, 0
    return (lunch.earliest_start + lunch.latest_start) // 2, lunch.duration_seconds


@dataclass(frozen=True)
class _Clock:
    """A clock that stands still for the lunch."""

    noon: int
    takes: int

    def read(self, moment: int) -> int:
        """What it shows at a moment of the day."""
        return moment if moment <= self.noon else max(self.noon, moment - self.takes)


def _pyvrp_data(problem: Problem, clock: _Clock) -> pyvrp.ProblemData:
    pays = _WAYS_PER_PRIZE * int(np.median(problem.travel_seconds))
    horizon = max(squad.end for squad in problem.squads)
    clients = []
    for i, stop in enumerate(problem.stops):
        opens, closes = stop.windows[0] if stop.windows else (0, horizon)
        clients.append(
            pyvrp.Client(
                location=i,
                service_duration=stop.service_seconds,
                tw_early=clock.read(opens),
                tw_late=clock.read(closes),
                prize=stop.prize * pays,
                required=False,
            )
        )
    count = len(clients)
    doors = sorted({node for squad in problem.squads for node in (squad.start_node, squad.end_node)})
    vehicles = [
        pyvrp.VehicleType(
            start_depot=doors.index(squad.start_node),
            end_depot=doors.index(squad.end_node),
            tw_early=clock.read(squad.start),
            tw_late=clock.read(squad.end),
            profile=k,
        )
        for k, squad in enumerate(problem.squads)
    ]
    places = [stop.node for stop in problem.stops] + doors
    roads = [_own_roads(problem, squad, places) for squad in problem.squads]
    return pyvrp.ProblemData(
        locations=[pyvrp.Location(0, 0) for _ in places],
        clients=clients,
        depots=[pyvrp.Depot(location=count + d) for d in range(len(doors))],
        vehicle_types=vehicles,
        distance_matrices=roads,
        duration_matrices=roads,
    )


def _own_roads(problem: Problem, squad: SquadShift, places: list[int]) -> NDArray[np.int64]:
    roads: NDArray[np.int64] = problem.travel_seconds[np.ix_(places, places)].copy()
    roads[roads < 0] = _BARRED
    for i, stop in enumerate(problem.stops):
        if eligibility_breaches(problem, stop, squad):
            roads[i, :] = roads[:, i] = _BARRED
    np.fill_diagonal(roads, 0)
    return roads


#: Peers by the name ``--against`` knows them by.
PEERS: dict[str, Solver] = {"pyvrp": pyvrp_, "vroom": vroom_, "ortools": ortools}


def chosen(against: str) -> dict[str, Solver]:
    """Ours and the peers named, with commas between them, by name.

    Raises
    ------
    ValueError
        If one is not known.
    """
    names = [name for name in against.split(",") if name]
    if unknown := set(names) - set(PEERS):
        raise ValueError(f"--against knows {', '.join(PEERS)}, not {', '.join(sorted(unknown))}")
    return {"gridmgr": gridmgr, **{name: PEERS[name] for name in names}}


def warm_up(problem: Problem, solvers: dict[str, Solver]) -> None:
    """Let every solver load and compile what it needs before anything is measured."""
    small = replace(problem, stops=problem.stops[:5])
    for solver in solvers.values():
        solver(small, 0.2, 0)
