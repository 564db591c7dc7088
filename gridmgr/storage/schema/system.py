"""Settings, accounts, sessions, jobs, the audit trail."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
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
from gridmgr.storage.types import UtcDateTime

setting = Table(
    "setting",
    metadata,
    Column("key", String, primary_key=True),
    Column("value", JSON, nullable=False),
)

user_account = Table(
    "user_account",
    metadata,
    Column("name", String, primary_key=True),
    Column("display_name", String, nullable=False),
    Column("role", String, nullable=False),
    Column("township_code", String),
    Column("agency_code", String),
    Column("officer_id", String),
    Column("department", String),
    Column("language", String, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("failed_logins", Integer, nullable=False),
    Column("locked_until", UtcDateTime),
    Column("password_hash", String, nullable=False),
)

login_session = Table(
    "login_session",
    metadata,
    # Only a hash is kept, so that a stolen database gives nobody a session.
    Column("token_hash", String, primary_key=True),
    Column("user_name", String, ForeignKey("user_account.name"), nullable=False, index=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("last_seen_at", UtcDateTime, nullable=False),
)

job = Table(
    "job",
    metadata,
    Column("id", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("args", JSON, nullable=False),
    Column("township_code", String, index=True),
    Column("state", String, nullable=False, index=True),
    Column("fraction", Float, nullable=False),
    Column("best", Float),
    Column("result", JSON),
    Column("error", JSON),
    Column("cancel_requested", Boolean, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("created_by", String, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("started_at", UtcDateTime),
    Column("heartbeat_at", UtcDateTime),
    Column("finished_at", UtcDateTime),
)

audit_event = Table(
    "audit_event",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("actor", String, nullable=False),
    Column("action", String, nullable=False),
    Column("subject_kind", String, nullable=False),
    Column("subject_id", String, nullable=False),
    Column("why", Text, nullable=False),
    Column("detail", JSON, nullable=False),
    Column("hash", String, nullable=False),
    UniqueConstraint("hash"),
    Index(None, "subject_kind", "subject_id"),
)
