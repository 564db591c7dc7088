"""Roads closed for a while."""

from __future__ import annotations

from sqlalchemy import Column, String, Table, Text

from gridmgr.storage.schema.base import metadata
from gridmgr.storage.types import Geom, UtcDateTime

road_closure = Table(
    "road_closure",
    metadata,
    Column("id", String, primary_key=True),
    Column("township_code", String, nullable=False, index=True),
    Column("geometry", Geom, nullable=False),
    Column("starts_at", UtcDateTime, nullable=False, index=True),
    Column("ends_at", UtcDateTime),
    Column("reason", Text, nullable=False),
    Column("created_by", String, nullable=False),
)
