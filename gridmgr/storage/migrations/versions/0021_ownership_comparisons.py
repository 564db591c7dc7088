"""Comparisons of ways to plan ownership."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gridmgr.storage.types import UtcDateTime

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "ownership_comparison",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("township_code", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ownership_comparison")),
        sa.UniqueConstraint(
            "township_code", "number", name=op.f("uq_ownership_comparison_township_code_number")
        ),
    )
    op.create_index(
        op.f("ix_ownership_comparison_township_code"), "ownership_comparison", ["township_code"], unique=False
    )


def downgrade() -> None:
    """Remove it."""
    op.drop_table("ownership_comparison")
