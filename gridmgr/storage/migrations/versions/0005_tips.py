"""Reports that come from outside, with sealed contact and receipt."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gridmgr.storage.types import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "tip",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("sender_key", sa.String(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("reported_at", UtcDateTime(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("item_code", sa.String()),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("place_words", sa.Text(), nullable=False),
        sa.Column("village_code", sa.String()),
        sa.Column("township_code", sa.String()),
        sa.Column("lon", sa.Float()),
        sa.Column("lat", sa.Float()),
        sa.Column("point_from", sa.String()),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("incident_id", sa.String()),
        sa.Column("receipt_lookup", sa.String(), nullable=False),
        sa.Column("receipt_sealed", sa.LargeBinary()),
        sa.Column("contact_sealed", sa.LargeBinary()),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("text_hash", sa.String(), nullable=False),
        sa.Column("sender_hash", sa.String()),
        sa.Column("checked_at", UtcDateTime()),
        sa.Column("checked_by", sa.String()),
        sa.Column("rated_at", UtcDateTime()),
        sa.Column("solved", sa.Boolean()),
        sa.Column("score", sa.Integer()),
        sa.Column("rating_words", sa.Text(), nullable=False),
        sa.Column("erased_at", UtcDateTime()),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_tip_incident_id_incident")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tip")),
        sa.UniqueConstraint("source", "sender_key", name=op.f("uq_tip_source_sender_key")),
        sa.UniqueConstraint("receipt_lookup", name=op.f("uq_tip_receipt_lookup")),
    )
    for columns in (
        ["received_at"],
        ["township_code"],
        ["state"],
        ["incident_id"],
        ["text_hash", "received_at"],
        ["sender_hash", "received_at"],
    ):
        op.create_index(op.f(f"ix_tip_{'_'.join(columns)}"), "tip", columns, unique=False)


def downgrade() -> None:
    """Remove it."""
    op.drop_table("tip")
