"""Which column of a file is which of our fields.

Names are looked for in this order, and the first that is found wins:

1. what the user says (``--map``),
2. a name of ``field_names.json``, in its order, written exactly so,
3. the same regardless of case, width and blanks,
4. the same cut at the 10 or 11 bytes a DBF leaves of it, in UTF-8 or GBK (``乡镇代`` of ``乡镇代码``).

``field_names.json`` holds, best first, the headers of our own import format and the names 30 provinces and
several national data sets use. General names (``NAME``, ``BSM``, ``XZQDM``) stand last, because files that
have them often also have a column made for villages. Codes and names that stand under each other's header
are exchanged.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Any

from numpy.typing import NDArray

from gridmgr.errors import BadInput
from gridmgr.geo.attributes import code_texts
from gridmgr.texts import Message

FIELDS = (
    "code",
    "name",
    "township_code",
    "township_name",
    "county_code",
    "county_name",
    "kind",
    "risk",
    "required_visits_per_week",
)
_LEVELS = (("code", "name"), ("township_code", "township_name"), ("county_code", "county_name"))
_CUTS = tuple((codec, size) for size in (10, 11) for codec in ("utf-8", "gb18030"))
#: Columns every file has for itself.
_HOUSEKEEPING = frozenset({"fid", "objectid", "shape_leng", "shape_length", "shape_area", "id"})


@dataclass(frozen=True)
class ColumnMapping:
    """Where each of our fields comes from.

    Parameters
    ----------
    columns
        The file's column by our field.
    constants
        The same value for every row, by our field.
    unknown
        Columns of the file that are not used.
    warnings
        Choices the user should know of.
    given
        Fields the user decided on.
    """

    columns: Mapping[str, str]
    constants: Mapping[str, str]
    unknown: tuple[str, ...] = ()
    warnings: tuple[Message, ...] = ()
    given: frozenset[str] = frozenset()

    def has(self, field: str) -> bool:
        """Whether the field comes from anywhere."""
        return field in self.columns or field in self.constants

    def label(self, field: str) -> str:
        """The field as the file names it, for messages."""
        return self.columns.get(field, field)


@cache
def field_names() -> Mapping[str, tuple[str, ...]]:
    """Known column names by field, best first."""
    words = json.loads(resources.files(__package__).joinpath("field_names.json").read_text(encoding="utf-8"))
    return {field: tuple(words[field]) for field in FIELDS}


def field_words(field: str) -> Message:
    """One of `FIELDS` as the user's language names it."""
    return Message(f"geo.field.{field}")


def parse_mapping(items: Iterable[str]) -> dict[str, str]:
    """Mapping from ``--map`` options.

    Parameters
    ----------
    items
        ``target=source`` takes our field `target` from the file's column `source`; ``target==value`` (two
        equals signs) gives every row the same value; ``target=`` leaves the field out although a column has
        its name.

    Returns
    -------
    dict of str
        Source by target; a source that starts with ``=`` is a constant, a blank one leaves the field out.

    Raises
    ------
    BadInput
        If an item has no equals sign or names no field of ours.
    """
    mapping: dict[str, str] = {}
    for item in items:
        target, equals, source = item.partition("=")
        target = target.strip()
        if not equals:
            raise BadInput("geo.map_syntax", item=item)
        if target not in FIELDS:
            raise BadInput("geo.map_target", target=target, fields=", ".join(FIELDS))
        mapping[target] = source.strip()
    return mapping


def match_columns(columns: Sequence[str], *, mapping: Mapping[str, str] | None = None) -> ColumnMapping:
    """Find our fields among a file's columns by their names.

    Parameters
    ----------
    columns
        The file's column names.
    mapping
        What the user says, as `parse_mapping` gives it.

    Raises
    ------
    BadInput
        If the user names a column the file has not, or a field we have not.
    """
    found, constants = _given(columns, mapping or {})
    decided = frozenset(mapping or ())
    taken = set(found.values())
    warnings: list[Message] = []
    for field in FIELDS:
        if field in decided:
            continue
        candidates = [name for name in _candidates(field, columns) if name not in taken]
        if not candidates:
            continue
        found[field] = candidates[0]
        taken.add(candidates[0])
        if len(candidates) > 1:
            params = {"field": field_words(field), "used": candidates[0], "others": ", ".join(candidates[1:])}
            warnings.append(Message("geo.ambiguous_column", params))
    unknown = tuple(name for name in columns if name not in taken and name.casefold() not in _HOUSEKEEPING)
    return ColumnMapping(found, constants, unknown, tuple(warnings), decided)


