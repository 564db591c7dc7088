"""What could be visited on a day, and what each visit is worth.

Prize of a stop
---------------
Villages: ``20 * debt * risk + 2 * risk`` with the risk factor 3, 2, 1 for A, B, C. Places: ``5 * priority *
due`` with ``due`` the days since the last visit over the place's interval, capped at 2; places less than 60 %
due are left for later. Open incidents: 60, urgent ones 200 and required. The figures only have to rank: a
village one visit behind at risk A (66) comes before an enterprise of priority 10 that is just due (50), and a
week's backlog of a calm village (20-40) before a place that can wait.

Where the week was planned at once, its time was weighed between all villages and days already. So a village
that is to be visited today is worth one visit of debt more (``20 * risk``); one whose day comes later, or for
which the week had no room, only fills what time is left: a quarter, and at most the risk factor, so that no
few of them outweigh a village of today. One that has just been visited, closer than half its interval, and is
not planned for today is worth nothing; one that has had all its visits is worth 1. A village whose day went
by without a visit is worth what it owes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from gridmgr.domain.burden import needs_lawful_squad
from gridmgr.domain.coverage import VillageCoverage, debts, place_interval, village_stop, visited_village
from gridmgr.domain.incidents import Incident
from gridmgr.domain.patrols import CheckIn, StopInfo
from gridmgr.domain.places import Place, Village
from gridmgr.domain.privacy import mask
from gridmgr.domain.settings import OfficeSettings
from gridmgr.domain.week import WeekPlan, WeekVillage, shortest_gap
from gridmgr.services.planning.burden import Guard
from gridmgr.storage import UnitOfWork
from gridmgr.texts import Message

#: How far back visits are looked at.
LOOK_BACK_DAYS = 28
RISK_FACTOR = {"A": 3, "B": 2, "C": 1}
#: Prize of a visit owed, before risk.
PRIZE_PER_DEBT = 20
#: What is left of the prize of a village that the week plan does not send to today: one of so many parts.
_OTHER_DAY_PARTS = 4
_DUE_ENOUGH = 0.6
_INCIDENT_MINUTES = 30
#: What each further case of a joint matter adds to the one visit.
_JOINT_MINUTES = 10
_INCIDENT_PRIZE = 60
#: Prize of a matter a squad has to see to today.
URGENT_PRIZE = 200


@dataclass(frozen=True, kw_only=True)
class Depot:
    """Where a township's squads start and end.

    Parameters
    ----------
    name, lon, lat
        The depot place, WGS84 degrees; the middle of the township where none is on record.
    on_record
        Whether the office gave one.
    """

    name: str
    lon: float
    lat: float
    on_record: bool


def find_depot(places: Iterable[Place], villages: Iterable[Village]) -> Depot:
    """The township's depot.

    Parameters
    ----------
    places, villages
        Of the township; at least one village.
    """
    depots = sorted((place for place in places if place.kind == "depot"), key=lambda place: place.id)
    if depots:
        return Depot(name=depots[0].name, lon=depots[0].lon, lat=depots[0].lat, on_record=True)
    points = [village.point for village in villages]
    lon, lat = sum(p.x for p in points) / len(points), sum(p.y for p in points) / len(points)
    return Depot(name="", lon=lon, lat=lat, on_record=False)


def read_depot(uow: UnitOfWork, township_code: str) -> Depot:
    """A township's depot; borders are read only where none is on record."""
    depots = uow.places.find(township_code=township_code, kind="depot")
    return find_depot(depots, () if depots else uow.villages.find(township_code=township_code))


