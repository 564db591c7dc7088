"""The officer's phone: today's squad, the next stop, arriving and leaving, recording a finding.

Every action is a plain form, so that the page works without scripts; scripts add the position, the map and
the notice that the plan changed.
"""

from __future__ import annotations

import json
import secrets
from datetime import date
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from gridmgr.domain.patrols import StopInfo
from gridmgr.errors import Forbidden, GridmgrError
from gridmgr.services import fieldwork, inspections, records
from gridmgr.services.asking import new_number
from gridmgr.services.photos import read_photo
from gridmgr.services.queries import fieldcases, layers, patrol, routelines
from webapp.dates import read_day
from webapp.errors import status_of
from webapp.field.forms import MAX_PHOTOS, photo_files, text_of
from webapp.field.links import amap_link, geo_link
from webapp.guards import require_scope, requires
from webapp.state import ctx, me
from webapp.texts import language, t

field = Blueprint("field", __name__, url_prefix="/m")

_DECIMALS = 6


@field.get("/")
@requires("officer", "planner", "admin")
def index() -> str | Response:
    """Show today's patrol of the officer, or of the one a planner looks at."""
    officer_id = _officer_id()
    if officer_id is None:
        return _choose_officer()
    day = _day(request.args.get("date"))
    view = patrol.view_patrol(ctx(), officer_id=officer_id, day=day)
    require_scope(view.officer.township_code)
    return render_template(
        "field/index.html",
        patrol=view,
        changed=_changed(view),
        warnings=inspections.warnings_for(
            ctx(), view.squad, township_code=view.officer.township_code, day=day
        )
        if view.squad
        else {},
        preview=_is_preview(),
        today=day == ctx().clock.today(),
        zone=ctx().clock.zone,
        new_id=secrets.token_hex(16),
        amap_link=amap_link,
        geo_link=geo_link,
        map_data=_map_data(view),
        plan_id=view.plan.id if view.plan else "",
        case_count=0 if _is_preview() else fieldcases.officer_cases(ctx(), user=me(), day=day).count,
    )


@field.post("/seen")
@requires("officer")
def seen() -> Response:
    """Remember that the officer read what changed in the plan."""
    session["seen_plan"] = [ctx().clock.today().isoformat(), request.form.get("plan", "")[:64]]
    return redirect(url_for("field.index"), code=303)


@field.post("/check-in")
@requires("officer")
def check_in() -> Response:
    """Arrive at a stop."""
    form = request.form
    arrival = fieldwork.Arrival(
        id=text_of("id", 64) or secrets.token_hex(16), stop_id=text_of("stop", 200), position=_position()
    )
    if not arrival.stop_id or form.get("id", "").strip() != text_of("id", 64):
        abort(400)
    try:
        arrived = fieldwork.check_in(ctx(), arrival, user=me())
    except GridmgrError as error:
        flash(error.render(language()), "danger")
        return redirect(url_for("field.index"), code=303)
    if arrived.far:
        flash(t("field.arrived_far", metres=arrived.distance_metres), "warning")
    elif arrived.new:
        flash(t("field.arrived_noted"), "success")
    return redirect(url_for("field.index"), code=303)


@field.post("/leave")
@requires("officer")
def leave() -> Response:
    """Leave a stop, done."""
    try:
        fieldwork.leave(
            ctx(), stop_id=text_of("stop", 200), user=me(), outcome=text_of("outcome", 20) or None
        )
    except GridmgrError as error:
        flash(error.render(language()), "danger")
    else:
        flash(t("field.left_noted"), "success")
    return redirect(url_for("field.index"), code=303)


@field.get("/finding")
@requires("officer")
def finding() -> str:
    """Show the form for something found."""
    return _finding_page({"id": new_number(ctx()), "stop": request.args.get("stop", "")[:200]})


@field.post("/finding")
@requires("officer")
def record_finding() -> Response | tuple[str, int]:
    """Store something found."""
    try:
        given = fieldwork.FieldFinding(
            id=text_of("id", 64) or None,
            kind=text_of("kind", 40),
            outcome=text_of("outcome", 20),
            position=_position(),
            stop_id=text_of("stop", 200) or None,
            description=text_of("description", 4000),
            urgent="urgent" in request.form,
            photos=tuple(read_photo(data) for data in photo_files()),
        )
        incident, _ = fieldwork.record_finding(ctx(), given, user=me())
    except GridmgrError as error:
        page = _finding_page(request.form, problem=error.render(language()))
        return page, status_of(error)
    flash(t(f"field.found_{given.outcome}", kind=incident.category, id=incident.id), "success")
    return redirect(url_for("field.index"), code=303)


def _finding_page(values: Any, *, problem: str = "") -> str:
    officer = fieldwork.officer_of(ctx(), me())
    view = patrol.view_patrol(ctx(), officer_id=officer.id, day=ctx().clock.today())
    stop_id = values.get("stop", "")
    chosen = next((stop for stop in view.stops if stop.visit.stop.id == stop_id), view.current)
    return render_template(
        "field/finding.html",
        values=values,
        problem=problem,
        stop=chosen,
        kinds=fieldwork.FINDING_KINDS,
        max_photos=MAX_PHOTOS,
    )


def _position() -> fieldwork.Position | None:
    """The phone's position, where the form carries a sound one."""
    try:
        lon, lat = float(request.form.get("lon", "")), float(request.form.get("lat", ""))
    except ValueError:
        return None
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        return None
    return fieldwork.Position(lon=lon, lat=lat)


def _is_preview() -> bool:
    return me().role != "officer"


def _officer_id() -> str | None:
    """The officer's own id; for a planner the one asked for, None before there was a choice."""
    user = me()
    if user.role != "officer":
        return request.args.get("officer")
    if user.officer_id is None:
        raise Forbidden("field.no_officer")
    return user.officer_id


def _choose_officer() -> str:
    user = me()
    day = ctx().clock.today()
    officers = records.officers(ctx(), township_code=user.township_code)
    return render_template(
        "field/choose.html", squads=patrol.squads_of_day(ctx(), user.township_code, day), officers=officers
    )


def _day(given: str | None) -> date:
    return read_day(given) if given else ctx().clock.today()


def _changed(view: patrol.Patrol) -> patrol.PlanChange | None:
    """What changed since the officer last looked; the first look of a day is remembered as seen."""
    if view.plan is None or _is_preview() or view.day != ctx().clock.today():
        return None
    known = session.get("seen_plan") or ["", ""]
    if known[0] != view.day.isoformat():
        session["seen_plan"] = [view.day.isoformat(), view.plan.id]
        return None
    return patrol.changes_since(ctx(), view, known[1])


def _map_data(view: patrol.Patrol) -> dict[str, Any]:
    """What the map draws: villages, the squad's line, its stops."""
    plan, squad = view.plan, view.squad
    legs = routelines.route_legs(ctx(), plan) if plan and squad else ()
    lines = [leg.lon_lat.round(_DECIMALS).tolist() for leg in legs if squad and leg.squad_id == squad.id]
    villages = layers.villages_layer(ctx(), township_code=view.officer.township_code, day=view.day)
    return {
        "villages": [
            {"name": item["properties"]["name"], "geometry": item["geometry"]}
            for item in json.loads(villages)["features"]
        ],
        "lines": lines,
        "stops": [_map_stop(stop.visit.stop, stop.number, stop.state) for stop in view.stops],
    }


def _map_stop(stop: StopInfo, number: int, state: str) -> dict[str, Any]:
    return {"number": number, "name": stop.name, "lon": stop.lon, "lat": stop.lat, "state": state}
