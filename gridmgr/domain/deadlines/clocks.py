"""A running deadline of a case: what stopped it for a while, what made it longer, who was told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from gridmgr.domain.deadlines.rules import DeadlineRule
from gridmgr.domain.validate import require_aware, require_choice, require_text

#: Why a clock stands still; time for hearings and appraisals does not count against the office.
PAUSE_KINDS = ("suspended", "appraisal", "hearing", "checked", "other")
EXTENSION_STATES = ("asked", "approved", "refused")
#: Who answers, and who is told next when time is up.
LADDER = ("officer", "office", "department", "lead")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """A clock stands still from one moment to another.

    Parameters
    ----------
    since, until
        Aware; ``until`` is None while it lasts.
    kind
        One of `PAUSE_KINDS`.
    note
        The words for it.
    """

    since: datetime
    until: datetime | None = None
    kind: str = "suspended"
    note: str = ""

    def __post_init__(self) -> None:
        require_aware("Pause", "since", self.since)
        require_choice("Pause", "kind", self.kind, PAUSE_KINDS)
        if self.until is not None:
            require_aware("Pause", "until", self.until)
            if self.until < self.since:
                raise ValueError(f"Pause.until must not be before since, got {self.until}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """More time, asked for and decided on.

    Parameters
    ----------
    id
        Its number within the installation.
    rule
        How much more.
    asked_by, asked_at, reason
        Who, when and why.
    state
        One of `EXTENSION_STATES`; only an approved one counts.
    decided_by, decided_at, note
        Whoever decided, when, and their words.
    """

    id: str
    rule: DeadlineRule
    asked_by: str
    asked_at: datetime
    reason: str
    state: str = "asked"
    decided_by: str | None = None
    decided_at: datetime | None = None
    note: str = ""

    def __post_init__(self) -> None:
        require_text("Extension", "id", self.id)
        require_text("Extension", "reason", self.reason)
        require_aware("Extension", "asked_at", self.asked_at)
        require_choice("Extension", "state", self.state, EXTENSION_STATES)
        if (self.state != "asked") != (self.decided_by is not None and self.decided_at is not None):
            raise ValueError("Extension.decided_by and decided_at belong to a decision, and to nothing else")


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """Somebody one level up was told that time is up.

    Parameters
    ----------
    level
        One of `LADDER`, who was told.
    fell_at
        When it was to be told.
    told_at
        When it was; later after a worker stood still.
    """

    level: str
    fell_at: datetime
    told_at: datetime

    def __post_init__(self) -> None:
        require_choice("Escalation", "level", self.level, LADDER)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseClock:
    """One deadline of one case.

    Parameters
    ----------
    id
        Its number.
    case_id, township_code
        Whose.
    phase
        What has to be done, an id of the data file of phases.
    answers
        One of `LADDER`: who has to do it.
    rule
        As counted by its law.
    started_at
        When it began.
    due_at
        As computed with the calendar last read; None while it stands still.
    stopped_at
        When what had to be done was done; None while it runs.
    stop
        ``done``, or ``void`` where the case went another way and nobody is to be judged by it.
    pauses, extensions, escalations
        What happened meanwhile.
    ordered_due
        The end that whoever ordered the matter named, e.g. the hotline on its work order; None where the
        rule says it. Only what was granted makes it later: the office's own pauses do not move it.
    """

    id: str
    case_id: str
    township_code: str | None
    phase: str
    answers: str
    rule: DeadlineRule
    started_at: datetime
    due_at: datetime | None = None
    stopped_at: datetime | None = None
    stop: str = ""
    pauses: tuple[Pause, ...] = ()
    extensions: tuple[Extension, ...] = ()
    escalations: tuple[Escalation, ...] = ()
    ordered_due: datetime | None = None

    def __post_init__(self) -> None:
        if self.ordered_due is not None:
            require_aware("CaseClock", "ordered_due", self.ordered_due)
        for field in ("id", "case_id", "phase"):
            require_text("CaseClock", field, getattr(self, field))
        require_choice("CaseClock", "answers", self.answers, LADDER)
        require_choice("CaseClock", "stop", self.stop, ("", "done", "void"))
        require_aware("CaseClock", "started_at", self.started_at)
        if (self.stopped_at is not None) != bool(self.stop):
            raise ValueError("CaseClock.stop says how it stopped, and only then")

    @property
    def is_running(self) -> bool:
        """Whether it is not over; it may stand still meanwhile."""
        return self.stopped_at is None

    @property
    def is_paused(self) -> bool:
        """Whether it stands still."""
        return self.is_running and any(pause.until is None for pause in self.pauses)

    @property
    def granted(self) -> tuple[DeadlineRule, ...]:
        """What was approved on top, in the order it was asked for."""
        return tuple(item.rule for item in self.extensions if item.state == "approved")

    @property
    def met(self) -> bool | None:
        """Whether it was done in time; None while it runs or where it does not count."""
        if self.stop != "done" or self.stopped_at is None:
            return None
        return self.due_at is None or self.stopped_at <= self.due_at

    def verdict(self, now: datetime) -> str:
        """How it judges whoever answers for it.

        Returns
        -------
        str
            ``in_time``, ``late`` (done, but late), ``overdue`` (not done), ``waiting`` (neither done nor
            due), or ``void`` (it went another way, nobody is judged).
        """
        if self.stop == "void":
            return "void"
        if self.is_running:
            return "waiting" if self.due_at is None or self.due_at >= now else "overdue"
        return "in_time" if self.met else "late"

    def paused(self, pause: Pause) -> CaseClock:
        """It stands still; one that does already, or whose end was ordered, stays as it is."""
        if self.is_paused or not self.is_running or self.ordered_due is not None:
            return self
        return replace(self, pauses=(*self.pauses, pause))

    def resumed(self, at: datetime) -> CaseClock:
        """It runs again; one that runs stays as it is."""
        ended = tuple(_ended(pause, at) for pause in self.pauses)
        return self if ended == self.pauses else replace(self, pauses=ended)

    def stopped(self, at: datetime, stop: str) -> CaseClock:
        """It is over; one that is stays as it is."""
        return self if not self.is_running else replace(self.resumed(at), stopped_at=at, stop=stop)

    def revived(self, at: datetime, *, through: bool) -> CaseClock:
        """It runs on after all; unless ``through``, what went by since it stopped does not count."""
        if self.stop != "done" or self.stopped_at is None:
            return self
        gap = (
            () if through else (Pause(since=self.stopped_at, until=max(at, self.stopped_at), kind="checked"),)
        )
        return replace(self, stopped_at=None, stop="", pauses=(*self.pauses, *gap))

    def with_extensions(self, extensions: Iterable[Extension]) -> CaseClock:
        """The same with other extensions."""
        return replace(self, extensions=tuple(extensions))


def _ended(pause: Pause, at: datetime) -> Pause:
    return pause if pause.until is not None else replace(pause, until=max(at, pause.since))