def day_stops(
    uow: UnitOfWork, *, township_code: str, day: date, office: OfficeSettings, guard: Guard
) -> list[StopInfo]:
    """Everything worth a visit on that day, by id; what premises must not bear is for the guard to split off.

    Visits of the day itself do not count: what is done today stays in today's plan.
    """
    villages = uow.villages.find(township_code=township_code)
    places = uow.places.find(township_code=township_code)
    before = day - timedelta(days=1)
    seen = uow.check_ins.between(day - timedelta(days=LOOK_BACK_DAYS), before, township_code=township_code)
    since = min((check_in.day for check_in in seen), default=before)
    coverage = debts(villages, seen, as_of=before, since=since)
    committees = {p.village_code: p for p in places if p.kind == "committee"}
    incidents = uow.incidents.search(township_code=township_code, states={"reported"})
    week = uow.weeks.current(township_code, day)
    came: defaultdict[str, set[date]] = defaultdict(set)
    for check_in in seen:
        came[visited_village(check_in) or ""].add(check_in.day)
    stops = [
        _by_week(
            _village_stop(v, coverage[v.code], committees.get(v.code), office, day=day),
            v,
            week,
            came=came[v.code],
            day=day,
        )
        for v in villages
    ]
    stops += _place_stops(places, seen, day=day, since=since, guard=guard)
    stops += _incident_stops(uow, incidents)
    return sorted(stops, key=lambda stop: stop.id)


def village_prize(debt: float, risk: str) -> int:
    """What a visit of a village is worth by its coverage debt, in visits, and its risk."""
    factor = RISK_FACTOR[risk]
    return round(PRIZE_PER_DEBT * debt * factor) + 2 * factor


