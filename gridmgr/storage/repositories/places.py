"""Townships, villages with their borders, places, roads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import shapely
from sqlalchemy import delete, insert, select

from gridmgr.domain.places import Place, Township, Village
from gridmgr.storage import schema, spatial
from gridmgr.storage.repositories.base import FlatRepository, in_chunks


@dataclass(frozen=True, slots=True, kw_only=True)
class VillageName:
    """A village without its border."""

    code: str
    name: str
    township_code: str
    township_name: str


class TownshipRepository(FlatRepository[Township]):
    """Townships by code."""

    table = schema.township
    kind = Township
    key = "code"


class VillageRepository(FlatRepository[Village]):
    """Villages by code, with box search and adjacency."""

    table = schema.village
    kind = Village
    key = "code"

    def in_box(self, box: spatial.Box) -> list[Village]:
        """Villages whose bounding box meets (min_lon, min_lat, max_lon, max_lat), degrees."""
        return self._select(spatial.in_box(self._connection, box))

    def at(self, lon: float, lat: float) -> Village | None:
        """The village that covers a WGS84 point; on a shared border the one with the smaller code."""
        point = shapely.Point(lon, lat)
        covering = (v for v in self.in_box((lon, lat, lon, lat)) if v.geometry.covers(point))
        return next(covering, None)

    def called(self, name: str, *, most: int) -> list[VillageName]:
        """Villages of that name, else those whose name holds it; by code, without their borders."""
        table = self.table
        columns = (table.c.code, table.c.name, table.c.township_code, table.c.township_name)
        for condition in (table.c.name == name, table.c.name.contains(name, autoescape=True)):
            rows = self._connection.execute(
                select(*columns).where(condition).order_by(table.c.code).limit(most)
            )
            found = [VillageName(**row._mapping) for row in rows]
            if found:
                return found
        return []

    def names(self, *, township_code: str | None = None) -> list[tuple[str, str, str]]:
        """Code, name and township of every village, or of a township's; without the borders, by township."""
        columns = self.table.c
        query = select(columns.code, columns.name, columns.township_code)
        conditions = self._conditions({"township_code": township_code})
        rows = self._connection.execute(
            query.where(*conditions).order_by(columns.township_code, columns.code)
        )
        return [(row[0], row[1], row[2]) for row in rows]

    def save_adjacency(self, pairs: Iterable[tuple[str, str, float]]) -> None:
        """Replace all adjacency by (code, code, shared border in metres)."""
        table = schema.village_adjacency
        self._connection.execute(delete(table))
        rows = [
            {"village_a": min(a, b), "village_b": max(a, b), "border_metres": metres}
            for a, b, metres in pairs
        ]
        for chunk in in_chunks(rows):
            self._connection.execute(insert(table), chunk)

    def adjacency(self, township_code: str | None = None) -> list[tuple[str, str, float]]:
        """Pairs of villages with their shared border in metres; within one township if given."""
        table = schema.village_adjacency
        query = select(table.c.village_a, table.c.village_b, table.c.border_metres)
        if township_code is not None:
            own = select(schema.village.c.code).where(schema.village.c.township_code == township_code)
            query = query.where(table.c.village_a.in_(own), table.c.village_b.in_(own))
        rows = self._connection.execute(query.order_by(table.c.village_a, table.c.village_b))
        return [(row[0], row[1], row[2]) for row in rows]

    def _to_row(self, item: Village) -> dict[str, Any]:
        min_lon, min_lat, max_lon, max_lat = item.geometry.bounds
        box = {"min_lon": min_lon, "min_lat": min_lat, "max_lon": max_lon, "max_lat": max_lat}
        return super()._to_row(item) | box


class PlaceRepository(FlatRepository[Place]):
    """Places by id."""

    table = schema.place
    kind = Place
    key = "id"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadNetworkInfo:
    """What is known of the stored network without reading it."""

    name: str
    content_hash: str
    imported_at: datetime


class RoadRepository:
    """The road network in use, as bytes that `gridmgr.geo.roads` reads."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def save(self, *, name: str, content_hash: str, imported_at: datetime, data: bytes) -> None:
        """Put this network in the place of the one before."""
        self._connection.execute(delete(schema.road_network))
        row = {"name": name, "content_hash": content_hash, "imported_at": imported_at, "data": data}
        self._connection.execute(insert(schema.road_network), row)

    def info(self) -> RoadNetworkInfo | None:
        """The network in use, None where no roads were imported."""
        table = schema.road_network
        row = self._connection.execute(
            select(table.c.name, table.c.content_hash, table.c.imported_at)
        ).first()
        return None if row is None else RoadNetworkInfo(**row._mapping)

    def data(self) -> bytes | None:
        """The network's bytes, None where no roads were imported."""
        value: bytes | None = self._connection.execute(select(schema.road_network.c.data)).scalar()
        return value
