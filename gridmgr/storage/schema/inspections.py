"""Inspections of premises: made, wanted, allowed beyond the rule, and a place's own rule."""

from __future__ import annotations

from sqlalchemy import Column, Date, Integer, String, Table, Text

from gridmgr.storage.schema.base import metadata
from gridmgr.storage.types import TextTuple

inspection = Table(
    "inspection",
    metadata,
    Column("id", String, primary_key=True),
    Column("place_id", String, nullable=False, index=True),
    Column("day", Date, nullable=False, index=True),
    Column("township_code", String, index=True),
    Column("squad_id", String),
    Column("officer_id", String),
    Column("source", String, nullable=False),
    Column("agencies", TextTuple, nullable=False),
    Column("requests", TextTuple, nullable=False),
    Column("exception", String),
    Column("reason", Text, nullable=False),
)

inspection_request = Table(
    "inspection_request",
    metadata,
    Column("id", String, primary_key=True),
    Column("place_id", String, nullable=False, index=True),
    Column("agency_code", String, nullable=False, index=True),
    Column("matter", Text, nullable=False),
    Column("skills", TextTuple, nullable=False),
    Column("not_before", Date, nullable=False),
    Column("deadline", Date, nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("reason", Text, nullable=False),
)

inspection_permit = Table(
    "inspection_permit",
    metadata,
    Column("id", String, primary_key=True),
    Column("place_id", String, nullable=False, index=True),
    Column("first", Date, nullable=False),
    Column("last", Date, nullable=False),
    Column("kind", String, nullable=False),
    Column("reason", Text, nullable=False),
    Column("granted_by", String, nullable=False),
)

inspection_limit = Table(
    "inspection_limit",
    metadata,
    Column("place_id", String, primary_key=True),
    Column("yearly_cap", Integer),
    Column("spacing_days", Integer),
    Column("reason", Text, nullable=False),
)
