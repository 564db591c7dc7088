"""A slow, obviously right clock: it looks at every minute, or at every day, one after the other.

It knows a calendar only as a function that says whether a day is worked, and office hours as pairs of
minutes. Nothing here is shared with `gridmgr.domain.deadlines`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
#: From and to on the wall clock; a pause that lasts has no end.
Span = tuple[datetime, "datetime | None"]


def stands_still(at: datetime, pauses: Sequence[Span]) -> bool:
    """Whether the clock stands still in the minute that begins now."""
    return any(since <= at and (until is None or at < until) for since, until in pauses)


def counts(day: date, pauses: Sequence[Span]) -> bool:
    """Whether the clock runs as the day ends: in its last instant, a moment before midnight."""
    last = datetime(day.year, day.month, day.day, 23, 59, 59, 999999)  # noqa: DTZ001  wall clock
    return not any(since <= last and (until is None or last < until) for since, until in pauses)


class SlowClock:
    """Counts minute by minute and day by day.

    Parameters
    ----------
    works
        Whether the office works on a day.
    periods
        Opening and closing of a working day, minutes since midnight.
    until
        Where looking ends.
    """

    def __init__(
        self, works: Callable[[date], bool], periods: Sequence[tuple[int, int]], until: datetime
    ) -> None:
        self.works = works
        self.periods = periods
        self.until = until
        self.minutes = frozenset(m for opens, closes in periods for m in range(opens, closes))
        self.closing = periods[-1][1]

    def open_in(self, at: datetime) -> bool:
        """Whether the office works in the minute that begins now."""
        return self.works(at.date()) and at.hour * 60 + at.minute in self.minutes

    def hours(self, amount: int, start: datetime, pauses: Sequence[Span], *, office: bool) -> datetime | None:
        """After so many hours of the office, or of any time, not counting minutes that stand still."""
        left = amount * 60
        at = start
        while left:
            if at >= self.until:
                return None
            if (not office or self.open_in(at)) and not stands_still(at, pauses):
                left -= 1
            at += MINUTE
        return at

    def days(self, amount: int, start: date, pauses: Sequence[Span], *, office: bool) -> date | None:
        """The day with which so many days are full; the first does not count."""
        day, left = start, amount
        while left:
            day += DAY
            if day >= self.until.date():
                return None
            if (not office or self.works(day)) and counts(day, pauses):
                left -= 1
        return day

    def months(self, amount: int, start: date, pauses: Sequence[Span]) -> date | None:
        """The day with which so many months are full, and as many days more as did not count."""
        year, month = start.year, start.month
        for _ in range(amount):
            year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        number = start.day
        while True:
            try:
                end = date(year, month, number)
                break
            except ValueError:
                number -= 1
        length = 0
        day = start
        while day < end:
            day += DAY
            length += 1
        return self.days(length, start, pauses, office=False)

    def end(self, day: date | None, pauses: Sequence[Span], *, midnight: bool) -> datetime | None:
        """When the last day is over; if it is no working day, the next one that is and that counts."""
        while day is not None and not (self.works(day) and counts(day, pauses)):
            day += DAY
            if day >= self.until.date():
                return None
        if day is None:
            return None
        first = datetime(day.year, day.month, day.day)  # noqa: DTZ001  wall clock
        return first + DAY if midnight else first + self.closing * MINUTE
