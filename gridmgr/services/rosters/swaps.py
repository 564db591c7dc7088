"""Requests to exchange duties: asked on the phone, answered there, approved or refused on the desk."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from gridmgr.domain.rosters import month_of
from gridmgr.domain.swaps import STEPS, SwapRequest
from gridmgr.domain.users import User
from gridmgr.errors import BadInput, Conflict, Forbidden
from gridmgr.services.asking import existing, needed, new_number
from gridmgr.services.context import Context
from gridmgr.services.fieldwork import officer_of
from gridmgr.services.rosters.making import read_month
from gridmgr.services.rosters.swap_checks import frame_of, judged_now, still_lawful
from gridmgr.storage import UnitOfWork
from gridmgr.texts import Message
from planners.rostering import Swap

#: Words of people, in characters.
MOST_WORDS = 500
_SYSTEM = "system"


def ask(
    ctx: Context, *, user: User, taker: str, day: date, back: date | None = None, why: str = ""
) -> SwapRequest:
    """Ask a colleague to take a duty over, or to exchange it.

    Raises
    ------
    Forbidden, BadInput, Conflict
        The account is no officer's; the days cannot be exchanged, or the exchange breaks a rule; another
        request waits for one of the same cells.
    """
    officer = officer_of(ctx, user)
    frame = read_month(ctx, township_code=officer.township_code, month=day)
    if back is not None and month_of(back) != frame.month:
        raise BadInput("swap.other_month")
    swap = Swap(day=day, giver=officer.id, taker=taker, back=back)
    judged = judged_now(frame, swap)
    if not judged.lawful:
        raise BadInput("swap.breaks", what=judged.broken[0])
    now = ctx.clock.utc_now()
    request = SwapRequest(
        id=new_number(ctx),
        township_code=officer.township_code,
        giver=officer.id,
        taker=taker,
        day=day,
        back=back,
        why=why.strip()[:MOST_WORDS],
        created_at=now,
        changed_at=now,
        changed_by=user.name,
    )
    with ctx.storage.write(user.name) as uow:
        _refuse_doubles(uow, request)
        uow.swaps.add(request)
        record_step(uow, request, "ask", why=request.why)
        uow.commit()
    return request


def consent(ctx: Context, swap_id: str, *, user: User) -> SwapRequest:
    """Agree to take the duty.

    Raises
    ------
    NotFound, Forbidden, Conflict
        No such request; it is another's to answer; it was decided already or is not lawful any more.
    """
    request = _mine(ctx, swap_id, user, "taker")
    still_lawful(frame_of(ctx, request), request)
    return _moved(ctx, request, "consent", actor=user.name)


def decline(ctx: Context, swap_id: str, *, user: User, answer: str = "") -> SwapRequest:
    """Say no, also after having agreed, as long as the office did not decide.

    Raises
    ------
    NotFound, Forbidden, Conflict
        As `consent`.
    """
    return _moved(ctx, _mine(ctx, swap_id, user, "taker"), "decline", actor=user.name, answer=answer)


def withdraw(ctx: Context, swap_id: str, *, user: User) -> SwapRequest:
    """Take one's own request back.

    Raises
    ------
    NotFound, Forbidden, Conflict
        As `consent`.
    """
    return _moved(ctx, _mine(ctx, swap_id, user, "giver"), "withdraw", actor=user.name)


def refuse(ctx: Context, swap_id: str, *, actor: str, answer: str) -> SwapRequest:
    """Refuse a request for the office; the reason is needed.

    Raises
    ------
    NotFound, BadInput, Conflict
        No such request; no reason; it was decided already.
    """
    words = needed(answer, "swap.answer_needed")
    return _moved(ctx, swap_of(ctx, swap_id), "refuse", actor=actor, answer=words)


def expire(ctx: Context) -> int:
    """Close open requests whose day has begun; how many there were."""
    today = ctx.clock.today()
    with ctx.storage.read() as uow:
        late = [request for request in uow.swaps.still_open() if request.first_day <= today]
    for request in late:
        try:
            _moved(ctx, request, "expire", actor=_SYSTEM)
        except Conflict:
            # Decided by somebody in this very moment.
            continue
    return len(late)


def swap_of(ctx: Context, swap_id: str) -> SwapRequest:
    """A request.

    Raises
    ------
    NotFound
        There is none of that id.
    """
    with ctx.storage.read() as uow:
        return existing(uow.swaps.get(swap_id), "word.swap", swap_id)


def _mine(ctx: Context, swap_id: str, user: User, side: str) -> SwapRequest:
    officer = officer_of(ctx, user)
    request = swap_of(ctx, swap_id)
    if getattr(request, side) != officer.id:
        raise Forbidden("swap.not_yours")
    return request


def after_step(ctx: Context, request: SwapRequest, step: str, *, actor: str, answer: str = "") -> SwapRequest:
    """The request after a step.

    Raises
    ------
    Conflict
        If its state does not allow the step.
    """
    target = STEPS.get(request.state, {}).get(step)
    if target is None:
        raise Conflict(f"swap.cannot.{step}", state=Message(f"swap.state.{request.state}"))
    return replace(
        request,
        state=target,
        answer=answer.strip()[:MOST_WORDS] or request.answer,
        changed_at=ctx.clock.utc_now(),
        changed_by=actor,
        version=request.version + 1,
    )


def _moved(ctx: Context, request: SwapRequest, step: str, *, actor: str, answer: str = "") -> SwapRequest:
    moved = after_step(ctx, request, step, actor=actor, answer=answer)
    with ctx.storage.write(actor) as uow:
        uow.swaps.move(moved, expected_version=request.version)
        record_step(uow, moved, step, why=answer.strip()[:MOST_WORDS])
        uow.commit()
    return moved


def record_step(uow: UnitOfWork, request: SwapRequest, step: str, *, why: str, **detail: object) -> None:
    """Append the event of a step."""
    uow.record(
        f"swap.{step}",
        "swap",
        request.id,
        why=why,
        township=request.township_code,
        giver=request.giver,
        taker=request.taker,
        day=request.day.isoformat(),
        back=request.back.isoformat() if request.back else None,
        **detail,
    )


def _refuse_doubles(uow: UnitOfWork, request: SwapRequest) -> None:
    for other in uow.swaps.still_open(township_code=request.township_code):
        common = sorted(other.cells & request.cells)
        if common:
            raise Conflict("swap.waits_already", id=other.id, day=common[0][0].isoformat())
