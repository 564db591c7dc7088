"""Time the ownership planner on made-up townships and check that every one is proven optimal.

    python -m benchmarks.assignment --villages 40,500,5040 --seed 1

One JSON line a size: townships of about 42 villages and 25 officers each, solved one after the other on one
thread. Officers are recused from villages, and part of what they led is within the minimum tenure: in every
second township that costs to change, in the others it must stay. The exit code is 1 if a township is not
proven or its plan breaks a rule.
"""

from __future__ import annotations

import argparse
import json
import sys
import time

import numpy as np
from scipy.spatial import Delaunay

from benchmarks.machine import describe
from planners.assignment import Officer, Ownership, Problem, Village, solve_many, verify
from planners.result import Result, Status
from planners.stop import Stop

VILLAGES_PER_TOWNSHIP = 42
OFFICERS_PER_TOWNSHIP = 25
TOWNSHIP_METRES = (14_000.0, 11_000.0)
TRADES = ("building", "environment", "farming", "fire", "food", "forest", "roads", "water")


def make_county(*, villages: int, seed: int) -> list[Problem]:
    """Make townships that together have this many villages."""
    townships = max(1, round(villages / VILLAGES_PER_TOWNSHIP))
    rng = np.random.default_rng(seed)
    share, rest = divmod(villages, townships)
    return [
        make_township(rng, name=f"{number:03}", villages=share + (number < rest))
        for number in range(townships)
    ]


def make_township(rng: np.random.Generator, *, name: str, villages: int) -> Problem:
    """Make one township: scattered villages bordering by Delaunay triangles, uneven work, a last plan."""
    places = rng.random((villages, 2)) * TOWNSHIP_METRES
    codes = [f"{name}{number:03}" for number in range(villages)]
    borders = {
        tuple(sorted((codes[triangle[side]], codes[triangle[side - 1]])))
        for triangle in Delaunay(places).simplices
        for side in range(3)
    }
    last_plan = _last_plan(rng, codes)
    return Problem(
        villages=tuple(_village(rng, code, place) for code, place in zip(codes, places, strict=True)),
        officers=tuple(
            _officer(rng, f"{name}-{number:02}", last_plan.get(number, ()), codes)
            for number in range(OFFICERS_PER_TOWNSHIP)
        ),
        adjacent=frozenset(borders),
        keep_young=int(name) % 2 == 1,
    )


def _village(rng: np.random.Generator, code: str, place: np.ndarray) -> Village:
    trades = rng.choice(TRADES, 2, replace=False)
    return Village(
        code=code,
        workload=float(rng.lognormal(1.5, 0.4)),
        risk=float(rng.choice((1.0, 1.5, 2.0), p=(0.6, 0.3, 0.1))),
        needs={str(trade): round(float(rng.uniform(0.1, 0.6)), 2) for trade in trades},
        position=(float(place[0]), float(place[1])),
    )


def _officer(rng: np.random.Generator, name: str, previous: tuple[str, ...], codes: list[str]) -> Officer:
    home = rng.random(2) * TOWNSHIP_METRES
    return Officer(
        id=name,
        capacity=1 if rng.random() < 0.1 else 2,
        skills=frozenset(str(skill) for skill in rng.choice(TRADES, 2, replace=False)),
        position=(float(home[0]), float(home[1])),
        previous=previous,
        certified=bool(rng.random() < 0.8),
        young=frozenset(code for code in previous if rng.random() < 0.2),
        recused=frozenset(str(code) for code in rng.choice(codes, int(rng.integers(0, 3)))) - set(previous),
    )


def _last_plan(rng: np.random.Generator, codes: list[str]) -> dict[int, tuple[str, ...]]:
    """Seven villages in ten keep a lead from a last plan that did not know today's work."""
    kept = [code for code in codes if rng.random() < 0.7]
    slots = rng.permutation(np.repeat(np.arange(OFFICERS_PER_TOWNSHIP), 2))[: len(kept)]
    plan: dict[int, tuple[str, ...]] = {}
    for code, officer in zip(kept, slots.tolist(), strict=False):
        plan[officer] = (*plan.get(officer, ()), code)
    return plan


def run(*, villages: int, seed: int, seconds: float) -> tuple[dict[str, object], bool]:
    """Solve one size; the line to print and whether every township is proven and lawful."""
    county = make_county(villages=villages, seed=seed)
    wall, cpu, slowest = time.perf_counter(), time.process_time(), 0.0
    results: list[Result[Ownership]] = []
    before = cpu
    for result in solve_many(county, Stop(seconds=seconds), seed):
        results.append(result)
        now = time.process_time()
        slowest, before = max(slowest, now - before), now
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    proven = all(result.status is Status.OPTIMAL for result in results)
    lawful = all(
        result.solution is not None and not verify(problem, result.solution)
        for problem, result in zip(county, results, strict=True)
    )
    objective = sum(result.objective or 0.0 for result in results)
    bound = sum(result.bound or 0.0 for result in results)
    line: dict[str, object] = {
        "villages": villages,
        "officers": OFFICERS_PER_TOWNSHIP * len(county),
        "townships": len(county),
        "status": "OPTIMAL" if proven else "NOT_PROVEN",
        "valid": lawful,
        "objective": round(objective, 3),
        "bound": round(bound, 3),
        "gap": round((objective - bound) / objective, 6) if objective else 0.0,
        "uncovered": sum(len(result.solution.uncovered) for result in results if result.solution),
        "cpu_s": round(cpu, 3),
        "slowest_township_cpu_s": round(slowest, 3),
        "wall_s": round(wall, 3),
        "machine": describe(),
    }
    return line, proven and lawful


def main(arguments: list[str] | None = None) -> int:
    """Run the sizes asked for; 0 if all are proven."""
    parser = argparse.ArgumentParser(description="Time the ownership planner.")
    parser.add_argument("--villages", default="40,500,5040", help="sizes, separated by commas")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=600.0, help="limit for one size")
    options = parser.parse_args(arguments)
    good = True
    for size in options.villages.split(","):
        line, proven = run(villages=int(size), seed=options.seed, seconds=options.seconds)
        print(json.dumps(line, ensure_ascii=False), flush=True)
        good = good and proven
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
