"""Everything the coverage report rests on, read in one transaction and indexed by village and stop.

A fixed number of queries, however many villages: 7,700 villages take as many as seventy.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta, tzinfo
from functools import cached_property

from gridmgr.domain.assignments import OwnershipPlan
from gridmgr.domain.coverage import WEEK, village_of_stop
from gridmgr.domain.patrols import DayPlan, Squad, Unassigned
from gridmgr.domain.people import ON_DUTY, Attendance, Officer
from gridmgr.domain.places import Place, Village
from gridmgr.domain.settings import OfficeSettings
from gridmgr.services.context import Context, require_township
from gridmgr.services.queries.naming import Names
from gridmgr.services.reporting.inspections import InspectionEvidence
from gridmgr.storage import UnitOfWork
from gridmgr.texts import Message

SATURDAY = 5
#: Most counties a report's title names.
NAMED_COUNTIES = 3


@dataclass(frozen=True, kw_only=True)
class Period:
    """The days reported on and the period before of equal length.

    Parameters
    ----------
    first, last
        Both included; `last` is not later than the day the report is made.
    since
        The day records begin, None where there are none.
    today
        The day the report is made.
    """

    first: date
    last: date
    since: date | None
    today: date

    @property
    def before_last(self) -> date:
        """Last day of the period before."""
        return self.first - timedelta(days=1)

    @property
    def before_first(self) -> date:
        """First day of the period before."""
        return self.first - (self.last - self.first) - timedelta(days=1)

    @property
    def begin(self) -> date | None:
        """First day of the period that is on record, None when none is."""
        if self.since is None or self.since > self.last:
            return None
        return max(self.first, self.since)

    def days_on_record(self) -> list[date]:
        """Days of the period since records begin."""
        if self.begin is None:
            return []
        return [self.begin + timedelta(days=n) for n in range((self.last - self.begin).days + 1)]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A stop no squad visits, and the plan that says so."""

    item: Unassigned
    plan: DayPlan

    def reason(self, names: Names) -> Message:
        """Why, with names in the place of ids."""
        return names.message(self.item.reason, self.plan)


@dataclass(frozen=True)
class PlanIndex:
    """What the published plans of the period held.

    Parameters
    ----------
    planned, planned_stops
        Days and squad numbers by village code, and by stop id.
    left_out, left_out_stops
        What was left out by day, by village code (of the village's own stop) and by stop id.
    route_days, squadless_days
        Days with routes, and with a published plan without squads, by township.
    """

    planned: defaultdict[str, dict[date, set[int]]] = field(default_factory=lambda: defaultdict(dict))
    planned_stops: defaultdict[str, dict[date, set[int]]] = field(default_factory=lambda: defaultdict(dict))
    left_out: defaultdict[str, dict[date, LeftOut]] = field(default_factory=lambda: defaultdict(dict))
    left_out_stops: defaultdict[str, dict[date, LeftOut]] = field(default_factory=lambda: defaultdict(dict))
    route_days: defaultdict[str, set[date]] = field(default_factory=lambda: defaultdict(set))
    squadless_days: defaultdict[str, set[date]] = field(default_factory=lambda: defaultdict(set))

    def take(self, plan: DayPlan) -> None:
        """Add one published plan."""
        if not plan.squads:
            self.squadless_days[plan.township_code].add(plan.day)
        for squad in plan.squads:
            self._take_squad(squad, plan)
        for left in plan.unassigned:
            item = LeftOut(left, plan)
            self.left_out_stops[left.stop.id][plan.day] = item
            village = village_of_stop(left.stop.id)
            if village is not None:
                self.left_out[village][plan.day] = item

    def _take_squad(self, squad: Squad, plan: DayPlan) -> None:
        for visit in squad.visits:
            self.route_days[plan.township_code].add(plan.day)
            self.planned_stops[visit.stop.id].setdefault(plan.day, set()).add(squad.number)
            village = visit.stop.village_code or village_of_stop(visit.stop.id)
            if village is not None:
                self.planned[village].setdefault(plan.day, set()).add(squad.number)


