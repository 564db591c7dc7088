"""Planning a township's week at once: read, solve, store; each day is then planned from it."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

from gridmgr.domain.coverage import WEEK
from gridmgr.domain.places import Village
from gridmgr.domain.week import WeekDay, WeekPlan, WeekVillage
from gridmgr.errors import BadInput, NoPlan
from gridmgr.geo.routers.base import Matrix
from gridmgr.services.context import Context, require_township
from gridmgr.services.planning.drafts import new_revision_id, words
from gridmgr.services.planning.week_problem import WeekInputs, build_week, read_week
from gridmgr.texts import Message
from planners import periodic
from planners.result import Reason, Result
from planners.stop import Stop

#: Solving time where none is given.
WEEK_SECONDS = 5.0
#: Counted pieces of work a second of solving time stands for.
_WORK_PER_SECOND = 100
#: The clock is a safety net for machines so many times slower.
_SLOWER = 4.0
#: Debts smaller than that are rounding.
_NO_DEBT = 0.005


def plan_week(
    ctx: Context,
    *,
    township_code: str,
    first: date,
    actor: str,
    days: int = WEEK,
    as_of: date | None = None,
    seconds: float | None = None,
    seed: int = 1,
    stop: Stop | None = None,
) -> WeekPlan:
    """Plan which villages are visited on which days of a week, and store it as the week's plan.

    Visits that were made and routes that are published stay; the rest of the week is chosen anew.

    Parameters
    ----------
    ctx
        The wired parts.
    township_code, first, actor
        Whose week, from which day on, who plans.
    days
        1 to 7.
    as_of
        The first day to choose for; today, or the week's first day if that is later.
    seconds
        Solving time. The work is counted, so that the same seed gives the same plan.
    seed
        Varies the search.
    stop
        For cancelling and progress; its ``seconds`` and ``work`` are set from ``seconds``.

    Raises
    ------
    NotFound, BadInput, NoPlan, Conflict
        Unknown township; impossible days; no village; somebody else planned the week meanwhile.
    """
    last = _last_day(first, days)
    start = max(first, as_of or ctx.clock.today())
    if start > last:
        raise BadInput("week.over", first=first.isoformat(), last=last.isoformat(), day=start.isoformat())
    with ctx.storage.read() as uow:
        require_township(uow, township_code)
        if not uow.villages.count(township_code=township_code):
            raise NoPlan("week.no_villages", township=township_code)
        inputs = read_week(uow, township_code=township_code, first=first, days=days, as_of=start)
    problem, matrix = build_week(inputs, ctx.router())
    solving = seconds or WEEK_SECONDS
    limits = Stop(seconds=_SLOWER * solving, work=max(1, round(_WORK_PER_SECOND * solving)))
    wanted = replace(stop, seconds=limits.seconds, work=limits.work) if stop else limits
    result = periodic.solve(problem, wanted, seed)
    if result.solution is None:
        reasons = "; ".join(words(reason).render("en") for reason in result.reasons)
        raise NoPlan("week.no_plan", township=township_code, reasons=reasons)
    plan = WeekPlan(
        id=new_revision_id(),
        number=inputs.number + 1,
        township_code=township_code,
        first=first,
        as_of=start,
        created_at=ctx.clock.utc_now(),
        created_by=actor,
        status=result.status.value,
        engine=result.engine,
        seed=seed,
        seconds=result.seconds,
        cost=result.solution.cost,
        bound=round(result.bound or 0),
        travel_seconds=result.solution.travel,
        days=_days(inputs, problem, result.solution),
        villages=_villages(inputs, result, matrix),
        notes=_notes(inputs),
    )
    with ctx.storage.write(actor) as uow:
        uow.weeks.add(plan)
        uow.record(
            "week_plan.make",
            "week_plan",
            f"{township_code}/{first}",
            revision=plan.id,
            number=plan.number,
            seed=seed,
            cost=plan.cost,
        )
        uow.commit()
    return plan


def week_of(ctx: Context, *, township_code: str, day: date) -> WeekPlan | None:
    """The week plan in force on a day, None where none was made.

    Raises
    ------
    NotFound
        Unknown township.
    """
    with ctx.storage.read() as uow:
        require_township(uow, township_code)
        return uow.weeks.current(township_code, day)


def _last_day(first: date, days: int) -> date:
    if not 1 <= days <= WEEK:
        raise BadInput("week.bad_days", days=days, most=WEEK)
    return first + timedelta(days=days - 1)


def _days(
    inputs: WeekInputs, problem: periodic.Problem, solution: periodic.PeriodicPlan
) -> tuple[WeekDay, ...]:
    used: Counter[int] = Counter()
    for route in solution.routes:
        used[problem.vehicle(route.vehicle).day] += route.duration
    return tuple(
        WeekDay(
            day=day,
            squads=len(limits),
            open=inputs.is_open(day),
            seconds=sum(limits),
            used_seconds=used[(day - inputs.first).days],
        )
        for day, limits in inputs.limits.items()
    )


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
        item = WeekVillage(
            village_code=code,
            due=inputs.due(village),
            done=tuple(sorted(inputs.done(code))),
            planned=tuple(sorted(chosen | inputs.fixed(code))),
            debt_before=_eve_debt(inputs, village),
            debt_after=round(inputs.coverage(village, chosen).debt, 2),
        )
        road = matrix.problem_of(node)
        if code in shorts and shorts[code].code == "week_too_far" and road is not None:
            item = replace(item, reason=road.message)
        elif code in shorts:
            item = replace(item, reason=_words(shorts[code]))
        elif item.short and item.debt_after > _NO_DEBT:
            item = replace(item, reason=_nothing_better(inputs))
        found.append(item)
    return tuple(found)


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


def _nothing_better(inputs: WeekInputs) -> Message:
    """Why a village stays short though it gets the best of the days there are."""
    days = len(inputs.open_days)
    return Message("reason.week_few_days", {"days": days}) if days else Message("reason.week_no_squad")


def _notes(inputs: WeekInputs) -> tuple[Message, ...]:
    notes = []
    if not inputs.open_days:
        notes.append(Message("week.no_open_day"))
    if not inputs.depot.on_record:
        notes.append(Message("plan.no_depot"))
    return tuple(notes)
