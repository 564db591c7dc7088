"""Plans: immutable revisions (one JSON body each, see `codec`) and the heads that point to them."""

from __future__ import annotations

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from gridmgr.storage.schema.base import metadata
from gridmgr.storage.types import UtcDateTime

ownership_revision = Table(
    "ownership_revision",
    metadata,
    Column("id", String, primary_key=True),
    Column("township_code", String, nullable=False, index=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("body", Text, nullable=False),
)

ownership_head = Table(
    "ownership_head",
    metadata,
    Column("township_code", String, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("draft_id", String, ForeignKey("ownership_revision.id")),
    Column("published_id", String, ForeignKey("ownership_revision.id")),
    Column("published_at", UtcDateTime),
)

day_revision = Table(
    "day_revision",
    metadata,
    Column("id", String, primary_key=True),
    Column("parent_id", String, ForeignKey("day_revision.id")),
    Column("township_code", String, nullable=False),
    Column("day", Date, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("body", Text, nullable=False),
    Index(None, "township_code", "day"),
)

day_head = Table(
    "day_head",
    metadata,
    Column("township_code", String, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("draft_id", String, ForeignKey("day_revision.id")),
    Column("published_id", String, ForeignKey("day_revision.id")),
    Column("published_at", UtcDateTime),
)

week_plan = Table(
    "week_plan",
    metadata,
    Column("id", String, primary_key=True),
    Column("township_code", String, nullable=False),
    Column("number", Integer, nullable=False),
    Column("first", Date, nullable=False),
    Column("last", Date, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("body", Text, nullable=False),
    UniqueConstraint("township_code", "number"),
)
