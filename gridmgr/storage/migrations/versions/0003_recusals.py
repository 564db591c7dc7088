"""Recusals: officers who do not answer for a village."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "recusal",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("officer_id", sa.String(), nullable=False),
        sa.Column("village_code", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_recusal_officer_id_officer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recusal")),
    )
    for column in ("officer_id", "village_code"):
        op.create_index(op.f(f"ix_recusal_{column}"), "recusal", [column], unique=False)


def downgrade() -> None:
    """Remove it."""
    op.drop_table("recusal")
