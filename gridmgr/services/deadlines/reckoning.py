"""Reckoning a deadline nobody has to keep: what if."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gridmgr.domain.calendar import FIRST_YEAR, LAST_YEAR
from gridmgr.domain.deadlines import DeadlineRule, RuleTextError, due_at
from gridmgr.domain.deadlines.rules import MOST
from gridmgr.errors import BadInput
from gridmgr.services.context import Context
from gridmgr.services.deadlines.book import book_of
from gridmgr.services.deadlines.calendars import calendar_of
from gridmgr.services.deadlines.words import rule_words
from gridmgr.texts import Message


@dataclass(frozen=True, kw_only=True)
class Reckoned:
    """When a deadline falls.

    Parameters
    ----------
    rule
        As its law counts it.
    due
        In the office's zone.
    settled
        Whether the notices of all years up to there are on record.
    words
        A sentence.
    """

    rule: DeadlineRule
    due: datetime
    settled: bool
    words: Message


def reckon(ctx: Context, words: str, start: str) -> Reckoned:
    """When a deadline in words falls that starts at a time in ISO form, office time where it names no zone.

    Raises
    ------
    BadInput
        If one of the two cannot be read, or the calendar does not reach so far.
    """
    with ctx.storage.read() as uow:
        calendar, book = calendar_of(uow, ctx.clock.zone), book_of(uow)
    try:
        begins = datetime.fromisoformat(start)
        begins = begins.replace(tzinfo=ctx.clock.zone) if begins.tzinfo is None else begins
    except ValueError as error:
        raise BadInput("deadline.bad_moment", value=start) from error
    try:
        rule = book.read(words)
    except RuleTextError as error:
        raise BadInput("deadline.unreadable", words=words) from error
    # The longest limit is thirty years; the calendar has to reach to its end.
    within = FIRST_YEAR < begins.year < LAST_YEAR - MOST["year"] - 1
    due = due_at(rule, begins, calendar) if within else None
    if due is None:
        raise BadInput("deadline.bad_moment", value=start)
    local = calendar.local(begins)
    values = {"rule": rule_words(rule), "start": f"{local:%Y-%m-%d %H:%M}", "due": f"{due:%Y-%m-%d %H:%M}"}
    return Reckoned(
        rule=rule,
        due=due,
        settled=calendar.is_settled(local.date(), due.date()),
        words=Message("deadline.due_at", values),
    )
