"""From a township's week as it stands to its plan, checked and with its reasons; reads and stores nothing."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from gridmgr.domain.places import Village
from gridmgr.domain.week import WeekDay, WeekPlan, WeekRoute, WeekVillage
from gridmgr.errors import NoPlan
from gridmgr.geo.routers.base import Matrix, Router
from gridmgr.services.planning.drafts import words
from gridmgr.services.planning.week_checking import Land, UnverifiedWeekError, week_findings
from gridmgr.services.planning.week_cost import spacing
from gridmgr.services.planning.week_inputs import WeekInputs
from gridmgr.services.planning.week_problem import build_week
from gridmgr.texts import Message
from planners import periodic
from planners.result import Reason, Result
from planners.stop import Stop

#: Debts smaller than that are rounding.
_NO_DEBT = 0.005


@dataclass(frozen=True, kw_only=True)
class Stamp:
    """Which plan, when (aware) and by whom."""

    plan_id: str
    at: datetime
    by: str


def make_week(inputs: WeekInputs, router: Router, stop: Stop, *, seed: int, stamp: Stamp) -> WeekPlan:
    """The week's plan.

    Raises
    ------
    NoPlan
        With the reasons, where the planner finds none.
    UnverifiedWeekError
        If what was found breaks a rule: a fault of this program.
    """
    problem, matrix = build_week(inputs, router)
    result = periodic.solve(problem, stop, seed)
    if result.solution is None:
        reasons = "; ".join(words(reason).render("en") for reason in result.reasons)
        raise NoPlan("week.no_plan", township=inputs.township_code, reasons=reasons)
    plan = WeekPlan(
        id=stamp.plan_id,
        number=inputs.number + 1,
        township_code=inputs.township_code,
        first=inputs.first,
        as_of=inputs.as_of,
        created_at=stamp.at,
        created_by=stamp.by,
        status=result.status.value,
        engine=result.engine,
        seed=seed,
        seconds=result.seconds,
        cost=result.solution.cost,
        bound=round(result.bound or 0),
        travel_seconds=result.solution.travel,
        days=_days(inputs, problem, result.solution),
        villages=_villages(inputs, result, matrix),
        rules=inputs.office.week_rules,
        notes=_notes(inputs),
    )
    land = Land.of(inputs.villages, matrix, visit_minutes=inputs.office.village_visit_minutes)
    if broken := week_findings(plan, land, visits=inputs.visits, since=inputs.since):
        raise UnverifiedWeekError(broken)
    return plan


def _days(
    inputs: WeekInputs, problem: periodic.Problem, solution: periodic.PeriodicPlan
) -> tuple[WeekDay, ...]:
    orders = {route.vehicle: route.customers for route in solution.routes}
    found = []
    for day, limits in inputs.limits.items():
        offset = (day - inputs.first).days
        routes = [
            (problem.vehicle(route.vehicle), route)
            for route in solution.routes
            if problem.vehicle(route.vehicle).day == offset
        ]
        visits = sum(len(route.customers) for _, route in routes)
        found.append(
            WeekDay(
                day=day,
                squads=len(limits),
                open=inputs.is_open(day),
                seconds=sum(limits),
                used_seconds=sum(route.duration for _, route in routes),
                routes=tuple(
                    WeekRoute(villages=route.customers, seconds=route.duration, limit=vehicle.limit or 0)
                    for vehicle, route in routes
                ),
                recoverable=len(periodic.recoverable(problem, orders, offset)) if visits else None,
            )
        )
    return tuple(found)


def _villages(
    inputs: WeekInputs, result: Result[periodic.PeriodicPlan], matrix: Matrix
) -> tuple[WeekVillage, ...]:
    solution = result.solution
    assert solution is not None
    shorts = {item.customer: item.reason for item in solution.short}
    found = []
    for node, village in enumerate(inputs.villages, start=1):
        code = village.code
        chosen = {inputs.first + timedelta(days=offset) for offset in solution.days[code]}
        lies = spacing(inputs, village, chosen)
        item = WeekVillage(
            village_code=code,
            due=inputs.due(village),
            done=tuple(sorted(inputs.done(code))),
            planned=tuple(sorted(chosen | inputs.fixed(code))),
            debt_before=_eve_debt(inputs, village),
            debt_after=round(inputs.coverage(village, chosen).debt, 2),
            close_days=lies.close_days,
            waiting_days=lies.waiting_days,
        )
        if item.short or item.close_days:
            road = matrix.problem_of(node)
            item = replace(
                item, reason=_reason(inputs, item, shorts.get(code), road.message if road else None)
            )
        found.append(item)
    return tuple(found)


def _reason(
    inputs: WeekInputs, item: WeekVillage, short: Reason | None, road: Message | None
) -> Message | None:
    """Why a village stays short, or its visits are close together."""
    if short is not None:
        return road if short.code == "week_too_far" and road is not None else _words(short)
    if item.short and item.debt_after > _NO_DEBT:
        return _nothing_better(inputs, item)
    return Message("reason.week_close") if item.close_days else None


def _eve_debt(inputs: WeekInputs, village: Village) -> float:
    return round(inputs.coverage(village, (), as_of=inputs.first - timedelta(days=1)).debt, 2)


def _words(reason: Reason) -> Message:
    """A planner's reason with minutes in the place of seconds."""
    over = int(reason.params.get("over", 0))
    if reason.code == "week_too_far" and not over:
        return Message("reason.week_no_road")
    if reason.code == "week_full" and not over:
        return Message("reason.week_weighed")
    if "over" not in reason.params:
        return words(reason)
    return Message(f"reason.{reason.code}", {"minutes": math.ceil(over / 60)})


def _nothing_better(inputs: WeekInputs, item: WeekVillage) -> Message:
    """Why a village stays short though it gets the best of the days there are."""
    open_days = set(inputs.open_days)
    if not open_days:
        return Message("reason.week_no_squad")
    if open_days - {*item.done, *item.planned}:
        return Message("reason.week_too_close")
    return Message("reason.week_few_days", {"days": len(open_days)})


def _notes(inputs: WeekInputs) -> tuple[Message, ...]:
    notes = []
    if not inputs.open_days:
        notes.append(Message("week.no_open_day"))
    if not inputs.depot.on_record:
        notes.append(Message("plan.no_depot"))
    return tuple(notes)
