"""Every set of villages an officer could lead, and what it would cost, as arrays.

A column is an officer with one village or with a pair. Villages and officers are taken in the order of
their codes and ids, so that the answer does not depend on the order of the input. Costs are whole
thousandths of a point: whole numbers make "proven best" exact, and leave room below one unit for breaking
ties.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np
import numpy.typing as npt

from planners.assignment.data import FloatMatrix, Officer, Problem, Village

Indices = npt.NDArray[np.int64]

UNITS_PER_POINT = 1000


@dataclass(frozen=True, kw_only=True, eq=False)
class Township:
    """A problem in canonical order.

    Parameters
    ----------
    villages, officers
        Sorted by code and id.
    minutes
        Shape (officers, villages).
    pairs
        Shape (pairs, 2): village indices an officer may lead together, lower index first, sorted.
    bordering
        For each pair whether the two are neighbours.
    keeper
        For each village the officer who must keep it, -1 where everybody may lead it.
    pair_owner
        For each pair the only officer who may lead it, since that one holds both and must keep them; -1 for
        a pair like any other.
    """

    problem: Problem
    villages: tuple[Village, ...]
    officers: tuple[Officer, ...]
    minutes: FloatMatrix
    pairs: Indices
    bordering: npt.NDArray[np.bool_]
    keeper: Indices
    pair_owner: Indices

    @classmethod
    def of(cls, problem: Problem) -> Township:
        """Put a problem into canonical order."""
        villages = sorted(problem.villages, key=lambda village: village.code)
        officers = sorted(problem.officers, key=lambda officer: officer.id)
        columns = sorted(range(len(villages)), key=lambda i: problem.villages[i].code)
        rows = sorted(range(len(officers)), key=lambda i: problem.officers[i].id)
        number = {village.code: i for i, village in enumerate(villages)}
        neighbours = problem.adjacent | problem.near_by_road
        numbered = [(number[one], number[other]) for one, other in neighbours]
        borders = {(min(pair), max(pair)) for pair in numbered}
        keeper = _keepers(problem, number, {officer.id: i for i, officer in enumerate(officers)})
        held = _held_pairs(keeper)
        everything = combinations(range(len(villages)), 2)
        free = borders if problem.require_adjacent_pairs else set(everything)
        together = sorted(free | set(held))
        return cls(
            problem=problem,
            villages=tuple(villages),
            officers=tuple(officers),
            minutes=problem.minutes[np.ix_(rows, columns)],
            pairs=np.array(together, dtype=np.int64).reshape(-1, 2),
            bordering=np.array([pair in borders for pair in together], dtype=bool),
            keeper=keeper,
            pair_owner=np.array([-1 if pair in free else held[pair] for pair in together], dtype=np.int64),
        )

    @property
    def restricted(self) -> bool:
        """Whether it matters for coverage who leads a village."""
        return bool(self.recused.any() or (self.keeper >= 0).any())

    @cached_property
    def recused(self) -> npt.NDArray[np.bool_]:
        """Whether the officer (row) may not answer for the village (column)."""
        return np.array(
            [[village.code in officer.recused for village in self.villages] for officer in self.officers],
            dtype=bool,
        ).reshape(len(self.officers), len(self.villages))

    @cached_property
    def workload(self) -> FloatMatrix:
        """Hours a week of each village."""
        return np.array([village.workload for village in self.villages], dtype=np.float64)

    @cached_property
    def coverage_weight(self) -> Indices:
        """Worth of covering each village."""
        return np.array([village.coverage_weight for village in self.villages], dtype=np.int64)

    @cached_property
    def capacity(self) -> Indices:
        """Most villages of each officer."""
        return np.array([officer.capacity for officer in self.officers], dtype=np.int64)

    @cached_property
    def skills_missing(self) -> FloatMatrix:
        """Needed skill weight that officer and agency (row) lack for the village (column)."""
        trades = sorted({skill for village in self.villages for skill in village.needs})
        needs = np.array([[v.needs.get(skill, 0.0) for skill in trades] for v in self.villages])
        lacks = np.array([[1 - o.brings(skill) for skill in trades] for o in self.officers], dtype=float)
        shape = (len(self.officers), len(self.villages))
        count = len(trades)
        return np.asarray(lacks.reshape(shape[0], count) @ needs.reshape(shape[1], count).T)

    @cached_property
    def uncertified(self) -> npt.NDArray[np.bool_]:
        """For each officer whether the certificate is missing."""
        return np.array([not officer.certified for officer in self.officers], dtype=bool)

    @cached_property
    def taken_from(self) -> npt.NDArray[np.bool_]:
        """Whether giving the village (column) to the officer (row) takes it from a present former lead."""
        number = {officer.id: i for i, officer in enumerate(self.officers)}
        taken = np.zeros(self.minutes.shape, dtype=bool)
        previous = self.problem.previous_leads
        for v, village in enumerate(self.villages):
            if village.code in previous:
                taken[:, v] = True
                taken[number[previous[village.code]], v] = False
        return taken

    @cached_property
    def taken_young(self) -> npt.NDArray[np.bool_]:
        """Where `taken_from` happens before the minimum tenure is over."""
        young = {code for officer in self.officers for code in officer.young}
        hit = np.array([village.code in young for village in self.villages], dtype=bool)
        return np.asarray(self.taken_from & hit, dtype=bool)


def _keepers(problem: Problem, villages: dict[str, int], officers: dict[str, int]) -> Indices:
    keeper = np.full(len(villages), -1, dtype=np.int64)
    for code, officer in problem.kept_leads.items():
        keeper[villages[code]] = officers[officer]
    return keeper


def _held_pairs(keeper: Indices) -> dict[tuple[int, int], int]:
    """Pairs that one officer must keep, neighbours or not."""
    kept = np.flatnonzero(keeper >= 0).tolist()
    return {(a, b): int(keeper[a]) for a, b in combinations(kept, 2) if keeper[a] == keeper[b]}


@dataclass(frozen=True, kw_only=True, eq=False)
class Columns:
    """The choices, one an officer and a set of villages.

    Parameters
    ----------
    first, second
        Village indices of each set; ``second`` is -1 for a single village. Singles come first.
    officer, chosen_set
        Of each column.
    cost
        Of each column, in thousandths of a point.
    lookup
        Shape (officers, sets): the column's number, -1 where the officer may not lead the set.
    idle_cost
        Of an officer who leads nothing, in thousandths of a point.
    changes
        Of each column, how many of its villages are taken from a lead of the last plan who is still here.
    """

    first: Indices
    second: Indices
    officer: Indices
    chosen_set: Indices
    cost: Indices
    lookup: Indices
    idle_cost: int
    changes: Indices

    @classmethod
    def of(cls, town: Township) -> Columns:
        """Every officer with every village and, with room for two, every pair, that the officer may lead."""
        weights = town.problem.weights
        each = (
            weights.travel * town.minutes
            + weights.skill * town.skills_missing
            + weights.change * town.taken_from
            + weights.tenure * town.taken_young
            + weights.uncertified * town.uncertified[:, None]
        )
        one, other = town.pairs[:, 0], town.pairs[:, 1]
        count = len(town.villages)
        load = np.concatenate((town.workload, town.workload[one] + town.workload[other]))
        apart = np.concatenate((np.zeros(count), np.where(town.bordering, 0.0, weights.apart)))
        target = town.problem.target_load or 1.0  # without officers nothing is reckoned with it
        together = weights.load * (load / target - 1.0) ** 2 + apart
        points = np.concatenate((each, each[:, one] + each[:, other]), axis=1) + together[None, :]
        taken = town.taken_from.astype(np.int64)
        allowed = _allowed(town)
        officer, chosen_set = np.nonzero(allowed)
        lookup = np.full(points.shape, -1, dtype=np.int64)
        lookup[officer, chosen_set] = np.arange(len(officer))
        return cls(
            first=np.concatenate((np.arange(count), one)),
            second=np.concatenate((np.full(count, -1), other)),
            officer=officer,
            chosen_set=chosen_set,
            cost=np.rint(points[officer, chosen_set] * UNITS_PER_POINT).astype(np.int64),
            lookup=lookup,
            idle_cost=round(weights.load * UNITS_PER_POINT),
            changes=np.concatenate((taken, taken[:, one] + taken[:, other]), axis=1)[officer, chosen_set],
        )


def _allowed(town: Township) -> npt.NDArray[np.bool_]:
    """Whether the officer (row) may lead the set (column): room, recusal, and what must be kept."""
    one, other = town.pairs[:, 0], town.pairs[:, 1]
    rows = np.arange(len(town.officers))[:, None]
    own = town.keeper[None, :] == rows
    may = ~town.recused & (own | (town.keeper < 0)[None, :])
    pair = may[:, one] & may[:, other] & (town.capacity[:, None] >= 2)
    pair &= (town.pair_owner[None, :] < 0) | (town.pair_owner[None, :] == rows)
    keeps = np.concatenate((own, own[:, one].astype(int) + own[:, other]), axis=1)
    complete = keeps == own.sum(axis=1)[:, None]
    return np.asarray(np.concatenate((may, pair), axis=1) & complete)
