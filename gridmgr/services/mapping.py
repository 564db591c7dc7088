"""The day's map to print and share: its materials, with the roads under the routes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import shapely
from shapely import LineString, MultiLineString
from shapely.geometry.base import BaseGeometry

from gridmgr.domain.places import Village
from gridmgr.geo.highways import ROAD_CLASSES
from gridmgr.services.context import Context
from gridmgr.services.queries.layers import MAIN_ROADS, road_graph
from gridmgr.services.reporting.day import DayMaterials, day_materials


@dataclass(frozen=True, kw_only=True)
class DayMapData(DayMaterials):
    """Fields as `maps.folium_page.Day` takes them.

    Parameters
    ----------
    roads
        Roads under the routes as one multi-line, EPSG:4326; None where none were imported.
    """

    roads: BaseGeometry | None


def day_map_data(ctx: Context, *, day: date, township_code: str | None = None) -> DayMapData:
    """Collect what the day's map shows: published plans, villages, incidents, places and roads.

    Parameters
    ----------
    ctx
        The wired parts.
    day
        Which day.
    township_code
        Only this township; None for all, then with main roads only.

    Raises
    ------
    NotFound
        If there is no such township.
    RouterFailed
        If a routing server fails.
    """
    materials = day_materials(ctx, day=day, township_code=township_code)
    roads = _roads(ctx, materials.villages, main_only=township_code is None)
    return DayMapData(**vars(materials), roads=roads)


def _roads(ctx: Context, villages: Sequence[Village], *, main_only: bool) -> BaseGeometry | None:
    """Roads within the box around the villages."""
    with ctx.storage.read() as uow:
        info = uow.roads.info()
    if info is None or not villages:
        return None
    graph = road_graph(ctx, info.content_hash)
    box = shapely.box(*shapely.total_bounds([village.geometry for village in villages]))
    edges = graph.edges_touching(box)
    if main_only:
        main = [ROAD_CLASSES.index(name) for name in MAIN_ROADS]
        edges = edges[np.isin(graph.edge_class[edges], main)]
    # Long roads end at the box: what lies far outside only makes the file larger.
    pieces = shapely.get_parts(shapely.intersection(graph.lines[edges], box))
    # A road that only touches the box leaves a point.
    return MultiLineString([piece for piece in pieces if isinstance(piece, LineString)])
