"""Days as addresses and forms carry them."""

from __future__ import annotations

from datetime import date

from flask import request

from gridmgr.errors import BadInput
from webapp.state import ctx

#: Days beyond these are slips, and their weeks and months cannot be counted.
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2200, 12, 31)


def read_day(value: str) -> date:
    """A date as browsers and programs send it.

    Raises
    ------
    BadInput
        If it is none, or beyond what anybody can mean.
    """
    try:
        day = date.fromisoformat(value)
    except ValueError as error:
        raise BadInput("day.bad_date", value=value) from error
    if not FIRST_DAY <= day <= LAST_DAY:
        raise BadInput("day.out_of_range", value=value, first=str(FIRST_DAY), last=str(LAST_DAY))
    return day


def day_or_today(value: str) -> date:
    """The day, today where it is none: an old link must not end in an error."""
    try:
        return read_day(value)
    except BadInput:
        return ctx().clock.today()


def asked_day() -> date:
    """The day of ``?date=``, today where there is none."""
    return day_or_today(request.args.get("date", ""))
