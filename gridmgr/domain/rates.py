"""Response, solution and on-time rates of departments, counted from the clocks of their cases.

One turn is one time a case was sent to a department: the step that escalated it, and the step that accepted
it. What has neither been done nor fallen due is nobody's success or failure yet and only counted as waiting;
a turn that went elsewhere without the department (the office took it back) counts nowhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from gridmgr.domain.cases import CaseStep
from gridmgr.domain.deadlines.clocks import CaseClock

#: The clock each step starts, by the ids of the data file of phases.
PHASES: Mapping[str, str] = {"escalate": "respond", "accept": "solve"}
#: Of fewer, a percentage says more than is known.
LEAST = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """So many of so many.

    Parameters
    ----------
    hits, of
        Those that count as done, and all that are decided.
    waiting
        Not decided yet; in neither number.
    """

    hits: int
    of: int
    waiting: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.hits <= self.of or self.waiting < 0:
            raise ValueError(f"Rate needs 0 <= hits <= of and waiting >= 0, got {self!r}")

    @property
    def share(self) -> float | None:
        """Their share, None where there are too few to say."""
        return self.hits / self.of if self.of >= LEAST else None


@dataclass(frozen=True, slots=True, kw_only=True)
class DepartmentRates:
    """How a department deals with what is sent to it.

    Parameters
    ----------
    response
        Accepted or objected to within the limit, of what was sent and answered or fell due.
    solution
        Replied to as handled, whenever, of what was accepted and handled or fell due; a reply that was sent
        back does not count until the next one.
    on_time
        Of the same, those handled within the limit.
    """

    response: Rate
    solution: Rate
    on_time: Rate


def clocks_by_body(
    steps: Iterable[CaseStep], clocks: Mapping[str, Sequence[CaseClock]]
) -> dict[str, list[CaseClock]]:
    """Whose clock is whose: a clock belongs to the body of the step that started it.

    Parameters
    ----------
    steps
        Steps of cases; others than those of `PHASES` are passed over.
    clocks
        Clocks by case.
    """
    found: dict[str, list[CaseClock]] = {}
    for step in steps:
        phase = PHASES.get(step.action)
        if phase is None or step.body is None:
            continue
        started = (
            clock
            for clock in clocks.get(step.case_id, ())
            if clock.phase == phase and clock.started_at == step.at
        )
        found.setdefault(step.body, []).extend(started)
    return found


def rates_of(clocks: Iterable[CaseClock], now: datetime) -> DepartmentRates:
    """The rates of one body's clocks at a moment."""
    every = list(clocks)
    respond = [clock for clock in every if clock.phase == PHASES["escalate"]]
    solve = [clock for clock in every if clock.phase == PHASES["accept"]]
    return DepartmentRates(
        response=_rate(respond, now, in_time=True),
        solution=_rate(solve, now, in_time=False),
        on_time=_rate(solve, now, in_time=True),
    )


def _rate(clocks: Iterable[CaseClock], now: datetime, *, in_time: bool) -> Rate:
    seen = Counter(clock.verdict(now) for clock in clocks)
    done = seen["in_time"] + seen["late"]
    return Rate(hits=seen["in_time"] if in_time else done, of=done + seen["overdue"], waiting=seen["waiting"])
