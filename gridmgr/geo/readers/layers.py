"""Choosing a layer and reading it through GDAL, with its text decoded by what its bytes are.

Shapefile text is read as ISO-8859-1, which maps every byte to one character and back, and decoded here: so
all values count in finding the encoding, and a name cut inside a character does not stop the import.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
from numpy.typing import NDArray
from pyogrio.errors import DataLayerError, DataSourceError
from pyogrio.raw import read as gdal_read

from gridmgr.errors import BadInput
from gridmgr.geo.readers import encodings, sources
from gridmgr.geo.readers.kml import read_kml
from gridmgr.geo.readers.sources import Source
from gridmgr.geo.readers.table import LayerTable
from gridmgr.texts import Message

#: Every byte is a character and back.
BYTES_CODEC = "ISO-8859-1"
#: Language driver byte of a DBF header (offset 29) for Chinese code pages.
_DBF_DRIVERS = {0x4D: "gb18030", 0x7A: "gb18030", 0x4F: "big5", 0x78: "big5"}

Fits = Callable[[Sequence[str]], bool]


@dataclass(frozen=True)
class _Ref:
    """One layer of one source; its column names where listing layers tells them too."""

    source: Source
    layer: str
    columns: tuple[str, ...] | None = None


def read_layer(
    path: Path | str, *, layer: str | None = None, encoding: str | None = None, fits: Fits | None = None
) -> LayerTable:
    """Read one layer of a village file.

    Parameters
    ----------
    path
        A file, a shapefile's folder, or a zip.
    layer
        Name of the layer; needed only where several fit.
    encoding
        Encoding of the text; found out when not given.
    fits
        Tells from column names whether a layer can be what is wanted; decides where there are several.

    Raises
    ------
    BadInput
        If the file is missing, empty, unreadable, of another kind, or holds several layers that fit.
    """
    path = Path(path)
    with sources.opened(path) as found:
        refs = [ref for source in found for ref in _layers_of(source)]
        ref, notes = _choose(refs, layer=layer, fits=fits, file=path.name)
        table = _read(ref, encoding)
    table = _without_mojibake(table) if encoding is None else table
    return replace(table, warnings=(*notes, *table.warnings))


def layer_names(path: Path | str) -> tuple[str, ...]:
    """Names of a village file's layers, in the file's order.

    Raises
    ------
    BadInput
        If the file is missing, empty, unreadable or of another kind.
    """
    with sources.opened(Path(path)) as found:
        return tuple(dict.fromkeys(ref.layer for source in found for ref in _layers_of(source)))


def _layers_of(source: Source) -> list[_Ref]:
    if source.format in ("shapefile", "kml"):
        return [_Ref(source, source.path.stem)]
    if source.format == "topojson":
        # GDAL would build every layer's borders just to list them
        return [_Ref(source, name, names) for name, names in _topology_columns(source.path).items()]
    with _gdal_errors(source.path):
        return [_Ref(source, str(name)) for name, _ in pyogrio.list_layers(source.path)]


def _topology_columns(path: Path) -> dict[str, tuple[str, ...]]:
    """Column names by layer of a TopoJSON file."""
    try:
        objects = json.loads(_utf8(path.read_bytes(), None)[0])["objects"]
        return {layer: _property_names(members["geometries"]) for layer, members in objects.items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadInput("geo.unreadable", file=path.name, detail=str(error)) from error


def _property_names(features: Sequence[dict[str, Any]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for feature in features for name in feature.get("properties", ())))


def _choose(
    refs: Sequence[_Ref], *, layer: str | None, fits: Fits | None, file: str
) -> tuple[_Ref, tuple[Message, ...]]:
    names = ", ".join(ref.layer for ref in refs)
    if not refs:
        raise BadInput("geo.no_layers", file=file)
    if layer is not None:
        named = [ref for ref in refs if ref.layer == layer]
        if not named:
            raise BadInput("geo.no_such_layer", layer=layer, layers=names)
        return named[0], ()
    if len(refs) == 1:
        return refs[0], ()
    fitting = [ref for ref in refs if fits is not None and fits(_column_names(ref))]
    if len(fitting) != 1:
        raise BadInput("geo.several_layers", file=file, layers=names)
    return fitting[0], (Message("geo.layer_chosen", {"layer": fitting[0].layer, "layers": names}),)


def _column_names(ref: _Ref) -> Sequence[str]:
    if ref.columns is not None:
        return ref.columns
    if ref.source.format == "kml":
        return list(read_kml(ref.source.path, encoding=None).columns)
    with _gdal_errors(ref.source.path):
        fields = pyogrio.read_info(ref.source.path, layer=ref.layer, encoding=BYTES_CODEC)["fields"]
    raw = [str(name).encode(BYTES_CODEC, "ignore") for name in fields]
    codec = encodings.detect(raw, label=None)
    return [encodings.decode(name, codec) for name in raw]


def _read(ref: _Ref, encoding: str | None) -> LayerTable:
    if ref.source.format == "kml":
        return read_kml(ref.source.path, encoding=encoding)
    if ref.source.format == "shapefile":
        return _read_bytes_text(ref, encoding, label=_shapefile_label(ref.source.path))
    if ref.source.format == "gpkg":
        return _read_geopackage(ref, encoding)
    return _read_json(ref, encoding)


def _read_json(ref: _Ref, encoding: str | None) -> LayerTable:
    raw, codec = _utf8(ref.source.path.read_bytes(), encoding)
    table = _gdal(ref, ref.source.path if codec == "utf-8" else raw, codec="UTF-8")
    crs = table.crs or ("EPSG:4326" if ref.source.format == "topojson" else None)
    notes = (
        ()
        if codec == "utf-8" or encoding
        else (Message("geo.encoding_lie", {"said": "UTF-8", "used": codec}),)
    )
    return replace(table, crs=crs, encoding=codec, warnings=notes)


def _utf8(raw: bytes, encoding: str | None) -> tuple[bytes, str]:
    """A text file's bytes as UTF-8 and the codec they were in."""
    codec = encodings.require_codec(encoding) if encoding else encodings.detect([raw], label=None)
    if codec == "utf-8":
        return raw, codec
    return encodings.decode(raw, codec).encode(), codec


