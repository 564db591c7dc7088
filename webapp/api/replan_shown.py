"""What the API tells of the rest of a day planned anew."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from gridmgr.services.jobs import Job
from gridmgr.services.planning import Finding
from gridmgr.services.planning.replan_words import ChangedStop
from gridmgr.services.planning.replanning import Ahead, Replanned
from gridmgr.services.queries.dayview import DayView
from webapp.api.day_models import FindingOut, PlanOut
from webapp.api.day_shown import PlanShown, finding_shown, local
from webapp.api.schemas import Answer
from webapp.texts import say


class AheadOut(Answer):
    """What lies ahead of the squads by one plan."""

    visits: int
    prize: int
    travel_minutes: int


class RestChangeOut(Answer):
    """What becomes of one stop; `minutes` later, negative if earlier, where both times are known."""

    stop_id: str
    name: str
    kind: Literal["kept", "retimed", "reordered", "moved", "dropped", "added"]
    squad_before: int | None
    squad_after: int | None
    start_before: datetime | None
    start_after: datetime | None
    minutes: int | None
    reason_text: str | None
    text: str


class ReplanOut(Answer):
    """The rest of a day planned anew.

    `told` is what the published plan has ahead, `rest` what of it is still possible unchanged, `ahead` the
    new plan. `disturbed` counts stops that go to another squad, in another order or to none. `version` is the
    version of the day it was made from, and the one to accept it with.
    """

    job_id: str
    preview: bool
    version: int
    now: datetime
    told: AheadOut
    rest: AheadOut
    ahead: AheadOut
    disturbed: int
    late_minutes: int
    changes: list[RestChangeOut]
    plan: PlanOut
    findings: list[FindingOut]


def replan_shown(view: DayView, job: Job, made: Replanned, findings: Sequence[Finding]) -> dict[str, Any]:
    """The rest of a day, for `ReplanOut`."""
    plan = view.names.plan(made.plan)
    return {
        "job_id": job.id,
        "preview": bool(job.args.get("preview")),
        "version": made.version,
        "now": local(made.now),
        "told": _ahead(made.told),
        "rest": _ahead(made.rest),
        "ahead": _ahead(made.ahead),
        "disturbed": made.disturbed,
        "late_minutes": round(made.late_seconds / 60),
        "changes": [_change(change) for change in made.changes],
        "plan": PlanShown(view).plan(plan),
        "findings": [
            finding_shown(finding) | {"text": say(view.names.message(finding.message, plan))}
            for finding in findings
        ],
    }


def _ahead(ahead: Ahead) -> dict[str, int]:
    return {
        "visits": ahead.visits,
        "prize": ahead.prize,
        "travel_minutes": round(ahead.travel_seconds / 60),
    }


def _change(change: ChangedStop) -> dict[str, Any]:
    same = ("stop_id", "name", "kind", "squad_before", "squad_after", "minutes")
    return {name: getattr(change, name) for name in same} | {
        "start_before": local(change.start_before),
        "start_after": local(change.start_after),
        "reason_text": say(change.reason) if change.reason else None,
        "text": say(change.words),
    }
