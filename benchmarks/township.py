"""A township's day: how much prize each solver collects with lunch, skills and opening hours.

``python -m benchmarks.township --sizes 25,60,150 --seeds 1,2,3 --seconds 5 --against pyvrp,vroom,ortools``
prints one JSON line a run. Days are drawn from the seed: stops scattered around a few villages, 40 % with a
window, a third asking for one of four skills; squads from one door with two or three skills each and an hour
of lunch. With ``--linked 10`` so many stops hang on what other squads do: half need two squads at once, and
are worth twice as much; half follow another stop. The same day without the links is planned as well
(``gridmgr-unlinked``): what it collects is out of reach for the linked one. Every answer is timed and
checked again by `planners.routing.schedule` and `verify`, which know no solver. Solvers take turns on each
day, in one process and on one thread.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from benchmarks.machine import describe
from benchmarks.peers import Answer, chosen, timed, warm_up
from planners.routing import Lunch, Problem, SquadShift, StopPoint, make_plan, verify

MINUTE, HOUR = 60, 3600
SKILLS = ("fire", "food", "market", "building")
#: Squads by number of stops.
SQUADS = {25: 2, 60: 4, 150: 6}
#: Side of the township, metres; metres a second on its roads, and how much longer they are than a straight
#: line.
SIDE, SPEED, DETOUR = 20_000.0, 10.0, 1.3
LUNCH = Lunch(earliest_start=11 * HOUR + 30 * MINUTE, latest_start=13 * HOUR, duration_seconds=HOUR)


def township(stops: int, *, seed: int) -> Problem:
    """Draw a day."""
    random = np.random.default_rng(seed)
    squads = SQUADS.get(stops, max(1, stops // 25))
    metres = _metres(random, stops)
    return Problem(
        stops=tuple(_stop(random, i) for i in range(stops)),
        squads=tuple(_squad(random, k, door=stops) for k in range(squads)),
        travel_seconds=(metres / SPEED).astype(np.int64),
        travel_metres=metres.astype(np.int64),
    )


def _metres(random: np.random.Generator, stops: int) -> np.ndarray:
    villages = random.uniform(0.1 * SIDE, 0.9 * SIDE, (max(4, stops // 6), 2))
    points = villages[random.integers(len(villages), size=stops)] + random.normal(0, 700, (stops, 2))
    places = np.vstack([points, [[SIDE / 2, SIDE / 2]]])
    gaps = places[:, None, :] - places[None, :, :]
    return np.hypot(gaps[..., 0], gaps[..., 1]) * DETOUR


def _stop(random: np.random.Generator, i: int) -> StopPoint:
    opens = int(random.integers(17, 30)) * 30 * MINUTE
    return StopPoint(
        id=f"s{i}",
        node=i,
        prize=int(random.integers(1, 31)),
        service_seconds=int(random.integers(15, 46)) * MINUTE,
        windows=((opens, opens + int(random.integers(2, 6)) * 30 * MINUTE),) if random.random() < 0.4 else (),
        skills=frozenset({SKILLS[int(random.integers(4))]}) if random.random() < 1 / 3 else frozenset(),
    )


def _squad(random: np.random.Generator, k: int, *, door: int) -> SquadShift:
    own = random.choice(4, size=int(random.integers(2, 4)), replace=False)
    return SquadShift(
        id=f"q{k}",
        start_node=door,
        end_node=door,
        start=8 * HOUR + 30 * MINUTE,
        end=17 * HOUR + 30 * MINUTE,
        skills=frozenset({SKILLS[k % 4], *(SKILLS[int(number)] for number in own)}),
        lunch=LUNCH,
    )


def with_links(problem: Problem, count: int, *, seed: int) -> Problem:
    """The day with so many linked stops: every other needs two squads, the rest follow a plain stop."""
    random = np.random.default_rng([seed, count])
    numbers = [int(n) for n in random.permutation(len(problem.stops))[: 2 * count]]
    stops = list(problem.stops)
    for k, number in enumerate(numbers[:count]):
        stop = stops[number]
        if k % 2:
            stops[number] = replace(stop, after=(stops[numbers[count + k]].id,), windows=())
        else:
            stops[number] = replace(stop, squads_needed=2, skills=frozenset(), prize=2 * stop.prize)
    return replace(problem, stops=tuple(stops))


def without_links(problem: Problem) -> Problem:
    """The day as if one squad were enough everywhere and nothing had to be waited for."""
    return replace(problem, stops=tuple(replace(s, squads_needed=1, after=()) for s in problem.stops))


def linked_part(problem: Problem, orders: Mapping[str, Sequence[str]]) -> dict[str, object]:
    """How many linked stops there are, how many are visited, and what those are worth."""
    visited = {name for order in orders.values() for name in order} & problem.linked
    return {
        "linked": len(problem.linked),
        "linked_visited": len(visited),
        "linked_prize": sum(problem.stop(name).prize for name in visited),
    }


def line(problem: Problem, solver: str, seed: int, answer: Answer) -> dict[str, object]:
    """One line of the benchmark."""
    plan = make_plan(problem, answer.orders)
    broken = verify(problem, plan)
    return {
        "stops": len(problem.stops),
        "squads": len(problem.squads),
        "solver": solver,
        "seed": seed,
        "prize": plan.prize,
        "travel": round(plan.travel_seconds / MINUTE, 1),
        "cpu_s": round(answer.cpu_s, 2),
        "wall_s": round(answer.wall_s, 2),
        "valid": not broken,
        **(linked_part(problem, plan.orders) if problem.linked else {}),
        "machine": describe(),
    }


def main() -> None:
    """Print the lines."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", default="25,60,150", help="numbers of stops, with commas")
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--seeds", default="1,2,3", help="with commas")
    parser.add_argument("--linked", type=int, default=0, help="stops that hang on what other squads do")
    parser.add_argument("--against", default="", help="pyvrp, vroom, ortools, with commas")
    args = parser.parse_args()
    if args.linked and args.against:
        parser.error("--against knows no linked stops; leave out one of the two")
    solvers = chosen(args.against)
    warm_up(township(25, seed=0), solvers)
    for size in map(int, args.sizes.split(",")):
        for seed in map(int, args.seeds.split(",")):
            problem = with_links(township(size, seed=seed), args.linked, seed=seed)
            if args.linked:
                plain = without_links(problem)
                answer = timed(solvers["gridmgr"], plain, args.seconds, seed)
                print(json.dumps(line(plain, "gridmgr-unlinked", seed, answer)), flush=True)
            for name, solver in solvers.items():
                answer = timed(solver, problem, args.seconds, seed)
                print(json.dumps(line(problem, name, seed, answer)), flush=True)


if __name__ == "__main__":
    main()
