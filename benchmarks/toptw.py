"""Team orienteering with time windows: how much prize each solver collects in the same time.

``python -m benchmarks.toptw FILE... --m 2,3,4 --seconds 5 --seeds 1,2 --against pyvrp,vroom,ortools`` prints
one JSON line a run; `benchmarks.ratios` sums them up and draws them. Every answer is walked again here, from
the numbers in the file. Solvers take turns on each instance, in one process and on one thread. A file has a
row ``id x y duration prize ... opens closes`` a vertex after two lines of head; row 0 is where every route
begins and ends, and its closing time is when all must be back. Ways are rounded down to one decimal, in files
named ``pr*`` to two.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from itertools import pairwise, product
from pathlib import Path

import numpy as np

from benchmarks.machine import describe
from benchmarks.peers import Answer, chosen, timed, warm_up
from planners.routing import Problem, SquadShift, StopPoint
from planners.routing.polish import Orders


@dataclass(frozen=True, kw_only=True)
class Instance:
    """A file's numbers, times in ``1 / scale`` of its unit so that all are whole.

    Parameters
    ----------
    name
        The file's name without its ending.
    scale
        Units of ours in one of the file's.
    rows
        Duration, prize, opens, closes by vertex.
    ways
        Between vertices.
    """

    name: str
    scale: int
    rows: tuple[tuple[int, int, int, int], ...]
    ways: tuple[tuple[int, ...], ...]

    def problem(self, routes: int) -> Problem:
        """The instance as ours, with so many squads."""
        stops = tuple(
            StopPoint(id=str(i), node=i, prize=prize, service_seconds=lasts, windows=((opens, closes),))
            for i, (lasts, prize, opens, closes) in enumerate(self.rows)
            if i > 0
        )
        squads = tuple(
            SquadShift(id=f"r{k}", start_node=0, end_node=0, start=0, end=self.rows[0][3])
            for k in range(routes)
        )
        ways = np.array(self.ways, dtype=np.int64)
        return Problem(stops=stops, squads=squads, travel_seconds=ways, travel_metres=ways)

    def walk(self, orders: Orders, routes: int) -> tuple[int, float, bool]:
        """Prize, travel in the file's unit, and whether the routes keep every rule."""
        visits = [[int(name) for name in order] for order in orders.values()]
        seen = [vertex for route in visits for vertex in route]
        valid = len(visits) <= routes and len(seen) == len(set(seen)) and 0 not in seen
        travel = 0
        for route in visits:
            clock = 0
            for here, there in pairwise([0, *route, 0]) if route else ():
                clock = max(clock + self.rows[here][0] + self.ways[here][there], self.rows[there][2])
                travel += self.ways[here][there]
                valid = valid and clock <= self.rows[there][3]
        return sum(self.rows[vertex][1] for vertex in seen), travel / self.scale, valid


def read(path: Path) -> Instance:
    """Read a file.

    Raises
    ------
    ValueError
        Naming the line that is no row of numbers.
    """
    scale = 100 if path.stem.startswith("pr") else 10
    numbers = []
    for number, line in enumerate(path.read_text(encoding="ascii").splitlines()[2:], start=3):
        if not line.strip():
            continue
        try:
            fields = [float(field) for field in line.split()]
            numbers.append((*fields[1:5], *fields[-2:]))
        except ValueError as error:
            raise ValueError(f"{path.name}, line {number}: {error}") from error
    table = np.array(numbers)
    gaps = table[:, None, :2] - table[None, :, :2]
    ways = np.floor(np.hypot(gaps[..., 0], gaps[..., 1]) * scale + 1e-9).astype(np.int64)
    whole = np.rint(table[:, [2, 3, 4, 5]] * [scale, 1, scale, scale]).astype(np.int64)
    return Instance(
        name=path.stem,
        scale=scale,
        rows=tuple((int(a), int(b), int(c), int(d)) for a, b, c, d in whole),
        ways=tuple(tuple(row) for row in ways.tolist()),
    )


def line(
    instance: Instance, m: int, solver: str, seed: int, answer: Answer, *, seconds: float
) -> dict[str, object]:
    """One line of the benchmark."""
    prize, travel, valid = instance.walk(answer.orders, m)
    return {
        "instance": instance.name,
        "m": m,
        "solver": solver,
        "seed": seed,
        "seconds": seconds,
        "prize": prize,
        "travel": round(travel, 2),
        "cpu_s": round(answer.cpu_s, 2),
        "wall_s": round(answer.wall_s, 2),
        "valid": valid,
        "machine": describe(),
    }


def main() -> None:
    """Print the lines."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--m", default="2,3,4", help="numbers of routes, with commas")
    parser.add_argument("--seconds", default="5", help="time each solver gets, with commas")
    parser.add_argument("--seeds", default="1,2", help="with commas")
    parser.add_argument("--against", default="", help="pyvrp, vroom, ortools, with commas")
    args = parser.parse_args()
    solvers = chosen(args.against)
    instances = [read(path) for path in args.files]
    warm_up(instances[0].problem(1), solvers)
    for instance in instances:
        for m in map(int, args.m.split(",")):
            problem = instance.problem(m)
            for seconds, seed in product(
                map(float, args.seconds.split(",")), map(int, args.seeds.split(","))
            ):
                for name, solver in solvers.items():
                    answer = timed(solver, problem, seconds, seed)
                    print(json.dumps(line(instance, m, name, seed, answer, seconds=seconds)), flush=True)


if __name__ == "__main__":
    main()
