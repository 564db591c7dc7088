"""Roads that join nothing: village lanes, field tracks, roads out of the county, the quarry's own."""

from __future__ import annotations

import numpy as np
import shapely
from scipy.spatial import cKDTree

from gridmgr.demo.drawing import Drawing
from gridmgr.demo.frame import FloatArray, to_degrees
from gridmgr.demo.villages import Land

#: How far roads to other counties are drawn beyond the outline, metres.
_BEYOND = 900.0
#: Radius of the quarry that no road leads to, metres.
_PIT_RADIUS = 90.0


def draw_lanes(drawing: Drawing, land: Land, cell: int, middle: int, rng: np.random.Generator) -> None:
    """Lanes through the village's houses, and a field track in some villages."""
    width = float(np.sqrt(land.cells.polygons[cell].area)) * 101_000
    turn = rng.uniform(0, np.pi / 2)
    for arm in range(4):
        angle = turn + arm * np.pi / 2 + rng.normal(0, 0.12)
        length = float(rng.uniform(0.45, 1.0)) * min(150.0, 0.09 * width)
        step = np.array([np.cos(angle), np.sin(angle)]) * length
        bend, wanders = rng.normal(0, 0.12), rng.uniform() < 0.45
        corner = drawing.dead_end(
            middle, np.vstack([drawing.points[middle] + step]), {"highway": "residential"}
        )
        if corner is None:
            continue
        tip, aside = drawing.points[corner], np.array([-step[1], step[0]])
        if arm % 2 == 0:
            drawing.dead_end(corner, np.vstack([tip + aside * 0.9]), {"highway": "residential"})
        elif arm == 1 and wanders:
            out, sideways = step / length * 0.17 * width, aside / length * 0.17 * width
            shape = np.vstack([tip + out / 2 + sideways * bend, tip + out])
            drawing.dead_end(corner, shape, {"highway": "track"})


def draw_exit(drawing: Drawing, land: Land, start: int, rng: np.random.Generator) -> None:
    """A main road from a point near the rim out of the county."""
    here = drawing.points[start]
    outward = here / max(float(np.hypot(*here)), 1.0)
    reach = float(land.terrain.reach(here[None, :])[0])
    metres = max(1.0 / max(reach, 0.5) - 1.0, 0.0) * float(np.hypot(*here)) + _BEYOND
    aside = np.array([-outward[1], outward[0]]) * rng.normal(0, 0.06) * metres
    shape: FloatArray = np.vstack(
        [here + outward * metres * t + aside * np.sin(t * np.pi) for t in (0.25, 0.5, 0.75, 1.0)]
    )
    drawing.dead_end(
        start, shape, {"highway": "primary", "ref": "S319", "name": "岚川公路", "maxspeed": "80"}
    )


def draw_quarry(drawing: Drawing, land: Land, rng: np.random.Generator) -> tuple[int, int]:
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
    # Three quarters round the pit: long enough not to be taken for a slip of the mapper's pen.
    turn = np.linspace(0, 1.5 * np.pi, 13)[1:, None]
    pit = drawing.points[start] - np.array([_PIT_RADIUS, 0.0])
    shape = pit + _PIT_RADIUS * np.hstack([np.cos(turn), np.sin(turn)])
    drawing.way(start, shape, None, {"highway": "service", "name": "采石场内部道路"})
    return start, cell
