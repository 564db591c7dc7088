"""Which days a report is about: one of the usual periods, or two dates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from gridmgr.errors import BadInput
from webapp.dates import read_day

#: What is shown where nothing else was asked for: the latest week that is over.
DEFAULT = "last_week"
CUSTOM = "custom"
#: Longest period of a report made while somebody waits.
MOST_DAYS = 366


@dataclass(frozen=True, kw_only=True)
class Period:
    """Days of a report, both included; ``name`` is one of the usual periods, or `CUSTOM`."""

    name: str
    first: date
    last: date


def usual(today: date) -> dict[str, Period]:
    """The usual periods by name, in the order they are offered; none reaches beyond today."""
    monday = today - timedelta(days=today.weekday())
    month = today.replace(day=1)
    before = month - timedelta(days=1)
    days = {
        "this_week": (monday, today),
        "last_week": (monday - timedelta(days=7), monday - timedelta(days=1)),
        "four_weeks": (today - timedelta(days=27), today),
        "this_month": (month, today),
        "last_month": (before.replace(day=1), before),
    }
    return {name: Period(name=name, first=first, last=last) for name, (first, last) in days.items()}


def read_period(args: Mapping[str, str], *, today: date) -> Period:
    """The period of a query string: ``period`` by name, or the dates ``from`` and ``to``.

    A name wins over dates, except `CUSTOM`; nothing at all is the `DEFAULT` period.

    Raises
    ------
    BadInput
        If a name or date is none, a date is missing, or the period is turned round, too long or still to
        come.
    """
    name, dates = args.get("period", ""), {key: args.get(key, "").strip() for key in ("from", "to")}
    if not name:
        name = CUSTOM if any(dates.values()) else DEFAULT
    if name != CUSTOM:
        return _named(name, today)
    if not all(dates.values()):
        raise BadInput("reports.both_dates")
    first, last = (read_day(value) for value in dates.values())
    check_days(first, last, today=today)
    return Period(name=CUSTOM, first=first, last=last)


def check_days(first: date, last: date, *, today: date) -> None:
    """Refuse days no report can be made of while somebody waits.

    Raises
    ------
    BadInput
        If the period is turned round, too long or still to come.
    """
    if last < first:
        raise BadInput("report.bad_period", first=first.isoformat(), last=last.isoformat())
    if first > today:
        raise BadInput("report.future_period", first=first.isoformat())
    days = (min(last, today) - first).days + 1
    if days > MOST_DAYS:
        raise BadInput("reports.too_long", days=days, most=MOST_DAYS)


def _named(name: str, today: date) -> Period:
    known = usual(today)
    if name not in known:
        raise BadInput("reports.no_such_period", name=name, known=", ".join(known))
    return known[name]
