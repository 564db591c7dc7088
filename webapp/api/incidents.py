"""Incidents: listed, and reported from the desk or the phone."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from apiflask import APIBlueprint
from pydantic import Field, model_validator

from gridmgr.domain.incidents import Incident
from gridmgr.services import incidents, records
from gridmgr.services.asking import new_number
from webapp.api.schemas import Answer, Body, Code, Lat, Lon, Query, Timestamp
from webapp.guards import requires, scope, signed_in
from webapp.state import ctx, me

incidents_api = APIBlueprint("api_incidents", __name__, tag="incidents")

State = Literal["reported", "settled", "escalated", "closed"]


class IncidentQuery(Query):
    """Which incidents: of a township, in a state, reported in [since, until)."""

    township: Code | None = None
    state: State | None = None
    since: Timestamp | None = None
    until: Timestamp | None = None


class IncidentOut(Answer):
    """One matter at one place; degrees WGS84."""

    id: str
    reported_at: Timestamp
    source: str
    category: str
    item_code: str | None
    lon: float
    lat: float
    description: str
    village_code: str | None
    township_code: str | None
    state: str
    urgent: bool
    reported_by: str | None
    settled_at: Timestamp | None
    case_id: str | None


class IncidentList(Answer):
    """Incidents by id."""

    incidents: list[IncidentOut]


class IncidentIn(Body):
    """A new incident. An id of the sender's own makes sending twice harmless."""

    id: Code | None = None
    reported_at: Timestamp | None = None
    source: Literal["patrol", "tip", "hotline", "department"] = "patrol"
    category: Annotated[str, Field(max_length=100)] = ""
    item_code: Code | None = None
    lon: Lon
    lat: Lat
    datum: Literal["wgs84", "cgcs2000", "gcj02", "bd09"] = "wgs84"
    description: Annotated[str, Field(max_length=4000)] = ""
    urgent: bool = False

    @model_validator(mode="after")
    def _same_again_has_the_same_time(self) -> IncidentIn:
        if self.id is not None and self.reported_at is None:
            raise ValueError("reported_at is needed with an id, so that sending again is the same incident")
        return self


@incidents_api.get("/incidents")
@incidents_api.input(IncidentQuery, location="query", arg_name="query")
@incidents_api.output(IncidentList)
@signed_in
def get_incidents(query: IncidentQuery) -> dict[str, Any]:
    """List incidents."""
    found = records.incidents(
        ctx(),
        township_code=scope(query.township),
        states=None if query.state is None else {query.state},
        since=query.since,
        until=query.until,
        reader=me(),
    )
    return {"incidents": found}


@incidents_api.post("/incidents")
@incidents_api.input(IncidentIn, arg_name="body")
@incidents_api.output(IncidentOut, status_code=201)
@requires("planner", "officer", "admin")
def post_incident(body: IncidentIn) -> Incident:
    """Report an incident.

    The same id with the same content again is answered like the first time; with other content it is a
    conflict. Without `reported_at` it is now.
    """
    incident = Incident(
        id=body.id or new_number(ctx()),
        reported_at=body.reported_at or ctx().clock.utc_now(),
        source=body.source,
        category=body.category,
        item_code=body.item_code,
        lon=body.lon,
        lat=body.lat,
        description=body.description,
        urgent=body.urgent,
    )
    stored, _ = incidents.report_incident(ctx(), incident, user=me(), datum=body.datum)
    return stored
