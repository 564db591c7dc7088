"""Datums of Chinese maps and phones: GCJ-02 (Amap, Tencent), BD-09 (Baidu), CGCS2000 and WGS84.

Everything here is vectorised over numpy arrays of degrees. Points outside `SHIFTED_AREA` are not shifted by
GCJ-02, which is how map services behave outside China; the rectangle also covers neighbours of China, as it
does in every published description of the shift.

Facts: ellipsoid of Krasovsky (a = 6378245 m, e2 = 0.00669342162296594323) and the published trigonometric
series; CGCS2000 and WGS84 differ by about 0.1 mm here, which is nothing to a village border.
"""

from __future__ import annotations

import unicodedata

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gridmgr.errors import BadInput

Degrees = NDArray[np.float64]

#: Accepted spellings, by the name used everywhere else; compared after `_normal`.
SPELLINGS: dict[str, tuple[str, ...]] = {
    "wgs84": ("wgs84", "wgs1984", "epsg4326", "gps", "地球", "世界大地", "国际"),
    "cgcs2000": (
        "cgcs2000",
        "epsg4490",
        "2000",
        "国家2000",
        "大地2000",
        "国家大地2000",
        "2000国家大地",
        "天地图",
        "tianditu",
    ),
    "gcj02": ("gcj02", "gcj2002", "火星", "国测局", "高德", "腾讯", "amap", "gaode", "tencent"),
    "bd09": ("bd09", "bd09ll", "百度", "baidu"),
}
DATUMS = tuple(SPELLINGS)

#: West, south, east, north, in degrees: where GCJ-02 shifts.
SHIFTED_AREA = (72.004, 0.8293, 137.8347, 55.8271)

_AXIS_M = 6378245.0
_ECCENTRICITY_2 = 0.00669342162296594323
_BAIDU_WAVE = np.pi * 3000.0 / 180.0
_BAIDU_EAST, _BAIDU_NORTH = 0.0065, 0.006
_FIXED_POINT_STEPS = 5


def _normal(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).strip().casefold()
    bare = "".join(sign for sign in folded if sign.isalnum())
    for ending in ("坐标系统", "坐标系", "坐标", "地图"):
        bare = bare.removesuffix(ending)
    return bare


_BY_SPELLING = {_normal(word): name for name, words in SPELLINGS.items() for word in words}


def is_datum(text: str) -> bool:
    """Whether `parse_datum` knows this spelling."""
    return _normal(text) in _BY_SPELLING


def parse_datum(text: str | None, *, default: str = "wgs84") -> str:
    """One of `DATUMS` for a name as people write it, in Chinese or English.

    Parameters
    ----------
    text
        ``WGS-84``, ``国家2000``, ``火星坐标``, ``高德``, ``百度`` ...; None or blank means `default`.

    Raises
    ------
    BadInput
        If the name is not known; the message lists the names that are.
    """
    if text is None or not text.strip():
        return default
    found = _BY_SPELLING.get(_normal(text))
    if found is None:
        raise BadInput("geo.unknown_datum", value=text, known=", ".join(DATUMS))
    return found


def to_wgs84(lon: ArrayLike, lat: ArrayLike, datum: str) -> tuple[Degrees, Degrees]:
    """Points of any datum as WGS84.

    Parameters
    ----------
    lon, lat
        Degrees, same shape (scalars give 0-d arrays).
    datum
        Any spelling `parse_datum` knows.

    Returns
    -------
    lon, lat
        WGS84 degrees; GCJ-02 and BD-09 come back to well under a millimetre of the point they were made from.

    Raises
    ------
    BadInput
        If the datum is not known.
    """
    lon, lat = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    name = parse_datum(datum)
    if name == "bd09":
        lon, lat = bd09_to_gcj02(lon, lat)
    if name in ("bd09", "gcj02"):
        lon, lat = gcj02_to_wgs84(lon, lat)
    return lon, lat


