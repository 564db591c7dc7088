"""The calendar as shipped: held against an independent library, the regulation and the moon."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import chinese_calendar
import pytest

from gridmgr.domain.calendar import CalendarDay, OfficeHours, WorkCalendar
from gridmgr.services.deadlines.calendars import shipped_days, shipped_years

ZONE = ZoneInfo("Asia/Shanghai")
HOURS = OfficeHours.of("08:30-12:00,14:00-17:30")
CALENDAR = WorkCalendar(shipped_days(), hours=HOURS, zone=ZONE, settled_years=(2025, 2026))


def every_day(year: int) -> list[date]:
    """All days of a year."""
    first = date(year, 1, 1)
    return [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]


@pytest.mark.parametrize("year", [2025, 2026])
def test_every_day_is_as_the_library_of_another_author_has_it(year: int) -> None:
    """All 365 days, not a sample."""
    ours = {day: CALENDAR.is_working(day) for day in every_day(year)}
    assert ours == {day: chinese_calendar.is_workday(day) for day in every_day(year)}
    assert sum(ours.values()) == sum(map(chinese_calendar.is_workday, every_day(year)))


@pytest.mark.parametrize("year", [2025, 2026])
def test_a_settled_year_names_its_notice(year: int) -> None:
    """With its number, so that an office can look it up."""
    days = [item for item in shipped_days() if item.day.year == year]
    assert days
    assert all("国办发明电〔" in item.source for item in days)
    assert not any(item.provisional for item in days)


def test_2027_holds_the_statutory_holidays_alone_and_says_so() -> None:
    """Thirteen days by the regulation of 2024; no weekend is worked by a notice nobody has seen."""
    days = [item for item in shipped_days() if item.day.year == 2027]
    assert len(days) == 13
    assert all(item.provisional and item.kind == "holiday" for item in days)
    assert {year.year: year.provisional for year in shipped_years()} == {2025: False, 2026: False, 2027: True}


def new_moon(lunation: int) -> datetime:
    """A new moon, right to some minutes (Meeus, Astronomical Algorithms, ch. 49, the largest terms)."""
    t = lunation / 1236.85
    mean = 2451550.09766 + 29.530588861 * lunation + 0.00015437 * t * t
    sun = math.radians(2.5534 + 29.10535670 * lunation)
    moon = math.radians(201.5643 + 385.81693528 * lunation + 0.0107582 * t * t)
    node = math.radians(160.7108 + 390.67050284 * lunation)
    terms = (
        *(-0.40720 * math.sin(moon), 0.17241 * math.sin(sun), 0.01608 * math.sin(2 * moon)),
        *(0.01039 * math.sin(2 * node), 0.00739 * math.sin(moon - sun), -0.00514 * math.sin(moon + sun)),
        *(0.00208 * math.sin(2 * sun), -0.00111 * math.sin(moon - 2 * node)),
    )
    # About 70 seconds between dynamical and universal time do not matter here.
    return datetime(2000, 1, 1, 12, tzinfo=UTC) + timedelta(days=mean + sum(terms) - 2451545.0)


def first_of_lunar_month(near: date) -> date:
    """The day, in China, of the new moon next to a date."""
    around = round((near - date(2000, 1, 6)).days / 29.530588861)
    days = [new_moon(around + n).astimezone(ZONE).date() for n in (-1, 0, 1)]
    return min(days, key=lambda day: abs(day - near))


def test_the_moon_agrees_with_the_dates_of_lunar_holidays() -> None:
    """春节 is the first of the first month, 端午 the fifth of the fifth, 中秋 the fifteenth of the eighth."""
    assert first_of_lunar_month(date(2026, 2, 17)) == date(2026, 2, 17), "the method, on a year with a notice"
    found = {item.day: item.name for item in shipped_days() if item.day.year == 2027}
    spring = first_of_lunar_month(date(2027, 2, 6))
    assert [spring + timedelta(days=n) for n in (-1, 0, 1, 2)] == [
        d for d, name in found.items() if name == "春节"
    ]
    fifth = first_of_lunar_month(spring + timedelta(days=4 * 29.53))
    assert [fifth + timedelta(days=4)] == [d for d, name in found.items() if name == "端午节"]
    eighth = first_of_lunar_month(spring + timedelta(days=7 * 29.53))
    assert [eighth + timedelta(days=14)] == [d for d, name in found.items() if name == "中秋节"]


def test_office_hours_read_and_written() -> None:
    """Full-width colons too; what does not follow one another is refused."""
    assert OfficeHours.of("8:30-12:00，14：00—17:30") == HOURS
    assert HOURS.text == "08:30-12:00,14:00-17:30"
    assert HOURS.length == timedelta(hours=7)
    for words in ("", "morning", "12:00-08:30", "08:30-12:00,11:00-17:30", "08:30-12:00,12:00-17:30"):
        with pytest.raises(ValueError, match=r"office hours|follow"):
            OfficeHours.of(words)


def test_a_make_up_day_is_a_weekend_day() -> None:
    """A weekday needs none; a slip in a file is caught."""
    with pytest.raises(ValueError, match="2026-05-11"):
        CalendarDay(day=date(2026, 5, 11), kind="makeup")
    ordinary = CalendarDay(day=date(2026, 5, 9), kind="ordinary")
    assert not WorkCalendar([ordinary], hours=HOURS, zone=ZONE).is_working(date(2026, 5, 9))


def test_office_time_across_a_holiday_with_a_make_up_day() -> None:
    """Thursday afternoon before Labour Day 2026; the Saturday after it is worked."""
    start = datetime.combine(date(2026, 4, 30), time(16, 30))
    assert CALENDAR.after_work(start, timedelta(hours=1)) == datetime(2026, 4, 30, 17, 30)  # noqa: DTZ001
    assert CALENDAR.after_work(start, timedelta(hours=4)) == datetime(2026, 5, 6, 11, 30)  # noqa: DTZ001
    # Wednesday to Saturday are four days of seven hours.
    assert CALENDAR.after_work(start, timedelta(hours=29)) == datetime(2026, 5, 9, 17, 30)  # noqa: DTZ001
    assert CALENDAR.worked_between(start, datetime(2026, 5, 11, 8, 30)) == timedelta(hours=29)  # noqa: DTZ001
