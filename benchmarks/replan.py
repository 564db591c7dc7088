"""Planning again at mid-day: three urgent incidents arrive while four squads are out.

``python -m benchmarks.replan --seeds 1,2,3 --seconds 1 --against vroom,ortools`` prints one JSON line a run.
A day of 60 stops (`benchmarks.township`) is planned in the morning. At noon each squad stands at the last
stop it has begun, free when it is done there and has eaten if its lunch has begun; what is done is gone,
and three urgent incidents are worth as much as VROOM's priorities allow. ``kept`` is the prize of what is
left of the old plan, ``changes`` counts its stops that go to another squad, come in another order or are
left out, and ``late_min`` by how much its visits begin later than told, together. Ours is run twice: as it
is (``gridmgr``), where any gain of prize is worth any change, and with a change having to bring ``--price``
(``gridmgr-calm``). Peers plan the same problem anew; they know nothing of the old plan.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.peers import Answer, Solver, chosen, timed, warm_up
from benchmarks.township import HOUR, MINUTE, SIDE, SPEED, township
from planners.routing import (
    Followed,
    Problem,
    RoutePlan,
    Schedule,
    SquadShift,
    StopPoint,
    default_stop,
    make_plan,
    replan,
    solve,
    verify,
)
from planners.routing.disturbance import Judge
from planners.routing.polish import Orders, repair
from planners.stop import Stop

NOON = 12 * HOUR
INCIDENTS = 3
#: Prize of an urgent incident: VROOM's highest priority.
URGENT = 100
#: Seconds the morning's plan gets.
MORNING_SECONDS = 3.0


@dataclass(frozen=True, kw_only=True)
class MidDay:
    """The rest of a day and what the squads were told.

    Parameters
    ----------
    problem
        Squads where they stand, stops not yet done, incidents.
    followed
        What is left of the morning's routes, with its times.
    """

    problem: Problem
    followed: Followed

    @property
    def rest(self) -> Orders:
        """The feasible rest of the old plan."""
        return repair(self.problem, self.followed.orders)


def mid_day(stops: int, *, seed: int, now: int = NOON) -> MidDay:
    """Draw a day, plan its morning and stop the clock.

    Parameters
    ----------
    stops
        Stops of the day, those done by then included.
    seed
        Draws the day and the incidents.
    now
        Seconds since midnight.
    """
    day = township(stops, seed=seed)
    morning = solve(day, default_stop(stops, seconds=MORNING_SECONDS), seed).solution
    assert morning is not None
    done = {visit.stop for route in morning.routes for visit in route.visits if visit.start <= now}
    told = Followed.of(morning)
    random = np.random.default_rng([seed, stops])
    urgent = tuple(
        StopPoint(
            id=f"urgent{i}",
            node=len(day.travel_seconds) + i,
            prize=URGENT,
            service_seconds=30 * MINUTE,
            required=True,
        )
        for i in range(INCIDENTS)
    )
    metres = _with_incidents(random, day)
    problem = Problem(
        stops=tuple(stop for stop in day.stops if stop.id not in done) + urgent,
        squads=tuple(_standing(day, route, now) for route in morning.routes),
        travel_seconds=(metres / SPEED).astype(np.int64),
        travel_metres=metres.astype(np.int64),
    )
    return MidDay(
        problem=problem,
        followed=Followed(
            orders={name: tuple(s for s in order if s not in done) for name, order in told.orders.items()},
            starts={name: start for name, start in told.starts.items() if name not in done},
        ),
    )


def _with_incidents(random: np.random.Generator, day: Problem) -> np.ndarray:
    """The day's ways with incidents added: each lies beside a stop, a few hundred metres off the road."""
    size = len(day.travel_metres)
    beside = random.integers(size - 1, size=INCIDENTS)
    off = random.uniform(0.01 * SIDE, 0.1 * SIDE, size=INCIDENTS)
    rows = np.concatenate([np.arange(size), beside])
    extra = np.concatenate([np.zeros(size), off])
    metres: np.ndarray = day.travel_metres[np.ix_(rows, rows)] + extra[:, None] + extra[None, :]
    np.fill_diagonal(metres, 0)
    return metres


def _standing(day: Problem, route: Schedule, now: int) -> SquadShift:
    """The squad where it stands at that moment, free once the visit it has begun is done."""
    squad = day.squad(route.squad)
    begun = [visit for visit in route.visits if visit.start <= now]
    eaten = route.lunch is not None and route.lunch.start <= now
    free = max([now, *(visit.leave for visit in begun[-1:])])
    if eaten and route.lunch is not None:
        free = max(free, route.lunch.end)
    return replace(
        squad,
        start_node=day.stop(begun[-1].stop).node if begun else squad.start_node,
        start=free,
        lunch=None if eaten else squad.lunch,
    )


def ours(day: MidDay, price: int) -> Solver:
    """Our planner of the rest of a day, by the clock, as the benchmarks call solvers."""

    def solver(problem: Problem, seconds: float, seed: int) -> Orders:
        answer = replan(problem, day.followed, Stop(seconds=seconds), seed, prize_per_change=price).solution
        return dict(answer.plan.orders) if answer else {}

    return solver


def line(day: MidDay, solver: str, seed: int, answer: Answer) -> dict[str, object]:
    """One line of the benchmark."""
    plan: RoutePlan = make_plan(day.problem, answer.orders)
    judge = Judge(day.problem, day.followed)
    key, kept = judge.key(dict(plan.orders)), judge.key(day.rest)
    told = sum(len(order) for order in day.followed.orders.values())
    return {
        "stops": len(day.problem.stops),
        "squads": len(day.problem.squads),
        "solver": solver,
        "seed": seed,
        "prize": plan.prize,
        "kept": kept.prize,
        "urgent": key.required,
        "travel": round(plan.travel_seconds / MINUTE, 1),
        "told": told,
        "changes": told - key.undisturbed,
        "late_min": round(-key.minus_late_seconds / MINUTE, 1),
        "cpu_s": round(answer.cpu_s, 2),
        "wall_s": round(answer.wall_s, 2),
        "valid": not verify(day.problem, plan),
    }


def main() -> None:
    """Print the lines."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--stops", type=int, default=60, help="stops of the day")
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--seeds", default="1,2,3", help="with commas")
    parser.add_argument("--price", type=int, default=5, help="prize that a change must bring in the calm run")
    parser.add_argument("--against", default="", help="pyvrp, vroom, ortools, with commas")
    args = parser.parse_args()
    peers = chosen(args.against)
    peers.pop("gridmgr")
    warm_up(township(25, seed=0), peers)
    for seed in map(int, args.seeds.split(",")):
        day = mid_day(args.stops, seed=seed)
        own: dict[str, Callable[..., Orders]] = {
            "gridmgr": ours(day, 0),
            "gridmgr-calm": ours(day, args.price),
        }
        for name, solver in {**own, **peers}.items():
            answer = timed(solver, day.problem, args.seconds, seed)
            print(json.dumps(line(day, name, seed, answer)), flush=True)


if __name__ == "__main__":
    main()
