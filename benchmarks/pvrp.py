"""Periodic vehicle routing on Cordeau's files: how far each answer is from the best known.

``python -m benchmarks.pvrp DIR/p01 ... --seconds 20 --seeds 1,2,3 --against pyvrp,vroom,ortools`` prints the
machine to stderr and one JSON line a run. Solvers take turns on each file, in one process and on one thread.
A file begins ``type m n t``, then a row ``D Q`` a day (0: no limit), then the depot and the customers
``i x y d q f a`` with ``a`` day combinations as bits, the first day the highest. ``best_known.csv`` lies
beside the files.
Every answer is walked again here in the file's own numbers.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from math import dist
from pathlib import Path

import numpy as np

from benchmarks.machine import describe
from planners.periodic import Customer, Pattern, Problem, Vehicle, solve
from planners.routing.warmup import warm_up
from planners.stop import Stop

#: Units of ours in one of the file's.
SCALE = 10_000

#: Customers by vehicle; a vehicle's name is its day and its number, ``3/0``.
Orders = Mapping[str, Sequence[str]]
Solver = Callable[[Problem, float, int], Orders]


@dataclass(frozen=True, kw_only=True)
class Instance:
    """A file's numbers.

    Parameters
    ----------
    name
        The file's.
    vehicles, days
        Vehicles a day, and days.
    limits
        Longest duration and most load by day, 0 for none.
    rows
        The depot and the customers: x, y, duration, load, visits, combinations.
    """

    name: str
    vehicles: int
    days: int
    limits: tuple[tuple[float, float], ...]
    rows: tuple[tuple[float, float, float, float, int, tuple[int, ...]], ...]

    def days_of(self, bits: int) -> tuple[int, ...]:
        """Days of a combination, from 0."""
        return tuple(day for day in range(self.days) if bits >> (self.days - 1 - day) & 1)

    def problem(self) -> Problem:
        """The instance as ours; customers who want no visit are left out."""
        places = np.array([row[:2] for row in self.rows])
        gaps = places[:, None] - places[None]
        customers = tuple(
            Customer(
                id=str(i),
                node=i,
                patterns=tuple(Pattern(days=self.days_of(bits)) for bits in row[5]),
                service=round(row[2] * SCALE),
                demand=round(row[3]),
            )
            for i, row in enumerate(self.rows)
            if i > 0 and row[4] > 0
        )
        vehicles = tuple(
            Vehicle(
                id=f"{day}/{k}",
                day=day,
                start_node=0,
                end_node=0,
                capacity=round(load) or None,
                limit=int(lasts * SCALE) or None,
            )
            for day, (lasts, load) in enumerate(self.limits)
            for k in range(self.vehicles)
        )
        travel = np.rint(np.hypot(gaps[..., 0], gaps[..., 1]) * SCALE).astype(np.int64)
        return Problem(days=self.days, customers=customers, vehicles=vehicles, travel=travel)

    def walk(self, orders: Orders) -> tuple[float, bool]:
        """Distance in the file's unit, and whether every rule of the file is kept."""
        distance, valid = 0.0, True
        visits: defaultdict[int, list[int]] = defaultdict(list)
        used: defaultdict[int, int] = defaultdict(int)
        for vehicle, customers in orders.items():
            if not customers:
                continue
            day = int(vehicle.split("/")[0])
            order = [int(name) for name in customers]
            length = sum(dist(self.rows[a][:2], self.rows[b][:2]) for a, b in pairwise([0, *order, 0]))
            lasts, load = self.limits[day]
            used[day] += 1
            valid = valid and (load == 0 or sum(self.rows[i][3] for i in order) <= load)
            valid = valid and (lasts == 0 or length + sum(self.rows[i][2] for i in order) <= lasts + 1e-3)
            distance += length
            for i in order:
                visits[i].append(day)
        for i, row in enumerate(self.rows):
            if i > 0 and row[4] > 0:
                valid = valid and tuple(sorted(visits[i])) in {self.days_of(bits) for bits in row[5]}
        return distance, valid and max(used.values(), default=0) <= self.vehicles


def read(path: Path) -> Instance:
    """Read a file.

    Raises
    ------
    ValueError
        Naming the line that is wrong.
    """
    lines = [line.split() for line in path.read_text(encoding="ascii").splitlines() if line.strip()]
    kind, vehicles, _, days = (int(field) for field in lines[0])
    if kind != 1:
        raise ValueError(f"{path.name}, line 1: type must be 1 (periodic), got {kind}")
    rows = []
    for number, line in enumerate(lines[1 + days :], start=2 + days):
        try:
            x, y, lasts, load = (float(field) for field in line[1:5])
            visits, count = int(line[5]), int(line[6])
            rows.append((x, y, lasts, load, visits, tuple(map(int, line[7 : 7 + count]))))
        except (ValueError, IndexError) as error:
            raise ValueError(f"{path.name}, line {number}: {error}") from error
    limits = tuple((float(line[0]), float(line[1])) for line in lines[1 : 1 + days])
    return Instance(name=path.name, vehicles=vehicles, days=days, limits=limits, rows=tuple(rows))


def best_known(path: Path) -> dict[str, float]:
    """Best known distance by instance."""
    with path.open(encoding="ascii", newline="") as file:
        return {row["instance"]: float(row["best_known"]) for row in csv.DictReader(file)}


def gridmgr(problem: Problem, seconds: float, seed: int) -> Orders:
    """Ours."""
    plan = solve(problem, Stop(seconds=seconds), seed).solution
    return {route.vehicle: route.customers for route in plan.routes} if plan else {}


def chosen(against: str) -> dict[str, Solver]:
    """Ours and the peers named, with commas between them, by name.

    Raises
    ------
    ValueError
        If one is not known.
    """
    names = [name for name in against.split(",") if name]
    if not names:
        return {"gridmgr": gridmgr}
    from benchmarks import periodic_peers

    if unknown := set(names) - set(periodic_peers.PEERS):
        known = ", ".join(periodic_peers.PEERS)
        raise ValueError(f"--against knows {known}, not {', '.join(sorted(unknown))}")
    peers = {name: partial(periodic_peers.solve, periodic_peers.PEERS[name]) for name in names}
    return {"gridmgr": gridmgr, **peers}


def line(
    instance: Instance, best: float, name: str, solver: Solver, *, seconds: float, seed: int
) -> dict[str, object]:
    """One line of the benchmark; without a lawful answer cost and gap are null."""
    problem = instance.problem()
    cpu, wall = time.process_time(), time.perf_counter()
    orders = solver(problem, seconds, seed)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    cost, valid = instance.walk(orders)
    return {
        "instance": instance.name,
        "customers": len(problem.customers),
        "days": instance.days,
        "vehicles": instance.vehicles,
        "solver": name,
        "seed": seed,
        "seconds": seconds,
        "cost": round(cost, 2) if valid else None,
        "best_known": best,
        "gap": round(cost / best - 1, 4) if valid else None,
        "cpu_s": round(cpu, 2),
        "wall_s": round(wall, 2),
        "valid": valid,
    }


def main() -> None:
    """Print the lines."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--seeds", default="1", help="with commas")
    parser.add_argument("--against", default="", help="pyvrp, vroom, ortools, with commas")
    args = parser.parse_args()
    solvers = chosen(args.against)
    print(describe(), file=sys.stderr)
    warm_up()
    for path in args.files:
        best = best_known(path.parent / "best_known.csv")[path.name]
        instance = read(path)
        for seed in map(int, args.seeds.split(",")):
            for name, solver in solvers.items():
                found = line(instance, best, name, solver, seconds=args.seconds, seed=seed)
                print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main()
