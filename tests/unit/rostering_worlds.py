"""Miniature townships for the rostering tests."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from planners.rostering import Day, Person, Problem, Rules, Vehicle

MONDAY = date(2026, 3, 2)
FOREVER = date.max


def person(
    name: str, agency: str | None = None, *scopes: str, until: date | None = FOREVER, **more
) -> Person:
    """Somebody certified for the given scopes, of an agency of his own unless one is named."""
    return Person(
        id=name, agency=agency or f"agency of {name}", scopes=frozenset(scopes), certified_until=until, **more
    )


def uncertified(name: str, agency: str | None = None, **more) -> Person:
    """Somebody without a certificate."""
    return person(name, agency, until=None, **more)


def day(people: Iterable[Person], number: int = 0, *, away: Iterable[str] = (), **more) -> Day:
    """The number-th day from Monday, everybody on duty except those away."""
    available = frozenset(person.id for person in people) - set(away)
    return Day(date=MONDAY + timedelta(days=number), available=available, **more)


def problem(people: Iterable[Person], *, days: int = 1, rules: Rules | None = None, **more) -> Problem:
    """Everybody on duty on all days."""
    people = tuple(people)
    return Problem(
        people=people,
        days=tuple(day(people, number) for number in range(days)),
        rules=rules or Rules(),
        **more,
    )


def vehicles(*seats: int) -> tuple[Vehicle, ...]:
    """Vehicles v1, v2, ... with so many seats."""
    return tuple(Vehicle(id=f"v{number}", seats=seat) for number, seat in enumerate(seats, start=1))


def codes(reasons) -> list[str]:
    """Codes of reasons, in order."""
    return [reason.code for reason in reasons]
