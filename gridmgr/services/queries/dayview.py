"""A township's day as the desk shows it, read in one transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from gridmgr.domain.assignments import OwnershipPlan
from gridmgr.domain.patrols import CheckIn, DayHead, DayPlan
from gridmgr.domain.people import ON_DUTY, Officer
from gridmgr.domain.places import Township, Vehicle
from gridmgr.services.context import Context, require_township
from gridmgr.services.planning.arrivals import Arrivals
from gridmgr.services.planning.candidates import Depot, read_depot
from gridmgr.services.planning.checking import Finding, check_day
from gridmgr.services.planning.publishing import day_state
from gridmgr.services.queries.naming import Names
from gridmgr.storage import UnitOfWork
from gridmgr.storage.repositories.places import RoadNetworkInfo
from gridmgr.storage.repositories.plans import OwnershipHead
from gridmgr.texts import Message

#: Status of an officer whom the day's attendance does not list.
NOT_LISTED = "not_listed"


@dataclass(frozen=True, kw_only=True)
class PersonOfDay:
    """An officer on one day.

    Parameters
    ----------
    officer, agency_name
        Who.
    status
        One of `gridmgr.domain.people.ATTENDANCE`, or `NOT_LISTED`.
    certified
        Whether the officer may enforce on that day.
    """

    officer: Officer
    agency_name: str
    status: str
    certified: bool


@dataclass(frozen=True, kw_only=True)
class Owners:
    """Who answers for villages: the plan in force, or its draft where none was published.

    Parameters
    ----------
    head
        Where the township's ownership stands.
    draft, published
        The plans.
    names
        Officers' names by id.
    """

    head: OwnershipHead
    draft: OwnershipPlan | None
    published: OwnershipPlan | None
    names: Mapping[str, str]

    @property
    def plan(self) -> OwnershipPlan | None:
        """The plan that counts."""
        return self.published or self.draft

    @property
    def state(self) -> str:
        """``none``, ``draft``, ``changed`` or ``published``."""
        if self.published is None:
            return "none" if self.draft is None else "draft"
        return "published" if self.head.published_id == self.head.draft_id else "changed"

    def by_village(self) -> dict[str, tuple[str, str]]:
        """Lead officer's id and name by village code."""
        leads = (r for r in self.plan.responsibilities if r.role == "lead") if self.plan else ()
        return {r.village_code: (r.officer_id, self.names.get(r.officer_id, r.officer_id)) for r in leads}


@dataclass(frozen=True, kw_only=True)
class PlanWords:
    """What it takes to put a plan of a day into words.

    Parameters
    ----------
    owners
        Who answers for villages.
    agencies, villages
        Names by code.
    check_ins
        Of the day, by time.
    """

    owners: Owners
    agencies: Mapping[str, str]
    villages: Mapping[str, str]
    check_ins: tuple[CheckIn, ...]

    @property
    def names(self) -> Names:
        """Names for reasons."""
        return Names(officers=self.owners.names, villages=self.villages, agencies=self.agencies)


def plan_words(ctx: Context, *, township_code: str, day: date) -> PlanWords:
    """Read what puts plans of a township's day into words, and not the plans that are stored.

    Raises
    ------
    NotFound
        If there is no such township.
    """
    with ctx.storage.read() as uow:
        require_township(uow, township_code)
        officers = {officer.id: officer.name for officer in uow.officers.find(township_code=township_code)}
        return PlanWords(
            owners=owners_of(uow, township_code, officers),
            agencies={agency.code: agency.name for agency in uow.agencies.find()},
            villages=_village_names(uow, township_code),
            check_ins=tuple(uow.check_ins.between(day, day, township_code=township_code)),
        )


def _village_names(uow: UnitOfWork, township_code: str) -> dict[str, str]:
    return {code: name for code, name, _ in uow.villages.names(township_code=township_code)}


@dataclass(frozen=True, kw_only=True)
class DayView(PlanWords):
    """Everything the desk shows of a day.

    Parameters
    ----------
    township, head, state
        Whose day, where it stands, in words.
    draft, published
        The plans, names in their reasons.
    people
        All officers of the township, by id.
    attendance_on_record
        Whether anybody wrote down who is on duty; without, everybody not registered as away counts as that.
    vehicles, depot
        Of the office; the depot is None only in a township without villages.
    offices
        Codes of the agencies that are the township's own office.
    roads
        The imported network, None where there is none.
    travel_method
        What travel times come from now.
    """

    township: Township
    head: DayHead
    state: Message
    draft: DayPlan | None
    published: DayPlan | None
    people: Mapping[str, PersonOfDay]
    attendance_on_record: bool
    vehicles: tuple[Vehicle, ...]
    depot: Depot | None
    offices: frozenset[str]
    roads: RoadNetworkInfo | None
    travel_method: str


