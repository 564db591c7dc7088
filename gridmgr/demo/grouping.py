"""Townships: connected groups of villages around their towns, of about the wished sizes."""

from __future__ import annotations

import heapq

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components, dijkstra

from gridmgr.demo.cells import Cells, IntArray
from gridmgr.demo.frame import FloatArray, random

#: Crossing the river counts like so many metres: townships mostly keep to one bank.
_RIVER_DETOUR = 6000.0


def neighbours(pairs: IntArray, count: int) -> list[list[int]]:
    """For each cell the cells it shares a border with, ascending."""
    beside: list[list[int]] = [[] for _ in range(count)]
    for a, b in pairs.tolist():
        beside[a].append(b)
        beside[b].append(a)
    return [sorted(cells) for cells in beside]


def group_cells(cells: Cells, towns: FloatArray, *, seed: int) -> IntArray:
    """Township number of each cell, shape (n,): connected groups that grow from the towns.

    Always the township farthest behind its wished size takes the free neighbour nearest to its town; a
    township that is walled in stops, the others take the rest.
    """
    rng = random(seed, "townships")
    count = len(cells.seeds)
    home = _home_cells(cells, towns)
    wished = rng.uniform(0.82, 1.2, len(towns))
    wished[0] = 1.25
    distance = _distances(cells, home)
    beside = neighbours(cells.pairs, count)
    group = np.full(count, -1)
    group[home] = np.arange(len(towns))
    size = np.ones(len(towns))
    edge: list[list[tuple[float, int]]] = []
    for town, cell in enumerate(home.tolist()):
        edge.append([(distance[town, c], c) for c in beside[cell]])
        heapq.heapify(edge[town])
    queue = [(float(size[t] / wished[t]), t) for t in range(len(towns))]
    heapq.heapify(queue)
    while queue:
        _, town = heapq.heappop(queue)
        while edge[town] and group[edge[town][0][1]] >= 0:
            heapq.heappop(edge[town])
        if not edge[town]:
            continue
        _, cell = heapq.heappop(edge[town])
        group[cell] = town
        size[town] += 1
        for c in beside[cell]:
            if group[c] < 0:
                heapq.heappush(edge[town], (distance[town, c], c))
        heapq.heappush(queue, (float(size[town] / wished[town]), town))
    return _even_out(group, beside, wished)


def _home_cells(cells: Cells, towns: FloatArray) -> IntArray:
    """The cell each town centre lies nearest to, no two alike."""
    home: list[int] = []
    for town in towns:
        order = np.argsort(np.hypot(*(cells.seeds - town).T), kind="stable")
        home.append(next(int(cell) for cell in order if int(cell) not in home))
    return np.array(home)


def _distances(cells: Cells, home: IntArray) -> FloatArray:
    """Metres from each town to each cell over neighbours, river crossings made long. Shape (t, n)."""
    count = len(cells.seeds)
    a, b = cells.pairs.T
    metres = np.hypot(*(cells.seeds[a] - cells.seeds[b]).T) + cells.over_river * _RIVER_DETOUR
    graph = csr_matrix((metres, (a, b)), shape=(count, count))
    distance: FloatArray = dijkstra(graph, directed=False, indices=home)
    return distance


def _even_out(group: IntArray, beside: list[list[int]], wished: FloatArray) -> IntArray:
    """Hand border cells from too large to too small townships as long as both stay in one piece."""
    group = group.copy()
    size = np.bincount(group, minlength=len(wished)).astype(float)
    for _ in range(4):
        moved = False
        for cell, near in enumerate(beside):
            giver = group[cell]
            takers = {int(group[c]) for c in near} - {int(giver)}
            if not takers:
                continue
            taker = min(sorted(takers), key=lambda t: size[t] / wished[t])
            gain = size[giver] / wished[giver] - (size[taker] + 1) / wished[taker]
            if gain <= 2 or not _stays_whole(group, beside, cell):
                continue
            group[cell] = taker
            size[giver] -= 1
            size[taker] += 1
            moved = True
        if not moved:
            break
    return group


def _stays_whole(group: IntArray, beside: list[list[int]], cell: int) -> bool:
    """Whether the cell's group stays connected without it."""
    rest = np.flatnonzero(group == group[cell])
    rest = rest[rest != cell]
    if not len(rest):
        return False
    number = {int(c): i for i, c in enumerate(rest)}
    links = [(number[c], number[n]) for c in number for n in beside[c] if n in number]
    if not links:
        return len(rest) == 1
    a, b = np.array(links).T
    graph = csr_matrix((np.ones(len(a)), (a, b)), shape=(len(rest), len(rest)))
    return int(connected_components(graph, directed=False)[0]) == 1
