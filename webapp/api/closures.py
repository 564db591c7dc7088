"""Roads closed for a while: listed, noted, ended."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from apiflask import APIBlueprint
from pydantic import Field

from gridmgr.domain.closures import MOST_POINTS, RoadClosure
from gridmgr.errors import BadInput
from gridmgr.services import closures
from webapp.api.day_shown import local
from webapp.api.schemas import Answer, Body, Code, Day, Query, Timestamp
from webapp.guards import require_scope, requires
from webapp.state import ctx, me

closures_api = APIBlueprint("api_closures", __name__, tag="closures")

#: Decimals of a degree in lines: 11 cm.
_DECIMALS = 6

LonLat = Annotated[list[float], Field(min_length=2, max_length=2)]
#: Longitude and latitude, WGS84: one point picks the nearest road, several draw a line along or across roads.
Points = Annotated[list[LonLat], Field(min_length=1, max_length=MOST_POINTS)]
Why = Annotated[str, Field(min_length=1, max_length=200)]


def as_pairs(points: list[LonLat]) -> tuple[tuple[float, float], ...]:
    """Points for the services."""
    return tuple((lon, lat) for lon, lat in points)


class ClosuresQuery(Query):
    """Which day; today by default."""

    date: Day | None = None


class MeantIn(Body):
    """What was drawn."""

    points: Points


class MeantOut(Answer):
    """The roads that are meant; `applied` is false where plans cannot leave roads out."""

    names: list[str]
    lines: list[list[list[float]]]
    applied: bool


class ClosureIn(Body):
    """Roads that are closed, from now on where no begin is given, until further notice without an end."""

    township: Code
    points: Points
    reason: Why
    starts_at: Timestamp | None = None
    ends_at: Timestamp | None = None


class ClosureOut(MeantOut):
    """A closure and the roads it means."""

    id: str
    township_code: str
    points: list[list[float]]
    starts_at: datetime
    ends_at: datetime | None
    reason: str
    created_by: str


class ClosureList(Answer):
    """Closures by begin."""

    closures: list[ClosureOut]


@closures_api.get("/closures")
@closures_api.input(ClosuresQuery, location="query", arg_name="query")
@closures_api.output(ClosureList)
@requires("planner", "lead", "admin")
def get_closures(query: ClosuresQuery) -> dict[str, Any]:
    """List roads closed at some moment of a day, in all townships: roads lead on from one to the next."""
    found = closures.closures_on(ctx(), query.date or ctx().clock.today())
    return {"closures": [_shown(closure) for closure in found]}


@closures_api.post("/closures/preview")
@closures_api.input(MeantIn, arg_name="body")
@closures_api.output(MeantOut)
@requires("planner", "admin")
def preview_closure(body: MeantIn) -> dict[str, Any]:
    """Show which roads a drawn point or line means."""
    return _meant(as_pairs(body.points))


@closures_api.post("/closures")
@closures_api.input(ClosureIn, arg_name="body")
@closures_api.output(ClosureOut, status_code=201)
@requires("planner", "admin")
def post_closure(body: ClosureIn) -> dict[str, Any]:
    """Note that roads are closed; plans made from now on keep off them."""
    require_scope(body.township)
    made = closures.add_closure(
        ctx(),
        township_code=body.township,
        points=as_pairs(body.points),
        reason=body.reason,
        actor=me().name,
        starts_at=body.starts_at,
        ends_at=body.ends_at,
    )
    return _shown(made)


@closures_api.post("/closures/<closure_id>/end")
@closures_api.output(ClosureOut)
@requires("planner", "admin")
def end_closure(closure_id: str) -> dict[str, Any]:
    """Note that the roads are open again."""
    require_scope(closures.get_closure(ctx(), closure_id).township_code)
    return _shown(closures.end_closure(ctx(), closure_id, actor=me().name))


def _meant(points: tuple[tuple[float, float], ...]) -> dict[str, Any]:
    found = closures.meant_roads(ctx(), points)
    lines = [[[round(x, _DECIMALS), round(y, _DECIMALS)] for x, y in line.coords] for line in found.lines]
    return {"names": list(found.names), "lines": lines, "applied": found.applied}


def _shown(closure: RoadClosure) -> dict[str, Any]:
    try:
        meant = _meant(closure.points)
    except BadInput:
        # The roads were imported anew since, and none lies there any more.
        meant = {"names": [], "lines": [], "applied": False}
    same = ("id", "township_code", "reason", "created_by")
    return meant | {
        **{name: getattr(closure, name) for name in same},
        "points": [list(point) for point in closure.points],
        "starts_at": local(closure.starts_at),
        "ends_at": local(closure.ends_at),
    }
