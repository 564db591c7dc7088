"""Ownership: which officer of a township answers for which village.

Every village gets exactly one lead where people suffice, an officer leads one village or two that border each
other, loads are even, ways short, skills fit and the last plan is kept where it can be. Who leads nothing
supports a village. Too few people give the best partial plan, the reasons, and how many are missing.

A planner's use of it::

    from planners.assignment import Officer, Problem, Village, solve
    from planners.stop import Stop

    problem = Problem(
        villages=(
            Village(code="V1", workload=6.0, risk=1.5, needs={"fire": 0.8}, position=(0.0, 0.0)),
            Village(code="V2", workload=3.0, position=(1500.0, 0.0)),
            Village(code="V3", workload=3.5, position=(3000.0, 0.0)),
        ),
        officers=(
            Officer(id="A", skills=frozenset({"fire"}), position=(0.0, 500.0), previous=("V1",)),
            Officer(id="B", position=(2000.0, 500.0)),
        ),
        adjacent=frozenset({("V1", "V2"), ("V2", "V3")}),
    )
    result = solve(problem, Stop(seconds=10), seed=1)
    result.solution.leads  # {"V1": "A", "V2": "B", "V3": "B"}
    [(r.officer, r.village, r.why) for r in result.solution.responsibilities]
"""

from planners.assignment.data import Officer, Problem, Village, Weights
from planners.assignment.solution import Ownership, Responsibility, Role, Uncovered
from planners.assignment.solve import ENGINE, solve, solve_many
from planners.assignment.verify import verify

__all__ = [
    "ENGINE",
    "Officer",
    "Ownership",
    "Problem",
    "Responsibility",
    "Role",
    "Uncovered",
    "Village",
    "Weights",
    "solve",
    "solve_many",
    "verify",
]
