"""Layers of the map as GeoJSON, the colours to draw them in, and a village's past."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any, Literal

from apiflask import APIBlueprint
from flask import Response, jsonify, request, url_for

from gridmgr.services import records
from gridmgr.services.queries import layers, matters
from maps import styles
from webapp.api.day_shown import local
from webapp.api.geojson import geojson_answer
from webapp.api.schemas import Answer, Code, Day, Query
from webapp.compression import install as install_compression
from webapp.guards import require_scope, requires, scope
from webapp.state import ctx, me
from webapp.texts import say, t

maplayers_api = APIBlueprint("api_maplayers", __name__, tag="map")
install_compression(maplayers_api)


class LayerQuery(Query):
    """Whose layer; all the user may see by default."""

    township: Code | None = None


class DatedLayerQuery(LayerQuery):
    """As of which day; today by default."""

    date: Day | None = None


class DayQuery(Query):
    """As of which day; today by default."""

    date: Day | None = None


class FeatureCollection(Answer):
    """GeoJSON (RFC 7946), EPSG:4326."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    features: list[dict[str, Any]]


class StylesOut(Answer):
    """Colours, line patterns and signs, the same on screen and in print."""

    debt: list[dict[str, Any]]
    no_requirement: str
    squads: list[dict[str, Any]]
    incidents: dict[str, dict[str, Any]]
    places: dict[str, dict[str, Any]]


class VillageOut(Answer):
    """A village."""

    code: str
    name: str
    township: str
    kind: str
    kind_text: str
    risk: str


class CoverageOut(Answer):
    """How a village stands; debt in visits."""

    required: int
    visits_7d: int
    last_visit: date | None
    days_since: int | None
    overdue_days: int
    debt: float


class OwnerOut(Answer):
    """Who answers for the village, and why."""

    id: str
    name: str
    role: Literal["lead", "support"]
    why: list[str]


class PastVisitOut(Answer):
    """A check-in within the village."""

    day: date
    squad: int | None
    officer: str
    stop: str
    arrived_at: datetime
    left_at: datetime | None
    note: str


class PlannedOut(Answer):
    """A stop of a published plan within the village."""

    day: date
    squad: int
    stop: str
    start: datetime
    done: bool


class LeftOutOut(Answer):
    """A stop within the village that a published plan left out."""

    day: date
    stop: str
    reason_text: str


class IncidentOut(Answer):
    """An incident in the village."""

    id: str
    category: str
    description: str
    state: str
    state_text: str
    urgent: bool
    reported_at: datetime
    photos: list[str]


class HistoryOut(Answer):
    """What is known of a village: four weeks back, newest first."""

    village: VillageOut
    coverage: CoverageOut
    owners: list[OwnerOut]
    visits: list[PastVisitOut]
    planned: list[PlannedOut]
    left_out: list[LeftOutOut]
    incidents: list[IncidentOut]


@maplayers_api.get("/map/villages.geojson")
@maplayers_api.input(DatedLayerQuery, location="query", arg_name="query")
@maplayers_api.output(FeatureCollection, content_type="application/geo+json")
@requires("planner", "lead", "admin")
def get_villages_layer(query: DatedLayerQuery) -> Response:
    """Give villages with coverage and owners; borders simplified together."""
    return geojson_answer(
        layers.villages_layer(ctx(), township_code=scope(query.township), day=_day(query.date))
    )


@maplayers_api.get("/map/roads.geojson")
@maplayers_api.input(LayerQuery, location="query", arg_name="query")
@maplayers_api.output(FeatureCollection, content_type="application/geo+json")
@requires("planner", "lead", "admin")
def get_roads_layer(query: LayerQuery) -> Response:
    """Give the roads around a township's villages; of all townships only main roads."""
    return geojson_answer(layers.roads_layer(ctx(), township_code=scope(query.township)))


@maplayers_api.get("/map/incidents.geojson")
@maplayers_api.input(DatedLayerQuery, location="query", arg_name="query")
@maplayers_api.output(FeatureCollection, content_type="application/geo+json")
@requires("planner", "lead", "admin")
def get_incidents_layer(query: DatedLayerQuery) -> Response:
    """Give incidents reported until a day: open ones, and those settled within the week."""
    found = matters.matters(ctx(), township_code=scope(query.township), day=_day(query.date), reader=me())
    return _points((item.incident.lon, item.incident.lat, incident_shown(item)) for item in found)


