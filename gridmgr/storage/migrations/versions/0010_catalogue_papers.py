"""Papers by which the catalogue changes: requests, offers, proposals, admissions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gridmgr.storage.types import UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "catalogue_paper",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_paper")),
    )
    op.create_index(op.f("ix_catalogue_paper_kind_state"), "catalogue_paper", ["kind", "state"], unique=False)


def downgrade() -> None:
    """Remove it."""
    op.drop_table("catalogue_paper")
