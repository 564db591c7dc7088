"""An incident with who could deal with it: officers, today's squads and bodies, each with their reasons.

Only what is asked for is read: a step that sends a squad needs no bodies.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cached_property

from gridmgr.domain.assignments import OwnershipPlan
from gridmgr.domain.bodies import same_body
from gridmgr.domain.cases import OFFICE, Case
from gridmgr.domain.catalogue import CatalogueItem
from gridmgr.domain.duties import Duty, acts_for, covers, duties
from gridmgr.domain.incidents import Incident
from gridmgr.domain.nearness import metres_between
from gridmgr.domain.patrols import DayPlan, Squad
from gridmgr.domain.people import Agency, Officer
from gridmgr.domain.routing.candidates import (
    BodyFacts,
    Candidate,
    OfficerFacts,
    SquadFacts,
    body_candidate,
    officer_candidate,
    ranked,
    squad_candidate,
)
from gridmgr.domain.similarity import shared_words
from gridmgr.services.cases.scope import bodies
from gridmgr.services.context import Context
from gridmgr.services.planning.candidates import find_depot
from gridmgr.storage import UnitOfWork

#: How far back a body's answers count.
_HISTORY = timedelta(days=365)
#: Items less like a matter than this are no hint at whose it is.
_LEAST_LIKE = 0.12


class Matter:
    """An incident within a transaction; what several kinds of candidates need is read once, when needed.

    Parameters
    ----------
    ctx, uow
        The wired parts, the transaction.
    incident, case
        The matter, and its case where it has one.
    """

    def __init__(self, ctx: Context, uow: UnitOfWork, incident: Incident, case: Case | None) -> None:
        self._uow, self.incident, self.case = uow, incident, case
        self.day: date = incident.reported_at.astimezone(ctx.clock.zone).date()
        self._now = ctx.clock.now()
        self._town = incident.township_code or ""

    @cached_property
    def item(self) -> CatalogueItem | None:
        """The item in the version the case keeps, else in that of the incident's day."""
        if self.case is not None and self.case.item_code is not None:
            return self._uow.catalogue.of_case(self.case)
        code = self.incident.item_code
        if code is None:
            return None
        return self._uow.catalogue.on(code, self.day) or self._uow.catalogue.get(code)

    @property
    def item_code(self) -> str | None:
        """The item's code as the case, else the incident says."""
        return self.case.item_code if self.case else self.incident.item_code

    @cached_property
    def _duty(self) -> Duty | None:
        if self.item is None:
            return None
        day = _day_in_force(self.item, self.day)
        agencies = list(self._agencies.values())
        found = duties([self.item], day=day, township_code=self._town, agencies=agencies)
        return found[0] if found else None

    @cached_property
    def _agencies(self) -> Mapping[str, Agency]:
        return {agency.code: agency for agency in self._uow.agencies.find(township_code=self._town)}

    @cached_property
    def _staff(self) -> Sequence[Officer]:
        return self._uow.officers.find(township_code=self._town)

    @cached_property
    def _plan(self) -> DayPlan | None:
        return self._uow.days.published(self._town, self._uow.today())

    @cached_property
    def _ownership(self) -> OwnershipPlan | None:
        return self._uow.ownership.published(self._town) or self._uow.ownership.draft(self._town)

    @cached_property
    def _lead(self) -> str | None:
        """The village's lead officer."""
        return self._ownership.lead_of(self.incident.village_code or "") if self._ownership else None

    def officers(self) -> tuple[Candidate, ...]:
        """Owners of the village and of those around it, and whoever knows the item."""
        uow, town = self._uow, self._town
        today = uow.today()
        roles, neighbours = _owners(uow, self._ownership, self.incident)
        away = {
            row.officer_id: row.status
            for row in uow.attendance.find(today, today, township_code=town)
            if row.status != "on_duty"
        }
        recused = _recused(uow, self.incident.village_code, today)
        busy = uow.cases.open_by_officer(town)
        found = []
        for officer in self._staff:
            role, since = roles.get(officer.id, (None, None))
            squad = self._plan.squad_of(officer.id) if self._plan else None
            facts = OfficerFacts(
                id=officer.id,
                name=officer.name,
                role=role,
                since=since,
                neighbour=neighbours.get(officer.id),
                of_lead_body=self._of_lead_body(officer),
                covers=self._covers(officer),
                certified=officer.certified_on(today),
                away=away.get(officer.id),
                recused=recused.get(officer.id),
                squad=squad.number if squad else None,
                open_cases=busy.get(officer.id, 0),
            )
            if facts.is_concerned:
                found.append(officer_candidate(facts, day=today))
        return ranked(found)

    def _of_lead_body(self, officer: Officer) -> bool:
        return self._duty is not None and self._duty.lead_agency == officer.agency_code

    def _covers(self, officer: Officer) -> bool | None:
        if self.item is None:
            return None
        return covers(officer, self._agencies.get(officer.agency_code), self.item)

    def squads(self) -> tuple[Candidate, ...]:
        """Today's published squads."""
        if self._plan is None or not self._plan.squads:
            return ()
        uow, town = self._uow, self._town
        office = uow.settings.office()
        metres_a_minute = office.straight_kmh * 1000 / 60 / office.detour_factor
        depot = find_depot(uow.places.find(township_code=town), uow.villages.find(township_code=town))
        staff = {officer.id: officer for officer in self._staff}
        return ranked(
            squad_candidate(
                self._squad(squad, (depot.lon, depot.lat), metres_a_minute, staff, uow.today()), now=self._now
            )
            for squad in self._plan.squads
        )

    def _squad(
        self,
        squad: Squad,
        depot: tuple[float, float],
        metres_a_minute: float,
        staff: Mapping[str, Officer],
        today: date,
    ) -> SquadFacts:
        here, free = _position(squad, depot, self._now)
        ahead = [visit for visit in squad.open_visits if visit.leave > self._now]
        away = self._metres(*here)
        nearest = min([away, *(self._metres(visit.stop.lon, visit.stop.lat) for visit in ahead)])
        mine = next((v for v in ahead if v.stop.id == f"incident:{self.incident.id}"), None)
        members = [staff[member] for member in squad.members if member in staff]
        village = self.incident.village_code
        covering = [o for o in members if o.certified_on(today) and self._covers(o)]
        zone = self._now.tzinfo
        return SquadFacts(
            id=squad.id,
            number=squad.number,
            planned=mine.start.astimezone(zone) if mine else None,
            in_village=village is not None and any(v.stop.village_code == village for v in ahead),
            metres=nearest,
            arrives=(free + timedelta(minutes=away / metres_a_minute)).astimezone(zone),
            shift_end=squad.shift_end,
            patrol_only=squad.reason if squad.patrol_only else None,
            covering=None if self.item is None else len(covering),
            owner=self._lead in squad.members,
        )

    def _metres(self, lon: float, lat: float) -> float:
        return metres_between(self.incident.lon, self.incident.lat, lon, lat)

    def bodies(self) -> tuple[Candidate, ...]:
        """Bodies the catalogue names, that dealt with the like, or whose items are like it."""
        uow = self._uow
        known = bodies(uow)
        since = uow.now() - _HISTORY
        handled, objections = (
            uow.case_steps.by_body(action, self.item_code, self.incident.category, since=since)
            for action in ("handle", "object")
        )
        roles = self._roles(known)
        guesses = {} if self.item is not None else self._guesses(known)
        joint = uow.joint.lead_of(self.case.id) if self.case else None
        objected = self.case.objectors if self.case else ()
        names = {*roles, *guesses, *handled, *({joint} if joint else ())}
        return ranked(
            body_candidate(
                BodyFacts(
                    name=name,
                    role=roles.get(name),
                    guess=guesses.get(name),
                    agency=self._agency_of(name),
                    reachable=name == OFFICE or name in known,
                    objected=name in objected,
                    objections=objections.get(name, 0),
                    handled=handled.get(name, 0),
                    joint=name == joint,
                )
            )
            for name in sorted(names)
        )

    def _roles(self, known: Sequence[str]) -> dict[str, str]:
        """Bodies of the item by the names cases are sent to, lead before help."""
        if self.item is None or self._duty is None:
            return {}
        lead = OFFICE if self._duty.by_office else _known_as(self.item.lead_body, known)
        helpers = [_known_as(name, known) for name in self._duty.helpers]
        return {**dict.fromkeys(helpers, "help"), lead: "lead"}

    def _guesses(self, known: Sequence[str]) -> dict[str, tuple[str, float]]:
        """By body, the item whose name is most like what was told."""
        told = f"{self.incident.category} {self.incident.description}"
        found: dict[str, tuple[str, float]] = {}
        for item in self._uow.catalogue.in_force(self.day):
            alike = max(
                shared_words(self.incident.category, item.name) or 0, shared_words(told, item.name) or 0
            )
            by_office = item.is_led_by_office(self._town)
            body = OFFICE if by_office else _known_as(item.lead_body, known)
            if alike >= _LEAST_LIKE and alike > found.get(body, ("", 0.0))[1]:
                found[body] = (item.name, alike)
        return found

    def _agency_of(self, body: str) -> str | None:
        if body == OFFICE:
            return None
        return next((a.name for a in self._agencies.values() if acts_for(a, body)), None)


