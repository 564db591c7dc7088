"""One thing about a day made different, as data: what would let its people form more lawful squads.

`planners.rostering.relief` solves the day with each; here stands what they are and how one changes a problem.
Kinds, from the one that asks least of the office to the one that asks most:

- ``send``: somebody of an agency is sent in another's turn (person, instead).
- ``extra``: an agency sends one person more than its share (agency).
- ``attend``: somebody on leave, in training or seconded comes on this day (person).
- ``lend``: somebody of another township comes for the day (person).
- ``vehicle``: one vehicle more, with seats for the largest squad.
- ``certify``: somebody gets a valid certificate (person, scopes).
- ``hire``: an agency has one certified person more, whose turn it is (agency, scopes).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, get_args

from planners.rostering.data import OFFICE, Day, Person, Problem, Vehicle

Kind = Literal["send", "extra", "attend", "lend", "vehicle", "certify", "hire"]
KINDS: tuple[Kind, ...] = get_args(Kind)
#: Who can be asked to come all the same; nobody asks the sick.
MOVABLE = frozenset({"leave", "training", "seconded"})

#: Ids of people and vehicles that are not there yet.
NEWCOMER, NEW_VEHICLE = "+person", "+vehicle"


@dataclass(frozen=True, kw_only=True)
class Change:
    """One change; see the kinds above for what goes with which.

    Parameters
    ----------
    kind
        One of `KINDS`.
    person
        Id of whom it is about.
    instead
        Id of whoever stays for ``send``.
    agency
        Group that sends more or gets somebody; `OFFICE` for the office's own staff.
    scopes
        What the new certificate covers.
    """

    kind: Kind
    person: str | None = None
    instead: str | None = None
    agency: str | None = None
    scopes: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"Change.kind must be one of {', '.join(KINDS)}, got {self.kind!r}")
        if (self.person is not None) != (self.kind in ("send", "attend", "lend", "certify")):
            raise ValueError(f"Change.person does not go with kind {self.kind!r}: {self.person!r}")
        if (self.agency is not None) != (self.kind in ("extra", "hire")):
            raise ValueError(f"Change.agency does not go with kind {self.kind!r}: {self.agency!r}")
        if (self.instead is not None) != (self.kind == "send"):
            raise ValueError(f"Change.instead does not go with kind {self.kind!r}: {self.instead!r}")

    @property
    def burden(self) -> int:
        """What it asks of the office; the smaller is offered first."""
        return KINDS.index(self.kind)

    @property
    def repeats(self) -> bool:
        """Whether it can be made twice."""
        return self.kind in ("extra", "vehicle", "hire")

    @property
    def key(self) -> tuple[int, str, str, str, tuple[str, ...]]:
        """An order among changes, lighter ones first."""
        names = (self.person or "", self.instead or "", self.agency or "")
        return (self.burden, *names, tuple(sorted(self.scopes)))


def changed(
    problem: Problem,
    change: Change,
    *,
    sent: frozenset[str] = frozenset(),
    lendable: Mapping[str, Person] | None = None,
) -> Problem:
    """The problem of one day with one change.

    Parameters
    ----------
    problem
        Of exactly one day.
    change
        What is different.
    sent
        Who is sent without it, for ``send``.
    lendable
        People of other townships by id, for ``lend``.
    """
    (day,) = problem.days
    if change.kind == "send":
        return _with_day(problem, _in_turn(problem, day, change, sent))
    if change.kind == "extra":
        group = change.agency or OFFICE
        return _with_day(problem, replace(day, extra={**day.extra, group: day.extra.get(group, 0) + 1}))
    if change.kind == "attend":
        return _with_day(problem, _attending(day, str(change.person)))
    if change.kind == "vehicle":
        number = sum(vehicle.id.startswith(NEW_VEHICLE) for vehicle in day.vehicles)
        more = Vehicle(id=f"{NEW_VEHICLE}{number or ''}", seats=problem.rules.max_members)
        return _with_day(problem, replace(day, vehicles=(*day.vehicles, more)))
    if change.kind == "certify":
        return replace(problem, people=tuple(_certified(person, change) for person in problem.people))
    guest = (lendable or {})[str(change.person)] if change.kind == "lend" else newcomer(problem, change)
    return _joined(problem, day, guest)


def _with_day(problem: Problem, day: Day) -> Problem:
    return replace(problem, days=(day,))


def _in_turn(problem: Problem, day: Day, change: Change, sent: frozenset[str]) -> Day:
    """Nobody of the group can be chosen but those sent, with the one in the other's place."""
    groups = {person.id: person.group for person in problem.people}
    own = {name for name in day.available if groups[name] == groups[str(change.person)]}
    going = (own & sent) - {change.instead} | {str(change.person)}
    return replace(day, available=day.available - own | going)


def _attending(day: Day, person: str) -> Day:
    absent = {name: why for name, why in day.absent.items() if name != person}
    return replace(day, available=day.available | {person}, absent=absent)


def _certified(person: Person, change: Change) -> Person:
    if person.id != change.person:
        return person
    return replace(person, certified_until=date.max, scopes=change.scopes)


def newcomer(problem: Problem, change: Change) -> Person:
    """Somebody certified whose turn it is in the agency, as its people's turns stand."""
    number = sum(person.id.startswith(NEWCOMER) for person in problem.people)
    own = [person for person in problem.people if person.group == change.agency]
    agency = own[0].agency if own else change.agency or "office"
    return Person(
        id=f"{NEWCOMER}{number or ''}",
        agency=agency,
        is_office=change.agency == OFFICE,
        certified_until=date.max,
        scopes=change.scopes,
        duties_last_weeks=min((person.duties_last_weeks for person in own), default=0),
        off_duties_last_weeks=min((person.off_duties_last_weeks for person in own), default=0),
    )


def _joined(problem: Problem, day: Day, guest: Person) -> Problem:
    here = replace(day, available=day.available | {guest.id})
    return replace(problem, people=(*problem.people, guest), days=(here,))
