"""Who and what a township has, as the rostering planner takes it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations

from gridmgr.domain.calendar import WorkCalendar
from gridmgr.domain.patrols import DayPlan
from gridmgr.domain.people import ON_DUTY, Agency, Attendance, Officer
from gridmgr.domain.places import Vehicle
from gridmgr.domain.rosters import RosterDay, month_of
from gridmgr.domain.settings import OfficeSettings
from gridmgr.services.deadlines.calendars import calendar_of
from gridmgr.storage import UnitOfWork
from planners import rostering

#: Weeks whose duties count when turns are made fair.
HISTORY_DAYS = 28
#: Days around those asked for whose duties rest rules may count: a calendar week.
_REST_REACH = 7


class _Done:
    """What officers did by the published plans.

    Parameters
    ----------
    history
        Plans whose duties count for turns.
    standing
        Plans whose duties count for rest.
    calendar
        Tells days off from working days.
    """

    def __init__(
        self, history: Iterable[DayPlan], standing: Iterable[DayPlan], calendar: WorkCalendar
    ) -> None:
        self.duties: Counter[str] = Counter()
        self.off_duties: Counter[str] = Counter()
        self.led: Counter[str] = Counter()
        self.dates: dict[str, set[date]] = {}
        for plan in history:
            members = [member for squad in plan.squads for member in squad.members]
            self.duties.update(members)
            self.off_duties.update([] if calendar.is_working(plan.day) else members)
            self.led.update(squad.leader for squad in plan.squads)
        for plan in standing:
            for squad in plan.squads:
                for member in squad.members:
                    self.dates.setdefault(member, set()).add(plan.day)


@dataclass(frozen=True, kw_only=True)
class Staff:
    """Who and what a township has.

    Parameters
    ----------
    officers, agencies, vehicles
        Of the township.
    attendance
        Rows of the days asked for.
    history
        Published plans of the weeks before.
    office
        The office's rules.
    standing
        Published plans of the days around those asked for, as far as rest rules reach.
    calendar
        Which days the office works.
    rostered
        Days of published month rosters, from as far as rest rules reach before the days asked for to as far
        after them.
    """

    officers: tuple[Officer, ...]
    agencies: Mapping[str, Agency]
    vehicles: tuple[Vehicle, ...]
    attendance: tuple[Attendance, ...]
    history: tuple[DayPlan, ...]
    office: OfficeSettings
    standing: tuple[DayPlan, ...]
    calendar: WorkCalendar
    rostered: Mapping[date, RosterDay]

    @classmethod
    def read(cls, uow: UnitOfWork, *, township_code: str, first: date, last: date) -> Staff:
        """Read them for the days ``first`` to ``last``."""
        office = uow.settings.office()
        reach = timedelta(days=max(_REST_REACH, office.max_days_in_row))
        published = uow.days.published_between(
            first - timedelta(days=HISTORY_DAYS), last + reach, township_code=township_code
        )
        rosters = uow.rosters.published_between(
            month_of(first - reach), month_of(last + reach), township_code=township_code
        )
        return cls(
            officers=tuple(uow.officers.find(township_code=township_code)),
            agencies={a.code: a for a in uow.agencies.find()},
            vehicles=tuple(uow.vehicles.find(township_code=township_code)),
            attendance=tuple(uow.attendance.find(first, last, township_code=township_code)),
            history=tuple(plan for plan in published if plan.day < first),
            office=office,
            standing=tuple(plan for plan in published if not first <= plan.day <= last),
            calendar=calendar_of(uow, uow.zone),
            rostered={
                item.day: item
                for roster in rosters
                for item in roster.days
                if first - reach <= item.day <= last + reach
            },
        )

    @property
    def attended(self) -> frozenset[date]:
        """Days whose attendance is on record: somebody is known to be on duty."""
        return frozenset(row.day for row in self.attendance if row.status == ON_DUTY)

    @property
    def rules(self) -> rostering.Rules:
        """The office's rules as the planner takes them."""
        return rostering.Rules(
            pair_rule=rostering.PairRule(self.office.pair_rule),
            min_members=self.office.squad_min,
            max_members=self.office.squad_max,
            max_squads=self.office.max_squads,
            office_per_squad=self.office.office_per_squad,
            max_days_in_row=self.office.max_days_in_row or None,
            rest_days_a_week=self.office.rest_days_a_week,
        )

    def people(self, day: date) -> tuple[rostering.Person, ...]:
        """Officers as the planner takes them, ``day`` being the first."""
        done = _Done(self.history, self.standing, self.calendar)
        for officer in self.officers:
            if officer.dispatched_on and (day - officer.dispatched_on).days < HISTORY_DAYS:
                # Or a newcomer would be sent every day until level with colleagues of many weeks.
                for counted in (done.duties, done.off_duties):
                    counted[officer.id] = max(counted[officer.id], self._usual_duties(officer, counted))
        return tuple(self._person(officer, done, day) for officer in self.officers)

    def _usual_duties(self, newcomer: Officer, duties: Counter[str]) -> int:
        """Mean duties of the newcomer's colleagues in the agency."""
        others = [
            duties[o.id]
            for o in self.officers
            if o.agency_code == newcomer.agency_code and o.id != newcomer.id
        ]
        return round(sum(others) / len(others)) if others else 0

    def _person(self, officer: Officer, done: _Done, day: date) -> rostering.Person:
        agency = self.agencies.get(officer.agency_code)
        until = officer.certificate_valid_to or date.max
        served = (day - officer.dispatched_on).days / 365.25 if officer.dispatched_on else 0.0
        return rostering.Person(
            id=officer.id,
            agency=officer.agency_code,
            is_office=agency is not None and agency.is_office,
            certified_until=until if officer.certificate_no else None,
            scopes=frozenset(officer.skills),
            seniority_years=max(0.0, served),
            duties_last_weeks=done.duties[officer.id],
            led_last_weeks=done.led[officer.id],
            off_duties_last_weeks=done.off_duties[officer.id],
            other_duties=frozenset(done.dates.get(officer.id, ())),
        )

    def day(self, day: date) -> tuple[rostering.Day, bool]:
        """One day as the planner takes it, and whether attendance was on record."""
        status = {row.officer_id: row.status for row in self.attendance if row.day == day}
        vehicles = tuple(rostering.Vehicle(id=v.id, seats=v.seats) for v in self.vehicles)
        ids = [officer.id for officer in self.officers]
        off = not self.calendar.is_working(day)
        known = day in self.attended
        # Where nobody is on record as on duty, leave and training were registered ahead at most: everybody
        # else is taken as on duty, and the plan says so.
        present = frozenset(i for i in ids if status.get(i, "" if known else ON_DUTY) == ON_DUTY)
        absent = {i: status[i] for i in ids if i in status and i not in present}
        asked = rostering.Day(date=day, available=present, absent=absent, vehicles=vehicles, off=off)
        return asked, known

    def problem(self, days: Sequence[rostering.Day], *, township_code: str) -> rostering.Problem:
        """The roster problem of several days."""
        known = {officer.id for officer in self.officers}
        pairs: Counter[tuple[str, str]] = Counter()
        for plan in self.history:
            for squad in plan.squads:
                members = sorted(m for m in squad.members if m in known)
                pairs.update(rostering.pair_key(a, b) for a, b in combinations(members, 2))
        own = [a.code for a in self.agencies.values() if a.township_code == township_code and not a.is_office]
        return rostering.Problem(
            people=self.people(days[0].date),
            days=tuple(days),
            rules=self.rules,
            agencies=tuple(sorted(own)),
            recent_pairs=dict(pairs),
        )
