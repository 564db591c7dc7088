"""Straight lines times a detour factor: what is left without imported roads. It says so in every matrix."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gridmgr.geo.earth import distances
from gridmgr.geo.routers.base import Leg, Matrix, PointProblem, as_points

DEFAULT_DETOUR_FACTOR = 1.35
DEFAULT_STRAIGHT_KMH = 30.0


class StraightLineRouter:
    """Router without roads.

    Parameters
    ----------
    factor
        How much longer roads are than the straight line, at least 1.
    kmh
        Average speed.
    """

    method = "straight"

    def __init__(self, *, factor: float = DEFAULT_DETOUR_FACTOR, kmh: float = DEFAULT_STRAIGHT_KMH) -> None:
        if not factor >= 1.0:
            raise ValueError(f"StraightLineRouter.factor must be at least 1, got {factor!r}")
        if not kmh > 0:
            raise ValueError(f"StraightLineRouter.kmh must be above zero, got {kmh!r}")
        self.factor = factor
        self.kmh = kmh

    @property
    def fingerprint(self) -> str:
        """Factor and speed."""
        return f"straight:{self.factor}:{self.kmh}"

    def matrix(self, points: NDArray[np.float64], *, depot: int | None = None) -> Matrix:
        """Travel between all points; see `Router.matrix`. Every point is reachable from any depot."""
        points = as_points(points)
        metres = distances(points[:, None], points[None, :]) * self.factor
        return Matrix(
            seconds=self._seconds(metres),
            metres=np.rint(metres).astype(np.int32),
            snap_metres=np.full(len(points), np.nan),
            problems=(PointProblem(None, "straight_line", {"factor": self.factor, "kmh": self.kmh}),),
            method=self.method,
        )

    def route(self, points: NDArray[np.float64]) -> tuple[Leg, ...]:
        """Straight lines; see `Router.route`."""
        points = as_points(points)
        metres = distances(points[:-1], points[1:]) * self.factor
        seconds = self._seconds(metres)
        return tuple(
            Leg(points[i : i + 2], int(seconds[i]), round(float(metres[i]))) for i in range(len(points) - 1)
        )

    def _seconds(self, metres: NDArray[np.float64]) -> NDArray[np.int32]:
        return np.rint(metres / self.kmh * 3.6).astype(np.int32)
