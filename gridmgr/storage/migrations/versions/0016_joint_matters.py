"""Joint matters, and cases found by place."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gridmgr.storage.types import TextTuple, UtcDateTime

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables and the index."""
    op.create_table(
        "joint_matter",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("township_code", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("cases", TextTuple(), nullable=False),
        sa.Column("bodies", TextTuple(), nullable=False),
        sa.Column("lead", sa.String()),
        sa.Column("found_at", UtcDateTime(), nullable=False),
        sa.Column("found_by", sa.String(), nullable=False),
        sa.Column("decided_at", UtcDateTime()),
        sa.Column("decided_by", sa.String()),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("replaced_by", sa.String()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_joint_matter")),
    )
    op.create_index(op.f("ix_joint_matter_township_code"), "joint_matter", ["township_code"])
    op.create_index(op.f("ix_joint_matter_state"), "joint_matter", ["state"])
    op.create_table(
        "joint_case",
        sa.Column("matter_id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["matter_id"], ["joint_matter.id"], name=op.f("fk_joint_case_matter_id_joint_matter")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_joint_case_case_id_case_file")),
        sa.PrimaryKeyConstraint("matter_id", "case_id", name=op.f("pk_joint_case")),
    )
    op.create_index(op.f("ix_joint_case_case_id"), "joint_case", ["case_id"])
    op.create_index(op.f("ix_case_file_lat_lon"), "case_file", ["lat", "lon"])


def downgrade() -> None:
    """Remove them."""
    op.drop_index(op.f("ix_case_file_lat_lon"), table_name="case_file")
    op.drop_table("joint_case")
    op.drop_table("joint_matter")
