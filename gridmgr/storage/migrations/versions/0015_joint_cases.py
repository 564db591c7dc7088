"""Departments that cooperate on a case, requests for help, and texts that departments reuse."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gridmgr.storage.types import TextTuple, UtcDateTime

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns and the table."""
    with op.batch_alter_table("case_file") as table:
        for name in ("cooperating", "answered"):
            table.add_column(sa.Column(name, TextTuple(), nullable=False, server_default="[]"))
        table.add_column(sa.Column("help", sa.String(), nullable=True))
    op.create_index(op.f("ix_case_file_help"), "case_file", ["help"], unique=False)
    op.create_table(
        "phrase",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("department", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("changed_by", sa.String(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phrase")),
    )
    op.create_index(op.f("ix_phrase_department"), "phrase", ["department"], unique=False)


def downgrade() -> None:
    """Remove them."""
    op.drop_table("phrase")
    op.drop_index(op.f("ix_case_file_help"), "case_file")
    with op.batch_alter_table("case_file") as table:
        for name in ("help", "answered", "cooperating"):
            table.drop_column(name)
