"""What the worker does by itself from time to time, besides the jobs people ask for."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import structlog

from gridmgr.services.context import Context
from gridmgr.services.deadlines.escalating import check_deadlines
from gridmgr.services.intake.retention import purge
from gridmgr.services.planning.week_standing import replan_weeks
from gridmgr.services.rosters import expire
from gridmgr.services.routing.repeated import look_everywhere

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Chore:
    """Something to be done again and again.

    Parameters
    ----------
    name
        For the log.
    seconds
        From one time to the next.
    run
        Does it; it must be right to do it twice, and after a long time without.
    """

    name: str
    seconds: float
    run: Callable[[Context], Any]


CHORES: tuple[Chore, ...] = (
    Chore(name="deadlines", seconds=60, run=check_deadlines),
    Chore(name="weeks", seconds=3600, run=replan_weeks),
    Chore(name="joint matters", seconds=900, run=look_everywhere),
    Chore(name="privacy", seconds=3600, run=purge),
    Chore(name="swaps", seconds=600, run=expire),
)


@dataclass
class Chores:
    """Does each chore when its time has come; the first time at once.

    Parameters
    ----------
    chores
        What to do.
    now
        Seconds that only go forward.
    """

    chores: tuple[Chore, ...] = CHORES
    now: Callable[[], float] = time.monotonic
    _next: dict[str, float] = field(default_factory=dict)

    def run_due(self, ctx: Context) -> None:
        """Do what is due; what fails is logged, tried again next time, and holds up nothing else."""
        for chore in self.chores:
            now = self.now()
            if now < self._next.get(chore.name, now):
                continue
            self._next[chore.name] = now + chore.seconds
            try:
                chore.run(ctx)
            except Exception:
                log.exception("chore failed", chore=chore.name)
