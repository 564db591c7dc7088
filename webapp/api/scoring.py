"""Plan mode: a plan made by hand or elsewhere, scored without being kept."""

from __future__ import annotations

from typing import Annotated, Any

from apiflask import APIBlueprint
from pydantic import Field, model_validator

from gridmgr.services import planning
from gridmgr.services.queries import dayview
from webapp.api import day_shown
from webapp.api.day_models import FindingOut, PlanOut
from webapp.api.schemas import Answer, Body, Code
from webapp.dates import read_day
from webapp.guards import require_scope, requires
from webapp.state import ctx
from webapp.texts import say

scoring_api = APIBlueprint("api_scoring", __name__, tag="days")


class OrderIn(Body):
    """A squad's stops, in the order they are to be visited."""

    squad_id: Code
    stops: Annotated[list[Code], Field(max_length=500)]


class ScoreIn(Body):
    """A whole plan; squads left out stay at the office."""

    squads: Annotated[list[OrderIn], Field(max_length=200)]

    @model_validator(mode="after")
    def _once_each(self) -> ScoreIn:
        names = [squad.squad_id for squad in self.squads]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise ValueError(f"squad_id {twice!r} is given twice")
        return self


class ScoredFindingOut(FindingOut):
    """Something the plan breaks, with the rule's code and by how much."""

    code: str
    numbers: dict[str, float]


class ScoreOut(Answer):
    """What the plan is worth and breaks; `lawful` when it could be published as it is."""

    lawful: bool
    prize: int
    travel_seconds: int
    travel_metres: int
    findings: list[ScoredFindingOut]
    plan: PlanOut


@scoring_api.post("/days/<township>/<day>/score")
@scoring_api.input(ScoreIn, arg_name="body")
@scoring_api.output(ScoreOut)
@requires("planner", "lead", "admin")
def post_score(township: str, day: str, body: ScoreIn) -> dict[str, Any]:
    """Score a plan made by hand over the day's squads, listing each violation with numbers; keeps nothing."""
    require_scope(township)
    when = read_day(day)
    orders = {squad.squad_id: tuple(squad.stops) for squad in body.squads}
    score = planning.score_day(ctx(), township_code=township, day=when, orders=orders)
    view = dayview.plan_words(ctx(), township_code=township, day=when)
    plan = view.names.plan(score.plan)
    return {
        "lawful": score.lawful,
        "prize": score.prize,
        "travel_seconds": score.travel_seconds,
        "travel_metres": score.travel_metres,
        "findings": [
            day_shown.finding_shown(finding)
            | {
                "text": say(view.names.message(finding.message, plan)),
                "code": finding.code,
                "numbers": {name: float(value) for name, value in finding.numbers.items()},
            }
            for finding in score.findings
        ],
        "plan": day_shown.PlanShown(view).plan(plan),
    }
