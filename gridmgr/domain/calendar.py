"""Days and hours the office works: weekends, public holidays, make-up days (调休), office hours.

Times here are local and without a zone, as an office's clock on the wall; `gridmgr.domain.deadlines` turns
them into moments.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from gridmgr.domain.validate import require_choice, require_text

DAY_KINDS = frozenset({"holiday", "makeup", "ordinary"})
#: Weekdays on which an office works unless the calendar says otherwise; Monday is 0.
WORKING_WEEKDAYS = frozenset(range(5))
#: Years that can be computed in; far beyond every limit of a law.
FIRST_YEAR, LAST_YEAR = 1950, 2200
OFFICE_HOURS = "08:30-12:00,14:00-17:30"

_PERIOD = re.compile(r"(\d{1,2})[:：](\d{2})\s*[-–—~至]\s*(\d{1,2})[:：](\d{2})")
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarDay:
    """A day on which another rule holds than that of its weekday.

    Parameters
    ----------
    day
        Which day.
    kind
        ``holiday`` the office is closed, ``makeup`` it works though it is a weekend (调休上班),
        ``ordinary`` its weekday counts after all (takes back an earlier entry).
    name
        Of the holiday, e.g. 春节.
    source
        The notice that says so, with its number.
    provisional
        Follows from the regulation alone; the year's notice was not known when it was written down.
    """

    day: date
    kind: str
    name: str = ""
    source: str = ""
    provisional: bool = False

    def __post_init__(self) -> None:
        require_choice("CalendarDay", "kind", self.kind, DAY_KINDS)
        if not FIRST_YEAR <= self.day.year <= LAST_YEAR:
            raise ValueError(f"CalendarDay.day must lie in {FIRST_YEAR}..{LAST_YEAR}, got {self.day}")
        if self.kind == "holiday":
            require_text("CalendarDay", "name", self.name)
        if self.kind == "makeup" and self.day.weekday() in WORKING_WEEKDAYS:
            raise ValueError(f"CalendarDay.kind makeup is for Saturdays and Sundays, {self.day} is neither")

    @property
    def id(self) -> str:
        """The day in ISO form, what rows of a table are told apart by."""
        return self.day.isoformat()


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeHours:
    """When the office works on a working day.

    Parameters
    ----------
    periods
        Opening and closing times, in order and apart from each other.
    """

    periods: tuple[tuple[time, time], ...]

    def __post_init__(self) -> None:
        if not self.periods:
            raise ValueError("OfficeHours.periods must not be empty")
        edges = [edge for period in self.periods for edge in period]
        if any(earlier >= later for earlier, later in pairwise(edges)):
            raise ValueError(f"OfficeHours.periods must follow one another, got {self.text!r}")

    @classmethod
    def of(cls, words: str) -> OfficeHours:
        """Hours of words such as ``08:30-12:00,14:00-17:30``.

        Raises
        ------
        ValueError
            If they are written otherwise, or do not follow one another.
        """
        periods = []
        for part in re.split(r"[,，;；、]", words):
            found = _PERIOD.fullmatch(part.strip())
            if found is None:
                raise ValueError(f"office hours are written like {OFFICE_HOURS}, got {words!r}")
            opens_h, opens_m, closes_h, closes_m = (int(group) for group in found.groups())
            periods.append((time(opens_h, opens_m), time(closes_h, closes_m)))
        return cls(periods=tuple(periods))

    @property
    def text(self) -> str:
        """As `of` reads it."""
        return ",".join(f"{opens:%H:%M}-{closes:%H:%M}" for opens, closes in self.periods)

    @property
    def closes(self) -> time:
        """When the working day ends."""
        return self.periods[-1][1]

    @property
    def length(self) -> timedelta:
        """Of a working day."""
        return self.before(time.max)

    def before(self, moment: time) -> timedelta:
        """How much of a working day is over at a time of day."""
        spans = (
            _since_midnight(min(moment, closes)) - _since_midnight(opens) for opens, closes in self.periods
        )
        return sum((max(span, timedelta()) for span in spans), timedelta())

    def moment_after(self, worked: timedelta) -> time:
        """The earliest time of day at which so much of a working day, more than 0, is over."""
        left = worked
        for opens, closes in self.periods:
            span = _since_midnight(closes) - _since_midnight(opens)
            if left <= span:
                return (datetime.combine(date(2000, 1, 1), opens) + left).time()
            left -= span
        raise ValueError(f"a working day has {self.length}, asked for {worked}")


def _since_midnight(moment: time) -> timedelta:
    return timedelta(
        hours=moment.hour, minutes=moment.minute, seconds=moment.second, microseconds=moment.microsecond
    )


class WorkCalendar:
    """Which days and hours an office works.

    Parameters
    ----------
    days
        Every day that differs from its weekday.
    hours
        Of a working day.
    zone
        Where the office is.
    settled_years
        Years whose notice is known; others count by what is on record and are provisional.
    """

    def __init__(
        self,
        days: Iterable[CalendarDay],
        *,
        hours: OfficeHours,
        zone: ZoneInfo,
        settled_years: Iterable[int] = (),
    ) -> None:
        self.days: Mapping[date, CalendarDay] = {item.day: item for item in days}
        self.hours = hours
        self.zone = zone
        self.settled_years = frozenset(settled_years)
        self._length = hours.length
        self._working: dict[int, list[date]] = {}

    def is_working(self, day: date) -> bool:
        """Whether the office works on the day."""
        exception = self.days.get(day)
        if exception is None or exception.kind == "ordinary":
            return day.weekday() in WORKING_WEEKDAYS
        return exception.kind == "makeup"

    def is_settled(self, first: date, last: date) -> bool:
        """Whether the notices of all years from one day to another are known."""
        return all(year in self.settled_years for year in range(first.year, last.year + 1))

    def local(self, moment: datetime) -> datetime:
        """An aware moment on the office's wall clock, without a zone."""
        return moment.astimezone(self.zone).replace(tzinfo=None)

    def aware(self, wall: datetime) -> datetime:
        """The moment of a time on the office's wall clock."""
        return wall.replace(tzinfo=self.zone)

    def working_day_after(self, day: date, count: int) -> date:
        """The ``count``-th working day after a day, which itself does not count; ``count`` of 1 or more."""
        year, left = day.year, count
        days = self._of_year(year)
        at = bisect_right(days, day)
        while at + left > len(days):
            left -= len(days) - at
            year, at = year + 1, 0
            days = self._of_year(year)
        return days[at + left - 1]

    def count_working(self, first: date, last: date) -> int:
        """Working days from ``first`` to ``last``, both included."""
        if last < first:
            return 0
        years = range(first.year + 1, last.year)
        whole = sum(len(self._of_year(year)) for year in years)
        begin, end = self._of_year(first.year), self._of_year(last.year)
        if first.year == last.year:
            return bisect_right(begin, last) - bisect_left(begin, first)
        return len(begin) - bisect_left(begin, first) + whole + bisect_right(end, last)

    def worked_between(self, first: datetime, last: datetime) -> timedelta:
        """Office hours between two times on the wall clock."""
        if last <= first:
            return timedelta()
        days = self.count_working(first.date(), last.date() - _DAY)
        return days * self._length + self._over(last) - self._over(first)

    def after_work(self, start: datetime, work: timedelta) -> datetime:
        """The earliest time on the wall clock at which so much office time went by since ``start``."""
        if work <= timedelta():
            return start
        total = self._over(start) + work
        if total <= self._length and self.is_working(start.date()):
            return datetime.combine(start.date(), self.hours.moment_after(total))
        if self.is_working(start.date()):
            total -= self._length
        # One instant less, so that a day that is just full is not left for the next one's opening.
        whole = (total - timedelta.resolution) // self._length
        day = self.working_day_after(start.date(), whole + 1)
        return datetime.combine(day, self.hours.moment_after(total - whole * self._length))

    def closing(self, day: date) -> datetime:
        """When business ends on a day, on the wall clock."""
        return datetime.combine(day, self.hours.closes)

    def _over(self, wall: datetime) -> timedelta:
        return self.hours.before(wall.time()) if self.is_working(wall.date()) else timedelta()

    def _of_year(self, year: int) -> list[date]:
        """Working days of a year, in order."""
        found = self._working.get(year)
        if found is None:
            if not FIRST_YEAR <= year <= LAST_YEAR:
                raise ValueError(f"the calendar ends: year {year} lies outside {FIRST_YEAR}..{LAST_YEAR}")
            first = date(year, 1, 1).toordinal()
            every = (date.fromordinal(n) for n in range(first, date(year, 12, 31).toordinal() + 1))
            found = self._working[year] = [day for day in every if self.is_working(day)]
        return found