def view_day(ctx: Context, *, township_code: str, day: date) -> DayView:
    """Read a township's day.

    Raises
    ------
    NotFound
        If there is no such township.
    """
    method = ctx.router().method
    with ctx.storage.read() as uow:
        require_township(uow, township_code)
        township = uow.townships.get_many([township_code])[township_code]
        head = uow.days.head(township_code, day)
        draft, published = uow.days.get(head.draft_id), uow.days.get(head.published_id)
        found = uow.agencies.find()
        agencies = {agency.code: agency.name for agency in found}
        status = {
            row.officer_id: row.status for row in uow.attendance.find(day, day, township_code=township_code)
        }
        officers = uow.officers.find(township_code=township_code)
        villages = _village_names(uow, township_code)
        check_ins = uow.check_ins.between(day, day, township_code=township_code)
        names = Names(
            officers={officer.id: officer.name for officer in officers},
            villages=villages,
            agencies=agencies,
        )
        return DayView(
            township=township,
            head=head,
            state=day_state(head, draft),
            draft=names.plan(draft) if draft else None,
            published=names.plan(published) if published else None,
            people=_people(officers, agencies, status, day),
            attendance_on_record=ON_DUTY in status.values(),
            vehicles=tuple(uow.vehicles.find(township_code=township_code)),
            depot=read_depot(uow, township_code) if villages else None,
            check_ins=tuple(check_ins),
            owners=owners_of(uow, township_code, names.officers),
            agencies=agencies,
            villages=villages,
            offices=frozenset(agency.code for agency in found if agency.is_office),
            roads=uow.roads.info(),
            travel_method=method,
        )


def _people(
    officers: Iterable[Officer], agencies: Mapping[str, str], status: Mapping[str, str], day: date
) -> dict[str, PersonOfDay]:
    items = list(officers)
    missing = NOT_LISTED if ON_DUTY in status.values() else ON_DUTY
    return {
        officer.id: PersonOfDay(
            officer=officer,
            agency_name=agencies.get(officer.agency_code, officer.agency_code),
            status=status.get(officer.id, missing),
            certified=officer.certified_on(day),
        )
        for officer in items
    }


def owners_of(uow: UnitOfWork, township_code: str, names: Mapping[str, str]) -> Owners:
    """Who answers for a township's villages."""
    head = uow.ownership.head(township_code)
    draft, published = uow.ownership.get(head.draft_id), uow.ownership.get(head.published_id)
    return Owners(head=head, draft=draft, published=published, names=names)


@dataclass(frozen=True, kw_only=True)
class TownshipDay:
    """Where one township's day stands; see `DayView`. ``done`` counts the draft's visits that were made."""

    township: Township
    head: DayHead
    state: Message
    draft: DayPlan | None
    done: int


def county_day(ctx: Context, *, day: date, township_code: str | None) -> list[TownshipDay]:
    """A day in all townships, or in one, by code."""
    with ctx.storage.read() as uow:
        check_ins: defaultdict[str, list[CheckIn]] = defaultdict(list)
        for check_in in uow.check_ins.between(day, day):
            check_ins[check_in.township_code].append(check_in)
        found = []
        for township in uow.townships.find(code=township_code):
            head = uow.days.head(township.code, day)
            draft = uow.days.get(head.draft_id)
            found.append(
                TownshipDay(
                    township=township,
                    head=head,
                    state=day_state(head, draft),
                    draft=draft,
                    done=_made(draft, check_ins[township.code]) if draft else 0,
                )
            )
    return found


def _made(plan: DayPlan, check_ins: Iterable[CheckIn]) -> int:
    arrivals = Arrivals(plan, check_ins)
    made = (arrivals.at(visit.stop.id, squad.id) for squad in plan.squads for visit in squad.visits)
    return sum(arrival is not None for arrival in made)


def findings_of_draft(ctx: Context, *, township_code: str, day: date) -> tuple[Finding, ...]:
    """What the draft of a day breaks, with names; nothing where there is no draft.

    Raises
    ------
    NotFound
        If there is no such township.
    """
    view = view_day(ctx, township_code=township_code, day=day)
    if view.draft is None:
        return ()
    draft, names = view.draft, view.names
    return tuple(
        Finding(
            message=names.message(finding.message, draft),
            squad_id=finding.squad_id,
            stop_id=finding.stop_id,
            hard=finding.hard,
        )
        for finding in check_day(ctx, draft)
    )
