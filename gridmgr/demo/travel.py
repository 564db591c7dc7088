"""Driving times and real paths over the demo's roads, for its own past patrols.

Planning goes through ``gridmgr.geo`` routers; the past needs the very points a phone would have recorded, so
this walks the roads point by point within one township's surroundings.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree

from gridmgr.demo.frame import FloatArray, to_metres
from gridmgr.demo.roads import DemoRoads
from gridmgr.geo.highways import driving

#: Roads are looked at as far as this outside the stops, metres.
_MARGIN = 4000.0


class Segments:
    """Every stretch between two road points, with its driving time."""

    def __init__(self, roads: DemoRoads) -> None:
        self.points = to_metres(roads.points)
        a: list[int] = []
        b: list[int] = []
        kmh: list[float] = []
        for way in roads.ways:
            rule = driving(way.tags)
            if rule is None:
                continue
            a.extend(way.nodes[:-1])
            b.extend(way.nodes[1:])
            kmh.extend([rule.kmh] * (len(way.nodes) - 1))
        self.ends = np.array([a, b])
        metres = np.hypot(*(self.points[self.ends[0]] - self.points[self.ends[1]]).T)
        self.seconds = np.maximum(metres / (np.array(kmh) / 3.6), 0.1)
        self.metres = metres


class Travel:
    """Driving between the stops of one township; stop numbers are positions in ``stops``.

    Parameters
    ----------
    segments
        The county's roads.
    stops
        Stops, WGS84 lon/lat, shape (n, 2).
    """

    def __init__(self, segments: Segments, stops: Sequence[tuple[float, float]]) -> None:
        places = to_metres(np.array(stops))
        low, high = places.min(axis=0) - _MARGIN, places.max(axis=0) + _MARGIN
        near = ((segments.points >= low) & (segments.points <= high)).all(axis=1)
        inside = near[segments.ends].all(axis=0)
        used = np.unique(segments.ends[:, inside])
        ends = np.searchsorted(used, segments.ends[:, inside])
        self._points = segments.points[used]
        graph = coo_array((segments.seconds[inside], tuple(ends)), shape=(len(used), len(used))).tocsr()
        _, self._node = cKDTree(self._points).query(places)
        self._seconds, self._before = dijkstra(
            graph, directed=False, indices=self._node, return_predecessors=True
        )

    def seconds(self, start: int, end: int) -> float:
        """Driving time, infinite where no road leads."""
        return float(self._seconds[start, self._node[end]])

    def path(self, start: int, end: int) -> tuple[FloatArray, FloatArray]:
        """Points of the way (metres, shape (k, 2)) and the seconds at which each is passed, shape (k,)."""
        nodes: list[int] = []
        node = int(self._node[end])
        while node >= 0:
            nodes.append(node)
            node = int(self._before[start, node])
        way: NDArray[np.int64] = np.array(nodes[::-1])
        return self._points[way], self._seconds[start, way]

    def metres(self, start: int, end: int) -> float:
        """Length of the way, metres."""
        points, _ = self.path(start, end)
        return float(np.hypot(*np.diff(points, axis=0).T).sum())
