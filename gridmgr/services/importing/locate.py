"""Which village a point lies in, or how far it is from the nearest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from gridmgr.domain.places import Village
from gridmgr.geo.earth import LocalFrame

#: A place farther than this outside every village is a bad row; nearer, a warning.
FAR_METRES = 2000.0


@dataclass(frozen=True, slots=True)
class Located:
    """Where a point lies.

    Parameters
    ----------
    village
        The village that covers it, or the nearest one.
    outside_metres
        Distance to it, 0 inside.
    """

    village: Village
    outside_metres: float


class Locator:
    """Finds villages by point.

    Parameters
    ----------
    villages
        Of the whole database; there may be none.
    """

    def __init__(self, villages: Sequence[Village]) -> None:
        self._villages = sorted(villages, key=lambda village: village.code)
        geometries = [village.geometry for village in self._villages]
        latitude = float(np.mean([g.centroid.y for g in geometries])) if geometries else 0.0
        self._frame = LocalFrame(latitude)
        plane = np.empty(len(geometries), dtype=object)
        plane[:] = geometries
        self._metres: NDArray[np.object_] = shapely.transform(plane, self._frame.to_metres)
        self._tree = shapely.STRtree(self._metres)

    def __bool__(self) -> bool:
        return bool(self._villages)

    def find(self, lon: float, lat: float) -> Located | None:
        """The village at a WGS84 point or nearest to it; None where there are no villages at all."""
        if not self._villages:
            return None
        point = shapely.Point(self._frame.to_metres(np.array([[lon, lat]]))[0])
        covering = self._tree.query(point, predicate="intersects")
        if len(covering):
            return Located(self._villages[int(covering.min())], 0.0)
        index = int(self._tree.nearest(point))
        return Located(self._villages[index], float(shapely.distance(point, self._metres[index])))