def prize_by_week(prize: int, risk: str, item: WeekVillage, *, since: Collection[date], day: date) -> int:
    """What a visit is worth on a day as the week plan has it.

    Parameters
    ----------
    prize, risk
        What it would be worth without the plan; the village's risk.
    item
        What the plan says of the village.
    since
        Days since the week began on which somebody came there, as far as known.
    day
        The day.
    """
    planned = item.next_planned(day, since)
    if planned == day:
        return prize + PRIZE_PER_DEBT * RISK_FACTOR[risk]
    if item.missed(day, since):
        return prize
    owed = planned is not None or item.short > 0
    return min(prize // _OTHER_DAY_PARTS, RISK_FACTOR[risk] if owed else 1)


def came_just_now(required: int, *, visits: Collection[date], day: date) -> bool:
    """Whether the last visit of a village due so often a week is closer than half its interval."""
    return bool(visits) and (day - max(visits)).days < shortest_gap(required)


def _village_stop(
    village: Village,
    coverage: VillageCoverage,
    committee: Place | None,
    office: OfficeSettings,
    *,
    day: date,
) -> StopInfo:
    lon, lat = village_spot(village, committee)
    debt = round(coverage.debt, 1)
    patrol = Message("purpose.patrol_village", {"risk": village.risk})
    if debt > 0:
        patrol = Message("purpose.patrol_village_behind", {"debt": debt, "risk": village.risk})
    return StopInfo(
        id=village_stop(village.code),
        kind="village",
        name=village.name,
        lon=lon,
        lat=lat,
        village_code=village.code,
        prize=village_prize(coverage.debt, village.risk),
        service_minutes=office.village_visit_minutes,
        purpose=(
            patrol,
            _last_seen(None if coverage.last_visit is None else (day - coverage.last_visit).days),
        ),
    )


def village_spot(village: Village, committee: Place | None) -> tuple[float, float]:
    """Where a squad goes in a village, WGS84 degrees.

    The committee's house stands by a road; a point in the middle of the fields may not.
    """
    return (committee.lon, committee.lat) if committee else (village.point.x, village.point.y)


def _by_week(
    stop: StopInfo, village: Village, week: WeekPlan | None, *, came: Collection[date], day: date
) -> StopInfo:
    """The village's stop as the week plan wants it on that day, after the visits so far."""
    item = week.village(village.code) if week else None
    if week is None or item is None:
        return stop
    since = {visit for visit in came if visit >= week.first}
    planned = item.next_planned(day, since)
    if planned != day and came_just_now(village.required_visits_per_week, visits=came, day=day):
        return replace(stop, prize=0, purpose=(*stop.purpose, Message("purpose.week_close")))
    purpose = stop.purpose
    if planned is not None:
        later = Message("purpose.week_later", {"day": planned.isoformat()})
        purpose = (*purpose, Message("purpose.week_today") if planned == day else later)
    elif item.missed(day, since):
        purpose = (*purpose, Message("purpose.week_missed"))
    elif item.short:
        purpose = (*purpose, Message("purpose.week_no_room"))
    prize = prize_by_week(stop.prize, village.risk, item, since=since, day=day)
    return replace(stop, prize=prize, purpose=purpose)


def _last_seen(days: int | None) -> Message:
    if days is None:
        return Message("purpose.never_visited")
    return Message("purpose.last_visit", {"days": days})


def _place_stops(
    places: Iterable[Place], seen: Iterable[CheckIn], *, day: date, since: date, guard: Guard
) -> list[StopInfo]:
    last: Mapping[str, date] = {c.stop_id: c.day for c in sorted(seen, key=lambda c: c.day)}
    joined = (
        guard.joined(_due_stop(place, last.get(place.id), day=day, since=since, office=guard.office), place)
        for place in places
    )
    return [stop for stop in joined if stop is not None]


def _due_stop(
    place: Place, visited: date | None, *, day: date, since: date, office: OfficeSettings
) -> StopInfo | None:
    """The office's own visit of a place, None while it can wait."""
    interval = place_interval(place, interval_days=office.place_interval_days)
    if interval is None:
        return None
    # A place nobody ever visited counts as seen when records begin, and is at least due.
    days = max(interval, (day - since).days) if visited is None else (day - visited).days
    due = min(2.0, days / interval)
    if due < _DUE_ENOUGH:
        return None
    return _place_stop(place, office, visited_days=None if visited is None else days, due=due)


def asked_place(place: Place, office: OfficeSettings) -> StopInfo:
    """A place as a stop because a planner asks for it, due or not."""
    stop = _place_stop(place, office, visited_days=None, due=1.0)
    return replace(stop, purpose=(stop.purpose[0], Message("purpose.added_by_hand")))


def _place_stop(place: Place, office: OfficeSettings, *, visited_days: int | None, due: float) -> StopInfo:
    return StopInfo(
        id=place.id,
        kind="place",
        name=place.name,
        lon=place.lon,
        lat=place.lat,
        village_code=place.village_code,
        prize=round(5 * place.priority * due),
        service_minutes=place.service_minutes,
        purpose=(Message(f"purpose.inspect.{place.kind}"), _last_seen(visited_days)),
        # Looking around a hot spot needs no certificate; inspecting somebody's premises does.
        needs_lawful=needs_lawful_squad(place, office),
        skills=place.required_skills,
        open=place.open,
        close=place.close,
    )


def _incident_stops(uow: UnitOfWork, incidents: Iterable[Incident]) -> list[StopInfo]:
    """Open incidents as stops; those of one joint matter are one visit, at the earliest of them."""
    ordered = sorted(incidents, key=lambda item: (item.reported_at, item.id))
    matters = uow.joint.of_cases({item.case_id for item in ordered if item.case_id}, states={"joined"})
    matter_of = {case_id: matter.id for matter in matters for case_id in matter.cases}
    groups: dict[str, list[Incident]] = {}
    for item in ordered:
        groups.setdefault(matter_of.get(item.case_id or "", f"alone {item.id}"), []).append(item)
    return [_joint_stop(group) for group in groups.values()]


def _joint_stop(group: list[Incident]) -> StopInfo:
    first, *rest = (incident_stop(item) for item in group)
    if not rest:
        return first
    words = {"count": len(group), "cases": "、".join(str(item.case_id) for item in group)}
    return replace(
        first,
        prize=max(stop.prize for stop in (first, *rest)),
        required=any(stop.required for stop in (first, *rest)),
        service_minutes=first.service_minutes + _JOINT_MINUTES * len(rest),
        purpose=(*first.purpose, Message("purpose.joint_matter", words)),
    )


def incident_stop(incident: Incident) -> StopInfo:
    """An incident as a stop."""
    # Plans are kept for good and their files passed on: whoever is named in a report is not in them.
    words = mask(incident.description)
    name = incident.category or words[:20] or incident.id
    key = "purpose.urgent_incident" if incident.urgent else "purpose.incident"
    return StopInfo(
        id=f"incident:{incident.id}",
        kind="incident",
        name=name,
        lon=incident.lon,
        lat=incident.lat,
        village_code=incident.village_code,
        prize=URGENT_PRIZE if incident.urgent else _INCIDENT_PRIZE,
        service_minutes=_INCIDENT_MINUTES,
        required=incident.urgent,
        purpose=(Message(key, {"description": words[:200]}),),
    )
