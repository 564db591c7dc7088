"""Several days at once: which customer is visited on which days, and the routes of each day.

Examples
--------
One squad a day, two villages, one of them due twice with a day between:

>>> import numpy as np
>>> from planners.periodic import Customer, Pattern, Problem, Vehicle, solve
>>> from planners.stop import Stop
>>> problem = Problem(
...     days=3,
...     customers=(
...         Customer(id="a", node=1, patterns=(Pattern(days=(0, 2)), Pattern(days=(), cost=9))),
...         Customer(id="b", node=2, patterns=(Pattern(days=(1,)), Pattern(days=(2,)))),
...     ),
...     vehicles=tuple(Vehicle(id=f"d{d}", day=d, start_node=0, end_node=0) for d in range(3)),
...     travel=np.array([[0, 5, 5], [5, 0, 1], [5, 1, 0]]),
... )
>>> plan = solve(problem, Stop(seconds=60, work=2), seed=1).solution
>>> plan.days["a"], plan.days["b"], plan.cost, plan.travel
((0, 2), (2,), 0, 21)
"""

from planners.periodic.data import UNREACHABLE, Customer, Pattern, Problem, Vehicle
from planners.periodic.plan import PeriodicPlan, Route, Short, Violation
from planners.periodic.slack import recoverable
from planners.periodic.solve import solve
from planners.periodic.verify import UnverifiedPlanError, verify

__all__ = [
    "UNREACHABLE",
    "Customer",
    "Pattern",
    "PeriodicPlan",
    "Problem",
    "Route",
    "Short",
    "UnverifiedPlanError",
    "Vehicle",
    "Violation",
    "recoverable",
    "solve",
    "verify",
]
