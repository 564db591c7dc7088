"""KML read without GDAL, whose KML drivers turn Chinese names of extended data into underscores.

Facts (OGC 12-007r2): coordinates are lon,lat[,alt] in WGS84; a Placemark's fields are its name and its
ExtendedData, as ``Data/value`` or ``SchemaData/SimpleData``.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gridmgr.errors import BadInput
from gridmgr.geo.readers import encodings
from gridmgr.geo.readers.table import LayerTable


def read_kml(path: Path, *, encoding: str | None) -> LayerTable:
    """All placemarks of a KML file, in the file's order, as one layer.

    Raises
    ------
    BadInput
        If it is not well-formed XML, or declares entities (which villages never need and attacks do).
    """
    raw = path.read_bytes()
    codec = encodings.require_codec(encoding) if encoding else encodings.detect([raw], label=_declared(raw))
    text = encodings.decode(raw, codec).lstrip("\ufeff")
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise BadInput("geo.unreadable", file=path.name, detail="DOCTYPE")
    try:
        root = ElementTree.fromstring(_without_declaration(text))  # noqa: S314 - entities are refused above
    except ElementTree.ParseError as error:
        raise BadInput("geo.unreadable", file=path.name, detail=str(error)) from error
    placemarks = [element for element in root.iter() if _tag(element) == "Placemark"]
    rows = [dict(_fields(placemark)) for placemark in placemarks]
    names = list(dict.fromkeys(name for row in rows for name in row))
    columns = {name: np.array([row.get(name) for row in rows], dtype=object) for name in names}
    geometries = np.empty(len(placemarks), dtype=object)
    try:
        geometries[:] = [_geometry(placemark) for placemark in placemarks]
    except ValueError as error:
        raise BadInput("geo.unreadable", file=path.name, detail=f"coordinates: {error}") from error
    return LayerTable(columns, geometries, "EPSG:4326", "kml", path.stem, codec)


def _declared(raw: bytes) -> str | None:
    """Encoding the XML declaration names."""
    head = raw[:200].decode("latin-1")
    if "encoding=" not in head.split("?>")[0]:
        return None
    return head.split("encoding=")[1][1:].split(head.split("encoding=")[1][0])[0]


def _without_declaration(text: str) -> str:
    # the text is decoded already: a declaration naming another encoding would only mislead the parser
    return text.split("?>", 1)[1] if text.startswith("<?xml") else text


def _tag(element: ElementTree.Element) -> str:
    return element.tag.rsplit("}", 1)[-1]


def _fields(placemark: ElementTree.Element) -> Iterator[tuple[str, str]]:
    for element in placemark.iter():
        tag, name = _tag(element), element.get("name")
        if tag == "SimpleData" and name:
            yield name, element.text or ""
        elif tag == "Data" and name:
            yield name, next((value.text or "" for value in element if _tag(value) == "value"), "")
    for element in placemark:
        if _tag(element) == "name":
            yield "name", element.text or ""


def _geometry(placemark: ElementTree.Element) -> BaseGeometry | None:
    """Polygon or MultiPolygon; points and lines stay what they are, to be reported; else None."""
    parts = [_polygon(element) for element in placemark.iter() if _tag(element) == "Polygon"]
    if parts:
        return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)
    for element in placemark.iter():
        if _tag(element) in ("Point", "LineString", "LinearRing"):
            points = _points(element)
            return shapely.Point(points[0]) if len(points) == 1 else shapely.LineString(points)
    return None


def _polygon(polygon: ElementTree.Element) -> shapely.Polygon:
    shells = [_ring(edge) for edge in polygon if _tag(edge) == "outerBoundaryIs"]
    holes = [_ring(edge) for edge in polygon if _tag(edge) == "innerBoundaryIs"]
    if not shells or len(shells[0]) < 4:
        return shapely.Polygon()
    return shapely.Polygon(shells[0], [hole for hole in holes if len(hole) >= 4])


def _ring(edge: ElementTree.Element) -> list[tuple[float, float]]:
    points = _points(edge)
    return points if not points or points[0] == points[-1] else [*points, points[0]]


def _points(element: ElementTree.Element) -> list[tuple[float, float]]:
    words = next((item.text or "" for item in element.iter() if _tag(item) == "coordinates"), "")
    return [(float(lon), float(lat)) for lon, lat, *_ in (point.split(",") for point in words.split())]
