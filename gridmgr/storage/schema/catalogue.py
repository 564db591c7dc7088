"""The catalogue of items by version, and the papers by which it changes."""

from __future__ import annotations

from sqlalchemy import Column, Date, Index, Integer, String, Table, Text

from gridmgr.storage.schema.base import metadata
from gridmgr.storage.types import TextTuple, UtcDateTime

catalogue_version = Table(
    "catalogue_version",
    metadata,
    Column("code", String, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("name", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("lead_body", String, nullable=False),
    Column("cooperating_bodies", TextTuple, nullable=False),
    Column("handed_to", TextTuple, nullable=False),
    Column("basis", Text, nullable=False),
    Column("process", TextTuple, nullable=False),
    Column("deadline_rule", String, nullable=False),
    Column("effective_from", Date),
    Column("effective_to", Date),
)

catalogue_paper = Table(
    "catalogue_paper",
    metadata,
    Column("id", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("state", String, nullable=False),
    Column("body", Text, nullable=False),
    Index(None, "kind", "state"),
)
