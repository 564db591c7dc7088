"""Rest between duties as limits on sets of days, for the models."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from planners.rostering.data import Person, Problem

_WEEK = 7


@dataclass(frozen=True)
class Limit:
    """Of these days of the problem, by number, the person serves on ``most`` at most."""

    days: tuple[int, ...]
    most: int


def rest_limits(problem: Problem, person: Person) -> list[Limit]:
    """What the rules of rest leave a person, duties that stand on other days counted."""
    numbers = {day.date: number for number, day in enumerate(problem.days) if person.id in day.available}
    limits = [*_row_limits(problem, person, numbers), *_week_limits(problem, person, numbers)]
    return [limit for limit in limits if len(limit.days) > limit.most]


def _row_limits(problem: Problem, person: Person, numbers: dict[date, int]) -> list[Limit]:
    """One for each stretch of one day more than the longest allowed row."""
    longest = problem.rules.max_days_in_row
    if longest is None:
        return []
    starts = {day - timedelta(days=back) for day in numbers for back in range(longest + 1)}
    rows = ([start + timedelta(days=offset) for offset in range(longest + 1)] for start in sorted(starts))
    return [_limit(person, numbers, row, most=longest) for row in rows]


def _week_limits(problem: Problem, person: Person, numbers: dict[date, int]) -> list[Limit]:
    """One for each calendar week, Monday to Sunday."""
    if problem.rules.rest_days_a_week == 0:
        return []
    mondays = sorted({day - timedelta(days=day.weekday()) for day in numbers})
    most = _WEEK - problem.rules.rest_days_a_week
    weeks = ([monday + timedelta(days=offset) for offset in range(_WEEK)] for monday in mondays)
    return [_limit(person, numbers, week, most=most) for week in weeks]


def _limit(person: Person, numbers: dict[date, int], dates: list[date], *, most: int) -> Limit:
    done = sum(day in person.other_duties for day in dates)
    return Limit(
        days=tuple(numbers[day] for day in dates if day in numbers),
        most=max(0, most - done),
    )
