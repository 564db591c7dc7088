"""Month rosters (immutable revisions and the heads that point to them) and requests to exchange duties."""

from __future__ import annotations

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, String, Table, Text

from gridmgr.storage.schema.base import metadata
from gridmgr.storage.types import UtcDateTime

roster_revision = Table(
    "roster_revision",
    metadata,
    Column("id", String, primary_key=True),
    Column("parent_id", String, ForeignKey("roster_revision.id")),
    Column("township_code", String, nullable=False),
    Column("month", Date, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("body", Text, nullable=False),
    Index(None, "township_code", "month"),
)

roster_head = Table(
    "roster_head",
    metadata,
    Column("township_code", String, primary_key=True),
    Column("month", Date, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("draft_id", String, ForeignKey("roster_revision.id")),
    Column("published_id", String, ForeignKey("roster_revision.id")),
    Column("published_at", UtcDateTime),
)

swap_request = Table(
    "swap_request",
    metadata,
    Column("id", String, primary_key=True),
    Column("township_code", String, nullable=False, index=True),
    Column("giver", String, nullable=False, index=True),
    Column("taker", String, nullable=False, index=True),
    Column("day", Date, nullable=False),
    Column("back", Date),
    Column("state", String, nullable=False, index=True),
    Column("why", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("changed_by", String, nullable=False),
    Column("version", Integer, nullable=False),
)
