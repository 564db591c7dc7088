"""Appeals against what a case counts for in the evaluation."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gridmgr.storage.types import UtcDateTime

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "evaluation_appeal",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("township_code", sa.String()),
        sa.Column("index", sa.String(), nullable=False),
        sa.Column("group", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("ground", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String()),
        sa.Column("decided_at", UtcDateTime()),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation_appeal")),
    )
    for column in ("subject", "township_code", "state"):
        op.create_index(op.f(f"ix_evaluation_appeal_{column}"), "evaluation_appeal", [column], unique=False)


def downgrade() -> None:
    """Remove it."""
    op.drop_table("evaluation_appeal")
