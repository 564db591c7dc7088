"""Background jobs: queued, done, cancelled, failed in words, and taken over when their worker was killed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from gridmgr.bootstrap import build_context
from gridmgr.clock import Clock, clock_in
from gridmgr.config import Config
from gridmgr.errors import BadInput, NotFound
from gridmgr.services import jobs
from gridmgr.services.context import Context
from gridmgr.services.demoing import load_demo
from gridmgr.storage.repositories.jobs import Job
from planners.stop import Progress, Stop

TODAY = date(2026, 3, 3)


class MovableClock:
    """Tells the time it is set to."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 3, 0, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        """The present moment."""
        return self.now


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Context, MovableClock]]:
    """The demo county at its smallest, and a clock to move."""
    moving = MovableClock()
    config = Config(database=str(tmp_path_factory.mktemp("jobs") / "demo.db"))
    ctx = build_context(
        config, clock=Clock(zone=clock_in("Asia/Shanghai").zone, utc_now=moving), must_exist=False
    )
    ctx.storage.migrate()
    load_demo(ctx, seed=1, villages=12, townships=1, today=TODAY)
    yield ctx, moving
    ctx.storage.close()


@pytest.fixture
def ctx(world: tuple[Context, MovableClock]) -> Context:
    """The context alone."""
    return world[0]


@pytest.fixture
def township(ctx: Context) -> str:
    """The only township's code."""
    with ctx.storage.read() as uow:
        return uow.townships.find()[0].code


@pytest.fixture
def task(monkeypatch: pytest.MonkeyPatch) -> Callable[[jobs.Task], None]:
    """Puts a task of the test's own under the name ``probe``."""

    def put(function: jobs.Task) -> None:
        monkeypatch.setattr(jobs, "TASKS", {**jobs.TASKS, "probe": function})

    return put


def test_the_three_jobs_of_the_day_run_one_after_the_other(
    world: tuple[Context, MovableClock], township: str
) -> None:
    """Assign, squads, routes, in the order they were asked for; each says what it made."""
    ctx, clock = world
    asked = []
    for kind in ("assign", "squads", "routes"):
        args = {} if kind == "assign" else {"day": TODAY.isoformat()}
        asked.append(jobs.enqueue(ctx, kind, township_code=township, actor="planner", **args))
        clock.now += timedelta(seconds=1)
    done = [jobs.run_next(ctx) for _ in asked]
    assert [job.id for job in done if job] == [job.id for job in asked]
    assert [job.state for job in done if job] == ["done"] * 3
    assert jobs.get_job(ctx, asked[2].id).result["visits"] > 0
    assert jobs.run_next(ctx) is None


def test_a_job_that_cannot_be_done_fails_in_words_of_both_languages(ctx: Context, township: str) -> None:
    """Here: a version somebody else has moved on from."""
    jobs.enqueue(ctx, "assign", township_code=township, actor="planner", version=-1)
    job = jobs.run_next(ctx)
    assert job is not None
    assert job.state == "failed"
    assert "Somebody else" in job.error["en"]
    assert "其他人" in job.error["zh"]


def test_an_unexpected_error_is_told_without_its_insides(
    ctx: Context, township: str, task: Callable[[jobs.Task], None]
) -> None:
    """The log has the trace, the user a word."""

    def broken(_ctx: Context, _job: Job, _stop: Stop) -> Any:
        raise RuntimeError("secret detail")

    task(broken)
    jobs.enqueue(ctx, "probe", township_code=township, actor="planner")
    job = jobs.run_next(ctx)
    assert job is not None
    assert job.state == "failed"
    assert "secret" not in str(job.error)


def test_a_running_job_shows_progress_and_stops_when_cancelled(
    ctx: Context, township: str, task: Callable[[jobs.Task], None]
) -> None:
    """And keeps what it has."""

    def patient(_ctx: Context, _job: Job, stop: Stop) -> Any:
        stop.progress(Progress(fraction=0.5, best=42.0))
        for _ in range(200):
            if stop.cancelled():
                return {"kept": 42}
            time.sleep(0.05)
        raise BadInput("error.internal")

    task(patient)
    job = jobs.enqueue(ctx, "probe", township_code=township, actor="planner")
    runner = threading.Thread(target=jobs.run_next, args=(ctx,))
    runner.start()
    seen = _wait(lambda: jobs.get_job(ctx, job.id), lambda found: found.best is not None)
    assert (seen.fraction, seen.best) == (0.5, 42.0)
    jobs.cancel(ctx, job.id, actor="planner")
    runner.join(timeout=20)
    ended = jobs.get_job(ctx, job.id)
    assert (ended.state, ended.result) == ("done", {"kept": 42})


def _wait(read: Callable[[], Job], good: Callable[[Job], bool]) -> Job:
    for _ in range(400):
        job = read()
        if good(job):
            return job
        time.sleep(0.05)
    raise AssertionError(f"waited in vain: {read()}")


def test_a_queued_job_that_is_cancelled_never_starts(ctx: Context, township: str) -> None:
    """The worker passes it by."""
    job = jobs.enqueue(ctx, "assign", township_code=township, actor="planner")
    assert jobs.cancel(ctx, job.id, actor="planner").state == "cancelled"
    assert jobs.run_next(ctx) is None


def test_a_job_of_a_killed_worker_is_taken_again_and_given_up_after_three_tries(
    world: tuple[Context, MovableClock], township: str, task: Callable[[jobs.Task], None]
) -> None:
    """Its heartbeat stopped; a live one's is left alone."""
    ctx, clock = world
    task(lambda *_: {"done": True})
    job = jobs.enqueue(ctx, "probe", township_code=township, actor="planner")
    with ctx.storage.write("system") as uow:
        uow.jobs.update(job.id, state="running", heartbeat_at=clock.now, attempt=1)
        uow.commit_unaudited()
    assert jobs.run_next(ctx) is None, "its worker may still be alive"
    clock.now += timedelta(seconds=jobs.HEARTBEAT_SECONDS + 1)
    again = jobs.run_next(ctx)
    assert again is not None
    assert (again.state, again.attempt) == ("done", 2)

    lost = jobs.enqueue(ctx, "probe", township_code=township, actor="planner")
    with ctx.storage.write("system") as uow:
        uow.jobs.update(lost.id, state="running", heartbeat_at=clock.now, attempt=jobs.MAX_ATTEMPTS)
        uow.commit_unaudited()
    clock.now += timedelta(seconds=jobs.HEARTBEAT_SECONDS + 1)
    assert jobs.run_next(ctx) is None
    assert jobs.get_job(ctx, lost.id).state == "failed"


def test_unknown_jobs_and_townships_are_refused(ctx: Context, township: str) -> None:
    """Before anything is queued."""
    with pytest.raises(NotFound):
        jobs.enqueue(ctx, "dance", township_code=township, actor="planner")
    with pytest.raises(NotFound):
        jobs.enqueue(ctx, "assign", township_code="999", actor="planner")
    with pytest.raises(NotFound):
        jobs.get_job(ctx, "nothing")


def test_a_worker_works_until_it_is_told_to_stop(ctx: Context, township: str) -> None:
    """What is queued while it waits is done."""
    over = threading.Event()
    worker = threading.Thread(
        target=jobs.work, args=(ctx,), kwargs={"until": over.is_set, "idle_seconds": 0.02}
    )
    worker.start()
    job = jobs.enqueue(ctx, "assign", township_code=township, actor="planner")
    ended = _wait(lambda: jobs.get_job(ctx, job.id), lambda found: found.is_finished)
    over.set()
    worker.join(timeout=20)
    assert ended.state == "done"
    assert not worker.is_alive()