def from_wgs84(lon: ArrayLike, lat: ArrayLike, datum: str) -> tuple[Degrees, Degrees]:
    """WGS84 points in any datum, for a link into Amap or Baidu; see `to_wgs84`."""
    lon, lat = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    name = parse_datum(datum)
    if name in ("bd09", "gcj02"):
        lon, lat = wgs84_to_gcj02(lon, lat)
    if name == "bd09":
        lon, lat = gcj02_to_bd09(lon, lat)
    return lon, lat


def in_shifted_area(lon: ArrayLike, lat: ArrayLike) -> NDArray[np.bool_]:
    """Whether GCJ-02 shifts a point there."""
    lon, lat = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    west, south, east, north = SHIFTED_AREA
    return (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)


def _shift(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """GCJ-02 minus WGS84 in degrees at a WGS84 point, wherever it lies."""
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    ripple = 20.0 * np.sin(6.0 * np.pi * x) + 20.0 * np.sin(2.0 * np.pi * x)
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y**2 + 0.1 * x * y + 0.2 * root
    north += 2.0 / 3.0 * (ripple + 20.0 * np.sin(np.pi * y) + 40.0 * np.sin(np.pi * y / 3.0))
    north += 2.0 / 3.0 * (160.0 * np.sin(np.pi * y / 12.0) + 320.0 * np.sin(np.pi * y / 30.0))
    east = 300.0 + x + 2.0 * y + 0.1 * x**2 + 0.1 * x * y + 0.1 * root
    east += 2.0 / 3.0 * (ripple + 20.0 * np.sin(np.pi * x) + 40.0 * np.sin(np.pi * x / 3.0))
    east += 2.0 / 3.0 * (150.0 * np.sin(np.pi * x / 12.0) + 300.0 * np.sin(np.pi * x / 30.0))
    phi = np.radians(lat)
    w2 = 1.0 - _ECCENTRICITY_2 * np.sin(phi) ** 2
    meridian_m = _AXIS_M * (1.0 - _ECCENTRICITY_2) / w2**1.5
    parallel_m = _AXIS_M / np.sqrt(w2) * np.cos(phi)
    return np.degrees(east / parallel_m), np.degrees(north / meridian_m)


def wgs84_to_gcj02(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """WGS84 to GCJ-02; points outside `SHIFTED_AREA` stay."""
    inside = in_shifted_area(lon, lat)
    east, north = _shift(lon, lat)
    return np.where(inside, lon + east, lon), np.where(inside, lat + north, lat)


def gcj02_to_wgs84(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """GCJ-02 to WGS84 by fixed point; points outside `SHIFTED_AREA` stay.

    The area is tested on the given point once: tested anew in each step, a point near its edge would hop in
    and out for ever.
    """
    inside = in_shifted_area(lon, lat)
    guess_lon, guess_lat = lon, lat
    for _ in range(_FIXED_POINT_STEPS):
        east, north = _shift(guess_lon, guess_lat)
        guess_lon, guess_lat = lon - east, lat - north
    return np.where(inside, guess_lon, lon), np.where(inside, guess_lat, lat)


def gcj02_to_bd09(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """GCJ-02 to BD-09; Baidu's turn and stretch is applied everywhere."""
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BAIDU_WAVE)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BAIDU_WAVE)
    return radius * np.cos(angle) + _BAIDU_EAST, radius * np.sin(angle) + _BAIDU_NORTH


def bd09_to_gcj02(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """BD-09 to GCJ-02 by fixed point."""
    guess_lon, guess_lat = lon - _BAIDU_EAST, lat - _BAIDU_NORTH
    for _ in range(_FIXED_POINT_STEPS):
        back_lon, back_lat = gcj02_to_bd09(guess_lon, guess_lat)
        guess_lon, guess_lat = guess_lon + lon - back_lon, guess_lat + lat - back_lat
    return guess_lon, guess_lat
