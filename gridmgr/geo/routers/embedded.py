"""Routing in process, on the imported road graph, with scipy's Dijkstra.

Points hang between two junctions. Each becomes an extra node from which its road's ends can be reached in the
time the rest of the road takes; arriving is worked out from the times to the two ends. One run of Dijkstra a
point then gives a full row of the matrix.

Seconds and metres travel together in one weight: whole hundredths of a second times `_SCALE`, plus whole
decimetres. Float64 holds such sums exactly, so that the fastest way's own length comes out without walking
back along it, and ties in time go to the shorter way.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from gridmgr.geo.roads import RoadGraph
from gridmgr.geo.routers.base import (
    DEFAULT_SNAP_LIMIT_METRES,
    UNREACHABLE,
    Leg,
    Matrix,
    PointProblem,
    as_points,
    snap_problems,
)
from gridmgr.geo.snapping import RoadIndex, Snaps

#: Above the decimetres of any way within a county (1,677 km); leaves 62 days of hundredths of a second.
_SCALE = float(2**24)
_ROWS_AT_ONCE = 128
#: Nearer to a junction than this, a point is at the junction: one-way roads then do not matter.
_AT_JUNCTION_METRES = 1.0

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class _Hooks:
    """How n snapped points hang in the graph: by up to two nodes out and two in, infinite if not allowed."""

    nodes: Ints  # (n, 2) start and end node of the edge
    out: Floats  # (n, 2) weight from the point to these nodes
    back: Floats  # (n, 2) weight from these nodes to the point


class EmbeddedRouter:
    """Router on a road graph.

    Parameters
    ----------
    graph
        The roads; closed ones are not used.
    snap_limit_metres
        Points farther from any road are reported and not routed.
    """

    method = "embedded"

    def __init__(self, graph: RoadGraph, *, snap_limit_metres: float = DEFAULT_SNAP_LIMIT_METRES) -> None:
        if not snap_limit_metres > 0:
            raise ValueError(
                f"EmbeddedRouter.snap_limit_metres must be above zero, got {snap_limit_metres!r}"
            )
        if graph.edge_count == 0:
            raise ValueError("EmbeddedRouter.graph must have roads, got none")
        self.graph = graph
        self.snap_limit_metres = snap_limit_metres
        self._index = RoadIndex(graph)
        self._weights = _pack(graph.edge_seconds, graph.edge_metres)
        self._start, self._end, self._cost, self._edge = _directed(graph, self._weights)

    @property
    def fingerprint(self) -> str:
        """Hash of the roads and the snap limit."""
        return f"embedded:{self.graph.content_hash}:{self.snap_limit_metres}"

    def snap(self, points: NDArray[np.float64], *, depot: int | None = None) -> Snaps:
        """Where points meet the roads, the depot's network preferred."""
        points = as_points(points)
        if depot is None:
            return self._index.snap(points)
        network = int(self._index.snap(points[depot : depot + 1]).components[0])
        return self._index.snap(points, component=max(network, 0))

    def problems(self, points: NDArray[np.float64], *, depot: int | None = None) -> tuple[PointProblem, ...]:
        """What a matrix of these points would report, without its ways."""
        return self._problems(self.snap(points, depot=depot), depot)

    def roads_meant(self, drawn: NDArray[np.float64]) -> NDArray[np.int64]:
        """Numbers of the open roads that a drawn point or line means; see `gridmgr.geo.closures`.

        Parameters
        ----------
        drawn
            ``(k, 2)`` longitude and latitude in degrees, EPSG:4326.
        """
        return self._index.meant(as_points(drawn))

    def matrix(self, points: NDArray[np.float64], *, depot: int | None = None) -> Matrix:
        """Travel between all points; see `Router.matrix`."""
        points = as_points(points)
        snaps = self.snap(points, depot=depot)
        near = np.flatnonzero(snaps.metres <= self.snap_limit_metres)
        seconds = np.full((len(points), len(points)), UNREACHABLE, dtype=np.int32)
        metres = seconds.copy()
        if len(near):
            found_seconds, found_metres = _unpack(self._table(_taken(snaps, near)))
            seconds[np.ix_(near, near)], metres[np.ix_(near, near)] = found_seconds, found_metres
        np.fill_diagonal(seconds, 0)
        np.fill_diagonal(metres, 0)
        return Matrix(
            seconds=seconds,
            metres=metres,
            snap_metres=snaps.metres,
            problems=self._problems(snaps, depot),
            method=self.method,
        )

    def route(self, points: NDArray[np.float64]) -> tuple[Leg, ...]:
        """Ways along the real roads; see `Router.route`. The first point counts as the depot."""
        points = as_points(points)
        snaps = self.snap(points, depot=0 if len(points) else None)
        hooks = self._hooks(snaps)
        near = snaps.metres <= self.snap_limit_metres
        network = self._network(hooks)
        return tuple(
            self._leg(snaps, hooks, network, i) if near[i] and near[i + 1] else Leg.none()
            for i in range(len(points) - 1)
        )

    def _problems(self, snaps: Snaps, depot: int | None) -> tuple[PointProblem, ...]:
        home = 0 if depot is None else int(snaps.components[depot])
        elsewhere = (snaps.components != home) | (snaps.components < 0)
        lost = np.flatnonzero(elsewhere & (snaps.metres <= self.snap_limit_metres))
        problems = [PointProblem(int(index), "disconnected") for index in lost]
        problems += snap_problems(snaps.metres, limit=self.snap_limit_metres)
        return tuple(sorted(problems, key=lambda problem: problem.index or 0))

    def _hooks(self, snaps: Snaps) -> _Hooks:
        graph, edges, shares = self.graph, snaps.edges, snaps.shares
        length, time = (
            graph.edge_metres[edges].astype(np.float64),
            graph.edge_seconds[edges].astype(np.float64),
        )
        parts = np.stack([shares, 1.0 - shares], axis=1)
        parts[parts * length[:, None] < _AT_JUNCTION_METRES] = 0.0
        weights = _pack(time[:, None] * parts, length[:, None] * parts)
        oneway = graph.edge_oneway[edges]
        out, back = weights.copy(), weights.copy()
        out[oneway & (parts[:, 0] > 0), 0] = np.inf
        back[oneway & (parts[:, 1] > 0), 1] = np.inf
        nodes = np.stack([graph.edge_from[edges], graph.edge_to[edges]], axis=1).astype(np.int64)
        loop = nodes[:, 0] == nodes[:, 1]
        slower = np.argmax(out, axis=1)
        out[loop, slower[loop]] = np.inf
        return _Hooks(nodes, out, back)

    def _network(self, hooks: _Hooks) -> csr_array:
        """Road network with one extra node a point, which leads out only."""
        who, side = np.nonzero(np.isfinite(hooks.out))
        count = self.graph.node_count
        start = np.concatenate([self._start, count + who])
        end = np.concatenate([self._end, hooks.nodes[who, side]])
        cost = np.concatenate([self._cost, hooks.out[who, side]])
        order = np.lexsort((end, start))
        size = count + len(hooks.nodes)
        row_ends = np.cumsum(np.bincount(start, minlength=size))
        # Assembled by hand: scipy's own conversions would add up or drop entries.
        return csr_array((cost[order], end[order], np.concatenate([[0], row_ends])), shape=(size, size))

    def _table(self, snaps: Snaps) -> Floats:
        hooks = self._hooks(snaps)
        network, count = self._network(hooks), len(snaps.edges)
        table = np.empty((count, count))
        for first in range(0, count, _ROWS_AT_ONCE):
            rows = np.arange(first, min(first + _ROWS_AT_ONCE, count))
            reached = dijkstra(network, indices=self.graph.node_count + rows)
            via_start = reached[:, hooks.nodes[:, 0]] + hooks.back[:, 0]
            via_end = reached[:, hooks.nodes[:, 1]] + hooks.back[:, 1]
            table[rows] = np.minimum(via_start, via_end)
        for i, j in _on_one_road(snaps.edges):
            table[i, j] = min(table[i, j], self._along(snaps, i, j))
        return table

    def _along(self, snaps: Snaps, i: int, j: int) -> float:
        """Weight of staying on the one road both points are on; infinite against a one-way."""
        edge = snaps.edges[i]
        part = snaps.shares[j] - snaps.shares[i]
        if part < 0 and self.graph.edge_oneway[edge]:
            return np.inf
        seconds, metres = float(self.graph.edge_seconds[edge]), float(self.graph.edge_metres[edge])
        return float(_pack(np.array(seconds * abs(part)), np.array(metres * abs(part))))

    def _leg(self, snaps: Snaps, hooks: _Hooks, network: csr_array, i: int) -> Leg:
        j = i + 1
        origin = self.graph.node_count + i
        reached, came_from = dijkstra(network, indices=origin, return_predecessors=True)
        totals = reached[hooks.nodes[j]] + hooks.back[j]
        side = int(np.argmin(totals))
        weight = float(totals[side])
        direct = self._along(snaps, i, j) if snaps.edges[i] == snaps.edges[j] else np.inf
        if min(weight, direct) == np.inf:
            return Leg.none()
        if direct <= weight:
            coords = self._part(int(snaps.edges[i]), snaps.shares[i], snaps.shares[j])
        else:
            coords = self._drawn(snaps, hooks, i, _walked(came_from, origin, int(hooks.nodes[j, side])), side)
        seconds, metres = _unpack(np.array(min(weight, direct)))
        return Leg(coords, int(seconds), int(metres))

    def _drawn(self, snaps: Snaps, hooks: _Hooks, i: int, nodes: list[int], side: int) -> Floats:
        # The end of the first road that was left by: where both are one node, the cheaper of the two.
        leaving = int(np.argmin(np.where(hooks.nodes[i] == nodes[0], hooks.out[i], np.inf)))
        parts = [self._part(int(snaps.edges[i]), snaps.shares[i], float(leaving))]
        for start, end in pairwise(nodes):
            at = _find_link(self._start, self._end, start, end)
            shape = self.graph.shape(int(self._edge[at]))
            forwards = self.graph.edge_from[self._edge[at]] == start
            parts.append(shape if forwards else shape[::-1])
        parts.append(self._part(int(snaps.edges[i + 1]), float(side), snaps.shares[i + 1]))
        coords = np.concatenate(parts)
        moved = np.concatenate([[True], np.any(coords[1:] != coords[:-1], axis=1)])
        return coords[moved] if moved.sum() > 1 else coords[[0, -1]]

    def _part(self, edge: int, start: float, end: float) -> Floats:
        """Piece of a road's shape between two shares of its length, in that direction."""
        shape = self.graph.shape(edge)
        # Measured in the frame the places were snapped in, so that a share means the same spot in both.
        marks = _shares(self._index.frame.to_metres(shape))
        low, high = min(start, end), max(start, end)
        inner = np.flatnonzero((marks > low) & (marks < high))
        wanted = np.concatenate([[low], marks[inner], [high]])
        coords = np.stack(
            [np.interp(wanted, marks, shape[:, 0]), np.interp(wanted, marks, shape[:, 1])], axis=1
        )
        return coords if start <= end else coords[::-1]


