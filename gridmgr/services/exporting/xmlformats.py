"""GPX 1.1 (topografix.com) and KML 2.2 (OGC), built as trees so that no name can break the markup."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

from gridmgr.services.exporting.model import SquadRoute, StopRow

_GPX = "http://www.topografix.com/GPX/1/1"
_KML = "http://www.opengis.net/kml/2.2"
#: Characters that XML 1.0 cannot hold at all, escaped or not.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
#: Squads' line colours as KML writes them: alpha, blue, green, red.
_KML_COLOURS = (
    "ffa06000",
    "ff5e00b3",
    "ff557a00",
    "ff9d2a5b",
    "ffb89300",
    "ff222222",
    "ff2d52a0",
    "ff007a6b",
)


def gpx_text(routes: Sequence[SquadRoute]) -> bytes:
    """Each squad as a route of its stops and a track along the roads."""
    root = ET.Element("gpx", {"xmlns": _GPX, "version": "1.1", "creator": "gridmgr"})
    for route in routes:
        element = ET.SubElement(root, "rte")
        _add(element, "name", route.title)
        _add(element, "number", str(route.number))
        for stop in route.stops:
            _route_point(element, stop)
    for route in routes:
        track = ET.SubElement(root, "trk")
        _add(track, "name", route.title)
        segment = ET.SubElement(track, "trkseg")
        for lon, lat in route.line:
            ET.SubElement(segment, "trkpt", {"lat": f"{lat:.7f}", "lon": f"{lon:.7f}"})
    return _bytes(root)


def _route_point(parent: ET.Element, stop: StopRow) -> None:
    point = ET.SubElement(parent, "rtept", {"lat": f"{stop.lat:.7f}", "lon": f"{stop.lon:.7f}"})
    _add(point, "time", _utc(stop.start))
    _add(point, "name", f"{stop.number} {stop.name}")
    _add(point, "cmt", f"{stop.start:%H:%M}-{stop.leave:%H:%M}")
    _add(point, "desc", stop.purpose)


def kml_text(routes: Sequence[SquadRoute]) -> bytes:
    """Each squad as a folder with its line and its stops."""
    root = ET.Element("kml", {"xmlns": _KML})
    document = ET.SubElement(root, "Document")
    for index, colour in enumerate(_KML_COLOURS):
        style = ET.SubElement(ET.SubElement(document, "Style", {"id": f"squad{index}"}), "LineStyle")
        _add(style, "color", colour)
        _add(style, "width", "4")
    for route in routes:
        folder = ET.SubElement(document, "Folder")
        _add(folder, "name", route.title)
        line = ET.SubElement(folder, "Placemark")
        _add(line, "name", route.title)
        _add(line, "description", ", ".join((*route.members, route.vehicle)).strip(", "))
        _add(line, "styleUrl", f"#squad{(route.number - 1) % len(_KML_COLOURS)}")
        string = ET.SubElement(line, "LineString")
        _add(string, "tessellate", "1")
        _add(string, "coordinates", " ".join(f"{lon:.7f},{lat:.7f}" for lon, lat in route.line))
        for stop in route.stops:
            _placemark(folder, stop)
    return _bytes(root)


def _placemark(parent: ET.Element, stop: StopRow) -> None:
    mark = ET.SubElement(parent, "Placemark")
    _add(mark, "name", f"{stop.number} {stop.name}")
    _add(mark, "description", f"{stop.start:%H:%M}-{stop.leave:%H:%M} {stop.purpose}")
    span = ET.SubElement(mark, "TimeSpan")
    _add(span, "begin", _utc(stop.start))
    _add(span, "end", _utc(stop.leave))
    point = ET.SubElement(mark, "Point")
    _add(point, "coordinates", f"{stop.lon:.7f},{stop.lat:.7f}")


def _add(parent: ET.Element, tag: str, words: str) -> None:
    ET.SubElement(parent, tag).text = _FORBIDDEN.sub("", words)


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _bytes(root: ET.Element) -> bytes:
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))
