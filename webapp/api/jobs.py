"""Background jobs: asked for, how far they are, stopped. Ask every half second or so."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from apiflask import APIBlueprint
from pydantic import Field, model_validator

from gridmgr.domain.settings import MOST_UNPREDICTABLE
from gridmgr.errors import Forbidden
from gridmgr.services import jobs
from gridmgr.services.jobs import Job
from gridmgr.texts import text
from webapp.api.schemas import Answer, Body, Code, Day, Timestamp
from webapp.guards import require_scope, requires
from webapp.state import ctx, me
from webapp.texts import language

jobs_api = APIBlueprint("api_jobs", __name__, tag="jobs")


#: Kinds that are not about one day.
_DATELESS = ("assign", "scenarios")


class JobIn(Body):
    """What to do in the background.

    `version` is the version of the draft that was looked at; the job ends as a conflict when somebody else
    changed it meanwhile. `scenarios` compares ownership by each scenario and saves nothing; `scenario` is the
    one to assign by. A `week` begins on `date`. `seconds` and `seed` are for routes and weeks, `vary` is for
    routes: how many percent of the prize may be given up to vary times and order on purpose, the office's
    setting where it is not given. A `roster` is of the month of `date`; `off_days` says whether weekends and
    public holidays are rostered too.
    """

    kind: Literal["assign", "scenarios", "squads", "routes", "week", "roster"]
    township: Code
    date: Day | None = None
    version: Annotated[int, Field(ge=0)] | None = None
    seconds: Annotated[float, Field(gt=0, le=600)] | None = None
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] | None = None
    vary: Annotated[float, Field(ge=0, le=MOST_UNPREDICTABLE)] | None = None
    scenario: Literal["usual", "even", "stable", "near"] | None = None
    off_days: bool | None = None

    @model_validator(mode="after")
    def _dated(self) -> JobIn:
        if self.kind not in _DATELESS and self.date is None:
            raise ValueError(f"date is needed for kind {self.kind!r}")
        return self

    def args(self) -> dict[str, Any]:
        """What the job is told; what was not said is left to its defaults."""
        given: dict[str, Any] = {"version": self.version}
        if self.kind == "week":
            given = {"first": str(self.date), "seconds": self.seconds, "seed": self.seed}
        elif self.kind == "roster":
            given |= {"month": str(self.date), "seed": self.seed, "off_days": self.off_days}
        elif self.kind == "assign":
            given["scenario"] = self.scenario
        elif self.kind != "scenarios":
            given["day"] = str(self.date)
        if self.kind == "routes":
            given |= {"seconds": self.seconds, "seed": self.seed, "vary": self.vary}
        return {name: value for name, value in given.items() if value is not None}


class JobOut(Answer):
    """A background job.

    `fraction` is 0 to 1, `best` the best objective so far, `error_text` says in words why it failed.
    """

    id: str
    kind: str
    township_code: str | None
    state: Literal["queued", "running", "done", "failed", "cancelled"]
    fraction: float
    best: float | None
    result: Any
    error_text: str | None
    cancel_requested: bool
    created_by: str
    created_at: Timestamp
    started_at: Timestamp | None
    finished_at: Timestamp | None


def job_shown(job: Job) -> dict[str, Any]:
    """A job, for `JobOut`."""
    names = set(JobOut.model_fields) - {"error_text", "result"}
    return {name: getattr(job, name) for name in names} | {
        "result": _told(job.result),
        "error_text": error_text(job),
    }


def _told(result: Any) -> Any:
    """A job's result without the plan it keeps for whoever looks at it."""
    return {key: value for key, value in result.items() if key != "made"} if result else result


@jobs_api.post("/jobs")
@jobs_api.input(JobIn, arg_name="body")
@jobs_api.output(JobOut, status_code=202)
@requires("planner", "admin")
def post_job(body: JobIn) -> dict[str, Any]:
    """Ask for ownership, squads or routes of a township."""
    require_scope(body.township)
    job = jobs.enqueue(ctx(), body.kind, township_code=body.township, actor=me().name, **body.args())
    return job_shown(job)


@jobs_api.get("/jobs/<job_id>")
@jobs_api.output(JobOut)
@requires("planner", "lead", "admin")
def get_job(job_id: str) -> dict[str, Any]:
    """Say how far a job is."""
    return job_shown(_own(job_id))


@jobs_api.post("/jobs/<job_id>/cancel")
@jobs_api.output(JobOut)
@requires("planner", "admin")
def cancel_job(job_id: str) -> dict[str, Any]:
    """Ask a job to stop and keep the best it found; a finished one stays as it is."""
    job = _own(job_id)
    return job_shown(job if job.is_finished else jobs.cancel(ctx(), job_id, actor=me().name))


def _own(job_id: str) -> Job:
    job = jobs.get_job(ctx(), job_id)
    user = me()
    mine = job.created_by == user.name or user.role == "admin"
    if not mine and (job.township_code is None or not user.may_see(job.township_code)):
        raise Forbidden("error.forbidden")
    return job


def error_text(job: Job) -> str | None:
    """Words of a job's error: rendered in each language when it failed, or the key of a lost job's."""
    error = job.error
    if not error:
        return None
    if "key" in error:
        return text(error["key"], language(), **error.get("params", {}))
    words: str = error[language()]
    return words
