"""First schema: places, people, plans as revisions, incidents, accounts, jobs, audit."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gridmgr.storage import spatial
from gridmgr.storage.types import Geom, TextTuple, UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _agency() -> None:
    op.create_table(
        "agency",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("department", sa.String(), nullable=False),
        sa.Column("township_code", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_agency")),
    )
    op.create_index(op.f("ix_agency_township_code"), "agency", ["township_code"], unique=False)


def _attachment() -> None:
    op.create_table(
        "attachment",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=False),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("mime", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    op.create_index(
        op.f("ix_attachment_subject_kind_subject_id"),
        "attachment",
        ["subject_kind", "subject_id"],
        unique=False,
    )


def _audit_event() -> None:
    op.create_table(
        "audit_event",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_event")),
        sa.UniqueConstraint("hash", name=op.f("uq_audit_event_hash")),
    )
    op.create_index(op.f("ix_audit_event_at"), "audit_event", ["at"], unique=False)
    op.create_index(
        op.f("ix_audit_event_subject_kind_subject_id"),
        "audit_event",
        ["subject_kind", "subject_id"],
        unique=False,
    )


def _catalogue_item() -> None:
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


def _check_in() -> None:
    op.create_table(
        "check_in",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("township_code", sa.String(), nullable=False),
        sa.Column("squad_id", sa.String(), nullable=True),
        sa.Column("officer_id", sa.String(), nullable=False),
        sa.Column("stop_id", sa.String(), nullable=False),
        sa.Column("village_code", sa.String(), nullable=True),
        sa.Column("arrived_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("left_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_in")),
    )
    op.create_index(op.f("ix_check_in_day"), "check_in", ["day"], unique=False)
    op.create_index(op.f("ix_check_in_township_code"), "check_in", ["township_code"], unique=False)
    op.create_index(op.f("ix_check_in_village_code"), "check_in", ["village_code"], unique=False)


def _day_revision() -> None:
    op.create_table(
        "day_revision",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("parent_id", sa.String(), nullable=True),
        sa.Column("township_code", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["day_revision.id"], name=op.f("fk_day_revision_parent_id_day_revision")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_day_revision")),
    )
    op.create_index(
        op.f("ix_day_revision_township_code_day"), "day_revision", ["township_code", "day"], unique=False
    )


def _incident() -> None:
    op.create_table(
        "incident",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("reported_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("item_code", sa.String(), nullable=True),
        sa.Column("lon", sa.Float(), nullable=False),
        sa.Column("lat", sa.Float(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("village_code", sa.String(), nullable=True),
        sa.Column("township_code", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("reported_by", sa.String(), nullable=True),
        sa.Column("settled_at", UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
    )
    op.create_index(op.f("ix_incident_reported_at"), "incident", ["reported_at"], unique=False)
    op.create_index(op.f("ix_incident_state"), "incident", ["state"], unique=False)
    op.create_index(op.f("ix_incident_township_code"), "incident", ["township_code"], unique=False)
    op.create_index(op.f("ix_incident_village_code"), "incident", ["village_code"], unique=False)


def _job() -> None:
    op.create_table(
        "job",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("args", sa.JSON(), nullable=False),
        sa.Column("township_code", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("fraction", sa.Float(), nullable=False),
        sa.Column("best", sa.Float(), nullable=True),
        sa.Column("result", sa.JSON(), nullable=True),
        sa.Column("error", sa.JSON(), nullable=True),
        sa.Column("cancel_requested", sa.Boolean(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("started_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("heartbeat_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("finished_at", UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    op.create_index(op.f("ix_job_state"), "job", ["state"], unique=False)
    op.create_index(op.f("ix_job_township_code"), "job", ["township_code"], unique=False)


def _ownership_revision() -> None:
    op.create_table(
        "ownership_revision",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("township_code", sa.String(), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ownership_revision")),
    )
    op.create_index(
        op.f("ix_ownership_revision_township_code"), "ownership_revision", ["township_code"], unique=False
    )


def _place() -> None:
    op.create_table(
        "place",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("lon", sa.Float(), nullable=False),
        sa.Column("lat", sa.Float(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("service_minutes", sa.Integer(), nullable=False),
        sa.Column("open", sa.Time(), nullable=True),
        sa.Column("close", sa.Time(), nullable=True),
        sa.Column("required_skills", TextTuple(), nullable=False),
        sa.Column("village_code", sa.String(), nullable=True),
        sa.Column("township_code", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place")),
    )
    op.create_index(op.f("ix_place_township_code"), "place", ["township_code"], unique=False)
    op.create_index(op.f("ix_place_village_code"), "place", ["village_code"], unique=False)


def _road_network() -> None:
    op.create_table(
        "road_network",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("imported_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_road_network")),
        sa.UniqueConstraint("content_hash", name=op.f("uq_road_network_content_hash")),
    )


def _setting() -> None:
    op.create_table(
        "setting",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_setting")),
    )


def _township() -> None:
    op.create_table(
        "township",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("county_code", sa.String(), nullable=False),
        sa.Column("county_name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_township")),
    )
    op.create_index(op.f("ix_township_county_code"), "township", ["county_code"], unique=False)


def _track() -> None:
    op.create_table(
        "track",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("officer_id", sa.String(), nullable=False),
        sa.Column("township_code", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("seconds", sa.LargeBinary(), nullable=False),
        sa.Column("lon_lat", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_track")),
    )
    op.create_index(op.f("ix_track_day"), "track", ["day"], unique=False)
    op.create_index(op.f("ix_track_officer_id"), "track", ["officer_id"], unique=False)
    op.create_index(op.f("ix_track_township_code"), "track", ["township_code"], unique=False)


def _user_account() -> None:
    op.create_table(
        "user_account",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("display_name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("township_code", sa.String(), nullable=True),
        sa.Column("agency_code", sa.String(), nullable=True),
        sa.Column("officer_id", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("failed_logins", sa.Integer(), nullable=False),
        sa.Column("locked_until", UtcDateTime(timezone=True), nullable=True),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_user_account")),
    )


def _vehicle() -> None:
    op.create_table(
        "vehicle",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("township_code", sa.String(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vehicle")),
    )
    op.create_index(op.f("ix_vehicle_township_code"), "vehicle", ["township_code"], unique=False)


def _day_head() -> None:
    op.create_table(
        "day_head",
        sa.Column("township_code", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.String(), nullable=True),
        sa.Column("published_id", sa.String(), nullable=True),
        sa.Column("published_at", UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["day_revision.id"], name=op.f("fk_day_head_draft_id_day_revision")
        ),
        sa.ForeignKeyConstraint(
            ["published_id"], ["day_revision.id"], name=op.f("fk_day_head_published_id_day_revision")
        ),
        sa.PrimaryKeyConstraint("township_code", "day", name=op.f("pk_day_head")),
    )


def _login_session() -> None:
    op.create_table(
        "login_session",
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("user_name", sa.String(), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_name"], ["user_account.name"], name=op.f("fk_login_session_user_name_user_account")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_login_session")),
    )
    op.create_index(op.f("ix_login_session_user_name"), "login_session", ["user_name"], unique=False)


def _officer() -> None:
    op.create_table(
        "officer",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("agency_code", sa.String(), nullable=False),
        sa.Column("township_code", sa.String(), nullable=False),
        sa.Column("certificate_no", sa.String(), nullable=True),
        sa.Column("certificate_valid_to", sa.Date(), nullable=True),
        sa.Column("skills", TextTuple(), nullable=False),
        sa.Column("employment", sa.String(), nullable=False),
        sa.Column("birth_year", sa.Integer(), nullable=True),
        sa.Column("dispatched_on", sa.Date(), nullable=True),
        sa.Column("home_lon", sa.Float(), nullable=True),
        sa.Column("home_lat", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(["agency_code"], ["agency.code"], name=op.f("fk_officer_agency_code_agency")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officer")),
    )
    op.create_index(op.f("ix_officer_agency_code"), "officer", ["agency_code"], unique=False)
    op.create_index(op.f("ix_officer_township_code"), "officer", ["township_code"], unique=False)


def _ownership_head() -> None:
    op.create_table(
        "ownership_head",
        sa.Column("township_code", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.String(), nullable=True),
        sa.Column("published_id", sa.String(), nullable=True),
        sa.Column("published_at", UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["draft_id"],
            ["ownership_revision.id"],
            name=op.f("fk_ownership_head_draft_id_ownership_revision"),
        ),
        sa.ForeignKeyConstraint(
            ["published_id"],
            ["ownership_revision.id"],
            name=op.f("fk_ownership_head_published_id_ownership_revision"),
        ),
        sa.PrimaryKeyConstraint("township_code", name=op.f("pk_ownership_head")),
    )


def _village() -> None:
    op.create_table(
        "village",
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("township_code", sa.String(), nullable=False),
        sa.Column("township_name", sa.String(), nullable=False),
        sa.Column("county_code", sa.String(), nullable=False),
        sa.Column("county_name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("risk", sa.String(), nullable=False),
        sa.Column("required_visits_per_week", sa.Integer(), nullable=False),
        sa.Column("geometry", Geom(), nullable=False),
        sa.Column("min_lon", sa.Float(), nullable=False),
        sa.Column("min_lat", sa.Float(), nullable=False),
        sa.Column("max_lon", sa.Float(), nullable=False),
        sa.Column("max_lat", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["township_code"], ["township.code"], name=op.f("fk_village_township_code_township")
        ),
        sa.PrimaryKeyConstraint("pk", name=op.f("pk_village")),
        sa.UniqueConstraint("code", name=op.f("uq_village_code")),
    )
    op.create_index(op.f("ix_village_township_code"), "village", ["township_code"], unique=False)


def _attendance() -> None:
    op.create_table(
        "attendance",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("officer_id", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["officer_id"], ["officer.id"], name=op.f("fk_attendance_officer_id_officer")
        ),
        sa.PrimaryKeyConstraint("day", "officer_id", name=op.f("pk_attendance")),
    )


def _village_adjacency() -> None:
    op.create_table(
        "village_adjacency",
        sa.Column("village_a", sa.String(), nullable=False),
        sa.Column("village_b", sa.String(), nullable=False),
        sa.Column("border_metres", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["village_a"], ["village.code"], name=op.f("fk_village_adjacency_village_a_village")
        ),
        sa.ForeignKeyConstraint(
            ["village_b"], ["village.code"], name=op.f("fk_village_adjacency_village_b_village")
        ),
        sa.PrimaryKeyConstraint("village_a", "village_b", name=op.f("pk_village_adjacency")),
    )


#: In the order of their foreign keys.
_TABLES = {
    "agency": _agency,
    "attachment": _attachment,
    "audit_event": _audit_event,
    "catalogue_item": _catalogue_item,
    "check_in": _check_in,
    "day_revision": _day_revision,
    "incident": _incident,
    "job": _job,
    "ownership_revision": _ownership_revision,
    "place": _place,
    "road_network": _road_network,
    "setting": _setting,
    "township": _township,
    "track": _track,
    "user_account": _user_account,
    "vehicle": _vehicle,
    "day_head": _day_head,
    "login_session": _login_session,
    "officer": _officer,
    "ownership_head": _ownership_head,
    "village": _village,
    "attendance": _attendance,
    "village_adjacency": _village_adjacency,
}


def upgrade() -> None:
    """Make every table and the spatial index."""
    for create in _TABLES.values():
        create()
    spatial.create_index(op.get_bind())


def downgrade() -> None:
    """Remove them."""
    spatial.drop_index(op.get_bind())
    for name in reversed(_TABLES):
        op.drop_table(name)
