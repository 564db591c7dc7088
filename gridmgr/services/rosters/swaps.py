"""Requests to exchange duties: asked on the phone, consented to there, approved on the desk.

At every step the exchange is judged anew by the roster in force: what was lawful last week need not be today.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from gridmgr.domain.people import Officer
from gridmgr.domain.rosters import MonthRoster, RosterLock, month_of
from gridmgr.domain.swaps import STEPS, SwapRequest
from gridmgr.domain.users import User
from gridmgr.errors import BadInput, Conflict, Forbidden, NoPlan
from gridmgr.services.asking import existing, needed, new_number
from gridmgr.services.context import Context
from gridmgr.services.fieldwork import officer_of
from gridmgr.services.planning import drafts
from gridmgr.services.planning.drafts import new_revision_id
from gridmgr.services.rosters.board import Board, Judged
from gridmgr.services.rosters.frame import MonthFrame
from gridmgr.services.rosters.making import read_month
from gridmgr.storage import UnitOfWork
from gridmgr.texts import Message
from planners.rostering import Swap

#: Words of people, in characters.
MOST_WORDS = 500
_SYSTEM = "system"


@dataclass(frozen=True, kw_only=True)
class SwapView:
    """A request as it stands.

    Parameters
    ----------
    request
        The request.
    giver, taker
        Names.
    judged
        By the roster in force; None once somebody decided, or where it cannot be looked at any more.
    closed
        Why it cannot be decided any more though it is open; None where it can.
    instead
        Lawful ways out for the giver where this one is not lawful.
    """

    request: SwapRequest
    giver: str
    taker: str
    judged: Judged | None = None
    closed: Message | None = None
    instead: tuple[Judged, ...] = ()

    @property
    def decidable(self) -> bool:
        """Whether consent and approval would be taken now."""
        return self.closed is None and self.judged is not None and self.judged.lawful


@dataclass(frozen=True, kw_only=True)
class WaysOut:
    """How an officer can hand a duty over.

    Parameters
    ----------
    day
        The duty.
    closed
        Why it cannot be handed over at all; None where it can.
    options
        Lawful ways, the fairest first.
    barred
        By id and name, colleagues without any lawful way, and what giving the duty to them would break.
    """

    day: date
    closed: Message | None
    options: tuple[Judged, ...] = ()
    barred: tuple[tuple[str, str, Message], ...] = ()


def ways_out(ctx: Context, *, officer: Officer, day: date) -> WaysOut:
    """Every lawful way for an officer to hand a duty of the published roster over, found by checking each.

    Raises
    ------
    NotFound
        Unknown township.
    """
    frame = read_month(ctx, township_code=officer.township_code, month=day)
    closed = _closed(frame, [day])
    if closed is not None or frame.published is None:
        return WaysOut(day=day, closed=closed)
    board = Board(frame, frame.published, tradable(frame))
    options = board.options(day, officer.id)
    able = {judged.swap.taker for judged in options}
    names = {item.id: item.name for item in frame.staff.officers}
    barred = []
    for other in board.colleagues(officer.id):
        if other not in able:
            judged = board.judge(Swap(day=day, giver=officer.id, taker=other))
            barred.append((other, names[other], judged.broken[0]))
    return WaysOut(day=day, closed=None, options=tuple(options), barred=tuple(barred))


def tradable(frame: MonthFrame) -> list[date]:
    """Days that may still be exchanged: after today, and without a published plan."""
    return [day for day in frame.open_days() if day > frame.today]


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
    judged = _judged_now(frame, swap)
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
        _record(uow, request, "ask", why=request.why)
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
    _still_lawful(_frame_of(ctx, request), request)
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


def approve(ctx: Context, swap_id: str, *, actor: str, answer: str = "") -> SwapRequest:
    """Approve a request: the published roster changes at once, and drafted days are marked.

    Raises
    ------
    NotFound, Conflict
        No such request; the colleague did not consent, it was decided already, it is not lawful any more, or
        the roster was changed in this very moment.
    """
    request = swap_of(ctx, swap_id)
    frame = _frame_of(ctx, request)
    judged = _still_lawful(frame, request)
    roster = _swapped(ctx, frame, request, judged, actor=actor)
    moved = _after(ctx, request, "approve", actor=actor, answer=answer)
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
        _record(uow, moved, "approve", why=moved.answer, revision=roster.id)
        for day in sorted(item.day for item in judged.days if item.day in frame.drafted):
            _mark(ctx, uow, request, day, actor=actor)
        uow.commit()
    return moved


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


def view_swap(ctx: Context, request: SwapRequest) -> SwapView:
    """A request with what it would break and change by the roster in force."""
    frame = _frame_of(ctx, request)
    names = {officer.id: officer.name for officer in frame.staff.officers}
    view = SwapView(
        request=request,
        giver=names.get(request.giver, request.giver),
        taker=names.get(request.taker, request.taker),
    )
    if not request.is_open:
        return view
    days = [request.day] if request.back is None else [request.day, request.back]
    closed = _closed(frame, days)
    if closed is not None or frame.published is None:
        return replace(view, closed=closed)
    board = Board(frame, frame.published, tradable(frame))
    judged = board.judge(_swap(request))
    instead = () if judged.lawful else tuple(board.options(request.day, request.giver))
    return replace(view, judged=judged, instead=instead)


def _swap(request: SwapRequest) -> Swap:
    return Swap(day=request.day, giver=request.giver, taker=request.taker, back=request.back)


def _frame_of(ctx: Context, request: SwapRequest) -> MonthFrame:
    return read_month(ctx, township_code=request.township_code, month=request.day)


def _closed(frame: MonthFrame, days: list[date]) -> Message | None:
    """Why days cannot be exchanged, whoever serves on them."""
    if frame.published is None:
        return Message("swap.no_roster", {"month": f"{frame.month:%Y-%m}"})
    for day in days:
        if day <= frame.today:
            return Message("swap.too_late", {"day": day.isoformat()})
        if day in frame.plans:
            return Message("swap.day_published", {"day": day.isoformat()})
    return None


def _judged_now(frame: MonthFrame, swap: Swap) -> Judged:
    """The exchange judged by the roster in force.

    Raises
    ------
    BadInput
        If its days cannot be exchanged at all.
    """
    closed = _closed(frame, [day for day, _, _ in swap.moves])
    if closed is not None or frame.published is None:
        raise BadInput("swap.closed", what=closed)
    return Board(frame, frame.published, tradable(frame)).judge(swap)


def _still_lawful(frame: MonthFrame, request: SwapRequest) -> Judged:
    """The exchange, lawful by the roster in force.

    Raises
    ------
    Conflict
        If it is not, any more, with what it breaks.
    """
    try:
        judged = _judged_now(frame, _swap(request))
    except BadInput as error:
        raise Conflict("swap.no_longer", what=error.message) from error
    if not judged.lawful:
        raise Conflict("swap.no_longer", what=judged.broken[0])
    return judged


def _mine(ctx: Context, swap_id: str, user: User, side: str) -> SwapRequest:
    officer = officer_of(ctx, user)
    request = swap_of(ctx, swap_id)
    if getattr(request, side) != officer.id:
        raise Forbidden("swap.not_yours")
    return request


def _after(ctx: Context, request: SwapRequest, step: str, *, actor: str, answer: str = "") -> SwapRequest:
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
    moved = _after(ctx, request, step, actor=actor, answer=answer)
    with ctx.storage.write(actor) as uow:
        uow.swaps.move(moved, expected_version=request.version)
        _record(uow, moved, step, why=answer.strip()[:MOST_WORDS])
        uow.commit()
    return moved


def _record(uow: UnitOfWork, request: SwapRequest, step: str, *, why: str, **detail: object) -> None:
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
    """Say on a drafted day that its squads have to be formed anew."""
    head = uow.days.head(request.township_code, day)
    draft = uow.days.get(head.draft_id)
    if draft is None or head.published_id is not None:
        raise Conflict("swap.no_longer", what=Message("swap.day_published", {"day": day.isoformat()}))
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
