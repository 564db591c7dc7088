"""Ways to plan ownership side by side: the last comparison of a township, and adopting one of its points."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from apiflask import APIBlueprint
from flask import Response, make_response
from pydantic import Field

from gridmgr.domain.assignments import OwnershipPlan
from gridmgr.domain.scenarios import ScenarioPoint, ScenarioResult
from gridmgr.services import planning
from gridmgr.services.planning import OwnershipNotPublishable
from gridmgr.services.planning.comparing import ComparisonView
from webapp.api.day_shown import local
from webapp.api.ownership import breach_shown
from webapp.api.schemas import Answer, Body, Code
from webapp.errors import answer
from webapp.guards import require_scope, requires
from webapp.state import ctx, me
from webapp.texts import language, say, t

scenarios_api = APIBlueprint("api_scenarios", __name__, tag="ownership")

_FIGURES = (
    "led",
    "uncovered",
    "changes",
    "early_changes",
    "heaviest_hours",
    "lightest_hours",
    "minutes",
    "spread_percent",
    "fit_percent",
)


class FiguresOut(Answer):
    """What an office compares; see `gridmgr.domain.scenarios.ScenarioResult` for what each figure means.

    `changes` are villages that get another lead, `spread_percent` is how uneven the loads are.
    """

    led: int
    uncovered: int
    changes: int
    early_changes: int
    heaviest_hours: float
    lightest_hours: float
    minutes: float
    spread_percent: float
    fit_percent: float | None


class ChangeOut(Answer):
    """A village that gets another lead than under the plan in force; nobody is null."""

    village: str
    village_name: str
    before: str | None
    before_name: str | None
    after: str | None
    after_name: str | None
    why: list[str]


class PointOut(Answer):
    """One way of planning.

    `best` says that no other point has both fewer changes and more even loads; `most_changes` is the limit it
    is the most even plan within. `leads` has officers by village.
    """

    id: str
    title: str
    names: list[str]
    most_changes: int | None
    best: bool
    proven: bool
    figures: FiguresOut
    leads: dict[str, str]
    changes: list[ChangeOut]


class ComparisonOut(Answer):
    """A comparison. `now` has the figures of the plan that was in force, `leads_now` its leads by village."""

    id: str
    created_at: datetime
    created_by: str
    stale: bool
    now: FiguresOut | None
    leads_now: dict[str, str]
    points: list[PointOut]


class ScenariosOut(Answer):
    """A township's last comparison; `version` is that of its ownership, for adopting."""

    version: int
    comparison: ComparisonOut | None
    officers: dict[str, str]


class AdoptIn(Body):
    """The point to adopt, and why; `version` is that of the ownership that was looked at."""

    comparison: Code
    point: Code
    why: Annotated[str, Field(max_length=500)] = ""
    version: Annotated[int, Field(ge=0)]


class AdoptedOut(Answer):
    """The new draft."""

    draft: str
    version: int
    state: Literal["draft"]


@scenarios_api.get("/ownership/<township>/scenarios")
@scenarios_api.output(ScenariosOut)
@requires("planner", "lead", "admin")
def get_scenarios(township: str) -> dict[str, Any]:
    """Show the township's last comparison; a job of kind `scenarios` makes a new one."""
    require_scope(township)
    view = planning.view_comparison(ctx(), township_code=township)
    return {
        "version": view.version,
        "comparison": _comparison(view),
        "officers": dict(view.names.officers),
    }


@scenarios_api.post("/ownership/<township>/scenarios/adopt")
@scenarios_api.input(AdoptIn, arg_name="body")
@scenarios_api.output(AdoptedOut)
@requires("planner", "admin")
def adopt(township: str, body: AdoptIn) -> dict[str, Any] | Response:
    """Make a point's plan the draft of the township's ownership.

    Refused where another plan has come into force since, or where the plan has become unlawful;
    `fields.breaches` of the error then lists why.
    """
    require_scope(township)
    try:
        plan = planning.adopt_point(
            ctx(),
            township_code=township,
            comparison_id=body.comparison,
            point_id=body.point,
            actor=me().name,
            why=body.why,
            expected_version=body.version,
        )
    except OwnershipNotPublishable as error:
        shown = [breach_shown(breach) for breach in error.breaches]
        return make_response(*answer(422, error.render(language()), fields={"breaches": shown}))
    return {"draft": plan.id, "version": body.version + 1, "state": "draft"}


def _comparison(view: ComparisonView) -> dict[str, Any] | None:
    found = view.comparison
    if found is None:
        return None
    before = _leads(view.base)
    return {
        "id": found.id,
        "created_at": local(found.created_at),
        "created_by": found.created_by,
        "stale": view.stale,
        "now": _figures(found.now) if found.now else None,
        "leads_now": before,
        "points": [_point(view, point, before) for point in found.points],
    }


def _point(view: ComparisonView, point: ScenarioPoint, before: Mapping[str, str]) -> dict[str, Any]:
    return {
        "id": point.id,
        "title": _title(point),
        "names": list(point.names),
        "most_changes": point.most_changes,
        "best": point.best,
        "proven": point.result.status == "OPTIMAL",
        "figures": _figures(point.result),
        "leads": _leads(point.plan),
        "changes": _changes(view, point.plan, before),
    }


def _title(point: ScenarioPoint) -> str:
    """What a point is called: its scenarios, or the limit it was planned within."""
    named = [t(f"ownership.scenario_{name}") for name in point.names if name != "front"]
    if named:
        return t("ownership.scenario_joint").join(named)
    return t("ownership.scenario_within", most=point.result.changes)


def _changes(view: ComparisonView, plan: OwnershipPlan, before: Mapping[str, str]) -> list[dict[str, Any]]:
    after, people, places = _leads(plan), view.names.officers, view.names.villages
    why = {r.village_code: r.why for r in plan.responsibilities if r.role == "lead"}
    why |= {item.village_code: (item.reason,) for item in plan.uncovered}
    rows = []
    for code in sorted(before.keys() | after.keys()):
        old, new = before.get(code), after.get(code)
        if old == new:
            continue
        rows.append(
            {
                "village": code,
                "village_name": places.get(code, code),
                "before": old,
                "before_name": people.get(old, old) if old else None,
                "after": new,
                "after_name": people.get(new, new) if new else None,
                "why": [say(message) for message in why.get(code, ())],
            }
        )
    return rows


def _figures(result: ScenarioResult) -> dict[str, Any]:
    return {name: getattr(result, name) for name in _FIGURES}


def _leads(plan: OwnershipPlan | None) -> dict[str, str]:
    return {r.village_code: r.officer_id for r in plan.responsibilities if r.role == "lead"} if plan else {}