def _read_geopackage(ref: _Ref, encoding: str | None) -> LayerTable:
    try:
        table = _gdal(ref, ref.source.path, codec="UTF-8")
    except UnicodeDecodeError:
        return _read_bytes_text(ref, encoding, label="UTF-8")
    return replace(table, encoding="utf-8")


def _read_bytes_text(ref: _Ref, encoding: str | None, *, label: str | None) -> LayerTable:
    """Read with every text as bytes, find their encoding, decode."""
    table = _gdal(ref, ref.source.path, codec=BYTES_CODEC)
    texts = {text.encode(BYTES_CODEC) for text in _texts(table) if not text.isascii()}
    codec = encodings.require_codec(encoding) if encoding else encodings.detect(list(texts), label=label)
    words = {text.decode(BYTES_CODEC): encodings.decode(text, codec) for text in texts}
    notes = []
    if (
        texts
        and encoding is None
        and codec != encodings.codec_of(label)
        and not (label is None and codec == "utf-8")
    ):
        said = Message("geo.encoding_none") if label is None else label
        notes.append(Message("geo.encoding_lie", {"said": said, "used": codec}))
    return replace(_translated(table, words), encoding=codec, warnings=tuple(notes))


def _shapefile_label(path: Path) -> str | None:
    """What the .cpg says, else the language byte of the DBF."""
    dbf = sources.sibling(path, ".dbf")
    if dbf is None:
        raise BadInput("geo.no_dbf", file=path.name)
    said = sources.read_sibling(path, ".cpg")
    if said:
        return said
    with dbf.open("rb") as file:
        head = file.read(32)
    return _DBF_DRIVERS.get(head[29]) if len(head) == 32 else None


def _gdal(ref: _Ref, data: Path | bytes, *, codec: str) -> LayerTable:
    # both have one layer, which GDAL names after a file that bytes in memory do not have
    layer = None if ref.source.format in ("shapefile", "geojson") else ref.layer
    with _gdal_errors(ref.source.path):
        meta, _, wkb, values = gdal_read(data, layer=layer, encoding=codec, force_2d=True)
    columns = {str(name): column for name, column in zip(meta["fields"], values, strict=True)}
    if wkb is None:
        raise (
            BadInput("geo.no_rows", file=ref.source.path.name)
            if not _rows(values)
            else BadInput("geo.no_geometry")
        )
    return LayerTable(
        columns, shapely.from_wkb(wkb), meta["crs"], ref.source.format, ref.layer, codec.lower()
    )


def _rows(values: Sequence[NDArray[Any]]) -> int:
    return len(values[0]) if values else 0


class _gdal_errors:  # noqa: N801 - a context manager reads as a verb
    """Turns what GDAL raises about a file into `BadInput`."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, (DataSourceError, DataLayerError)):
            detail = str(error).split("; It might help")[0]
            raise BadInput("geo.unreadable", file=self.path.name, detail=detail) from error


def _texts(table: LayerTable) -> Iterable[str]:
    yield from table.columns
    for column in table.columns.values():
        if column.dtype == object:
            yield from {value for value in column if isinstance(value, str)}


def _translated(table: LayerTable, words: dict[str, str]) -> LayerTable:
    """The table with some texts, column names among them, exchanged for others."""
    if not words:
        return table
    columns: dict[str, NDArray[Any]] = {}
    for name, column in table.columns.items():
        new = column
        if column.dtype == object:
            new = np.array([words.get(v, v) if isinstance(v, str) else v for v in column], dtype=object)
        columns[words.get(name, name)] = new
    return replace(table, columns=columns)


def _without_mojibake(table: LayerTable) -> LayerTable:
    """Undo text that was decoded wrongly before this file was written."""
    texts = {text for text in _texts(table) if not text.isascii()}
    found = encodings.mojibake(texts)
    if found is None:
        return table
    wrong, right = found
    words = {text: encodings.undo_mojibake(text, wrong, right) for text in texts}
    note = Message("geo.mojibake", {"wrong": wrong, "right": right})
    return replace(_translated(table, words), warnings=(*table.warnings, note))
