"""Approving an exchange of duties: the published roster changes at once, and drafted days are marked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from gridmgr.domain.rosters import MonthRoster, RosterLock
from gridmgr.domain.swaps import SwapRequest
from gridmgr.errors import Conflict, NoPlan
from gridmgr.services.context import Context
from gridmgr.services.planning import drafts
from gridmgr.services.planning.drafts import new_revision_id
from gridmgr.services.rosters.board import Board, Judged
from gridmgr.services.rosters.frame import MonthFrame
from gridmgr.services.rosters.swap_checks import frame_of, still_lawful, tradable
from gridmgr.services.rosters.swaps import after_step, record_step, swap_of
from gridmgr.storage import UnitOfWork
from gridmgr.texts import Message


def approve(ctx: Context, swap_id: str, *, actor: str, answer: str = "") -> SwapRequest:
    """Approve a request: the published roster changes at once, and drafted days are marked.

    Raises
    ------
    NotFound, Conflict
        No such request; the colleague did not consent, it was decided already, it is not lawful any more, or
        the roster was changed in this very moment.
    """
    request = swap_of(ctx, swap_id)
    frame = frame_of(ctx, request)
    judged = still_lawful(frame, request)
    roster = _swapped(ctx, frame, request, judged, actor=actor)
    moved = after_step(ctx, request, "approve", actor=actor, answer=answer)
    with ctx.storage.write(actor) as uow:
        uow.swaps.move(moved, expected_version=request.version)
        uow.rosters.add(roster)
        head = frame.head
        follows = head.draft_id == head.published_id
        uow.rosters.move_head(
            replace(
                head,
                draft_id=roster.id if follows else head.draft_id,
                published_id=roster.id,
                published_at=ctx.clock.utc_now(),
            ),
            expected_version=head.version,
        )
        record_step(uow, moved, "approve", why=moved.answer, revision=roster.id)
        for day in sorted(item.day for item in judged.days):
            _mark(ctx, uow, request, day, actor=actor)
        uow.commit()
    return moved


def _swapped(
    ctx: Context, frame: MonthFrame, request: SwapRequest, judged: Judged, *, actor: str
) -> MonthRoster:
    """The published roster with the exchange made, its cells kept from being solved away."""
    published = frame.published
    if published is None:
        raise NoPlan("swap.no_roster", month=f"{frame.month:%Y-%m}")
    locks = [
        RosterLock(day=day, officer_id=officer, kind=kind, source="swap")
        for day, out, into in judged.swap.moves
        for officer, kind in ((out, "free"), (into, "duty"))
    ]
    made = Board(frame, published, tradable(frame)).carried_out(judged, locks=locks)
    names = {officer.id: officer.name for officer in frame.staff.officers}
    values = {
        "giver": names.get(request.giver, request.giver),
        "taker": names.get(request.taker, request.taker),
        "day": request.day.isoformat(),
    }
    return replace(
        made,
        id=new_revision_id(),
        parent_id=published.id,
        based_on=published.id,
        created_at=ctx.clock.utc_now(),
        created_by=actor,
        status="MANUAL",
        change=Message("swap.applied", values),
    )


def _mark(ctx: Context, uow: UnitOfWork, request: SwapRequest, day: date, *, actor: str) -> None:
    """Say on a day, where it is drafted, that its squads have to be formed anew.

    Looked up here, within the transaction: somebody may have drafted or published the day since the exchange
    was judged.
    """
    head = uow.days.head(request.township_code, day)
    if head.published_id is not None:
        raise Conflict("swap.no_longer", what=Message("swap.day_published", {"day": day.isoformat()}))
    draft = uow.days.get(head.draft_id)
    if draft is None:
        return
    note = Message("swap.reform_squads", {"id": request.id})
    marked = replace(
        draft,
        id=new_revision_id(),
        parent_id=draft.id,
        created_at=ctx.clock.utc_now(),
        created_by=actor,
        change=note,
        notes=(note, *draft.notes),
    )
    drafts.move_draft(uow, marked, expected_version=head.version)
    subject = f"{request.township_code}/{day}"
    uow.record("day_plan.reform", "day_plan", subject, revision=marked.id, swap=request.id)
