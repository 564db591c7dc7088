"""Reports that come from outside: villagers, hotlines."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from gridmgr.storage.schema.base import metadata
from gridmgr.storage.types import UtcDateTime

tip = Table(
    "tip",
    metadata,
    Column("id", String, primary_key=True),
    Column("source", String, nullable=False),
    Column("sender_key", String, nullable=False),
    Column("received_at", UtcDateTime, nullable=False, index=True),
    Column("reported_at", UtcDateTime, nullable=False),
    Column("category", String, nullable=False),
    Column("description", Text, nullable=False),
    Column("item_code", String),
    Column("urgent", Boolean, nullable=False),
    Column("place_words", Text, nullable=False),
    Column("village_code", String),
    Column("township_code", String, index=True),
    Column("lon", Float),
    Column("lat", Float),
    Column("point_from", String),
    Column("state", String, nullable=False, index=True),
    Column("incident_id", String, ForeignKey("incident.id"), index=True),
    Column("receipt_lookup", String, nullable=False),
    # Ciphertext; the key is not in the database.
    Column("receipt_sealed", LargeBinary),
    Column("contact_sealed", LargeBinary),
    Column("language", String, nullable=False),
    Column("content_hash", String, nullable=False),
    Column("text_hash", String, nullable=False),
    Column("sender_hash", String),
    Column("checked_at", UtcDateTime),
    Column("checked_by", String),
    Column("rated_at", UtcDateTime),
    Column("solved", Boolean),
    Column("score", Integer),
    Column("rating_words", Text, nullable=False),
    Column("erased_at", UtcDateTime),
    Column("due_at", UtcDateTime),
    UniqueConstraint("source", "sender_key"),
    UniqueConstraint("receipt_lookup"),
    Index(None, "text_hash", "received_at"),
    Index(None, "sender_hash", "received_at"),
)
