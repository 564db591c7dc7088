"""Whether an exchange of duties is lawful by the roster in force, and which others would be.

An exchange is judged anew at every step: what was lawful last week need not be today.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from gridmgr.domain.people import Officer
from gridmgr.domain.rosters import month_of
from gridmgr.domain.swaps import SwapRequest
from gridmgr.errors import BadInput, Conflict
from gridmgr.services.context import Context
from gridmgr.services.rosters.board import Board, Judged
from gridmgr.services.rosters.frame import MonthFrame
from gridmgr.services.rosters.making import read_month
from gridmgr.texts import Message
from planners.rostering import Swap

#: Requests that were decided are shown up to so many.
MOST_DECIDED = 50


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
        Lawful ways, the fairest first, then those that are lawful only if squads formed anew are.
    barred
        By id and name, colleagues without any lawful way, and what giving the duty to them would break.
    """

    day: date
    closed: Message | None
    options: tuple[Judged, ...] = ()
    barred: tuple[tuple[str, str, Message], ...] = ()


def ways_out(ctx: Context, *, officer: Officer, day: date) -> WaysOut:
    """Every way for an officer to hand a duty of the published roster over, found by checking each.

    Raises
    ------
    NotFound
        Unknown township.
    """
    frame = read_month(ctx, township_code=officer.township_code, month=day)
    closed = why_closed(frame, [day])
    if closed is not None or frame.published is None:
        return WaysOut(day=day, closed=closed)
    board = Board(frame, frame.published, tradable(frame))
    options = board.options(day, officer.id)
    able = {judged.swap.taker for judged in options}
    names = {item.id: item.name for item in frame.staff.officers}
    barred = []
    for other in board.colleagues(officer.id):
        broken = board.barred(Swap(day=day, giver=officer.id, taker=other))
        if other not in able and broken is not None:
            barred.append((other, names[other], broken))
    return WaysOut(day=day, closed=None, options=tuple(options), barred=tuple(barred))


def tradable(frame: MonthFrame) -> list[date]:
    """Days that may still be exchanged: after today, and without a published plan."""
    return [day for day in frame.open_days() if day > frame.today]


def view_swap(ctx: Context, request: SwapRequest, *, judge: bool = True) -> SwapView:
    """A request with what it would break and change by the roster in force.

    Parameters
    ----------
    judge
        Whether to judge it, which may form a day's squads anew; without, only whether it is too late.
    """
    return view_in(frame_of(ctx, request), request, judge=judge)


def view_in(frame: MonthFrame, request: SwapRequest, *, judge: bool) -> SwapView:
    """As `view_swap`, the month being read already."""
    names = {officer.id: officer.name for officer in frame.staff.officers}
    view = SwapView(
        request=request,
        giver=names.get(request.giver, request.giver),
        taker=names.get(request.taker, request.taker),
    )
    if not request.is_open:
        return view
    closed = why_closed(frame, [day for day, _, _ in swap_in(request).moves])
    if closed is not None or not judge or frame.published is None:
        return replace(view, closed=closed)
    board = Board(frame, frame.published, tradable(frame))
    judged = board.judge(swap_in(request))
    if judged.lawful:
        return replace(view, judged=judged)
    instead = [option for option in board.options(request.day, request.giver) if option.lawful]
    return replace(view, judged=judged, instead=tuple(instead))


def swap_in(request: SwapRequest) -> Swap:
    """The exchange that a request asks for."""
    return Swap(day=request.day, giver=request.giver, taker=request.taker, back=request.back)


def frame_of(ctx: Context, request: SwapRequest) -> MonthFrame:
    """The month that a request would change."""
    return read_month(ctx, township_code=request.township_code, month=request.day)


def why_closed(frame: MonthFrame, days: list[date]) -> Message | None:
    """Why days cannot be exchanged, whoever serves on them."""
    if frame.published is None:
        return Message("swap.no_roster", {"month": f"{frame.month:%Y-%m}"})
    for day in days:
        if day <= frame.today:
            return Message("swap.too_late", {"day": day.isoformat()})
        if day in frame.plans:
            return Message("swap.day_published", {"day": day.isoformat()})
    return None


def judged_now(frame: MonthFrame, swap: Swap) -> Judged:
    """The exchange judged by the roster in force.

    Raises
    ------
    BadInput
        If its days cannot be exchanged at all.
    """
    closed = why_closed(frame, [day for day, _, _ in swap.moves])
    if closed is not None or frame.published is None:
        raise BadInput("swap.closed", what=closed)
    return Board(frame, frame.published, tradable(frame)).judge(swap)


def still_lawful(frame: MonthFrame, request: SwapRequest) -> Judged:
    """The exchange, lawful by the roster in force.

    Raises
    ------
    Conflict
        If it is not, any more, with what it breaks.
    """
    try:
        judged = judged_now(frame, swap_in(request))
    except BadInput as error:
        raise Conflict("swap.no_longer", what=error.message) from error
    if not judged.lawful:
        raise Conflict("swap.no_longer", what=judged.broken[0])
    return judged


def swaps_of_office(ctx: Context, *, township_code: str | None, every: bool = False) -> list[SwapView]:
    """Requests of a township, or of all, the open ones first; not judged, which `view_swap` does one by one.

    Parameters
    ----------
    every
        Whether decided ones are among them, the latest `MOST_DECIDED`.
    """
    with ctx.storage.read() as uow:
        requests = uow.swaps.still_open(township_code=township_code)
        if every:
            requests += uow.swaps.decided(township_code=township_code, most=MOST_DECIDED)
    return _views(ctx, requests)


def swaps_of_officer(ctx: Context, officer: Officer) -> list[SwapView]:
    """Requests of and to an officer, the latest first; not judged."""
    with ctx.storage.read() as uow:
        requests = uow.swaps.of_officer(officer.id)
    return _views(ctx, requests[:MOST_DECIDED])


def _views(ctx: Context, requests: list[SwapRequest]) -> list[SwapView]:
    frames: dict[tuple[str, date], MonthFrame] = {}
    found = []
    for request in requests:
        key = request.township_code, month_of(request.day)
        if key not in frames:
            frames[key] = frame_of(ctx, request)
        found.append(view_in(frames[key], request, judge=False))
    return found
