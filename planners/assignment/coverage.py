"""How much of a township its people can cover at all, before asking who covers what.

Where any officer may lead any village, coverage depends only on how many officers have room for one or for
two and on which villages may be paired: a matching in the graph of pairs with a limit on its size. With
recusals, or villages that must stay with their lead, that is a ceiling; mostly it is reached, and where it
is not, officers and villages are chosen together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from planners.assignment.columns import Columns, Indices, Township
from planners.assignment.highs import SparseModel, minimise


@dataclass(frozen=True, kw_only=True, eq=False)
class Coverage:
    """The most that can be covered, and one way to do it.

    Parameters
    ----------
    plan
        Numbers of columns that cover it; not yet the cheapest.
    allowance
        Coverage weight that stays uncovered in every best plan; 0 when all can be covered.
    """

    plan: Indices
    allowance: int


def best_coverage(town: Township, columns: Columns, *, seconds: float) -> Coverage | None:
    """Cover the greatest weight of villages; None if the clock ran out first."""
    total = int(town.coverage_weight.sum())
    if not len(town.officers):
        return Coverage(plan=np.zeros(0, np.int64), allowance=total)
    weight = np.concatenate((town.coverage_weight, town.coverage_weight[town.pairs].sum(axis=1)))
    if len(town.officers) >= len(town.villages):
        sets: Indices | None = np.arange(len(town.villages))
    else:
        sets = _ceiling(town, columns, weight, seconds=seconds)
    if sets is None:
        return None
    plan = _cheapest_officers(town, columns, sets)
    if plan is None:
        plan = _exact(town, columns, weight, seconds=seconds)
    if plan is None:
        return None
    return Coverage(plan=plan, allowance=total - int(weight[columns.chosen_set[plan]].sum()))


def _ceiling(town: Township, columns: Columns, weight: Indices, *, seconds: float) -> Indices | None:
    """Disjoint sets of the greatest weight, one an officer, whoever leads them; None if the clock ran out."""
    if seconds <= 0:
        return None
    usable = np.flatnonzero((columns.lookup >= 0).any(axis=0))
    if not len(usable):
        return usable
    limits = (len(town.officers), int((town.capacity >= 2).sum()))
    packing = _packing(town, -weight.astype(float), limits).only(usable)
    outcome = minimise(packing, integer=True, seconds=seconds)
    if not outcome.finished or outcome.x is None:
        return None
    return usable[outcome.x > 0.5]


def _cheapest_officers(town: Township, columns: Columns, sets: Indices) -> Indices | None:
    """Give each set to an officer who may lead it; None where that fails or a kept village is left out."""
    numbers = columns.lookup[:, sets]
    cost = np.append(columns.cost.astype(float), np.inf)[numbers]  # -1, nobody's column, is the last
    try:
        officers, chosen = linear_sum_assignment(cost)
    except ValueError:  # no such assignment
        return None
    if len(chosen) < len(sets) or np.setdiff1d(town.keeper[town.keeper >= 0], officers).size:
        return None
    return np.sort(numbers[officers, chosen])


def _exact(town: Township, columns: Columns, weight: Indices, *, seconds: float) -> Indices | None:
    """Officers and villages chosen together."""
    if not len(columns.cost):
        return np.zeros(0, np.int64)
    if seconds <= 0:
        return None
    model = _assigning(town, columns, -weight[columns.chosen_set].astype(float), complete=False)
    outcome = minimise(model, integer=True, seconds=seconds)
    if not outcome.finished or outcome.x is None:
        return None
    return np.flatnonzero(outcome.x > 0.5)


def missing_officers(town: Township, columns: Columns, *, seconds: float) -> int | None:
    """Fewest further officers with room for two that would let every village have a lead.

    With ``m`` pairs, ``villages - m`` officers are needed. Pairs are limited by officers with room for two
    and by the largest matching, and any smaller number of pairs can be had as well, so counting is enough
    where any officer may lead any village. None if the clock ran out.
    """
    if town.restricted:
        return _missing_exact(town, columns, seconds=seconds)
    villages, officers = len(town.villages), len(town.officers)
    if villages <= officers:
        return 0
    matching = largest_matching(town, seconds=seconds)
    if matching is None:
        return None
    roomy = int((town.capacity >= 2).sum())
    return next(k for k in range(villages + 1) if villages - min(roomy + k, matching) <= officers + k)


def _missing_exact(town: Township, columns: Columns, *, seconds: float) -> int | None:
    """The same by a model in which the further officers may lead every village but the kept ones."""
    if seconds <= 0:
        return None
    model = _assigning(town, columns, np.zeros(len(columns.cost)), complete=True)
    outcome = minimise(model, integer=True, seconds=seconds)
    return round(outcome.objective) if outcome.finished else None


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


def _assigning(town: Township, columns: Columns, cost: np.ndarray, *, complete: bool) -> SparseModel:
    """Officers with sets; rows are villages, then officers, of whom keepers must lead what they keep.

    ``complete`` asks for every village and lets further officers help, at 1 a set.
    """
    villages, officers = len(town.villages), len(town.officers)
    sets, owners = columns.chosen_set, villages + columns.officer
    if complete:
        one, other = columns.first, columns.second
        free = (town.keeper[one] < 0) & ((other < 0) | (town.keeper[other] < 0))
        further = np.flatnonzero(free)
        sets = np.concatenate((sets, further))
        owners = np.concatenate((owners, np.full(len(further), -1)))
        cost = np.concatenate((cost, np.ones(len(further))))
    entries = np.column_stack((columns.first[sets], columns.second[sets], owners))
    real = entries >= 0
    keeps = np.zeros(officers)
    keeps[town.keeper[town.keeper >= 0]] = 1.0
    return SparseModel(
        cost=cost,
        row_lower=np.concatenate((np.full(villages, float(complete)), keeps)),
        row_upper=np.ones(villages + officers),
        start=np.concatenate(([0], np.cumsum(real.sum(axis=1)))).astype(np.int32),
        index=entries[real].astype(np.int32),
        value=np.ones(int(real.sum())),
    )
