"""The office's own calendar, and the clocks of cases."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, Index, String, Table, Text

from gridmgr.storage.schema.base import metadata
from gridmgr.storage.types import UtcDateTime

calendar_day = Table(
    "calendar_day",
    metadata,
    Column("day", Date, primary_key=True),
    Column("kind", String, nullable=False),
    Column("name", String, nullable=False),
    Column("source", String, nullable=False),
    Column("provisional", Boolean, nullable=False),
)

case_clock = Table(
    "case_clock",
    metadata,
    Column("id", String, primary_key=True),
    Column("case_id", String, nullable=False, index=True),
    Column("township_code", String, index=True),
    Column("phase", String, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    # None while it stands still; kept beside the body to be found by.
    Column("due_at", UtcDateTime),
    Column("stopped_at", UtcDateTime),
    Column("body", Text, nullable=False),
    Index(None, "stopped_at", "due_at"),
)
