"""When a deadline falls.

Hours run from the moment they start; of days, months and years the first day does not count
(民法典第二百零一条), a month or year ends on the same day of its month or on the last one there is
(第二百零二条), and where the last day is a day of rest it is the first working day after it (第二百零三条).

While a clock stands still, hours do not run; a day does not count if the clock stands still as it ends. So a
pause from Monday to Wednesday costs two days, counted like any other period.
"""

from __future__ import annotations

import calendar as months
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from gridmgr.domain.calendar import WorkCalendar
from gridmgr.domain.deadlines.clocks import Pause
from gridmgr.domain.deadlines.rules import DeadlineRule

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
#: How far a date is looked for; no limit reaches so far.
_LAST = date(2190, 1, 1)

#: From, and to (None: it lasts), on the wall clock.
Span = tuple[datetime, datetime | None]


def due_at(
    rule: DeadlineRule,
    start: datetime,
    calendar: WorkCalendar,
    *,
    pauses: Iterable[Pause] = (),
    extensions: Sequence[DeadlineRule] = (),
) -> datetime | None:
    """The moment a deadline falls.

    Parameters
    ----------
    rule
        As its law counts it (`under_law`).
    start
        When it begins, aware.
    calendar
        Working days and hours.
    pauses
        When it stood still; they may overlap.
    extensions
        What was approved on top, each counted on from where the one before ends.

    Returns
    -------
    datetime or None
        In the calendar's zone; None where it stands still and nobody knows until when.
    """
    spans = merged(pauses, calendar)
    place = _Place(moment=calendar.local(start), day=None)
    for part in (rule, *extensions):
        further = _onward(part, place, calendar, spans)
        if further is None:
            return None
        place = further
    if place.day is not None:
        last = (rule, *extensions)[-1]
        return _end_of(place.day, last, calendar, spans)
    return calendar.aware(place.moment)


@dataclass(frozen=True, slots=True)
class _Place:
    """How far the count is: at a moment, and at a whole day where days were counted last."""

    moment: datetime
    day: date | None


def merged(pauses: Iterable[Pause], calendar: WorkCalendar) -> list[Span]:
    """Pauses on the wall clock, in order, those that touch as one."""
    spans: list[Span] = []
    for pause in sorted(pauses, key=lambda item: item.since):
        since = calendar.local(pause.since)
        until = None if pause.until is None else calendar.local(pause.until)
        if spans and (spans[-1][1] is None or since <= spans[-1][1]):
            before, end = spans[-1]
            spans[-1] = (before, None if end is None or until is None else max(end, until))
        else:
            spans.append((since, until))
    return spans


def running(start: datetime, end: datetime, spans: Sequence[Span]) -> Iterable[tuple[datetime, datetime]]:
    """Pieces of a time on the wall clock in which nothing stood still."""
    at = start
    for since, until in spans:
        if since >= end:
            break
        if since > at:
            yield at, since
        if until is None:
            return
        at = max(at, until)
    if at < end:
        yield at, end


def _onward(
    rule: DeadlineRule, place: _Place, calendar: WorkCalendar, spans: Sequence[Span]
) -> _Place | None:
    if rule.in_hours:
        moment = place.moment
        if place.day is not None:
            ended = _end_of(place.day, rule, calendar, spans)
            if ended is None:
                return None
            moment = calendar.local(ended)
        found = _after_hours(rule, moment, calendar, spans)
        return None if found is None else _Place(found, None)
    day = place.day or place.moment.date()
    last = _after_days(rule, day, calendar, spans)
    return None if last is None else _Place(datetime.combine(last, time()), last)


def _after_hours(
    rule: DeadlineRule, start: datetime, calendar: WorkCalendar, spans: Sequence[Span]
) -> datetime | None:
    left = rule.amount * _HOUR
    office = rule.unit == "working_hour"
    for begin, end in running(start, datetime.combine(_LAST, time()), spans):
        span = calendar.worked_between(begin, end) if office else end - begin
        if left <= span:
            return calendar.after_work(begin, left) if office else begin + left
        left -= span
    return None


def _after_days(
    rule: DeadlineRule, start: date, calendar: WorkCalendar, spans: Sequence[Span]
) -> date | None:
    if rule.unit == "working_day":
        count, office = rule.amount, True
    else:
        count, office = _plain_days(rule, start), False
    wanted = count
    # Each round makes up for the days found not to count; none turns up twice, so it ends.
    while True:
        last = calendar.working_day_after(start, wanted) if office else start + wanted * _DAY
        lost = _days_lost(start + _DAY, last, calendar if office else None, spans)
        if lost is None:
            return None
        if wanted == count + lost:
            return last
        wanted = count + lost


def _plain_days(rule: DeadlineRule, start: date) -> int:
    """A period in days; months and years end on the day of the same number, or the month's last."""
    if rule.unit == "day":
        return rule.amount
    month = start.month - 1 + rule.amount * (12 if rule.unit == "year" else 1)
    year, number = start.year + month // 12, month % 12 + 1
    last = months.monthrange(year, number)[1]
    return (date(year, number, min(start.day, last)) - start).days


def _days_lost(first: date, last: date, calendar: WorkCalendar | None, spans: Sequence[Span]) -> int | None:
    """Days (of the office, with a calendar) on whose end it stood still; None where that never ends."""
    lost = 0
    for since, until in spans:
        begin = max(first, since.date())
        if begin > last:
            break
        if until is None:
            return None
        # The day the pause ends on counts again.
        end = min(last, until.date() - _DAY)
        if end >= begin:
            lost += (end - begin).days + 1 if calendar is None else calendar.count_working(begin, end)
    return lost


def _end_of(day: date, rule: DeadlineRule, calendar: WorkCalendar, spans: Sequence[Span]) -> datetime | None:
    """The moment the last day is over; a day of rest gives way to the next working day."""
    while not calendar.is_working(day) or _stands_still(day, spans):
        if day >= _LAST or (spans and spans[-1][1] is None and spans[-1][0].date() <= day):
            return None
        day += _DAY
    wall = calendar.closing(day) if rule.ends == "office" else datetime.combine(day + _DAY, time())
    return calendar.aware(wall)


def _stands_still(day: date, spans: Sequence[Span]) -> bool:
    return any(since.date() <= day and (until is None or day < until.date()) for since, until in spans)
