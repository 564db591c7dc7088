"""Solve one township, or many: coverage first, then cost, then supports, then the check."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from importlib.metadata import version

import numpy as np

from planners.assignment.columns import UNITS_PER_POINT, Columns, Indices, Township
from planners.assignment.coverage import Coverage, best_coverage, missing_officers
from planners.assignment.data import Problem
from planners.assignment.explain import Explainer, plan_notes
from planners.assignment.model import LeadPlan, Limits, beyond_any_plan, choose_leads, leads_of
from planners.assignment.solution import Ownership, Responsibility, Role
from planners.assignment.support import choose_supports
from planners.assignment.verify import verify
from planners.result import Reason, Result, Status
from planners.stop import Progress, Stop

ENGINE = f"set partitioning, HiGHS {version('highspy')}"


@dataclass(frozen=True)
class _Clock:
    """How much of a stop is left."""

    stop: Stop
    began: float

    def seconds_left(self) -> float:
        if self.stop.cancelled():
            return 0.0
        return max(0.0, self.stop.seconds - self.seconds())

    def seconds(self) -> float:
        return time.monotonic() - self.began


def solve(problem: Problem, stop: Stop, seed: int = 0) -> Result[Ownership]:
    """Decide who answers for which village of one township.

    First as much coverage weight as the people allow, then the lowest cost, both proven. Every officer who
    leads nothing supports one village.

    Parameters
    ----------
    problem
        The township.
    stop
        ``work`` counts branch-and-bound nodes. A cancel takes effect between two steps, each of which takes
        well under a second for a township.
    seed
        Chooses among equally good plans; the same problem and seed give the same answer.

    Returns
    -------
    Result[Ownership]
        OPTIMAL also when people are too few: then the partial plan is the best there is, and it names each
        uncovered village with a reason. TIME_LIMIT: covers the most, cost not proven best. UNKNOWN: stopped
        before anything was found. INFEASIBLE: the most cannot be covered within `Problem.most_changes`.
        Objective and bound are the points of the leads, lower is better.
    """
    clock = _Clock(stop, time.monotonic())
    town = Township.of(problem)
    if not town.villages:
        note = Reason("own_no_villages", {"officers": len(town.officers)})
        return _result(Ownership(responsibilities=()), 0, 0, (note,), clock, seed)
    columns = Columns.of(town)
    coverage = best_coverage(town, columns, seconds=clock.seconds_left())
    if coverage is None:
        note = Reason("own_out_of_time")
        return Result(
            status=Status.UNKNOWN,
            solution=None,
            reasons=(note,),
            seconds=clock.seconds(),
            engine=ENGINE,
            seed=seed,
        )
    missing: int | None = 0
    if coverage.allowance:
        missing = missing_officers(town, columns, seconds=clock.seconds_left())
    stop.progress(Progress(0.2, None))
    plan, lead = _leads(town, columns, coverage, Limits(clock.seconds_left, stop.work), seed)
    if problem.most_changes is not None and columns.changes[plan.columns].sum() > problem.most_changes:
        # Every plan within the limit costs less than what the bound then holds.
        proven = plan.bound is not None and plan.bound >= beyond_any_plan(columns, len(town.officers))
        return _too_few_changes(problem.most_changes, clock, seed, proven=proven)
    stop.progress(Progress(0.9, plan.cost / UNITS_PER_POINT))
    ownership, notes = _ownership(town, plan, lead, missing, seed)
    breaches = verify(problem, ownership)
    if breaches:
        raise RuntimeError(f"the ownership planner broke its own rules: {breaches}")
    stop.progress(Progress(1.0, plan.cost / UNITS_PER_POINT))
    return _result(ownership, plan.cost, plan.bound, notes, clock, seed)


def solve_many(
    problems: Iterable[Problem], stop: Stop, seed: int = 0, *, workers: int = 1
) -> Iterator[Result[Ownership]]:
    """Solve townships one by one, in order, yielding each result as soon as it is there.

    Parameters
    ----------
    problems
        One a township.
    stop
        For all together: a township gets what time the ones before it left over. Progress is the share of
        townships done. Townships met after the end of the time come back UNKNOWN or with an unproven plan.
    seed
        For each township, so that its answer does not depend on its neighbours.
    workers
        Threads; HiGHS works outside the interpreter's lock. The answers do not depend on it.
    """
    if workers < 1:
        raise ValueError(f"workers must be at least 1, got {workers!r}")
    clock = _Clock(stop, time.monotonic())
    townships = list(problems)

    def one(problem: Problem) -> Result[Ownership]:
        # A stop must be positive; after the end of the time this one is over before its first step.
        rest = max(clock.seconds_left(), 1e-9)
        return solve(problem, replace(stop, seconds=rest, progress=lambda _: None), seed)

    with ThreadPoolExecutor(workers) as pool:
        results = pool.map(one, townships) if workers > 1 else map(one, townships)
        for done, result in enumerate(results, start=1):
            stop.progress(Progress(done / len(townships), result.objective))
            yield result


def _leads(
    town: Township, columns: Columns, coverage: Coverage, limits: Limits, seed: int
) -> tuple[LeadPlan, Indices]:
    """The lead plan, and for each village its lead's index or -1."""
    nobody = np.full(len(town.villages), -1, dtype=np.int64)
    if not town.officers:
        empty = np.zeros(0, dtype=np.int64)
        return LeadPlan(columns=empty, cost=0, bound=0, margin=np.zeros(len(nobody))), nobody
    plan = choose_leads(town, columns, coverage, limits=limits, seed=seed)
    villages, officers = leads_of(columns, plan.columns)
    nobody[villages] = officers
    return plan, nobody


