"""Inspections of premises: made, wanted, allowed beyond the rule, and places' own rules."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gridmgr.storage.types import TextTuple

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the four tables; counting begins with them, earlier inspections can be imported."""
    op.create_table(
        "inspection",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("place_id", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("township_code", sa.String(), nullable=True),
        sa.Column("squad_id", sa.String(), nullable=True),
        sa.Column("officer_id", sa.String(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("agencies", TextTuple(), nullable=False),
        sa.Column("requests", TextTuple(), nullable=False),
        sa.Column("exception", sa.String(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection")),
    )
    for column in ("place_id", "day", "township_code"):
        op.create_index(op.f(f"ix_inspection_{column}"), "inspection", [column], unique=False)
    op.create_table(
        "inspection_request",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("place_id", sa.String(), nullable=False),
        sa.Column("agency_code", sa.String(), nullable=False),
        sa.Column("matter", sa.Text(), nullable=False),
        sa.Column("skills", TextTuple(), nullable=False),
        sa.Column("not_before", sa.Date(), nullable=False),
        sa.Column("deadline", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_request")),
    )
    for column in ("place_id", "agency_code"):
        op.create_index(op.f(f"ix_inspection_request_{column}"), "inspection_request", [column], unique=False)
    op.create_table(
        "inspection_permit",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("place_id", sa.String(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("granted_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_permit")),
    )
    op.create_index(op.f("ix_inspection_permit_place_id"), "inspection_permit", ["place_id"], unique=False)
    op.create_table(
        "inspection_limit",
        sa.Column("place_id", sa.String(), nullable=False),
        sa.Column("yearly_cap", sa.Integer(), nullable=True),
        sa.Column("spacing_days", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("place_id", name=op.f("pk_inspection_limit")),
    )


def downgrade() -> None:
    """Remove them."""
    for name in ("inspection_limit", "inspection_permit", "inspection_request", "inspection"):
        op.drop_table(name)
