"""Ownership of a township: who answers for which village, changed by hand, published."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from apiflask import APIBlueprint
from flask import Response, make_response
from pydantic import Field

from gridmgr.domain.assignments import OwnershipPlan
from gridmgr.services import planning
from gridmgr.services.planning import OwnershipNotPublishable
from gridmgr.services.planning.lawful import Breach
from gridmgr.services.queries.dayview import Owners
from gridmgr.services.queries.ownership import OwnershipView, view_ownership
from webapp.api.day_models import VersionIn
from webapp.api.day_shown import local
from webapp.api.schemas import Answer, Body, Code
from webapp.errors import answer
from webapp.guards import require_scope, requires
from webapp.state import ctx, me
from webapp.texts import language, say, t

ownership_api = APIBlueprint("api_ownership", __name__, tag="ownership")


class ResponsibilityOut(Answer):
    """An officer answers for a village."""

    officer: str
    officer_name: str
    village: str
    village_name: str
    role: Literal["lead", "support"]
    why: list[str]


class UncoveredOut(Answer):
    """A village without a lead officer, and why."""

    village: str
    village_name: str
    reason_text: str


class OwnershipPlanOut(Answer):
    """One revision of a township's ownership."""

    id: str
    status: str
    objective: float | None
    bound: float | None
    seconds: float
    created_at: datetime
    created_by: str
    missing_officers: int
    why: list[str]
    responsibilities: list[ResponsibilityOut]
    uncovered: list[UncoveredOut]


class BreachOut(Answer):
    """What keeps a plan from being lawful today, and where."""

    village: str | None
    officer: str | None
    text: str


class OwnershipOut(Answer):
    """A township's ownership. The published plan is left out where it is the draft (`published_same`).

    `breaches` says in words why the draft cannot be published today; where there is no draft, what is wrong
    by now with the plan in force.
    """

    version: int
    state: Literal["none", "draft", "changed", "published"]
    state_text: str
    published_at: datetime | None
    draft: OwnershipPlanOut | None
    published: OwnershipPlanOut | None
    published_same: bool
    breaches: list[BreachOut]


class LeadIn(Body):
    """Another lead officer for a village; none takes the lead away."""

    village_code: Code
    officer_id: Code | None
    why: Annotated[str, Field(max_length=500)] = ""
    version: Annotated[int, Field(ge=0)]


@ownership_api.get("/ownership/<township>")
@ownership_api.output(OwnershipOut)
@requires("planner", "lead", "admin")
def get_ownership(township: str) -> dict[str, Any]:
    """Show who answers for which village."""
    return _shown(township)


@ownership_api.post("/ownership/<township>/publish")
@ownership_api.input(VersionIn, arg_name="body")
@ownership_api.output(OwnershipOut)
@requires("planner", "admin")
def publish_ownership(township: str, body: VersionIn) -> dict[str, Any] | Response:
    """Put the draft into force.

    It is checked again against what is on record today; `fields.breaches` of the error lists what is wrong.
    """
    require_scope(township)
    try:
        planning.publish_ownership(
            ctx(), township_code=township, actor=me().name, expected_version=body.version
        )
    except OwnershipNotPublishable as error:
        shown = [breach_shown(breach) for breach in error.breaches]
        return make_response(*answer(422, error.render(language()), fields={"breaches": shown}))
    return _shown(township)


@ownership_api.post("/ownership/<township>/lead")
@ownership_api.input(LeadIn, arg_name="body")
@ownership_api.output(OwnershipOut)
@requires("planner", "admin")
def change_lead(township: str, body: LeadIn) -> dict[str, Any]:
    """Give a village another lead officer by hand, as a new draft."""
    require_scope(township)
    planning.change_lead(
        ctx(),
        township_code=township,
        village_code=body.village_code,
        officer_id=body.officer_id,
        actor=me().name,
        why=body.why,
        expected_version=body.version,
    )
    return _shown(township)


def _shown(township: str) -> dict[str, Any]:
    require_scope(township)
    view = view_ownership(ctx(), township_code=township)
    owners = view.owners
    same = owners.head.published_id is not None and owners.head.published_id == owners.head.draft_id
    return {
        "version": owners.head.version,
        "state": owners.state,
        "state_text": t(f"day.ownership.{owners.state}"),
        "published_at": local(owners.head.published_at),
        "draft": _plan(view, owners, owners.draft),
        "published": None if same else _plan(view, owners, owners.published),
        "published_same": same,
        "breaches": [breach_shown(breach) for breach in view.breaches],
    }


def breach_shown(breach: Breach) -> dict[str, Any]:
    """A breach, for `BreachOut`."""
    return {"village": breach.village_code, "officer": breach.officer_id, "text": say(breach.message)}


def _plan(view: OwnershipView, owners: Owners, plan: OwnershipPlan | None) -> dict[str, Any] | None:
    if plan is None:
        return None
    same = ("id", "status", "objective", "bound", "seconds", "created_by", "missing_officers")
    return {name: getattr(plan, name) for name in same} | {
        "created_at": local(plan.created_at),
        "why": [say(message) for message in plan.why],
        "responsibilities": [
            {
                "officer": item.officer_id,
                "officer_name": owners.names.get(item.officer_id, item.officer_id),
                "village": item.village_code,
                "village_name": view.villages.get(item.village_code, item.village_code),
                "role": item.role,
                "why": [say(message) for message in item.why],
            }
            for item in plan.responsibilities
        ],
        "uncovered": [
            {
                "village": item.village_code,
                "village_name": view.villages.get(item.village_code, item.village_code),
                "reason_text": say(item.reason),
            }
            for item in plan.uncovered
        ],
    }
