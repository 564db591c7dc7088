"""Which officer leads which set of villages: set partitioning, solved to proof.

The linear relaxation is nearly integral, so: solve it, keep the columns whose reduced cost is small, solve
those as a 0/1 model. A column left out costs at least the relaxation plus its reduced cost; once that
exceeds the best plan the small model's answer is proven best for all columns.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from planners.assignment.columns import Columns, Indices, Township
from planners.assignment.coverage import Coverage
from planners.assignment.highs import Floats, SparseModel, minimise

# Ties are broken by adding less than this in total to a plan's cost, which counts in whole units.
_TIE_UNITS = 0.4
_TOLERANCE = 1e-3
# First guess of how far the best plan lies above the relaxation; a wrong guess costs one more round.
_FIRST_GAP = 0.004
# Two rounds prove it; more would mean that the solver's own bound is off.
_MOST_ROUNDS = 4


@dataclass(frozen=True, kw_only=True, eq=False)
class LeadPlan:
    """The chosen columns and how good they are.

    Parameters
    ----------
    columns
        Numbers of the chosen columns.
    cost
        Of the plan, in thousandths of a point.
    bound
        No plan that covers as much costs less; None if nothing was proven.
    margin
        For each village what any plan with another lead costs more, at least, in thousandths of a point; 0
        where nothing is proven.
    """

    columns: Indices
    cost: int
    bound: int | None
    margin: Floats

    @property
    def proven(self) -> bool:
        """Whether no better plan exists."""
        return self.bound is not None and self.cost <= self.bound


@dataclass(frozen=True)
class Limits:
    """What may be used: ``seconds_left`` is asked before every step and is 0 after a cancel."""

    seconds_left: Callable[[], float]
    nodes: int | None = None


def choose_leads(
    town: Township, columns: Columns, coverage: Coverage, *, limits: Limits, seed: int
) -> LeadPlan:
    """Find the cheapest plan among those that cover the most, with its proof or the best within limits."""
    model = partitioning(town, columns, coverage, seed=seed)
    plan = coverage.plan
    values = _as_values(town, columns, coverage, plan)
    nothing = np.zeros(len(town.villages))
    seconds = limits.seconds_left()
    relaxed = minimise(model, integer=False, seconds=seconds) if seconds > 0 else None
    if relaxed is None or not relaxed.finished:
        return LeadPlan(columns=plan, cost=_cost(town, columns, plan), bound=None, margin=nothing)
    values, bound = _close_gap(model, relaxed.objective, relaxed.reduced_cost, values, limits)
    plan = np.flatnonzero(values[: len(columns.cost)] > 0.5)
    lifted = relaxed.objective + relaxed.reduced_cost[: len(columns.cost)] - float(model.cost @ values)
    return LeadPlan(
        columns=plan,
        cost=_cost(town, columns, plan),
        bound=math.ceil(bound - _TIE_UNITS - _TOLERANCE),
        margin=_margins(columns, plan, lifted, nothing),
    )


def partitioning(town: Township, columns: Columns, coverage: Coverage, *, seed: int) -> SparseModel:
    """Rows: each village, each officer, the weight left uncovered, the changes; slack for each but the first.

    The slack of the changes allows any number of them for more than any plan costs: so the coverage's plan
    is always one to start from, and a best plan that uses it proves that the changes do not suffice.
    """
    villages, officers = len(town.villages), len(town.officers)
    # A kept village has no slack: its keeper, whom nobody can replace, must lead it.
    loose = np.flatnonzero(town.keeper < 0)
    ties = np.random.default_rng(seed).random(len(columns.cost)) * (_TIE_UNITS / max(1, officers))
    first, second = columns.first[columns.chosen_set], columns.second[columns.chosen_set]
    changes = villages + officers + bool(coverage.allowance)
    entries = np.column_stack((first, second, villages + columns.officer, np.full(len(first), changes)))
    counted = columns.changes if town.problem.most_changes is not None else np.zeros_like(columns.changes)
    worth = np.column_stack((np.ones((len(first), 3)), counted.astype(np.float64)))
    real = (entries >= 0) & (worth > 0)
    index = [entries[real], villages + np.arange(officers)]
    lengths = [real.sum(axis=1), np.ones(officers, np.int64)]
    value = [worth[real], np.ones(officers)]
    cost = [columns.cost + ties, np.full(officers, float(columns.idle_cost))]
    lower, upper = np.ones(villages + officers), np.ones(villages + officers)
    if coverage.allowance:
        both = np.column_stack((loose, np.full(len(loose), villages + officers)))
        index.append(both.ravel())
        lengths.append(np.full(len(loose), 2))
        left = town.coverage_weight[loose].astype(np.float64)
        value.append(np.column_stack((np.ones(len(loose)), left)).ravel())
        cost.append(np.zeros(len(loose)))
        lower, upper = np.append(lower, 0.0), np.append(upper, float(coverage.allowance))
    most = town.problem.most_changes
    if most is not None:
        index.append(np.array([len(lower)]))
        lengths.append(np.ones(1, np.int64))
        value.append(np.array([-float(villages)]))
        cost.append(np.array([beyond_any_plan(columns, officers)]))
        lower, upper = np.append(lower, -np.inf), np.append(upper, float(most))
    return SparseModel(
        cost=np.concatenate(cost),
        row_lower=lower,
        row_upper=upper,
        start=np.concatenate(([0], np.cumsum(np.concatenate(lengths)))).astype(np.int32),
        index=np.concatenate(index).astype(np.int32),
        value=np.concatenate(value).astype(np.float64),
    )


def beyond_any_plan(columns: Columns, officers: int) -> float:
    """More than the dearest plan costs, in thousandths of a point."""
    dearest = int(columns.cost.max(initial=0))
    return 1.0 + officers * float(max(dearest, columns.idle_cost))


def leads_of(columns: Columns, plan: Indices) -> tuple[Indices, Indices]:
    """Village indices a plan covers, and the officer index of each."""
    sets, officers = columns.chosen_set[plan], columns.officer[plan]
    paired = columns.second[sets] >= 0
    villages = np.concatenate((columns.first[sets], columns.second[sets][paired]))
    return villages, np.concatenate((officers, officers[paired]))


def _close_gap(
    model: SparseModel, relaxed: float, reduced_cost: Floats, values: Floats, limits: Limits
) -> tuple[Floats, float]:
    """Solve over more and more columns until those left out cannot matter; the best values and a bound."""
    gap, bound = abs(relaxed) * _FIRST_GAP, relaxed
    for _ in range(_MOST_ROUNDS):
        kept = np.flatnonzero((reduced_cost <= gap) | (values > 0.5))
        seconds = limits.seconds_left()
        if seconds <= 0:
            break
        outcome = minimise(model.only(kept), integer=True, seconds=seconds, nodes=limits.nodes)
        if outcome.x is not None and outcome.objective < float(model.cost @ values):
            values = np.zeros(len(model.cost))
            values[kept] = outcome.x
        best = float(model.cost @ values)
        bound = max(relaxed, min(outcome.bound, relaxed + gap))
        if not outcome.finished or best - bound < 1.0 - _TIE_UNITS - 2 * _TOLERANCE:
            break
        gap = best - relaxed
    return values, bound


def _as_values(town: Township, columns: Columns, coverage: Coverage, plan: Indices) -> Floats:
    """Column values of a plan, with its idle officers and uncovered villages."""
    idle = np.ones(len(town.officers))
    idle[columns.officer[plan]] = 0.0
    values = np.zeros(len(columns.cost))
    values[plan] = 1.0
    parts = [values, idle]
    if coverage.allowance:
        uncovered = np.ones(len(town.villages))
        uncovered[leads_of(columns, plan)[0]] = 0.0
        parts.append(uncovered[town.keeper < 0])
    most = town.problem.most_changes
    if most is not None:
        parts.append(np.array([float(columns.changes[plan].sum() > most)]))
    return np.concatenate(parts)


def _cost(town: Township, columns: Columns, plan: Indices) -> int:
    idle = len(town.officers) - len(plan)
    return int(columns.cost[plan].sum()) + idle * columns.idle_cost


def _margins(columns: Columns, plan: Indices, lifted: Floats, nothing: Floats) -> Floats:
    """Per village the smallest proven extra cost over the columns that give it to somebody else."""
    margin = np.full(len(nothing), np.inf)
    lead = np.full(len(nothing), -1)
    villages, officers = leads_of(columns, plan)
    lead[villages] = officers
    for member in (columns.first, columns.second):
        village = member[columns.chosen_set]
        other = (village >= 0) & (lead[village] != columns.officer) & (lead[village] >= 0)
        np.minimum.at(margin, village[other], lifted[other])
    return np.where(np.isfinite(margin), np.maximum(margin - _TIE_UNITS, 0.0), 0.0)