def _too_few_changes(most: int, clock: _Clock, seed: int, *, proven: bool) -> Result[Ownership]:
    """No plan within the changes allowed: proven, or none found in time."""
    reason = Reason("own_too_few_changes", {"most": most}) if proven else Reason("own_out_of_time")
    return Result(
        status=Status.INFEASIBLE if proven else Status.UNKNOWN,
        solution=None,
        reasons=(reason,),
        seconds=clock.seconds(),
        engine=ENGINE,
        seed=seed,
    )


def _ownership(
    town: Township, plan: LeadPlan, lead: Indices, missing: int | None, seed: int
) -> tuple[Ownership, tuple[Reason, ...]]:
    supports = choose_supports(town, lead, seed=seed)
    explain = Explainer(town=town, lead=lead, margin=plan.margin)
    covered = [int(v) for v in np.flatnonzero(lead >= 0)]
    responsibilities = [
        Responsibility(
            officer=town.officers[lead[v]].id,
            village=town.villages[v].code,
            role=Role.LEAD,
            why=explain.lead_reasons(v),
        )
        for v in covered
    ]
    responsibilities += [
        Responsibility(
            officer=town.officers[o].id,
            village=town.villages[v].code,
            role=Role.SUPPORT,
            why=explain.support_reasons(o, v),
        )
        for v, o in sorted(zip(supports.village.tolist(), supports.officer.tolist(), strict=True))
    ]
    uncovered = tuple(explain.uncovered(int(v)) for v in np.flatnonzero(lead < 0))
    ownership = Ownership(
        responsibilities=tuple(responsibilities),
        uncovered=uncovered,
        missing_officers=missing,
        covered_weight=int(town.coverage_weight[covered].sum()),
        lead_cost=plan.cost / UNITS_PER_POINT,
        support_cost=supports.cost / UNITS_PER_POINT,
    )
    notes = plan_notes(
        uncovered=uncovered, missing=missing, supports=len(supports.officer), proven=plan.proven
    )
    return ownership, notes


def _result(
    ownership: Ownership,
    cost: int,
    bound: int | None,
    notes: tuple[Reason, ...],
    clock: _Clock,
    seed: int,
) -> Result[Ownership]:
    proven = bound is not None and cost <= bound
    return Result(
        status=Status.OPTIMAL if proven else Status.TIME_LIMIT,
        solution=ownership,
        objective=cost / UNITS_PER_POINT,
        bound=None if bound is None else bound / UNITS_PER_POINT,
        reasons=notes,
        seconds=clock.seconds(),
        engine=ENGINE,
        seed=seed,
    )
