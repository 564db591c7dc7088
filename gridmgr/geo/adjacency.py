"""Which villages share a border, and how much of it; simplifying borders for the screen without tearing them.

Villages whose borders match vertex by vertex are found by a hash over edges, without any geometry. The rest,
where borders overlap or run a few metres apart, goes through a spatial index; both lengths are added.
A graph of villages is rarely connected: islands and enclaves are normal.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from gridmgr.domain.places import Village
from gridmgr.geo.crs import WGS84, Geometries, measuring_crs, project

#: Borders up to this far apart count as one, metres; also the widest gap that is a mistake and not a river.
GAP_WIDTH_M = 5.0
#: Unmatched borders shorter than this are two corners meeting, not neighbours, metres.
MIN_UNMATCHED_BORDER_M = 3 * GAP_WIDTH_M

Pairs = tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]


def adjacent_pairs(geometries: Geometries, *, unmatched: Geometries | None = None) -> Pairs:
    """Neighbouring villages and the length of the border they share.

    Parameters
    ----------
    geometries
        n valid polygons, EPSG:4326.
    unmatched
        n lines (empty where all is well) of borders that match no neighbour's, in the CRS that
        `gridmgr.geo.crs.measuring_crs` gives for the geometries; found here when not given.

    Returns
    -------
    i, j
        Positions of each pair once, i < j, sorted.
    shared_border_metres
        Length of the shared border, metres, always above 0.
    """
    geometries = np.asarray(geometries, dtype=object)
    if not len(geometries):
        return np.empty(0, np.intp), np.empty(0, np.intp), np.empty(0)
    plane = project(geometries, target=measuring_crs(geometries))
    if unmatched is None:
        unmatched = shapely.coverage_invalid_edges(plane, gap_width=GAP_WIDTH_M)
    matched = _matched_borders(plane)
    near = _near_borders(plane, unmatched)
    return _summed(len(geometries), matched, near)


def _matched_borders(plane: Geometries) -> Pairs:
    """Pairs with an edge in common, by sorting edges; one pair may come more than once."""
    start, end, owner = _edges(plane)
    vertices, ids = np.unique(np.concatenate([start, end]), return_inverse=True)
    first, second = ids[: len(start)].astype(np.int64), ids[len(start) :].astype(np.int64)
    key = np.minimum(first, second) * len(vertices) + np.maximum(first, second)
    order = np.argsort(key, kind="stable")
    key, owner, metres = key[order], owner[order], np.abs(end - start)[order]
    found: list[tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]] = []
    step = 1
    # an edge has two owners in a clean coverage and more where villages overlap
    while (same := np.flatnonzero(key[step:] == key[:-step])).size:
        found.append((owner[same], owner[same + step], metres[same]))
        step += 1
    return _joined(found)


def _edges(plane: Geometries) -> tuple[NDArray[np.complex128], NDArray[np.complex128], NDArray[np.intp]]:
    """Start and end of every edge as x + iy, and whose it is."""
    parts, owner_of_part = shapely.get_parts(plane, return_index=True)
    rings, part_of_ring = shapely.get_rings(parts, return_index=True)
    points, ring_of_point = shapely.get_coordinates(rings, return_index=True)
    places = points[:, 0] + 1j * points[:, 1]
    inside = np.flatnonzero(ring_of_point[1:] == ring_of_point[:-1])
    owner = owner_of_part[part_of_ring[ring_of_point[inside]]]
    return places[inside], places[inside + 1], owner


def _near_borders(plane: Geometries, unmatched: Geometries) -> Pairs:
    """Pairs whose unmatched borders run within `GAP_WIDTH_M` of each other."""
    rows = np.flatnonzero(~shapely.is_empty(unmatched))
    if not rows.size:
        return _joined([])
    tree = shapely.STRtree(plane)
    left, right = tree.query(plane[rows], predicate="dwithin", distance=GAP_WIDTH_M)
    i, j = rows[left], right
    i, j = i[i != j], j[i != j]
    neighbours, position = np.unique(j, return_inverse=True)
    around = shapely.buffer(plane[neighbours], GAP_WIDTH_M, quad_segs=2)
    shapely.prepare(around)
    metres = shapely.length(shapely.intersection(unmatched[i], around[position])).astype(float)
    enough = metres > MIN_UNMATCHED_BORDER_M
    i, j, metres = i[enough], j[enough], metres[enough]
    # both sides measure the same border; the longer measure is kept
    low, high = np.minimum(i, j), np.maximum(i, j)
    order = np.lexsort((-metres, high, low))
    low, high, metres = low[order], high[order], metres[order]
    first = np.ones(len(low), dtype=bool)
    first[1:] = (low[1:] != low[:-1]) | (high[1:] != high[:-1])
    return low[first], high[first], metres[first]


def _joined(parts: list[Pairs]) -> Pairs:
    if not parts:
        return np.empty(0, np.intp), np.empty(0, np.intp), np.empty(0)
    i = np.concatenate([part[0] for part in parts])
    j = np.concatenate([part[1] for part in parts])
    return i, j, np.concatenate([part[2] for part in parts])


def _summed(count: int, *found: Pairs) -> Pairs:
    """One row a pair, lengths added, sorted."""
    i, j, metres = _joined(list(found))
    apart = i != j
    low, high = np.minimum(i, j)[apart].astype(np.int64), np.maximum(i, j)[apart].astype(np.int64)
    keys, position = np.unique(low * count + high, return_inverse=True)
    lengths = np.zeros(len(keys))
    np.add.at(lengths, position, metres[apart])
    return (keys // count).astype(np.intp), (keys % count).astype(np.intp), lengths


def simplify_coverage(geometries: Geometries, *, tolerance_m: float) -> Geometries:
    """Fewer vertices for the web map, with shared borders still shared.

    Parameters
    ----------
    geometries
        Valid polygons, EPSG:4326.
    tolerance_m
        Metres: corners whose triangle is smaller than its square go.

    Returns
    -------
    ndarray
        EPSG:4326; never empty or invalid. Where villages overlap, borders are simplified one by one and a
        village that would break keeps its original border.
    """
    geometries = np.asarray(geometries, dtype=object)
    if not len(geometries) or tolerance_m <= 0:
        return geometries
    crs = measuring_crs(geometries)
    simple = shapely.coverage_simplify(project(geometries, target=crs), tolerance_m)
    result = project(simple, source=crs, target=WGS84)
    broken = ~shapely.is_valid(result) | shapely.is_empty(result)
    return np.where(broken, geometries, result)


def named_pairs(villages: Sequence[Village]) -> list[tuple[str, str, float]]:
    """Neighbours by code with the length of the border they share, metres; see `adjacent_pairs`."""
    geometries = np.empty(len(villages), dtype=object)
    geometries[:] = [village.geometry for village in villages]
    first, second, metres = adjacent_pairs(geometries)
    return [
        (villages[a].code, villages[b].code, float(length))
        for a, b, length in zip(first, second, metres, strict=True)
    ]
