"""The rostering problem: people, days, rules. Validated at construction, free of any solver.

One problem is one township over one or several days. Dates are calendar days of that township; there are no
times of day here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import pairwise

CERTIFIED_NEEDED = 2
"""At least two certified officers: Administrative Penalty Law of the PRC (2021), Art 42."""

ABSENCES = ("leave", "seconded", "training", "sick", "other")
"""Why somebody is not available."""

OFFICE = ""
"""Group of the office's own staff, who are counted apart from the agencies."""

_SATURDAY = 5
_MOST_REST_DAYS = 6


class PairRule(StrEnum):
    """When two certified members make a lawful pair. Provinces differ, so it is a setting."""

    SCOPE = "scope"  #: both certificates cover the scope (strict, default)
    SAME_AGENCY = "same_agency"  #: both are of one agency, and one of them covers the scope
    POOLED = "pooled"  #: any two of the squad, and a certified member covers the scope (浙江 Art 29)


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody who can be sent on joint patrol.

    Parameters
    ----------
    id, agency
        Ids as text. The agency of office staff is the office's own.
    is_office
        Whether the person is the township office's own staff rather than an agency's.
    certified_until
        Last day on which the enforcement certificate is valid; None without a certificate. A certificate
        without an end is ``date.max``.
    scopes
        Scopes the certificate covers. Ignored on days without a valid certificate.
    can_lead
        Whether the person is senior enough, or of the office, to lead a squad.
    can_drive
        Whether the person may drive the squad's vehicle.
    seniority_years
        Years of service, breaks ties between leaders. Not negative.
    duties_last_weeks, led_last_weeks
        Duties done, and squads led, in the weeks before the first day. Not negative. A newcomer is best
        given the agency's mean, or will be sent every day until he has caught up.
    off_duties_last_weeks
        Those of the duties that fell on weekends and public holidays. Not negative.
    other_duties
        Dates of duties that stand on days not of the problem, before or after: rest rules count them.
    """

    id: str
    agency: str
    is_office: bool = False
    certified_until: date | None = None
    scopes: frozenset[str] = frozenset()
    can_lead: bool = True
    can_drive: bool = True
    seniority_years: float = 0.0
    duties_last_weeks: int = 0
    led_last_weeks: int = 0
    off_duties_last_weeks: int = 0
    other_duties: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        if not self.id:
            raise ValueError("Person.id must not be empty")
        if not self.agency:
            raise ValueError(f"Person {self.id!r}: agency must not be empty")
        if "" in self.scopes:
            raise ValueError(f"Person {self.id!r}: scopes must not hold an empty name")
        if self.seniority_years < 0:
            raise ValueError(
                f"Person {self.id!r}: seniority_years must not be negative, got {self.seniority_years}"
            )
        for name in ("duties_last_weeks", "led_last_weeks", "off_duties_last_weeks"):
            if getattr(self, name) < 0:
                raise ValueError(
                    f"Person {self.id!r}: {name} must not be negative, got {getattr(self, name)}"
                )

    @property
    def group(self) -> str:
        """Agency whose turn it is, or `OFFICE` for the office's own staff."""
        return OFFICE if self.is_office else self.agency

    def certified_on(self, day: date) -> bool:
        """Whether the certificate is valid on that day."""
        return self.certified_until is not None and day <= self.certified_until


@dataclass(frozen=True, kw_only=True)
class Vehicle:
    """A vehicle a squad can take, with its number of seats, the driver's included."""

    id: str
    seats: int

    def __post_init__(self) -> None:
        if not self.id:
            raise ValueError("Vehicle.id must not be empty")
        if self.seats < 1:
            raise ValueError(f"Vehicle {self.id!r}: seats must be at least 1, got {self.seats}")


