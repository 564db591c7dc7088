"""A township's week to periodic problem: the only place that knows both.

Cost of a village's days
------------------------
On the scale of the prizes in `gridmgr.services.planning.candidates`, for the risk factor 3, 2, 1::

    cost = 20 * risk * debt on the week's last day + 2 * risk * days badly spaced

Days are badly spaced where two visits are further apart than the village's interval ``7 / visits a week``,
or closer than half of it; the visit before the week counts, and so does waiting up to the week's end. What a
village waited before the week began is not counted, nothing could change it any more.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations, pairwise

import numpy as np

from gridmgr.domain.coverage import WEEK, VillageCoverage, village_coverage, visited_village
from gridmgr.domain.patrols import DayPlan
from gridmgr.domain.places import Village
from gridmgr.domain.settings import OfficeSettings
from gridmgr.geo.matrices import travel_matrix
from gridmgr.geo.routers.base import Matrix, Router
from gridmgr.services.planning.candidates import (
    LOOK_BACK_DAYS,
    PRIZE_PER_DEBT,
    RISK_FACTOR,
    Depot,
    find_depot,
    village_spot,
)
from gridmgr.services.planning.staff import Staff
from gridmgr.storage import UnitOfWork
from planners import periodic

#: Cost of a day that visits are too far apart or too close, before risk.
COST_PER_SPACING_DAY = 2
_FIRST_REST_DAY = 5


@dataclass(frozen=True, kw_only=True)
class WeekInputs:
    """A township's week as it stands.

    Parameters
    ----------
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
    # Who has to come at a weekend or may stay at home on a holiday, attendance says.
    if not on_record and day.weekday() >= _FIRST_REST_DAY:
        return ()
    squads = min(office.max_squads, len(people.available) // office.squad_min)
    start, end = office.shift_start, office.shift_end
    shift = 3600 * (end.hour - start.hour) + 60 * (end.minute - start.minute) + end.second - start.second
    return (max(0, shift - lunch),) * squads


def cost_of(inputs: WeekInputs, village: Village, days: Collection[date]) -> int:
    """What visiting a village on just these days besides those done and promised costs."""
    risk = RISK_FACTOR[village.risk]
    debt = inputs.coverage(village, days).debt
    return round(risk * (PRIZE_PER_DEBT * debt + COST_PER_SPACING_DAY * _badly_spaced(inputs, village, days)))


def _badly_spaced(inputs: WeekInputs, village: Village, days: Collection[date]) -> int:
    required = min(village.required_visits_per_week, WEEK)
    if required == 0:
        return 0
    longest, shortest = math.ceil(WEEK / required), math.ceil(WEEK / required / 2)
    known = inputs.visits[village.code] | inputs.promised[village.code]
    before = max((day for day in known if day < inputs.first), default=inputs.since)
    within = sorted({day for day in known if day >= inputs.first} | set(days))
    anchor = max(before, inputs.first - timedelta(days=longest))
    gaps = [(later - earlier).days for earlier, later in pairwise([anchor, *within])]
    rest = (inputs.last + timedelta(days=1) - (within[-1] if within else anchor)).days
    return sum(max(0, gap - longest) + max(0, shortest - gap) for gap in gaps) + max(0, rest - longest)


def patterns_of(inputs: WeekInputs, village: Village) -> tuple[periodic.Pattern, ...]:
    """The combinations of open days worth choosing: none is as good with a day less."""
    taken = inputs.visits[village.code] | inputs.promised[village.code]
    free = [day for day in inputs.open_days if day not in taken]
    most = max(0, inputs.due(village) - len([day for day in taken if day >= inputs.first]))
    chosen: list[tuple[frozenset[date], int]] = []
    for count in range(min(most, len(free)) + 1):
        for days in combinations(free, count):
            cost = cost_of(inputs, village, days)
            if not any(less <= cost and fewer < set(days) for fewer, less in chosen):
                chosen.append((frozenset(days), cost))
    return tuple(
        periodic.Pattern(days=tuple(sorted((day - inputs.first).days for day in days)), cost=cost)
        for days, cost in chosen
    )


def build_week(inputs: WeekInputs, router: Router) -> tuple[periodic.Problem, Matrix]:
    """The periodic problem of the week, durations in seconds, and the travel it rests on."""
    points = [(inputs.depot.lon, inputs.depot.lat), *(inputs.spots[v.code] for v in inputs.villages)]
    matrix = travel_matrix(router, np.array(points, dtype=np.float64), depot=0)
    problem = periodic.Problem(
        days=inputs.days,
        customers=tuple(
            periodic.Customer(
                id=village.code,
                node=node,
                patterns=patterns_of(inputs, village),
                service=60 * inputs.office.village_visit_minutes,
            )
            for node, village in enumerate(inputs.villages, start=1)
        ),
        vehicles=tuple(_vehicles(inputs)),
        travel=matrix.seconds.astype(np.int64),
    )
    return problem, matrix


def _vehicles(inputs: WeekInputs) -> Iterator[periodic.Vehicle]:
    for day in inputs.open_days:
        for number, limit in enumerate(inputs.limits[day], start=1):
            offset = (day - inputs.first).days
            yield periodic.Vehicle(id=f"{offset}-{number}", day=offset, start_node=0, end_node=0, limit=limit)
