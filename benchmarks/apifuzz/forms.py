"""Forms filled in: as offered, with known ids, with junk, with fields missing, doubled and added."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from benchmarks.apifuzz.filling import photo
from benchmarks.apifuzz.html import Field, Form

TEXTS = st.sampled_from(
    (
        "x",
        "",
        " ",
        "-1",
        "0",
        "1e400",
        "NaN",
        "999999999999999999999",
        "2026-02-30",
        "9999-12-31",
        "0001-01-01",
        "2026-03-02T09:00",
        "24:00",
        "' OR 1=1 --",
        "<script>alert(1)</script>",
        "\x00",
        "\ufffe",
        "=1+1",
        "../../etc/passwd",
        "//elsewhere.example",
        "村" * 5000,
        "😀" * 40,
        "\r\nSet-Cookie: a=b",
        "١٢٣",
    )
) | st.text(max_size=40)


#: A village file that can be imported.
_VILLAGE = json.dumps(
    {
        "type": "Feature",
        "properties": {"code": "419999999000", "name": "北湾村"},
        "geometry": {
            "type": "Polygon",
            "coordinates": [[[113.0, 34.0], [113.01, 34.0], [113.01, 34.01], [113.0, 34.0]]],
        },
    }
).encode()


def _files() -> st.SearchStrategy[tuple[bytes, str]]:
    """Contents and names of files."""
    image = photo().content
    contents = st.sampled_from(
        (
            _VILLAGE,
            b"code,name\n1,2\n",
            b"",
            b"\x00",
            image,
            image[: len(image) // 2],
            b"PK\x03\x04",
            b"<svg/>",
        )
    )
    names = st.sampled_from(
        ("a.geojson", "a.csv", "a.jpg", "a.xlsx", "a.shp", "../a.jpg", "村.geojson", "a", "a.zip")
    )
    return st.tuples(contents | st.binary(max_size=200), names)


FILES = _files()


def filled(form: Form, known: Mapping[str, tuple[str, ...]]) -> st.SearchStrategy[list[tuple[str, Any]]]:
    """A form filled in, field by field."""

    @st.composite
    def draw_fields(draw: st.DrawFn) -> list[tuple[str, Any]]:
        sent: list[tuple[str, Any]] = []
        for one in form.fields.values():
            how = draw(st.sampled_from(("offered", "offered", "offered", "junk", "known", "twice", "none")))
            if one.kind == "hidden" and how != "junk":
                how = "offered"
            sent += [(one.name, draw(_value(one, how, known))) for _ in range(_TIMES.get(how, 1))]
        if draw(st.booleans()):
            sent.append((draw(st.sampled_from(("x", "next", "role", "admin"))), draw(TEXTS)))
        return sent

    return draw_fields()


_TIMES = {"twice": 2, "none": 0}


def _value(one: Field, how: str, known: Mapping[str, tuple[str, ...]]) -> st.SearchStrategy[Any]:
    if one.kind == "file":
        return FILES
    # What has to be filled in is, by whoever sends the form.
    is_open = one.required and not any(one.values)
    if (how == "known" or (how == "offered" and is_open)) and known.get(one.name):
        return st.sampled_from(known[one.name])
    if how != "offered" or is_open:
        return TEXTS
    return st.sampled_from(one.values or [""])


def as_sent(fields: list[tuple[str, Any]]) -> MultiDict[str, Any]:
    """Fields as a test client takes them; files are pairs of content and name."""
    return MultiDict(
        (name, (io.BytesIO(value[0]), value[1]) if isinstance(value, tuple) else value)
        for name, value in fields
    )
