"""Short distances between points in degrees, without a projection: good to a metre over a few hundred."""

from __future__ import annotations

import math

#: At the equator; within 0.6 % of a degree of latitude anywhere.
_METRES_A_DEGREE = 111_320.0

Box = tuple[float, float, float, float]


def metres_between(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """Metres between two near points, degrees WGS84."""
    east = (other_lon - lon) * math.cos(math.radians((lat + other_lat) / 2))
    return math.hypot(east, other_lat - lat) * _METRES_A_DEGREE


def box_around(lon: float, lat: float, metres: float) -> Box:
    """West, south, east and north, degrees, of a box that holds every point within so many metres."""
    high = metres / _METRES_A_DEGREE
    wide = high / max(0.01, math.cos(math.radians(min(89.0, abs(lat) + high))))
    return lon - wide, lat - high, lon + wide, lat + high
