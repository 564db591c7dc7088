"""The road network: main roads between towns, town streets, village roads and lanes, tracks, bridges.

Roads follow the neighbourhood of villages, so they meet only at junctions: each leads from one village's
middle over the middle of the shared border to the next village's. The river is crossed by main roads only.
Ways carry OpenStreetMap tags; the graph is built from them exactly as from an imported file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import shapely
from scipy.spatial import cKDTree

from gridmgr.demo.frame import FloatArray, random, to_degrees
from gridmgr.demo.links import Link, choose_links
from gridmgr.demo.streets import Streets, make_streets
from gridmgr.demo.villages import Land
from gridmgr.geo.highways import driving
from gridmgr.geo.roadbuild import RoadWay, build_graph
from gridmgr.geo.roads import RoadGraph

#: Half a bridge, metres.
_HALF_BRIDGE = 55.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoWay:
    """One way as OpenStreetMap would hold it.

    Parameters
    ----------
    nodes
        Numbers of its points.
    tags
        ``highway`` and what else is known.
    """

    nodes: tuple[int, ...]
    tags: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DemoRoads:
    """The county's roads.

    Parameters
    ----------
    points
        WGS84 lon/lat of each point, shape (n, 2).
    ways
        Ways over them; ways that share a point meet there.
    stranded
        Number of a point of the one road that leads nowhere: the quarry's own.
    stranded_cell
        The village that point lies in.
    """

    points: FloatArray
    ways: tuple[DemoWay, ...]
    stranded: int
    stranded_cell: int

    def graph(self) -> RoadGraph:
        """The road graph for routing, by the same rules as an imported file."""
        rules = [(way, driving(way.tags)) for way in self.ways]
        ways = [
            RoadWay(
                way.nodes,
                rule.road_class,
                rule.kmh,
                oneway=rule.oneway,
                name=way.tags.get("name", way.tags.get("ref", "")),
            )
            for way, rule in rules
            if rule is not None
        ]
        lon_lat = self.points.tolist()
        return build_graph(ways, {n: tuple(lon_lat[n]) for way in ways for n in way.nodes})


@dataclass(slots=True)
class _Drawing:
    """Points and ways while they are drawn."""

    points: list[FloatArray] = field(default_factory=list)
    ways: list[DemoWay] = field(default_factory=list)

    def point(self, place: FloatArray) -> int:
        """Add a point, metres."""
        self.points.append(place)
        return len(self.points) - 1

    def way(self, start: int, shape: FloatArray, end: int | None, tags: Mapping[str, str]) -> int:
        """Add a way from a point over a shape to another point (a new one if None); the end's number."""
        inner = [self.point(place) for place in shape]
        if end is not None:
            inner.append(end)
        self.ways.append(DemoWay(nodes=(start, *inner), tags=tags))
        return inner[-1]


def make_roads(land: Land, *, seed: int) -> DemoRoads:
    """Draw all roads of the county."""
    rng = random(seed, "roads")
    drawing = _Drawing()
    streets = make_streets(land, seed=seed)
    base = len(drawing.points)
    for place in streets.points:
        drawing.point(place)
    for a, b, tags in streets.ways:
        drawing.way(base + a, np.empty((0, 2)), base + b, tags)
    middles = _village_middles(land, streets, drawing, rng)
    for link in choose_links(land, streets, seed=seed):
        _draw_link(drawing, link, middles, streets, rng)
    for cell, middle in sorted(middles.items()):
        _draw_lanes(drawing, land, cell, middle, rng)
    stranded, stranded_cell = _draw_quarry(drawing, land, rng)
    return DemoRoads(
        points=to_degrees(np.array(drawing.points)),
        ways=tuple(drawing.ways),
        stranded=stranded,
        stranded_cell=stranded_cell,
    )


def _village_middles(
    land: Land, streets: Streets, drawing: _Drawing, rng: np.random.Generator
) -> dict[int, int]:
    """A crossroads in the middle of each village without town streets: point number by cell."""
    middles = {}
    for cell, seed_point in enumerate(land.cells.seeds):
        if cell not in streets.by_cell:
            middles[cell] = drawing.point(seed_point + rng.normal(0, 40.0, 2))
    return middles


