"""What is judged: a report with what became of it, and who is who."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from gridmgr.domain.cases import OFFICE, CaseStep
from gridmgr.domain.deadlines.clocks import CaseClock
from gridmgr.domain.validate import require_at_least, require_aware, require_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """What a reporter said of the outcome.

    Parameters
    ----------
    at
        When, aware.
    score
        1 to 5.
    solved
        Whether it is solved; None where nobody asked.
    by_office
        Whether the office entered it for the reporter, as after a call.
    """

    at: datetime
    score: int
    solved: bool | None = None
    by_office: bool = False

    def __post_init__(self) -> None:
        require_aware("Vote", "at", self.at)
        require_at_least("Vote", "score", self.score, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """A report, and what became of it.

    Parameters
    ----------
    report_id, township_code, reported_at
        The report: its id, where, when (aware).
    finder
        The officer who reported it, by id.
    state
        The case's state; the incident's where nobody made a case of it.
    case_id
        Its case.
    merged
        Whether the case is another report's, which this one repeats; then it carries no steps and clocks.
    answerable
        Who answers for the case: `OFFICE` or a department.
    steps, clocks, votes
        The case's, steps in order.
    verify_by
        When somebody should have looked at a report that has no case; None where no limit is set.
    """

    report_id: str
    township_code: str | None
    reported_at: datetime
    finder: str | None = None
    state: str
    case_id: str | None = None
    merged: bool = False
    answerable: str = OFFICE
    steps: tuple[CaseStep, ...] = ()
    clocks: tuple[CaseClock, ...] = ()
    votes: tuple[Vote, ...] = ()
    verify_by: datetime | None = None

    def __post_init__(self) -> None:
        require_text("Matter", "report_id", self.report_id)
        require_aware("Matter", "reported_at", self.reported_at)
        if self.merged and (self.case_id is None or self.steps or self.clocks or self.votes):
            raise ValueError(f"Matter {self.report_id} repeats another: it has a case and nothing of its own")


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """Whose account is whose, and where officers serve.

    Parameters
    ----------
    officer_of
        Officers' ids by the name of their account.
    agency_of
        Agencies' codes by officer.
    """

    officer_of: Mapping[str, str] = field(default_factory=dict)
    agency_of: Mapping[str, str] = field(default_factory=dict)
