"""The office's own calendar, and the clocks of cases."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gridmgr.storage.types import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "calendar_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_calendar_day")),
    )
    op.create_table(
        "case_clock",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("township_code", sa.String(), nullable=True),
        sa.Column("phase", sa.String(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("stopped_at", UtcDateTime(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_clock")),
    )
    op.create_index(op.f("ix_case_clock_case_id"), "case_clock", ["case_id"])
    op.create_index(op.f("ix_case_clock_stopped_at_due_at"), "case_clock", ["stopped_at", "due_at"])
    op.create_index(op.f("ix_case_clock_township_code"), "case_clock", ["township_code"])


def downgrade() -> None:
    """Remove them."""
    op.drop_table("case_clock")
    op.drop_table("calendar_day")
