"""All tables. Migrations make the same; a test compares the two.

Plans are stored as immutable revisions (one JSON body each, see `codec`) with a head that points to the
draft and to the published one: undo, comparing and "who saw what when" then need nothing else.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    Time,
    UniqueConstraint,
)

from gridmgr.storage.types import Geom, TextTuple, UtcDateTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# --- where ---------------------------------------------------------------------------------------------

township = Table(
    "township",
    metadata,
    Column("code", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("county_code", String, nullable=False, index=True),
    Column("county_name", String, nullable=False),
)

village = Table(
    "village",
    metadata,
    # The R*Tree refers to rows by a stable integer.
    Column("pk", Integer, primary_key=True),
    Column("code", String, nullable=False, unique=True),
    Column("name", String, nullable=False),
    Column("township_code", String, ForeignKey("township.code"), nullable=False, index=True),
    Column("township_name", String, nullable=False),
    Column("county_code", String, nullable=False),
    Column("county_name", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("risk", String, nullable=False),
    Column("required_visits_per_week", Integer, nullable=False),
    Column("geometry", Geom, nullable=False),
    Column("min_lon", Float, nullable=False),
    Column("min_lat", Float, nullable=False),
    Column("max_lon", Float, nullable=False),
    Column("max_lat", Float, nullable=False),
)

village_adjacency = Table(
    "village_adjacency",
    metadata,
    Column("village_a", String, ForeignKey("village.code"), primary_key=True),
    Column("village_b", String, ForeignKey("village.code"), primary_key=True),
    Column("border_metres", Float, nullable=False),
)

place = Table(
    "place",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("lon", Float, nullable=False),
    Column("lat", Float, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("service_minutes", Integer, nullable=False),
    Column("open", Time),
    Column("close", Time),
    Column("required_skills", TextTuple, nullable=False),
    Column("village_code", String, index=True),
    Column("township_code", String, index=True),
)

road_network = Table(
    "road_network",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String, nullable=False),
    Column("content_hash", String, nullable=False, unique=True),
    Column("imported_at", UtcDateTime, nullable=False),
    Column("data", LargeBinary, nullable=False),
)

# --- who -----------------------------------------------------------------------------------------------

agency = Table(
    "agency",
    metadata,
    Column("code", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("department", String, nullable=False),
    Column("township_code", String, nullable=False, index=True),
)

officer = Table(
    "officer",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("agency_code", String, ForeignKey("agency.code"), nullable=False, index=True),
    Column("township_code", String, nullable=False, index=True),
    Column("certificate_no", String),
    Column("certificate_valid_to", Date),
    Column("skills", TextTuple, nullable=False),
    Column("employment", String, nullable=False),
    Column("birth_year", Integer),
    Column("dispatched_on", Date),
    Column("home_lon", Float),
    Column("home_lat", Float),
)

vehicle = Table(
    "vehicle",
    metadata,
    Column("id", String, primary_key=True),
    Column("township_code", String, nullable=False, index=True),
    Column("seats", Integer, nullable=False),
)

recusal = Table(
    "recusal",
    metadata,
    Column("id", String, primary_key=True),
    Column("officer_id", String, ForeignKey("officer.id"), nullable=False, index=True),
    Column("village_code", String, nullable=False, index=True),
    Column("reason", Text, nullable=False),
    Column("starts_on", Date),
    Column("ends_on", Date),
)

attendance = Table(
    "attendance",
    metadata,
    Column("day", Date, primary_key=True),
    Column("officer_id", String, ForeignKey("officer.id"), primary_key=True),
    Column("status", String, nullable=False),
)

# --- what ----------------------------------------------------------------------------------------------

catalogue_item = Table(
    "catalogue_item",
    metadata,
    Column("code", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("lead_body", String, nullable=False),
    Column("cooperating_bodies", TextTuple, nullable=False),
    Column("basis", Text, nullable=False),
    Column("deadline_rule", String, nullable=False),
    Column("effective_from", Date),
    Column("effective_to", Date),
)

incident = Table(
    "incident",
    metadata,
    Column("id", String, primary_key=True),
    Column("reported_at", UtcDateTime, nullable=False, index=True),
    Column("source", String, nullable=False),
    Column("category", String, nullable=False),
    Column("item_code", String),
    Column("lon", Float, nullable=False),
    Column("lat", Float, nullable=False),
    Column("description", Text, nullable=False),
    Column("village_code", String, index=True),
    Column("township_code", String, index=True),
    Column("state", String, nullable=False, index=True),
    Column("urgent", Boolean, nullable=False),
    Column("reported_by", String),
    Column("settled_at", UtcDateTime),
)

attachment = Table(
    "attachment",
    metadata,
    Column("id", String, primary_key=True),
    Column("subject_kind", String, nullable=False),
    Column("subject_id", String, nullable=False),
    Column("filename", String, nullable=False),
    Column("mime", String, nullable=False),
    Column("sha256", String, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("created_by", String, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Index(None, "subject_kind", "subject_id"),
)

check_in = Table(
    "check_in",
    metadata,
    Column("id", String, primary_key=True),
    Column("day", Date, nullable=False, index=True),
    Column("township_code", String, nullable=False, index=True),
    Column("squad_id", String),
    Column("officer_id", String, nullable=False),
    Column("stop_id", String, nullable=False),
    Column("village_code", String, index=True),
    Column("arrived_at", UtcDateTime, nullable=False),
    Column("left_at", UtcDateTime),
    Column("lon", Float),
    Column("lat", Float),
    Column("note", Text, nullable=False),
)

# Inspections of premises: made, wanted, allowed beyond the rule, and a place's own rule.

inspection = Table(
    "inspection",
    metadata,
    Column("id", String, primary_key=True),
    Column("place_id", String, nullable=False, index=True),
    Column("day", Date, nullable=False, index=True),
    Column("township_code", String, index=True),
    Column("squad_id", String),
    Column("officer_id", String),
    Column("source", String, nullable=False),
    Column("agencies", TextTuple, nullable=False),
    Column("requests", TextTuple, nullable=False),
    Column("exception", String),
    Column("reason", Text, nullable=False),
)

inspection_request = Table(
    "inspection_request",
    metadata,
    Column("id", String, primary_key=True),
    Column("place_id", String, nullable=False, index=True),
    Column("agency_code", String, nullable=False, index=True),
    Column("matter", Text, nullable=False),
    Column("skills", TextTuple, nullable=False),
    Column("not_before", Date, nullable=False),
    Column("deadline", Date, nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("reason", Text, nullable=False),
)

inspection_permit = Table(
    "inspection_permit",
    metadata,
    Column("id", String, primary_key=True),
    Column("place_id", String, nullable=False, index=True),
    Column("first", Date, nullable=False),
    Column("last", Date, nullable=False),
    Column("kind", String, nullable=False),
    Column("reason", Text, nullable=False),
    Column("granted_by", String, nullable=False),
)

inspection_limit = Table(
    "inspection_limit",
    metadata,
    Column("place_id", String, primary_key=True),
    Column("yearly_cap", Integer),
    Column("spacing_days", Integer),
    Column("reason", Text, nullable=False),
)

track = Table(
    "track",
    metadata,
    Column("id", String, primary_key=True),
    Column("officer_id", String, nullable=False, index=True),
    Column("township_code", String, nullable=False, index=True),
    Column("day", Date, nullable=False, index=True),
    Column("seconds", LargeBinary, nullable=False),
    Column("lon_lat", LargeBinary, nullable=False),
)

# --- plans: immutable revisions and the heads that point to them ------------------------------------------

ownership_revision = Table(
    "ownership_revision",
    metadata,
    Column("id", String, primary_key=True),
    Column("township_code", String, nullable=False, index=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("body", Text, nullable=False),
)

ownership_head = Table(
    "ownership_head",
    metadata,
    Column("township_code", String, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("draft_id", String, ForeignKey("ownership_revision.id")),
    Column("published_id", String, ForeignKey("ownership_revision.id")),
    Column("published_at", UtcDateTime),
)

day_revision = Table(
    "day_revision",
    metadata,
    Column("id", String, primary_key=True),
    Column("parent_id", String, ForeignKey("day_revision.id")),
    Column("township_code", String, nullable=False),
    Column("day", Date, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("body", Text, nullable=False),
    Index(None, "township_code", "day"),
)

day_head = Table(
    "day_head",
    metadata,
    Column("township_code", String, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("draft_id", String, ForeignKey("day_revision.id")),
    Column("published_id", String, ForeignKey("day_revision.id")),
    Column("published_at", UtcDateTime),
)

week_plan = Table(
    "week_plan",
    metadata,
    Column("id", String, primary_key=True),
    Column("township_code", String, nullable=False),
    Column("number", Integer, nullable=False),
    Column("first", Date, nullable=False),
    Column("last", Date, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("body", Text, nullable=False),
    UniqueConstraint("township_code", "number"),
)

# --- the system itself -----------------------------------------------------------------------------------

setting = Table(
    "setting",
    metadata,
    Column("key", String, primary_key=True),
    Column("value", JSON, nullable=False),
)

user_account = Table(
    "user_account",
    metadata,
    Column("name", String, primary_key=True),
    Column("display_name", String, nullable=False),
    Column("role", String, nullable=False),
    Column("township_code", String),
    Column("agency_code", String),
    Column("officer_id", String),
    Column("language", String, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("failed_logins", Integer, nullable=False),
    Column("locked_until", UtcDateTime),
    Column("password_hash", String, nullable=False),
)

login_session = Table(
    "login_session",
    metadata,
    # Only a hash is kept, so that a stolen database gives nobody a session.
    Column("token_hash", String, primary_key=True),
    Column("user_name", String, ForeignKey("user_account.name"), nullable=False, index=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("last_seen_at", UtcDateTime, nullable=False),
)

job = Table(
    "job",
    metadata,
    Column("id", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("args", JSON, nullable=False),
    Column("township_code", String, index=True),
    Column("state", String, nullable=False, index=True),
    Column("fraction", Float, nullable=False),
    Column("best", Float),
    Column("result", JSON),
    Column("error", JSON),
    Column("cancel_requested", Boolean, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("created_by", String, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("started_at", UtcDateTime),
    Column("heartbeat_at", UtcDateTime),
    Column("finished_at", UtcDateTime),
)

audit_event = Table(
    "audit_event",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("actor", String, nullable=False),
    Column("action", String, nullable=False),
    Column("subject_kind", String, nullable=False),
    Column("subject_id", String, nullable=False),
    Column("why", Text, nullable=False),
    Column("detail", JSON, nullable=False),
    Column("hash", String, nullable=False),
    UniqueConstraint("hash"),
    Index(None, "subject_kind", "subject_id"),
)
