"""Why fewer squads may enforce than the day asks for, and the changes that would give more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from gridmgr.domain.patrols import DayPlan
from gridmgr.domain.people import Officer
from gridmgr.domain.relief import Remedy, SquadRelief
from gridmgr.services.planning.squads import Names
from gridmgr.services.planning.staff import Staff
from gridmgr.storage import UnitOfWork
from gridmgr.texts import Message
from planners import rostering
from planners.stop import Stop

#: Remedies shown of one kind, and in all.
_MOST_OF_A_KIND, _MOST = 2, 6
#: Fields of a certificate named in a sentence.
_MOST_SCOPES = 3


@dataclass(frozen=True, kw_only=True)
class DayStaff:
    """A township's people on a day, and who of the county's other townships could come.

    Parameters
    ----------
    staff
        Of the township.
    lendable
        Certified officers of other townships who are on duty and in no squad on that day.
    townships
        Names by code.
    """

    staff: Staff
    lendable: tuple[Officer, ...]
    townships: Mapping[str, str]


def read_day_staff(uow: UnitOfWork, *, township_code: str, day: date) -> DayStaff:
    """Read them."""
    townships = {township.code: township for township in uow.townships.find()}
    county = townships[township_code].county_code
    near = {code for code, item in townships.items() if item.county_code == county} - {township_code}
    status = {row.officer_id: row.status for row in uow.attendance.find(day, day)}
    busy: set[str] = set()
    for code in near:
        head = uow.days.head(code, day)
        plan = uow.days.get(head.published_id or head.draft_id)
        busy |= {member for squad in plan.squads for member in squad.members} if plan else set()
    lendable = [
        officer
        for officer in uow.officers.find()
        if officer.township_code in near
        and officer.certified_on(day)
        and status.get(officer.id, "on_duty") == "on_duty"
        and officer.id not in busy
    ]
    return DayStaff(
        staff=Staff.read(uow, township_code=township_code, first=day, last=day),
        lendable=tuple(lendable),
        townships={code: item.name for code, item in townships.items()},
    )


def squad_relief(known: DayStaff, draft: DayPlan, stop: Stop, *, seed: int) -> SquadRelief | None:
    """What would give the draft's day more squads that may enforce; None if stopped before it was solved.

    Parameters
    ----------
    known
        Who is there.
    draft
        The day with its squads.
    stop, seed
        Of the searches.
    """
    staff = known.staff
    day, _ = staff.day(draft.day)
    problem = staff.problem([day], township_code=draft.township_code)
    guests = [_guest(officer) for officer in known.lendable]
    found = rostering.relieve(problem, stop, seed, lendable=guests)
    if found is None:
        return None
    formed = sum(not squad.patrol_only for squad in draft.squads)
    words = _Words(known, day)
    reasons = tuple(words.names.words(reason) for reason in found.reasons)
    remedies = _shown([words.remedy(item, found.lawful) for item in found.singles])
    if formed < found.lawful:
        what = Message("relief.anew")
        remedies = [_remedy(("anew",), what, formed, found.lawful), *remedies]
        reasons = (Message("relief.by_hand", {"formed": formed, "possible": found.lawful}), *reasons)
    return SquadRelief(
        asked=found.asked,
        formed=formed,
        reasons=reasons,
        remedies=tuple(remedies),
        together=words.remedy(found.pair, found.lawful) if found.pair else None,
        note=_note(found, has_remedies=bool(remedies)),
    )


def _guest(officer: Officer) -> rostering.Person:
    return rostering.Person(
        id=officer.id,
        agency=officer.agency_code,
        certified_until=officer.certificate_valid_to or date.max,
        scopes=frozenset(officer.skills),
    )


def _note(found: rostering.DayRelief, *, has_remedies: bool) -> Message | None:
    if found.lawful >= found.asked or has_remedies:
        return None
    if found.pair is not None:
        return Message("relief.none_single")
    return Message("relief.none_pair" if found.complete else "relief.none_in_time")


def _shown(remedies: Sequence[Remedy]) -> list[Remedy]:
    """The lightest of each kind, not more than a reader takes in."""
    count: dict[tuple[str, ...], int] = {}
    kept = []
    for remedy in remedies:
        count[remedy.kinds] = count.get(remedy.kinds, 0) + 1
        if count[remedy.kinds] <= _MOST_OF_A_KIND:
            kept.append(remedy)
    return kept[:_MOST]


def _remedy(kinds: tuple[str, ...], what: Message, before: int, after: int) -> Remedy:
    effect = Message("relief.lawful_squads", {"before": before, "after": after})
    return Remedy(
        kinds=kinds,
        message=Message("fix.sentence", {"what": what, "effect": effect}),
        before=before,
        after=after,
    )


def _listed(scopes: Sequence[str]) -> str:
    named = "、".join(scopes[:_MOST_SCOPES])
    return named if len(scopes) <= _MOST_SCOPES else f"{named}… ({len(scopes)})"


class _Words:
    """Puts changes into words, with people's names."""

    def __init__(self, known: DayStaff, day: rostering.Day) -> None:
        staff = known.staff
        everybody = (*staff.officers, *known.lendable)
        self._people = {officer.id: officer for officer in everybody}
        self._agencies = {code: agency.name for code, agency in staff.agencies.items()}
        self._office = next((a.name for a in staff.agencies.values() if a.is_office), "")
        self._townships = known.townships
        self._day = day
        self.names = Names(everybody, staff.agencies.values())

    def remedy(self, found: rostering.Remedy, before: int) -> Remedy:
        """A remedy of the planner in words."""
        said = [self._change(change, found) for change in found.changes]
        what = said[0] if len(said) == 1 else Message("relief.both", {"one": said[0], "other": said[1]})
        kinds = tuple(change.kind for change in found.changes)
        return _remedy(kinds, what, before, found.lawful)

    def _change(self, change: rostering.Change, found: rostering.Remedy) -> Message:
        person = self._people.get(change.person or "")
        params = {
            "person": person.name if person else "",
            "agency": self._agency(change, person),
            "scopes": _listed(sorted(change.scopes)),
            "instead": self._name(change.instead),
            "township": self._townships.get(person.township_code, "") if person else "",
            "status": Message(f"day.status.{self._day.absent.get(change.person or '', 'on_duty')}"),
        }
        key = f"relief.{change.kind}"
        if change.kind in ("certify", "hire") and not change.scopes:
            key += "_any"
        return Message(key, params)

    def _agency(self, change: rostering.Change, person: Officer | None) -> str:
        code = change.agency if person is None else person.agency_code
        return self._agencies.get(code or "", "") or self._office

    def _name(self, officer_id: str | None) -> str:
        person = self._people.get(officer_id or "")
        return person.name if person else ""
