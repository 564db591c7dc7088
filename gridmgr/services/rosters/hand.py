"""Deciding a cell of the roster by hand: by an exchange that keeps every rule, or the cell alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from gridmgr.domain.people import Officer
from gridmgr.domain.rosters import MonthRoster, RosterDay, RosterLock
from gridmgr.domain.validate import require_choice
from gridmgr.errors import BadInput, NoPlan
from gridmgr.services.asking import existing
from gridmgr.services.context import Context
from gridmgr.services.planning.drafts import new_revision_id
from gridmgr.services.rosters.alone import day_with_cell
from gridmgr.services.rosters.board import Board, Judged
from gridmgr.services.rosters.frame import MonthFrame
from gridmgr.services.rosters.making import read_month, save_roster
from gridmgr.texts import Message
from planners.rostering import Swap

CELL_KINDS = frozenset({"duty", "free", "open"})


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A cell as somebody wants it.

    Parameters
    ----------
    day, officer_id
        Which.
    kind
        ``duty``, ``free`` or ``open``: to be decided by the solver again.
    other, back
        The colleague to exchange with, and the day in return; the fairest lawful exchange where nobody is
        named.
    alone
        Change just this cell, with nobody in exchange, whatever that breaks: the draft says what, and cannot
        be published until it is mended.
    """

    day: date
    officer_id: str
    kind: str
    other: str | None = None
    back: date | None = None
    alone: bool = False

    def __post_init__(self) -> None:
        require_choice("Cell", "kind", self.kind, CELL_KINDS)
        if self.alone and self.other is not None:
            raise ValueError("Cell.other must not be given for a cell changed alone")
        if self.back is not None and self.other is None:
            raise ValueError("Cell.back needs Cell.other")


@dataclass(frozen=True, kw_only=True)
class CellChange:
    """What deciding a cell did.

    Parameters
    ----------
    roster
        The new draft.
    judged
        The exchange that made it so; None where there was none.
    """

    roster: MonthRoster
    judged: Judged | None


@dataclass(frozen=True, kw_only=True)
class CellWays:
    """How a cell can be turned over.

    Parameters
    ----------
    on_duty
        Whether the officer serves on the day by the draft.
    options
        Lawful exchanges within the agency, the fairest first; then those that are lawful only if squads
        formed anew are.
    barred
        By id and name, colleagues with whom there is none, and what the plainest exchange would break.
    """

    on_duty: bool
    options: tuple[Judged, ...]
    barred: tuple[tuple[str, str, Message], ...]


def cell_ways(ctx: Context, *, township_code: str, day: date, officer_id: str) -> CellWays:
    """How a cell of the draft can be turned over.

    Raises
    ------
    NotFound, NoPlan, BadInput
        As `set_cell`.
    """
    frame, draft, officer, item = _found(ctx, township_code, day, officer_id)
    on_duty = officer.id in item.sent
    board = _board(frame, draft, day, officer_id)
    tried = list(_ways(board, item, officer_id))
    options = _sorted(board, tried)
    able = {_other(judged.swap, officer_id) for judged in options}
    names = {person.id: person.name for person in frame.staff.officers}
    barred: dict[str, Message] = {}
    for swap in tried:
        other = _other(swap, officer_id)
        broken = None if other in able or other in barred else board.barred(swap)
        if broken is not None:
            barred[other] = broken
    rows = tuple((other, names[other], broken) for other, broken in barred.items())
    return CellWays(on_duty=on_duty, options=tuple(options), barred=rows)


def set_cell(
    ctx: Context, cell: Cell, *, township_code: str, actor: str, expected_version: int | None = None
) -> CellChange:
    """Decide a cell, or leave it open again; saved as the draft. Solving the month anew keeps the cell.

    Parameters
    ----------
    ctx
        The wired parts.
    cell
        What is wanted.
    township_code, actor
        Whose month, who decides.
    expected_version
        Version of the month the caller looked at; the present one by default.

    Raises
    ------
    NotFound, NoPlan, BadInput, Conflict
        Unknown township or officer; no draft; the day cannot be changed any more, or no lawful exchange makes
        the cell so, with what the nearest one breaks; somebody else changed the month meanwhile.
    """
    day, officer_id = cell.day, cell.officer_id
    frame, draft, officer, item = _found(ctx, township_code, day, officer_id)
    turned = cell.kind != "open" and (officer_id in item.sent) != (cell.kind == "duty")
    lock = RosterLock(day=day, officer_id=officer_id, kind=cell.kind) if cell.kind != "open" else None
    judged = None
    if turned and cell.alone:
        changed = _with_day(draft, day_with_cell(frame, draft, day, officer_id), lock, day, officer_id)
    elif turned:
        board = _board(frame, draft, day, officer_id)
        judged = _chosen(board, item, cell)
        changed = board.carried_out(judged, locks=[lock] if lock else [])
    else:
        changed = _with_day(draft, item, lock, day, officer_id)
    values = {"officer": officer.name, "day": day.isoformat()}
    roster = replace(
        changed,
        id=new_revision_id(),
        parent_id=draft.id,
        based_on=frame.head.published_id if draft.id == frame.head.published_id else draft.based_on,
        created_at=ctx.clock.utc_now(),
        created_by=actor,
        status="MANUAL",
        change=Message(f"roster.cell.{cell.kind}", values),
    )
    save_roster(
        ctx,
        frame.head,
        roster,
        action="roster.cell",
        expected_version=expected_version,
        day=day.isoformat(),
        officer=officer_id,
        kind=cell.kind,
        other=_other(judged.swap, officer_id) if judged else None,
        alone=cell.alone,
    )
    return CellChange(roster=roster, judged=judged)


