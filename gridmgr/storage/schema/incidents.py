"""Incidents, and files that belong to things."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, Index, LargeBinary, String, Table, Text

from gridmgr.storage.schema.base import metadata
from gridmgr.storage.types import UtcDateTime

incident = Table(
    "incident",
    metadata,
    Column("id", String, primary_key=True),
    Column("reported_at", UtcDateTime, nullable=False, index=True),
    Column("source", String, nullable=False),
    Column("category", String, nullable=False),
    Column("item_code", String),
    Column("lon", Float, nullable=False),
    Column("lat", Float, nullable=False),
    Column("description", Text, nullable=False),
    Column("village_code", String, index=True),
    Column("township_code", String, index=True),
    Column("state", String, nullable=False, index=True),
    Column("urgent", Boolean, nullable=False),
    Column("reported_by", String),
    Column("settled_at", UtcDateTime),
    Column("case_id", String, index=True),
    # What lies near by is looked up for every report that comes in.
    Index(None, "lat", "lon", "reported_at"),
)

attachment = Table(
    "attachment",
    metadata,
    Column("id", String, primary_key=True),
    Column("subject_kind", String, nullable=False),
    Column("subject_id", String, nullable=False),
    Column("filename", String, nullable=False),
    Column("mime", String, nullable=False),
    Column("sha256", String, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("created_by", String, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Index(None, "subject_kind", "subject_id"),
)
