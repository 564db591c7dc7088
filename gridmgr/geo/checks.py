"""What is wrong with villages: each row's geometry, codes given twice, and borders that do not meet.

Everything is collected, nothing is changed, and no check stops at the first problem. A row's problem keeps it
out; overlaps and gaps are warnings, which `gridmgr.geo.repair` removes on request.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gridmgr.errors import RowProblem
from gridmgr.geo.adjacency import GAP_WIDTH_M
from gridmgr.geo.crs import Geometries, measuring_crs, project
from gridmgr.texts import Message

#: Overlaps and gaps smaller than this are rounding, square metres.
MIN_AREA_M2 = 1.0
#: Pairs named one by one in a list of warnings; the rest is summed up.
MAX_PAIRS_NAMED = 20

_POLYGONAL = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)


@dataclass(frozen=True)
class Clash:
    """Two villages whose borders do not meet.

    Parameters
    ----------
    i, j
        Their positions, i < j.
    area_m2
        Square metres they both claim, or of the narrow strip neither does.
    """

    i: int
    j: int
    area_m2: float


@dataclass(frozen=True)
class CoverageCheck:
    """How well villages fit together.

    Parameters
    ----------
    overlaps, gaps
        Largest first. A gap is a strip up to `gridmgr.geo.adjacency.GAP_WIDTH_M` wide; wider may be a river.
    unmatched
        Lines of borders that match no neighbour's, by village, empty where all is well; in `measuring_crs`.
    """

    overlaps: tuple[Clash, ...]
    gaps: tuple[Clash, ...]
    unmatched: Geometries


def missing_geometry(geometries: Geometries) -> list[Message | None]:
    """Why a row has no area to own, by row; None where it has."""
    reasons: list[Message | None] = [None] * len(geometries)
    types, empty = shapely.get_type_id(geometries), shapely.is_empty(geometries)
    for row in np.flatnonzero(~np.isin(types, _POLYGONAL) | empty):
        geometry = geometries[row]
        if geometry is None:
            reasons[row] = Message("geo.null_geometry")
        elif empty[row]:
            reasons[row] = Message("geo.empty_geometry")
        elif not _holds_polygons(geometry):
            reasons[row] = Message("geo.not_polygon", {"type": geometry.geom_type})
    return reasons


def _holds_polygons(geometry: BaseGeometry) -> bool:
    """Whether a collection has a polygon in it."""
    parts = getattr(geometry, "geoms", ())
    return any(part.geom_type in ("Polygon", "MultiPolygon") for part in parts)


def outside_world(geometries: Geometries) -> NDArray[np.bool_]:
    """Which EPSG:4326 geometries have coordinates that are no longitude and latitude; False for None."""
    west, south, east, north = shapely.bounds(geometries).T
    wrong = (west < -180) | (east > 180) | (south < -90) | (north > 90)
    finite = np.isfinite(west) & np.isfinite(south) & np.isfinite(east) & np.isfinite(north)
    present = ~(shapely.is_missing(geometries) | shapely.is_empty(geometries))
    return np.asarray(wrong | (~finite & present), dtype=bool)


def invalid_geometry(geometries: Geometries) -> list[Message | None]:
    """Why a geometry is not a valid area (a border that crosses itself, say), by row; None where it is."""
    reasons: list[Message | None] = [None] * len(geometries)
    types = shapely.get_type_id(geometries)
    for row in np.flatnonzero(~shapely.is_valid(geometries) & ~shapely.is_missing(geometries)):
        reasons[row] = Message("geo.invalid_geometry", {"detail": shapely.is_valid_reason(geometries[row])})
    for row in np.flatnonzero(types == shapely.GeometryType.GEOMETRYCOLLECTION):
        reasons[row] = reasons[row] or Message("geo.mixed_geometry")
    return reasons


def duplicates(
    codes: Sequence[str], contents: Sequence[Hashable], *, field: str
) -> tuple[list[RowProblem], dict[int, int]]:
    """Codes given more than once.

    Parameters
    ----------
    codes, contents
        Code and everything else of each village, in the file's order; blank codes are left alone.
    field
        The code's column, as the file names it.

    Returns
    -------
    errors
        Later rows with the code of an earlier one and other content.
    repeats
        Position of the earlier row by that of a later one that repeats it in everything and can be left out
        without loss.
    """
    first: dict[str, int] = {}
    errors: list[RowProblem] = []
    repeats: dict[int, int] = {}
    for position, code in enumerate(codes):
        if not code:
            continue
        earlier = first.setdefault(code, position)
        if earlier == position:
            continue
        if contents[earlier] == contents[position]:
            repeats[position] = earlier
            continue
        reason = Message("geo.duplicate_code", {"row": earlier + 1})
        errors.append(RowProblem(position + 1, field, code, reason, code))
    return errors, repeats


def check_coverage(geometries: Geometries, *, gap_width_m: float = GAP_WIDTH_M) -> CoverageCheck:
    """Find overlaps and narrow gaps.

    Parameters
    ----------
    geometries
        Valid polygons, EPSG:4326.
    gap_width_m
        Widest strip between two villages that is a mistake and not a river, metres.
    """
    if not len(geometries):
        return CoverageCheck((), (), np.empty(0, dtype=object))
    plane = project(geometries, target=measuring_crs(geometries))
    unmatched = shapely.coverage_invalid_edges(plane, gap_width=gap_width_m)
    rows = np.flatnonzero(~shapely.is_empty(unmatched))
    if not rows.size:
        return CoverageCheck((), (), unmatched)
    i, j = near_pairs(plane, rows, gap_width_m)
    overlap = shapely.intersection(plane[i], plane[j])
    strips = gap_strips(plane, unmatched, i, j, overlap=overlap, width_m=gap_width_m)
    shared, between = shapely.area(overlap), shapely.area(strips)
    return CoverageCheck(_clashes(i, j, shared), _clashes(i, j, between), unmatched)


def coverage_warnings(check: CoverageCheck, codes: Sequence[str]) -> list[Message]:
    """The check in words: the largest overlaps and gaps pair by pair, the rest summed up."""
    words: list[Message] = []
    for kind, clashes in (("overlap", check.overlaps), ("gap", check.gaps)):
        for clash in clashes[:MAX_PAIRS_NAMED]:
            params = {"a": codes[clash.i], "b": codes[clash.j], "area_m2": f"{clash.area_m2:.0f}"}
            words.append(Message(f"geo.{kind}", params))
        rest = clashes[MAX_PAIRS_NAMED:]
        if rest:
            total = f"{sum(clash.area_m2 for clash in rest):.0f}"
            words.append(Message(f"geo.more_{kind}s", {"count": len(rest), "area_m2": total}))
    return words


def near_pairs(
    plane: Geometries, rows: NDArray[np.intp], distance_m: float
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Each pair once, i < j, of a village among `rows` and any village within the distance."""
    left, right = shapely.STRtree(plane).query(plane[rows], predicate="dwithin", distance=distance_m)
    i, j = rows[left], right
    pairs = np.unique(np.stack([np.minimum(i, j), np.maximum(i, j)])[:, i != j], axis=1)
    return pairs[0], pairs[1]


