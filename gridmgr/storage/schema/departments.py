"""What departments keep for themselves: texts they reuse."""

from __future__ import annotations

from sqlalchemy import Column, String, Table, Text

from gridmgr.storage.schema.base import metadata
from gridmgr.storage.types import UtcDateTime

phrase = Table(
    "phrase",
    metadata,
    Column("id", String, primary_key=True),
    Column("department", String, nullable=False, index=True),
    Column("kind", String, nullable=False),
    Column("name", String, nullable=False),
    Column("words", Text, nullable=False),
    Column("changed_by", String, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
)
