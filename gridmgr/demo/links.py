"""Which neighbouring villages a road joins, and of what class: the plan the roads are drawn from.

Town to town by the shortest way over neighbours (crossing the river dear, so main roads share few bridges),
then every village by a sparse neighbourhood graph; a few villages in the hills by nothing but a track.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components, dijkstra, minimum_spanning_tree
from scipy.spatial import Delaunay, QhullError, cKDTree

from gridmgr.demo.cells import IntArray
from gridmgr.demo.frame import FloatArray, random
from gridmgr.demo.streets import Streets
from gridmgr.demo.villages import Land

#: Crossing the river counts like so many metres when main roads are laid out.
_CROSSING_METRES = 9000.0
#: Least distance along the river between bridges of lesser roads, metres.
_BRIDGE_EVERY = 6000.0
#: Classes from the most to the least important.
_RANK = ("primary", "secondary", "tertiary", "unclassified", "track")
_SPEED = {"primary": "80", "secondary": "60", "tertiary": "50"}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Link:
    """A road to be drawn between two neighbouring cells.

    Parameters
    ----------
    first, second
        Cells.
    middle
        Where it crosses their border, metres.
    bridge
        Whether that border is the river.
    tags
        OpenStreetMap tags.
    """

    first: int
    second: int
    middle: FloatArray
    bridge: bool
    tags: Mapping[str, str]


def choose_links(land: Land, streets: Streets, *, seed: int) -> list[Link]:
    """Choose the roads between villages."""
    rng = random(seed, "links")
    cells = land.cells
    a, b = cells.pairs.T
    metres = np.hypot(*(cells.seeds[a] - cells.middles).T) + np.hypot(*(cells.seeds[b] - cells.middles).T)
    metres = metres * (1 + 0.5 * (land.hills[a] + land.hills[b])) * rng.uniform(0.9, 1.15, len(a))
    cost = metres + cells.over_river * _CROSSING_METRES
    rank = _main_roads(land, streets, cost)
    local = _village_roads(land, cost, np.array(rank))
    for index in local:
        rank[index] = 2 if rng.uniform() < 0.3 else 3
    for index in _more_bridges(land, rank, cost):
        rank[index] = 2
    _track_only(land, streets, rank, cost)
    town_of = _grid_towns(land, streets)
    links = []
    for index in np.flatnonzero(np.array(rank) >= 0).tolist():
        first, second = int(a[index]), int(b[index])
        if town_of[first] >= 0 and town_of[first] == town_of[second]:
            continue
        links.append(
            Link(
                first=first,
                second=second,
                middle=cells.middles[index],
                bridge=bool(cells.over_river[index]),
                tags=_tags(_RANK[rank[index]], land, first),
            )
        )
    return links


def _tags(kind: str, land: Land, cell: int) -> Mapping[str, str]:
    """Tags of a road; numbers of county and township roads are the township's."""
    tags = {"highway": kind}
    if kind in _SPEED:
        tags["maxspeed"] = _SPEED[kind]
    town = int(land.group[cell])
    if kind == "primary":
        tags |= {"ref": "S319", "name": "岚川公路"}
    elif kind == "secondary":
        tags |= {"ref": f"X{1 + town:03d}", "name": f"县道X{1 + town:03d}"}
    elif kind == "tertiary":
        tags["ref"] = f"Y{1 + town:03d}"
    return tags


def _grid_towns(land: Land, streets: Streets) -> IntArray:
    """Township whose streets run through each cell, -1 for none."""
    town = np.full(len(land.villages), -1)
    for cell in streets.by_cell:
        town[cell] = land.group[cell]
    return town


def _main_roads(land: Land, streets: Streets, cost: FloatArray) -> list[int]:
    """Rank of each border crossing by a main road, -1 for none."""
    cells, towns = land.cells, land.terrain.towns
    count = len(cells.seeds)
    a, b = cells.pairs.T
    index = {(int(x), int(y)): i for i, (x, y) in enumerate(cells.pairs)}
    home = _home(land, streets)
    rank = [-1] * len(a)
    cheap = cost.copy()
    journeys = [(int(home[x]), int(home[y]), kind) for x, y, kind in _town_pairs(towns)]
    for cell in exit_cells(land):
        nearest = int(np.argmin(np.hypot(*(towns - cells.seeds[cell]).T)))
        journeys.append((int(home[nearest]), cell, 0))
    for first, second, kind in journeys:
        graph = csr_matrix((cheap, (a, b)), shape=(count, count))
        limit = 3 * float(np.hypot(*(cells.seeds[first] - cells.seeds[second]))) + 6 * _CROSSING_METRES
        _, before = dijkstra(graph, directed=False, indices=first, return_predecessors=True, limit=limit)
        cell = second
        while before[cell] >= 0:
            previous = int(before[cell])
            crossing = index.get((cell, previous), index.get((previous, cell), -1))
            rank[crossing] = kind if rank[crossing] < 0 else min(kind, rank[crossing])
            cheap[crossing] = cost[crossing] * 0.45 - cells.over_river[crossing] * _CROSSING_METRES * 0.4
            cell = previous
    return rank


def exit_cells(land: Land) -> list[int]:
    """Villages at the rim from which main roads lead out of the county, in all directions but the hills'."""
    seeds = land.cells.seeds
    directions = np.deg2rad([15.0, -75.0, -165.0, 80.0])
    far = [int(np.argmax(seeds @ np.array([np.cos(d), np.sin(d)]))) for d in directions]
    return list(dict.fromkeys(far))


