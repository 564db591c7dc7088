"""Which villages are neighbours for people: by a border one can cross, or by road where borders do not tell.

Two villages with a river between them may share a border and still lie an hour apart; a bridge makes
neighbours of villages that share none; an enclave, an island of land or a township in several parts has no
border to the rest at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import shortest_path

Pair = tuple[str, str]
Minutes = NDArray[np.float64]

#: A border is no way across where the road takes this many times what still counts as near.
NO_CROSSING_FACTOR = 3.0
#: A road joins villages that share no border where the way from neighbour to neighbour takes so many times as
#: long: then it crosses a bridge, and does not just lead through the village between them.
SHORTCUT_FACTOR = 2.0
#: Stands for a way of unknown length between bordering villages: short, so that what they join stays joined.
_UNKNOWN_MINUTES = 1e-3


def neighbours(
    codes: Sequence[str],
    borders: Iterable[Pair],
    minutes: Minutes,
    *,
    near_minutes: float,
) -> tuple[frozenset[Pair], frozenset[Pair]]:
    """Sort out who is whose neighbour.

    Parameters
    ----------
    codes
        Villages of one township.
    borders
        Pairs of them that share a border.
    minutes
        Road minutes between them, n x n, NaN where no way is known.
    near_minutes
        What counts as near by road.

    Returns
    -------
    bordering
        The borders, less those whose road takes `NO_CROSSING_FACTOR` times as long as is near. Where no way
        is known the border counts.
    by_road
        Pairs near by road whose way from neighbour to neighbour is not near and takes `SHORTCUT_FACTOR` times
        as long, or does not exist: over a bridge, to an enclave. The nearest pairs come first and count as
        neighbours for the rest, so that one bridge joins two villages and not all on either bank. Where
        neighbours lead there nearly as fast, the next village but one is none.
    """
    number = {code: i for i, code in enumerate(codes)}
    both = (minutes + minutes.T) / 2
    kept = {
        (min(pair), max(pair))
        for pair in borders
        if not both[number[pair[0]], number[pair[1]]] > NO_CROSSING_FACTOR * near_minutes
    }
    joined = _shortcuts(both, _ways([(number[a], number[b]) for a, b in kept], both), near_minutes)
    by_road = ((codes[i], codes[j]) for i, j in joined)
    return frozenset(kept), frozenset((min(pair), max(pair)) for pair in by_road) - frozenset(kept)


def _ways(pairs: Sequence[tuple[int, int]], minutes: Minutes) -> Minutes:
    """Minutes from village to village by way of neighbours only, infinite where there is none."""
    count = len(minutes)
    if not count:
        return np.zeros((0, 0))
    rows, columns = np.array([*pairs], dtype=np.intp).reshape(-1, 2).T
    lengths = np.nan_to_num(minutes[rows, columns], nan=_UNKNOWN_MINUTES).clip(min=_UNKNOWN_MINUTES)
    graph = coo_array((lengths, (rows, columns)), shape=(count, count))
    return np.asarray(shortest_path(graph.tocsr(), directed=False))


def _shortcuts(minutes: Minutes, ways: Minutes, near_minutes: float) -> list[tuple[int, int]]:
    """Pairs near by road that neighbours do not join nearly as fast, nearest first."""
    first, second = np.nonzero(np.triu(minutes <= near_minutes, 1))
    found = []
    for pair in np.lexsort((second, first, minutes[first, second])):
        i, j = int(first[pair]), int(second[pair])
        direct = max(float(minutes[i, j]), _UNKNOWN_MINUTES)
        if ways[i, j] <= max(near_minutes, SHORTCUT_FACTOR * direct):
            continue
        found.append((i, j))
        over = np.minimum(ways[:, [i]] + ways[[j], :], ways[:, [j]] + ways[[i], :]) + direct
        ways = np.minimum(ways, over)
    return found
