"""Who could deal with a matter, ranked: officers, squads, bodies; every point has its reason.

A candidate's score is the sum of its parts, and each part is something a person can check. What speaks
against choosing one at all (recusal, leave, an objection to this very case) holds it back: it stands behind
all others, whatever its score, and says why.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from gridmgr.texts import Message

#: What a candidate is.
KINDS = ("officer", "squad", "body")
_DAYS_A_YEAR = 365
#: A squad farther than so many metres, or there only after so many minutes, has nothing of these points.
_FAR_METRES, _LATE_MINUTES = 5000.0, 240.0
#: A squad's route leads past what is nearer to it than so many metres.
_AT_ROUTE = 100.0
#: Least time a squad needs at a place.
_LEAST_STAY = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A reason, and what it counts for."""

    words: Message
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Somebody who could deal with a matter.

    Parameters
    ----------
    kind
        One of `KINDS`.
    id, name
        Who; a body's id is its name.
    parts
        What speaks for and against, with points.
    held
        Why it had better not be chosen at all; empty where nothing stands against it.
    at
        When a squad could be there, aware; None for others.
    """

    kind: str
    id: str
    name: str
    parts: tuple[Part, ...]
    held: tuple[Message, ...] = ()
    at: datetime | None = None

    @property
    def score(self) -> int:
        """Sum of the points."""
        return sum(part.points for part in self.parts)


def ranked(candidates: Iterable[Candidate], *, most: int | None = None) -> tuple[Candidate, ...]:
    """The best first; those held back behind all others."""
    ordered = sorted(candidates, key=lambda item: (bool(item.held), -item.score, item.id))
    return tuple(ordered[:most])


def first_free(candidates: Iterable[Candidate]) -> Candidate | None:
    """The best that nothing holds back, None where there is none."""
    return next((item for item in candidates if not item.held), None)


def _part(points: int, key: str, **params: object) -> Part:
    return Part(words=Message(f"routing.{key}", params), points=points)


def _kept(*parts: Part | None) -> tuple[Part, ...]:
    return tuple(part for part in parts if part is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficerFacts:
    """What matters about an officer for one matter.

    Parameters
    ----------
    id, name
        Who.
    role, since
        ``lead`` or ``support`` of the village and from when, both None where not.
    neighbour
        Name of an adjoining village the officer leads, None where there is none.
    of_lead_body
        Whether the officer's agency acts for the body that leads the item.
    covers
        Whether the item lies in the officer's scope; None without an item.
    certified
        Whether the certificate is valid today.
    away
        Attendance status of one not on duty, None on duty.
    recused
        Why the officer does not answer for the village, None where there is no recusal.
    squad
        Number of today's squad, None where in none.
    open_cases
        Cases the officer was sent to that are not over.
    """

    id: str
    name: str
    role: str | None = None
    since: date | None = None
    neighbour: str | None = None
    of_lead_body: bool = False
    covers: bool | None = None
    certified: bool = False
    away: str | None = None
    recused: str | None = None
    squad: int | None = None
    open_cases: int = 0

    @property
    def is_concerned(self) -> bool:
        """Whether anything at all leads to this officer."""
        return bool(self.role or self.neighbour or self.of_lead_body or self.covers)


def officer_candidate(facts: OfficerFacts, *, day: date) -> Candidate:
    """An officer as a candidate on a day."""
    held = []
    if facts.recused is not None:
        held.append(Message("routing.recused", {"reason": facts.recused}))
    if facts.away is not None:
        held.append(Message("routing.away", {"status": Message(f"day.status.{facts.away}")}))
    covers = {None: None, True: _part(15, "covers"), False: _part(-10, "covers_not")}[facts.covers]
    parts = _kept(
        _owner(facts, day),
        None if facts.role or not facts.neighbour else _part(10, "neighbour", village=facts.neighbour),
        _part(15, "of_lead_body") if facts.of_lead_body else None,
        covers,
        _part(10, "certified") if facts.certified else _part(-10, "certified_not"),
        None if facts.squad is None else _part(5, "in_squad", squad=facts.squad),
        _part(-min(10, 2 * facts.open_cases), "open_cases", count=facts.open_cases)
        if facts.open_cases
        else None,
    )
    return Candidate(kind="officer", id=facts.id, name=facts.name, parts=parts, held=tuple(held))


def _owner(facts: OfficerFacts, day: date) -> Part | None:
    if facts.role is None:
        return None
    points = 50 if facts.role == "lead" else 30
    if facts.since is None or facts.since > day:
        return _part(points, f"owner_{facts.role}")
    # Who has known a village for years knows whom to ask there.
    years = (day - facts.since).days // _DAYS_A_YEAR
    return _part(points + min(5, years), f"owner_{facts.role}_since", since=facts.since.isoformat())


@dataclass(frozen=True, slots=True, kw_only=True)
class SquadFacts:
    """What matters about one of today's squads for one matter.

    Parameters
    ----------
    id, number
        Which.
    planned
        When its route has it there already, None where it has not.
    in_village
        Whether the rest of its route stops in the village.
    metres
        From the nearest stop still ahead (or where it is now), metres.
    arrives
        When it could be there if it turned off after what it is at now, aware.
    shift_end
        When its day ends, aware.
    patrol_only
        Why it may not enforce, None where it may.
    covering
        Members with a valid certificate whose scope covers the item; None without an item.
    owner
        Whether the village's lead officer is in it.
    """

    id: str
    number: int
    planned: datetime | None = None
    in_village: bool = False
    metres: float
    arrives: datetime
    shift_end: datetime
    patrol_only: Message | None = None
    covering: int | None = None
    owner: bool = False


def squad_candidate(facts: SquadFacts, *, now: datetime, needed: int = 2) -> Candidate:
    """A squad as a candidate now.

    Parameters
    ----------
    needed
        Certified officers an enforcement takes (行政处罚法 Art 42).
    """
    at = facts.planned or facts.arrives
    held = [] if at + _LEAST_STAY <= facts.shift_end else [Message("routing.shift_over")]
    minutes = max(0.0, (at - now).total_seconds() / 60)
    parts = _kept(
        None if facts.planned is None else _part(40, "planned_there", time=f"{facts.planned:%H:%M}"),
        _part(20, "route_in_village") if facts.in_village else None,
        _part(
            round(20 * max(0.0, 1 - facts.metres / _FAR_METRES)),
            "route_near" if facts.metres >= _AT_ROUTE else "route_there",
            km=round(facts.metres / 1000, 1),
        ),
        _part(round(20 * max(0.0, 1 - minutes / _LATE_MINUTES)), "there_at", time=f"{at:%H:%M}"),
        _lawful(facts, needed),
        _part(10, "owner_in_squad") if facts.owner else None,
    )
    name = str(facts.number)
    return Candidate(kind="squad", id=facts.id, name=name, parts=parts, held=tuple(held), at=at)


def _lawful(facts: SquadFacts, needed: int) -> Part:
    if facts.patrol_only is not None:
        return _part(-25, "patrol_only", reason=facts.patrol_only)
    if facts.covering is None:
        return _part(10, "may_enforce")
    if facts.covering < needed:
        return _part(-15, "few_covering", count=facts.covering, needed=needed)
    return _part(25, "covering", count=facts.covering)


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyFacts:
    """What matters about a body for one matter.

    Parameters
    ----------
    name
        As cases are sent to it.
    role
        ``lead`` or ``help`` by the catalogue's version of the day, None where it is neither.
    guess
        Item whose name is like the matter, where the matter has none, with that likeness of 0 to 1.
    agency
        Name of its agency in the township, None where it has sent none.
    reachable
        Whether cases can be sent to it: some agency of it is on record.
    objected
        Whether it gave this very case back.
    objections, handled
        Cases of the same item (or kind) it gave back or handled within the year.
    joint
        Whether it leads the joint matter the case belongs to.
    """

    name: str
    role: str | None = None
    guess: tuple[str, float] | None = None
    agency: str | None = None
    reachable: bool = True
    objected: bool = False
    objections: int = 0
    handled: int = 0
    joint: bool = False


def body_candidate(facts: BodyFacts) -> Candidate:
    """A department, or the township's own office, as a candidate."""
    held = []
    if facts.objected:
        held.append(Message("routing.objected"))
    if not facts.reachable:
        held.append(Message("routing.unreachable"))
    guess = facts.guess
    parts = _kept(
        _part(60 if facts.role == "lead" else 25, f"body_{facts.role}") if facts.role else None,
        None
        if facts.role or guess is None
        else _part(round(30 * guess[1]), "body_guess", item=guess[0], percent=round(100 * guess[1])),
        _part(40, "body_joint") if facts.joint else None,
        None if facts.agency is None else _part(10, "body_agency", agency=facts.agency),
        _part(min(20, 5 * facts.handled), "body_handled", count=facts.handled) if facts.handled else None,
        _part(-min(30, 10 * facts.objections), "body_objections", count=facts.objections)
        if facts.objections
        else None,
    )
    return Candidate(kind="body", id=facts.name, name=facts.name, parts=parts, held=tuple(held))
