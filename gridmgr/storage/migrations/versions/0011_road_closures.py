"""Roads closed for a while."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gridmgr.storage.types import Geom, UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "road_closure",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("township_code", sa.String(), nullable=False),
        sa.Column("geometry", Geom(), nullable=False),
        sa.Column("starts_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("ends_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_road_closure")),
    )
    for column in ("township_code", "starts_at"):
        op.create_index(op.f(f"ix_road_closure_{column}"), "road_closure", [column], unique=False)


def downgrade() -> None:
    """Remove it."""
    op.drop_table("road_closure")
