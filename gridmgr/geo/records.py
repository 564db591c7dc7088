"""A village file's rows without their geometry: every field read, every problem collected.

Parents come from their own columns; else a village's 12-digit code gives the township by its first 9 and the
county by its first 6 digits; else a township's name serves as its code. A county may stay unnamed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from numpy.typing import NDArray

from gridmgr.domain.places import DEFAULT_VISITS_PER_WEEK
from gridmgr.errors import BadInput, RowProblem
from gridmgr.geo.attributes import (
    MAX_VISITS_PER_WEEK,
    code_texts,
    kind_of,
    lost_digits,
    risk_of,
    texts,
    visits_of,
)
from gridmgr.geo.headers import FIELDS, ColumnMapping, field_words
from gridmgr.texts import Message

_TWELVE_DIGITS = re.compile(r"\d{12}")
_CODES = ("code", "township_code", "county_code")


@dataclass(frozen=True, slots=True)
class Record:
    """One row's fields, as `gridmgr.domain.places.Village` names them; blank where a row has a problem."""

    code: str
    name: str
    township_code: str
    township_name: str
    county_code: str
    county_name: str
    kind: str
    risk: str
    required_visits_per_week: int


@dataclass(frozen=True)
class Records:
    """All rows.

    Parameters
    ----------
    rows
        One record for each row of the file, in its order.
    problems
        What keeps rows out.
    warnings
        What was assumed.
    """

    rows: tuple[Record, ...]
    problems: tuple[RowProblem, ...]
    warnings: tuple[Message, ...]


def read_records(columns: Mapping[str, NDArray[Any]], mapping: ColumnMapping, *, count: int) -> Records:
    """Read `count` rows.

    Raises
    ------
    BadInput
        If no column can be a village's code or name, or nothing tells the townships; the message lists the
        columns there are and says how to name one.
    """
    _require_columns(mapping, columns)
    cells = {field: _cells(field, columns, mapping, count) for field in FIELDS}
    _require_townships(cells, columns)
    problems: list[RowProblem] = []
    rows = []
    for position, values in enumerate(zip(*cells.values(), strict=True)):
        raw = dict(zip(FIELDS, values, strict=True))
        record, reasons = _record(raw)
        rows.append(record)
        for field, reason in reasons:
            value = raw[field] or None
            problems.append(
                RowProblem(position + 1, mapping.label(field), value, reason, record.code or None)
            )
    rows, notes = _one_name_each(rows)
    warnings = [*_assumptions(mapping, rows), *notes, *_lost(columns, mapping)]
    return Records(tuple(rows), tuple(problems), tuple(warnings))


def row_problem(position: int, record: Record, reason: Message) -> RowProblem:
    """What is wrong with a whole row at a position (the first is 0)."""
    return RowProblem(position + 1, None, None, reason, record.code or None)


def _require_columns(mapping: ColumnMapping, columns: Mapping[str, NDArray[Any]]) -> None:
    missing = [field_words(field) for field in ("code", "name") if not mapping.has(field)]
    if missing:
        both = Message("geo.two_fields", {"first": missing[0], "second": missing[-1]})
        words = both if len(missing) == 2 else missing[0]
        raise BadInput("geo.no_columns", missing=words, columns=", ".join(columns) or "-")


def _require_townships(cells: Mapping[str, list[str]], columns: Mapping[str, NDArray[Any]]) -> None:
    if any(cells["township_code"]) or any(cells["township_name"]):
        return
    if not any(_TWELVE_DIGITS.fullmatch(code) for code in cells["code"]):
        raise BadInput("geo.no_township_column", columns=", ".join(columns))


def _cells(field: str, columns: Mapping[str, NDArray[Any]], mapping: ColumnMapping, count: int) -> list[str]:
    if field in mapping.constants:
        return [mapping.constants[field]] * count
    if field not in mapping.columns:
        return [""] * count
    values = columns[mapping.columns[field]]
    return code_texts(values) if field in _CODES else texts(values)


