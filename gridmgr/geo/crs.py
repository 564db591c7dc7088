"""Coordinate reference systems: which plane to measure in, and catching a file that names the wrong one.

Geometry is kept in EPSG:4326 (lon, lat). Areas and lengths are measured in `measuring_crs`: the 3-degree
Gauss-Krueger zone of CGCS2000 in and around China, UTM elsewhere, and an equal-area plane where one zone
would distort areas by more than about 0.1 %.

Facts (EPSG registry): CGCS2000 3-degree zones are 4534 + zone - 25 without and 4513 + zone - 25 with the zone
number in the easting, zone = floor((lon + 1.5) / 3); 6-degree zones with the number are 4491 + zone - 13.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from gridmgr.errors import BadInput
from gridmgr.texts import Message

WGS84 = "EPSG:4326"
#: West, south, east, north of the rectangle whose longitudes have a Gauss-Krueger zone of CGCS2000.
GAUSS_KRUEGER_AREA = (73.5, 3.0, 136.5, 54.0)
#: Widest span in degrees one Gauss-Krueger or UTM zone is used for.
ZONE_SPAN_DEG = 4.5
#: No village lies nearer to a pole: a latitude beyond it is a longitude in the wrong place.
POLAR_LATITUDE = 72.0
#: How far beyond a CRS's own area files are still taken, degrees; counties on a zone's edge keep one zone.
AREA_SLACK_DEG = 3.0
#: Geographic CRSs of Xi'an 1980, Beijing 1954 and New Beijing, tens of metres from CGCS2000.
OLD_DATUMS = {4610: "Xian 1980", 4214: "Beijing 1954", 4555: "New Beijing"}

Geometries = NDArray[np.object_]


@lru_cache(maxsize=64)
def transformer(source: str, target: str) -> Transformer:
    """Transformer between two CRSs, x before y (lon before lat) on both sides; building one is slow."""
    return Transformer.from_crs(source, target, always_xy=True)


def project(geometries: Geometries, *, source: str = WGS84, target: str) -> Geometries:
    """Geometries in another CRS, in 2D; equal vertices stay equal, so shared borders stay shared.

    Parameters
    ----------
    geometries
        Array of shapely geometries, None allowed.
    source, target
        Anything PROJ understands: ``EPSG:4549``, WKT.
    """
    if source == target:
        return shapely.force_2d(geometries)
    convert = transformer(source, target)
    flat = shapely.force_2d(geometries)

    def converted(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.stack(convert.transform(points[:, 0], points[:, 1]), axis=1)

    return np.asarray(shapely.transform(flat, converted), dtype=object)


def metric_crs(*, lon: float, lat: float) -> str:
    """CRS in metres that fits a point: 3-degree Gauss-Krueger of CGCS2000 where it has a zone, else UTM."""
    west, south, east, north = GAUSS_KRUEGER_AREA
    if west <= lon < east and south <= lat <= north:
        zone = int(np.floor((lon + 1.5) / 3.0))
        return f"EPSG:{4534 + zone - 25}"
    zone = int(np.floor((lon + 180.0) / 6.0)) % 60 + 1
    return f"EPSG:{(32600 if lat >= 0 else 32700) + zone}"


def measuring_crs(geometries: Geometries) -> str:
    """One plane in metres for all of these geometries.

    Parameters
    ----------
    geometries
        EPSG:4326; at least one with coordinates.

    Returns
    -------
    str
        `metric_crs` of the middle, or, where they are wider than `ZONE_SPAN_DEG`, a Lambert azimuthal
        equal-area plane around the middle (areas exact, lengths within 1 % over a province).
    """
    west, south, east, north = (float(edge) for edge in shapely.total_bounds(geometries))
    lon, lat = (west + east) / 2, (south + north) / 2
    if east - west <= ZONE_SPAN_DEG:
        return metric_crs(lon=lon, lat=lat)
    return f"+proj=laea +lon_0={lon:.2f} +lat_0={lat:.2f} +datum=WGS84 +units=m +type=crs"


def area_m2(geometries: Geometries) -> NDArray[np.float64]:
    """Areas in square metres of EPSG:4326 geometries; nan for None."""
    geometries = np.asarray(geometries, dtype=object)
    if not np.isfinite(shapely.total_bounds(geometries)).all():
        return np.asarray(shapely.area(geometries), dtype=float)
    return np.asarray(shapely.area(project(geometries, target=measuring_crs(geometries))), dtype=float)


def parse_crs(text: str) -> CRS:
    """CRS a user or a file names.

    Raises
    ------
    BadInput
        If PROJ does not know it.
    """
    try:
        return CRS.from_user_input(int(text) if text.strip().isdigit() else text)
    except CRSError as error:
        raise BadInput("geo.crs_unknown", crs=_short(text)) from error


def crs_name(crs: CRS) -> str:
    """Short name: the EPSG code where it has one, else its own name."""
    code = crs.to_epsg()
    return f"EPSG:{code}" if code else str(crs.name)


def typical_point(geometries: Geometries) -> tuple[float, float]:
    """Median x and y of the geometries' boxes: one stray row does not move it.

    Raises
    ------
    BadInput
        If not one geometry has coordinates.
    """
    boxes = shapely.bounds(geometries)
    boxes = boxes[np.isfinite(boxes).all(axis=1)]
    if not len(boxes):
        raise BadInput("geo.no_geometry")
    x, y = np.median((boxes[:, :2] + boxes[:, 2:]) / 2, axis=0)
    return float(x), float(y)


def hint(*, x: float, y: float) -> Message:
    """What CRS coordinates like these probably are in, as words for the user."""
    if _is_swapped_degrees(x, y):
        return Message("geo.hint_swapped")
    if abs(x) <= 180 and abs(y) <= 90:
        return Message("geo.hint_degrees")
    zone = int(x // 1_000_000)
    if 25 <= zone <= 45:
        return Message("geo.hint_zone", {"zone": zone, "crs": f"EPSG:{4513 + zone - 25}"})
    if 13 <= zone <= 23 and 0 < y < 6_500_000 and not _is_mercator(x, y):
        return Message("geo.hint_zone", {"zone": zone, "crs": f"EPSG:{4491 + zone - 13}"})
    if 25 <= int(y // 1_000_000) <= 45:
        return Message("geo.hint_swapped")
    if _is_mercator(x, y):
        return Message("geo.hint_mercator")
    if 100_000 <= abs(x) < 1_000_000 and abs(y) < 10_000_000:
        return Message("geo.hint_meridian")
    if 100_000 <= abs(y) < 1_000_000 <= abs(x) < 10_000_000:
        return Message("geo.hint_swapped")
    return Message("geo.hint_none")


def resolve_crs(declared: str | None, *, given: str | None, x: float, y: float) -> CRS:
    """The CRS to read a file's coordinates in, after making sure it can be right.

    Parameters
    ----------
    declared
        What the file says; None when it says nothing.
    given
        What the user says; wins.
    x, y
        A typical coordinate of the file (`typical_point`).

    Raises
    ------
    BadInput
        If no CRS is known, if degrees stand where metres should or the other way round, if longitude and
        latitude are swapped, or if the coordinates land far from where the CRS is used. Each with a hint.
    """
    text = given or declared
    if not text:
        raise BadInput("geo.crs_missing", x=_number(x), y=_number(y), hint=hint(x=x, y=y))
    crs = parse_crs(text)
    params: dict[str, Any] = {"crs": crs_name(crs), "x": _number(x), "y": _number(y)}
    if crs.is_geographic:
        _require_degrees(x, y, params)
        return crs
    if abs(x) <= 180 and abs(y) <= 180:
        raise BadInput("geo.crs_not_metres", **params, hint=hint(x=x, y=y))
    _require_inside(crs, x, y, params)
    return crs


def old_datum(crs: CRS) -> str | None:
    """Name of the outdated Chinese datum this CRS stands on (tens of metres off); None for any other."""
    base = crs.geodetic_crs
    return OLD_DATUMS.get(base.to_epsg() or 0) if base is not None else None


def _require_degrees(x: float, y: float, params: dict[str, Any]) -> None:
    if _is_swapped_degrees(x, y):
        raise BadInput("geo.swapped", **params)
    if abs(x) > 180 or abs(y) > 90:
        raise BadInput("geo.crs_not_degrees", **params, hint=hint(x=x, y=y))


def _require_inside(crs: CRS, x: float, y: float, params: dict[str, Any]) -> None:
    lon, lat = transformer(crs.to_wkt(), WGS84).transform(x, y)
    box = _expected_box(crs)
    if _is_inside(lon, lat, box):
        return
    if _is_inside(*transformer(crs.to_wkt(), WGS84).transform(y, x), box):
        raise BadInput("geo.swapped", **params)
    raise BadInput("geo.crs_outside", **params, lon=_number(lon), lat=_number(lat), hint=hint(x=x, y=y))


def _expected_box(crs: CRS) -> tuple[float, float, float, float]:
    """West, south, east, north where coordinates of this CRS may lie, degrees."""
    area = crs.area_of_use
    if area is not None and area.west < area.east:
        slack = AREA_SLACK_DEG
        return area.west - slack, area.south - slack, area.east + slack, area.north + slack
    operation = crs.coordinate_operation
    for param in operation.params if operation is not None else ():
        if param.name == "Longitude of natural origin":
            middle = float(param.value)
            return middle - 2 * AREA_SLACK_DEG, -90.0, middle + 2 * AREA_SLACK_DEG, 90.0
    return -180.0, -90.0, 180.0, 90.0


def _is_inside(lon: float, lat: float, box: tuple[float, float, float, float]) -> bool:
    west, south, east, north = box
    return bool(west <= lon <= east and south <= lat <= north)


def _is_swapped_degrees(x: float, y: float) -> bool:
    return abs(x) <= POLAR_LATITUDE < abs(y) <= 180


def _is_mercator(x: float, y: float) -> bool:
    """Whether it is Web Mercator of China: x of 73.5-135 E, y of 3-54 N."""
    return 8_180_000 < x < 15_030_000 and 330_000 < y < 7_200_000


def _number(value: float) -> str:
    return f"{value:.6g}" if abs(value) < 1000 else f"{value:.0f}"


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."
