"""Town streets: a turned grid around each town's centre, cut off at the river and at the town's rim."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from gridmgr.demo.frame import FloatArray, random, to_degrees
from gridmgr.demo.villages import Land

_AVENUES = (
    "人民路",
    "建设路",
    "文化路",
    "解放路",
    "新华路",
    "和平路",
    "迎宾大道",
    "滨河路",
    "工业路",
    "健康路",
    "育才路",
    "兴业路",
    "振兴路",
)
_CROSS_STREETS = (
    "中山街",
    "东风街",
    "幸福街",
    "光明街",
    "兴隆街",
    "朝阳街",
    "南大街",
    "北大街",
    "团结街",
    "胜利街",
    "青年街",
    "府前街",
    "商业街",
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Streets:
    """Street corners and the streets between them.

    Parameters
    ----------
    points
        Corners, metres, shape (n, 2).
    ways
        (corner, corner, tags) each one block of a street.
    by_cell
        Corners inside each cell that has any.
    main
        Corners on a main street.
    """

    points: FloatArray
    ways: tuple[tuple[int, int, Mapping[str, str]], ...]
    by_cell: Mapping[int, tuple[int, ...]]
    main: frozenset[int]

    def nearest(self, cell: int, to: FloatArray, *, main: bool = False) -> int:
        """The cell's street corner nearest to a point, metres; a main road rather goes to a main street."""
        corners = np.array(self.by_cell[cell])
        away = np.hypot(*(self.points[corners] - to).T)
        if main:
            away = away + np.where([corner in self.main for corner in corners.tolist()], 0.0, 450.0)
        return int(corners[np.argmin(away)])


def make_streets(land: Land, *, seed: int) -> Streets:
    """Lay out the streets of every town."""
    rng = random(seed, "streets")
    tree = shapely.STRtree(land.cells.polygons)
    river = shapely.LineString(land.cells.river)
    urban = _town_cells(land)
    corners: list[FloatArray] = []
    ways: list[tuple[int, int, Mapping[str, str]]] = []
    by_cell: dict[int, list[int]] = {}
    for town in range(len(land.townships)):
        points, blocks = _grid(land, town, rng)
        cell = _cells_of(points, tree)
        allowed = (cell >= 0) & urban[cell] & (land.group[cell] == town)
        points, blocks, cell = _usable(points, blocks, cell, allowed, river)
        base = len(corners)
        corners.extend(points)
        for a, b, tags in blocks:
            ways.append((base + a, base + b, tags))
        for number, where in enumerate(cell.tolist()):
            by_cell.setdefault(where, []).append(base + number)
    return Streets(
        points=np.array(corners),
        ways=tuple(ways),
        by_cell={cell: tuple(numbers) for cell, numbers in sorted(by_cell.items())},
        main=frozenset(c for way in ways if way[2]["highway"] in ("primary", "secondary") for c in way[:2]),
    )


def _town_cells(land: Land) -> NDArray[np.bool_]:
    """Communities on the same bank as their own town's centre, shape (n,)."""
    bank = land.terrain.side(land.cells.seeds) == land.terrain.side(land.terrain.towns)[land.group]
    urban: NDArray[np.bool_] = bank & np.array([v.kind == "community" for v in land.villages])
    return urban


def _cells_of(points: FloatArray, tree: shapely.STRtree) -> NDArray[np.int64]:
    """Cell each point lies in, -1 outside the county."""
    point, cell = tree.query(shapely.points(to_degrees(points)), predicate="within")
    found = np.full(len(points), -1)
    found[point] = cell
    return found


def _grid(
    land: Land, town: int, rng: np.random.Generator
) -> tuple[FloatArray, list[tuple[int, int, Mapping[str, str]]]]:
    """A turned, slightly irregular grid of blocks."""
    seat = town == 0
    half = 6 if seat else 3
    columns = np.cumsum(rng.uniform(190, 330, 2 * half + 1))
    rows = np.cumsum(rng.uniform(180, 300, 2 * half + 1))
    x, y = np.meshgrid(columns - columns[half], rows - rows[half], indexing="ij")
    angle = rng.uniform(-0.5, 0.5)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    points = np.column_stack([x.ravel(), y.ravel()]) @ turn + rng.normal(0, 9, (x.size, 2))
    avenues, crossings = rng.permutation(len(_AVENUES)), rng.permutation(len(_CROSS_STREETS))
    size = 2 * half + 1
    blocks = []
    for i in range(size):
        for j in range(size):
            here = i * size + j
            if i + 1 < size:
                name = _CROSS_STREETS[crossings[j % len(crossings)]]
                blocks.append((here, here + size, _tags(j - half, name, seat=seat)))
            if j + 1 < size:
                name = _AVENUES[avenues[i % len(avenues)]]
                blocks.append((here, here + 1, _tags(i - half, name, seat=seat)))
    return points + land.terrain.towns[town], blocks


def _tags(line: int, name: str, *, seat: bool) -> Mapping[str, str]:
    """The middle street is the main one; every third of the seat is a tertiary one."""
    if line == 0:
        kind = "primary" if seat else "secondary"
        return {"highway": kind, "name": name, "maxspeed": "50"}
    if seat and line % 3 == 0:
        return {"highway": "tertiary", "name": name, "maxspeed": "40"}
    return {"highway": "residential", "name": name}


def _usable(
    points: FloatArray,
    blocks: list[tuple[int, int, Mapping[str, str]]],
    cell: NDArray[np.int64],
    allowed: NDArray[np.bool_],
    river: shapely.LineString,
) -> tuple[FloatArray, list[tuple[int, int, Mapping[str, str]]], NDArray[np.int64]]:
    """Keep corners in the town, blocks on land, and of these the largest connected part."""
    dry = allowed & (shapely.distance(shapely.points(points), river) > 70.0)
    kept = [block for block in blocks if dry[block[0]] and dry[block[1]]]
    lines = shapely.linestrings([[points[a], points[b]] for a, b, _ in kept]) if kept else []
    kept = [block for block, line in zip(kept, lines, strict=True) if not line.intersects(river)]
    if not kept:
        none = np.flatnonzero(allowed & dry)[:0]
        return points[none], [], cell[none]
    a, b = np.array([(first, second) for first, second, _ in kept]).T
    links = coo_array((np.ones(len(a)), (a, b)), shape=(len(points), len(points)))
    _, part = connected_components(links, directed=False)
    main = np.bincount(part[a]).argmax()
    stay = np.flatnonzero(part == main)
    number = {int(old): new for new, old in enumerate(stay)}
    blocks = [(number[x], number[y], tags) for x, y, tags in kept if part[x] == main]
    return points[stay], blocks, cell[stay]
