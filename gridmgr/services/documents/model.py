"""What stands in an office document, whatever it is written as."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from gridmgr.domain.validate import require_text
from gridmgr.texts import DEFAULT_LANGUAGE, LANGUAGES, text

#: Signs no file format takes (control characters, halves of pairs, non-characters), and those that turn the
#: direction of writing: with them a name can be made to read as another.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff]"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Rows of name and value under a title; the title may be empty."""

    title: str = ""
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table.

    Parameters
    ----------
    title
        Above it.
    head
        Headers of its columns.
    widths
        Shares of the page's width, as many as there are headers.
    rows
        Cells as text, as many a row as there are headers.
    """

    title: str
    head: tuple[str, ...]
    widths: tuple[float, ...]
    rows: tuple[tuple[str, ...], ...]

    def __post_init__(self) -> None:
        if len(self.widths) != len(self.head) or not all(width > 0 for width in self.widths):
            raise ValueError(f"Table.widths needs {len(self.head)} numbers above 0, got {self.widths}")
        wrong = next((row for row in self.rows if len(row) != len(self.head)), None)
        if wrong is not None:
            raise ValueError(f"Table.rows needs {len(self.head)} cells a row, got {wrong}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture with the words under it; ``content`` is a JPEG."""

    content: bytes
    caption: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictures:
    """Pictures under a title."""

    title: str
    items: tuple[Picture, ...]


Part: TypeAlias = Facts | Table | Pictures


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeDocument:
    """One document; several make a file.

    Parameters
    ----------
    title
        Of the document.
    left, right
        The line under the title: what it is about, when it was made.
    parts
        Its content, in order.
    signatures
        Whose signatures are asked for; no line without.
    sources
        Where the data comes from.
    landscape
        Whether the page lies on its side, for wide tables.
    """

    title: str
    left: str
    right: str
    parts: tuple[Part, ...]
    signatures: tuple[str, ...] = ()
    sources: str
    landscape: bool = False

    def __post_init__(self) -> None:
        require_text("OfficeDocument", "title", self.title)


def cleaned(words: str) -> str:
    """The words without signs that no reader sees and some file formats refuse."""
    return _UNWANTED.sub("", words.replace("\r\n", "\n").replace("\r", "\n").replace("\x0b", "\n"))


def as_data(documents: Sequence[OfficeDocument], *, lang: str = DEFAULT_LANGUAGE) -> dict[str, Any]:
    """Documents as JSON values, their texts cleaned.

    Parameters
    ----------
    documents
        In the order of the file.
    lang
        ``zh`` or ``en``, of page numbers.

    Returns
    -------
    dict
        ``lang``; ``page`` (the words before, between and behind a page's number and the last one's);
        ``documents``: fields as in `OfficeDocument`, parts with a ``kind`` (``facts``, ``table`` or
        ``pictures``), pictures by the index of their content in `pictures_of`.
    """
    if lang not in LANGUAGES:
        raise ValueError(f"lang must be one of {LANGUAGES}, got {lang!r}")
    counter = iter(range(len(pictures_of(documents))))
    return {
        "lang": lang,
        "page": [text(f"document.{name}", lang) for name in ("page", "page_of", "page_end")],
        "documents": [_document(item, counter) for item in documents],
    }


def pictures_of(documents: Sequence[OfficeDocument]) -> list[bytes]:
    """Contents of all pictures, in order."""
    return [
        item.content
        for document in documents
        for part in document.parts
        if isinstance(part, Pictures)
        for item in part.items
    ]


def _document(document: OfficeDocument, counter: Any) -> dict[str, Any]:
    words = {name: cleaned(getattr(document, name)) for name in ("title", "left", "right", "sources")}
    return words | {
        "landscape": document.landscape,
        "signatures": [cleaned(name) for name in document.signatures],
        "parts": [_part(part, counter) for part in document.parts],
    }


def _part(part: Part, counter: Any) -> dict[str, Any]:
    title = cleaned(part.title)
    if isinstance(part, Facts):
        rows = [[cleaned(name), cleaned(value)] for name, value in part.rows]
        return {"kind": "facts", "title": title, "rows": rows}
    if isinstance(part, Table):
        return {
            "kind": "table",
            "title": title,
            "head": [cleaned(name) for name in part.head],
            "widths": list(part.widths),
            "rows": [[cleaned(cell) for cell in row] for row in part.rows],
        }
    items = [{"index": next(counter), "caption": cleaned(item.caption)} for item in part.items]
    return {"kind": "pictures", "title": title, "items": items}
