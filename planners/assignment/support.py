"""Which village each officer without one supports: as even as can be, heavy villages first, then cheapest.

Nobody supports a village recused from; where that stands against an even spread, the spread gives way.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from planners.assignment.columns import UNITS_PER_POINT, Indices, Township
from planners.assignment.data import FloatMatrix

_TIE_UNITS = 0.4


@dataclass(frozen=True, kw_only=True, eq=False)
class SupportPlan:
    """Who supports what.

    Parameters
    ----------
    officer, village
        Indices, one entry an idle officer.
    cost
        Of the plan, in thousandths of a point.
    """

    officer: Indices
    village: Indices
    cost: int


def choose_supports(town: Township, lead: Indices, *, seed: int) -> SupportPlan:
    """Give every idle officer one village; a linear assignment, so exact.

    Parameters
    ----------
    town
        The township; it has at least one village.
    lead
        For each village the index of its lead, -1 where there is none.
    seed
        Breaks ties only.
    """
    idle = np.setdiff1d(np.arange(len(town.officers)), lead)
    idle = idle[~town.recused[idle].all(axis=1)]
    if not len(idle):
        return SupportPlan(officer=idle, village=idle, cost=0)
    cost = _costs(town, lead)[idle]
    ties = np.random.default_rng(seed).random(cost.shape) * (_TIE_UNITS / max(1, len(idle)))
    points = np.where(town.recused[idle], np.inf, cost + ties)
    rows, village = _place(points, quotas(town, len(idle)))
    return SupportPlan(officer=idle[rows], village=village, cost=int(cost[rows, village].sum()))


def _place(points: FloatMatrix, quota: Indices) -> tuple[Indices, Indices]:
    """Rows and their villages: within the quotas, or as even as recusals allow."""
    count, villages = points.shape
    places = np.repeat(np.arange(villages), quota)
    try:
        rows, slots = linear_sum_assignment(points[:, places])
    except ValueError:  # no such spread
        places = np.tile(np.arange(villages), count)
        # One more support at a village weighs more than all ways together.
        step = 1.0 + float(points[np.isfinite(points)].max()) * count
        crowd = np.repeat(np.arange(count), villages) ** 2 * step
        rows, slots = linear_sum_assignment(points[:, places] + crowd)
    return rows, places[slots]


def quotas(town: Township, idle: int) -> Indices:
    """Supports per village: equal shares, what is left over to the villages with most work."""
    share, rest = divmod(idle, len(town.villages))
    quota = np.full(len(town.villages), share, dtype=np.int64)
    quota[np.argsort(-town.workload, kind="stable")[:rest]] += 1
    return quota


def skills_gap(town: Township, lead: Indices) -> FloatMatrix:
    """Needed skill weight that neither the village's lead nor the officer (row) brings."""
    gap = np.zeros(town.minutes.shape)
    for v, village in enumerate(town.villages):
        leader = town.officers[lead[v]] if lead[v] >= 0 else None
        for skill, weight in village.needs.items():
            there = leader.brings(skill) if leader else 0.0
            gap[:, v] += [weight * (1 - max(there, officer.brings(skill))) for officer in town.officers]
    return gap


def _costs(town: Township, lead: Indices) -> Indices:
    weights = town.problem.weights
    known = {village.code for village in town.villages}
    moved = np.array(
        [
            [village.code not in officer.previous_support for village in town.villages]
            if known.intersection(officer.previous_support)
            else [False] * len(town.villages)
            for officer in town.officers
        ]
    )
    points = (
        weights.travel * town.minutes
        + weights.skill * skills_gap(town, lead)
        + weights.change * moved
        + weights.uncertified * town.uncertified[:, None]
    )
    return np.asarray(np.rint(points * UNITS_PER_POINT), dtype=np.int64)
