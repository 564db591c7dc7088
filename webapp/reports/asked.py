"""What a report is asked for beside its period: whose, in which language; and asking for the same again."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import request

from gridmgr.errors import BadInput
from gridmgr.texts import LANGUAGES
from webapp.guards import scope
from webapp.texts import language

#: Who reads reports.
READERS = ("planner", "lead", "department", "admin")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def asked_township() -> str | None:
    """Code of the township to report on, None for the whole county."""
    return scope(request.args.get("township", "").strip() or None)


def asked_language() -> str:
    """The language to write in; the reader's own by default.

    Raises
    ------
    BadInput
        If there is no such language.
    """
    asked = request.args.get("lang") or language()
    if asked not in LANGUAGES:
        raise BadInput("reports.no_such_language", lang=asked, known=", ".join(LANGUAGES))
    return asked


def same_again(first: date, last: date, lang: str) -> dict[str, Any]:
    """What asks for the same report again, by dates: a link sent on must not mean another week later."""
    query = {"from": first.isoformat(), "to": last.isoformat(), "lang": lang}
    township = request.args.get("township", "").strip()
    return {**query, "township": township} if township else query
