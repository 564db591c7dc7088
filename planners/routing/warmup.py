"""``python -m planners.routing.warmup`` compiles the kernels of routes and weeks and keeps them on disk.

The first plan after an installation would otherwise wait for it, ten to thirty seconds. Nothing happens where
numba is missing or where the cache is up to date.
"""

from __future__ import annotations

import sys

import numpy as np

from planners import periodic
from planners.routing.data import Problem, SquadShift, StopPoint
from planners.routing.kernel import compiled
from planners.routing.solve import solve
from planners.stop import Stop


def warm_up() -> bool:
    """Compile everything by planning a tiny day and a tiny week; False if there is no numba."""
    if not compiled.AVAILABLE:
        return False
    ways = np.array([[0, 60, 60], [60, 0, 60], [60, 60, 0]])
    problem = Problem(
        stops=(StopPoint(id="a", node=1), StopPoint(id="b", node=2)),
        squads=(SquadShift(id="A", start_node=0, end_node=0, start=0, end=3600),),
        travel_seconds=ways,
        travel_metres=ways,
    )
    solve(problem, Stop(seconds=600, work=1), engine="hybrid")
    periodic.solve(
        periodic.Problem(
            days=1,
            customers=(periodic.Customer(id="a", node=1, patterns=(periodic.Pattern(days=(0,)),)),),
            vehicles=(periodic.Vehicle(id="A", day=0, start_node=0, end_node=0),),
            travel=ways,
        ),
        Stop(seconds=600, work=1),
    )
    return True


if __name__ == "__main__":
    if not warm_up():
        sys.stderr.write("warmup: numba is missing; routes are planned by OR-Tools alone\n")
