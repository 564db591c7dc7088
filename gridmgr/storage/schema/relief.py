"""What was found to help, kept beside what it was found for."""

from __future__ import annotations

from sqlalchemy import Column, String, Table, Text

from gridmgr.storage.schema.base import metadata
from gridmgr.storage.types import UtcDateTime

relief = Table(
    "relief",
    metadata,
    Column("kind", String, primary_key=True),
    Column("subject", String, primary_key=True),
    Column("made_at", UtcDateTime, nullable=False),
    Column("body", Text, nullable=False),
)
