"""Patrol routes: which stops each squad visits today, in which order and when.

A compiled kernel and OR-Tools routing propose orders; `schedule` works out the times, `reasons` says why a
stop is left out and `verify` checks it all again. Only `model` and `search` know the solver, only `kernel`
knows numba. ``python -m planners.routing.warmup`` compiles the kernel ahead of its first use.

Examples
--------
One squad, two stops twenty minutes apart, an hour's shift:

>>> import numpy as np
>>> from planners.routing import Problem, SquadShift, StopPoint, default_stop, solve
>>> seconds = np.array([[0, 600, 900], [600, 0, 1200], [900, 1200, 0]])
>>> problem = Problem(
...     stops=(
...         StopPoint(id="market", node=1, prize=5, service_seconds=1200),
...         StopPoint(id="quarry", node=2, prize=9, service_seconds=1200),
...     ),
...     squads=(SquadShift(id="A", start_node=0, end_node=0, start=32_400, end=36_000),),
...     travel_seconds=seconds,
...     travel_metres=seconds * 10,
... )
>>> plan = solve(problem, default_stop(2), seed=1).solution
>>> plan.orders["A"], plan.routes[0].end
(('quarry',), 35400)
>>> plan.unassigned[0].reason.code, plan.unassigned[0].reason.params["seconds"]
('shift_full', 1500)
"""

from planners.routing.arrivals import entropy_bits, guess_chance
from planners.routing.data import UNREACHABLE, Lunch, Problem, SquadShift, StopPoint
from planners.routing.disturbance import Followed, StopChange
from planners.routing.effects import relaxations
from planners.routing.explain import explain
from planners.routing.pace import ENGINES, Engine, default_stop
from planners.routing.plan import LunchTaken, RoutePlan, Schedule, Scored, Unassigned, Violation, Visit
from planners.routing.relax import Effect, Relaxation
from planners.routing.replan import Replan, replan
from planners.routing.schedule import schedule
from planners.routing.score import score
from planners.routing.solve import make_plan, solve
from planners.routing.vary import Limits, Varied, vary, with_departures
from planners.routing.verify import UnverifiedPlanError, verify

__all__ = [
    "ENGINES",
    "UNREACHABLE",
    "Effect",
    "Engine",
    "Followed",
    "Limits",
    "Lunch",
    "LunchTaken",
    "Problem",
    "Relaxation",
    "Replan",
    "RoutePlan",
    "Schedule",
    "Scored",
    "SquadShift",
    "StopChange",
    "StopPoint",
    "Unassigned",
    "UnverifiedPlanError",
    "Varied",
    "Violation",
    "Visit",
    "default_stop",
    "entropy_bits",
    "explain",
    "guess_chance",
    "make_plan",
    "relaxations",
    "replan",
    "schedule",
    "score",
    "solve",
    "vary",
    "verify",
    "with_departures",
]
