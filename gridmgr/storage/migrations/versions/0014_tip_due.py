"""Until when a report is to be dealt with, as its work order says."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gridmgr.storage.types import UtcDateTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    with op.batch_alter_table("tip") as table:
        table.add_column(sa.Column("due_at", UtcDateTime(), nullable=True))


def downgrade() -> None:
    """Remove it."""
    with op.batch_alter_table("tip") as table:
        table.drop_column("due_at")
