"""Routers: minutes, metres and lines between places, by whatever the office has.

`choose_router` takes the first that is given: an OSRM server, a Valhalla server, imported roads; without any
of them straight lines, and the matrix says so.
"""

from __future__ import annotations

from gridmgr.geo.roads import RoadGraph
from gridmgr.geo.routers.base import (
    DEFAULT_SNAP_LIMIT_METRES,
    UNREACHABLE,
    Leg,
    Matrix,
    PointProblem,
    Router,
)
from gridmgr.geo.routers.closed import ClosedRoadsRouter
from gridmgr.geo.routers.embedded import EmbeddedRouter
from gridmgr.geo.routers.http import RouterFailed
from gridmgr.geo.routers.osrm import OsrmRouter
from gridmgr.geo.routers.straight import DEFAULT_DETOUR_FACTOR, DEFAULT_STRAIGHT_KMH, StraightLineRouter
from gridmgr.geo.routers.valhalla import ValhallaRouter

__all__ = [
    "DEFAULT_SNAP_LIMIT_METRES",
    "UNREACHABLE",
    "ClosedRoadsRouter",
    "EmbeddedRouter",
    "Leg",
    "Matrix",
    "OsrmRouter",
    "PointProblem",
    "Router",
    "RouterFailed",
    "StraightLineRouter",
    "ValhallaRouter",
    "choose_router",
]


def choose_router(
    *,
    graph: RoadGraph | None = None,
    osrm_url: str | None = None,
    valhalla_url: str | None = None,
    snap_limit_metres: float = DEFAULT_SNAP_LIMIT_METRES,
    detour_factor: float = DEFAULT_DETOUR_FACTOR,
    straight_kmh: float = DEFAULT_STRAIGHT_KMH,
) -> Router:
    """Best router for what there is.

    Parameters
    ----------
    graph
        Imported roads.
    osrm_url, valhalla_url
        Addresses of servers; they go before imported roads, OSRM first.
    snap_limit_metres
        Points farther from any road are reported and not routed.
    detour_factor, straight_kmh
        Of straight lines, where there is nothing better.

    Raises
    ------
    BadInput
        If an address is not one of http or https.
    """
    if osrm_url:
        return OsrmRouter(osrm_url, snap_limit_metres=snap_limit_metres)
    if valhalla_url:
        return ValhallaRouter(valhalla_url, snap_limit_metres=snap_limit_metres)
    if graph is not None and graph.edge_count:
        return EmbeddedRouter(graph, snap_limit_metres=snap_limit_metres)
    return StraightLineRouter(factor=detour_factor, kmh=straight_kmh)
