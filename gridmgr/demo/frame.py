"""The demo county's own flat frame: metres east and north of its middle, and seeded random numbers a part.

A county is drawn in metres and handed out in degrees. The plate carrée around the middle latitude is exact
enough for drawing (under 1 % of stretch 80 km from the middle); everything that measures goes through
``gridmgr.geo`` like any imported county does.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

#: Middle of the fictitious county, WGS84 degrees: an inland place between plain and hills.
LON_0, LAT_0 = 113.6, 34.3
_METRES_PER_DEGREE = math.pi * 6_371_008.8 / 180
_SCALE = np.array([_METRES_PER_DEGREE * math.cos(math.radians(LAT_0)), _METRES_PER_DEGREE])
#: 1e-7 degrees is a centimetre; OSM files keep no more, so that every file gives the same coordinates.
_DECIMALS = 7


def to_degrees(metres: FloatArray) -> FloatArray:
    """WGS84 lon/lat of points given in metres east/north of the middle, shape (..., 2), rounded to 1e-7."""
    degrees: FloatArray = np.round(metres / _SCALE + (LON_0, LAT_0), _DECIMALS)
    return degrees


def to_metres(degrees: FloatArray) -> FloatArray:
    """Metres east/north of the middle for WGS84 lon/lat, shape (..., 2)."""
    metres: FloatArray = (degrees - (LON_0, LAT_0)) * _SCALE
    return metres


def random(seed: int, part: str) -> np.random.Generator:
    """A generator of its own for each part, so that a change in one part leaves the others as they were."""
    return np.random.default_rng([seed, *part.encode()])
