"""Four weeks of past patrols of a township: published day plans and where the squads really went.

Attention is uneven on purpose: some villages are always on the way, a few never had their turn, weekends are
thin. So coverage debt differs from village to village, and some planned visits were not carried out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from gridmgr.demo.people import PAST_DAYS, People
from gridmgr.demo.squads import Team, form_teams
from gridmgr.demo.travel import Travel
from gridmgr.domain.patrols import CheckIn, DayPlan, Squad, StopInfo, Unassigned, Visit
from gridmgr.domain.people import Attendance
from gridmgr.domain.places import Place, Village
from gridmgr.domain.settings import OfficeSettings
from gridmgr.texts import Message

ZONE = ZoneInfo("Asia/Shanghai")
_SHIFT = (time(8, 30), time(16, 30))
_LUNCH = time(11, 45)
_HOUR = timedelta(hours=1)
#: Past plans leave this free before the end of the shift.
_SPARE = timedelta(minutes=10)
#: More squads were not sent by hand.
_MOST_SQUADS = 2
#: Stops given to a squad on a working day and at a weekend.
_STOPS_A_SQUAD, _STOPS_AT_WEEKEND = 5, 3
#: Nobody goes again before this part of the wanted interval has passed.
_SOONEST = 0.7
#: So premises are inspected once in the office's spacing at most.
_PREMISES_INTERVAL = OfficeSettings().inspection_spacing_days / _SOONEST + 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """Something the past patrols could visit; its number is its position among the township's stops."""

    info: StopInfo
    attention: float
    interval_days: float
    window: tuple[time, time] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outing:
    """A squad's real day: the stops it reached, in order, with times. Stop 0 is the depot."""

    squad: Squad
    township_code: str
    day: date
    reached: tuple[tuple[int, datetime, datetime], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What a township did in four weeks."""

    day_plans: tuple[DayPlan, ...]
    check_ins: tuple[CheckIn, ...]
    outings: tuple[Outing, ...]


def township_stops(
    villages: Sequence[Village],
    places: Sequence[Place],
    *,
    set_aside: frozenset[str],
    rng: np.random.Generator,
) -> list[Stop]:
    """The depot as number 0, then villages at their committees, then places open in the daytime.

    Places that are set aside get no attention.
    """
    committee = {place.village_code: place for place in places if place.kind == "committee"}
    depot = next(place for place in places if place.kind == "depot")
    stops = [_stop(depot.id, "place", depot, attention=0.0, interval=1.0)]
    for village in villages:
        spot = committee[village.code]
        attention = float(np.clip(rng.lognormal(0.0, 0.9), 0.05, 4.0))
        if rng.uniform() < 0.04:
            attention = 0.0
        interval = 7.0 / max(village.required_visits_per_week, 1)
        name = village.name
        stops.append(
            _stop(
                f"village:{village.code}", "village", spot, attention=attention, interval=interval, name=name
            )
        )
    for place in places:
        evening = place.open is not None and place.open >= _SHIFT[1]
        if place.priority > 0 and not evening and place.id != "H9999":
            attention = float(rng.lognormal(0.8, 0.5))
            attention = 0.0 if place.id in set_aside else attention
            interval = 40.0 / place.priority
            if place.kind == "enterprise":
                interval = max(interval, _PREMISES_INTERVAL)
            stops.append(_stop(place.id, "place", place, attention=attention, interval=interval))
    return stops


def _stop(
    stop_id: str, kind: str, place: Place, *, attention: float, interval: float, name: str | None = None
) -> Stop:
    village = kind == "village"
    info = StopInfo(
        id=stop_id,
        kind=kind,
        name=name or place.name,
        lon=place.lon,
        lat=place.lat,
        village_code=place.village_code,
        service_minutes=25 if village else place.service_minutes,
        purpose=(Message("demo.purpose_village" if village else "demo.purpose_place"),),
        needs_lawful=bool(place.required_skills) and not village,
        skills=() if village else place.required_skills,
    )
    window = None
    if not village and place.open is not None and place.close is not None:
        window = (place.open, place.close)
    return Stop(info=info, attention=attention, interval_days=interval, window=window)


class PastPatrols:
    """Lives through four weeks of one township, day by day."""

    def __init__(
        self,
        township_code: str,
        stops: Sequence[Stop],
        travel: Travel,
        people: People,
        attendance: Sequence[Attendance],
        *,
        rng: np.random.Generator,
    ) -> None:
        self._code, self._stops, self._travel, self._rng = township_code, stops, travel, rng
        self._officers = [o for o in people.officers if o.township_code == township_code]
        self._agencies = {a.code: a for a in people.agencies if a.township_code == township_code}
        self._vehicles = [v for v in people.vehicles if v.township_code == township_code]
        mine = {officer.id for officer in self._officers}
        self._on_duty = {
            (row.day, row.officer_id)
            for row in attendance
            if row.status == "on_duty" and row.officer_id in mine
        }
        self._duties: Counter[str] = Counter()
        self._since = np.array([rng.uniform(0, 2 * stop.interval_days) for stop in stops])

    def live(self, *, today: date) -> Past:
        """All past days, oldest first."""
        plans: list[DayPlan] = []
        check_ins: list[CheckIn] = []
        outings: list[Outing] = []
        for back in range(PAST_DAYS, 0, -1):
            day = today - timedelta(days=back)
            self._since += 1
            plan, routes = self._plan(day)
            if plan is None:
                continue
            plans.append(plan)
            for squad, order in zip(plan.squads, routes, strict=True):
                outing = self._carry_out(squad, order, day)
                outings.append(outing)
                check_ins.extend(self._check_ins(outing))
        return Past(day_plans=tuple(plans), check_ins=tuple(check_ins), outings=tuple(outings))

    def _plan(self, day: date) -> tuple[DayPlan | None, list[list[int]]]:
        present = [o for o in self._officers if (day, o.id) in self._on_duty]
        most = 1 if day.weekday() >= 5 else _MOST_SQUADS
        teams, reserve = form_teams(
            present, self._agencies, self._vehicles, day=day, duties=self._duties, most=most
        )
        if not teams:
            return None, []
        per_squad = _STOPS_AT_WEEKEND if day.weekday() >= 5 else _STOPS_A_SQUAD
        wanted, unable = self._choose(len(teams) * per_squad + 1, teams)
        routes: list[list[int]] = []
        squads = []
        parts = self._fit(teams, self._split(wanted, len(teams)))
        for number, (team, part) in enumerate(zip(teams, parts, strict=True), 1):
            squad, order = self._route(team, part, day=day, number=number)
            squads.append(squad)
            routes.append(order)
        planned = {stop for order in routes for stop in order}
        full, unskilled = Message("demo.day_full"), Message("demo.no_lawful_squad")
        plan = DayPlan(
            id=f"demo-{self._code}-{day:%Y%m%d}",
            township_code=self._code,
            day=day,
            stage="routes",
            created_at=datetime.combine(day, time(7, 50), ZONE) + self._minutes(0, 25),
            created_by="demo",
            change=Message("demo.past_plan"),
            status="MANUAL",
            travel_method="embedded",
            squads=tuple(squads),
            unassigned=tuple(
                Unassigned(stop=self._stops[stop].info, reason=unskilled if stop in unable else full)
                for stop in (*wanted, *unable)
                if stop not in planned
            ),
            reserve=tuple(officer.id for officer in reserve),
        )
        return plan, routes

    def _choose(self, count: int, teams: Sequence[Team]) -> tuple[list[int], list[int]]:
        """Stops most overdue in the eyes of the office, and some of those that no squad of the day may serve.

        Attention and moods count as much as the days gone by.
        """
        attention = np.array([stop.attention for stop in self._stops])
        interval = np.array([stop.interval_days for stop in self._stops])
        mood = self._rng.lognormal(0.0, 0.45, len(self._stops))
        score = self._since / interval * attention * mood
        due = (self._since >= _SOONEST * interval) & (attention > 0)
        ranked = [stop for stop in np.argsort(-score, kind="stable").tolist() if due[stop]]
        wanted = [stop for stop in ranked if self._able(stop, teams)]
        unable = [stop for stop in ranked if not self._able(stop, teams)]
        return wanted[:count], unable[: len(teams)]

    def _able(self, stop: int, teams: Sequence[Team]) -> list[int]:
        """Which squads may serve the stop."""
        needed = set(self._stops[stop].info.skills)
        return [number for number, team in enumerate(teams) if needed <= set(team.scopes)]

    def _split(self, stops: list[int], count: int) -> list[list[int]]:
        """Neighbouring directions from the depot to the same squad."""
        depot = self._stops[0].info
        turn = {
            stop: float(
                np.arctan2(self._stops[stop].info.lat - depot.lat, self._stops[stop].info.lon - depot.lon)
            )
            for stop in stops
        }
        ordered = sorted(stops, key=lambda stop: (turn[stop], stop))
        return [list(part) for part in np.array_split(np.array(ordered, dtype=np.int64), count)]

    def _fit(self, teams: Sequence[Team], parts: Sequence[Sequence[int]]) -> list[list[int]]:
        """Hand stops that need a field to a squad that holds it, and villages to squads left with less."""
        fitted: list[list[int]] = [[] for _ in teams]
        fair = -(-sum(len(part) for part in parts) // len(teams))
        stops = [(number, stop) for number, part in enumerate(parts) for stop in part]
        for number, stop in sorted(stops, key=lambda pair: not self._stops[pair[1]].info.skills):
            able = self._able(stop, teams)
            fits = number in able and len(fitted[number]) < fair
            fitted[number if fits else min(able, key=lambda i: len(fitted[i]))].append(stop)
        return fitted

    def _route(self, team: Team, stops: list[int], *, day: date, number: int) -> tuple[Squad, list[int]]:
        """Always on to what can be started soonest, with an hour's break about noon, back in time."""
        start, end = (datetime.combine(day, at, ZONE) for at in _SHIFT)
        now, here = start, 0
        lunch: datetime | None = None
        left = [int(stop) for stop in stops]
        visits: list[Visit] = []
        order: list[int] = []
        while left:
            stop = self._soonest(here, left, now)
            if lunch is None and self._start(here, stop, now).time() >= _LUNCH:
                lunch = max(now, datetime.combine(day, _LUNCH, ZONE))
                now = lunch + _HOUR
                stop = self._soonest(here, left, now)
            left.remove(stop)
            visit = self._visit(here, stop, now)
            if visit is None or visit.leave + self._drive(stop, 0) > end - _SPARE:
                continue
            visits.append(visit)
            order.append(stop)
            now, here = visit.leave, stop
        noon = lunch or max(now, datetime.combine(day, _LUNCH, ZONE))
        home = self._drive(here, 0)
        squad = Squad(
            id=f"{self._code}-{day:%Y%m%d}-{number}",
            number=number,
            leader=team.leader.id,
            members=tuple(officer.id for officer in team.members),
            vehicle=team.vehicle,
            scopes=team.scopes,
            patrol_only=team.reason is not None,
            reason=team.reason,
            shift_start=start,
            shift_end=end,
            lunch_start=noon,
            lunch_end=noon + _HOUR,
            visits=tuple(visits),
            return_seconds=round(home.total_seconds()),
            return_metres=round(self._travel.metres(here, 0)),
        )
        return squad, order

    def _drive(self, here: int, there: int) -> timedelta:
        seconds = self._travel.seconds(here, there)
        return timedelta(seconds=round(seconds)) if np.isfinite(seconds) else timedelta(days=1)

    def _soonest(self, here: int, stops: list[int], now: datetime) -> int:
        """The stop whose service could start first."""
        return min(stops, key=lambda stop: (self._start(here, stop, now), stop))

    def _start(self, here: int, stop: int, now: datetime) -> datetime:
        """When service could start there."""
        arrive = now + self._drive(here, stop)
        window = self._stops[stop].window
        if window is None:
            return arrive
        return max(arrive, datetime.combine(now.date(), window[0], ZONE))

    def _visit(self, here: int, stop: int, now: datetime) -> Visit | None:
        """The visit, None where its window is over."""
        arrive, start = now + self._drive(here, stop), self._start(here, stop, now)
        chosen = self._stops[stop]
        if chosen.window is not None and start.time() > chosen.window[1]:
            return None
        if start.date() != now.date():
            return None
        return Visit(
            stop=chosen.info,
            arrive=arrive,
            start=start,
            leave=start + timedelta(minutes=chosen.info.service_minutes),
            travel_seconds=round(self._travel.seconds(here, stop)),
            travel_metres=round(self._travel.metres(here, stop)),
        )

    def _carry_out(self, squad: Squad, order: list[int], day: date) -> Outing:
        """What really happened: a little later each time, now and then a stop is dropped, late ones more."""
        reached: list[tuple[int, datetime, datetime]] = []
        late = self._minutes(-3, 8)
        for visit, stop in zip(squad.visits, order, strict=True):
            dropped = 0.16 if visit.start.hour >= 15 else 0.06
            if self._rng.uniform() < dropped:
                continue
            late += self._minutes(-2, 5)
            stay = (visit.leave - visit.start) * float(self._rng.uniform(0.75, 1.3))
            here, free = (reached[-1][0], reached[-1][2]) if reached else (0, squad.shift_start)
            soonest = free + self._drive(here, stop)
            arrived = max(visit.start + late, soonest).replace(microsecond=0)
            left = (arrived + stay).replace(microsecond=0)
            reached.append((stop, arrived, left))
            self._since[stop] = 0
        return Outing(squad=squad, township_code=self._code, day=day, reached=tuple(reached))

    def _check_ins(self, outing: Outing) -> list[CheckIn]:
        made = []
        for number, (stop, arrived, left) in enumerate(outing.reached, 1):
            info = self._stops[stop].info
            lon, lat = (np.array([info.lon, info.lat]) + self._rng.normal(0, 1.2e-4, 2)).round(6).tolist()
            made.append(
                CheckIn(
                    id=f"demo-{outing.squad.id}-{number}",
                    day=outing.day,
                    township_code=self._code,
                    squad_id=outing.squad.id,
                    officer_id=outing.squad.leader,
                    stop_id=info.id,
                    village_code=info.village_code,
                    arrived_at=arrived,
                    left_at=left,
                    lon=lon,
                    lat=lat,
                )
            )
        return made

    def _minutes(self, low: float, high: float) -> timedelta:
        return timedelta(seconds=round(float(self._rng.uniform(low, high)) * 60))
