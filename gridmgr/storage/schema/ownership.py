"""Comparisons of ways to plan ownership (one JSON body each, see `codec`)."""

from __future__ import annotations

from sqlalchemy import Column, Integer, String, Table, Text, UniqueConstraint

from gridmgr.storage.schema.base import metadata
from gridmgr.storage.types import UtcDateTime

ownership_comparison = Table(
    "ownership_comparison",
    metadata,
    Column("id", String, primary_key=True),
    Column("township_code", String, nullable=False, index=True),
    Column("number", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("body", Text, nullable=False),
    UniqueConstraint("township_code", "number"),
)