@dataclass(frozen=True, kw_only=True)
class Duty:
    """Days on which attendance was recorded, and on which somebody was on duty, by township.

    Absences registered ahead are no record of a day until somebody is on duty, or everybody is away.
    """

    recorded: Mapping[str, frozenset[date]]
    manned: Mapping[str, frozenset[date]]

    @classmethod
    def of(cls, attendance: Iterable[Attendance], officers: Mapping[str, Officer]) -> Duty:
        """Index attendance rows; rows of officers who are gone are passed over."""
        away: Counter[tuple[str, date]] = Counter()
        people = Counter(officer.township_code for officer in officers.values())
        manned: defaultdict[str, set[date]] = defaultdict(set)
        for row in attendance:
            officer = officers.get(row.officer_id)
            if officer is None:
                continue
            if row.status == ON_DUTY:
                manned[officer.township_code].add(row.day)
            else:
                away[officer.township_code, row.day] += 1
        recorded = defaultdict(set, {code: set(days) for code, days in manned.items()})
        for (code, day), count in away.items():
            if count >= people[code]:
                recorded[code].add(day)
        return cls(
            recorded={code: frozenset(days) for code, days in recorded.items()},
            manned={code: frozenset(days) for code, days in manned.items()},
        )


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What is known of a period.

    Parameters
    ----------
    period
        Which days.
    area
        Name of the county or township.
    villages, places, officers
        Those reported on; officers by id.
    ownership, ownership_days, ownership_drafts
        Plans in force, the days they were published, by township code; townships that have a draft.
    visits, stop_visits
        Days with a check-in by village code and by stop id; earlier than the period before only the last.
    plans, duty
        Published plans and attendance of the period.
    settings
        The office's rules.
    plan_count
        How many published plans the period has.
    inspections
        What premises bore.
    """

    period: Period
    area: str
    villages: tuple[Village, ...]
    places: tuple[Place, ...]
    officers: Mapping[str, Officer]
    ownership: Mapping[str, OwnershipPlan]
    ownership_days: Mapping[str, date]
    ownership_drafts: frozenset[str]
    visits: Mapping[str, frozenset[date]]
    stop_visits: Mapping[str, frozenset[date]]
    plans: PlanIndex
    duty: Duty
    settings: OfficeSettings
    plan_count: int
    inspections: InspectionEvidence

    @cached_property
    def names(self) -> Names:
        """What people call officers and villages."""
        return Names(
            officers={officer.id: officer.name for officer in self.officers.values()},
            villages={village.code: village.name for village in self.villages},
            agencies={},
        )

    @cached_property
    def staffed(self) -> frozenset[str]:
        """Townships in which anybody serves."""
        return frozenset(officer.township_code for officer in self.officers.values())

    @cached_property
    def working_days(self) -> Mapping[str, list[date]]:
        """Days of the period on which each township could have patrolled, by township code.

        Monday to Friday, and other days on which somebody was on duty or routes were published. The present
        day counts once its routes are published: until then it is no day without a plan.
        """
        return {code: self._working_days(code) for code in {v.township_code for v in self.villages}}

    def _working_days(self, township_code: str) -> list[date]:
        manned = self.duty.manned.get(township_code, frozenset())
        routed = self.plans.route_days.get(township_code, set())
        return [
            day
            for day in self.period.days_on_record()
            if day in routed or (day < self.period.today and (day.weekday() < SATURDAY or day in manned))
        ]


def read_evidence(ctx: Context, *, first: date, last: date, township_code: str | None) -> Evidence:
    """Read all of it.

    Raises
    ------
    NotFound
        If there is no such township.
    """
    with ctx.storage.read() as uow:
        if township_code is not None:
            require_township(uow, township_code)
        period = Period(
            first=first,
            last=max(first, min(last, ctx.clock.today())),
            since=_records_begin(uow),
            today=ctx.clock.today(),
        )
        return _read(uow, period, township_code, zone=ctx.clock.zone)


def _read(uow: UnitOfWork, period: Period, township_code: str | None, *, zone: tzinfo) -> Evidence:
    villages = tuple(uow.villages.find(township_code=township_code))
    officers = {officer.id: officer for officer in uow.officers.find(township_code=township_code)}
    plans = PlanIndex()
    published = uow.days.published_between(period.first, period.last, township_code=township_code)
    for plan in published:
        plans.take(plan)
    attendance = uow.attendance.find(period.first, period.last, township_code=township_code)
    visits, stop_visits = _visits(uow, period)
    own = {village.township_code for village in villages}
    heads = {code: head for code, head in uow.ownership.heads().items() if code in own}
    places = tuple(_places(uow, {v.code: v.township_code for v in villages}, township_code))
    settings = uow.settings.office()
    return Evidence(
        period=period,
        area=area_name(villages, township_code),
        villages=villages,
        places=places,
        officers=officers,
        ownership={code: plan for code, plan in uow.ownership.all_published().items() if code in own},
        ownership_days={
            code: head.published_at.astimezone(zone).date()
            for code, head in heads.items()
            if head.published_at is not None
        },
        ownership_drafts=frozenset(code for code, head in heads.items() if head.draft_id is not None),
        visits=visits,
        stop_visits=stop_visits,
        plans=plans,
        duty=Duty.of(attendance, officers),
        settings=settings,
        plan_count=len(published),
        inspections=InspectionEvidence.read(
            uow, places, day=period.last, office=settings, township_code=township_code
        ),
    )


def _records_begin(uow: UnitOfWork) -> date | None:
    days = (uow.check_ins.first_day(), uow.days.first_published_day())
    return min((day for day in days if day is not None), default=None)


def _visits(uow: UnitOfWork, period: Period) -> tuple[dict[str, frozenset[date]], dict[str, frozenset[date]]]:
    # The week before the end of the period before belongs to its debt.
    begin = min(period.before_first, period.before_last - timedelta(days=WEEK))
    by_village: defaultdict[str, set[date]] = defaultdict(set)
    by_stop: defaultdict[str, set[date]] = defaultdict(set)
    rows = [*uow.check_ins.last_days(before=begin), *uow.check_ins.visit_days(begin, period.last)]
    for village_code, stop_id, day in rows:
        by_stop[stop_id].add(day)
        village = village_code or village_of_stop(stop_id)
        if village is not None:
            by_village[village].add(day)
    frozen_villages = {code: frozenset(days) for code, days in by_village.items()}
    return frozen_villages, {stop: frozenset(days) for stop, days in by_stop.items()}


def _places(uow: UnitOfWork, township_of: Mapping[str, str], township_code: str | None) -> Iterable[Place]:
    """Places of the area, also those that know their village but not their township."""
    for place in uow.places.find():
        own = place.township_code or township_of.get(place.village_code or "")
        if township_code is None or own == township_code:
            yield place


def area_name(villages: Sequence[Village], township_code: str | None) -> str:
    """What to call the area of these villages: a township with its county, or the county."""
    if not villages:
        return township_code or ""
    if township_code is not None:
        return f"{villages[0].county_name}{villages[0].township_name}"
    counties = sorted({village.county_name for village in villages})
    more = "…" if len(counties) > NAMED_COUNTIES else ""
    return "、".join(counties[:NAMED_COUNTIES]) + more
