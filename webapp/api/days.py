"""The day of a township: looked at, changed by hand, published, compared."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path
from typing import Any, Literal

from apiflask import APIBlueprint
from flask import Response, make_response

from gridmgr.services import planning
from gridmgr.services.exporting import export_routes
from gridmgr.services.planning.drafts import day_of
from gridmgr.services.planning.publishing import NotPublishable
from gridmgr.services.queries import dayview, routelines
from webapp.api import day_shown
from webapp.api.day_models import (
    CountyDayOut,
    DayOut,
    DifferenceOut,
    EditIn,
    EditSaved,
    EditTried,
    FindingOut,
    PreviewOut,
    SquadChangeIn,
    SquadChangeSaved,
    SquadChangeTried,
    SquadPreviewOut,
    VersionIn,
)
from webapp.api.geojson import RouteCollection, legs_answer
from webapp.api.schemas import Day, Query
from webapp.dates import read_day
from webapp.errors import answer
from webapp.guards import require_scope, requires, scope
from webapp.state import ctx, me
from webapp.texts import language, say

days_api = APIBlueprint("api_days", __name__, tag="days")

_EXPORT_TYPES = {
    "gpx": "application/gpx+xml",
    "kml": "application/vnd.google-earth.kml+xml",
    "geojson": "application/geo+json",
    "gpkg": "application/geopackage+sqlite3",
    "ics": "text/calendar",
}
# APIFlask takes any JSON schema and any response here; its types name some only.
_FILE: Any = {"type": "string", "format": "binary"}
_EXPORTS: Any = {
    200: {
        "content": {
            kind: {"schema": {"type": "object"} if ending == "geojson" else _FILE}
            for ending, kind in _EXPORT_TYPES.items()
        }
    }
}


class CountyQuery(Query):
    """Which day; today by default."""

    date: Day | None = None


class WhichPlan(Query):
    """Which of the day's two plans."""

    which: Literal["draft", "published"] = "draft"


@days_api.get("/days")
@days_api.input(CountyQuery, location="query", arg_name="query")
@days_api.output(CountyDayOut)
@requires("planner", "lead", "admin")
def get_days(query: CountyQuery) -> dict[str, Any]:
    """Show where the day stands in every township the user may see."""
    when = query.date or ctx().clock.today()
    found = dayview.county_day(ctx(), day=when, township_code=scope(None))
    return {"date": when, "townships": [day_shown.township_day_shown(item) for item in found]}


@days_api.get("/days/<township>/<day>")
@days_api.output(DayOut)
@requires("planner", "lead", "admin")
def get_day(township: str, day: str) -> dict[str, Any]:
    """Show a township's day."""
    return _shown(township, read_day(day))


@days_api.get("/days/<township>/<day>/findings")
@days_api.output(list[FindingOut])  # type: ignore[arg-type]
@requires("planner", "lead", "admin")
def get_findings(township: str, day: str) -> list[dict[str, Any]]:
    """List what the draft breaks."""
    require_scope(township)
    found = dayview.findings_of_draft(ctx(), township_code=township, day=read_day(day))
    return [day_shown.finding_shown(finding) for finding in found]


@days_api.get("/days/<township>/<day>/routes.geojson")
@days_api.input(WhichPlan, location="query", arg_name="query")
@days_api.output(RouteCollection, content_type="application/geo+json")
@requires("planner", "lead", "admin")
def get_routes(township: str, day: str, query: WhichPlan) -> Response:
    """Give the lines of the routes along the roads."""
    require_scope(township)
    _, draft, published = day_of(ctx(), township, read_day(day))
    plan = draft if query.which == "draft" else published
    legs = routelines.route_legs(ctx(), plan) if plan else ()
    return legs_answer(legs)


@days_api.post("/days/<township>/<day>/edits/preview")
@days_api.input(EditTried, arg_name="body")
@days_api.output(PreviewOut)
@requires("planner", "admin")
def preview(township: str, day: str, body: EditTried) -> dict[str, Any]:
    """Say what a change would cost and break, without keeping it."""
    require_scope(township)
    when = read_day(day)
    tried = planning.preview_edit(
        ctx(), township_code=township, day=when, edit=_edit(body.edit), actor=me().name
    )
    view = dayview.plan_words(ctx(), township_code=township, day=when)
    return day_shown.preview_shown(view, tried)


@days_api.post("/days/<township>/<day>/edits")
@days_api.input(EditSaved, arg_name="body")
@days_api.output(DayOut)
@requires("planner", "admin")
def edit(township: str, day: str, body: EditSaved) -> dict[str, Any]:
    """Make a change and keep it as the draft."""
    require_scope(township)
    when = read_day(day)
    planning.edit_day(
        ctx(),
        township_code=township,
        day=when,
        edit=_edit(body.edit),
        actor=me().name,
        expected_version=body.version,
    )
    return _shown(township, when)


