"""How much of a township its people can cover at all, before asking who covers what.

Any officer may lead any village, so coverage depends only on how many officers have room for one or for
two and on which villages may be paired: a matching in the graph of pairs with a limit on its size.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planners.assignment.columns import Indices, Township
from planners.assignment.highs import SparseModel, minimise


@dataclass(frozen=True, kw_only=True, eq=False)
class Coverage:
    """The most that can be covered, and one way to do it.

    Parameters
    ----------
    sets
        Numbers of disjoint village sets, one an officer at most: ``v`` for village ``v`` alone,
        ``villages + p`` for pair ``p``.
    allowance
        Coverage weight that stays uncovered in every best plan; 0 when all can be covered.
    """

    sets: Indices
    allowance: int


def best_coverage(town: Township, *, seconds: float) -> Coverage | None:
    """Cover the greatest weight of villages; None if the clock ran out first."""
    villages, officers = len(town.villages), len(town.officers)
    if officers >= villages:
        return Coverage(sets=np.arange(villages), allowance=0)
    if seconds <= 0:
        return None
    total = int(town.coverage_weight.sum())
    if not officers:
        return Coverage(sets=np.zeros(0, np.int64), allowance=total)
    pairs = town.pairs
    weight = np.concatenate((town.coverage_weight, town.coverage_weight[pairs].sum(axis=1)))
    limits = (officers, int((town.capacity >= 2).sum()))
    outcome = minimise(_packing(town, -weight.astype(float), limits), integer=True, seconds=seconds)
    if not outcome.finished or outcome.x is None:
        return None
    sets = np.flatnonzero(outcome.x > 0.5)
    return Coverage(sets=sets, allowance=total - int(weight[sets].sum()))


def missing_officers(town: Township, *, seconds: float) -> int | None:
    """Fewest further officers with room for two that would let every village have a lead.

    With ``m`` pairs, ``villages - m`` officers are needed. Pairs are limited by officers with room for two
    and by the largest matching, and any smaller number of pairs can be had as well, so counting is enough.
    None if the clock ran out.
    """
    villages, officers = len(town.villages), len(town.officers)
    if villages <= officers:
        return 0
    matching = largest_matching(town, seconds=seconds)
    if matching is None:
        return None
    roomy = int((town.capacity >= 2).sum())
    return next(k for k in range(villages + 1) if villages - min(roomy + k, matching) <= officers + k)


def largest_matching(town: Township, *, seconds: float) -> int | None:
    """Most disjoint pairs of villages that may share an officer; None if the clock ran out."""
    villages = len(town.villages)
    if not town.problem.require_adjacent_pairs:
        return villages // 2
    if seconds <= 0:
        return None
    cost = np.concatenate((np.zeros(villages), np.full(len(town.pairs), -1.0)))
    outcome = minimise(_packing(town, cost, (villages, villages)), integer=True, seconds=seconds)
    return round(-outcome.objective) if outcome.finished else None


def _packing(town: Township, cost: np.ndarray, limits: tuple[int, int]) -> SparseModel:
    """Disjoint singles and pairs: rows are villages, then the number of sets, then the number of pairs."""
    villages, pairs = len(town.villages), len(town.pairs)
    singles = np.column_stack((np.arange(villages), np.full(villages, villages)))
    doubles = np.column_stack((town.pairs, np.full(pairs, villages), np.full(pairs, villages + 1)))
    index = np.concatenate((singles.ravel(), doubles.ravel())).astype(np.int32)
    start = np.concatenate(([0], np.cumsum(np.repeat((2, 4), (villages, pairs))))).astype(np.int32)
    rows = villages + 2
    return SparseModel(
        cost=cost,
        row_lower=np.zeros(rows),
        row_upper=np.concatenate((np.ones(villages), np.array(limits, dtype=float))),
        start=start,
        index=index,
        value=np.ones(len(index)),
    )
