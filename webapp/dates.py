"""Days as addresses and forms carry them."""

from __future__ import annotations

from datetime import date

from flask import request

from gridmgr.errors import BadInput
from webapp.state import ctx


def read_day(value: str) -> date:
    """A date as browsers and programs send it.

    Raises
    ------
    BadInput
        If it is none.
    """
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise BadInput("day.bad_date", value=value) from error


def day_or_today(value: str) -> date:
    """The day, today where it is none: an old link must not end in an error."""
    try:
        return date.fromisoformat(value)
    except ValueError:
        return ctx().clock.today()


def asked_day() -> date:
    """The day of ``?date=``, today where there is none."""
    return day_or_today(request.args.get("date", ""))
