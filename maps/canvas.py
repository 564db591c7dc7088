"""A small SVG writer: a plane over WGS84, shapes, and labels that keep out of each other's way.

Elements are made by ElementTree, so that no name can break out of its text or attribute.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gridmgr.geo.earth import metres_per_degree

Box = tuple[float, float, float, float]
#: Height of a letter in sizes of the font, and width of a Chinese and of a Latin one.
_LETTER = (1.15, 1.0, 0.58)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plane:
    """Maps degrees to a picture, east right, north up, the same scale both ways at its middle latitude.

    Parameters
    ----------
    west, north
        Degrees of the picture's upper left corner of content.
    left, top
        Where that corner lies in the picture.
    x_scale, y_scale
        Picture units a degree of longitude and of latitude.
    metres
        Metres a picture unit.
    """

    west: float
    north: float
    left: float
    top: float
    x_scale: float
    y_scale: float
    metres: float

    @classmethod
    def fit(cls, bounds: Box, *, into: Box) -> Plane:
        """A plane that shows ``bounds`` (west, south, east, north in degrees) centred in a box.

        Parameters
        ----------
        bounds
            What to show.
        into
            Left, top, right, bottom in picture units.
        """
        west, south, east, north = bounds
        left, top, right, bottom = into
        per_lon, per_lat = (float(value) for value in metres_per_degree((south + north) / 2))
        width = max((east - west) * per_lon, 1.0)
        height = max((north - south) * per_lat, 1.0)
        metres = max(width / (right - left), height / (bottom - top))
        return cls(
            west=west,
            north=north,
            left=left + (right - left - width / metres) / 2,
            top=top + (bottom - top - height / metres) / 2,
            x_scale=per_lon / metres,
            y_scale=per_lat / metres,
            metres=metres,
        )

    def at(self, lon: float, lat: float) -> tuple[float, float]:
        """Picture units of a point in degrees."""
        return self.left + (lon - self.west) * self.x_scale, self.top + (self.north - lat) * self.y_scale

    def to_picture(self, geometries: Iterable[BaseGeometry]) -> NDArray[np.object_]:
        """Geometries in picture units."""
        array = np.array(list(geometries), dtype=object)

        def move(points: NDArray[np.float64]) -> NDArray[np.float64]:
            x = self.left + (points[:, 0] - self.west) * self.x_scale
            y = self.top + (self.north - points[:, 1]) * self.y_scale
            return np.column_stack([x, y])

        return shapely.transform(shapely.force_2d(array), move)


@dataclass
class Canvas:
    """An SVG picture being drawn.

    Parameters
    ----------
    width, height
        Of the picture, in its own units.
    title
        What a screen reader says of it.
    """

    width: float
    height: float
    title: str
    taken: list[Box] = field(default_factory=list)

    def __post_init__(self) -> None:
        attributes = {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {self.width:g} {self.height:g}",
            "role": "img",
            "class": "map",
        }
        self.root = ET.Element("svg", attributes)
        ET.SubElement(self.root, "title").text = self.title

    def add(self, tag: str, words: str | None = None, /, **attributes: object) -> ET.Element:
        """Add an element; underscores in attribute names become hyphens, floats are cut to hundredths."""
        return _child(self.root, tag, words, attributes)

    def group(self, tag: str = "g", /, **attributes: object) -> Canvas:
        """A canvas that draws into a group (or another container) of this one and shares its taken boxes."""
        inner = object.__new__(Canvas)
        inner.width, inner.height, inner.title, inner.taken = self.width, self.height, self.title, self.taken
        inner.root = _child(self.root, tag, None, attributes)
        return inner

    def label(self, words: str, x: float, y: float, *, size: float, **attributes: object) -> bool:
        """Write words centred on a point unless they would cover others; says whether they were written."""
        width, height = text_width(words, size), size * _LETTER[0]
        box = (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
        if box[0] < 0 or box[2] > self.width or any(_overlap(box, other) for other in self.taken):
            return False
        self.taken.append(box)
        self.add("text", words, x=x, y=y + size * 0.36, font_size=size, text_anchor="middle", **attributes)
        return True

    def markup(self) -> str:
        """The picture as text, to stand inside an HTML page."""
        return ET.tostring(self.root, encoding="unicode")


def text_width(words: str, size: float) -> float:
    """About how wide words are, in units of the font's size."""
    _, wide, narrow = _LETTER
    letters = (wide if unicodedata.east_asian_width(letter) in "WF" else narrow for letter in words)
    return size * sum(letters)


def path_of(geometry: BaseGeometry) -> str:
    """SVG path of a polygon or line in picture units, to a tenth of a unit."""
    parts = []
    for line in _lines(geometry):
        points = np.round(shapely.get_coordinates(line), 1)
        moved = np.ones(len(points), dtype=bool)
        moved[1:] = np.any(points[1:] != points[:-1], axis=1)
        kept = points[moved]
        if len(kept) > 1:
            parts.append("M" + " ".join(f"{x:g},{y:g}" for x, y in kept))
    return "".join(parts)


def _lines(geometry: BaseGeometry) -> Sequence[BaseGeometry]:
    boundary = geometry.boundary if shapely.get_dimensions(geometry) == 2 else geometry
    return list(shapely.get_parts(boundary))


def scale_bar(plane: Plane, longest: float) -> tuple[int, float]:
    """A round length for the bar of scale, at most `longest` picture units: metres, and picture units."""
    most = longest * plane.metres
    power = 10 ** math.floor(math.log10(max(most, 1.0)))
    metres = max(step * power for step in (1, 2, 5) if step * power <= max(most, 1.0))
    return int(metres), metres / plane.metres


def push_apart(points: Sequence[tuple[float, float]], *, distance: float) -> list[tuple[float, float]]:
    """Move points that would cover each other to the right until they do not."""
    placed: list[tuple[float, float]] = []
    for x, y in points:
        moved = x
        while any(math.hypot(moved - px, y - py) < distance for px, py in placed):
            moved += distance
        placed.append((moved, y))
    return placed


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _child(parent: ET.Element, tag: str, words: str | None, attributes: dict[str, object]) -> ET.Element:
    values = {
        name.rstrip("_").replace("_", "-"): f"{round(value, 2):g}" if isinstance(value, float) else str(value)
        for name, value in attributes.items()
    }
    element = ET.SubElement(parent, tag, values)
    element.text = words
    return element
