"""Deadlines in words: rules with their law, what is left, what happened."""

from __future__ import annotations

from datetime import timedelta

from gridmgr.domain.calendar import WorkCalendar
from gridmgr.domain.deadlines import CaseClock, DeadlineRule, Standing
from gridmgr.domain.deadlines.book import RuleBook
from gridmgr.texts import Message

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)


def rule_words(rule: DeadlineRule) -> Message:
    """How long, by which article, and why its days are working days."""
    length = Message(f"deadline.length_{rule.unit}", {"amount": rule.amount})
    if not rule.law:
        return length
    law = Message(f"deadline.law_{rule.law}")
    if not rule.article:
        return Message("deadline.length_by_law", {"length": length, "law": law})
    values = {"length": length, "law": law, "article": rule.article}
    if rule.counted_by:
        return Message("deadline.length_counted", {**values, "counted": rule.counted_by})
    return Message("deadline.length_by_article", values)


def clock_rule_words(clock: CaseClock, calendar: WorkCalendar) -> Message:
    """How long a clock runs, by which article or by whose order."""
    if clock.ordered_due is None:
        return rule_words(clock.rule)
    return Message("deadline.length_ordered", {"due": f"{calendar.local(clock.ordered_due):%Y-%m-%d %H:%M}"})


def clock_name(clock: CaseClock, book: RuleBook) -> Message:
    """What has to be done until then."""
    kind = "phase" if clock.phase in book.phases else "limit"
    return Message(f"deadline.{kind}_{clock.phase}")


def basis_words(clock: CaseClock, book: RuleBook, calendar: WorkCalendar) -> Message:
    """What a clock's limit rests on, and how its time is counted."""
    if clock.ordered_due is not None:
        return Message("deadline.basis_ordered", {"rule": clock_rule_words(clock, calendar)})
    rule, phase = clock.rule, book.phases.get(clock.phase)
    if rule.law:
        name = "law"
    elif phase is not None and phase.of_item and rule != phase.rule:
        name = "item"
    else:
        name = "office"
    counted = Message(f"deadline.counted_{rule.unit}")
    return Message(f"deadline.basis_{name}", {"rule": rule_words(rule), "counted": counted})


def left_words(rule: DeadlineRule, seen: Standing, calendar: WorkCalendar) -> Message:
    """What is left or by how much it is overdue, in the units the rule counts in."""
    over = seen.left < timedelta() or seen.level == "overdue"
    amount = _amount(rule, abs(seen.left), calendar)
    if seen.level in ("met", "late", "void"):
        return Message(f"deadline.left_{seen.level}", {"amount": amount})
    if seen.level == "paused":
        return Message("deadline.left_paused", {"amount": amount})
    return Message("deadline.left_over" if over else "deadline.left", {"amount": amount})


def _amount(rule: DeadlineRule, span: timedelta, calendar: WorkCalendar) -> Message:
    office = rule.in_office_time
    day = calendar.hours.length if office else _DAY
    kind = "office" if office else "plain"
    if rule.in_hours or span < day:
        hours, rest = divmod(span, _HOUR)
        return Message(f"deadline.{kind}_hours", {"hours": hours, "minutes": rest // timedelta(minutes=1)})
    days, rest = divmod(span, day)
    return Message(f"deadline.{kind}_days", {"days": days, "hours": rest // _HOUR})
