"""Cases with their steps and penalties; which case an incident belongs to; department users' department."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gridmgr.storage.types import TextTuple, UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables; department users speak for the department of their agency."""
    op.add_column("incident", sa.Column("case_id", sa.String(), nullable=True))
    op.create_index(op.f("ix_incident_case_id"), "incident", ["case_id"], unique=False)
    op.add_column("user_account", sa.Column("department", sa.String(), nullable=True))
    op.execute(
        "UPDATE user_account SET department = "
        "(SELECT department FROM agency WHERE agency.code = user_account.agency_code) "
        "WHERE role = 'department'"
    )
    _make_case_file()
    op.create_table(
        "case_step",
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("body", sa.String(), nullable=True),
        sa.Column("device_id", sa.String(), nullable=True),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_case_step_case_id_case_file")),
        sa.PrimaryKeyConstraint("case_id", "seq", name=op.f("pk_case_step")),
        sa.UniqueConstraint("case_id", "device_id", name=op.f("uq_case_step_case_id_device_id")),
    )
    for column in ("action", "at", "body"):
        op.create_index(op.f(f"ix_case_step_{column}"), "case_step", [column], unique=False)
    op.create_table(
        "penalty",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("party", sa.String(), nullable=False),
        sa.Column("party_name", sa.String(), nullable=False),
        sa.Column("amount_yuan", sa.Integer(), nullable=False),
        sa.Column("item_code", sa.String(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("officers", TextTuple(), nullable=False),
        sa.Column("certificates", TextTuple(), nullable=False),
        sa.Column("imposed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_penalty_case_id_case_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_penalty")),
    )
    op.create_index(op.f("ix_penalty_case_id"), "penalty", ["case_id"], unique=False)


def _make_case_file() -> None:
    op.create_table(
        "case_file",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("incident_id", sa.String(), nullable=False),
        sa.Column("township_code", sa.String(), nullable=True),
        sa.Column("village_code", sa.String(), nullable=True),
        sa.Column("lon", sa.Float(), nullable=False),
        sa.Column("lat", sa.Float(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("item_code", sa.String(), nullable=True),
        sa.Column("item_version", sa.Integer(), nullable=True),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("answerable", sa.String(), nullable=False),
        sa.Column("department", sa.String(), nullable=True),
        sa.Column("squad_id", sa.String(), nullable=True),
        sa.Column("officer_id", sa.String(), nullable=True),
        sa.Column("held_from", sa.String(), nullable=True),
        sa.Column("suspended_until", sa.Date(), nullable=True),
        sa.Column("supervised", sa.Integer(), nullable=False),
        sa.Column("reworked", sa.Integer(), nullable=False),
        sa.Column("reopened", sa.Integer(), nullable=False),
        sa.Column("objections", sa.Integer(), nullable=False),
        sa.Column("objectors", TextTuple(), nullable=False),
        sa.Column("handler", sa.String(), nullable=True),
        sa.Column("duplicate_of", sa.String(), nullable=True),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("filed_at", UtcDateTime(), nullable=True),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_case_file_incident_id_incident")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_file")),
    )
    for column in (
        "incident_id",
        "township_code",
        "village_code",
        "item_code",
        "state",
        "answerable",
        "department",
        "duplicate_of",
        "opened_at",
        "filed_at",
        "closed_at",
    ):
        op.create_index(op.f(f"ix_case_file_{column}"), "case_file", [column], unique=False)


def downgrade() -> None:
    """Remove them."""
    for name in ("penalty", "case_step", "case_file"):
        op.drop_table(name)
    op.drop_column("user_account", "department")
    op.drop_index(op.f("ix_incident_case_id"), "incident")
    op.drop_column("incident", "case_id")
