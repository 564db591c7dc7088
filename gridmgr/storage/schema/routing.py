"""Joint matters: one matter that several bodies handle."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, String, Table, Text

from gridmgr.storage.schema.base import metadata
from gridmgr.storage.types import TextTuple, UtcDateTime

joint_matter = Table(
    "joint_matter",
    metadata,
    Column("id", String, primary_key=True),
    Column("township_code", String, nullable=False, index=True),
    Column("state", String, nullable=False, index=True),
    Column("cases", TextTuple, nullable=False),
    Column("bodies", TextTuple, nullable=False),
    Column("lead", String),
    Column("found_at", UtcDateTime, nullable=False),
    Column("found_by", String, nullable=False),
    Column("decided_at", UtcDateTime),
    Column("decided_by", String),
    Column("why", Text, nullable=False),
    Column("replaced_by", String),
)

joint_case = Table(
    "joint_case",
    metadata,
    Column("matter_id", String, ForeignKey("joint_matter.id"), primary_key=True),
    Column("case_id", String, ForeignKey("case_file.id"), primary_key=True, index=True),
)
