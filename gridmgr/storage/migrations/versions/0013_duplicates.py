"""Duplicates that can be undone, and incidents found by place."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

#: The state a duplicate came from stands in its trail.
_FILL = """
UPDATE case_file SET merged_from = (
    SELECT source FROM case_step
    WHERE case_step.case_id = case_file.id AND case_step.action = 'mark_duplicate'
    ORDER BY case_step.seq DESC LIMIT 1
) WHERE state = 'duplicate'
"""


def upgrade() -> None:
    """Add the column and the index."""
    op.add_column("case_file", sa.Column("merged_from", sa.String(), nullable=True))
    op.execute(_FILL)
    op.create_index(op.f("ix_incident_lat_lon_reported_at"), "incident", ["lat", "lon", "reported_at"])


def downgrade() -> None:
    """Remove them."""
    op.drop_index(op.f("ix_incident_lat_lon_reported_at"), table_name="incident")
    with op.batch_alter_table("case_file") as batch:
        batch.drop_column("merged_from")
