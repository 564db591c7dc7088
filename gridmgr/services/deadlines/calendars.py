"""The office's calendar: the years we ship, over them what the office imported."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from gridmgr.data import load
from gridmgr.domain.calendar import CalendarDay, OfficeHours, WorkCalendar
from gridmgr.services.context import Context
from gridmgr.services.deadlines.book import settings_of
from gridmgr.storage import UnitOfWork

_DAY = timedelta(days=1)
#: Days no year's notice leaves out (全国年节及纪念日放假办法第二条); a year without them is not whole.
FIXED_HOLIDAYS = ((1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3))


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarYear:
    """What is known of a year.

    Parameters
    ----------
    year
        Which.
    provisional
        Its notice is not known; what stands here follows from the regulation.
    sources
        What its days rest on.
    holidays, makeup
        How many days off and how many weekend days of work.
    imported
        Whether the office brought days of its own.
    """

    year: int
    provisional: bool
    sources: tuple[str, ...]
    holidays: int
    makeup: int
    imported: bool


@cache
def shipped_days() -> tuple[CalendarDay, ...]:
    """Every day of the data file, in order."""
    days = []
    for year in load("calendar_cn")["years"]:
        same = {"source": year["source"], "provisional": year["provisional"]}
        for holiday in year["holidays"]:
            first, last = (date.fromisoformat(holiday[end]) for end in ("from", "to"))
            days += [
                CalendarDay(day=first + n * _DAY, kind="holiday", name=holiday["name"], **same)
                for n in range((last - first).days + 1)
            ]
        for day, name in year["makeup"]:
            days.append(CalendarDay(day=date.fromisoformat(day), kind="makeup", name=name, **same))
    return tuple(sorted(days, key=lambda item: item.day))


def shipped_years() -> list[CalendarYear]:
    """The years of the data file."""
    return _years(shipped_days(), imported=frozenset())


def days_with(own: Iterable[CalendarDay]) -> dict[date, CalendarDay]:
    """Shipped days with an office's own over them; a provisional year gives way to an imported one whole."""
    mine = {item.day: item for item in own}
    years = {day.year for day in mine}
    kept = {item.day: item for item in shipped_days() if not (item.provisional and item.day.year in years)}
    return dict(sorted({**kept, **mine}.items()))


def calendar_of(uow: UnitOfWork, zone: ZoneInfo) -> WorkCalendar:
    """The calendar in force."""
    return _calendar(tuple(uow.calendar.find()), settings_of(uow).hours, zone)


@lru_cache(maxsize=16)
def _calendar(own: tuple[CalendarDay, ...], hours: str, zone: ZoneInfo) -> WorkCalendar:
    days = days_with(own).values()
    settled = {item.day.year for item in days} - {item.day.year for item in days if item.provisional}
    return WorkCalendar(days, hours=OfficeHours.of(hours), zone=zone, settled_years=settled)


def calendar_years(ctx: Context) -> tuple[list[CalendarYear], list[CalendarDay]]:
    """Every year on record, and all its days."""
    with ctx.storage.read() as uow:
        own = uow.calendar.find()
    days = list(days_with(own).values())
    return _years(days, imported=frozenset(item.day.year for item in own)), days


def missing_fixed(year: int, days: Mapping[date, CalendarDay]) -> list[date]:
    """Holidays of a fixed date that a year lacks."""
    fixed = [date(year, month, number) for month, number in FIXED_HOLIDAYS]
    return [day for day in fixed if day not in days or days[day].kind != "holiday"]


def _years(days: Iterable[CalendarDay], *, imported: frozenset[int]) -> list[CalendarYear]:
    by_year: dict[int, list[CalendarDay]] = {}
    for item in days:
        by_year.setdefault(item.day.year, []).append(item)
    return [
        CalendarYear(
            year=year,
            provisional=any(item.provisional for item in found),
            sources=tuple(dict.fromkeys(item.source for item in found if item.source)),
            holidays=sum(item.kind == "holiday" for item in found),
            makeup=sum(item.kind == "makeup" for item in found),
            imported=year in imported,
        )
        for year, found in sorted(by_year.items())
    ]