@maplayers_api.get("/map/places.geojson")
@maplayers_api.input(LayerQuery, location="query", arg_name="query")
@maplayers_api.output(FeatureCollection, content_type="application/geo+json")
@requires("planner", "lead", "admin")
def get_places_layer(query: LayerQuery) -> Response:
    """Give places."""
    found = records.places(ctx(), township_code=scope(query.township))
    return _points(
        (
            place.lon,
            place.lat,
            {
                "id": place.id,
                "name": place.name,
                "kind": place.kind,
                "kind_text": t(f"day.place.{place.kind}"),
                "priority": place.priority,
                "service_minutes": place.service_minutes,
                "open": place.open.isoformat("minutes") if place.open else None,
                "close": place.close.isoformat("minutes") if place.close else None,
                "skills": list(place.required_skills),
                "village_code": place.village_code,
            },
        )
        for place in found
    )


@maplayers_api.get("/map/styles.json")
@maplayers_api.output(StylesOut)
@requires("planner", "officer", "lead", "admin")
def get_styles() -> Response:
    """Give colours, line patterns and signs."""
    response = jsonify(styles.as_data())
    response.headers["Cache-Control"] = "private, no-cache"
    response.add_etag(weak=True)
    response.make_conditional(request)
    return response


@maplayers_api.get("/villages/<code>/history")
@maplayers_api.input(DayQuery, location="query", arg_name="query")
@maplayers_api.output(HistoryOut)
@requires("planner", "lead", "admin")
def get_history(code: str, query: DayQuery) -> dict[str, Any]:
    """Tell what is known of a village around a day."""
    require_scope(matters.village_township(ctx(), code))
    found = matters.village_history(ctx(), village_code=code, day=_day(query.date), reader=me())
    village, coverage = found.village, found.coverage
    return {
        "village": {
            "code": village.code,
            "name": village.name,
            "township": village.township_code,
            "kind": village.kind,
            "kind_text": t(f"day.village.{village.kind}"),
            "risk": village.risk,
        },
        "coverage": {
            "required": coverage.required_per_week,
            "visits_7d": coverage.visits_last_7_days,
            "last_visit": coverage.last_visit,
            "days_since": coverage.days_since,
            "overdue_days": coverage.overdue_days,
            "debt": round(coverage.debt, 2),
        },
        "owners": [
            {"id": owner, "name": name, "role": role, "why": [say(message) for message in why]}
            for owner, name, role, why in found.owners
        ],
        "visits": [_visit_shown(visit) for visit in found.visits],
        "planned": [
            {
                "day": item.day,
                "squad": item.squad_number,
                "stop": item.stop.name,
                "start": local(item.start),
                "done": item.done,
            }
            for item in found.planned
        ],
        "left_out": [
            {"day": item.day, "stop": item.stop.name, "reason_text": say(item.reason)}
            for item in found.left_out
        ],
        "incidents": [incident_shown(item) for item in found.incidents],
    }


def _day(asked: date | None) -> date:
    return asked or ctx().clock.today()


def _visit_shown(visit: matters.PastVisit) -> dict[str, Any]:
    check_in = visit.check_in
    return {
        "day": check_in.day,
        "squad": visit.squad_number,
        "officer": visit.officer_name,
        "stop": visit.stop_name or t("day.unplanned_stop"),
        "arrived_at": local(check_in.arrived_at),
        "left_at": local(check_in.left_at),
        "note": check_in.note,
    }


def incident_shown(item: matters.Matter) -> dict[str, Any]:
    """An incident with words and the addresses of its photos."""
    incident = item.incident
    same = (
        "id",
        "category",
        "description",
        "state",
        "urgent",
        "village_code",
        "source",
        "item_code",
        "case_id",
    )
    return {name: getattr(incident, name) for name in same} | {
        "state_text": t(f"day.incident.{incident.state}"),
        "source_text": t(f"day.source.{incident.source}"),
        "reported_at": incident.reported_at.astimezone(ctx().clock.zone).isoformat(),
        "photos": [url_for("photos.photo", photo_id=photo) for photo in item.photos],
    }


def _points(items: Any) -> Response:
    features = [
        {
            "type": "Feature",
            "properties": properties,
            "geometry": {"type": "Point", "coordinates": [round(lon, 6), round(lat, 6)]},
        }
        for lon, lat, properties in items
    ]
    body = {"type": "FeatureCollection", "features": features}
    return geojson_answer(json.dumps(body, ensure_ascii=False, separators=(",", ":")))
