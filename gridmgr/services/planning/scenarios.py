"""Ownership by different weights, side by side: what even loads cost in changes, and the other way round."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from gridmgr.domain.assignments import OwnershipPlan
from gridmgr.domain.scenarios import ScenarioResult
from gridmgr.errors import BadInput, NoPlan
from gridmgr.services.context import Context
from gridmgr.services.planning.ownership_problem import build_problem, read_inputs
from planners import assignment
from planners.result import Result
from planners.stop import Progress, Stop

#: What the office may ask for. ``usual`` is what `assign` does when nothing is said.
SCENARIOS: Mapping[str, assignment.Weights] = {
    "usual": assignment.Weights(),
    "even": assignment.Weights(load=60.0, change=1.0, tenure=2.0),
    "stable": assignment.Weights(change=30.0, tenure=60.0),
    "near": assignment.Weights(travel=0.6),
}
#: Points from the fewest changes to as many as evenness asks for, both included.
MOST_LIMITS = 8
#: Even loads within a limit of changes; ways and fields count between plans that are nearly as even.
_EVEN = assignment.Weights(load=60.0, travel=0.01, skill=0.4, change=0.1, tenure=0.1)
#: As even as can be with no change more than that takes: beyond it changes would only shorten ways.
_ENOUGH = assignment.Weights(load=60.0, travel=0.001, skill=0.01, change=0.05, tenure=0.05)
_FEWEST = assignment.Weights(change=1000.0, tenure=0.0)
#: Share of the time for the first round: the named scenarios, and both ends of the front.
_FIRST_ROUND = 0.5


@dataclass(frozen=True, kw_only=True)
class Solved:
    """One way of planning that was solved.

    Parameters
    ----------
    name
        Of `SCENARIOS`, or ``front``.
    problem
        What was asked.
    result
        What came out; it has a plan.
    """

    name: str
    problem: assignment.Problem
    result: Result[assignment.Ownership]


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
        found.append(
            figures(
                asked,
                result.solution.leads,
                township_code=township_code,
                scenario=name,
                status=result.status.value,
            )
        )
    return tuple(found)


def solve_front(problem: assignment.Problem, stop: Stop, seed: int) -> tuple[Solved, ...]:
    """Solve every scenario, and the most even plan within each of several limits of changes.

    Parameters
    ----------
    problem
        The township, with whatever weights.
    stop
        For all together.
    seed
        Chooses among equally good plans.

    Returns
    -------
    tuple[Solved, ...]
        Without those that were stopped before they had a plan.
    """
    began = time.monotonic()
    first = [replace(problem, weights=weights) for weights in (*SCENARIOS.values(), _ENOUGH, _FEWEST)]
    half = replace(stop, progress=_part(stop, 0.0, _FIRST_ROUND))
    *named, enough, fewest = assignment.solve_many(first, half, seed)
    found = [
        Solved(name=name, problem=asked, result=result)
        for name, asked, result in zip(SCENARIOS, first, named, strict=False)
        if result.solution is not None
    ]
    if enough.solution is None or fewest.solution is None:
        return tuple(found)
    low, high = (_changes(problem, ends.leads) for ends in (fewest.solution, enough.solution))
    limited = [replace(problem, weights=_EVEN, most_changes=most) for most in _limits(low, high)]
    rest = max(stop.seconds - (time.monotonic() - began), 1e-3)
    later = replace(stop, seconds=rest, progress=_part(stop, _FIRST_ROUND, 1.0))
    for asked, result in zip(limited, assignment.solve_many(limited, later, seed), strict=True):
        if result.solution is not None:
            found.append(Solved(name="front", problem=asked, result=result))
    return tuple(found)


def _limits(low: int, high: int) -> list[int]:
    """At most `MOST_LIMITS` numbers of changes from the fewest to as many as evenness takes."""
    return sorted({round(value) for value in np.linspace(low, max(low, high), MOST_LIMITS)})


def _part(stop: Stop, low: float, high: float):  # type: ignore[no-untyped-def]
    """Progress of a round as a part of the whole."""
    return lambda done: stop.progress(Progress(low + (high - low) * done.fraction, done.best))


def _changes(problem: assignment.Problem, leads: Mapping[str, str]) -> int:
    before = problem.previous_leads
    return sum(before.get(code, lead) != lead for code, lead in leads.items())


def leads_in(problem: assignment.Problem, plan: OwnershipPlan) -> dict[str, str]:
    """Leads of a plan as far as village and officer are still in the problem."""
    villages = {village.code for village in problem.villages}
    officers = {officer.id for officer in problem.officers}
    return {
        r.village_code: r.officer_id
        for r in plan.responsibilities
        if r.role == "lead" and r.village_code in villages and r.officer_id in officers
    }


def figures(
    problem: assignment.Problem,
    leads: Mapping[str, str],
    *,
    township_code: str,
    scenario: str,
    status: str,
) -> ScenarioResult:
    """Figures of a plan: which village (code) has which lead (officer)."""
    before = problem.previous_leads
    workload = {village.code: village.workload for village in problem.villages}
    rows = {officer.id: row for row, officer in enumerate(problem.officers)}
    columns = {village.code: column for column, village in enumerate(problem.villages)}
    young = {code for officer in problem.officers for code in officer.young}
    changed = [code for code, lead in leads.items() if before.get(code, lead) != lead]
    loads = dict.fromkeys(rows, 0.0)
    for code, lead in leads.items():
        loads[lead] += workload[code]
    busy = [loads[lead] for lead in set(leads.values())]
    minutes = [float(problem.minutes[rows[lead], columns[code]]) for code, lead in leads.items()]
    return ScenarioResult(
        township_code=township_code,
        scenario=scenario,
        status=status,
        led=len(leads),
        uncovered=len(problem.villages) - len(leads),
        changes=len(changed),
        early_changes=len(young.intersection(changed)),
        heaviest_hours=round(max(busy, default=0.0), 2),
        lightest_hours=round(min(busy, default=0.0), 2),
        minutes=round(sum(minutes) / len(minutes), 1) if minutes else 0.0,
        spread_percent=_spread(problem, list(loads.values())),
        fit_percent=_fit(problem, leads),
    )


def _spread(problem: assignment.Problem, loads: Sequence[float]) -> float:
    """Root mean square of the relative deviations from the target load, in percent."""
    in_use = min(len(problem.officers), len(problem.villages))
    if not in_use:
        return 0.0
    squares = sum((load / problem.target_load - 1) ** 2 for load in loads)
    unavoidable = len(loads) - in_use
    return round(100 * float(np.sqrt(max(0.0, squares - unavoidable) / in_use)), 1)


def _fit(problem: assignment.Problem, leads: Mapping[str, str]) -> float | None:
    """Share of the needed skill weight that the leads and their agencies bring, in percent."""
    people = {officer.id: officer for officer in problem.officers}
    needed = brought = 0.0
    for village in problem.villages:
        lead = people.get(leads.get(village.code, ""))
        needed += sum(village.needs.values())
        if lead is not None:
            brought += sum(weight * lead.brings(skill) for skill, weight in village.needs.items())
    return round(100 * brought / needed, 1) if needed else None
