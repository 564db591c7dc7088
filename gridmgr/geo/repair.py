"""Mending villages on request: invalid borders made valid, overlaps and narrow gaps closed, changes measured.

One plane for the whole file (`gridmgr.geo.crs.measuring_crs`, equal-area where the file is wider than a
zone), so that villages on two sides of a zone's or county's edge are mended together. Vertices that mending
leaves alone keep their original longitude and latitude to the last bit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gridmgr.geo.adjacency import GAP_WIDTH_M
from gridmgr.geo.checks import MIN_AREA_M2, gap_strips, near_pairs
from gridmgr.geo.crs import WGS84, Geometries, area_m2, measuring_crs, project
from gridmgr.texts import Message

#: Making a border valid that changes its area by less than this part of it corrects how it was drawn, not
#: what it encloses: a ring may touch itself in a Shapefile, and not in the standard PostGIS and GEOS keep.
HARMLESS_CHANGE = 1e-5
#: Smaller changes of a village's area are rounding, square metres.
MIN_CHANGE_M2 = 0.01


@dataclass(frozen=True)
class Repair:
    """What mending did to one village.

    Parameters
    ----------
    code
        The village's.
    area_before_m2, area_after_m2
        Its area, square metres; the area before of a border that crosses itself is what its formula gives.
    what
        What was done.
    """

    code: str
    area_before_m2: float
    area_after_m2: float
    what: Message


@dataclass(frozen=True)
class Repaired:
    """Mended villages.

    Parameters
    ----------
    geometries
        In the same order, EPSG:4326; empty where nothing is left of a village.
    repairs
        One for each village that changed.
    """

    geometries: Geometries
    repairs: tuple[Repair, ...]


def repair(
    geometries: Geometries,
    codes: list[str],
    *,
    gap_width_m: float = GAP_WIDTH_M,
    snapping_distance_m: float = -1.0,
) -> Repaired:
    """Make villages valid and fit together.

    Parameters
    ----------
    geometries
        Polygons, EPSG:4326, valid or not; no None.
    codes
        Their codes, for the report.
    gap_width_m
        Gaps up to this wide go to one of the villages beside them, metres. Overlaps go to the one with the
        longest border on them, whatever their size.
    snapping_distance_m
        Vertices nearer than this become one, metres; -1 lets GEOS take a hundred-millionth of the file's
        extent (about 1 mm for a county).
    """
    before = area_m2(geometries)
    invalid = ~shapely.is_valid(geometries) | ~_is_polygonal(geometries)
    valid = make_valid(geometries)
    clean = clean_coverage(valid, gap_width_m=gap_width_m, snapping_distance_m=snapping_distance_m)
    fitted = np.abs(area_m2(clean) - area_m2(valid)) >= MIN_CHANGE_M2
    after = area_m2(clean)
    repairs = [
        Repair(
            codes[row], float(before[row]), float(after[row]), _what(bool(invalid[row]), bool(fitted[row]))
        )
        for row in np.flatnonzero(invalid | fitted)
    ]
    return Repaired(clean, tuple(repairs))


def _what(was_invalid: bool, was_fitted: bool) -> Message:
    if was_invalid and was_fitted:
        return Message("geo.what_both")
    return Message("geo.what_valid" if was_invalid else "geo.what_coverage")


def settle(geometries: Geometries, codes: list[str]) -> tuple[Repaired, NDArray[np.bool_]]:
    """Make valid what is invalid only in how it was drawn; no area changes, so nobody needs to ask for it.

    Parameters
    ----------
    geometries, codes
        Polygons, EPSG:4326, None allowed, and their codes.

    Returns
    -------
    repaired
        Geometries with the harmless ones made valid, and those changes.
    settled
        Which ones these are.
    """
    result, settled = geometries.copy(), np.zeros(len(geometries), dtype=bool)
    rows = np.flatnonzero(~shapely.is_valid(geometries) & _is_polygonal(geometries))
    if not rows.size:
        return Repaired(result, ()), settled
    mended = make_valid(geometries[rows])
    before, after = area_m2(geometries[rows]), area_m2(mended)
    harmless = np.abs(after - before) <= HARMLESS_CHANGE * before
    harmless &= ~shapely.is_empty(mended)
    settled[rows[harmless]] = True
    result[settled] = mended[harmless]
    what = Message("geo.what_valid")
    repairs = tuple(
        Repair(codes[row], float(old), float(new), what)
        for row, old, new in zip(rows[harmless], before[harmless], after[harmless], strict=True)
    )
    return Repaired(result, repairs), settled


def make_valid(geometries: Geometries) -> Geometries:
    """Valid polygons; lines and points that are left over are dropped, which may leave an empty polygon.

    The method "structure" keeps shells as shells and holes as holes; the older one turns overlapping parts of
    one village into holes.
    """
    wrong = ~shapely.is_valid(geometries) | ~_is_polygonal(geometries)
    result = geometries.copy()
    for row in np.flatnonzero(wrong):
        mended = shapely.make_valid(geometries[row], method="structure", keep_collapsed=False)
        result[row] = _polygons_of(mended)
    return result


def clean_coverage(
    geometries: Geometries, *, gap_width_m: float = GAP_WIDTH_M, snapping_distance_m: float = -1.0
) -> Geometries:
    """Close overlaps and narrow gaps between valid polygons (EPSG:4326); see `repair`."""
    filled = np.flatnonzero(~shapely.is_empty(geometries))
    if not filled.size:
        return geometries
    crs = measuring_crs(geometries[filled])
    plane = project(geometries[filled], target=crs)
    if shapely.coverage_is_valid(plane, gap_width=gap_width_m):
        return geometries
    wider = _with_strips(plane, gap_width_m)
    # types-shapely stops at 2.1, coverage_clean came with 2.2
    clean = shapely.coverage_clean(  # type: ignore[attr-defined]
        wider, gap_width=gap_width_m, snapping_distance=snapping_distance_m
    )
    result = geometries.copy()
    result[filled] = _unprojected(clean, plane, geometries[filled], crs=crs)
    return result


def _with_strips(plane: Geometries, gap_width_m: float) -> Geometries:
    """Villages with the narrow strips beside them, each strip given to one of its two neighbours.

    GEOS fills only gaps that are closed all round, and gives a whole net of strips around several villages to
    one of them.
    """
    if gap_width_m <= 0:
        return plane
    unmatched = shapely.coverage_invalid_edges(plane, gap_width=gap_width_m)
    rows = np.flatnonzero(~shapely.is_empty(unmatched))
    if not rows.size:
        return plane
    i, j = near_pairs(plane, rows, gap_width_m)
    overlap = shapely.intersection(plane[i], plane[j])
    strips = gap_strips(plane, unmatched, i, j, overlap=overlap, width_m=gap_width_m)
    result = plane.copy()
    for pair in np.flatnonzero(shapely.area(strips) >= MIN_AREA_M2):
        result[i[pair]] = _polygons_of(shapely.union(result[i[pair]], strips[pair]))
    return result


def _unprojected(clean: Geometries, plane: Geometries, original: Geometries, *, crs: str) -> Geometries:
    """Back to EPSG:4326, taking the original's coordinates wherever the plane's are the same."""
    known, position = np.unique(_places(plane), return_index=True)
    originals = _places(original)[position]
    back = project(clean, source=crs, target=WGS84)
    wanted, projected = _places(clean), _places(back)
    nearest = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
    kept = np.where(known[nearest] == wanted, originals[nearest], projected)
    return shapely.set_coordinates(back, np.stack([kept.real, kept.imag], axis=1))


def _places(geometries: Geometries) -> NDArray[np.complex128]:
    points = shapely.get_coordinates(geometries)
    return points[:, 0] + 1j * points[:, 1]


def _is_polygonal(geometries: Geometries) -> NDArray[np.bool_]:
    return np.isin(
        shapely.get_type_id(geometries), (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)
    )


def _polygons_of(geometry: BaseGeometry) -> BaseGeometry:
    if geometry.geom_type in ("Polygon", "MultiPolygon"):
        return geometry
    parts = [part for part in getattr(geometry, "geoms", ()) if part.geom_type in ("Polygon", "MultiPolygon")]
    return shapely.union_all(parts) if parts else shapely.Polygon()
