"""Pieces of land as paths of a small picture, all in one scale, for pages that draw without a map library."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import shapely
from shapely.geometry.base import BaseGeometry

Box = tuple[float, float, float, float]


@dataclass(frozen=True, kw_only=True)
class Outline:
    """A picture.

    Parameters
    ----------
    width, height
        Of its box, in its own units.
    paths
        SVG path data, one for each geometry given; empty where it lies outside.
    metres_per_unit
        Its scale.
    """

    width: float
    height: float
    paths: tuple[str, ...]
    metres_per_unit: float


_METRES_PER_DEGREE = 111_320.0


def around(geometry: BaseGeometry, *, margin: float, least_m: float = 0.0) -> Box:
    """Box of degrees around a geometry, with a margin (a share of its size) and a least size in metres."""
    west, south, east, north = geometry.bounds
    flat = math.cos(math.radians((south + north) / 2))
    least = least_m / _METRES_PER_DEGREE
    dx = max((east - west) * (1 + 2 * margin), least / flat) / 2
    dy = max((north - south) * (1 + 2 * margin), least) / 2
    x, y = (west + east) / 2, (south + north) / 2
    return x - dx, y - dy, x + dx, y + dy


def outline(geometries: Sequence[BaseGeometry], box: Box, *, size: float = 300.0) -> Outline:
    """Draw what of the geometries (EPSG:4326) lies in a box; its longer side gets ``size`` units."""
    west, south, east, north = box
    flat = math.cos(math.radians((south + north) / 2))
    unit = max((east - west) * flat, north - south) / size
    # A little more than the box, so that where it was cut does not look like a border.
    wide, high = east - west, north - south
    clip = shapely.box(west - wide, south - high, east + wide, north + high)

    def path(geometry: BaseGeometry) -> str:
        parts = []
        for ring in shapely.get_rings(shapely.get_parts(shapely.intersection(geometry, clip))):
            points = shapely.get_coordinates(ring)
            placed = (f"{(x - west) * flat / unit:.1f} {(north - y) / unit:.1f}" for x, y in points)
            parts.append(f"M{'L'.join(placed)}Z")
        return "".join(parts)

    return Outline(
        width=(east - west) * flat / unit,
        height=(north - south) / unit,
        paths=tuple(path(geometry) for geometry in geometries),
        metres_per_unit=unit * _METRES_PER_DEGREE,
    )
