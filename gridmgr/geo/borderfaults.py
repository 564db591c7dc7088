"""Where borders of villages do not meet: each overlap and strip as a piece of land, and giving it to one.

`gridmgr.geo.repair` mends a whole file by rule. Here a person decides one piece at a time, which is the only
way where townships meet: a rule may not move land from one to another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gridmgr.geo.adjacency import GAP_WIDTH_M
from gridmgr.geo.checks import MIN_AREA_M2, gap_strips, near_pairs
from gridmgr.geo.crs import WGS84, Geometries, area_m2, measuring_crs, project
from gridmgr.geo.earth import metres_per_degree

#: Corners nearer than this to the new border become corners of it, degrees (1 mm).
_SNAP_DEG = 1e-8
_EARTH_RADIUS_M = 6_371_000.0


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A piece of land that two villages both claim, or neither does.

    Parameters
    ----------
    kind
        ``overlap`` or ``gap`` (a strip up to `gridmgr.geo.adjacency.GAP_WIDTH_M` wide; wider may be a river).
    i, j
        Positions of the two villages, i < j.
    area_m2
        Of the piece, square metres.
    piece
        EPSG:4326.
    """

    kind: str
    i: int
    j: int
    area_m2: float
    piece: BaseGeometry


@dataclass(frozen=True, kw_only=True)
class Mended:
    """The two villages after a piece was given to one of them.

    Parameters
    ----------
    winner, loser
        Their borders, EPSG:4326. Only one of them changes in what it encloses: of an overlap the loser's, of
        a gap the winner's. The loser is empty where the winner covers it wholly.
    others
        Borders of the villages around, which get the corners of the new border that lie on them, so that all
        still fit.
    """

    winner: BaseGeometry
    loser: BaseGeometry
    others: tuple[BaseGeometry, ...]


def find_faults(geometries: Geometries) -> tuple[Fault, ...]:
    """Every overlap and narrow gap between two villages, largest first.

    Parameters
    ----------
    geometries
        Valid polygons, EPSG:4326.
    """
    geometries = np.asarray(geometries, dtype=object)
    if not len(geometries):
        return ()
    crs = measuring_crs(geometries)
    plane = project(geometries, target=crs)
    unmatched = shapely.coverage_invalid_edges(plane, gap_width=GAP_WIDTH_M)
    rows = np.flatnonzero(~shapely.is_empty(unmatched))
    if not rows.size:
        return ()
    i, j = near_pairs(plane, rows, GAP_WIDTH_M)
    overlaps = shapely.intersection(plane[i], plane[j])
    strips = gap_strips(plane, unmatched, i, j, overlap=overlaps, width_m=GAP_WIDTH_M)
    found = []
    for kind, pieces in (("overlap", overlaps), ("gap", strips)):
        areas = shapely.area(pieces)
        for pair in np.flatnonzero(areas >= MIN_AREA_M2):
            a, b = int(i[pair]), int(j[pair])
            if kind == "overlap":
                piece = shapely.intersection(geometries[a], geometries[b])
            else:
                piece = project(pieces[[pair]], source=crs, target=WGS84)[0]
            piece = _polygons(piece)
            if not piece.is_empty:
                found.append(Fault(kind=kind, i=a, j=b, area_m2=float(areas[pair]), piece=piece))
    return tuple(sorted(found, key=lambda fault: (-fault.area_m2, fault.i, fault.j, fault.kind)))


def give(
    fault: Fault, *, winner: BaseGeometry, loser: BaseGeometry, others: Sequence[BaseGeometry]
) -> Mended:
    """Give the piece to one of the two villages.

    In longitude and latitude, where borders that lie on one another do so to the last bit; in a plane the
    chords of long edges drift apart by centimetres.

    Parameters
    ----------
    fault
        The piece; of an overlap all that the two share goes.
    winner, loser
        The two villages, EPSG:4326.
    others
        Villages around, whose land a strip may not reach into.
    """
    if fault.kind == "overlap":
        changed = left = _polygons(shapely.difference(loser, winner))
        won = _noded(winner, left)
    else:
        wider = shapely.union(winner, shapely.buffer(fault.piece, _overhang(fault.piece), join_style="mitre"))
        changed = won = _polygons(shapely.difference(wider, shapely.union_all([loser, *others])))
        left = _noded(loser, won)
    return Mended(winner=won, loser=left, others=tuple(_noded(other, changed) for other in others))


def _overhang(piece: BaseGeometry) -> float:
    """How far a strip found in a plane may miss the borders beside it, degrees.

    That is the sag of its longest edge, centimetres a kilometre; so far a strip may reach beyond its ends.
    """
    points = shapely.get_coordinates(piece)
    latitude = float(points[0, 1])
    east, north = (float(metres) for metres in metres_per_degree(latitude))
    steps = np.diff(points, axis=0) * (east, north)
    longest = float(np.hypot(steps[:, 0], steps[:, 1]).max(initial=0.0))
    bend = 1.0 + abs(float(np.tan(np.radians(latitude))))
    return _SNAP_DEG + bend * longest**2 / (8 * _EARTH_RADIUS_M) / north


def _noded(geometry: BaseGeometry, other: BaseGeometry) -> BaseGeometry:
    """The geometry with the other's corners on its border, if that leaves it valid."""
    if other.is_empty:
        return geometry
    snapped = shapely.snap(geometry, other, _SNAP_DEG)
    same = snapped.is_valid and snapped.geom_type == geometry.geom_type
    return snapped if same else geometry


def _polygons(geometry: BaseGeometry) -> BaseGeometry:
    """Its polygons of `MIN_AREA_M2` and more, EPSG:4326; an empty polygon where there is none."""
    parts = [part for part in shapely.get_parts(geometry) if part.geom_type == "Polygon"]
    if not parts:
        return shapely.Polygon()
    areas = area_m2(np.array(parts, dtype=object))
    kept = [part for part, area in zip(parts, areas, strict=True) if area >= MIN_AREA_M2]
    if not kept:
        return shapely.Polygon()
    return kept[0] if len(kept) == 1 else shapely.MultiPolygon(kept)


def worse_than(before: Geometries, after: Geometries, *, pair: tuple[int, int]) -> tuple[Fault, ...]:
    """Faults that mending a pair left or made: those of the pair, and others that have grown.

    Parameters
    ----------
    before, after
        The same villages, EPSG:4326, in the same order.
    pair
        Positions of the two that were mended, lower first.
    """
    known = {(fault.kind, fault.i, fault.j): fault.area_m2 for fault in find_faults(before)}
    return tuple(
        fault
        for fault in find_faults(after)
        if (fault.i, fault.j) == pair
        or fault.area_m2 > known.get((fault.kind, fault.i, fault.j), 0.0) + MIN_AREA_M2
    )
