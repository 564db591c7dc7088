"""What people do with clocks: start a limit of the law, pause it, ask for more time, decide on that."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime, timedelta

from gridmgr.domain.cases import Actor, Case, Step
from gridmgr.domain.cases.rules import body_words
from gridmgr.domain.deadlines import CaseClock, DeadlineRule, Extension, Pause, RuleTextError, standing
from gridmgr.domain.users import User
from gridmgr.errors import BadInput, Conflict, Forbidden, NotFound
from gridmgr.services.asking import existing, needed
from gridmgr.services.cases.acting import act_within
from gridmgr.services.cases.reading import readable_case
from gridmgr.services.context import Context
from gridmgr.services.deadlines.book import book_of, default_book
from gridmgr.services.deadlines.calendars import calendar_of
from gridmgr.services.deadlines.casehook import clock_number, store
from gridmgr.services.deadlines.words import clock_name, rule_words
from gridmgr.storage import UnitOfWork
from gridmgr.texts import DEFAULT_LANGUAGE, Message

#: Who may decide on more time, by who has to act: always somebody above.
DECIDERS = {
    "officer": frozenset({"planner", "lead", "admin"}),
    "office": frozenset({"lead", "admin"}),
    "department": frozenset({"lead", "admin"}),
    "lead": frozenset({"lead", "admin"}),
}
#: Who may ask, by who has to act; the office asks for its officers too.
ASKERS = {
    "officer": frozenset({"officer", "planner", "admin"}),
    "office": frozenset({"planner", "admin"}),
    "department": frozenset({"department"}),
    "lead": frozenset({"lead", "admin"}),
}
#: Clocks of phones and papers run a little ahead at times.
_TOLERANCE = timedelta(minutes=5)
#: Pauses people may enter; suspending a case is a step of the case.
PAUSES = ("appraisal", "hearing", "other")


def is_limit(clock: CaseClock) -> bool:
    """Whether somebody started it, and not a step of the case."""
    return clock.phase not in default_book().phases


def start_limit(
    ctx: Context, case_id: str, limit_id: str, *, at: datetime, note: str, user: User
) -> CaseClock:
    """Start a named limit on a case, such as serving the decision or a seizure.

    Parameters
    ----------
    at
        When the period began, aware.
    note
        Why, e.g. the number of the paper; needed.

    Raises
    ------
    NotFound, Forbidden
        Unknown case or limit; another's.
    BadInput
        Without a note, in the future, or for a limit the office turned off.
    Conflict
        If the same limit runs on the case already.
    """
    with ctx.storage.write(user.name) as uow:
        case = readable_case(uow, case_id, user)
        check_has(case, user)
        limit = book_of(uow).limits.get(limit_id)
        if limit is None or not limit.clock:
            raise NotFound("error.not_found", kind=Message("word.limit"), id=limit_id)
        if limit.rule is None:
            raise BadInput("deadline.limit_off", limit=Message(f"deadline.limit_{limit_id}"))
        _check_moment(ctx, at)
        clocks = uow.clocks.of_case(case_id)
        if any(clock.phase == limit_id and clock.is_running for clock in clocks):
            raise Conflict("deadline.runs_already", limit=Message(f"deadline.limit_{limit_id}"))
        clock = CaseClock(
            id=clock_number(case_id, limit_id, clocks),
            case_id=case_id,
            township_code=case.township_code,
            phase=limit_id,
            answers=limit.answers,
            rule=limit.rule,
            started_at=at,
        )
        kept = store(ctx, uow, clock, new=True)
        _note(ctx, uow, case, user, "deadline.note_started", kept, note)
        uow.commit()
    return kept


def stop_limit(ctx: Context, clock_id: str, *, at: datetime, note: str, user: User) -> CaseClock:
    """Say that what a started limit asks for was done; phases of the case stop by its steps.

    Raises
    ------
    NotFound, Forbidden, BadInput
        Unknown; another's; without a note, in the future or before it began.
    Conflict
        If it is over, or belongs to a phase.
    """
    with ctx.storage.write(user.name) as uow:
        clock, case = _clock(uow, clock_id, user)
        if not is_limit(clock):
            raise Conflict("deadline.stops_by_step")
        _check_moment(ctx, at)
        if at < clock.started_at:
            raise BadInput("deadline.before_start")
        kept = store(ctx, uow, clock.stopped(at, "done"))
        _note(ctx, uow, case, user, "deadline.note_stopped", kept, note)
        uow.commit()
    return kept


def pause_clock(ctx: Context, clock_id: str, *, kind: str, note: str, user: User) -> CaseClock:
    """Let a clock stand still from now on: appraisal, hearing, another reason.

    Raises
    ------
    NotFound, Forbidden, BadInput
        Unknown; another's; of another kind, or without a note.
    Conflict
        If it is over or stands still already, or its end was ordered from outside.
    """
    with ctx.storage.write(user.name) as uow:
        clock, case = _clock(uow, clock_id, user)
        if kind not in PAUSES:
            raise BadInput("deadline.unknown_pause", kind=kind)
        if clock.ordered_due is not None:
            raise Conflict("deadline.ordered_runs")
        if clock.is_paused:
            raise Conflict("deadline.paused_already")
        pause = Pause(since=ctx.clock.utc_now(), kind=kind, note=note.strip())
        kept = store(ctx, uow, clock.paused(pause))
        _note(ctx, uow, case, user, "deadline.note_paused", kept, note)
        uow.commit()
    return kept


def resume_clock(ctx: Context, clock_id: str, *, note: str, user: User) -> CaseClock:
    """Let a clock run again.

    Raises
    ------
    NotFound, Forbidden, BadInput
        Unknown; another's; without a note.
    Conflict
        If it runs, or stands still because the whole case does.
    """
    with ctx.storage.write(user.name) as uow:
        clock, case = _clock(uow, clock_id, user)
        if not clock.is_paused:
            raise Conflict("deadline.not_paused")
        if case.state == "suspended":
            raise Conflict("deadline.case_suspended")
        kept = store(ctx, uow, clock.resumed(ctx.clock.utc_now()))
        _note(ctx, uow, case, user, "deadline.note_resumed", kept, note)
        uow.commit()
    return kept


def ask_extension(ctx: Context, clock_id: str, *, words: str, reason: str, user: User) -> Extension:
    """Ask for more time, such as "5个工作日".

    Raises
    ------
    NotFound, Forbidden
        Unknown; another's, or nobody who may ask for it.
    BadInput
        If the words are no length of time or more than the law allows, or there is no reason.
    Conflict
        If the clock is over or time is up, or a request waits for its decision.
    """
    with ctx.storage.write(user.name) as uow:
        clock, case = _clock(uow, clock_id, user, changes=False)
        if user.role not in ASKERS[clock.answers]:
            raise Forbidden("deadline.not_yours_to_ask")
        said = needed(reason, "deadline.reason_needed")
        book = book_of(uow)
        try:
            more = book.read(words)
        except RuleTextError as error:
            raise BadInput("deadline.unreadable", words=words) from error
        seen = standing(clock, ctx.clock.utc_now(), calendar_of(uow, ctx.clock.zone), book.thresholds)
        if seen.level == "overdue":
            raise Conflict("deadline.too_late_to_extend")
        if any(item.state == "asked" for item in clock.extensions):
            raise Conflict("deadline.asked_already")
        _check_most(uow, clock, more)
        extension = Extension(
            id=secrets.token_hex(6),
            rule=more,
            asked_by=user.name,
            asked_at=ctx.clock.utc_now(),
            reason=said,
        )
        store(ctx, uow, clock.with_extensions([*clock.extensions, extension]))
        _note(ctx, uow, case, user, "deadline.note_asked", clock, reason, more=rule_words(more))
        uow.commit()
    return extension


def decide_extension(
    ctx: Context, clock_id: str, extension_id: str, *, approve: bool, note: str, user: User
) -> CaseClock:
    """Grant or refuse more time; nobody decides on a request of their own.

    Raises
    ------
    NotFound, Forbidden
        Unknown; another's, one's own, or not this role's to decide.
    BadInput
        Without a note.
    Conflict
        If it was decided already, or the clock is over.
    """
    with ctx.storage.write(user.name) as uow:
        clock, case = _clock(uow, clock_id, user, changes=False)
        found = existing(
            next((item for item in clock.extensions if item.id == extension_id), None),
            "word.extension",
            extension_id,
        )
        if user.role not in DECIDERS[clock.answers]:
            raise Forbidden("deadline.not_yours_to_decide")
        if user.name == found.asked_by:
            raise Forbidden("deadline.own_request")
        if found.state != "asked":
            raise Conflict("deadline.decided_already")
        decided = replace(
            found,
            state="approved" if approve else "refused",
            decided_by=user.name,
            decided_at=ctx.clock.utc_now(),
            note=note.strip(),
        )
        others = [decided if item.id == extension_id else item for item in clock.extensions]
        kept = store(ctx, uow, clock.with_extensions(others))
        key = "deadline.note_approved" if approve else "deadline.note_refused"
        _note(ctx, uow, case, user, key, kept, note, more=rule_words(found.rule))
        uow.commit()
    return kept


def check_has(case: Case, user: User) -> None:
    """Refuse a department that reads a case which is another's: it helps, or had it before.

    Raises
    ------
    Forbidden
        If the case is not with it.
    """
    if user.role == "department" and case.department != user.department:
        raise Forbidden("case.refuse_own_body", body=body_words(case.body))


def _check_most(uow: UnitOfWork, clock: CaseClock, more: DeadlineRule) -> None:
    """Refuse more than the law lets anybody grant."""
    limit = book_of(uow).limits.get(clock.phase)
    if limit is None or limit.extension is None:
        return
    most = limit.extension
    granted = sum(rule.amount for rule in clock.granted if rule.unit == most.unit)
    if more.unit != most.unit or granted + more.amount > most.amount:
        raise BadInput("deadline.extension_most", most=rule_words(most))


def _check_moment(ctx: Context, at: datetime) -> None:
    if at > ctx.clock.utc_now() + _TOLERANCE:
        raise BadInput("deadline.in_future", at=at.isoformat())


def _clock(uow: UnitOfWork, clock_id: str, user: User, *, changes: bool = True) -> tuple[CaseClock, Case]:
    """A running clock of a case the user may read; ``changes`` asks that it is the user's to change."""
    clock = existing(uow.clocks.get(clock_id), "word.clock", clock_id)
    case = readable_case(uow, clock.case_id, user)
    if not clock.is_running:
        raise Conflict("deadline.over")
    check_has(case, user)
    if changes and clock.answers == "department" and user.role == "planner":
        raise Forbidden("deadline.departments_clock")
    return clock, case


def _note(
    ctx: Context,
    uow: UnitOfWork,
    case: Case,
    user: User,
    key: str,
    clock: CaseClock,
    note: str,
    **values: object,
) -> None:
    """Put it on the case's trail, and with it into the audit."""
    said = needed(note, "deadline.reason_needed")
    name = clock_name(clock, default_book())
    words = Message(key, {"name": name, "note": said, **values}).render(DEFAULT_LANGUAGE)
    detail = {"clock": clock.id, "change": key.rpartition("_")[2]}
    act_within(ctx, uow, case, Step(action="comment", note=words, detail=detail), actor=Actor.of(user))
