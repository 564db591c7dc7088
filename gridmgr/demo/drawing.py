"""Points and ways while a road network is drawn, and the river they keep clear of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import shapely

from gridmgr.demo.frame import FloatArray


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


@dataclass(slots=True)
class Drawing:
    """Points, metres, and ways over them, added one after another.

    Parameters
    ----------
    river
        The river's course, metres.
    """

    river: shapely.LineString
    points: list[FloatArray] = field(default_factory=list)
    ways: list[DemoWay] = field(default_factory=list)

    def __post_init__(self) -> None:
        shapely.prepare(self.river)

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

    def is_dry(self, shape: FloatArray) -> bool:
        """Whether a line, metres, keeps clear of the river."""
        return not self.river.intersects(shapely.LineString(shape))

    def dead_end(self, start: int, shape: FloatArray, tags: Mapping[str, str]) -> int | None:
        """Add a way that ends by itself, unless it would lead into the river; its end or None."""
        if not self.is_dry(np.vstack([self.points[start], shape])):
            return None
        return self.way(start, shape, None, tags)