def _home(land: Land, streets: Streets) -> IntArray:
    """The cell each town's main roads lead to: the one with streets nearest its centre, else the nearest."""
    home = []
    for town, centre in enumerate(land.terrain.towns):
        mine = land.of_township(town)
        gridded = np.array([cell in streets.by_cell for cell in mine.tolist()])
        distance = np.hypot(*(land.cells.seeds[mine] - centre).T) + np.where(gridded, 0, 5000.0)
        home.append(mine[np.argmin(distance)])
    return np.array(home)


def _town_pairs(towns: FloatArray) -> list[tuple[int, int, int]]:
    """Pairs of towns joined by main roads and their rank: a tree first, then short ways round."""
    if len(towns) < 2:
        return []
    pairs = _near_pairs(towns)
    a, b = np.array(pairs).T
    metres = np.hypot(*(towns[a] - towns[b]).T)
    tree = minimum_spanning_tree(csr_matrix((metres, (a, b)), shape=(len(towns), len(towns)))).tocoo()
    in_tree = {tuple(sorted((int(x), int(y)))) for x, y in zip(tree.row, tree.col, strict=True)}
    middle = float(np.median(metres))
    chosen = []
    for (x, y), length in zip(pairs, metres, strict=True):
        if (x, y) in in_tree or length < middle:
            # The seat's roads and every sixth other are provincial roads.
            chosen.append((x, y, 0 if x == 0 or (x + y) % 6 == 0 else 1))
    return sorted(chosen, key=lambda pair: (pair[2], pair))


def _near_pairs(towns: FloatArray) -> list[tuple[int, int]]:
    """Neighbouring towns, ascending."""
    if len(towns) < 4:
        return [(x, y) for x in range(len(towns)) for y in range(x + 1, len(towns))]
    try:
        simplices = Delaunay(towns).simplices
    except QhullError as error:
        raise ValueError("towns lie in one line") from error
    found = {tuple(sorted((int(t[i]), int(t[j])))) for t in simplices for i, j in ((0, 1), (1, 2), (0, 2))}
    return sorted((x, y) for x, y in found)


def _village_roads(land: Land, cost: FloatArray, rank: IntArray) -> list[int]:
    """Further border crossings so that every village is on the network, and some short ways round."""
    cells = land.cells
    count = len(cells.seeds)
    a, b = cells.pairs.T
    alone = _nothing_between(land)
    with_main = np.where(rank >= 0, cost * 0.05, cost)
    weights = csr_matrix((with_main, (a, b)), shape=(count, count))
    tree = minimum_spanning_tree(weights).tocoo()
    in_tree = {tuple(sorted((int(x), int(y)))) for x, y in zip(tree.row, tree.col, strict=True)}
    chosen = []
    for index, (x, y) in enumerate(cells.pairs.tolist()):
        if rank[index] >= 0:
            continue
        needed = tuple(sorted((x, y))) in in_tree
        handy = not cells.over_river[index] and cells.lengths[index] > 250 and alone[index]
        if needed or handy:
            chosen.append(index)
    return chosen


def _nothing_between(land: Land) -> NDArray[np.bool_]:
    """Gabriel's test for every pair: no third village in the circle over the two; rare in the hills."""
    seeds, pairs = land.cells.seeds, land.cells.pairs
    ends = seeds[pairs]
    radius = np.hypot(*(ends[:, 1] - ends[:, 0]).T) / 2
    nearest, _ = cKDTree(seeds).query(ends.mean(axis=1))
    flat = land.hills[pairs].mean(axis=1) < 0.85
    alone: NDArray[np.bool_] = (nearest > radius * 0.98) & flat
    return alone


def _more_bridges(land: Land, rank: list[int], cost: FloatArray) -> list[int]:
    """Crossings so that along the river there is a bridge every few kilometres."""
    cells = land.cells
    wet = np.flatnonzero(cells.over_river & (cells.lengths > 200))
    _, along = cKDTree(cells.river).query(cells.middles[wet])
    steps = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(cells.river, axis=0).T))])
    at = steps[along]
    built = [float(at[i]) for i, index in enumerate(wet) if rank[index] >= 0]
    chosen = []
    for i in np.argsort(cost[wet], kind="stable"):
        if rank[wet[i]] < 0 and all(abs(float(at[i]) - other) > _BRIDGE_EVERY for other in built):
            built.append(float(at[i]))
            chosen.append(int(wet[i]))
    return chosen


def _track_only(land: Land, streets: Streets, rank: list[int], cost: FloatArray) -> None:
    """Leave some villages in the hills one road, a track; edits ``rank``."""
    pairs = land.cells.pairs
    count = len(land.villages)
    wanted = min(max(2, count // 75), 12)
    touched: set[int] = set()
    for cell in np.argsort(-land.hills, kind="stable")[: 20 * wanted].tolist():
        if len(touched) >= wanted:
            break
        mine = [i for i in np.flatnonzero((pairs == cell).any(axis=1)).tolist() if rank[i] >= 0]
        others = {int(c) for i in mine for c in pairs[i]}
        if cell in streets.by_cell or others & touched or any(rank[i] < 2 for i in mine):
            continue
        keep = min(mine, key=lambda i: float(cost[i]))
        trial = np.array(rank) >= 0
        trial[mine] = False
        trial[keep] = True
        if _in_one_piece(pairs[trial], count):
            for i in mine:
                rank[i] = -1
            rank[keep] = 4
            touched.add(cell)


def _in_one_piece(pairs: IntArray, count: int) -> bool:
    """Whether these links connect all cells."""
    links: NDArray[np.float64] = np.ones(len(pairs))
    graph = csr_matrix((links, (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    return int(connected_components(graph, directed=False)[0]) == 1