@days_api.post("/days/<township>/<day>/squads/preview")
@days_api.input(SquadChangeTried, arg_name="body")
@days_api.output(SquadPreviewOut)
@requires("planner", "admin")
def preview_squads(township: str, day: str, body: SquadChangeTried) -> dict[str, Any]:
    """Say what a change of squads would make lawful or break, without keeping it."""
    require_scope(township)
    when = read_day(day)
    tried = planning.preview_squad(
        ctx(), township_code=township, day=when, change=_squad_change(body.change), actor=me().name
    )
    view = dayview.plan_words(ctx(), township_code=township, day=when)
    return day_shown.squad_preview_shown(view, tried)


@days_api.post("/days/<township>/<day>/squads")
@days_api.input(SquadChangeSaved, arg_name="body")
@days_api.output(DayOut)
@requires("planner", "admin")
def edit_squads(township: str, day: str, body: SquadChangeSaved) -> dict[str, Any]:
    """Move an officer, choose another leader or vehicle, and keep it as the draft."""
    require_scope(township)
    when = read_day(day)
    planning.edit_squad(
        ctx(),
        township_code=township,
        day=when,
        change=_squad_change(body.change),
        actor=me().name,
        expected_version=body.version,
    )
    return _shown(township, when)


@days_api.post("/days/<township>/<day>/publish")
@days_api.input(VersionIn, arg_name="body")
@days_api.output(DayOut)
@requires("planner", "admin")
def publish(township: str, day: str, body: VersionIn) -> dict[str, Any] | Response:
    """Show the draft to the officers.

    A draft that breaks hard rules is refused; `fields.findings` of the error lists them.
    """
    require_scope(township)
    when = read_day(day)
    try:
        planning.publish_day(
            ctx(), township_code=township, day=when, actor=me().name, expected_version=body.version
        )
    except NotPublishable as error:
        return _refused(error, township, when)
    return _shown(township, when)


@days_api.post("/days/<township>/<day>/undo")
@days_api.input(VersionIn, arg_name="body")
@days_api.output(DayOut)
@requires("planner", "admin")
def undo(township: str, day: str, body: VersionIn) -> dict[str, Any]:
    """Go back to the revision before; what is published stays published."""
    require_scope(township)
    when = read_day(day)
    planning.undo_day(ctx(), township_code=township, day=when, actor=me().name, expected_version=body.version)
    return _shown(township, when)


@days_api.get("/days/<township>/<day>/difference")
@days_api.output(DifferenceOut)
@requires("planner", "lead", "admin")
def difference(township: str, day: str) -> dict[str, Any]:
    """Compare the published plan with the draft."""
    require_scope(township)
    _, draft, published = day_of(ctx(), township, read_day(day))
    return day_shown.difference_shown(planning.compare_days(published, draft))


@days_api.get("/days/<township>/<day>/export/<ending>")
@days_api.output(_FILE, content_type=_EXPORT_TYPES["gpx"])
@days_api.doc(responses=_EXPORTS)
@requires("planner", "lead", "admin")
def export(township: str, day: str, ending: str) -> Response:
    """Give the routes as a file: gpx, kml, geojson, gpkg or ics; the published ones, else the draft's."""
    require_scope(township)
    when = read_day(day)
    with tempfile.TemporaryDirectory(prefix="gridmgr-export-") as folder:
        name = f"routes-{township}-{when}.{ending}"
        out = Path(folder) / f"routes.{ending}"
        export_routes(ctx(), when, out, township_code=township, language=language())
        content = out.read_bytes()
    response = Response(content, mimetype=_EXPORT_TYPES[ending.lower()])
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _shown(township: str, day: date) -> dict[str, Any]:
    require_scope(township)
    return day_shown.day_shown(dayview.view_day(ctx(), township_code=township, day=day))


def _refused(error: NotPublishable, township: str, day: date) -> Response:
    view = dayview.view_day(ctx(), township_code=township, day=day)
    findings = [
        day_shown.finding_shown(finding)
        | {"text": say(view.names.message(finding.message, view.draft) if view.draft else finding.message)}
        for finding in error.findings
    ]
    return make_response(*answer(422, error.render(language()), fields={"findings": findings}))


def _edit(given: EditIn) -> planning.Edit:
    added = given.added
    return planning.Edit(
        action=given.action,
        stop_id=given.stop_id,
        squad_id=given.squad_id,
        from_squad_id=given.from_squad_id,
        position=given.position,
        added=None
        if added is None
        else planning.AddStop(name=added.name, lon=added.lon, lat=added.lat, minutes=added.minutes),
        why=given.why,
    )


def _squad_change(given: SquadChangeIn) -> planning.SquadChange:
    return planning.SquadChange(
        action=given.action,
        officer_id=given.officer_id,
        squad_id=given.squad_id,
        vehicle=given.vehicle,
        why=given.why,
    )
