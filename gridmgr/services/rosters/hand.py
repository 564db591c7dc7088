"""Deciding a cell of the roster by hand, and the least change around it that keeps every rule."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from gridmgr.domain.rosters import MonthRoster, RosterLock
from gridmgr.domain.validate import require_choice
from gridmgr.errors import BadInput, NoPlan
from gridmgr.services.asking import existing
from gridmgr.services.context import Context
from gridmgr.services.planning.drafts import new_revision_id
from gridmgr.services.rosters.board import Board, Judged
from gridmgr.services.rosters.frame import MonthFrame
from gridmgr.services.rosters.making import read_month, save_roster
from gridmgr.texts import Message
from planners.rostering import Swap

CELL_KINDS = frozenset({"duty", "free", "open"})


@dataclass(frozen=True, kw_only=True)
class CellChange:
    """What deciding a cell did.

    Parameters
    ----------
    roster
        The new draft.
    judged
        The exchange that made it so; None where the cell was that way already, or is open again.
    """

    roster: MonthRoster
    judged: Judged | None


def set_cell(
    ctx: Context,
    *,
    township_code: str,
    day: date,
    officer_id: str,
    kind: str,
    actor: str,
    expected_version: int | None = None,
) -> CellChange:
    """Decide that an officer serves on a day, or does not, or leave it open again; saved as the draft.

    Of all lawful exchanges within the agency that make the cell so, the fairest is carried out. Solving the
    month anew keeps the cell.

    Parameters
    ----------
    ctx
        The wired parts.
    township_code, day, officer_id
        Which cell.
    kind
        ``duty``, ``free`` or ``open``.
    actor
        Who decides.
    expected_version
        Version of the month the caller looked at; the present one by default.

    Raises
    ------
    NotFound, NoPlan, BadInput, Conflict
        Unknown township or officer; no draft; the day cannot be changed any more, or no lawful exchange makes
        the cell so, with what the nearest one breaks; somebody else changed the month meanwhile.
    """
    require_choice("set_cell", "kind", kind, CELL_KINDS)
    frame = read_month(ctx, township_code=township_code, month=day)
    officers = {officer.id: officer for officer in frame.staff.officers}
    officer = existing(officers.get(officer_id), "word.officer", officer_id)
    draft = frame.draft
    if draft is None:
        raise NoPlan("roster.nothing_to_change", month=f"{frame.month:%Y-%m}")
    item = draft.day(day)
    if item is None or day not in frame.open_days():
        raise BadInput("roster.day_closed", day=day.isoformat())
    judged = None
    if kind != "open" and (officer_id in item.sent) != (kind == "duty"):
        judged = _fairest(frame, draft, day, officer_id, kind)
    lock = RosterLock(day=day, officer_id=officer_id, kind=kind) if kind != "open" else None
    changed = _changed(frame, draft, judged, lock, day=day, officer_id=officer_id)
    values = {"officer": officer.name, "day": day.isoformat()}
    roster = replace(
        changed,
        id=new_revision_id(),
        parent_id=draft.id,
        based_on=frame.head.published_id if draft.id == frame.head.published_id else draft.based_on,
        created_at=ctx.clock.utc_now(),
        created_by=actor,
        status="MANUAL",
        change=Message(f"roster.cell.{kind}", values),
    )
    save_roster(
        ctx,
        frame.head,
        roster,
        action="roster.cell",
        expected_version=expected_version,
        day=day.isoformat(),
        officer=officer_id,
        kind=kind,
    )
    return CellChange(roster=roster, judged=judged)


def _changed(
    frame: MonthFrame,
    draft: MonthRoster,
    judged: Judged | None,
    lock: RosterLock | None,
    *,
    day: date,
    officer_id: str,
) -> MonthRoster:
    without = tuple(item for item in draft.locks if (item.day, item.officer_id) != (day, officer_id))
    base = replace(draft, locks=without)
    if judged is not None:
        return Board(frame, base, frame.open_days()).carried_out(judged, locks=[lock] if lock else [])
    if lock is None:
        return base
    return replace(base, locks=tuple(sorted([*without, lock], key=lambda item: (item.day, item.officer_id))))


def _fairest(frame: MonthFrame, draft: MonthRoster, day: date, officer_id: str, kind: str) -> Judged:
    """The fairest lawful exchange that makes the cell so."""
    mine = tuple(item for item in draft.locks if (item.day, item.officer_id) != (day, officer_id))
    board = Board(frame, replace(draft, locks=mine), frame.open_days())
    if kind == "free":
        found = board.options(day, officer_id)
        tried = [Swap(day=day, giver=officer_id, taker=other) for other in board.colleagues(officer_id)]
    else:
        tried = list(_ways_in(board, day, officer_id))
        found = sorted(
            (judged for judged in map(board.judge, tried) if judged.lawful),
            key=lambda judged: (judged.unfairness, judged.swap.giver, judged.swap.back or date.min),
        )
    if found:
        return found[0]
    if not tried:
        raise BadInput("roster.nobody_instead", day=day.isoformat())
    first = board.judge(tried[0])
    raise BadInput("roster.cell_breaks", what=first.broken[0])


def _ways_in(board: Board, day: date, officer_id: str) -> Iterator[Swap]:
    """Exchanges by which the officer comes to serve: for a colleague, with or without a day in return."""
    sent = next(item.sent for item in board.roster.days if item.day == day)
    for other in board.colleagues(officer_id):
        if other not in sent:
            continue
        yield Swap(day=day, giver=other, taker=officer_id)
        for back in sorted(board.days):
            item = board.roster.day(back)
            if item and back != day and officer_id in item.sent and other not in item.sent:
                yield Swap(day=day, giver=other, taker=officer_id, back=back)
