"""The roster of a township's month: looked at, decided by hand, published. A job `roster` makes it."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint

from gridmgr.services.rosters import (
    Cell,
    cell_ways,
    publish_month,
    register_absence,
    set_cell,
    view_month,
)
from webapp.api.roster_models import AbsenceIn, CellIn, CellOut, CellQuery, MonthIn, RosterOut, RosterQuery
from webapp.api.roster_shown import cell_shown, month_shown
from webapp.guards import require_scope, requires
from webapp.state import ctx, me

rosters_api = APIBlueprint("api_rosters", __name__, tag="rosters")


@rosters_api.get("/rosters/<township>")
@rosters_api.input(RosterQuery, location="query", arg_name="query")
@rosters_api.output(RosterOut)
@requires("planner", "lead", "admin")
def get_roster(township: str, query: RosterQuery) -> dict[str, Any]:
    """Show a month: people by days, what each bears, who serves with whom, what the roster breaks."""
    require_scope(township)
    month = query.month or ctx().clock.today()
    view = view_month(ctx(), township_code=township, month=month, published=query.view == "published")
    return month_shown(view)


@rosters_api.get("/rosters/<township>/cell")
@rosters_api.input(CellQuery, location="query", arg_name="query")
@rosters_api.output(CellOut)
@requires("planner", "admin")
def get_cell(township: str, query: CellQuery) -> dict[str, Any]:
    """Say how a cell of the draft can be turned over: lawful exchanges, and who is barred by what."""
    require_scope(township)
    ways = cell_ways(ctx(), township_code=township, day=query.day, officer_id=query.officer)
    return cell_shown(ways, day=query.day, officer_id=query.officer)


@rosters_api.put("/rosters/<township>/cell")
@rosters_api.input(CellIn, arg_name="body")
@rosters_api.output(RosterOut)
@requires("planner", "admin")
def put_cell(township: str, body: CellIn) -> dict[str, Any]:
    """Decide a cell of the draft; the month as it is then."""
    require_scope(township)
    cell = Cell(
        day=body.day,
        officer_id=body.officer,
        kind=body.kind,
        other=body.other,
        back=body.back,
        alone=body.alone,
    )
    set_cell(ctx(), cell, township_code=township, actor=me().name, expected_version=body.version)
    return month_shown(view_month(ctx(), township_code=township, month=body.day))


@rosters_api.put("/rosters/<township>/absence")
@rosters_api.input(AbsenceIn, arg_name="body")
@rosters_api.output(RosterOut)
@requires("planner", "admin")
def put_absence(township: str, body: AbsenceIn) -> dict[str, Any]:
    """Register leave, secondment, training or sickness ahead, or take it back; the month as it is then."""
    require_scope(township)
    register_absence(
        ctx(),
        township_code=township,
        officer_id=body.officer,
        first=body.first,
        last=body.last,
        status=body.status,
        actor=me().name,
    )
    return month_shown(view_month(ctx(), township_code=township, month=body.first))


@rosters_api.post("/rosters/<township>/publish")
@rosters_api.input(MonthIn, arg_name="body")
@rosters_api.output(RosterOut)
@requires("planner", "admin")
def post_publish(township: str, body: MonthIn) -> dict[str, Any]:
    """Put the draft into force; refused while it breaks a rule."""
    require_scope(township)
    publish_month(
        ctx(), township_code=township, month=body.month, actor=me().name, expected_version=body.version
    )
    return month_shown(view_month(ctx(), township_code=township, month=body.month))
