"""Background jobs: the queue, their progress and their results, in one table.

The row is the queue itself, so that a killed worker loses nothing: a job whose heartbeat stopped is given to
the next worker, up to a number of attempts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from gridmgr.storage import schema

#: States of a job that is over.
FINISHED = frozenset({"done", "failed", "cancelled"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One piece of slow work.

    Parameters
    ----------
    id, kind, args
        What to do; ``kind`` names a task, ``args`` are its JSON keyword arguments.
    township_code
        Whose it is, for the scope check; None for county-wide work.
    state
        ``queued``, ``running``, ``done``, ``failed`` or ``cancelled``.
    fraction, best
        Progress 0..1 and best objective so far.
    result, error
        JSON outcome; error is ``{"key": ..., "params": ...}``.
    cancel_requested
        Somebody asked it to stop and keep the best so far.
    attempt
        How often a worker took it.
    """

    id: str
    kind: str
    args: Mapping[str, Any]
    township_code: str | None = None
    state: str = "queued"
    fraction: float = 0.0
    best: float | None = None
    result: Any = None
    error: Any = None
    cancel_requested: bool = False
    attempt: int = 0
    created_by: str
    created_at: datetime
    started_at: datetime | None = None
    heartbeat_at: datetime | None = None
    finished_at: datetime | None = field(default=None)

    @property
    def is_finished(self) -> bool:
        """Whether nothing will change any more."""
        return self.state in FINISHED


class JobRepository:
    """Jobs by id."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._columns = [schema.job.c[f.name] for f in fields(Job)]

    def add(self, job: Job) -> None:
        """Queue a job."""
        self._connection.execute(insert(schema.job), {f.name: getattr(job, f.name) for f in fields(Job)})

    def get(self, job_id: str) -> Job | None:
        """The job, None where there is none."""
        row = self._connection.execute(select(*self._columns).where(schema.job.c.id == job_id)).mappings()
        found = row.first()
        return None if found is None else Job(**found)

    def unfinished(self) -> list[Job]:
        """Queued and running jobs, oldest first."""
        query = select(*self._columns).where(schema.job.c.state.in_(("queued", "running")))
        rows = self._connection.execute(query.order_by(schema.job.c.created_at, schema.job.c.id)).mappings()
        return [Job(**row) for row in rows]

    def update(self, job_id: str, **values: Any) -> None:
        """Set columns of a job."""
        self._connection.execute(update(schema.job).where(schema.job.c.id == job_id).values(**values))
