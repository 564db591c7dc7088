"""A township's week planned at once: looked at here, planned by a job of kind `week`."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from apiflask import APIBlueprint

from gridmgr.domain.week import WeekPlan
from gridmgr.services.planning import week_of
from gridmgr.services.queries.week import village_names
from webapp.api.day_shown import local
from webapp.api.schemas import Answer, Day, Query
from webapp.guards import require_scope, requires
from webapp.state import ctx
from webapp.texts import say

weeks_api = APIBlueprint("api_weeks", __name__, tag="weeks")


class WeekQuery(Query):
    """A day of the week looked for; today by default."""

    date: Day | None = None


class WeekRouteOut(Answer):
    """What a squad does on a day by the week plan: villages in order, minutes, and the most allowed."""

    villages: list[str]
    minutes: int
    most_minutes: int


class WeekDayOut(Answer):
    """What a day of the week holds: squads, their working minutes, and what the plan fills of them.

    ``recoverable``: of the day's visits, those for which later days have room if the day is lost.
    """

    date: date
    squads: int
    open: bool
    minutes: int
    used_minutes: int
    visits: int
    recoverable: int | None
    routes: list[WeekRouteOut]


class WeekVillageOut(Answer):
    """A village in the week: its visits, debt on the eve and at the end, spacing, and why it gets no more."""

    village: str
    name: str
    due: int
    done: list[date]
    planned: list[date]
    short: int
    debt_before: float
    debt_after: float
    close_days: int
    waiting_days: int
    reason_text: str | None


class WeekPlanOut(Answer):
    """One plan of a week."""

    id: str
    number: int
    township: str
    first: date
    last: date
    as_of: date
    created_at: datetime
    created_by: str
    status: str
    seed: int
    seconds: float
    cost: int
    bound: int
    travel_minutes: int
    reserve_percent: int
    slack_days: int
    days: list[WeekDayOut]
    villages: list[WeekVillageOut]
    notes: list[str]


class WeekOut(Answer):
    """The week plan in force on the day; null where none was made."""

    plan: WeekPlanOut | None


@weeks_api.get("/weeks/<township>")
@weeks_api.input(WeekQuery, location="query", arg_name="query")
@weeks_api.output(WeekOut)
@requires("planner", "lead", "admin")
def get_week(township: str, query: WeekQuery) -> dict[str, Any]:
    """Show the week plan in force on a day."""
    require_scope(township)
    plan = week_of(ctx(), township_code=township, day=query.date or ctx().clock.today())
    return {"plan": None if plan is None else _shown(plan)}


def _shown(plan: WeekPlan) -> dict[str, Any]:
    names = village_names(ctx(), plan.township_code)
    same = ("id", "number", "first", "last", "as_of", "created_by", "status", "seed", "cost", "bound")
    return {name: getattr(plan, name) for name in same} | {
        "township": plan.township_code,
        "created_at": local(plan.created_at),
        "seconds": round(plan.seconds, 3),
        "travel_minutes": round(plan.travel_seconds / 60),
        "reserve_percent": plan.rules.reserve_percent,
        "slack_days": plan.rules.slack_days,
        "days": [
            {
                "date": item.day,
                "squads": item.squads,
                "open": item.open,
                "minutes": item.seconds // 60,
                "used_minutes": round(item.used_seconds / 60),
                "visits": item.visits,
                "recoverable": item.recoverable,
                "routes": [
                    {
                        "villages": list(route.villages),
                        "minutes": round(route.seconds / 60),
                        "most_minutes": route.limit // 60,
                    }
                    for route in item.routes
                ],
            }
            for item in plan.days
        ],
        "villages": [
            {
                "village": item.village_code,
                "name": names.get(item.village_code, item.village_code),
                "due": item.due,
                "done": list(item.done),
                "planned": list(item.planned),
                "short": item.short,
                "debt_before": item.debt_before,
                "debt_after": item.debt_after,
                "close_days": item.close_days,
                "waiting_days": item.waiting_days,
                "reason_text": say(item.reason) if item.reason else None,
            }
            for item in plan.villages
        ],
        "notes": [say(note) for note in plan.notes],
    }
