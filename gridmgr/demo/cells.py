"""Village polygons that share their edges exactly, with natural-looking borders.

Seeds are spread as the terrain wants them and relaxed; their Voronoi cells give a clean topology. Then each
border between two cells is roughened **once** by midpoint displacement, so that both neighbours get the same
vertices. Pairs of seeds on both banks make the river's course a chain of such borders.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import Voronoi, cKDTree

from gridmgr.demo.frame import FloatArray, random, to_degrees
from gridmgr.demo.terrain import PLAIN_SPACING, Terrain

IntArray = NDArray[np.int64]

#: First sideways step of a border as a part of its length, and how it shrinks from level to level.
_ROUGHNESS, _SHRINK = 0.15, 0.6


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cells:
    """The villages' shapes and how they meet.

    Parameters
    ----------
    seeds
        A point inside each cell, metres, shape (n, 2).
    polygons
        Cells as a valid coverage, EPSG:4326, length n.
    pairs
        Neighbours sharing a border, shape (m, 2), both below n.
    middles
        A point about half-way along each shared border, metres, shape (m, 2).
    lengths
        Straight length of each shared border, metres, shape (m,).
    over_river
        Whether the border is the river, shape (m,).
    river
        The river within the county, metres, shape (k, 2), downstream.
    """

    seeds: FloatArray
    polygons: tuple[shapely.Polygon, ...]
    pairs: IntArray
    middles: FloatArray
    lengths: FloatArray
    over_river: NDArray[np.bool_]
    river: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Borders:
    """Straight borders: cells either side (-1: outside the county) and end vertices."""

    pairs: IntArray
    ends: IntArray
    vertices: FloatArray
    river: NDArray[np.bool_]


def make_cells(terrain: Terrain, *, seed: int, villages: int) -> Cells:
    """Draw so many villages on the terrain."""
    seeds, order = _seeds(terrain, seed=seed, villages=villages)
    borders = _straight_borders(terrain, seeds, order)
    chain = _river_chain(borders, terrain)
    roughness = np.full(len(borders.pairs), _ROUGHNESS)
    inner = seeds[order]
    for _ in range(6):
        lines = _roughen(borders, chain, roughness, seed=seed)
        polygons = _assemble(inner, borders, lines)
        bad = _bad_cells(polygons)
        if not bad.any():
            break
        touching = np.isin(borders.pairs, np.flatnonzero(bad)).any(axis=1)
        roughness = np.where(touching, roughness * 0.35, roughness)
    shared = np.flatnonzero((borders.pairs >= 0).all(axis=1))
    ends = borders.vertices[borders.ends[shared]]
    return Cells(
        seeds=inner,
        polygons=tuple(polygons),
        pairs=borders.pairs[shared],
        middles=np.array([lines[i][len(lines[i]) // 2] for i in shared]),
        lengths=np.hypot(*(ends[:, 1] - ends[:, 0]).T),
        over_river=borders.river[shared],
        river=_river_line(borders, chain, lines),
    )


def _seeds(terrain: Terrain, *, seed: int, villages: int) -> tuple[FloatArray, IntArray]:
    """Seeds in and around the county, and which of them are villages (by code order later)."""
    rng = random(seed, "cells")
    margin = 1 + 4.5 * PLAIN_SPACING / terrain.radius
    sample = rng.uniform(-1.6, 1.6, (160 * villages + 20_000, 2)) * terrain.radius * margin
    sample = sample[terrain.reach(sample) < margin]
    density = terrain.spacing_at(sample) ** -2.0
    wanted = villages * density.sum() / density[terrain.reach(sample) < 1].sum()
    sample = sample[rng.uniform(size=len(sample)) < density / density.max()]
    banks = _bank_seeds(terrain, rng, margin=margin)
    free = sample[rng.permutation(len(sample))[: max(int(wanted) - len(banks), 1)]]
    seeds = np.vstack([banks, free])
    for _ in range(2):
        _, nearest = cKDTree(seeds).query(sample)
        count = np.bincount(nearest, minlength=len(seeds))
        sums = np.column_stack([np.bincount(nearest, sample[:, i], len(seeds)) for i in (0, 1)])
        centre = sums / np.maximum(count, 1)[:, None]
        moves = (count > 0) & (np.arange(len(seeds)) >= len(banks))
        seeds = np.where(moves[:, None], centre, seeds)
    inner = np.argsort(terrain.reach(seeds), kind="stable")[:villages]
    return seeds, np.sort(inner)


def _bank_seeds(terrain: Terrain, rng: np.random.Generator, *, margin: float) -> FloatArray:
    """Pairs of seeds left and right of the river, so that borders follow it."""
    course = terrain.course[terrain.reach(terrain.course) < margin]
    spacing = terrain.spacing_at(course)
    steps = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(course, axis=0).T) / spacing[1:])])
    at = np.arange(0.3, steps[-1], 0.95) + 0.0
    at += rng.uniform(-0.16, 0.16, len(at))
    index = np.clip(np.searchsorted(steps, at), 2, len(course) - 3)
    flow = course[index + 2] - course[index - 2]
    across = np.column_stack([-flow[:, 1], flow[:, 0]]) / np.hypot(*flow.T)[:, None]
    offset = across * (spacing[index] * rng.uniform(0.34, 0.46, len(index)))[:, None]
    return np.vstack([course[index] + offset, course[index] - offset])


def _straight_borders(terrain: Terrain, seeds: FloatArray, order: IntArray) -> _Borders:
    """Borders of the county's cells from the Voronoi diagram of all seeds."""
    diagram = Voronoi(seeds)
    number = np.full(len(seeds), -1)
    number[order] = np.arange(len(order))
    pairs = number[diagram.ridge_points]
    keep = (pairs >= 0).any(axis=1)
    ends = np.array(diagram.ridge_vertices)[keep]
    bank = terrain.side(seeds)[diagram.ridge_points[keep]]
    return _Borders(
        pairs=pairs[keep],
        ends=ends,
        vertices=diagram.vertices,
        river=bank[:, 0] != bank[:, 1],
    )