def _record(raw: Mapping[str, str]) -> tuple[Record, list[tuple[str, Message]]]:
    """One row, and what is wrong with it by field."""
    reasons: list[tuple[str, Message]] = []
    for field in ("code", "name"):
        if not raw[field]:
            reasons.append((field, Message("geo.missing_value", {"field": field_words(field)})))
    township_code, county_code = _parents(raw)
    if not township_code:
        reasons.append(("township_code", Message("geo.no_township")))
    kind = kind_of(raw["kind"], name=raw["name"])
    if kind is None:
        reasons.append(("kind", Message("geo.bad_kind")))
    risk = risk_of(raw["risk"])
    if risk is None:
        reasons.append(("risk", Message("geo.bad_risk")))
    visits: int | None = DEFAULT_VISITS_PER_WEEK[risk or "C"]
    if raw["required_visits_per_week"]:
        visits = visits_of(raw["required_visits_per_week"])
    if visits is None:
        reasons.append(("required_visits_per_week", Message("geo.bad_visits", {"most": MAX_VISITS_PER_WEEK})))
    record = Record(
        code=raw["code"],
        name=raw["name"],
        township_code=township_code,
        township_name=raw["township_name"] or township_code,
        county_code=county_code,
        county_name=raw["county_name"] or county_code,
        kind=kind or "village",
        risk=risk or "C",
        required_visits_per_week=visits or 0,
    )
    return record, reasons


def _parents(raw: Mapping[str, str]) -> tuple[str, str]:
    """Township's and county's code of a row, blank where nothing tells."""
    twelve = _TWELVE_DIGITS.fullmatch(raw["code"]) is not None
    township = raw["township_code"] or (raw["code"][:9] if twelve else "") or raw["township_name"]
    official = township.isascii() and township.isdigit() and len(township) in (9, 12)
    county = raw["county_code"] or (raw["code"][:6] if twelve else "") or (township[:6] if official else "")
    return township, county or raw["county_name"]


def _one_name_each(rows: list[Record]) -> tuple[list[Record], list[Message]]:
    """Give every township one name and one county, those of its first row, and tell where rows differed."""
    first: dict[str, Record] = {}
    differing: dict[str, set[str]] = {}
    result = []
    for record in rows:
        head = first.setdefault(record.township_code, record)
        parents = {
            "township_name": head.township_name,
            "county_code": head.county_code,
            "county_name": head.county_name,
        }
        theirs = {field: getattr(record, field) for field in parents}
        if record.township_code and theirs != parents:
            different = next(field for field in parents if theirs[field] != parents[field])
            differing.setdefault(record.township_code, set()).add(theirs[different])
            record = replace(
                record,
                township_name=head.township_name,
                county_code=head.county_code,
                county_name=head.county_name,
            )
        result.append(record)
    notes = [
        Message(
            "geo.township_differs",
            {
                "code": code,
                "used": f"{first[code].township_name} ({first[code].county_name})",
                "others": ", ".join(sorted(words)),
            },
        )
        for code, words in differing.items()
    ]
    return result, notes


def _assumptions(mapping: ColumnMapping, rows: list[Record]) -> list[Message]:
    notes = []
    if not mapping.has("township_name"):
        notes.append(Message("geo.township_unnamed"))
    elif not mapping.has("township_code") and any(row.township_code == row.township_name for row in rows):
        notes.append(Message("geo.township_by_name"))
    without = sum(not row.county_code for row in rows)
    if without:
        notes.append(Message("geo.no_county", {"count": without}))
    return notes


def _lost(columns: Mapping[str, NDArray[Any]], mapping: ColumnMapping) -> list[Message]:
    notes = []
    for field in _CODES:
        column = mapping.columns.get(field)
        rows = lost_digits(columns[column]) if column is not None else []
        if rows:
            params = {"field": str(column), "count": len(rows), "row": rows[0] + 1}
            notes.append(Message("geo.lost_digits", params))
    return notes
