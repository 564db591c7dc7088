"""Background jobs: how far they are, and stopping them. Ask every half second or so."""

from __future__ import annotations

from typing import Any, Literal

from apiflask import APIBlueprint

from gridmgr.errors import Forbidden
from gridmgr.services import records
from gridmgr.texts import text
from webapp.api.schemas import Answer, Timestamp
from webapp.guards import requires
from webapp.state import ctx, me
from webapp.texts import language

jobs_api = APIBlueprint("api_jobs", __name__, tag="jobs")


class JobOut(Answer):
    """A background job.

    `fraction` is 0 to 1, `best` the best objective so far, `message` says in words why it failed.
    """

    id: str
    kind: str
    township_code: str | None
    state: Literal["queued", "running", "done", "failed", "cancelled"]
    fraction: float
    best: float | None
    result: Any
    message: str | None
    cancel_requested: bool
    created_by: str
    created_at: Timestamp
    started_at: Timestamp | None
    finished_at: Timestamp | None


@jobs_api.get("/jobs/<job_id>")
@jobs_api.output(JobOut)
@requires("planner", "lead", "admin")
def get_job(job_id: str) -> dict[str, Any]:
    """Say how far a job is."""
    return _shown(_own(job_id))


@jobs_api.post("/jobs/<job_id>/cancel")
@jobs_api.output(JobOut)
@requires("planner", "admin")
def cancel_job(job_id: str) -> dict[str, Any]:
    """Ask a job to stop and keep the best it found."""
    _own(job_id)
    return _shown(records.cancel_job(ctx(), job_id, actor=me().name))


def _own(job_id: str) -> Any:
    job = records.job(ctx(), job_id)
    user = me()
    mine = job.created_by == user.name or user.role == "admin"
    if not mine and (job.township_code is None or not user.may_see(job.township_code)):
        raise Forbidden("error.forbidden")
    return job


def _shown(job: Any) -> dict[str, Any]:
    error = job.error or {}
    message = text(error["key"], language(), **error.get("params", {})) if "key" in error else None
    names = set(JobOut.model_fields) - {"message"}
    return {name: getattr(job, name) for name in names} | {"message": message}
