"""Puts a place onto the road it is reached from: the nearest point on a road, not the nearest junction."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray

from gridmgr.geo import closures
from gridmgr.geo.earth import LocalFrame
from gridmgr.geo.roads import RoadGraph

#: A road of the connected network is taken before a nearer one that leads nowhere, if it is at most this much
#: farther away: car parks and courtyards are often mapped without their link to the street.
PREFERENCE_METRES = 50.0

#: A network with less road than this is a slip of the mapper rather than an island; the connected one may
#: then be as much farther away. (Legazpi: a village beside 11 m of loose road, 133 m from the street.)
SPLINTER_METRES = 300.0


@dataclass(frozen=True)
class Snaps:
    """Where n points meet the roads.

    Parameters
    ----------
    edges
        ``(n,)`` edge numbers, -1 where the graph has no open road at all.
    shares
        ``(n,)`` how far along the edge's shape, 0 at its start and 1 at its end.
    metres
        ``(n,)`` straight-line distance from the point to the road; infinite where there is none.
    lonlat
        ``(n, 2)`` the point on the road, degrees, EPSG:4326.
    components
        ``(n,)`` component of the edge, -1 where it belongs to none (see `RoadGraph.edge_components`).
    """

    edges: NDArray[np.int64]
    shares: NDArray[np.float64]
    metres: NDArray[np.float64]
    lonlat: NDArray[np.float64]
    components: NDArray[np.int32]


class RoadIndex:
    """Spatial index over the open roads of one graph.

    Parameters
    ----------
    graph
        The roads; closed ones are not stopped at.
    """

    def __init__(self, graph: RoadGraph) -> None:
        self.graph = graph
        self.frame = LocalFrame(float(np.median(graph.nodes[:, 1])) if graph.node_count else 0.0)

    @cached_property
    def _lines(self) -> NDArray[np.object_]:
        return shapely.transform(self.graph.lines, self.frame.to_metres)

    @cached_property
    def _open(self) -> tuple[NDArray[np.int64], shapely.STRtree]:
        edges = np.flatnonzero(~self.graph.closed)
        return edges, shapely.STRtree(self._lines[edges])

    @cached_property
    def _tolerances(self) -> NDArray[np.float64]:
        """By edge, how much farther a road of the connected network may be to be taken instead."""
        networks = self.graph.edge_components
        inside = networks >= 0
        lengths = np.bincount(networks[inside], self.graph.edge_metres[inside], minlength=1)
        splinter = inside & (lengths[networks] < SPLINTER_METRES)
        return np.where(splinter, SPLINTER_METRES, PREFERENCE_METRES)

    @cached_property
    def _trees(self) -> dict[int, tuple[NDArray[np.int64], shapely.STRtree]]:
        return {}

    def _of_component(self, component: int) -> tuple[NDArray[np.int64], shapely.STRtree]:
        if component not in self._trees:
            edges = np.flatnonzero(self.graph.edge_components == component)
            self._trees[component] = edges, shapely.STRtree(self._lines[edges])
        return self._trees[component]

    def snap(self, points: NDArray[np.float64], *, component: int = 0) -> Snaps:
        """Nearest point on an open road for every point.

        Parameters
        ----------
        points
            ``(n, 2)`` longitude and latitude in degrees, EPSG:4326.
        component
            The network to prefer within `PREFERENCE_METRES` or `SPLINTER_METRES`; 0 is the largest.
        """
        places = np.asarray(shapely.points(self.frame.to_metres(points).reshape(-1, 2)))
        edges, metres = _nearest(self._open, places)
        astray = np.flatnonzero((edges >= 0) & (self.graph.edge_components[edges] != component))
        if len(astray):
            others, farther = _nearest(self._of_component(component), places[astray])
            better = (others >= 0) & (farther <= metres[astray] + self._tolerances[edges[astray]])
            edges[astray[better]], metres[astray[better]] = others[better], farther[better]
        return self._described(places, edges, metres)

    def meant(self, drawn: NDArray[np.float64]) -> NDArray[np.int64]:
        """Numbers of the open roads that a drawn point or line in degrees means, ascending."""
        edges, tree = self._open
        return closures.meant(self.frame.to_metres(drawn), self._lines, edges, tree)

    def _described(
        self, places: NDArray[np.object_], edges: NDArray[np.int64], metres: NDArray[np.float64]
    ) -> Snaps:
        found = np.flatnonzero(edges >= 0)
        shares = np.zeros(len(places))
        lonlat = np.full((len(places), 2), np.nan)
        components = np.full(len(places), -1, dtype=np.int32)
        lines = self._lines[edges[found]]
        shares[found] = shapely.line_locate_point(lines, places[found], normalized=True)
        on_road = shapely.line_interpolate_point(lines, shares[found], normalized=True)
        lonlat[found] = self.frame.to_degrees(shapely.get_coordinates(on_road))
        components[found] = self.graph.edge_components[edges[found]]
        return Snaps(edges, shares, metres, lonlat, components)


def _nearest(
    indexed: tuple[NDArray[np.int64], shapely.STRtree], places: NDArray[np.object_]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    numbers, tree = indexed
    edges = np.full(len(places), -1, dtype=np.int64)
    metres = np.full(len(places), np.inf)
    if len(numbers) == 0:
        return edges, metres
    # Several roads can be equally near; the one of the lowest number makes the answer the same every time.
    (who, which), distance = tree.query_nearest(places, return_distance=True, all_matches=True)
    order = np.lexsort((numbers[which], who))
    who, first = np.unique(who[order], return_index=True)
    edges[who] = numbers[which[order][first]]
    metres[who] = distance[order][first]
    return edges, metres
