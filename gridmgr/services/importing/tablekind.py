"""What one kind of table is: its columns, how cells are read, and what a row becomes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from gridmgr.services.importing import parse
from gridmgr.services.importing.rows import Known, Row
from gridmgr.services.importing.sheets import Column

Reader = Callable[[Any], Any]


@dataclass(frozen=True, kw_only=True)
class TableKind:
    """One kind of table.

    Parameters
    ----------
    name
        As on the command line.
    columns, readers
        Columns, and a reader for each that is not plain text.
    build
        Makes the domain object of a read row; raises `FieldProblem` or ValueError.
    personal
        Fields that tell who somebody is: the preview does not show them.
    """

    name: str
    columns: tuple[Column, ...]
    readers: Mapping[str, Reader]
    build: Callable[[Row, Known], Any]
    personal: frozenset[str] = frozenset()


def columns(*names: str, required: int) -> tuple[Column, ...]:
    """Columns from "field 表头|other header|..." words; the first ``required`` ones must be there."""
    found = []
    for index, name in enumerate(names):
        ours, headers = name.split(" ", 1)
        chinese, *aliases = headers.split("|")
        found.append(Column(field=ours, chinese=chinese, aliases=tuple(aliases), required=index < required))
    return tuple(found)


def either(english: frozenset[str], chinese: Mapping[str, str]) -> Reader:
    """A reader of our own words, and of the Chinese ones for them."""
    return parse.choice({word: word for word in sorted(english)} | dict(chinese))
