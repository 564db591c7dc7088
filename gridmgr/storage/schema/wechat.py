"""Followers' messages on WeChat: what it takes to answer once, to go on telling, and to fetch photos."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table

from gridmgr.storage.schema.base import metadata
from gridmgr.storage.types import UtcDateTime

wechat_message = Table(
    "wechat_message",
    metadata,
    # Keyed hashes throughout: who follows the account is nobody's business.
    Column("key_hash", String, primary_key=True),
    Column("follower_hash", String, nullable=False),
    Column("received_at", UtcDateTime, nullable=False, index=True),
    Column("reply_sealed", LargeBinary),
    Index(None, "follower_hash", "received_at"),
)

wechat_follower = Table(
    "wechat_follower",
    metadata,
    Column("follower_hash", String, primary_key=True),
    Column("state_sealed", LargeBinary),
    Column("updated_at", UtcDateTime, nullable=False, index=True),
)

wechat_photo = Table(
    "wechat_photo",
    metadata,
    Column("id", String, primary_key=True),
    Column("tip_id", String, nullable=False, index=True),
    Column("media_id", String, nullable=False),
    Column("state", String, nullable=False, index=True),
    Column("attempts", Integer, nullable=False),
    Column("sent_at", UtcDateTime, nullable=False),
)
