"""Slow work in the background: queued in the database, done by a worker, with progress and cancel.

A job's row is the queue. A worker takes the oldest queued job; one whose heartbeat stopped (its worker was
killed) is taken again, up to `MAX_ATTEMPTS` times. Whoever waits polls the row.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

import structlog

from gridmgr.domain.coverage import WEEK
from gridmgr.errors import GridmgrError, NotFound
from gridmgr.services.context import Context, require_township
from gridmgr.services.intake.wechat import media
from gridmgr.services.periodic import Chores
from gridmgr.services.planning import (
    SCENARIOS,
    Events,
    assign,
    compare_and_keep,
    form_squads,
    keep_rest,
    plan_rest,
    plan_routes,
    plan_week,
)
from gridmgr.services.planning.replanning import REPLAN_SECONDS
from gridmgr.services.relief import find_day_relief
from gridmgr.services.rosters import make_month
from gridmgr.storage.codec import decode, encode
from gridmgr.storage.repositories.jobs import Job
from gridmgr.texts import Message
from planners.stop import Progress, Stop

__all__ = ["TASKS", "Job", "cancel", "enqueue", "get_job", "run_next", "work"]

#: A running job that gave no sign for so long has lost its worker.
HEARTBEAT_SECONDS = 30.0
MAX_ATTEMPTS = 3
#: Progress is written at most so often, so that solving is not spent on writing.
_REPORT_SECONDS = 0.4
_ASSIGN_SECONDS = 30.0

log = structlog.get_logger(__name__)

Task = Callable[[Context, Job, Stop], Any]


def _assign_task(ctx: Context, job: Job, stop: Stop) -> Any:
    plan = assign(
        ctx,
        township_code=job.args["township_code"],
        actor=job.created_by,
        stop=stop,
        expected_version=job.args.get("version"),
        scenario=job.args.get("scenario", "usual"),
    )
    return {"revision": plan.id, "uncovered": len(plan.uncovered), "missing": plan.missing_officers}


def _scenarios_task(ctx: Context, job: Job, stop: Stop) -> Any:
    made = compare_and_keep(ctx, township_code=job.args["township_code"], actor=job.created_by, stop=stop)
    named = {name: point.result for point in made.points for name in point.names}
    rows = [{**asdict(named[name]), "scenario": name} for name in SCENARIOS if name in named]
    return {"comparison": made.id, "points": len(made.points), "scenarios": rows}


def _squads_task(ctx: Context, job: Job, stop: Stop) -> Any:
    day = date.fromisoformat(job.args["day"])
    plans = form_squads(
        ctx,
        township_code=job.args["township_code"],
        first=day,
        last=day,
        actor=job.created_by,
        stop=stop,
        expected_version=job.args.get("version"),
    )
    return {"revision": plans[0].id, "squads": len(plans[0].squads)} if plans else {"squads": 0}


def _routes_task(ctx: Context, job: Job, stop: Stop) -> Any:
    plan = plan_routes(
        ctx,
        township_code=job.args["township_code"],
        day=date.fromisoformat(job.args["day"]),
        actor=job.created_by,
        seconds=job.args.get("seconds"),
        seed=job.args.get("seed", 1),
        vary=job.args.get("vary"),
        stop=stop,
        expected_version=job.args.get("version"),
    )
    visits = sum(len(squad.visits) for squad in plan.squads)
    return {"revision": plan.id, "visits": visits, "left_out": len(plan.unassigned)}


def _week_task(ctx: Context, job: Job, stop: Stop) -> Any:
    plan = plan_week(
        ctx,
        township_code=job.args["township_code"],
        first=date.fromisoformat(job.args["first"]),
        actor=job.created_by,
        days=job.args.get("days", WEEK),
        seconds=job.args.get("seconds"),
        seed=job.args.get("seed", 1),
        stop=stop,
    )
    planned = sum(len(item.planned) for item in plan.villages)
    return {"week_plan": plan.id, "visits": planned, "short": sum(item.short for item in plan.villages)}


def _roster_task(ctx: Context, job: Job, stop: Stop) -> Any:
    roster = make_month(
        ctx,
        township_code=job.args["township_code"],
        month=date.fromisoformat(job.args["month"]),
        actor=job.created_by,
        seed=job.args.get("seed", 1),
        off_days=job.args.get("off_days", True),
        stop=stop,
        expected_version=job.args.get("version"),
    )
    return {"roster": roster.id, "status": roster.status, "days": len(roster.days)}


def _replan_task(ctx: Context, job: Job, stop: Stop) -> Any:
    made = plan_rest(
        ctx,
        township_code=job.args["township_code"],
        day=date.fromisoformat(job.args["day"]),
        actor=job.created_by,
        events=decode(Events, job.args["events"]),
        seconds=job.args.get("seconds", REPLAN_SECONDS),
        seed=job.args.get("seed", 1),
        prize_per_change=job.args.get("price"),
        stop=stop,
        expected_version=job.args.get("version"),
    )
    preview = bool(job.args.get("preview"))
    if not preview:
        keep_rest(ctx, made, actor=job.created_by)
    told = {
        "preview": preview,
        "disturbed": made.disturbed,
        "prize": made.prize,
        "rest_prize": made.rest_prize,
    }
    return told | {"revision": None if preview else made.plan.id, "made": encode(made)}


def _relief_task(ctx: Context, job: Job, stop: Stop) -> Any:
    found = find_day_relief(
        ctx,
        township_code=job.args["township_code"],
        day=date.fromisoformat(job.args["day"]),
        actor=job.created_by,
        stop=stop,
    )
    return {"revision": found.revision, "lawful": found.squads.formed, "asked": found.squads.asked}


def _wechat_task(ctx: Context, _job: Job, _stop: Stop) -> Any:
    return media.fetch_photos(ctx)


#: What can be asked for in the background.
TASKS: Mapping[str, Task] = {
    "assign": _assign_task,
    "scenarios": _scenarios_task,
    "squads": _squads_task,
    "routes": _routes_task,
    "week": _week_task,
    "roster": _roster_task,
    "replan": _replan_task,
    "relief": _relief_task,
    media.JOB_KIND: _wechat_task,
}


def enqueue(ctx: Context, kind: str, *, township_code: str, actor: str, **args: Any) -> Job:
    """Queue a job.

    Parameters
    ----------
    ctx
        The wired parts.
    kind
        One of `TASKS`.
    township_code, actor
        Whose work, who asks.
    **args
        JSON values for the task; ``version`` is the version of the draft the caller looked at.

    Raises
    ------
    NotFound
        Unknown kind or township.
    """
    if kind not in TASKS:
        raise NotFound("error.not_found", kind=Message("word.job"), id=kind)
    job = Job(
        id=secrets.token_hex(8),
        kind=kind,
        args={"township_code": township_code, **args},
        township_code=township_code,
        created_by=actor,
        created_at=ctx.clock.utc_now(),
    )
    with ctx.storage.write(actor) as uow:
        require_township(uow, township_code)
        uow.jobs.add(job)
        uow.record(f"job.{kind}", "job", job.id, township=township_code)
        uow.commit()
    return job


def enqueue_once(ctx: Context, kind: str, *, township_code: str, actor: str, **args: Any) -> Job:
    """Queue a job unless the same is waiting or running already, which is given back then."""
    wanted = {"township_code": township_code, **args}
    with ctx.storage.read() as uow:
        same = (job for job in uow.jobs.unfinished() if (job.kind, dict(job.args)) == (kind, wanted))
        found = next(same, None)
    return found or enqueue(ctx, kind, township_code=township_code, actor=actor, **args)


def get_job(ctx: Context, job_id: str) -> Job:
    """The job as it stands.

    Raises
    ------
    NotFound
        There is no such job.
    """
    with ctx.storage.read() as uow:
        job = uow.jobs.get(job_id)
    if job is None:
        raise NotFound("error.not_found", kind=Message("word.job"), id=job_id)
    return job


def cancel(ctx: Context, job_id: str, *, actor: str) -> Job:
    """Ask a job to stop; a running one keeps the best it has, a queued one never starts."""
    job = get_job(ctx, job_id)
    with ctx.storage.write(actor) as uow:
        if job.state == "queued":
            uow.jobs.update(job_id, state="cancelled", finished_at=ctx.clock.utc_now())
        elif job.state == "running":
            uow.jobs.update(job_id, cancel_requested=True)
        uow.record("job.cancel", "job", job_id)
        uow.commit()
    return get_job(ctx, job_id)


def run_next(ctx: Context) -> Job | None:
    """Take the next job and do it; None where there is none.

    Whatever a user can mend becomes the job's error; anything else is logged and reported as internal.
    """
    job = _claim(ctx)
    if job is None:
        return None
    watch = _Watch(ctx, job.id)
    stop = Stop(seconds=_ASSIGN_SECONDS, cancelled=watch.cancelled, progress=watch.report)
    try:
        with watch:
            result = TASKS[job.kind](ctx, job, stop)
    except GridmgrError as error:
        _finish(ctx, job, state="failed", error=_words(error))
    except Exception:
        log.exception("job failed", job=job.id, kind=job.kind)
        _finish(ctx, job, state="failed", error=_words(GridmgrError("error.internal")))
    else:
        _finish(ctx, job, state="done", result=result, fraction=1.0)
    return get_job(ctx, job.id)


def work(ctx: Context, *, until: Callable[[], bool], idle_seconds: float = 0.15) -> None:
    """Do jobs as they come, and chores when their time has come, until told to stop."""
    chores = Chores()
    while not until():
        chores.run_due(ctx)
        if run_next(ctx) is None:
            time.sleep(idle_seconds)


def _claim(ctx: Context) -> Job | None:
    now = ctx.clock.utc_now()
    lost_before = now - timedelta(seconds=HEARTBEAT_SECONDS)
    with ctx.storage.read() as uow:
        # Most of the time there is nothing: do not take the write lock to find that out.
        if not uow.jobs.unfinished():
            return None
    with ctx.storage.write("system") as uow:
        for job in uow.jobs.unfinished():
            lost = job.state == "running" and (job.heartbeat_at or job.created_at) < lost_before
            if job.state != "queued" and not lost:
                continue
            if job.attempt >= MAX_ATTEMPTS:
                error = {"key": "error.job_lost", "params": {"attempts": job.attempt}}
                uow.jobs.update(job.id, state="failed", error=error, finished_at=now)
                continue
            uow.jobs.update(
                job.id,
                state="running",
                attempt=job.attempt + 1,
                started_at=now,
                heartbeat_at=now,
                fraction=0.0,
            )
            uow.commit_unaudited()
            return uow.jobs.get(job.id)
        uow.commit_unaudited()
    return None


def _finish(ctx: Context, job: Job, **values: Any) -> None:
    with ctx.storage.write("system") as uow:
        uow.jobs.update(job.id, finished_at=ctx.clock.utc_now(), **values)
        uow.commit_unaudited()


def _words(error: GridmgrError) -> dict[str, Any]:
    return {"zh": error.render("zh"), "en": error.render("en")}


class _Watch:
    """Passes progress to the job's row and cancel requests back, from a thread of its own.

    The solver only sets and reads fields; the database is never waited for inside a solver's callback.
    """

    def __init__(self, ctx: Context, job_id: str) -> None:
        self._ctx = ctx
        self._job_id = job_id
        self._cancelled = False
        self._progress = Progress(fraction=0.0, best=None)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"watch-{job_id}", daemon=True)

    def cancelled(self) -> bool:
        """Whether somebody asked to stop."""
        return self._cancelled

    def report(self, progress: Progress) -> None:
        """Note how far it is."""
        self._progress = progress

    def __enter__(self) -> _Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._over.wait(_REPORT_SECONDS):
            with self._ctx.storage.write("system") as uow:
                job = uow.jobs.get(self._job_id)
                self._cancelled = job is not None and job.cancel_requested
                uow.jobs.update(
                    self._job_id,
                    fraction=min(1.0, self._progress.fraction),
                    best=self._progress.best,
                    heartbeat_at=self._ctx.clock.utc_now(),
                )
                uow.commit_unaudited()
