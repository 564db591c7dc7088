"""How a deadline stands at a moment: how much is left, and how urgent it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from gridmgr.domain.calendar import WorkCalendar
from gridmgr.domain.deadlines.clocks import CaseClock, Pause
from gridmgr.domain.deadlines.due import Span, due_at, merged, running
from gridmgr.domain.deadlines.rules import DeadlineRule

LEVELS = ("green", "yellow", "red", "overdue", "paused", "met", "late", "void")


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """When warnings come, as a share of the time that is used up.

    Parameters
    ----------
    yellow, red
        Shares, more than 0 and at most 1; red is not before yellow.
    """

    yellow: float = 0.5
    red: float = 0.8

    def __post_init__(self) -> None:
        if not 0 < self.yellow <= self.red <= 1:
            raise ValueError(
                f"Thresholds must be 0 < yellow <= red <= 1, got yellow {self.yellow!r}, red {self.red!r}"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A clock at a moment.

    Parameters
    ----------
    level
        One of `LEVELS`.
    due
        When it falls; None while it stands still.
    used
        Share of the time that is used up, 0 to 1.
    left
        Time left as the rule counts it: office hours for rules in working hours and days, else plain time.
        Negative when overdue.
    settled
        Whether the calendar of all years up to there is known by its notice.
    """

    level: str
    due: datetime | None
    used: float
    left: timedelta
    settled: bool


def end_of(clock: CaseClock, calendar: WorkCalendar) -> datetime | None:
    """When a clock falls due, with its pauses and what was granted; None while it stands still."""
    return _end(clock, calendar, clock.pauses)


def _end(clock: CaseClock, calendar: WorkCalendar, pauses: Sequence[Pause]) -> datetime | None:
    if clock.ordered_due is None:
        return due_at(clock.rule, clock.started_at, calendar, pauses=pauses, extensions=clock.granted)
    if not clock.granted:
        return clock.ordered_due.astimezone(calendar.zone)
    first, *further = clock.granted
    return due_at(first, clock.ordered_due, calendar, extensions=further)


def standing(clock: CaseClock, now: datetime, calendar: WorkCalendar, thresholds: Thresholds) -> Standing:
    """How a clock stands at a moment; a stopped one as it stood when it stopped."""
    at = clock.stopped_at or now
    # Seen from this moment a pause that lasts ends here: nobody knows more.
    pauses = [_seen(pause, at) for pause in clock.pauses if pause.since <= at]
    due = _end(clock, calendar, pauses)
    if due is None:
        raise RuntimeError(f"clock {clock.id} has no end though nothing lasts")
    spans = merged(pauses, calendar)
    used = measured(clock.rule, clock.started_at, min(at, due), calendar, spans)
    left = measured(clock.rule, at, due, calendar, spans)
    if at > due:
        left = -measured(clock.rule, due, at, calendar, spans)
    total = used + max(left, timedelta())
    share = min(1.0, used / total) if total else float(at >= due)
    paused = clock.is_paused and at <= due
    return Standing(
        level=_level(clock, at, due, share, thresholds),
        due=None if paused else due,
        used=share,
        left=left,
        settled=calendar.is_settled(calendar.local(clock.started_at).date(), calendar.local(due).date()),
    )


def measured(
    rule: DeadlineRule, start: datetime, end: datetime, calendar: WorkCalendar, spans: Sequence[Span]
) -> timedelta:
    """Time between two moments as the rule counts it, without what stood still."""
    pieces = running(calendar.local(start), calendar.local(end), spans)
    if rule.in_office_time:
        return sum((calendar.worked_between(*piece) for piece in pieces), timedelta())
    return sum((last - first for first, last in pieces), timedelta())


def _seen(pause: Pause, at: datetime) -> Pause:
    if pause.until is not None and pause.until <= at:
        return pause
    return Pause(since=pause.since, until=at, kind=pause.kind, note=pause.note)


def _level(clock: CaseClock, at: datetime, due: datetime, share: float, thresholds: Thresholds) -> str:
    if clock.stop == "void":
        return "void"
    if clock.stop == "done":
        return "met" if at <= due else "late"
    if at > due:
        return "overdue"
    if clock.is_paused:
        return "paused"
    if share >= thresholds.red:
        return "red"
    return "yellow" if share >= thresholds.yellow else "green"
