"""Reports told twice: suggested, merged by a person, taken apart again."""

from __future__ import annotations

from typing import Annotated, Any

from apiflask import APIBlueprint
from flask import url_for
from pydantic import Field

from gridmgr.domain.cases import Case
from gridmgr.domain.incidents import Incident
from gridmgr.services.routing import duplicates
from gridmgr.services.routing.duplicates import Repeats, Suggestion
from webapp.api.day_shown import local
from webapp.api.schemas import Answer, Body, Code, Timestamp
from webapp.guards import requires
from webapp.state import ctx, me
from webapp.texts import say, t

duplicates_api = APIBlueprint("api_duplicates", __name__, tag="cases")

Note = Annotated[str, Field(max_length=500)]


class OtherReportOut(Answer):
    """Another report; degrees WGS84. Its state is its case's where it has one."""

    incident_id: str
    case_id: str | None
    reported_at: Timestamp
    source_text: str
    category: str
    description: str
    state_text: str
    lon: float
    lat: float
    photos: list[str]


class SuggestionOut(OtherReportOut):
    """A report that may tell of the same matter: score out of 100, why, and whether it can be merged into."""

    score: int
    metres: int
    days: float
    words_percent: int | None
    reasons: list[str]
    can_merge: bool


class RepeatsOut(Answer):
    """A report's repeats: the case it was merged into, what was merged into its own, and what may be."""

    incident_id: str
    case_id: str | None
    merged_into: str | None
    merged: list[OtherReportOut]
    suggestions: list[SuggestionOut]


class MergeIn(Body):
    """The incident that goes on, and words for the trail."""

    into: Code
    note: Note = ""


class UnmergeIn(Body):
    """Words for the trail."""

    note: Note = ""


@duplicates_api.get("/incidents/<incident_id>/duplicates")
@duplicates_api.output(RepeatsOut)
@requires("planner", "lead", "admin")
def get_duplicates(incident_id: str) -> dict[str, Any]:
    """Suggest reports that may tell of the same matter, with what speaks for it."""
    return _shown(duplicates.repeats_of(ctx(), incident_id, user=me()))


@duplicates_api.post("/incidents/<incident_id>/merge")
@duplicates_api.input(MergeIn, arg_name="body")
@duplicates_api.output(RepeatsOut, status_code=201)
@requires("planner", "admin")
def post_merge(incident_id: str, body: MergeIn) -> dict[str, Any]:
    """Merge a report into another one. Its sender follows the surviving case; it can be taken apart again."""
    duplicates.merge(ctx(), incident_id, into=body.into, note=body.note, user=me())
    return _shown(duplicates.repeats_of(ctx(), incident_id, user=me()))


@duplicates_api.post("/incidents/<incident_id>/unmerge")
@duplicates_api.input(UnmergeIn, arg_name="body")
@duplicates_api.output(RepeatsOut, status_code=201)
@requires("planner", "admin")
def post_unmerge(incident_id: str, body: UnmergeIn) -> dict[str, Any]:
    """Take a merging back: the case and its deadlines go on as if it had not been."""
    duplicates.unmerge(ctx(), incident_id, why=body.note, user=me())
    return _shown(duplicates.repeats_of(ctx(), incident_id, user=me()))


def _shown(found: Repeats) -> dict[str, Any]:
    return {
        "incident_id": found.incident.id,
        "case_id": found.case.id if found.case else None,
        "merged_into": found.original.id if found.original else None,
        "merged": [_report(item, case, photos) for item, case, photos in found.merged],
        "suggestions": [_suggestion(item) for item in found.suggestions],
    }


def _report(incident: Incident, case: Case | None, photos: tuple[str, ...]) -> dict[str, Any]:
    state = f"case.state.{case.state}" if case else f"routing.state_{incident.state}"
    return {name: getattr(incident, name) for name in ("category", "description", "lon", "lat")} | {
        "incident_id": incident.id,
        "case_id": case.id if case else None,
        "reported_at": local(incident.reported_at),
        "source_text": t(f"day.source.{incident.source}"),
        "state_text": t(state),
        "photos": [url_for("photos.photo", photo_id=photo) for photo in photos],
    }


def _suggestion(item: Suggestion) -> dict[str, Any]:
    seen = item.resemblance
    return _report(item.incident, item.case, item.photos) | {
        "score": round(seen.score),
        "metres": round(seen.metres),
        "days": round(seen.days, 1),
        "words_percent": None if seen.words is None else round(100 * seen.words),
        "reasons": [say(reason) for reason in seen.reasons],
        "can_merge": item.can_merge,
    }