def _river_chain(borders: _Borders, terrain: Terrain) -> list[tuple[int, int, int]]:
    """River borders in order downstream: (border, from vertex, to vertex)."""
    at: dict[int, list[int]] = {}
    for border in np.flatnonzero(borders.river):
        for vertex in borders.ends[border]:
            at.setdefault(int(vertex), []).append(int(border))
    flow = terrain.course[-1] - terrain.course[0]
    sources = [vertex for vertex, touching in at.items() if len(touching) == 1]
    chains = []
    for vertex in sorted(sources, key=lambda v: float(borders.vertices[v] @ flow)):
        chain: list[tuple[int, int, int]] = []
        used: set[int] = set()
        step = next((b for b in at[vertex] if b not in used), None)
        while step is not None:
            used.add(step)
            first, second = (int(v) for v in borders.ends[step])
            following = second if first == vertex else first
            chain.append((step, vertex, following))
            vertex = following
            step = next((b for b in at[vertex] if b not in used), None)
        chains.append(chain)
    return max(chains, key=len)


def _roughen(
    borders: _Borders, chain: list[tuple[int, int, int]], roughness: FloatArray, *, seed: int
) -> list[FloatArray]:
    """One line for each border, metres, from its first to its second end vertex."""
    rng = random(seed, "borders")
    ends = borders.vertices[borders.ends]
    length = np.hypot(*(ends[:, 1] - ends[:, 0]).T)
    levels = np.clip(np.ceil(np.log2(np.maximum(length, 1.0) / 140.0)), 0, 5).astype(int)
    noise = rng.normal(size=(len(ends), 31))
    lines: list[FloatArray] = [np.empty((0, 2))] * len(ends)
    for level in range(6):
        which = np.flatnonzero(levels == level)
        shaped = _displace(ends[which], noise[which], roughness[which], levels=level)
        for index, line in zip(which, shaped, strict=True):
            lines[index] = line
    for border, line in _river_shapes(borders, chain, noise).items():
        if roughness[border] == _ROUGHNESS:
            lines[border] = line
    return lines