@dataclass(frozen=True, kw_only=True)
class Day:
    """Who and what is there on one day.

    Parameters
    ----------
    date
        The calendar day.
    available
        Ids of the people on duty.
    absent
        Why the others are not, by id: one of `ABSENCES`. Who is in neither counts as ``other``.
    vehicles
        Vehicles that can be used. Empty means none is recorded: squads then go without, and it is said.
    squads
        How many squads are asked for on this day; None takes ``Rules.max_squads``.
    locked
        Ids of people who must be sent: the office decided so by hand. Whoever must not be sent is left out of
        ``available``.
    off
        Whether it is a weekend or public holiday by the public calendar, which also knows make-up working
        days; None takes Saturdays and Sundays.
    extra
        How many people more than the rules ask an agency (or `OFFICE`) sends on this day, where it does.
    """

    date: date
    available: frozenset[str]
    absent: Mapping[str, str] = field(default_factory=dict)
    vehicles: tuple[Vehicle, ...] = ()
    squads: int | None = None
    locked: frozenset[str] = frozenset()
    off: bool | None = None
    extra: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for person, why in self.absent.items():
            if why not in ABSENCES:
                raise ValueError(f"Day {self.key}: absent[{person!r}] must be one of {ABSENCES}, got {why!r}")
        both = sorted(self.available & set(self.absent))
        if both:
            raise ValueError(f"Day {self.key}: available and absent at once: {both}")
        twice = _doubles(vehicle.id for vehicle in self.vehicles)
        if twice:
            raise ValueError(f"Day {self.key}: vehicles listed twice: {twice}")
        for agency, more in self.extra.items():
            if more < 0:
                raise ValueError(f"Day {self.key}: extra[{agency!r}] must not be negative, got {more}")
        if self.squads is not None and self.squads < 1:
            raise ValueError(f"Day {self.key}: squads must be at least 1, got {self.squads}")

    @property
    def key(self) -> str:
        """ISO text of the date."""
        return self.date.isoformat()

    @property
    def is_off(self) -> bool:
        """Whether duty on this day is shared by itself, as duty on weekends and public holidays."""
        return self.date.weekday() >= _SATURDAY if self.off is None else self.off


@dataclass(frozen=True, kw_only=True)
class Weights:
    """How much each soft wish of the squads counts against the others. None may be negative.

    Parameters
    ----------
    breadth
        For each scope that at least one squad may enforce.
    scope
        For each scope of each squad.
    mixed
        For each agency represented in each squad.
    balance
        Against each head between the largest and the smallest squad.
    pairs
        Against each time two people of a squad were together in the last weeks.
    leader, driver
        For each squad that has a certified member who can lead, and somebody who can drive.
    """

    breadth: int = 40
    scope: int = 4
    mixed: int = 6
    balance: int = 5
    pairs: int = 1
    leader: int = 30
    driver: int = 30

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if value < 0:
                raise ValueError(f"Weights.{name} must not be negative, got {value}")


