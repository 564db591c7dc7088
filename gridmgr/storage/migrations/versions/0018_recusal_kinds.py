"""What kind of ground a recusal rests on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; of the records there are nothing is known."""
    op.add_column("recusal", sa.Column("kind", sa.String(), nullable=False, server_default="other"))


def downgrade() -> None:
    """Remove it."""
    with op.batch_alter_table("recusal") as batch:
        batch.drop_column("kind")
