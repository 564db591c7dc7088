"""Townships, villages and their borders, places, roads."""

from __future__ import annotations

from sqlalchemy import Column, Float, ForeignKey, Integer, LargeBinary, String, Table, Time

from gridmgr.storage.schema.base import metadata
from gridmgr.storage.types import Geom, TextTuple, UtcDateTime

township = Table(
    "township",
    metadata,
    Column("code", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("county_code", String, nullable=False, index=True),
    Column("county_name", String, nullable=False),
)

village = Table(
    "village",
    metadata,
    # The R*Tree refers to rows by a stable integer.
    Column("pk", Integer, primary_key=True),
    Column("code", String, nullable=False, unique=True),
    Column("name", String, nullable=False),
    Column("township_code", String, ForeignKey("township.code"), nullable=False, index=True),
    Column("township_name", String, nullable=False),
    Column("county_code", String, nullable=False),
    Column("county_name", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("risk", String, nullable=False),
    Column("required_visits_per_week", Integer, nullable=False),
    Column("geometry", Geom, nullable=False),
    Column("min_lon", Float, nullable=False),
    Column("min_lat", Float, nullable=False),
    Column("max_lon", Float, nullable=False),
    Column("max_lat", Float, nullable=False),
)

village_adjacency = Table(
    "village_adjacency",
    metadata,
    Column("village_a", String, ForeignKey("village.code"), primary_key=True),
    Column("village_b", String, ForeignKey("village.code"), primary_key=True),
    Column("border_metres", Float, nullable=False),
)

place = Table(
    "place",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("lon", Float, nullable=False),
    Column("lat", Float, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("service_minutes", Integer, nullable=False),
    Column("open", Time),
    Column("close", Time),
    Column("required_skills", TextTuple, nullable=False),
    Column("village_code", String, index=True),
    Column("township_code", String, index=True),
)

road_network = Table(
    "road_network",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String, nullable=False),
    Column("content_hash", String, nullable=False, unique=True),
    Column("imported_at", UtcDateTime, nullable=False),
    Column("data", LargeBinary, nullable=False),
)
