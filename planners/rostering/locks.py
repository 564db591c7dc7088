"""Duties locked by hand that cannot all be: counted before anything is solved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

from planners.result import Reason
from planners.rostering.data import OFFICE, Day, Problem
from planners.rostering.demand import available_by_group, quota
from planners.rostering.reasons import because

_WEEK = 7


def impossible_locks(problem: Problem) -> tuple[Reason, ...]:
    """Why the locked duties leave no roster; empty where they do.

    Locks that pass here always leave one: whoever is locked fills his agency's quota first, and an agency
    whose other people must rest sends fewer.
    """
    return (
        *(reason for day in problem.days for reason in _on_day(problem, day)),
        *_without_rest(problem),
    )


def _on_day(problem: Problem, day: Day) -> Iterator[Reason]:
    for person in sorted(day.locked - day.available):
        yield because("lock_not_available", day=day.key, person=person)
    for group, people in available_by_group(problem, day).items():
        locked = sum(person.id in day.locked for person in people)
        allowed = quota(group, len(people), day=day, rules=problem.rules)
        if locked <= allowed:
            continue
        if group == OFFICE:
            yield because("lock_too_many_office", day=day.key, locked=locked, allowed=allowed)
        else:
            yield because("lock_too_many", day=day.key, agency=group, locked=locked, allowed=allowed)


def _without_rest(problem: Problem) -> Iterator[Reason]:
    for person in problem.people:
        locked = {day.date for day in problem.days if person.id in day.locked}
        if locked:
            yield from rest_broken(problem, person.id, person.other_duties | locked, on=locked, kind="lock")


def rest_broken(
    problem: Problem, person: str, served: frozenset[date] | set[date], *, on: set[date], kind: str
) -> Iterator[Reason]:
    """Rest rules that duties on the dates ``on`` break, ``served`` being all of the person's dates.

    Parameters
    ----------
    kind
        ``lock`` or ``swap``: which reasons to give.
    """
    rules = problem.rules
    if rules.max_days_in_row is not None:
        longest = [(row_through(served, day), day) for day in sorted(on)]
        days, day = max(longest, key=lambda item: item[0])
        if days > rules.max_days_in_row:
            yield because(
                f"{kind}_days_in_row",
                person=person,
                day=day.isoformat(),
                days=days,
                allowed=rules.max_days_in_row,
            )
    allowed = _WEEK - rules.rest_days_a_week
    by_week = Counter(_monday(day) for day in served)
    for monday in sorted({_monday(day) for day in on}):
        if by_week[monday] > allowed:
            yield because(
                f"{kind}_rest_days",
                person=person,
                monday=monday.isoformat(),
                duties=by_week[monday],
                allowed=allowed,
            )


def row_through(served: frozenset[date] | set[date], day: date) -> int:
    """Length of the row of calendar days with duty that holds the day, itself one of them."""
    first = last = day
    while first - timedelta(days=1) in served:
        first -= timedelta(days=1)
    while last + timedelta(days=1) in served:
        last += timedelta(days=1)
    return (last - first).days + 1


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