def gap_strips(
    plane: Geometries,
    unmatched: Geometries,
    i: NDArray[np.intp],
    j: NDArray[np.intp],
    *,
    overlap: Geometries,
    width_m: float,
) -> Geometries:
    """The narrow strip between two villages that neither owns nor anybody else, by pair; empty where none is.

    Parameters
    ----------
    plane, unmatched
        Villages and their unmatched borders, in metres.
    i, j
        Pairs as `near_pairs` gives them.
    overlap
        What both of a pair own, by pair.
    width_m
        What lies within this distance of unmatched borders of both is a strip.
    """
    around = shapely.buffer(unmatched, width_m, cap_style="flat", quad_segs=2)
    free = shapely.intersection(around[i], around[j])
    free = shapely.difference(shapely.difference(free, plane[i]), plane[j])
    # where borders cross, both leave the overlap side by side; that wedge is no gap
    wide = np.flatnonzero(shapely.area(overlap) >= MIN_AREA_M2)
    free[wide] = shapely.difference(free[wide], shapely.buffer(overlap[wide], 1.5 * width_m, quad_segs=2))
    tree = shapely.STRtree(plane)
    for pair in np.flatnonzero(shapely.area(free) >= MIN_AREA_M2):
        others = np.setdiff1d(tree.query(free[pair], predicate="intersects"), (i[pair], j[pair]))
        free[pair] = shapely.difference(free[pair], shapely.union_all(plane[others]))
    return np.asarray(free, dtype=object)


def _clashes(i: NDArray[np.intp], j: NDArray[np.intp], areas: NDArray[np.float64]) -> tuple[Clash, ...]:
    found = [
        Clash(int(a), int(b), float(area))
        for a, b, area in zip(i, j, areas, strict=True)
        if area >= MIN_AREA_M2
    ]
    return tuple(sorted(found, key=lambda clash: (-clash.area_m2, clash.i, clash.j)))
