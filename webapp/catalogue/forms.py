"""What the catalogue's forms share: answers of an action, names of townships, parts of fields."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from flask import flash, redirect
from werkzeug.wrappers import Response

from gridmgr.errors import BadInput, GridmgrError
from webapp.dates import read_day
from webapp.errors import status_of
from webapp.texts import language, t

Answer = Response | str | tuple[str, int]
#: "C001 占道经营": the code is what stands before the first blank.
_CODE = re.compile(r"\S+")


def done(
    action: Callable[[], object], *, address: Callable[[], str], words: str, page: Callable[[str], str]
) -> Answer:
    """Do what a form asks for, and lead on; what is refused is said on the page, which keeps what was typed.

    Parameters
    ----------
    action
        The service call.
    address
        Where to go afterwards.
    words
        Key of what to say then.
    page
        Makes the page anew with words above it.
    """
    try:
        action()
    except GridmgrError as error:
        return page(error.render(language())), status_of(error)
    flash(t(words), "success")
    return redirect(address(), code=303)


def code_of(choice: str) -> str | None:
    """The item's code out of a field that offers codes with names."""
    found = _CODE.match(choice.strip())
    return found.group() if found else None


def parts_of(words: str) -> tuple[str, ...]:
    """Several texts of one field, separated by lines or semicolons."""
    return tuple(part.strip() for part in re.split(r"[;；\r\n]+", words) if part.strip())


def day_of(raw: str) -> date | None:
    """A day, None where the field holds none."""
    try:
        return read_day(raw)
    except BadInput:
        return None
