"""Ownership by different weights, side by side: what even loads cost in changes, and the other way round."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from gridmgr.errors import BadInput, NoPlan
from gridmgr.services.context import Context
from gridmgr.services.planning.ownership_problem import build_problem, read_inputs
from planners import assignment
from planners.stop import Stop

#: What the office may ask for. ``usual`` is what `assign` does when nothing is said.
SCENARIOS: Mapping[str, assignment.Weights] = {
    "usual": assignment.Weights(),
    "even": assignment.Weights(load=60.0, change=1.0, tenure=2.0),
    "stable": assignment.Weights(change=30.0, tenure=60.0),
    "near": assignment.Weights(travel=0.6),
}


@dataclass(frozen=True, kw_only=True)
class ScenarioResult:
    """One scenario of a township in the figures an office compares.

    Parameters
    ----------
    township_code, scenario, status
        Whose, which of `SCENARIOS`, how good the solver knows it to be.
    led, uncovered
        Villages with and without a lead.
    changes
        Villages taken from a lead of the published plan who is still here.
    early_changes
        Those of them taken before the minimum tenure is over.
    heaviest_hours, lightest_hours
        Weekly hours of the most and the least busy officer among those who lead a village.
    minutes
        Mean one-way minutes between a lead and the village.
    """

    township_code: str
    scenario: str
    status: str
    led: int
    uncovered: int
    changes: int
    early_changes: int
    heaviest_hours: float
    lightest_hours: float
    minutes: float


def weights_of(scenario: str) -> assignment.Weights:
    """Weights of a scenario.

    Raises
    ------
    BadInput
        There is no such scenario.
    """
    if scenario not in SCENARIOS:
        raise BadInput("plan.unknown_scenario", scenario=scenario, known=", ".join(SCENARIOS))
    return SCENARIOS[scenario]


def compare_scenarios(
    ctx: Context, *, township_code: str, stop: Stop, seed: int = 1
) -> tuple[ScenarioResult, ...]:
    """Solve a township by every scenario; nothing is saved.

    Raises
    ------
    NotFound, NoPlan
        Unknown township; stopped before every scenario had a plan.
    """
    problem = build_problem(ctx, read_inputs(ctx, township_code))
    problems = [replace(problem, weights=weights) for weights in SCENARIOS.values()]
    found = []
    for name, asked, result in zip(
        SCENARIOS, problems, assignment.solve_many(problems, stop, seed), strict=True
    ):
        if result.solution is None:
            raise NoPlan("plan.no_ownership", township=township_code)
        found.append(_row(township_code, name, result.status.value, asked, result.solution))
    return tuple(found)


def _row(
    township_code: str, scenario: str, status: str, problem: assignment.Problem, plan: assignment.Ownership
) -> ScenarioResult:
    leads, before = plan.leads, problem.previous_leads
    workload = {village.code: village.workload for village in problem.villages}
    rows = {officer.id: row for row, officer in enumerate(problem.officers)}
    columns = {village.code: column for column, village in enumerate(problem.villages)}
    young = {code for officer in problem.officers for code in officer.young}
    changed = [code for code, lead in leads.items() if before.get(code, lead) != lead]
    hours = [sum(workload[code] for code in plan.villages_led_by(lead)) for lead in set(leads.values())]
    minutes = [float(problem.minutes[rows[lead], columns[code]]) for code, lead in leads.items()]
    return ScenarioResult(
        township_code=township_code,
        scenario=scenario,
        status=status,
        led=len(leads),
        uncovered=len(plan.uncovered),
        changes=len(changed),
        early_changes=len(young.intersection(changed)),
        heaviest_hours=round(max(hours, default=0.0), 2),
        lightest_hours=round(min(hours, default=0.0), 2),
        minutes=round(sum(minutes) / len(minutes), 1) if minutes else 0.0,
    )
