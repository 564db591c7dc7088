"""Reading csv and xlsx as rows of cells under our own field names.

Headers may be Chinese or English, in any order; csv may be UTF-8 or GB18030, which Excel in China writes.
"""

from __future__ import annotations

import csv
import io
import itertools
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from gridmgr.errors import BadInput

#: Larger files are not an office's table.
MAX_BYTES = 50 * 1024 * 1024
#: Rows among which the headers are looked for.
_MOST_ABOVE = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column we understand.

    Parameters
    ----------
    field
        Our name.
    english, chinese
        Headers accepted; the template shows the Chinese one.
    required
        Whether the file must have it.
    aliases
        What other programs call it; taken where neither of the others is there.
    """

    field: str
    chinese: str
    required: bool = False
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A table as read.

    Parameters
    ----------
    headers
        Our field name to the header as the file writes it.
    rows
        Row number as the user counts (1 is the first below the headers) and cells by our field name.
    unknown_columns
        Headers that mean nothing to us.
    """

    headers: dict[str, str]
    rows: tuple[tuple[int, dict[str, Any]], ...]
    unknown_columns: tuple[str, ...]


def read_sheet(path: Path, columns: Sequence[Column]) -> Sheet:
    """Read the first sheet of a csv or xlsx file.

    Raises
    ------
    BadInput
        When the file is missing, empty, of another kind, or lacks a needed column.
    """
    if not path.is_file():
        raise BadInput("import.no_file", path=path.name)
    if path.stat().st_size == 0:
        raise BadInput("import.empty_file", path=path.name)
    if path.stat().st_size > MAX_BYTES:
        raise BadInput("import.too_large", path=path.name, megabytes=MAX_BYTES // 1024**2)
    suffix = path.suffix.lower()
    if suffix == ".csv":
        lines = _csv_rows(path)
    elif suffix == ".xlsx":
        lines = _xlsx_rows(path)
    else:
        raise BadInput("import.wrong_kind", path=path.name, expected=".csv, .xlsx")
    return _by_field(path, lines, columns)


def _csv_rows(path: Path) -> Iterator[Sequence[Any]]:
    content = path.read_bytes()
    if b"\0" in content[:4096]:
        raise BadInput("import.not_text", path=path.name)
    try:
        words = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            words = content.decode("gb18030")
        except UnicodeDecodeError as error:
            raise BadInput("import.encoding", path=path.name) from error
    yield from csv.reader(io.StringIO(words, newline=""))


def _xlsx_rows(path: Path) -> Iterator[Sequence[Any]]:
    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise BadInput("import.not_xlsx", path=path.name) from error
    try:
        yield from book.worksheets[0].iter_rows(values_only=True)
    finally:
        book.close()


def _by_field(path: Path, lines: Iterable[Sequence[Any]], columns: Sequence[Column]) -> Sheet:
    source = iter(lines)
    header, position, source = _header(source, columns)
    if not any(header):
        raise BadInput("import.empty_file", path=path.name)
    taken = set(position.values())
    unknown = [name for index, name in enumerate(header) if index not in taken]
    missing = [f"{c.field} {c.chinese}" for c in columns if c.required and c.field not in position]
    if missing:
        found = ", ".join(name for name in header if name)
        raise BadInput("import.missing_column", path=path.name, missing=", ".join(missing), found=found)
    rows = []
    for number, cells in enumerate(source, start=1):
        values = {f: cells[i] for f, i in position.items() if i < len(cells)}
        if any(cell_text(value) for value in values.values()):
            rows.append((number, values))
    if not rows:
        raise BadInput("import.no_rows", path=path.name)
    return Sheet(
        headers={field: header[index] for field, index in position.items()},
        rows=tuple(rows),
        unknown_columns=tuple(name for name in unknown if name),
    )


def _header(
    source: Iterator[Sequence[Any]], columns: Sequence[Column]
) -> tuple[list[str], dict[str, int], Iterator[Sequence[Any]]]:
    """The row of headers, where our columns stand in it, and the rows below.

    Exports often have a title above the headers: the first row that has every needed column is theirs, else
    the very first.
    """
    above = list(itertools.islice(source, _MOST_ABOVE))
    rows = [[cell_text(cell) or "" for cell in cells] for cells in above]
    needed = {column.field for column in columns if column.required}
    for number, header in enumerate(rows):
        position = _positions(header, columns)
        if needed <= position.keys():
            return header, position, itertools.chain(above[number + 1 :], source)
    header = rows[0] if rows else []
    return header, _positions(header, columns), itertools.chain(above[1:], source)


def _positions(header: Sequence[str], columns: Sequence[Column]) -> dict[str, int]:
    """Indices of our fields; of two headers that mean the same the own name counts, else the first."""
    own = {_folded(name): c.field for c in columns for name in (c.field, c.chinese)}
    other = {_folded(name): c.field for c in columns for name in c.aliases}
    position: dict[str, int] = {}
    for known in (own, other):
        for index, name in enumerate(header):
            field = known.get(_folded(name))
            if field is not None:
                position.setdefault(field, index)
    return position


def _folded(name: str) -> str:
    # Templates write "code 机构代码" style headers nowhere, but people add stars and blanks.
    return name.strip().strip("*＊").strip().casefold()


def cell_text(value: Any) -> str | None:
    """A cell as text: whole floats lose their ``.0``, blanks become None."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e18:
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    words = str(value).strip()
    return words or None
