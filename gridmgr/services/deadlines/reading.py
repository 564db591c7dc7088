"""Clocks as users see them: what runs, how much is left, what was asked for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gridmgr.domain.deadlines import CaseClock, Standing, standing
from gridmgr.domain.users import User
from gridmgr.services.cases.reading import find_case
from gridmgr.services.context import Context
from gridmgr.services.deadlines.book import book_of
from gridmgr.services.deadlines.calendars import calendar_of
from gridmgr.services.deadlines.words import clock_name, left_words, rule_words
from gridmgr.storage import UnitOfWork
from gridmgr.texts import Message

#: Most urgent first.
_ORDER = ("overdue", "red", "yellow", "green", "paused")


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
    """

    clock: CaseClock
    standing: Standing
    name: Message
    rule: Message
    left: Message


def clocks_of_case(ctx: Context, case_id: str, *, user: User) -> list[ClockView]:
    """A case's clocks: those that run first, the most urgent first, then those that are over.

    Raises
    ------
    NotFound, Forbidden
        If there is no such case, or it is another's.
    """
    find_case(ctx, case_id, user=user)
    with ctx.storage.read() as uow:
        found = views(ctx, uow, uow.clocks.of_case(case_id))
    return sorted(found, key=_urgency)


def running_clocks(ctx: Context, *, township_code: str | None) -> list[ClockView]:
    """Clocks that run, of a township or all, the most urgent first."""
    with ctx.storage.read() as uow:
        clocks = [clock for clock in uow.clocks.running() if township_code in (None, clock.township_code)]
        found = views(ctx, uow, clocks)
    return sorted(found, key=_urgency)


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
                rule=rule_words(clock.rule),
                left=left_words(clock.rule, seen, calendar),
            )
        )
    return found


def _urgency(view: ClockView) -> tuple[int, float, str]:
    level = view.standing.level
    order = _ORDER.index(level) if level in _ORDER else len(_ORDER)
    due = view.standing.due or view.clock.stopped_at or view.clock.started_at
    return order, due.timestamp(), view.clock.id
