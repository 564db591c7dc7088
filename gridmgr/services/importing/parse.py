"""Cells to values; whatever does not fit raises `CellProblem` with words for the user."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from gridmgr.services.importing.sheets import cell_text
from gridmgr.texts import Message

#: Years an office's record can name; catches swapped digits and two-digit years.
YEARS = range(1900, 2101)

_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
_CLOCK = re.compile(r"(\d{1,2})\s*[:：时]\s*(\d{1,2})?分?(?:[:：](\d{1,2})(?:\.\d+)?)?")


class CellProblem(Exception):
    """A cell that cannot be taken."""

    def __init__(self, key: str, **params: Any) -> None:
        self.message = Message(key, params)
        super().__init__(key)


def text(value: Any) -> str | None:
    """Text, None for a blank."""
    return cell_text(value)


def texts(value: Any) -> tuple[str, ...]:
    """Several texts, separated by ; or 、 or a comma of either kind."""
    words = cell_text(value)
    if words is None:
        return ()
    return tuple(part.strip() for part in re.split(r"[;；、,，]", words) if part.strip())


def steps(value: Any) -> tuple[str, ...]:
    """Steps in words, separated by line breaks, ; or an arrow; commas belong to the words."""
    words = cell_text(value)
    if words is None:
        return ()
    return tuple(part.strip() for part in re.split(r"[;；\n\r]|→|->", words) if part.strip())


def number(value: Any) -> float | None:
    """A finite number."""
    words = cell_text(value)
    if words is None:
        return None
    try:
        result = float(words)
    except ValueError as error:
        raise CellProblem("import.not_number") from error
    if not math.isfinite(result):
        raise CellProblem("import.not_number")
    return result


def whole(value: Any) -> int | None:
    """A whole number."""
    result = number(value)
    if result is None:
        return None
    if not result.is_integer():
        raise CellProblem("import.not_whole")
    return int(result)


def day(value: Any) -> date | None:
    """A date: ISO, with slashes, 2026年3月2日, 20260302, or a date cell."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    words = cell_text(value)
    if words is None:
        return None
    found = _DATE.match(words) or _COMPACT_DATE.fullmatch(words)
    if found is None:
        raise CellProblem("import.not_date")
    return _real_date(*(int(part) for part in found.groups()))


def _real_date(year: int, month: int, day_of_month: int) -> date:
    if year not in YEARS:
        raise CellProblem("import.not_date")
    try:
        return date(year, month, day_of_month)
    except ValueError as error:
        raise CellProblem("import.not_date") from error


def clock_time(value: Any) -> time | None:
    """A time of day: 8:30, 08:30:00, 8时30分, or a time cell."""
    if isinstance(value, datetime):
        return value.time()
    if isinstance(value, time):
        return value
    words = cell_text(value)
    if words is None:
        return None
    found = _CLOCK.fullmatch(words)
    if found is None:
        raise CellProblem("import.not_time")
    return _real_time(found)


def _real_time(found: re.Match[str]) -> time:
    hour, minute, second = (int(part or 0) for part in found.groups())
    try:
        return time(hour, minute, second)
    except ValueError as error:
        raise CellProblem("import.not_time") from error


def moment(zone: ZoneInfo) -> Callable[[Any], datetime | None]:
    """A reader of date and time; without a zone of its own it is the office's."""

    def read(value: Any) -> datetime | None:
        if isinstance(value, datetime):
            return value if value.tzinfo else value.replace(tzinfo=zone)
        words = cell_text(value)
        if words is None:
            return None
        try:
            parsed = datetime.fromisoformat(words)
        except ValueError:
            parsed = _spoken_moment(words)
        if parsed.year not in YEARS:
            raise CellProblem("import.not_moment")
        return parsed if parsed.tzinfo else parsed.replace(tzinfo=zone)

    return read


def _spoken_moment(words: str) -> datetime:
    head = _DATE.match(words)
    if head is None:
        raise CellProblem("import.not_moment")
    rest = words[head.end() :].strip().lstrip("T")
    at = clock_time(rest) if rest else time()
    return datetime.combine(_real_date(*(int(part) for part in head.groups())), at or time())


def choice(words: Mapping[str, str]) -> Callable[[Any], str | None]:
    """A reader of one of several words.

    Parameters
    ----------
    words
        Accepted word (any case) to our value.
    """
    folded = {key.casefold(): value for key, value in words.items()}

    def read(value: Any) -> str | None:
        given = cell_text(value)
        if given is None:
            return None
        found = folded.get(given.casefold())
        if found is None:
            raise CellProblem("import.not_choice", choices=", ".join(words))
        return found

    return read