def fits_villages(columns: Sequence[str]) -> bool:
    """Whether a layer's columns hold a village's code and name."""
    found = match_columns(columns).columns
    return "code" in found and "name" in found and not _is_coarser(found)


def exchange_misnamed(mapping: ColumnMapping, columns: Mapping[str, NDArray[Any]]) -> ColumnMapping:
    """Exchange a code's and a name's column where the values say that they stand under each other's header.

    Some provinces' files do that (a county's code under ``XIAN``, listed as its name). Only columns found by
    their names are touched, never what the user said.
    """
    found = dict(mapping.columns)
    warnings = list(mapping.warnings)
    for code, name in _LEVELS:
        if code in mapping.given or name in mapping.given:
            continue
        code_column, name_column = found.get(code), found.get(name)
        code_is_name = code_column is not None and _is_names(columns[code_column])
        name_is_code = name_column is not None and _is_codes(columns[name_column])
        both = code_column is not None and name_column is not None
        if both and not (code_is_name and name_is_code):
            continue
        if not both and not code_is_name and not name_is_code:
            continue
        found.pop(code, None)
        found.pop(name, None)
        if code_column is not None:
            found[name] = code_column
        if name_column is not None:
            found[code] = name_column
        warnings.append(Message("geo.exchanged", {"code": field_words(code), "name": field_words(name)}))
    return replace(mapping, columns=found, warnings=tuple(warnings))


def _given(columns: Sequence[str], mapping: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    found: dict[str, str] = {}
    constants: dict[str, str] = {}
    for target, source in mapping.items():
        if target not in FIELDS:
            raise BadInput("geo.map_target", target=target, fields=", ".join(FIELDS))
        if source.startswith("="):
            constants[target] = source[1:].strip()
        elif source and source not in columns:
            raise BadInput("geo.map_source", source=source, columns=", ".join(columns))
        elif source:
            found[target] = source
    return found, constants


def _candidates(field: str, columns: Sequence[str]) -> list[str]:
    """Columns that may be the field, best first."""
    names = field_names()[field]
    elsewhere = {name for other, words in field_names().items() if other != field for name in words}
    exact = [name for name in names if name in columns]
    free = [column for column in columns if column not in exact and column not in elsewhere]
    folded = [column for name in names for column in free if _fold(column) == _fold(name)]
    cut = [column for name in names for column in free if column in _cut_forms(name)]
    return list(dict.fromkeys([*exact, *folded, *cut]))


def _fold(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


@cache
def _cut_forms(name: str) -> frozenset[str]:
    """What a DBF may leave of a name; forms of one or two characters would match by chance."""
    forms = {name.encode(codec)[:size].decode(codec, "ignore") for codec, size in _CUTS}
    return frozenset(form for form in forms if form != name and len(form.encode()) > 6)


def _is_coarser(found: Mapping[str, str]) -> bool:
    """Whether the columns are ones any level of administration has, with none of a township beside them."""
    general = found["code"].casefold() in ("code", "id", "adcode")
    return general and "township_code" not in found and "township_name" not in found


def _texts_of(values: NDArray[Any]) -> list[str]:
    return [text for text in code_texts(values) if text]


def _is_codes(values: NDArray[Any]) -> bool:
    texts = _texts_of(values)
    return bool(texts) and all(text.isascii() and text.isdigit() and len(text) >= 4 for text in texts)


def _is_names(values: NDArray[Any]) -> bool:
    texts = _texts_of(values)
    return bool(texts) and all(
        not text.isascii() and not any(sign.isdigit() for sign in text) for text in texts
    )
