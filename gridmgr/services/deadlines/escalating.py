"""Overdue: one level up is told, once each, however long nobody looked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from gridmgr.domain.calendar import WorkCalendar
from gridmgr.domain.cases import SYSTEM, Step
from gridmgr.domain.deadlines import CaseClock, Escalation, due_at, end_of
from gridmgr.domain.deadlines.book import RuleBook
from gridmgr.domain.deadlines.clocks import LADDER
from gridmgr.services.cases.acting import act_within
from gridmgr.services.context import Context
from gridmgr.services.deadlines.book import book_of
from gridmgr.services.deadlines.calendars import calendar_of
from gridmgr.services.deadlines.casehook import store
from gridmgr.services.deadlines.words import clock_name
from gridmgr.storage import UnitOfWork
from gridmgr.texts import DEFAULT_LANGUAGE, Message


@dataclass(frozen=True, kw_only=True)
class Told:
    """Somebody was told that time is up.

    Parameters
    ----------
    case_id, clock_id, phase
        Whose.
    escalation
        Who, when it fell due and when it was done.
    """

    case_id: str
    clock_id: str
    phase: str
    escalation: Escalation


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What one look at all running clocks did.

    Parameters
    ----------
    running
        How many run.
    moved
        How many have another end than before: the calendar changed.
    told
        Who was told.
    """

    running: int
    moved: int
    told: tuple[Told, ...]


def check_deadlines(ctx: Context) -> Checked:
    """Look at every running clock; tell one level up where time is up.

    Whatever was missed while nothing looked is made up for, level by level, each with the moment it fell due.
    Looking again changes nothing. Each clock has its own transaction, so that one cannot hold up another.
    """
    now = ctx.clock.utc_now()
    with ctx.storage.read() as uow:
        calendar, book = calendar_of(uow, ctx.clock.zone), book_of(uow)
        clocks = uow.clocks.running()
    pressing = [clock.id for clock in clocks if _has_news(clock, now, calendar, book)]
    told: list[Told] = []
    moved = 0
    for clock_id in pressing:
        changed, found = _bring_up_to_date(ctx, clock_id)
        moved += changed
        told += found
    return Checked(running=len(clocks), moved=moved, told=tuple(told))


def _has_news(clock: CaseClock, now: datetime, calendar: WorkCalendar, book: RuleBook) -> bool:
    due = end_of(clock, calendar)
    return due != clock.due_at or bool(_fallen(clock, due, now, calendar, book))


def _fallen(
    clock: CaseClock, due: datetime | None, now: datetime, calendar: WorkCalendar, book: RuleBook
) -> list[tuple[str, datetime]]:
    """Levels to be told that were not, and when that fell due."""
    if due is None:
        return []
    told = {item.level for item in clock.escalations}
    found = []
    moment: datetime | None = due
    for level in LADDER[LADDER.index(clock.answers) + 1 :]:
        if moment is None or moment >= now:
            break
        if level not in told:
            found.append((level, moment))
        moment = due_at(book.escalate_after, moment, calendar)
    return found


def _bring_up_to_date(ctx: Context, clock_id: str) -> tuple[bool, list[Told]]:
    with ctx.storage.write(SYSTEM.name) as uow:
        clock = uow.clocks.get(clock_id)
        # Another worker, or the person whose turn it was, may have been faster.
        if clock is None or not clock.is_running:
            return False, []
        calendar, book = calendar_of(uow, ctx.clock.zone), book_of(uow)
        now = ctx.clock.utc_now()
        due = end_of(clock, calendar)
        moved = due != clock.due_at
        told = []
        for level, fell_at in _fallen(clock, due, now, calendar, book):
            escalation = Escalation(level=level, fell_at=fell_at, told_at=now)
            _tell(ctx, uow, clock, escalation, book)
            told.append(
                Told(case_id=clock.case_id, clock_id=clock.id, phase=clock.phase, escalation=escalation)
            )
        if not moved and not told:
            return False, []
        escalations = (*clock.escalations, *(item.escalation for item in told))
        store(ctx, uow, replace(clock, escalations=escalations))
        if moved:
            before = clock.due_at.isoformat() if clock.due_at else None
            uow.record("clock.move", "case", clock.case_id, clock=clock.id, before=before)
        uow.commit()
    return moved, told


def _tell(ctx: Context, uow: UnitOfWork, clock: CaseClock, escalation: Escalation, book: RuleBook) -> None:
    """Supervise the case (督办) at the level's degree; one supervised higher gets a note on its trail."""
    case = uow.cases.get(clock.case_id)
    if case is None:
        raise RuntimeError(f"clock {clock.id} belongs to no case")
    degree = LADDER.index(escalation.level)
    fell = escalation.fell_at.astimezone(ctx.clock.zone)
    values = {
        "name": clock_name(clock, book),
        "fell": f"{fell:%Y-%m-%d %H:%M}",
        "level": Message(f"deadline.level_{escalation.level}"),
    }
    note = Message("deadline.note_overdue", values).render(DEFAULT_LANGUAGE)
    detail = {"clock": clock.id, "told": escalation.level, "fell_at": escalation.fell_at.isoformat()}
    supervise = case.is_open and case.supervised < degree
    step = Step(
        action="supervise" if supervise else "comment",
        note=note,
        level=degree if supervise else None,
        detail=detail,
    )
    act_within(ctx, uow, case, step, actor=SYSTEM)
