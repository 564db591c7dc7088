"""Why something is missing and what would help: asked for as a job, read when it is there."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from apiflask import APIBlueprint

from gridmgr.domain.relief import DayRelief, Remedy, SquadRelief
from gridmgr.services import jobs
from gridmgr.services.relief import day_relief
from gridmgr.texts import Message
from webapp.api.day_shown import local
from webapp.api.jobs import JobOut, job_shown
from webapp.api.schemas import Answer
from webapp.dates import read_day
from webapp.guards import require_scope, requires
from webapp.state import ctx, me
from webapp.texts import say

_NONE_FOR_STOP = Message("relief.none_for_stop")

relief_api = APIBlueprint("api_relief", __name__, tag="days")


class RemedyOut(Answer):
    """A change, or two at once, with the figure it is about before and after; found by solving with it."""

    kinds: list[str]
    text: str
    before: float
    after: float


class SquadReliefOut(Answer):
    """What keeps the day from more squads that may enforce.

    `together` are two changes, where no single one helps; `note` says that nothing single does, or that not
    everything could be tried.
    """

    asked: int
    formed: int
    reasons: list[str]
    remedies: list[RemedyOut]
    together: RemedyOut | None
    note: str | None


class StopFixesOut(Answer):
    """What would let a stop in, the lightest first; `note` where no single change does."""

    stop_id: str
    fixes: list[str]
    note: str | None


class DayReliefOut(Answer):
    """What would help the draft as it stands; `ready` is false where that was not worked out yet."""

    ready: bool
    revision: str | None
    made_at: datetime | None
    squads: SquadReliefOut | None
    stops: list[StopFixesOut]


@relief_api.get("/days/<township>/<day>/relief")
@relief_api.output(DayReliefOut)
@requires("planner", "lead", "admin")
def get_day_relief(township: str, day: str) -> dict[str, Any]:
    """Tell what would help the day's draft, where it was worked out."""
    require_scope(township)
    return _day_shown(day_relief(ctx(), township_code=township, day=read_day(day)))


@relief_api.post("/days/<township>/<day>/relief")
@relief_api.output(JobOut, status_code=202)
@requires("planner", "admin")
def post_day_relief(township: str, day: str) -> dict[str, Any]:
    """Ask for what would help the day's draft to be worked out; a job that is at it already is given back."""
    require_scope(township)
    when = read_day(day).isoformat()
    return job_shown(jobs.enqueue_once(ctx(), "relief", township_code=township, actor=me().name, day=when))


def _day_shown(found: DayRelief | None) -> dict[str, Any]:
    if found is None:
        return {"ready": False, "revision": None, "made_at": None, "squads": None, "stops": []}
    return {
        "ready": True,
        "revision": found.revision,
        "made_at": local(found.made_at),
        "squads": squads_shown(found.squads),
        "stops": [
            {
                "stop_id": stop_id,
                "fixes": [say(fix.message) for fix in fixes],
                "note": None if fixes else say(_NONE_FOR_STOP),
            }
            for stop_id, fixes in found.stops.items()
        ],
    }


def squads_shown(found: SquadRelief) -> dict[str, Any]:
    """What would give more lawful squads, for `SquadReliefOut`."""
    return {
        "asked": found.asked,
        "formed": found.formed,
        "reasons": [say(reason) for reason in found.reasons],
        "remedies": [remedy_shown(remedy) for remedy in found.remedies],
        "together": remedy_shown(found.together) if found.together else None,
        "note": say(found.note) if found.note else None,
    }


def remedy_shown(remedy: Remedy) -> dict[str, Any]:
    """A remedy, for `RemedyOut`."""
    return {
        "kinds": list(remedy.kinds),
        "text": say(remedy.message),
        "before": remedy.before,
        "after": remedy.after,
    }
