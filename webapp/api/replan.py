"""Planning the rest of a published day anew: asked for, looked at, kept.

It runs as a job. With `preview` the answer is only looked at, and becomes the draft when it is accepted; what
is accepted is what was looked at, not another search.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from apiflask import APIBlueprint
from flask import Response
from pydantic import Field

from gridmgr.domain.settings import MOST_PER_CHANGE
from gridmgr.errors import Conflict, NotFound
from gridmgr.services import jobs, planning
from gridmgr.services.jobs import Job
from gridmgr.services.planning.replanning import REPLAN_SECONDS, Replanned
from gridmgr.services.queries import dayview, routelines
from gridmgr.storage.codec import decode, encode
from gridmgr.texts import Message
from webapp.api import day_shown, replan_shown
from webapp.api.closures import Points, Why, as_pairs
from webapp.api.day_models import DayOut, VersionIn
from webapp.api.geojson import RouteCollection, legs_answer
from webapp.api.jobs import JobOut, job_shown
from webapp.api.replan_shown import ReplanOut
from webapp.api.schemas import Body, Code, LocalTime, Timestamp
from webapp.dates import read_day
from webapp.guards import require_scope, requires
from webapp.state import ctx, me

replan_api = APIBlueprint("api_replan", __name__, tag="days")


class LateIn(Body):
    """A squad, by its id or its number as text, and by how many minutes it is late."""

    squad: Code
    minutes: Annotated[int, Field(ge=0, le=600)]


class ClosedIn(Body):
    """Roads that are closed from `now` on, until further notice without `until`."""

    points: Points
    reason: Why
    until: Timestamp | None = None


class ReplanIn(Body):
    """What happened.

    `now` is the local time to plan from, the server's clock where it is not given. `incidents` are open ones
    a squad has to see to today; urgent ones need not be named. `gone` are officers who cannot go on. `closed`
    roads are noted once the plan is kept. With `preview` nothing is stored. `price` is the prize that
    disturbing one stop must bring, the office's setting where it is not given. `version` is the version of
    the day that was looked at.
    """

    preview: bool = False
    version: Annotated[int, Field(ge=0)] | None = None
    now: LocalTime | None = None
    incidents: Annotated[list[Code], Field(max_length=200, default_factory=list)]
    late: Annotated[list[LateIn], Field(max_length=200, default_factory=list)]
    gone: Annotated[list[Code], Field(max_length=200, default_factory=list)]
    closed: Annotated[list[ClosedIn], Field(max_length=50, default_factory=list)]
    seconds: Annotated[float, Field(gt=0, le=600)] = REPLAN_SECONDS
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = 1
    price: Annotated[int, Field(ge=0, le=MOST_PER_CHANGE)] | None = None

    def events(self) -> planning.Events:
        """What happened, for the planner."""
        return planning.Events(
            now=self.now,
            late={item.squad: item.minutes for item in self.late},
            ill=tuple(self.gone),
            incidents=tuple(self.incidents),
            closed=tuple(
                planning.ClosedNow(points=as_pairs(item.points), reason=item.reason, until=item.until)
                for item in self.closed
            ),
        )


@replan_api.post("/days/<township>/<day>/replan")
@replan_api.input(ReplanIn, arg_name="body")
@replan_api.output(JobOut, status_code=202)
@requires("planner", "admin")
def post_replan(township: str, day: str, body: ReplanIn) -> dict[str, Any]:
    """Ask for the rest of a published day to be planned anew, from where the squads stand."""
    require_scope(township)
    given = {"version": body.version, "price": body.price}
    job = jobs.enqueue(
        ctx(),
        "replan",
        township_code=township,
        actor=me().name,
        day=read_day(day).isoformat(),
        events=encode(body.events()),
        preview=body.preview,
        seconds=body.seconds,
        seed=body.seed,
        **{name: value for name, value in given.items() if value is not None},
    )
    return job_shown(job)


@replan_api.get("/days/<township>/<day>/replan/<job_id>")
@replan_api.output(ReplanOut)
@replan_api.doc(responses=[409])
@requires("planner", "admin")
def get_replan(township: str, day: str, job_id: str) -> dict[str, Any]:
    """Show what a finished job found: the difference stop by stop, and the day as it would be."""
    require_scope(township)
    job, made = _made(township, read_day(day), job_id)
    view = dayview.view_day(ctx(), township_code=township, day=made.plan.day)
    findings = planning.check_day(ctx(), made.plan, also_closed=made.closures)
    return replan_shown.replan_shown(view, job, made, findings)


@replan_api.get("/days/<township>/<day>/replan/<job_id>/routes.geojson")
@replan_api.output(RouteCollection, content_type="application/geo+json")
@replan_api.doc(responses=[409])
@requires("planner", "admin")
def get_replan_routes(township: str, day: str, job_id: str) -> Response:
    """Give the lines of what a finished job found, along the roads that would be open."""
    require_scope(township)
    _, made = _made(township, read_day(day), job_id)
    return legs_answer(routelines.route_legs(ctx(), made.plan, also_closed=made.closures))


@replan_api.post("/days/<township>/<day>/replan/<job_id>/accept")
@replan_api.input(VersionIn, arg_name="body")
@replan_api.output(DayOut)
@requires("planner", "admin")
def accept_replan(township: str, day: str, job_id: str, body: VersionIn) -> dict[str, Any]:
    """Make what was looked at the draft; officers see it once it is published."""
    require_scope(township)
    _, made = _made(township, read_day(day), job_id)
    planning.keep_rest(ctx(), made, actor=me().name, expected_version=body.version)
    return day_shown.day_shown(dayview.view_day(ctx(), township_code=township, day=made.plan.day))


def _made(township: str, day: date, job_id: str) -> tuple[Job, Replanned]:
    """What a job of that day found.

    Raises
    ------
    NotFound, Conflict
        There is no such job of this day; it is not done yet, or failed.
    """
    job = jobs.get_job(ctx(), job_id)
    if (job.kind, job.township_code, job.args.get("day")) != ("replan", township, day.isoformat()):
        raise NotFound("error.not_found", kind=Message("word.job"), id=job_id)
    if job.state != "done":
        raise Conflict("replan.not_done")
    return job, decode(Replanned, job.result["made"])
