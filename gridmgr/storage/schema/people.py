"""Agencies, officers, vehicles, recusals, attendance."""

from __future__ import annotations

from sqlalchemy import Column, Date, Float, ForeignKey, Integer, String, Table, Text

from gridmgr.storage.schema.base import metadata
from gridmgr.storage.types import TextTuple

agency = Table(
    "agency",
    metadata,
    Column("code", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("department", String, nullable=False),
    Column("township_code", String, nullable=False, index=True),
)

officer = Table(
    "officer",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("agency_code", String, ForeignKey("agency.code"), nullable=False, index=True),
    Column("township_code", String, nullable=False, index=True),
    Column("certificate_no", String),
    Column("certificate_valid_to", Date),
    Column("skills", TextTuple, nullable=False),
    Column("employment", String, nullable=False),
    Column("birth_year", Integer),
    Column("dispatched_on", Date),
    Column("home_lon", Float),
    Column("home_lat", Float),
)

vehicle = Table(
    "vehicle",
    metadata,
    Column("id", String, primary_key=True),
    Column("township_code", String, nullable=False, index=True),
    Column("seats", Integer, nullable=False),
)

recusal = Table(
    "recusal",
    metadata,
    Column("id", String, primary_key=True),
    Column("officer_id", String, ForeignKey("officer.id"), nullable=False, index=True),
    Column("village_code", String, nullable=False, index=True),
    Column("reason", Text, nullable=False),
    Column("starts_on", Date),
    Column("ends_on", Date),
    Column("kind", String, nullable=False, server_default="other"),
)

attendance = Table(
    "attendance",
    metadata,
    Column("day", Date, primary_key=True),
    Column("officer_id", String, ForeignKey("officer.id"), primary_key=True),
    Column("status", String, nullable=False),
)
