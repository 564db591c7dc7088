"""Incidents of a period on the map, thousands at once, and one of them whole."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from apiflask import APIBlueprint
from flask import Response
from pydantic import Field

from gridmgr.errors import Forbidden
from gridmgr.services.queries import incidentpoints
from webapp.api.geojson import geojson_answer
from webapp.api.maplayers import FeatureCollection, LayerQuery, incident_shown
from webapp.api.schemas import Answer, Day
from webapp.guards import CONFINED_ROLES, require_scope, requires, scope
from webapp.state import ctx, me

incidentmap_api = APIBlueprint("api_incidentmap", __name__, tag="map")
#: Days shown when no period is asked for.
USUAL_DAYS = 90


class PeriodLayerQuery(LayerQuery):
    """Reported on which days, both included; the ninety up to today by default."""

    first: Day | None = Field(None, alias="from")
    last: Day | None = Field(None, alias="to")


class PointCollection(FeatureCollection):
    """Incidents as points; `left_out` counts the oldest ones, beyond what is given at once."""

    left_out: int


class IncidentShown(Answer):
    """An incident with its words and the addresses of its photos."""

    id: str
    category: str
    description: str
    state: str
    state_text: str
    urgent: bool
    village_code: str | None
    source: str
    source_text: str
    item_code: str | None
    reported_at: str
    photos: list[str]


@incidentmap_api.get("/map/incident-points.geojson")
@incidentmap_api.input(PeriodLayerQuery, location="query", arg_name="query")
@incidentmap_api.output(PointCollection, content_type="application/geo+json")
@requires("planner", "lead", "admin")
def get_incident_points(query: PeriodLayerQuery) -> Response:
    """Give incidents reported within a period: state, kind and times only."""
    last = query.last or ctx().clock.today()
    first = query.first or last - timedelta(days=USUAL_DAYS - 1)
    return geojson_answer(
        incidentpoints.incident_points(ctx(), township_code=scope(query.township), first=first, last=last)
    )


@incidentmap_api.get("/map/incidents/<incident_id>")
@incidentmap_api.output(IncidentShown)
@requires("planner", "lead", "admin")
def get_incident_shown(incident_id: str) -> dict[str, Any]:
    """Give one incident with words and photos."""
    township = incidentpoints.incident_township(ctx(), incident_id)
    if township is not None:
        require_scope(township)
    elif me().role in CONFINED_ROLES:
        raise Forbidden("error.forbidden")
    return incident_shown(incidentpoints.one_matter(ctx(), incident_id, reader=me()))
