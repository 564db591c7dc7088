"""Versions of catalogue items by date, with process and townships they are handed down to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gridmgr.storage.types import TextTuple

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_SHARED = (
    "code, name, kind, lead_body, cooperating_bodies, basis, deadline_rule, effective_from, effective_to"
)


def upgrade() -> None:
    """Make the table of versions; what was known becomes each item's first."""
    op.create_table(
        "catalogue_version",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("lead_body", sa.String(), nullable=False),
        sa.Column("cooperating_bodies", TextTuple(), nullable=False),
        sa.Column("handed_to", TextTuple(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("process", TextTuple(), nullable=False),
        sa.Column("deadline_rule", sa.String(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=True),
        sa.Column("effective_to", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("code", "version", name=op.f("pk_catalogue_version")),
    )
    op.execute(
        f"INSERT INTO catalogue_version (version, handed_to, process, {_SHARED})"  # noqa: S608  constants
        f" SELECT 1, '[]', '[]', {_SHARED} FROM catalogue_item"
    )
    op.drop_table("catalogue_item")


def downgrade() -> None:
    """Keep each item's latest version only."""
    op.create_table(
        "catalogue_item",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("lead_body", sa.String(), nullable=False),
        sa.Column("cooperating_bodies", TextTuple(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("deadline_rule", sa.String(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=True),
        sa.Column("effective_to", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_catalogue_item")),
    )
    op.execute(
        f"INSERT INTO catalogue_item ({_SHARED}) SELECT {_SHARED} FROM catalogue_version AS v"  # noqa: S608
        " WHERE version = (SELECT MAX(version) FROM catalogue_version WHERE code = v.code)"
    )
    op.drop_table("catalogue_version")
