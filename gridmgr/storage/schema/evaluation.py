"""Appeals against what a case counts for in the evaluation."""

from __future__ import annotations

from sqlalchemy import Column, String, Table, Text

from gridmgr.storage.schema.base import metadata
from gridmgr.storage.types import UtcDateTime

evaluation_appeal = Table(
    "evaluation_appeal",
    metadata,
    Column("id", String, primary_key=True),
    Column("subject", String, nullable=False, index=True),
    Column("township_code", String, index=True),
    Column("index", String, nullable=False),
    Column("group", String, nullable=False),
    Column("body", String, nullable=False),
    Column("ground", String, nullable=False),
    Column("reason", Text, nullable=False),
    Column("asked_by", String, nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("state", String, nullable=False, index=True),
    Column("decided_by", String),
    Column("decided_at", UtcDateTime),
    Column("note", Text, nullable=False),
)
