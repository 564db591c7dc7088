"""What every router gives: minutes and metres between places, and the line to draw between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gridmgr.texts import Message

#: Stands in a matrix where no road leads.
UNREACHABLE = -1

#: Places farther from any road than this are reported, not routed.
DEFAULT_SNAP_LIMIT_METRES = 1000.0

METHODS = ("embedded", "osrm", "valhalla", "straight")


@dataclass(frozen=True)
class PointProblem:
    """Why a place cannot be routed, or what to know about a matrix; its words are ``reason.<code>``.

    Parameters
    ----------
    index
        Which point, or None for the matrix as a whole.
    code
        ``snapped_too_far`` (metres, limit), ``no_road_nearby`` (limit), ``disconnected`` or
        ``straight_line`` (factor, kmh).
    params
        Numbers the words need.
    """

    index: int | None
    code: str
    params: Mapping[str, str | int | float] = field(default_factory=dict)

    @property
    def message(self) -> Message:
        """Words for the user."""
        return Message(f"reason.{self.code}", self.params)


@dataclass(frozen=True, eq=False, kw_only=True)
class Matrix:
    """Travel between n points.

    Parameters
    ----------
    seconds, metres
        ``(n, n)`` int32 from row to column along the fastest way; `UNREACHABLE` where there is none, 0 on the
        diagonal.
    snap_metres
        ``(n,)`` float64, how far each point is from the road it is reached from; NaN where not known.
    problems
        What stands in the way, by point.
    method
        How it was found: one of `METHODS`.
    """

    seconds: NDArray[np.int32]
    metres: NDArray[np.int32]
    snap_metres: NDArray[np.float64]
    problems: tuple[PointProblem, ...] = ()
    method: str

    def __post_init__(self) -> None:
        count = len(self.snap_metres)
        for name in ("seconds", "metres"):
            table = getattr(self, name)
            if table.shape != (count, count):
                raise ValueError(f"Matrix.{name} must have shape {(count, count)}, got {table.shape}")
            if table.dtype != np.int32:
                raise ValueError(f"Matrix.{name} must be int32, got {table.dtype}")
            if count and (table.min() < UNREACHABLE or table.diagonal().any()):
                raise ValueError(f"Matrix.{name} must be {UNREACHABLE} or more, and 0 on the diagonal")
            table.setflags(write=False)
        if not np.array_equal(self.seconds == UNREACHABLE, self.metres == UNREACHABLE):
            raise ValueError("Matrix.seconds and metres must be unreachable in the same places")
        if self.method not in METHODS:
            raise ValueError(f"Matrix.method must be one of {METHODS}, got {self.method!r}")
        self.snap_metres.setflags(write=False)

    def problem_of(self, index: int) -> PointProblem | None:
        """First problem of one point."""
        return next((problem for problem in self.problems if problem.index == index), None)


@dataclass(frozen=True, eq=False)
class Leg:
    """The way from one point to the next.

    Parameters
    ----------
    coords
        ``(k, 2)`` longitude and latitude in degrees, EPSG:4326; ``(0, 2)`` where no road leads.
    seconds, metres
        Along the way; `UNREACHABLE` where there is none.
    """

    coords: NDArray[np.float64]
    seconds: int
    metres: int

    @property
    def reachable(self) -> bool:
        """Whether there is a way."""
        return self.seconds != UNREACHABLE

    @classmethod
    def none(cls) -> Leg:
        """No way there."""
        return cls(np.zeros((0, 2)), UNREACHABLE, UNREACHABLE)


@runtime_checkable
class Router(Protocol):
    """Finds ways over roads.

    All points are ``(n, 2)`` longitude and latitude in degrees, EPSG:4326.
    """

    @property
    def method(self) -> str:
        """One of `METHODS`."""

    @property
    def fingerprint(self) -> str:
        """Same fingerprint, same answers: the key of what is cached."""

    def matrix(self, points: NDArray[np.float64], *, depot: int | None = None) -> Matrix:
        """Travel between all points.

        Parameters
        ----------
        points
            ``(n, 2)`` degrees.
        depot
            Number of the point the others must be reached from; points in another network than it are
            reported. Without it the largest network counts.
        """

    def route(self, points: NDArray[np.float64]) -> tuple[Leg, ...]:
        """Ways from each point to the next, ``n - 1`` legs."""


def as_points(points: ArrayLike) -> NDArray[np.float64]:
    """Check points and copy them to ``(n, 2)`` float64.

    Raises
    ------
    ValueError
        If the shape is not ``(n, 2)``, or a coordinate is no longitude/latitude in degrees.
    """
    array = np.array(points, dtype=np.float64)
    if array.size == 0:
        return np.zeros((0, 2))
    if array.ndim != 2 or array.shape[1] != 2:
        raise ValueError(f"points must have shape (n, 2), got {array.shape}")
    good = np.isfinite(array).all(axis=1) & (np.abs(array[:, 0]) <= 180) & (np.abs(array[:, 1]) <= 90)
    if not good.all():
        index = int(np.flatnonzero(~good)[0])
        raise ValueError(f"points[{index}] is no longitude/latitude in degrees: {array[index].tolist()}")
    return array


def assembled(
    seconds: NDArray[np.float64],
    metres: NDArray[np.float64],
    *,
    snap_metres: NDArray[np.float64],
    problems: Sequence[PointProblem],
    method: str,
    depot: int | None,
) -> Matrix:
    """Make a matrix of what a server answered, and report the points it leaves out.

    Parameters
    ----------
    seconds, metres
        ``(n, n)`` float64, NaN where there is no way.
    snap_metres, problems, method, depot
        As in `Matrix` and `Router.matrix`.
    """
    missing = np.isnan(seconds) | np.isnan(metres)
    np.fill_diagonal(missing, val=False)
    tables = []
    for table in (seconds, metres):
        whole = np.where(missing, UNREACHABLE, np.rint(np.nan_to_num(table))).astype(np.int32)
        np.fill_diagonal(whole, 0)
        tables.append(whole)
    known = [problem.index for problem in problems if problem.index is not None]
    return Matrix(
        seconds=tables[0],
        metres=tables[1],
        snap_metres=snap_metres,
        problems=(*problems, *cut_off(tables[0], depot=depot, known=known)),
        method=method,
    )


def snap_problems(snap_metres: NDArray[np.float64], *, limit: float) -> tuple[PointProblem, ...]:
    """Report points too far from any road; infinite distance means that no road was found at all."""
    problems = []
    for index in np.flatnonzero(snap_metres > limit):
        if np.isfinite(snap_metres[index]):
            params = {"metres": round(float(snap_metres[index])), "limit": round(limit)}
            problems.append(PointProblem(int(index), "snapped_too_far", params))
        else:
            problems.append(PointProblem(int(index), "no_road_nearby", {"limit": round(limit)}))
    return tuple(problems)


def cut_off(
    seconds: NDArray[np.int32], *, depot: int | None, known: Sequence[int] = ()
) -> tuple[PointProblem, ...]:
    """Report points that cannot be driven to and back.

    Parameters
    ----------
    seconds
        ``(n, n)`` travel times with `UNREACHABLE`.
    depot
        The point to be reached from and returned to; None takes the one most others can reach and leave.
    known
        Points that already have a problem.
    """
    both = (seconds != UNREACHABLE) & (seconds.T != UNREACHABLE)
    np.fill_diagonal(both, val=True)
    if len(both) == 0 or (depot is not None and depot in known):
        return ()
    centre = int(both.sum(axis=1).argmax()) if depot is None else depot
    lost = np.flatnonzero(~both[centre])
    return tuple(PointProblem(int(index), "disconnected") for index in lost if index not in known)
