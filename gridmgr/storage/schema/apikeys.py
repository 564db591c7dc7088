"""Keys of other programs."""

from __future__ import annotations

from sqlalchemy import Column, Integer, String, Table

from gridmgr.storage.schema.base import metadata
from gridmgr.storage.types import UtcDateTime

api_key = Table(
    "api_key",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    # Of a random secret of 32 bytes: no salt is needed, and a stolen database lets nobody in.
    Column("secret_hash", String, nullable=False),
    Column("per_day", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("created_by", String, nullable=False),
    Column("revoked_at", UtcDateTime),
    Column("revoked_by", String),
    Column("last_used_at", UtcDateTime),
)
