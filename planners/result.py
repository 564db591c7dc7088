"""What every planner gives back: a status, a solution, a bound, and reasons for what was left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

S = TypeVar("S")


class Status(StrEnum):
    """How a solve ended."""

    OPTIMAL = "OPTIMAL"  #: proven best
    FEASIBLE = "FEASIBLE"  #: lawful and complete, no proof of being best
    INFEASIBLE = "INFEASIBLE"  #: proven that no solution exists; ``reasons`` says why
    TIME_LIMIT = "TIME_LIMIT"  #: stopped by the clock or by the caller; ``solution`` is the best so far
    UNKNOWN = "UNKNOWN"  #: stopped before any solution was found


@dataclass(frozen=True)
class Reason:
    """Why something was left out or is not lawful, as a code that the interface puts into words.

    Parameters
    ----------
    code
        Short snake_case code, one of the planner's documented ones. The text catalogue holds its words
        under ``reason.<code>``.
    params
        Numbers and ids the words need.
    """

    code: str
    params: Mapping[str, str | int | float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Result(Generic[S]):
    """Outcome of one solve.

    Parameters
    ----------
    status
        How the solve ended.
    solution
        The best solution found, already verified by the planner's own ``verify``; None when there is none.
    objective, bound
        The solution's objective and the proven bound on it, in the planner's documented unit and direction;
        None where the engine proves nothing.
    reasons
        Why there is no solution, or notes on the whole of it.
    seconds
        Wall-clock time of the solve.
    engine
        Name and version of what solved it.
    seed
        The seed it was started with: the same problem, stop and seed give the same answer.
    """

    status: Status
    solution: S | None
    objective: float | None = None
    bound: float | None = None
    reasons: tuple[Reason, ...] = ()
    seconds: float = 0.0
    engine: str = ""
    seed: int = 0
