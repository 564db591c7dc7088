"""Making a month's roster: read, solve, store as the draft; and putting the draft into force."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from gridmgr.domain.people import ON_DUTY
from gridmgr.domain.rosters import MonthRoster, RosterDay, RosterHead, RosterLock, last_of, month_of
from gridmgr.errors import BadInput, Conflict, NoPlan
from gridmgr.services.context import Context, require_township
from gridmgr.services.planning.drafts import new_revision_id
from gridmgr.services.rosters.frame import MonthFrame
from gridmgr.storage import UnitOfWork
from gridmgr.texts import Message
from planners import rostering
from planners.result import Result
from planners.stop import Stop

#: Solving time of a month where none is given; a month is usually proven in a quarter of it.
MONTH_SECONDS = 60.0


def read_month(ctx: Context, *, township_code: str, month: date) -> MonthFrame:
    """The month as it stands.

    Raises
    ------
    NotFound
        Unknown township.
    """
    with ctx.storage.read() as uow:
        require_township(uow, township_code)
        return MonthFrame.read(
            uow, township_code=township_code, month=month_of(month), today=ctx.clock.today()
        )


def make_month(
    ctx: Context,
    *,
    township_code: str,
    month: date,
    actor: str,
    seed: int = 1,
    off_days: bool = True,
    stop: Stop | None = None,
    expected_version: int | None = None,
) -> MonthRoster:
    """Roster what is left of a month and save it as the draft; days over or published stay as they are.

    Parameters
    ----------
    ctx
        The wired parts.
    township_code, month, actor
        Whose month (any day of it), who asks.
    seed
        Chooses among equals.
    off_days
        Whether weekends and public holidays without attendance on record are rostered too.
    stop
        For cancelling and progress. A cancelled solve keeps the days it finished, and the roster says so.
    expected_version
        Version of the month the caller looked at; the present one by default.

    Raises
    ------
    NotFound, BadInput, NoPlan, Conflict
        Unknown township; the month is over; nobody to roster, locks that cannot be kept, or stopped before
        the first day; somebody else changed the month meanwhile.
    """
    frame = read_month(ctx, township_code=township_code, month=month)
    days = frame.open_days(off_days=off_days)
    if not days:
        raise BadInput("roster.over", first=frame.month.isoformat(), last=last_of(frame.month).isoformat())
    if not frame.staff.officers:
        raise NoPlan("roster.nobody", township=township_code)
    locks = _standing_locks(frame, days)
    problem = frame.problem(days, locks)
    wanted = replace(stop, seconds=MONTH_SECONDS) if stop else Stop(seconds=MONTH_SECONDS)
    result = rostering.solve(problem, wanted, seed)
    if result.solution is None:
        reasons = result.reasons
        raise NoPlan("roster.impossible", count=len(reasons), first=frame.names.words(reasons[0]))
    made = [frame.told(day) for day in result.solution.days]
    roster = MonthRoster(
        id=new_revision_id(),
        parent_id=frame.head.draft_id,
        based_on=frame.head.published_id,
        township_code=township_code,
        month=frame.month,
        created_at=ctx.clock.utc_now(),
        created_by=actor,
        change=Message("roster.made", {"days": len(made)}),
        status=result.status.value,
        engine=result.engine,
        seed=seed,
        seconds=result.seconds,
        days=_in_order([*frame.fixed_days(), *made]),
        locks=locks,
        notes=_notes(frame, days, result),
    )
    save_roster(ctx, frame.head, roster, action="roster.make", expected_version=expected_version)
    return roster


def _standing_locks(frame: MonthFrame, days: list[date]) -> tuple[RosterLock, ...]:
    """Locks of the draft, and exchanges approved since, on days that are rostered anew.

    A draft that follows what is in force has the exchanges already, but for those somebody released by hand.
    Who took a duty over and is away now does not hold the month up: the office decided nothing about that.
    """
    known = {officer.id for officer in frame.staff.officers}
    away = {(row.day, row.officer_id) for row in frame.staff.attendance if row.status != ON_DUTY}
    cells: dict[tuple[date, str], RosterLock] = {}
    draft = frame.draft
    follows = draft is not None and frame.head.published_id in (draft.id, draft.based_on)
    for roster in (draft,) if follows else (draft, frame.published):
        for lock in roster.locks if roster else ():
            if roster is draft or lock.source == "swap":
                cells[lock.day, lock.officer_id] = lock
    return tuple(
        lock
        for cell, lock in sorted(cells.items())
        if lock.day in set(days)
        and lock.officer_id in known
        and not (lock.source == "swap" and lock.kind == "duty" and cell in away)
    )


def _notes(frame: MonthFrame, days: list[date], result: Result[rostering.Roster]) -> tuple[Message, ...]:
    unknown = [day for day in days if day not in frame.staff.attended]
    notes = [frame.names.words(reason) for reason in result.reasons]
    if unknown:
        values = {"days": len(unknown), "first": unknown[0].isoformat()}
        notes.append(Message("roster.no_attendance", values))
    return tuple(notes)


def _in_order(days: list[RosterDay]) -> tuple[RosterDay, ...]:
    return tuple(sorted(days, key=lambda item: item.day))


def save_roster(
    ctx: Context,
    head: RosterHead,
    roster: MonthRoster,
    *,
    action: str,
    expected_version: int | None = None,
    why: str = "",
    **detail: object,
) -> RosterHead:
    """Store a revision as the draft, with its event.

    Raises
    ------
    Conflict
        If the month was changed since ``head`` was read, or since ``expected_version``; nothing is stored.
    """
    version = head.version if expected_version is None else expected_version
    with ctx.storage.write(roster.created_by) as uow:
        moved = move_draft(uow, roster, expected_version=version)
        subject = f"{roster.township_code}/{roster.month:%Y-%m}"
        uow.record(action, "roster", subject, why=why, revision=roster.id, seed=roster.seed, **detail)
        uow.commit()
    return moved


def move_draft(uow: UnitOfWork, roster: MonthRoster, *, expected_version: int) -> RosterHead:
    """Store a revision and make it the draft, within a transaction.

    Raises
    ------
    Conflict
        If the month is not at ``expected_version`` any more.
    """
    head = uow.rosters.head(roster.township_code, roster.month)
    if head.version != expected_version:
        raise Conflict("error.draft_changed")
    uow.rosters.add(roster)
    return uow.rosters.move_head(replace(head, draft_id=roster.id), expected_version=expected_version)


def publish_month(
    ctx: Context, *, township_code: str, month: date, actor: str, expected_version: int | None = None
) -> MonthRoster:
    """Show the draft to the officers; days that are over by now stay as they were in force.

    Raises
    ------
    NotFound, NoPlan, Conflict
        Unknown township; no draft, or it breaks rules by what is known now; the published roster was changed
        (by an exchange, say) after the draft was made, or somebody else changed the month.
    """
    frame = read_month(ctx, township_code=township_code, month=month)
    draft = frame.draft
    if draft is None:
        raise NoPlan("roster.nothing_to_publish", month=f"{frame.month:%Y-%m}")
    if draft.id != frame.head.published_id and draft.based_on != frame.head.published_id:
        raise Conflict("roster.published_changed")
    broken = broken_rules(frame, draft)
    if broken:
        raise NoPlan("roster.not_publishable", count=len(broken), first=broken[0])
    head = frame.head
    shown = _with_the_past(ctx, frame, draft, actor=actor)
    with ctx.storage.write(actor) as uow:
        if shown is not draft:
            uow.rosters.add(shown)
        moved = replace(head, draft_id=shown.id, published_id=shown.id, published_at=ctx.clock.utc_now())
        version = head.version if expected_version is None else expected_version
        uow.rosters.move_head(moved, expected_version=version)
        uow.record("roster.publish", "roster", f"{township_code}/{frame.month:%Y-%m}", revision=shown.id)
        uow.commit()
    return shown


def _with_the_past(ctx: Context, frame: MonthFrame, draft: MonthRoster, *, actor: str) -> MonthRoster:
    """The draft, its days that are over or published since taken from what was in force.

    A draft may lie for days before it is published; who served meanwhile is not for it to say.
    """
    fixed = {item.day: item for item in frame.fixed_days()}
    coming = [item for item in draft.days if item.day >= frame.today and item.day not in fixed]
    days = _in_order([*fixed.values(), *coming])
    if _served(days) == _served(draft.days):
        return draft
    return replace(
        draft,
        id=new_revision_id(),
        parent_id=draft.id,
        created_at=ctx.clock.utc_now(),
        created_by=actor,
        change=Message("roster.past_kept"),
        days=days,
    )


def _served(days: Iterable[RosterDay]) -> list[tuple[object, ...]]:
    """Who goes with whom on each day."""
    return [(item.day, item.squads, item.reserve) for item in days]


def broken_rules(frame: MonthFrame, roster: MonthRoster) -> list[Message]:
    """Rules that a roster's days still to come break by what is known now; fairness is not among them."""
    return findings(frame, roster)[0]


def findings(frame: MonthFrame, roster: MonthRoster) -> tuple[list[Message], list[Message]]:
    """What a roster's days still to come break, and where they are less fair than they could be."""
    rostered = [item.day for item in roster.days]
    days = [day for day in frame.open_days() if day in rostered]
    if not days:
        return [], []
    problem = frame.problem(days, (lock for lock in roster.locks if lock.day in days), settled=roster)
    broken: list[Message] = []
    unfair: list[Message] = []
    for found in rostering.verify(problem, frame.roster(problem, roster.days)):
        (unfair if found.code in rostering.FAIRNESS else broken).append(frame.names.words(found))
    return broken, unfair
