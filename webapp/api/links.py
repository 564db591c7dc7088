"""Links between a day's stops: listed, asked for, taken back."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint

from gridmgr.services import planning
from gridmgr.services.planning.drafts import day_of
from gridmgr.services.queries import dayview
from gridmgr.services.queries.linkview import link_views
from webapp.api import day_shown
from webapp.api.day_models import DayOut
from webapp.api.link_models import LinkIn, LinksOut, UnlinkIn
from webapp.dates import read_day
from webapp.guards import require_scope, requires
from webapp.state import ctx, me

links_api = APIBlueprint("api_links", __name__, tag="days")


@links_api.get("/days/<township>/<day>/links")
@links_api.output(LinksOut)
@requires("planner", "lead", "admin")
def get_links(township: str, day: str) -> dict[str, Any]:
    """List what is asked of the draft's stops together; nothing where there is no draft."""
    require_scope(township)
    _, draft, _ = day_of(ctx(), township, read_day(day))
    return {"links": [day_shown.link_shown(view) for view in link_views(draft)] if draft else []}


@links_api.post("/days/<township>/<day>/links")
@links_api.input(LinkIn, arg_name="body")
@links_api.output(DayOut, status_code=201)
@requires("planner", "admin")
def post_link(township: str, day: str, body: LinkIn) -> dict[str, Any]:
    """Ask for a link; the draft keeps it, and what its routes break is among the findings."""
    require_scope(township)
    when = read_day(day)
    wish = planning.LinkWish(
        kind=body.kind,
        stops=tuple(body.stops),
        squads_needed=body.squads_needed,
        squads=body.squads,
        why=body.why,
    )
    planning.add_link(
        ctx(),
        township_code=township,
        day=when,
        wish=wish,
        actor=me().name,
        expected_version=body.version,
    )
    return day_shown.day_shown(dayview.view_day(ctx(), township_code=township, day=when))


@links_api.post("/days/<township>/<day>/links/<link_id>/remove")
@links_api.input(UnlinkIn, arg_name="body")
@links_api.output(DayOut)
@requires("planner", "admin")
def remove_link(township: str, day: str, link_id: str, body: UnlinkIn) -> dict[str, Any]:
    """Take a link back; of squads that were to meet the first keeps the visit."""
    require_scope(township)
    when = read_day(day)
    planning.remove_link(
        ctx(),
        township_code=township,
        day=when,
        link_id=link_id,
        actor=me().name,
        why=body.why,
        expected_version=body.version,
    )
    return day_shown.day_shown(dayview.view_day(ctx(), township_code=township, day=when))
