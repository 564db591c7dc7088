"""Roads closed for a while; what was drawn is kept as a point or a line."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import shapely
from sqlalchemy import Connection, or_

from gridmgr.domain.closures import RoadClosure
from gridmgr.storage import schema
from gridmgr.storage.repositories.base import FlatRepository


class ClosureRepository(FlatRepository[RoadClosure]):
    """Closures by id."""

    table = schema.road_closure
    kind = RoadClosure
    key = "id"

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._fields = tuple("geometry" if name == "points" else name for name in self._fields)

    def between(self, first: datetime, last: datetime) -> list[RoadClosure]:
        """Closures that hold at some moment from ``first`` to ``last``, by begin."""
        columns = self.table.c
        found = self._select(
            columns.starts_at <= last, or_(columns.ends_at.is_(None), columns.ends_at > first)
        )
        return sorted(found, key=lambda closure: (closure.starts_at, closure.id))

    def _to_row(self, item: RoadClosure) -> dict[str, Any]:
        row = {name: getattr(item, name) for name in self._fields if name != "geometry"}
        drawn = shapely.LineString(item.points) if len(item.points) > 1 else shapely.Point(item.points[0])
        return row | {"geometry": drawn}

    def _from_row(self, row: Mapping[str, Any]) -> RoadClosure:
        values = dict(row)
        points = shapely.get_coordinates(values.pop("geometry")).tolist()
        return RoadClosure(points=tuple((lon, lat) for lon, lat in points), **values)
