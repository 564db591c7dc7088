"""The road network: main roads between towns, town streets, village roads and lanes, tracks, bridges.

Roads follow the neighbourhood of villages, so they meet only at junctions: each leads from one village's
middle over the middle of the shared border to the next village's. The river is crossed by main roads only.
Ways carry OpenStreetMap tags; the graph is built from them exactly as from an imported file.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from gridmgr.demo.drawing import DemoWay, Drawing
from gridmgr.demo.frame import FloatArray, random, to_degrees
from gridmgr.demo.lanes import draw_exit, draw_lanes, draw_quarry
from gridmgr.demo.links import Link, choose_links, exit_cells
from gridmgr.demo.streets import Streets, make_streets
from gridmgr.demo.villages import Land
from gridmgr.geo.highways import driving
from gridmgr.geo.roadbuild import RoadWay, build_graph
from gridmgr.geo.roads import RoadGraph

#: Half a bridge, metres.
_HALF_BRIDGE = 55.0


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


def make_roads(land: Land, *, seed: int) -> DemoRoads:
    """Draw all roads of the county."""
    rng = random(seed, "roads")
    drawing = Drawing(river=shapely.LineString(land.cells.river))
    streets = make_streets(land, seed=seed)
    base = len(drawing.points)
    for place in streets.points:
        drawing.point(place)
    for a, b, tags in streets.ways:
        drawing.way(base + a, np.empty((0, 2)), base + b, tags)
    middles = _village_middles(land, streets, drawing, rng)
    for link in choose_links(land, streets, seed=seed):
        _draw_link(drawing, link, middles, streets, rng)
    for cell in exit_cells(land):
        if cell in middles:
            draw_exit(drawing, land, middles[cell], rng)
    for cell, middle in sorted(middles.items()):
        draw_lanes(drawing, land, cell, middle, rng)
    stranded, stranded_cell = draw_quarry(drawing, land, rng)
    return DemoRoads(
        points=to_degrees(np.array(drawing.points)),
        ways=tuple(drawing.ways),
        stranded=stranded,
        stranded_cell=stranded_cell,
    )


def _village_middles(
    land: Land, streets: Streets, drawing: Drawing, rng: np.random.Generator
) -> dict[int, int]:
    """A crossroads in the middle of each village without town streets: point number by cell."""
    middles = {}
    for cell, seed_point in enumerate(land.cells.seeds):
        if cell not in streets.by_cell:
            middles[cell] = drawing.point(seed_point + rng.normal(0, 40.0, 2))
    return middles


def _draw_link(
    drawing: Drawing, link: Link, middles: dict[int, int], streets: Streets, rng: np.random.Generator
) -> None:
    """A road from one cell's middle (or street corner) over the border to the next."""
    ends = []
    main = link.tags["highway"] in ("primary", "secondary")
    for cell in (link.first, link.second):
        ends.append(middles[cell] if cell in middles else streets.nearest(cell, link.middle, main=main))
    a, b = (drawing.points[end] for end in ends)
    before = _bend(drawing, a, link.middle, rng)
    after = _bend(drawing, link.middle, b, rng)
    if not link.bridge:
        shape = _round_off(np.vstack([a, before, link.middle, after, b]))
        # Where the bank juts out too far for any bend the road takes to the water, and says so.
        tags = link.tags if drawing.is_dry(shape) else {**link.tags, "bridge": "yes"}
        drawing.way(ends[0], shape[1:-1], ends[1], tags)
        return
    flow = (after - before) / max(float(np.hypot(*(after - before))), 1.0) * _HALF_BRIDGE
    near, far = link.middle - flow, link.middle + flow
    start = drawing.way(ends[0], _round_off(np.vstack([a, before, near]))[1:], None, link.tags)
    end = drawing.point(far)
    drawing.way(start, np.empty((0, 2)), end, {**link.tags, "bridge": "yes"})
    drawing.way(end, _round_off(np.vstack([far, after, b]))[1:-1], ends[1], link.tags)


def _bend(drawing: Drawing, start: FloatArray, end: FloatArray, rng: np.random.Generator) -> FloatArray:
    """A point about half-way, a little aside, on whichever side keeps the road out of the river."""
    along = end - start
    across = np.array([-along[1], along[0]])
    aside = float(np.clip(rng.normal(0, 0.08), -0.18, 0.18))
    middle: FloatArray = (start + end) / 2
    # Both ends may stand at the water themselves: only the inner part of the road is looked at.
    low, high = start + along * 0.1, end - along * 0.1
    for share in (aside, -aside, 0.0, 0.2, -0.2, 0.32, -0.32):
        if drawing.is_dry(_round_off(np.vstack([low, middle + across * share, high]))):
            return middle + across * share
    return middle


def _round_off(corners: FloatArray) -> FloatArray:
    """Cut corners twice (Chaikin), keeping both ends."""
    for _ in range(2):
        first, second = corners[:-1], corners[1:]
        cut = np.empty((2 * len(first), 2))
        cut[::2], cut[1::2] = 0.75 * first + 0.25 * second, 0.25 * first + 0.75 * second
        corners = np.vstack([corners[:1], cut[1:-1], corners[-1:]])
    return corners
