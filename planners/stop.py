"""When a planner stops, and how it tells the caller how far it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


def _never() -> bool:
    return False


def _silent(progress: Progress) -> None:
    """Drop the progress report."""


@dataclass(frozen=True)
class Progress:
    """One report from a running solve.

    Parameters
    ----------
    fraction
        How much of the allowed time or work is used, 0 to 1.
    best
        Objective of the best solution so far, None before the first.
    """

    fraction: float
    best: float | None


@dataclass(frozen=True, kw_only=True)
class Stop:
    """When to stop.

    Parameters
    ----------
    seconds
        Wall-clock limit; a safety net where ``work`` is given. Must be positive.
    work
        Limit in the engine's own countable unit (solutions, iterations, nodes). Unlike the clock it ends at
        the same point on a fast and on a slow machine, so that the same seed gives the same answer.
    cancelled
        Asked regularly; once it is True the solve ends with the best so far.
    progress
        Told regularly how far the solve is.
    """

    seconds: float = 10.0
    work: int | None = None
    cancelled: Callable[[], bool] = _never
    progress: Callable[[Progress], None] = _silent

    def __post_init__(self) -> None:
        if not self.seconds > 0:
            raise ValueError(f"Stop.seconds must be positive, got {self.seconds!r}")
        if self.work is not None and self.work <= 0:
            raise ValueError(f"Stop.work must be positive, got {self.work!r}")
