"""An officer's own day: the squad's stops as published, arriving and leaving."""

from __future__ import annotations

import base64
from datetime import date, datetime
from typing import Annotated, Any, Literal

from apiflask import APIBlueprint
from pydantic import Field, Strict, model_validator

from gridmgr.domain.incidents import Incident
from gridmgr.errors import BadInput, Forbidden
from gridmgr.services import fieldwork
from gridmgr.services.photos import read_photo
from gridmgr.services.queries import patrol
from webapp.api.day_shown import local
from webapp.api.schemas import Answer, Body, Code, Day, Lat, Lon, Query, Timestamp
from webapp.guards import require_scope, requires
from webapp.state import ctx, me
from webapp.texts import say

patrol_api = APIBlueprint("api_patrol", __name__, tag="patrol")


class PatrolQuery(Query):
    """Which day, today by default; planners name the officer they look at."""

    date: Day | None = None
    officer: Code | None = None


class PatrolStopOut(Answer):
    """A stop of the squad; degrees WGS84."""

    number: int
    id: str
    kind: str
    name: str
    lon: float
    lat: float
    state: Literal["done", "here", "next", "later"]
    arrive: datetime
    start: datetime
    leave: datetime
    travel_seconds: int
    travel_metres: int
    purpose: list[str]
    required: bool
    village_name: str | None
    owner_name: str | None
    arrived_at: datetime | None
    left_at: datetime | None


class MemberOut(Answer):
    """Somebody of the squad."""

    officer_id: str
    name: str
    agency_name: str
    is_leader: bool
    certified: bool


class PatrolOut(Answer):
    """The officer's day as published; no squad when the officer is in none."""

    date: date
    officer: str
    plan_id: str | None
    published_at: datetime | None
    squad: int | None
    vehicle: str | None
    patrol_only: bool
    departs: datetime | None
    lunch_start: datetime | None
    lunch_end: datetime | None
    done: int
    stops: list[PatrolStopOut]
    members: list[MemberOut]


class ArrivalIn(Body):
    """Arriving at a stop. The sender's own id makes sending twice harmless; without a time it is now."""

    id: Annotated[str, Field(min_length=8, max_length=64, pattern=r"^[\w.:-]+$")]
    stop_id: Code
    arrived_at: Timestamp | None = None
    lon: Lon | None = None
    lat: Lat | None = None
    datum: Literal["wgs84", "cgcs2000", "gcj02", "bd09"] = "wgs84"
    note: Annotated[str, Field(max_length=1000)] = ""

    @model_validator(mode="after")
    def _whole_position(self) -> ArrivalIn:
        if (self.lon is None) != (self.lat is None):
            raise ValueError("lon and lat go together")
        return self

    def position(self) -> fieldwork.Position | None:
        """Where the phone is."""
        if self.lon is None or self.lat is None:
            return None
        return fieldwork.Position(lon=self.lon, lat=self.lat, datum=self.datum)


class CheckInOut(Answer):
    """A check-in as stored; `far` when the phone was more than 500 m from the stop."""

    id: str
    stop_id: str
    arrived_at: datetime
    left_at: datetime | None
    planned: bool
    distance_metres: int | None
    far: bool


class LeaveIn(Body):
    """Leaving a stop; the outcome is for stops that are incidents."""

    stop_id: Code
    outcome: Literal["settled", "passed_on"] | None = None
    note: Annotated[str, Field(max_length=1000)] = ""


class LeftOut(Answer):
    """When the squad came and went."""

    id: str
    stop_id: str
    arrived_at: datetime
    left_at: datetime | None


class FindingIn(Body):
    """Something found. The sender's own id and time make sending twice harmless.

    Without a position the first photo's own counts, else the stop's. Photos are JPEG, PNG or WebP in base64.
    """

    id: Annotated[str, Field(min_length=8, max_length=64, pattern=r"^[\w.:-]+$")] | None = None
    kind: Annotated[str, Field(description=f"One of {', '.join(fieldwork.FINDING_KINDS)}.", max_length=40)]
    outcome: Literal["settled", "passed_on"]
    found_at: Timestamp | None = None
    stop_id: Code | None = None
    lon: Lon | None = None
    lat: Lat | None = None
    datum: Literal["wgs84", "cgcs2000", "gcj02", "bd09"] = "wgs84"
    description: Annotated[str, Field(max_length=4000)] = ""
    urgent: bool = False
    photos: Annotated[tuple[str, ...], Strict(strict=False), Field(max_length=4)] = ()

    def position(self) -> fieldwork.Position | None:
        """Where the phone is."""
        if self.lon is None or self.lat is None:
            return None
        return fieldwork.Position(lon=self.lon, lat=self.lat, datum=self.datum)


