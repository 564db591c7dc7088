"""Which roads a drawn closure means.

One point means the nearest road. A line means the roads it runs along: those within `NEAR_METRES` of it
for `ALONG_METRES`, or for most of their length. Side roads that only meet it are not meant. A line that runs
along none is drawn across a road and means those it crosses; one that does neither, the road nearest to it.
"""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

#: A road this far from a point or a line may be meant by it.
PICK_METRES = 60.0
#: A road is run along where the line is this near to it.
NEAR_METRES = 15.0
#: So much of a road, or that part of a shorter one, is run along if the road is meant.
ALONG_METRES, MOST_PART = 45.0, 0.6


def meant(
    drawn: NDArray[np.float64], lines: NDArray[np.object_], edges: NDArray[np.int64], tree: shapely.STRtree
) -> NDArray[np.int64]:
    """Numbers of the roads that what was drawn means, ascending; none where no road is near.

    Parameters
    ----------
    drawn
        ``(k, 2)`` in metres, one point or a line.
    lines
        Shapes of all roads in the same metres, by number.
    edges, tree
        Numbers of the roads that can be closed, and an index over their shapes in that order.
    """
    if len(drawn) > 1:
        line = shapely.LineString(drawn)
        near = edges[tree.query(line.buffer(NEAR_METRES), predicate="intersects")]
        inside = shapely.length(shapely.intersection(lines[near], line.buffer(NEAR_METRES)))
        along = near[inside >= np.minimum(ALONG_METRES, MOST_PART * shapely.length(lines[near]))]
        if not len(along):
            along = edges[tree.query(line, predicate="intersects")]
        if len(along):
            return np.sort(along)
        return _nearest(line, edges, tree)
    return _nearest(shapely.Point(drawn[0]), edges, tree)


def _nearest(shape: shapely.Geometry, edges: NDArray[np.int64], tree: shapely.STRtree) -> NDArray[np.int64]:
    found = tree.query_nearest(shape, max_distance=PICK_METRES)
    return np.sort(edges[found])[:1]