@dataclass(frozen=True, kw_only=True)
class Rules:
    """The rules of the house.

    Parameters
    ----------
    pair_rule
        Hard, decides what a squad may enforce.
    min_members, max_members
        Hard, heads in a squad.
    max_squads
        Hard, squads a day unless the day says otherwise.
    people_per_agency
        How many people each agency sends a day, as far as it has them.
    office_per_squad
        How many office staff go for each squad asked for, as far as there are.
    max_days_in_row
        Hard, most calendar days in a row on which somebody is sent; None for no such rule.
    rest_days_a_week
        Hard, least days without duty in each calendar week, Monday to Sunday. An agency whose people must
        rest sends fewer, and it is said.
    lawful_before_fair
        Whether a day without any lawful squad is avoided even where it means an unfair turn. By default the
        fair turn comes first and certificates decide among equals.
    weights
        Soft wishes in forming squads.
    """

    pair_rule: PairRule = PairRule.SCOPE
    min_members: int = 2
    max_members: int = 5
    max_squads: int = 3
    people_per_agency: int = 1
    office_per_squad: int = 1
    max_days_in_row: int | None = None
    rest_days_a_week: int = 0
    lawful_before_fair: bool = False
    weights: Weights = field(default_factory=Weights)

    @property
    def asks_for_rest(self) -> bool:
        """Whether there is any rule of rest."""
        return self.max_days_in_row is not None or self.rest_days_a_week > 0

    def __post_init__(self) -> None:
        if self.min_members < 1:
            raise ValueError(f"Rules.min_members must be at least 1, got {self.min_members}")
        if self.max_members < self.min_members:
            raise ValueError(
                f"Rules.max_members must be at least min_members {self.min_members}, got {self.max_members}"
            )
        if self.max_squads < 1:
            raise ValueError(f"Rules.max_squads must be at least 1, got {self.max_squads}")
        if self.people_per_agency < 1:
            raise ValueError(f"Rules.people_per_agency must be at least 1, got {self.people_per_agency}")
        if self.office_per_squad < 0:
            raise ValueError(f"Rules.office_per_squad must not be negative, got {self.office_per_squad}")
        if self.max_days_in_row is not None and self.max_days_in_row < 1:
            raise ValueError(f"Rules.max_days_in_row must be at least 1, got {self.max_days_in_row}")
        if not 0 <= self.rest_days_a_week <= _MOST_REST_DAYS:
            raise ValueError(
                f"Rules.rest_days_a_week must be 0 to {_MOST_REST_DAYS}, got {self.rest_days_a_week}"
            )


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One township's roster over one or several days.

    Parameters
    ----------
    people
        Everybody who can be sent; ids unique.
    days
        In order of date, no date twice, at least one.
    rules
        The rules of the house.
    agencies
        Agencies that should send somebody even if no person of theirs is known; they are reported short.
    recent_pairs
        How often two people were in one squad in the last weeks, by `pair_key`. Pairs with people who are not
        in the problem are ignored.
    """

    people: tuple[Person, ...]
    days: tuple[Day, ...]
    rules: Rules = field(default_factory=Rules)
    agencies: tuple[str, ...] = ()
    recent_pairs: Mapping[tuple[str, str], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        twice = _doubles(person.id for person in self.people)
        if twice:
            raise ValueError(f"Problem.people: ids listed twice: {twice}")
        if not self.days:
            raise ValueError("Problem.days must hold at least one day")
        dates = [day.date for day in self.days]
        if any(later <= earlier for earlier, later in pairwise(dates)):
            raise ValueError(
                f"Problem.days must be in order of date without repeats, got {[d.key for d in self.days]}"
            )
        self._check_people_known()
        for person in self.people:
            inside = sorted(person.other_duties & set(dates))
            if inside:
                raise ValueError(
                    f"Person {person.id!r}: other_duties must lie on other days than the problem's, "
                    f"got {inside[0]}"
                )
        for pair, times in self.recent_pairs.items():
            if pair != pair_key(*pair):
                raise ValueError(f"Problem.recent_pairs: key {pair!r} must be two different ids in order")
            if times < 0:
                raise ValueError(f"Problem.recent_pairs[{pair!r}] must not be negative, got {times}")

    def _check_people_known(self) -> None:
        known = {person.id for person in self.people}
        for day in self.days:
            strange = sorted((day.available | set(day.absent) | day.locked) - known)
            if strange:
                raise ValueError(f"Day {day.key}: people who are not in the problem: {strange}")


def pair_key(one: str, other: str) -> tuple[str, str]:
    """Key of two people in ``Problem.recent_pairs``, whichever way round they come.

    Raises
    ------
    ValueError
        If both are the same person.
    """
    if one == other:
        raise ValueError(f"a pair needs two different people, got {one!r} twice")
    return (one, other) if one < other else (other, one)


def _doubles(ids: Iterable[str]) -> list[str]:
    return sorted(item for item, times in Counter(ids).items() if times > 1)