def _shares(shape: Floats) -> Floats:
    """How far along a shape in metres each of its points lies, 0 to 1."""
    lengths = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(shape, axis=0).T))])
    return lengths / lengths[-1] if lengths[-1] > 0 else np.linspace(0.0, 1.0, len(shape))


def _pack(seconds: NDArray[np.floating], metres: NDArray[np.floating]) -> Floats:
    return np.rint(np.asarray(seconds, dtype=np.float64) * 100.0) * _SCALE + np.rint(
        np.asarray(metres, dtype=np.float64) * 10.0
    )


def _unpack(weights: Floats) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    finite = np.isfinite(weights)
    whole = np.where(finite, weights, 0.0)
    seconds = np.where(finite, np.rint(whole // _SCALE / 100.0), UNREACHABLE)
    metres = np.where(finite, np.rint(whole % _SCALE / 10.0), UNREACHABLE)
    return seconds.astype(np.int32), metres.astype(np.int32)


def _directed(graph: RoadGraph, weights: Floats) -> tuple[Ints, Ints, Floats, Ints]:
    """Start, end, weight and edge of all links, sorted; of several between two nodes the fastest only."""
    open_ = np.flatnonzero(~graph.closed)
    both = open_[~graph.edge_oneway[open_]]
    start = np.concatenate([graph.edge_from[open_], graph.edge_to[both]]).astype(np.int64)
    end = np.concatenate([graph.edge_to[open_], graph.edge_from[both]]).astype(np.int64)
    edge = np.concatenate([open_, both])
    order = np.lexsort((weights[edge], end, start))
    start, end, edge = start[order], end[order], edge[order]
    first = np.ones(len(start), dtype=np.bool_)
    first[1:] = (start[1:] != start[:-1]) | (end[1:] != end[:-1])
    return start[first], end[first], weights[edge[first]], edge[first]


def _find_link(starts: Ints, ends: Ints, start: int, end: int) -> int:
    low, high = np.searchsorted(starts, start, side="left"), np.searchsorted(starts, start, side="right")
    return int(low + np.searchsorted(ends[low:high], end))


def _taken(snaps: Snaps, which: Ints) -> Snaps:
    return Snaps(
        snaps.edges[which],
        snaps.shares[which],
        snaps.metres[which],
        snaps.lonlat[which],
        snaps.components[which],
    )


def _on_one_road(edges: Ints) -> list[tuple[int, int]]:
    """All ordered pairs of different points that lie on the same road."""
    order = np.argsort(edges, kind="stable")
    groups = np.split(order, np.flatnonzero(np.diff(edges[order])) + 1)
    return [(int(i), int(j)) for group in groups if len(group) > 1 for i in group for j in group if i != j]


def _walked(came_from: NDArray[np.int32], origin: int, last: int) -> list[int]:
    """Nodes passed from the origin, which is left out, to the last."""
    nodes = [last]
    while (before := int(came_from[nodes[-1]])) != origin:
        nodes.append(before)
    return nodes[::-1]