def _day_in_force(item: CatalogueItem, day: date) -> date:
    """The day, or one on which the version holds that is used for want of another."""
    return min(max(day, item.first_day), item.last_day)


def _known_as(body: str, known: Sequence[str]) -> str:
    """A body of the catalogue by the name cases are sent to it under."""
    return next((name for name in known if same_body(name, body)), body)


def _owners(
    uow: UnitOfWork, ownership: OwnershipPlan | None, incident: Incident
) -> tuple[dict[str, tuple[str, date | None]], dict[str, str]]:
    """Officers of the village with role and since when; officers who lead an adjoining one, with its name."""
    town, village_code = incident.township_code or "", incident.village_code
    if ownership is None or village_code is None:
        return {}, {}
    around = {
        b if a == village_code else a for a, b, _ in uow.villages.adjacency(town) if village_code in (a, b)
    }
    names = {code: name for code, name, _ in uow.villages.names(township_code=town)}
    roles: dict[str, tuple[str, date | None]] = {}
    neighbours: dict[str, str] = {}
    for item in ownership.responsibilities:
        if item.village_code == village_code:
            roles[item.officer_id] = (item.role, item.since)
        elif item.village_code in around and item.role == "lead":
            neighbours[item.officer_id] = names.get(item.village_code, item.village_code)
    return roles, neighbours


def _recused(uow: UnitOfWork, village_code: str | None, day: date) -> dict[str, str]:
    if village_code is None:
        return {}
    return {r.officer_id: r.reason for r in uow.recusals.find(village_code=village_code) if r.holds_on(day)}


def _position(
    squad: Squad, depot: tuple[float, float], now: datetime
) -> tuple[tuple[float, float], datetime]:
    """Where a squad is by its plan, WGS84 degrees, and from when it could turn off."""
    start = squad.departs or squad.shift_start
    if squad.standing is not None:
        depot, start = (squad.standing.lon, squad.standing.lat), squad.standing.at
    here, free = depot, start
    for visit in squad.open_visits:
        if visit.arrive > now:
            break
        # What was begun is finished first.
        here, free = (visit.stop.lon, visit.stop.lat), visit.leave
    return here, max(free, now)
