"""Followers' messages on WeChat, their unfinished reports, and photos to fetch."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gridmgr.storage.types import UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "wechat_message",
        sa.Column("key_hash", sa.String(), nullable=False),
        sa.Column("follower_hash", sa.String(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("reply_sealed", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("key_hash", name=op.f("pk_wechat_message")),
    )
    op.create_index(op.f("ix_wechat_message_received_at"), "wechat_message", ["received_at"])
    op.create_index(
        op.f("ix_wechat_message_follower_hash_received_at"),
        "wechat_message",
        ["follower_hash", "received_at"],
    )
    op.create_table(
        "wechat_follower",
        sa.Column("follower_hash", sa.String(), nullable=False),
        sa.Column("state_sealed", sa.LargeBinary()),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("follower_hash", name=op.f("pk_wechat_follower")),
    )
    op.create_index(op.f("ix_wechat_follower_updated_at"), "wechat_follower", ["updated_at"])
    op.create_table(
        "wechat_photo",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("tip_id", sa.String(), nullable=False),
        sa.Column("media_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wechat_photo")),
    )
    op.create_index(op.f("ix_wechat_photo_tip_id"), "wechat_photo", ["tip_id"])
    op.create_index(op.f("ix_wechat_photo_state"), "wechat_photo", ["state"])


def downgrade() -> None:
    """Remove them."""
    for table in ("wechat_photo", "wechat_follower", "wechat_message"):
        op.drop_table(table)