class FindingOut(Answer):
    """A finding as stored."""

    id: str
    category: str
    state: str
    lon: float
    lat: float
    village_code: str | None
    urgent: bool


@patrol_api.get("/my/patrol")
@patrol_api.input(PatrolQuery, location="query", arg_name="query")
@patrol_api.output(PatrolOut)
@patrol_api.doc(responses=[404])
@requires("officer", "planner", "admin")
def get_patrol(query: PatrolQuery) -> dict[str, Any]:
    """Show the officer's own squad and stops of the published plan."""
    user = me()
    officer_id = user.officer_id if user.role == "officer" else query.officer
    if officer_id is None or (user.role == "officer" and query.officer not in (None, officer_id)):
        raise Forbidden("field.no_officer" if officer_id is None else "error.forbidden")
    view = patrol.view_patrol(ctx(), officer_id=officer_id, day=query.date or ctx().clock.today())
    require_scope(view.officer.township_code)
    squad = view.squad
    return {
        "date": view.day,
        "officer": view.officer.name,
        "plan_id": view.plan.id if view.plan else None,
        "published_at": local(view.published_at),
        "squad": squad.number if squad else None,
        "vehicle": squad.vehicle if squad else None,
        "patrol_only": squad.patrol_only if squad else False,
        "departs": local(squad.departs) if squad else None,
        "lunch_start": local(squad.lunch_start) if squad else None,
        "lunch_end": local(squad.lunch_end) if squad else None,
        "done": view.done,
        "stops": [_stop(stop) for stop in view.stops],
        "members": view.members,
    }


@patrol_api.post("/check-ins")
@patrol_api.input(ArrivalIn, arg_name="body")
@patrol_api.output(CheckInOut, status_code=201)
@requires("officer")
def post_check_in(body: ArrivalIn) -> dict[str, Any]:
    """Arrive at a stop.

    The same id with the same content again is answered like the first time; with other content it is a
    conflict.
    """
    arrival = fieldwork.Arrival(
        id=body.id,
        stop_id=body.stop_id,
        arrived_at=body.arrived_at,
        position=body.position(),
        note=body.note,
    )
    arrived = fieldwork.check_in(ctx(), arrival, user=me())
    return {
        "id": arrived.check_in.id,
        "stop_id": arrived.check_in.stop_id,
        "arrived_at": local(arrived.check_in.arrived_at),
        "left_at": local(arrived.check_in.left_at),
        "planned": arrived.planned,
        "distance_metres": arrived.distance_metres,
        "far": arrived.far,
    }


@patrol_api.post("/check-ins/leave")
@patrol_api.input(LeaveIn, arg_name="body")
@patrol_api.output(LeftOut)
@requires("officer")
def post_leave(body: LeaveIn) -> dict[str, Any]:
    """Leave a stop where the squad arrived today; a second time changes nothing."""
    left = fieldwork.leave(ctx(), stop_id=body.stop_id, user=me(), outcome=body.outcome, note=body.note)
    return {
        "id": left.id,
        "stop_id": left.stop_id,
        "arrived_at": local(left.arrived_at),
        "left_at": local(left.left_at),
    }


@patrol_api.post("/findings")
@patrol_api.input(FindingIn, arg_name="body")
@patrol_api.output(FindingOut, status_code=201)
@requires("officer")
def post_finding(body: FindingIn) -> Incident:
    """Record something found, with photos."""
    finding = fieldwork.FieldFinding(
        id=body.id,
        kind=body.kind,
        outcome=body.outcome,
        found_at=body.found_at,
        position=body.position(),
        stop_id=body.stop_id,
        description=body.description,
        urgent=body.urgent,
        photos=tuple(read_photo(_decoded(photo)) for photo in body.photos),
    )
    stored, _ = fieldwork.record_finding(ctx(), finding, user=me())
    return stored


def _decoded(photo: str) -> bytes:
    try:
        return base64.b64decode(photo, validate=True)
    except ValueError as error:
        raise BadInput("field.photo_unreadable") from error


def _stop(item: patrol.PatrolStop) -> dict[str, Any]:
    visit, stop = item.visit, item.visit.stop
    return {
        "number": item.number,
        **{name: getattr(stop, name) for name in ("id", "kind", "name", "lon", "lat", "required")},
        "state": item.state,
        **{name: local(getattr(visit, name)) for name in ("arrive", "start", "leave")},
        "travel_seconds": visit.travel_seconds,
        "travel_metres": visit.travel_metres,
        "purpose": [say(message) for message in stop.purpose],
        "village_name": item.village_name,
        "owner_name": item.owner_name,
        "arrived_at": local(item.check_in.arrived_at) if item.check_in else None,
        "left_at": local(item.left_at),
    }
