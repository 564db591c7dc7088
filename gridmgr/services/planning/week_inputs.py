"""A township's week as it stands: who came when, who goes out, what is published."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from gridmgr.domain.coverage import WEEK, VillageCoverage, village_coverage, visited_village
from gridmgr.domain.patrols import DayPlan
from gridmgr.domain.places import Village
from gridmgr.domain.settings import OfficeSettings
from gridmgr.services.planning.candidates import (
    LOOK_BACK_DAYS,
    Depot,
    find_depot,
    village_spot,
)
from gridmgr.services.planning.staff import Staff
from gridmgr.storage import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class WeekInputs:
    """A township's week as it stands.

    Parameters
    ----------
    township_code
        Whose.
    first, days, as_of
        First day, how many, and the first that can still be chosen for.
    villages, spots
        Villages by code, and where squads go in them.
    visits
        Days each village was visited on up to `as_of`, the weeks before included.
    promised
        Days from `as_of` on that published routes go to each village.
    limits
        Seconds each squad can work, by day; no day is left out.
    closed
        Days from `as_of` on that are published already.
    since
        The day records begin.
    depot, office
        Start and end; rules.
    number
        Of the township's latest week plan.
    """

    township_code: str
    first: date
    days: int
    as_of: date
    villages: tuple[Village, ...]
    spots: Mapping[str, tuple[float, float]]
    visits: Mapping[str, frozenset[date]]
    promised: Mapping[str, frozenset[date]]
    limits: Mapping[date, tuple[int, ...]]
    closed: frozenset[date]
    since: date
    depot: Depot
    office: OfficeSettings
    number: int

    @property
    def last(self) -> date:
        """The week's last day."""
        return self.first + timedelta(days=self.days - 1)

    @property
    def open_days(self) -> tuple[date, ...]:
        """Days that somebody goes out on and that can still be chosen for."""
        return tuple(d for d, squads in self.limits.items() if squads and self.is_open(d))

    @property
    def slack_days(self) -> frozenset[date]:
        """Open days kept free as far as possible; never all of them."""
        spare = min(self.office.week_rules.slack_days, len(self.open_days) - 1)
        return frozenset(self.open_days[len(self.open_days) - spare :] if spare > 0 else ())

    def is_open(self, day: date) -> bool:
        """Whether the plan may choose who is visited that day."""
        return day >= self.as_of and day not in self.closed

    def done(self, code: str) -> frozenset[date]:
        """Days of the week the village was visited on."""
        return frozenset(day for day in self.visits[code] if day >= self.first)

    def fixed(self, code: str) -> frozenset[date]:
        """Days published routes go there, apart from those it was visited on."""
        return self.promised[code] - self.visits[code]

    def coverage(
        self, village: Village, days: Collection[date], *, as_of: date | None = None
    ) -> VillageCoverage:
        """How the village stands at the week's end, or on another day, those visits besides the past's."""
        known = self.visits[village.code] | self.promised[village.code] | set(days)
        return village_coverage(village, known, as_of=as_of or self.last, since=self.since)

    def due(self, village: Village) -> int:
        """Visits the village has to get within the week."""
        past = {day for day in self.visits[village.code] if day < self.first}
        nothing = village_coverage(village, past, as_of=self.last, since=self.since)
        begin = max(self.since, self.last - timedelta(days=WEEK - 1))
        owed = nothing.required_per_week * max(0, (self.last - begin).days + 1) / WEEK
        return max(0, math.ceil(owed - nothing.visits_last_7_days - 1e-9))


def read_week(uow: UnitOfWork, *, township_code: str, first: date, days: int, as_of: date) -> WeekInputs:
    """Read where a township's week stands."""
    last = first + timedelta(days=days - 1)
    villages = tuple(uow.villages.find(township_code=township_code))
    places = uow.places.find(township_code=township_code)
    committees = {place.village_code: place for place in places if place.kind == "committee"}
    office = uow.settings.office()
    seen = uow.check_ins.between(
        first - timedelta(days=LOOK_BACK_DAYS), min(as_of, last), township_code=township_code
    )
    visits: defaultdict[str, set[date]] = defaultdict(set)
    for check_in in seen:
        visits[visited_village(check_in) or ""].add(check_in.day)
    plans = {
        plan.day: (plan, out)
        for plan, out in uow.days.standing_between(first, last, township_code=township_code)
    }
    closed = frozenset(
        day for day, (plan, out) in plans.items() if out and day >= as_of and plan.stage == "routes"
    )
    promised: defaultdict[str, set[date]] = defaultdict(set)
    for day in closed:
        for visit in plans[day][0].visits():
            promised[visit.stop.village_code or ""].add(day)
    staff = Staff.read(uow, township_code=township_code, first=first, last=last)
    week = [first + timedelta(days=n) for n in range(days)]
    return WeekInputs(
        township_code=township_code,
        first=first,
        days=days,
        as_of=as_of,
        villages=villages,
        spots={v.code: village_spot(v, committees.get(v.code)) for v in villages},
        visits={v.code: frozenset(visits[v.code]) for v in villages},
        promised={v.code: frozenset(promised[v.code]) for v in villages},
        limits={day: _limits(plans.get(day, (None, False))[0], staff, day) for day in week},
        closed=closed,
        since=min((check_in.day for check_in in seen), default=first - timedelta(days=1)),
        depot=find_depot(places, villages),
        office=office,
        number=uow.weeks.last_number(township_code),
    )


def _limits(plan: DayPlan | None, staff: Staff, day: date) -> tuple[int, ...]:
    """Seconds each squad of the day can work: squads formed already, else as many as there are people for."""
    office = staff.office
    lunch = 60 * office.lunch_minutes
    if plan is not None:
        shifts = [round((s.shift_end - s.shift_start).total_seconds()) for s in plan.squads]
        return tuple(max(0, shift - lunch) for shift in shifts)
    people, on_record = staff.day(day)
    # Who has to come on a day off, or stays at home on a working day, attendance says.
    if not on_record and not staff.calendar.is_working(day):
        return ()
    squads = min(office.max_squads, len(people.available) // office.squad_min)
    start, end = office.shift_start, office.shift_end
    shift = 3600 * (end.hour - start.hour) + 60 * (end.minute - start.minute) + end.second - start.second
    return (max(0, shift - lunch),) * squads
