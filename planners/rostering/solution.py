"""The roster: who is sent on each day, the squads they form, and why anything is short of what was wished."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from planners.result import Reason


@dataclass(frozen=True, kw_only=True)
class Squad:
    """One joint squad of one day.

    Parameters
    ----------
    number
        1, 2, ... within the day.
    leader
        Id of the leader, one of the members.
    members
        Ids, the leader first, then in order of id.
    vehicle
        Id of its vehicle, None when it goes without.
    patrol_only
        True when it may lawfully enforce nothing.
    scopes
        What it may lawfully enforce: its skills in routing. Empty when patrol-only.
    reasons
        Why it is patrol-only; empty otherwise.
    notes
        What else the planner should know (no vehicle, no driver, ...).
    """

    number: int
    leader: str
    members: tuple[str, ...]
    vehicle: str | None
    patrol_only: bool
    scopes: frozenset[str]
    reasons: tuple[Reason, ...] = ()
    notes: tuple[Reason, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Reserve:
    """Somebody sent for whom no squad had room, and why."""

    person: str
    reason: Reason


@dataclass(frozen=True, kw_only=True)
class Short:
    """An agency that cannot send whom it should, and why."""

    agency: str
    reason: Reason


@dataclass(frozen=True, kw_only=True)
class DayRoster:
    """One day of the roster.

    Parameters
    ----------
    date
        The day.
    sent
        Ids of everybody on joint patrol duty, in order: those in squads and those in reserve.
    squads, reserve, short
        See their classes.
    notes
        What else the planner should know about the day.
    proven
        Whether these squads are proven the best for the people sent.
    """

    date: date
    sent: tuple[str, ...]
    squads: tuple[Squad, ...]
    reserve: tuple[Reserve, ...] = ()
    short: tuple[Short, ...] = ()
    notes: tuple[Reason, ...] = ()
    proven: bool = True


@dataclass(frozen=True, kw_only=True)
class Roster:
    """The roster of all days that were finished.

    Parameters
    ----------
    days
        In order of date. Fewer than asked only when the solve was stopped early.
    duties
        Duties by person over these days, history not counted; everybody of the problem is in it.
    people_proven
        Whether the choice of people is proven the fairest.
    """

    days: tuple[DayRoster, ...]
    duties: Mapping[str, int]
    people_proven: bool = True
