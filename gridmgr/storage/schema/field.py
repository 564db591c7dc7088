"""What squads did: check-ins and tracks."""

from __future__ import annotations

from sqlalchemy import Column, Date, Float, LargeBinary, String, Table, Text

from gridmgr.storage.schema.base import metadata
from gridmgr.storage.types import UtcDateTime

check_in = Table(
    "check_in",
    metadata,
    Column("id", String, primary_key=True),
    Column("day", Date, nullable=False, index=True),
    Column("township_code", String, nullable=False, index=True),
    Column("squad_id", String),
    Column("officer_id", String, nullable=False),
    Column("stop_id", String, nullable=False),
    Column("village_code", String, index=True),
    Column("arrived_at", UtcDateTime, nullable=False),
    Column("left_at", UtcDateTime),
    Column("lon", Float),
    Column("lat", Float),
    Column("note", Text, nullable=False),
)

track = Table(
    "track",
    metadata,
    Column("id", String, primary_key=True),
    Column("officer_id", String, nullable=False, index=True),
    Column("township_code", String, nullable=False, index=True),
    Column("day", Date, nullable=False, index=True),
    Column("seconds", LargeBinary, nullable=False),
    Column("lon_lat", LargeBinary, nullable=False),
)
