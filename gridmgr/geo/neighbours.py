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
from scipy.sparse.csgraph import connected_components

Pair = tuple[str, str]

#: A border is no way across where the road takes this many times what still counts as near.
NO_CROSSING_FACTOR = 3.0


def neighbours(
    codes: Sequence[str],
    borders: Iterable[Pair],
    minutes: NDArray[np.float64],
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
        Pairs near by road that no chain of such borders joins. Villages a chain does join are neighbours
        only where they border: otherwise the next village but one would be a neighbour too.
    """
    number = {code: i for i, code in enumerate(codes)}
    both = (minutes + minutes.T) / 2
    kept = {
        (min(pair), max(pair))
        for pair in borders
        if not both[number[pair[0]], number[pair[1]]] > NO_CROSSING_FACTOR * near_minutes
    }
    rows, columns = [number[one] for one, _ in kept], [number[other] for _, other in kept]
    graph = coo_array((np.ones(len(kept)), (rows, columns)), shape=(len(codes), len(codes)))
    part = connected_components(graph, directed=False)[1] if len(codes) else np.empty(0, int)
    near = (both <= near_minutes) & (part[:, None] != part[None, :])
    joined = ((codes[i], codes[j]) for i, j in zip(*np.nonzero(np.triu(near, 1)), strict=True))
    return frozenset(kept), frozenset((min(pair), max(pair)) for pair in joined)
