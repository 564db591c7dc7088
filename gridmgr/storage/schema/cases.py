"""Cases, the steps they took, and penalties imposed on the spot."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from gridmgr.storage.schema.base import metadata
from gridmgr.storage.types import TextTuple, UtcDateTime

case_file = Table(
    "case_file",
    metadata,
    Column("id", String, primary_key=True),
    Column("incident_id", String, ForeignKey("incident.id"), nullable=False, index=True),
    Column("township_code", String, index=True),
    Column("village_code", String, index=True),
    Column("lon", Float, nullable=False),
    Column("lat", Float, nullable=False),
    Column("category", String, nullable=False),
    Column("item_code", String, index=True),
    Column("item_version", Integer),
    Column("urgent", Boolean, nullable=False),
    Column("state", String, nullable=False, index=True),
    Column("answerable", String, nullable=False, index=True),
    Column("department", String, index=True),
    Column("squad_id", String),
    Column("officer_id", String),
    Column("held_from", String),
    Column("suspended_until", Date),
    Column("supervised", Integer, nullable=False),
    Column("reworked", Integer, nullable=False),
    Column("reopened", Integer, nullable=False),
    Column("objections", Integer, nullable=False),
    Column("objectors", TextTuple, nullable=False),
    Column("cooperating", TextTuple, nullable=False),
    Column("answered", TextTuple, nullable=False),
    Column("help", String, index=True),
    Column("handler", String),
    Column("duplicate_of", String, index=True),
    Column("merged_from", String),
    Column("rating", Integer),
    Column("opened_at", UtcDateTime, nullable=False, index=True),
    Column("filed_at", UtcDateTime, index=True),
    Column("settled_at", UtcDateTime),
    Column("closed_at", UtcDateTime, index=True),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("version", Integer, nullable=False),
    # Cases near by are looked at with every step that brings a body to one.
    Index(None, "lat", "lon"),
)

case_step = Table(
    "case_step",
    metadata,
    Column("case_id", String, ForeignKey("case_file.id"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("action", String, nullable=False, index=True),
    Column("source", String, nullable=False),
    Column("target", String, nullable=False),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("recorded_at", UtcDateTime, nullable=False),
    Column("actor", String, nullable=False),
    Column("role", String, nullable=False),
    Column("note", Text, nullable=False),
    Column("body", String, index=True),
    Column("device_id", String),
    Column("fingerprint", String, nullable=False),
    Column("evidence", JSON, nullable=False),
    Column("detail", JSON, nullable=False),
    # What a phone sends twice is stored once, even when both arrive at the same moment.
    UniqueConstraint("case_id", "device_id"),
)

penalty = Table(
    "penalty",
    metadata,
    Column("id", String, primary_key=True),
    Column("case_id", String, ForeignKey("case_file.id"), nullable=False, index=True),
    Column("seq", Integer, nullable=False),
    Column("kind", String, nullable=False),
    Column("party", String, nullable=False),
    Column("party_name", String, nullable=False),
    Column("amount_yuan", Integer, nullable=False),
    Column("item_code", String, nullable=False),
    Column("basis", Text, nullable=False),
    Column("officers", TextTuple, nullable=False),
    Column("certificates", TextTuple, nullable=False),
    Column("imposed_at", UtcDateTime, nullable=False),
)
