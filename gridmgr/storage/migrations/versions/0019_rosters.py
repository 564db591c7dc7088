"""Rosters of months, and requests to exchange duties."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gridmgr.storage.types import UtcDateTime

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "roster_revision",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("parent_id", sa.String()),
        sa.Column("township_code", sa.String(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["roster_revision.id"], name=op.f("fk_roster_revision_parent_id_roster_revision")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_revision")),
    )
    op.create_index(
        op.f("ix_roster_revision_township_code_month"), "roster_revision", ["township_code", "month"]
    )
    op.create_table(
        "roster_head",
        sa.Column("township_code", sa.String(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.String()),
        sa.Column("published_id", sa.String()),
        sa.Column("published_at", UtcDateTime()),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["roster_revision.id"], name=op.f("fk_roster_head_draft_id_roster_revision")
        ),
        sa.ForeignKeyConstraint(
            ["published_id"], ["roster_revision.id"], name=op.f("fk_roster_head_published_id_roster_revision")
        ),
        sa.PrimaryKeyConstraint("township_code", "month", name=op.f("pk_roster_head")),
    )
    op.create_table(
        "swap_request",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("township_code", sa.String(), nullable=False),
        sa.Column("giver", sa.String(), nullable=False),
        sa.Column("taker", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("back", sa.Date()),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("changed_by", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_swap_request")),
    )
    for column in ("township_code", "giver", "taker", "state"):
        op.create_index(op.f(f"ix_swap_request_{column}"), "swap_request", [column])


def downgrade() -> None:
    """Remove them."""
    op.drop_table("swap_request")
    op.drop_table("roster_head")
    op.drop_table("roster_revision")
