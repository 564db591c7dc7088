"""The week of a township: which village is visited on which day, planned at once. Works without scripts."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from gridmgr.domain.coverage import WEEK
from gridmgr.errors import GridmgrError
from gridmgr.services import jobs
from gridmgr.services.jobs import Job
from gridmgr.services.queries.week import view_week
from webapp.api.jobs import error_text
from webapp.dates import asked_day, day_or_today
from webapp.desk.views import EDITORS
from webapp.guards import my_townships, require_scope, requires
from webapp.state import ctx, me
from webapp.texts import language

week = Blueprint("week", __name__, url_prefix="/desk/week")

#: A page that waits for its plan asks again after so many seconds.
_WAIT_SECONDS = 2


@week.get("/")
@requires("planner", "lead", "admin")
def index() -> str:
    """Show the week of ``?township=`` that holds ``?date=``; by default the user's first township, today."""
    townships = my_townships()
    township = request.args.get("township") or me().township_code or (townships[0].code if townships else "")
    if not townships:
        return render_template("desk/week.html", townships=[], township="", view=None, job=None)
    require_scope(township)
    day = asked_day()
    job = _job(request.args.get("job", ""))
    return render_template(
        "desk/week.html",
        townships=townships,
        township=township,
        name=next(item.name for item in townships if item.code == township),
        day=day,
        days=[timedelta(days=number) for number in range(WEEK)],
        view=view_week(ctx(), township_code=township, day=day),
        can_edit=me().role in EDITORS,
        job=job,
        job_error=None if job is None else error_text(job),
        waits=job is not None and not job.is_finished,
        wait_seconds=_WAIT_SECONDS,
    )


@week.post("/")
@requires("planner", "admin")
def plan() -> Response:
    """Ask for the week to be planned in the background, and show how far it is."""
    township = request.form.get("township", "")[:64]
    require_scope(township)
    first = day_or_today(request.form.get("first", ""))
    shown = max(first, min(ctx().clock.today(), _last(first)))
    job_id = None
    try:
        job = jobs.enqueue(
            ctx(), "week", township_code=township, actor=me().name, first=first.isoformat(), days=WEEK
        )
        job_id = job.id
    except GridmgrError as error:
        flash(error.render(language()), "danger")
    return redirect(url_for("week.index", township=township, date=shown, job=job_id), code=303)


def _last(first: date) -> date:
    return first + timedelta(days=WEEK - 1)


def _job(job_id: str) -> Job | None:
    """The user's own job of that id; None where there is none."""
    if not job_id:
        return None
    try:
        job = jobs.get_job(ctx(), job_id)
    except GridmgrError:
        return None
    return job if job.kind == "week" and job.created_by == me().name else None
