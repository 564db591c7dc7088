"""Clocks as users see them: what runs, how much is left, what was asked for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gridmgr.domain.cases import OPEN_STATES, Actor, Case
from gridmgr.domain.deadlines import CaseClock, Standing, standing
from gridmgr.domain.users import User
from gridmgr.services.cases.reading import find_case
from gridmgr.services.cases.scope import scoped
from gridmgr.services.context import Context
from gridmgr.services.deadlines.book import book_of
from gridmgr.services.deadlines.calendars import calendar_of
from gridmgr.services.deadlines.words import basis_words, clock_name, clock_rule_words, left_words
from gridmgr.services.discretion import Reader, clock_for
from gridmgr.storage import UnitOfWork
from gridmgr.storage.repositories.cases import CaseFilter
from gridmgr.texts import Message

#: Most urgent first.
_ORDER = ("overdue", "red", "yellow", "green", "paused")
#: More cases than anybody reads from a list.
_MOST_SHOWN = 500


@dataclass(frozen=True, kw_only=True)
class ClockView:
    """A clock, how it stands now, and its words.

    Parameters
    ----------
    clock
        As kept.
    standing
        At this moment.
    name, rule, left
        What has to be done, how long it may take and by which law, what is left.
    basis
        What the limit rests on and how its time is counted.
    """

    clock: CaseClock
    standing: Standing
    name: Message
    rule: Message
    left: Message
    basis: Message


@dataclass(frozen=True, kw_only=True)
class OpenCase:
    """A case somebody has to act on.

    Parameters
    ----------
    case
        The case.
    item_name
        Its item, None where it has none.
    clock
        Of those that run the one that falls first; one that stands still only where no other runs.
    """

    case: Case
    item_name: str | None
    clock: ClockView | None


def clocks_of_case(ctx: Context, case_id: str, *, user: User) -> list[ClockView]:
    """A case's clocks: those that run first, the most urgent first, then those that are over.

    Raises
    ------
    NotFound, Forbidden
        If there is no such case, or it is another's.
    """
    find_case(ctx, case_id, user=user)
    with ctx.storage.read() as uow:
        found = views(ctx, uow, [clock_for(clock, user) for clock in uow.clocks.of_case(case_id)])
    return sorted(found, key=_urgency)


def running_clocks(ctx: Context, *, township_code: str | None, reader: Reader = None) -> list[ClockView]:
    """Clocks that run, of a township or all, the most urgent first; words as the reader may have them."""
    with ctx.storage.read() as uow:
        running = uow.clocks.running(township_code=township_code)
        found = views(ctx, uow, [clock_for(clock, reader) for clock in running])
    return sorted(found, key=_urgency)


def next_clocks(ctx: Context, uow: UnitOfWork, case_ids: Iterable[str]) -> dict[str, ClockView]:
    """The clock that falls first, by case; cases of which none runs are left out."""
    running = (clock for clock in uow.clocks.of_cases(case_ids) if clock.is_running)
    found: dict[str, ClockView] = {}
    for view in sorted(views(ctx, uow, running), key=_falls):
        found.setdefault(view.clock.case_id, view)
    return found


def open_cases(ctx: Context, *, township_code: str | None, user: User) -> list[OpenCase]:
    """Open cases within the user's scope, those with least time left first; without a clock last."""
    wanted = scoped(CaseFilter(township_code=township_code, states=OPEN_STATES), Actor.of(user))
    if wanted is None:
        return []
    with ctx.storage.read() as uow:
        cases = uow.cases.search(wanted)
        clocks = next_clocks(ctx, uow, (case.id for case in cases))
        ordered = sorted(cases, key=lambda case: _least_left(clocks.get(case.id), case))[:_MOST_SHOWN]
        items = uow.catalogue.get_many({case.item_code for case in ordered if case.item_code})
    return [
        OpenCase(
            case=case,
            item_name=items[case.item_code].name if case.item_code in items else None,
            clock=clocks.get(case.id),
        )
        for case in ordered
    ]


def views(ctx: Context, uow: UnitOfWork, clocks: Iterable[CaseClock]) -> list[ClockView]:
    """Clocks with how they stand now."""
    calendar, book, now = calendar_of(uow, ctx.clock.zone), book_of(uow), ctx.clock.utc_now()
    found = []
    for clock in clocks:
        seen = standing(clock, now, calendar, book.thresholds)
        found.append(
            ClockView(
                clock=clock,
                standing=seen,
                name=clock_name(clock, book),
                rule=clock_rule_words(clock, calendar),
                left=left_words(clock.rule, seen, calendar),
                basis=basis_words(clock, book, calendar),
            )
        )
    return found


def _urgency(view: ClockView) -> tuple[int, float, str]:
    level = view.standing.level
    order = _ORDER.index(level) if level in _ORDER else len(_ORDER)
    due = view.standing.due or view.clock.stopped_at or view.clock.started_at
    return order, due.timestamp(), view.clock.id


def _falls(view: ClockView) -> tuple[bool, float, str]:
    due = view.standing.due
    return due is None, due.timestamp() if due else 0.0, view.clock.id


def _least_left(view: ClockView | None, case: Case) -> tuple[bool, bool, float, str]:
    if view is None:
        return True, True, case.opened_at.timestamp(), case.id
    still, due, _ = _falls(view)
    return False, still, due, case.id
