"""Travel matrices for planners: one question for every different place, remembered for the next plan."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import replace
from threading import Lock

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gridmgr.geo.routers.base import Matrix, Router, as_points


class MatrixCache:
    """Remembers the matrices asked for last; safe to share between threads.

    Parameters
    ----------
    size
        How many to keep.
    """

    def __init__(self, size: int = 16) -> None:
        if size < 1:
            raise ValueError(f"MatrixCache.size must be at least 1, got {size!r}")
        self._size = size
        self._kept: OrderedDict[str, Matrix] = OrderedDict()
        self._lock = Lock()

    def get(self, key: str) -> Matrix | None:
        """Matrix of a key, None where it is not remembered."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def put(self, key: str, matrix: Matrix) -> None:
        """Remember a matrix, and forget the one not asked for the longest."""
        with self._lock:
            self._kept[key] = matrix
            self._kept.move_to_end(key)
            if len(self._kept) > self._size:
                self._kept.popitem(last=False)


def travel_matrix(
    router: Router, points: ArrayLike, *, depot: int | None = None, cache: MatrixCache | None = None
) -> Matrix:
    """Travel between all points.

    Points at the very same position are asked for once and are 0 seconds apart.

    Parameters
    ----------
    router
        Who finds the ways.
    points
        ``(n, 2)`` longitude and latitude in degrees, EPSG:4326.
    depot
        Number of the point the others must be reached from; see `Router.matrix`.
    cache
        Where to look first and to remember the answer.

    Raises
    ------
    ValueError
        If the points or the depot's number make no sense.
    RouterFailed
        If a routing server fails.
    """
    places = as_points(points)
    if depot is not None and not 0 <= depot < len(places):
        raise ValueError(f"depot must be one of {len(places)} points, got {depot!r}")
    key = hashlib.sha256(f"{router.fingerprint}|{depot}|".encode() + places.tobytes()).hexdigest()
    known = cache.get(key) if cache is not None else None
    if known is not None:
        return known
    matrix = _asked_once(router, places, depot)
    if cache is not None:
        cache.put(key, matrix)
    return matrix


def _asked_once(router: Router, places: NDArray[np.float64], depot: int | None) -> Matrix:
    _, first, which = np.unique(places, axis=0, return_index=True, return_inverse=True)
    # In the order of first appearance, so that ties fall the same way with and without repeats.
    order = np.argsort(first)
    place_of = np.argsort(order)[which.reshape(-1)]
    matrix = router.matrix(places[first[order]], depot=None if depot is None else int(place_of[depot]))
    if len(first) == len(places):
        return matrix
    of_matrix = [problem for problem in matrix.problems if problem.index is None]
    of_points = [
        replace(problem, index=index)
        for index, place in enumerate(place_of)
        for problem in matrix.problems
        if problem.index == place
    ]
    return Matrix(
        seconds=matrix.seconds[np.ix_(place_of, place_of)],
        metres=matrix.metres[np.ix_(place_of, place_of)],
        snap_metres=matrix.snap_metres[place_of],
        problems=(*of_matrix, *of_points),
        method=matrix.method,
    )
