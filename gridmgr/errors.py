"""The error tree. Every error knows its words in both languages and the rows it is about.

``str(error)`` is English, for logs and the command line; ``error.render("zh")`` is what a user reads.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gridmgr.texts import Message


class GridmgrError(Exception):
    """Base of all errors a user can do something about.

    Parameters
    ----------
    key
        Key in the text catalogue, usually ``error.<something>``.
    params
        Values of the template's fields.
    """

    def __init__(self, key: str, /, **params: Any) -> None:
        self.message = Message(key, params)
        super().__init__(self.message.render("en"))

    def render(self, language: str) -> str:
        """Words for the user."""
        return self.message.render(language)


@dataclass(frozen=True)
class RowProblem:
    """What is wrong with one row of an input file.

    Parameters
    ----------
    row
        Row number as the user counts it: 1 is the first row of data (features in a geo file), headers apart.
    field
        Column the problem is in, as the file names it; None when it is the whole row.
    value
        What stands there, as text; None when nothing does.
    reason
        What is wrong and what would be right.
    code
        The row's own id or code, where it has one.
    """

    row: int
    field: str | None
    value: str | None
    reason: Message
    code: str | None = None

    def render(self, language: str) -> str:
        """Words for the user: row, field, value and reason in one line."""
        place = Message("error.row_place", {"row": self.row}).render(language)
        parts = [place, *([self.code] if self.code else [])]
        if self.field is not None:
            parts.append(f"{self.field}={self.value!r}" if self.value is not None else self.field)
        return " ".join(parts) + ": " + self.reason.render(language)


class BadInput(GridmgrError):
    """Input that cannot be taken; nothing was changed.

    Parameters
    ----------
    problems
        Every bad row, not just the first.
    """

    def __init__(self, key: str, /, problems: Sequence[RowProblem] = (), **params: Any) -> None:
        self.problems = tuple(problems)
        super().__init__(key, **params)


class NotFound(GridmgrError):
    """There is no such thing."""


class Conflict(GridmgrError):
    """Somebody else changed it first, or the same id exists with different content."""


class Forbidden(GridmgrError):
    """The user may not do this."""


class TooMany(GridmgrError):
    """More than is taken in a while; later it works again."""


class NoPlan(GridmgrError):
    """No feasible plan exists; the message says why."""