def _found(
    ctx: Context, township_code: str, day: date, officer_id: str
) -> tuple[MonthFrame, MonthRoster, Officer, RosterDay]:
    """The month, its draft, the officer and the day, which can still be changed."""
    frame = read_month(ctx, township_code=township_code, month=day)
    officers = {officer.id: officer for officer in frame.staff.officers}
    officer = existing(officers.get(officer_id), "word.officer", officer_id)
    draft = frame.draft
    if draft is None:
        raise NoPlan("roster.nothing_to_change", month=f"{frame.month:%Y-%m}")
    item = draft.day(day)
    if item is None or day not in frame.open_days():
        raise BadInput("roster.day_closed", day=day.isoformat())
    return frame, draft, officer, item


def _without_lock(draft: MonthRoster, day: date, officer_id: str) -> MonthRoster:
    kept = tuple(item for item in draft.locks if (item.day, item.officer_id) != (day, officer_id))
    return replace(draft, locks=kept)


def _board(frame: MonthFrame, draft: MonthRoster, day: date, officer_id: str) -> Board:
    """Exchanges on the draft, the cell itself not being held by its present lock."""
    return Board(frame, _without_lock(draft, day, officer_id), frame.open_days())


def _with_day(
    draft: MonthRoster, item: RosterDay, lock: RosterLock | None, day: date, officer_id: str
) -> MonthRoster:
    base = _without_lock(draft, day, officer_id)
    locks = [*base.locks, *([lock] if lock else [])]
    return replace(
        base,
        days=tuple(item if one.day == day else one for one in draft.days),
        locks=tuple(sorted(locks, key=lambda one: (one.day, one.officer_id))),
    )


def _other(swap: Swap, officer_id: str) -> str:
    return swap.taker if swap.giver == officer_id else swap.giver


def _sorted(board: Board, tried: list[Swap]) -> list[Judged]:
    """What is lawful, the fairest first; then what is not settled."""
    found = [judged for judged in map(board.glance, tried) if judged.lawful or judged.unsettled]
    return sorted(
        found,
        key=lambda judged: (
            judged.unsettled,
            judged.unfairness,
            judged.swap.giver,
            judged.swap.taker,
            judged.swap.back or date.min,
        ),
    )


def _chosen(board: Board, item: RosterDay, cell: Cell) -> Judged:
    """The exchange that was asked for, else the fairest lawful one; only the unsettled are tried in full."""
    tried = list(_ways(board, item, cell.officer_id))
    if cell.other is not None:
        tried = [s for s in tried if (_other(s, cell.officer_id), s.back) == (cell.other, cell.back)]
    if not tried:
        raise BadInput("roster.nobody_instead", day=cell.day.isoformat())
    for judged in _sorted(board, tried):
        settled = board.judge(judged.swap) if judged.unsettled else judged
        if settled.lawful:
            return settled
    raise BadInput("roster.cell_breaks", what=board.judge(tried[0]).broken[0])


def _ways(board: Board, item: RosterDay, officer_id: str) -> Iterator[Swap]:
    """Exchanges that turn the cell over: with each colleague, without and with a day in return."""
    serves = officer_id in item.sent
    for other in board.colleagues(officer_id):
        if (other in item.sent) == serves:
            continue
        giver, taker = (officer_id, other) if serves else (other, officer_id)
        yield Swap(day=item.day, giver=giver, taker=taker)
        for back in sorted(board.days - {item.day}):
            there = board.roster.day(back)
            if there and taker in there.sent and giver not in there.sent:
                yield Swap(day=item.day, giver=giver, taker=taker, back=back)