def _displace(ends: FloatArray, noise: FloatArray, roughness: FloatArray, *, levels: int) -> FloatArray:
    """Midpoint displacement of many segments at once: (n, 2, 2) to (n, 2**levels + 1, 2)."""
    points = ends
    size = roughness
    used = 0
    for _ in range(levels):
        first, second = points[:, :-1], points[:, 1:]
        along = second - first
        across = np.stack([-along[..., 1], along[..., 0]], axis=-1)
        push = np.clip(noise[:, used : used + along.shape[1]], -1.6, 1.6) * size[:, None]
        middle = (first + second) / 2 + across * push[..., None]
        joined = np.empty((len(points), 2 * points.shape[1] - 1, 2))
        joined[:, ::2], joined[:, 1::2] = points, middle
        used += along.shape[1]
        points, size = joined, size * (1 + _SHRINK) / 2
    return points


def _river_shapes(
    borders: _Borders, chain: list[tuple[int, int, int]], noise: FloatArray
) -> dict[int, FloatArray]:
    """River borders as one smooth curve through the chain's vertices, with light meanders."""
    knots = borders.vertices[[chain[0][1], *(step[2] for step in chain)]]
    tangents = np.gradient(knots, axis=0)
    t = np.linspace(0, 1, 13)[:, None]
    shapes = {}
    for i, (border, start, _) in enumerate(chain):
        p, q = knots[i], knots[i + 1]
        reach = np.hypot(*(q - p))
        u, v = (g / max(np.hypot(*g), 1.0) * reach for g in (tangents[i], tangents[i + 1]))
        curve = (
            (2 * t**3 - 3 * t**2 + 1) * p
            + (t**3 - 2 * t**2 + t) * u
            + (3 * t**2 - 2 * t**3) * q
            + (t**3 - t**2) * v
        )
        across = np.array([-(q - p)[1], (q - p)[0]])
        curve = curve + np.sin(t * np.pi) ** 2 * across * np.clip(noise[border, 0], -1, 1) * 0.09
        curve[0], curve[-1] = p, q
        shapes[border] = curve if borders.ends[border, 0] == start else curve[::-1]
    return shapes


def _assemble(seeds: FloatArray, borders: _Borders, lines: list[FloatArray]) -> list[shapely.Polygon]:
    """Close each cell's ring from its borders, in degrees."""
    degrees = [to_degrees(line) for line in lines]
    around: list[list[int]] = [[] for _ in seeds]
    for index, pair in enumerate(borders.pairs):
        for cell in pair[pair >= 0]:
            around[cell].append(index)
    polygons = []
    for cell, mine in enumerate(around):
        middle = borders.vertices[borders.ends[mine]].mean(axis=1) - seeds[cell]
        mine = [mine[i] for i in np.argsort(np.arctan2(middle[:, 1], middle[:, 0]))]
        ring = []
        for index in mine:
            first, second = borders.vertices[borders.ends[index]] - seeds[cell]
            turns_left = first[0] * second[1] - first[1] * second[0] > 0
            ring.append((degrees[index] if turns_left else degrees[index][::-1])[:-1])
        polygons.append(shapely.Polygon(np.vstack(ring)))
    return polygons


def _bad_cells(polygons: list[shapely.Polygon]) -> NDArray[np.bool_]:
    """Cells whose rough borders cross themselves or each other."""
    bad = ~shapely.is_valid(polygons)
    if bad.any():
        return bad
    return ~shapely.is_empty(shapely.coverage_invalid_edges(polygons))


def _river_line(borders: _Borders, chain: list[tuple[int, int, int]], lines: list[FloatArray]) -> FloatArray:
    """The river as drawn, metres, downstream."""
    parts = [
        lines[border] if borders.ends[border, 0] == start else lines[border][::-1]
        for border, start, _ in chain
    ]
    return np.vstack([part[:-1] for part in parts[:-1]] + [parts[-1]])