def _draw_link(
    drawing: _Drawing, link: Link, middles: dict[int, int], streets: Streets, rng: np.random.Generator
) -> None:
    """A road from one cell's middle (or street corner) over the border to the next."""
    ends = []
    main = link.tags["highway"] in ("primary", "secondary")
    for cell in (link.first, link.second):
        ends.append(middles[cell] if cell in middles else streets.nearest(cell, link.middle, main=main))
    a, b = (drawing.points[end] for end in ends)
    before = _bend(a, link.middle, rng)
    after = _bend(link.middle, b, rng)
    if not link.bridge:
        shape = _round_off(np.vstack([a, before, link.middle, after, b]))[1:-1]
        drawing.way(ends[0], shape, ends[1], link.tags)
        return
    flow = (after - before) / max(float(np.hypot(*(after - before))), 1.0) * _HALF_BRIDGE
    near, far = link.middle - flow, link.middle + flow
    start = drawing.way(ends[0], np.vstack([_round_off(np.vstack([a, before, near]))[1:]]), None, link.tags)
    end = drawing.point(far)
    drawing.way(start, np.empty((0, 2)), end, {**link.tags, "bridge": "yes"})
    drawing.way(end, _round_off(np.vstack([far, after, b]))[1:-1], ends[1], link.tags)


def _bend(start: FloatArray, end: FloatArray, rng: np.random.Generator) -> FloatArray:
    """A point about half-way, a little aside."""
    along = end - start
    return (start + end) / 2 + np.array([-along[1], along[0]]) * float(
        np.clip(rng.normal(0, 0.08), -0.18, 0.18)
    )


def _round_off(corners: FloatArray) -> FloatArray:
    """Cut corners twice (Chaikin), keeping both ends."""
    for _ in range(2):
        first, second = corners[:-1], corners[1:]
        cut = np.empty((2 * len(first), 2))
        cut[::2], cut[1::2] = 0.75 * first + 0.25 * second, 0.25 * first + 0.75 * second
        corners = np.vstack([corners[:1], cut[1:-1], corners[-1:]])
    return corners


def _draw_lanes(drawing: _Drawing, land: Land, cell: int, middle: int, rng: np.random.Generator) -> None:
    """Lanes through the village's houses, and a field track where the cell is wide."""
    origin = drawing.points[middle]
    polygon = land.cells.polygons[cell]
    width = float(np.sqrt(polygon.area)) * 101_000
    turn = rng.uniform(0, np.pi / 2)
    for arm in range(4):
        angle = turn + arm * np.pi / 2 + rng.normal(0, 0.12)
        step = (
            np.array([np.cos(angle), np.sin(angle)])
            * float(rng.uniform(0.45, 1.0))
            * min(150.0, 0.09 * width)
        )
        corner = drawing.way(middle, np.vstack([origin + step]), None, {"highway": "residential"})
        if arm % 2 == 0:
            aside = np.array([-step[1], step[0]]) * rng.uniform(0.6, 1.2)
            tip = drawing.points[corner]
            drawing.way(corner, np.vstack([tip + aside]), None, {"highway": "residential"})
        elif arm == 1 and rng.uniform() < 0.45:
            tip = drawing.points[corner]
            out = step / max(float(np.hypot(*step)), 1.0) * 0.17 * width
            bent = tip + out / 2 + np.array([-out[1], out[0]]) * rng.normal(0, 0.12)
            drawing.way(corner, np.vstack([bent, tip + out]), None, {"highway": "track"})


def _draw_quarry(drawing: _Drawing, land: Land, rng: np.random.Generator) -> tuple[int, int]:
    """A short road that meets no other, in the widest hill village as far from all roads as can be."""
    areas = np.array([polygon.area for polygon in land.cells.polygons]) * (0.2 + land.hills)
    cell = int(np.argmax(areas))
    seed_point = land.cells.seeds[cell]
    spots = seed_point + rng.uniform(-2500, 2500, (4000, 2))
    polygon = land.cells.polygons[cell].buffer(-0.0015)
    degrees = to_degrees(spots)
    spots = spots[shapely.contains_xy(polygon, degrees[:, 0], degrees[:, 1])]
    distance, _ = cKDTree(np.array(drawing.points)).query(spots)
    start = drawing.point(spots[int(np.argmax(distance))])
    shape = drawing.points[start] + np.array([[60.0, 20.0], [110.0, 75.0]])
    drawing.way(start, shape, None, {"highway": "service", "name": "采石场内部道路"})
    return start, cell
