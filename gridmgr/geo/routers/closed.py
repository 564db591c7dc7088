"""The embedded router with some roads closed, and which places that cuts off."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from gridmgr.geo.routers.base import UNREACHABLE, Leg, Matrix, PointProblem, as_points
from gridmgr.geo.routers.embedded import EmbeddedRouter
from gridmgr.geo.snapping import PREFERENCE_METRES


class ClosedRoadsRouter:
    """Finds ways over the roads that are left.

    A place is *cut off* where it could be driven to before and cannot now, or where the road it lies at is
    closed and the next one is so much farther off that nobody would call it the same place.

    Parameters
    ----------
    open_router
        The router with all roads.
    edges
        Numbers of the closed ones.
    why
        Reasons in words, told with every place that is cut off.
    """

    method = "embedded"

    def __init__(self, open_router: EmbeddedRouter, edges: Collection[int], *, why: str) -> None:
        self._open = open_router
        self._left = EmbeddedRouter(
            open_router.graph.with_closed(edges), snap_limit_metres=open_router.snap_limit_metres
        )
        self._why = why

    @property
    def fingerprint(self) -> str:
        """Of the roads that are left, and of the reasons told."""
        why = hashlib.sha256(self._why.encode()).hexdigest()
        return f"closed:{self._left.fingerprint}:{why}"

    def matrix(self, points: NDArray[np.float64], *, depot: int | None = None) -> Matrix:
        """Travel between all points; see `Router.matrix`."""
        places = as_points(points)
        found = self._left.matrix(places, depot=depot)
        cut = self._cut_off(places, found.problems, depot)
        if not cut:
            return found
        tables = []
        for table in (found.seconds, found.metres):
            left = table.copy()
            lost = sorted(cut)
            left[lost, :] = left[:, lost] = UNREACHABLE
            np.fill_diagonal(left, 0)
            tables.append(left)
        others = [problem for problem in found.problems if problem.index not in cut]
        told = [PointProblem(index, "road_closed", {"why": self._why}) for index in sorted(cut)]
        return replace(found, seconds=tables[0], metres=tables[1], problems=(*others, *told))

    def route(self, points: NDArray[np.float64]) -> tuple[Leg, ...]:
        """Ways along the roads that are left; see `Router.route`."""
        places = as_points(points)
        depot = 0 if len(places) else None
        cut = self._cut_off(places, self._left.problems(places, depot=depot), depot)
        legs = self._left.route(places)
        return tuple(Leg.none() if {i, i + 1} & cut else leg for i, leg in enumerate(legs))

    def _cut_off(
        self, places: NDArray[np.float64], problems: Collection[PointProblem], depot: int | None
    ) -> set[int]:
        before = {problem.index for problem in self._open.problems(places, depot=depot)}
        now = {problem.index for problem in problems if problem.index is not None}
        was, is_ = self._open.snap(places, depot=depot), self._left.snap(places, depot=depot)
        farther = np.flatnonzero(is_.metres > was.metres + PREFERENCE_METRES)
        return {int(index) for index in {*now, *farther.tolist()} - before}
