"""Finds spots for things: beside a road, inside the right village."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from gridmgr.demo.frame import FloatArray, to_degrees, to_metres
from gridmgr.demo.roads import DemoRoads
from gridmgr.demo.villages import Land


class Sites:
    """Points of all roads by the village they lie in."""

    def __init__(self, land: Land, roads: DemoRoads) -> None:
        self._land = land
        self._metres = to_metres(roads.points)
        usable = np.zeros(len(roads.points), dtype=np.bool_)
        for way in roads.ways:
            if way.tags["highway"] not in ("track", "service"):
                usable[list(way.nodes)] = True
        tree = shapely.STRtree(land.cells.polygons)
        point, cell = tree.query(shapely.points(roads.points), predicate="within")
        keep = usable[point]
        order = np.argsort(cell[keep], kind="stable")
        self._points = point[keep][order]
        self._starts = np.searchsorted(cell[keep][order], np.arange(len(land.villages) + 1))
        everything = np.argsort(cell, kind="stable")
        self._any = point[everything]
        self._any_starts = np.searchsorted(cell[everything], np.arange(len(land.villages) + 1))

    def road_points(self, cell: int) -> NDArray[np.int64]:
        """Numbers of the road points inside a village: of roads, or of tracks where there is nothing else."""
        mine: NDArray[np.int64] = self._points[self._starts[cell] : self._starts[cell + 1]]
        if not len(mine):
            mine = self._any[self._any_starts[cell] : self._any_starts[cell + 1]]
        return mine

    def beside_road(
        self, cell: int, rng: np.random.Generator, *, near: FloatArray | None = None, spread: float = 45.0
    ) -> tuple[float, float]:
        """Lon/lat of a spot up to ``spread`` metres off a road of the village, inside the village.

        ``near`` (metres) asks for the road point nearest to it instead of any.
        """
        polygon = self._land.cells.polygons[cell]
        options = self.road_points(cell)
        if not len(options):
            point = polygon.representative_point()
            return round(point.x, 6), round(point.y, 6)
        for _ in range(20):
            chosen = int(rng.choice(options))
            if near is not None:
                chosen = int(options[np.argmin(np.hypot(*(self._metres[options] - near).T))])
            angle = rng.uniform(0, 2 * np.pi)
            aside = np.array([np.cos(angle), np.sin(angle)]) * rng.uniform(12.0, spread)
            lon, lat = np.round(to_degrees(self._metres[chosen] + aside), 6).tolist()
            if shapely.contains_xy(polygon, lon, lat):
                return lon, lat
        lon, lat = np.round(to_degrees(self._metres[chosen]), 7).tolist()
        return lon, lat

    def around(
        self, cell: int, spot: tuple[float, float], rng: np.random.Generator, *, metres: float
    ) -> tuple[float, float]:
        """Lon/lat of a point at most so far from a spot of the village, inside the village."""
        polygon = self._land.cells.polygons[cell]
        for _ in range(20):
            angle = rng.uniform(0, 2 * np.pi)
            aside = np.array([np.cos(angle), np.sin(angle)]) * rng.uniform(0.0, metres)
            lon, lat = np.round(to_degrees(to_metres(np.array(spot)) + aside), 6).tolist()
            if shapely.contains_xy(polygon, lon, lat):
                return lon, lat
        return spot
