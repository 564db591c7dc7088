"""Week plans in force: what they break, what they do not know of yet, and planning their rest anew."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from gridmgr.domain.cases import SYSTEM
from gridmgr.domain.week import WeekPlan
from gridmgr.services.context import Context
from gridmgr.services.planning.checking import Finding
from gridmgr.services.planning.week_checking import Land, week_findings
from gridmgr.services.planning.week_inputs import WeekInputs, read_week
from gridmgr.services.planning.week_problem import week_matrix
from gridmgr.storage import UnitOfWork
from gridmgr.storage.repositories.jobs import Job
from gridmgr.texts import Message

#: What later imports of roads and villages alone can bring about; the plan was right when it was made.
_AGED = frozenset({"week.check_sum", "week.check_unknown", "week.check_no_road"})
#: So many villages are named, the rest is counted.
_NAMED = 3


@dataclass(frozen=True, kw_only=True)
class WeekCheck:
    """A township's week plan in force on a day, and what it breaks."""

    township_code: str
    plan_id: str
    number: int
    findings: tuple[Finding, ...]


def check_stored_weeks(ctx: Context, day: date, *, township_code: str | None = None) -> list[WeekCheck]:
    """Check the week plans in force on a day again, by today's villages and roads.

    Debts and spacing were checked when each was made; visits of the days since would not give the same.
    """
    with ctx.storage.read() as uow:
        codes = [township_code] if township_code else [t.code for t in uow.townships.find()]
        plans = [plan for code in codes if (plan := uow.weeks.current(code, day))]
        found = [(plan, _read(uow, plan, as_of=plan.as_of)) for plan in plans]
    checks = []
    for plan, inputs in found:
        matrix = week_matrix(inputs, ctx.router())
        land = Land.of(inputs.villages, matrix, visit_minutes=inputs.office.village_visit_minutes)
        checks.append(
            WeekCheck(
                township_code=plan.township_code,
                plan_id=plan.id,
                number=plan.number,
                findings=tuple(
                    Finding(message=message, hard=message.key not in _AGED)
                    for message in week_findings(plan, land)
                ),
            )
        )
    return checks


def week_changes(uow: UnitOfWork, plan: WeekPlan, *, today: date) -> tuple[Message, ...]:
    """What a week plan does not know of yet and planning its rest anew would take into account.

    Parameters
    ----------
    uow
        To read with.
    plan
        In force.
    today
        The day it is; nothing can be changed about a week that is over.
    """
    if today > plan.last:
        return ()
    inputs = _read(uow, plan, as_of=max(today, plan.first))
    return (
        *_visit_changes(plan, inputs),
        *_day_changes(plan, inputs),
        *_other_changes(plan, inputs),
    )


def replan_weeks(ctx: Context) -> int:
    """Ask for the rest of every week to be planned anew that a day has gone by of and that changed since.

    For the worker; changes of the day itself are left to the office until it is over. How many were asked.
    """
    today = ctx.clock.today()
    with ctx.storage.read() as uow:
        asked = {job.township_code for job in uow.jobs.unfinished() if job.kind == "week"}
        plans = [plan for t in uow.townships.find() if (plan := uow.weeks.current(t.code, today))]
        stale = [
            plan
            for plan in plans
            if plan.as_of < today and plan.township_code not in asked and week_changes(uow, plan, today=today)
        ]
    for plan in stale:
        _ask(ctx, plan)
    return len(stale)


def _ask(ctx: Context, plan: WeekPlan) -> None:
    job = Job(
        id=secrets.token_hex(8),
        kind="week",
        args={
            "township_code": plan.township_code,
            "first": plan.first.isoformat(),
            "days": len(plan.days),
        },
        township_code=plan.township_code,
        created_by=SYSTEM.name,
        created_at=ctx.clock.utc_now(),
    )
    with ctx.storage.write(SYSTEM.name) as uow:
        uow.jobs.add(job)
        uow.record("job.week", "job", job.id, township=plan.township_code)
        uow.commit()


def _read(uow: UnitOfWork, plan: WeekPlan, *, as_of: date) -> WeekInputs:
    return read_week(
        uow, township_code=plan.township_code, first=plan.first, days=len(plan.days), as_of=as_of
    )


def _visit_changes(plan: WeekPlan, inputs: WeekInputs) -> Iterator[Message]:
    """Planned visits that were not made, and visits made that were not planned."""
    missed: list[str] = []
    extra: list[str] = []
    for village in inputs.villages:
        item = plan.village(village.code)
        if item is not None:
            done = inputs.done(village.code)
            missed += [village.name] * item.missed(inputs.as_of, done)
            extra += [village.name] * item.ahead(inputs.as_of, done)
    if missed:
        yield Message("week.change_missed", {"visits": len(missed), "villages": _names(missed)})
    if extra:
        yield Message("week.change_extra", {"visits": len(extra), "villages": _names(extra)})


def _names(names: list[str]) -> Message:
    different = list(dict.fromkeys(names))
    listed = {"names": "、".join(different[:_NAMED]), "more": len(different) - _NAMED}
    return Message("week.names_more" if len(different) > _NAMED else "week.names", listed)


def _day_changes(plan: WeekPlan, inputs: WeekInputs) -> Iterator[Message]:
    """Days on which more or fewer squads go out, and published routes that leave planned villages out."""
    for item in plan.days:
        day = item.day
        if day < inputs.as_of:
            continue
        where, squads = {"day": day.isoformat()}, len(inputs.limits[day])
        if item.open and item.squads and not squads:
            yield Message("week.change_lost", where | {"visits": item.visits})
        elif squads != item.squads:
            yield Message("week.change_squads", where | {"was": item.squads, "now": squads})
        if day in inputs.closed:
            left = [
                village.village_code
                for village in plan.villages
                if day in village.planned
                and day not in inputs.promised.get(village.village_code, ())
                and day not in inputs.visits.get(village.village_code, ())
            ]
            if left:
                yield Message("week.change_published", where | {"visits": len(left)})


def _other_changes(plan: WeekPlan, inputs: WeekInputs) -> Iterator[Message]:
    """Villages that came or went, and the office's rules."""
    known, now = {item.village_code for item in plan.villages}, {village.code for village in inputs.villages}
    if known != now:
        yield Message("week.change_villages", {"came": len(now - known), "gone": len(known - now)})
    if plan.rules != inputs.office.week_rules:
        yield Message("week.change_rules")
