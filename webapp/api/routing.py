"""Who should deal with an incident: candidates with their reasons."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from apiflask import APIBlueprint

from gridmgr.domain.routing.candidates import Candidate, first_free
from gridmgr.services.routing import candidates
from gridmgr.services.routing.advising import top_body
from gridmgr.services.routing.foreseen import AtIt
from webapp.api.day_shown import local
from webapp.api.joint_shown import body_text
from webapp.api.schemas import Answer, Code, Query
from webapp.guards import requires
from webapp.state import ctx, me
from webapp.texts import say, t

routing_api = APIBlueprint("api_routing", __name__, tag="cases")


class RoutingQuery(Query):
    """Which incident."""

    incident: Code


class ReasonOut(Answer):
    """A reason and the points it counts for."""

    text: str
    points: int


class CandidateOut(Answer):
    """Somebody who could deal with it: `held` says why they had better not, `top` is the first choice.

    `at` is when a squad could be there, by an estimate from straight lines. A body named `office` is the
    township's own.
    """

    id: str
    name: str
    score: int
    top: bool
    held: list[str]
    reasons: list[ReasonOut]
    at: datetime | None


class AtItOut(Answer):
    """Another body's case near by."""

    case_id: str
    incident_id: str
    category: str
    state_text: str
    body: str
    body_text: str
    metres: int
    opened_at: datetime


class AdviceOut(Answer):
    """Candidates for an incident, the best first; `warning` where the duty is not on the township's list.

    `at_it` are cases of other bodies that are probably about the same matter, where it is no case yet.
    """

    incident_id: str
    case_id: str | None
    item_code: str | None
    item_name: str | None
    item_version: int | None
    warning: str | None
    refused: bool
    officers: list[CandidateOut]
    squads: list[CandidateOut]
    bodies: list[CandidateOut]
    at_it: list[AtItOut]


@routing_api.get("/routing/candidates")
@routing_api.input(RoutingQuery, location="query", arg_name="query")
@routing_api.output(AdviceOut)
@routing_api.doc(responses=[404])
@requires("planner", "lead", "admin")
def get_candidates(query: RoutingQuery) -> dict[str, Any]:
    """Rank officers, today's squads and bodies for an incident, with what speaks for and against each.

    The item is taken in the version of the incident's day. Which of them was chosen instead of the first is
    kept with the step of the case.
    """
    found = candidates.candidates(ctx(), query.incident, user=me())
    item, listing = found.item, found.listing
    lead = top_body(found.bodies)
    return {
        "incident_id": found.incident.id,
        "case_id": found.case.id if found.case else None,
        "item_code": item.code if item else None,
        "item_name": item.name if item else None,
        "item_version": item.version if item else None,
        "warning": say(listing.problem) if listing and listing.problem else None,
        "refused": listing.refused if listing else False,
        "officers": [_shown(one, first_free(found.officers)) for one in found.officers],
        "squads": [_shown(one, first_free(found.squads)) for one in found.squads],
        "bodies": [_shown(one, lead) for one in found.bodies],
        "at_it": [_at_it(one) for one in found.at_it],
    }


def _shown(item: Candidate, top: Candidate | None) -> dict[str, Any]:
    name = t("routing.squad_name", n=item.name) if item.kind == "squad" else body_text(item.name)
    return {
        "id": item.id,
        "name": name,
        "score": item.score,
        "top": item is top,
        "held": [say(words) for words in item.held],
        "reasons": [{"text": say(part.words), "points": part.points} for part in item.parts],
        "at": item.at,
    }


def _at_it(item: AtIt) -> dict[str, Any]:
    case = item.case
    return {
        "case_id": case.id,
        "incident_id": case.incident_id,
        "category": case.category,
        "state_text": t(f"case.state.{case.state}"),
        "body": item.body,
        "body_text": body_text(item.body),
        "metres": round(item.metres),
        "opened_at": local(case.opened_at),
    }
