"""A whole fictitious county, the same for the same arguments: land, people, places and four weeks of past.

Nothing here is real: county 419921 does not exist, names and firms are invented, and the land is drawn by
random numbers around 113.6 E 34.3 N.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from gridmgr.demo.catalogue import make_catalogue
from gridmgr.demo.frame import random, to_degrees
from gridmgr.demo.incidents import make_incidents
from gridmgr.demo.inspections import choose, make_burdens, set_aside
from gridmgr.demo.ownership import make_ownership
from gridmgr.demo.passed_up import PassedUp, make_passed_up
from gridmgr.demo.patrols import Outing, Past, PastPatrols, township_stops
from gridmgr.demo.people import People, make_attendance, make_people
from gridmgr.demo.places import make_places
from gridmgr.demo.roads import DemoRoads, make_roads
from gridmgr.demo.siting import Sites
from gridmgr.demo.told import InboxReport, SharedMatter, make_told
from gridmgr.demo.tracks import make_track
from gridmgr.demo.travel import Segments, Travel
from gridmgr.demo.villages import Land, make_land
from gridmgr.domain.assignments import OwnershipPlan
from gridmgr.domain.catalogue import CatalogueItem
from gridmgr.domain.incidents import Incident
from gridmgr.domain.inspections import Inspection, InspectionLimit, InspectionRequest
from gridmgr.domain.patrols import CheckIn, DayPlan
from gridmgr.domain.people import Agency, Attendance, Officer
from gridmgr.domain.places import Place, Township, Vehicle, Village
from gridmgr.domain.tracks import Track
from gridmgr.errors import BadInput

#: Villages a township usually has.
VILLAGES_PER_TOWNSHIP = 25
#: A township's villages are numbered with three digits, half of them for communities.
_MOST_PER_TOWNSHIP, _FEWEST_PER_TOWNSHIP = 150, 5
_MOST_TOWNSHIPS = 800
#: Past patrols are made for all townships of a county, of something larger for the first few.
_COUNTY_VILLAGES, _TOWNSHIPS_WITH_PAST = 1000, 12


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DemoCounty:
    """The demo county, as the domain's own objects.

    Parameters
    ----------
    seed, today
        What it was made from, besides the counts.
    townships, villages, agencies, officers, vehicles, places, catalogue
        As a planner would import them. Every township has one depot, every village one committee.
    roads
        The road network; ``roads.graph()`` gives the graph for routing.
    river
        The river's course within the county, WGS84 lon/lat.
    attendance
        Four weeks past, today and the coming week (no past in townships without patrols, see below).
    ownership
        One published plan a township, made by hand.
    day_plans
        Published plans of the past four weeks. Counties over 1,000 villages have a past in their first
        twelve townships only.
    check_ins, tracks, incidents
        What really happened; incidents include three urgent ones of this morning.
    passed_up
        Matters for a county department, apart from ``incidents``: open ones of every kind, and its history.
    shared, reports
        Matters that two departments were sent to, and reports nobody has looked at; both apart from
        ``incidents``.
    inspections, inspection_requests, inspection_limits
        Of this calendar year's enterprises in townships with a past; one of each has reached its cap, another
        is wanted by several agencies.
    """

    seed: int
    today: date
    townships: tuple[Township, ...]
    villages: tuple[Village, ...]
    roads: DemoRoads
    river: tuple[tuple[float, float], ...]
    agencies: tuple[Agency, ...]
    officers: tuple[Officer, ...]
    vehicles: tuple[Vehicle, ...]
    places: tuple[Place, ...]
    catalogue: tuple[CatalogueItem, ...]
    attendance: tuple[Attendance, ...]
    ownership: tuple[OwnershipPlan, ...]
    day_plans: tuple[DayPlan, ...]
    check_ins: tuple[CheckIn, ...]
    tracks: tuple[Track, ...]
    incidents: tuple[Incident, ...]
    passed_up: tuple[PassedUp, ...]
    shared: tuple[SharedMatter, ...]
    reports: tuple[InboxReport, ...]
    inspections: tuple[Inspection, ...]
    inspection_requests: tuple[InspectionRequest, ...]
    inspection_limits: tuple[InspectionLimit, ...]


def build_county(
    *, seed: int = 1, villages: int = 150, townships: int | None = None, today: date
) -> DemoCounty:
    """Make the demo county; the same arguments give the same county.

    Parameters
    ----------
    seed
        Not negative.
    villages
        How many villages and communities.
    townships
        How many townships; one for about 25 villages by default.
    today
        The day on which the demo starts; everything past lies before it.

    Raises
    ------
    BadInput
        If the counts do not fit together.
    """
    count = max(1, round(villages / VILLAGES_PER_TOWNSHIP)) if townships is None else townships
    _check(seed, villages, count)
    land = make_land(seed=seed, villages=villages, townships=count)
    roads = make_roads(land, seed=seed)
    sites = Sites(land, roads)
    people = make_people(land, seed=seed, today=today)
    places = make_places(land, roads, sites, seed=seed)
    some = land.townships if villages <= _COUNTY_VILLAGES else land.townships[:_TOWNSHIPS_WITH_PAST]
    with_past = frozenset(township.code for township in some)
    attendance = make_attendance(land, people, seed=seed, today=today, with_past=with_past)
    chosen = choose(places, sorted(with_past))
    past, tracks = _past(
        land,
        roads,
        people,
        places,
        attendance,
        seed=seed,
        today=today,
        some=some,
        aside=set_aside(chosen),
    )
    items = make_catalogue(today=today)
    burdens = make_burdens(places, people, past.check_ins, past.day_plans, chosen, seed=seed, today=today)
    shared, reports = make_told(land, sites, people.agencies, seed=seed, today=today)
    return DemoCounty(
        seed=seed,
        today=today,
        townships=land.townships,
        villages=land.villages,
        roads=roads,
        river=tuple((lon, lat) for lon, lat in to_degrees(land.cells.river).tolist()),
        agencies=people.agencies,
        officers=people.officers,
        vehicles=people.vehicles,
        places=places,
        catalogue=items,
        attendance=attendance,
        ownership=make_ownership(land, people, today=today),
        day_plans=past.day_plans,
        check_ins=past.check_ins,
        tracks=tracks,
        incidents=make_incidents(land, people, sites, seed=seed, today=today, with_past=with_past),
        passed_up=make_passed_up(land, sites, people.agencies, items, seed=seed, today=today),
        shared=shared,
        reports=reports,
        inspections=burdens.inspections,
        inspection_requests=burdens.requests,
        inspection_limits=burdens.limits,
    )


def _check(seed: int, villages: int, townships: int) -> None:
    if seed < 0:
        raise BadInput("demo.bad_seed", seed=seed)
    if not 1 <= townships <= _MOST_TOWNSHIPS:
        raise BadInput("demo.bad_townships", townships=townships, most=_MOST_TOWNSHIPS)
    if not _FEWEST_PER_TOWNSHIP * townships <= villages <= _MOST_PER_TOWNSHIP * townships:
        raise BadInput(
            "demo.bad_villages",
            villages=villages,
            townships=townships,
            least=_FEWEST_PER_TOWNSHIP * townships,
            most=_MOST_PER_TOWNSHIP * townships,
        )


def _past(
    land: Land,
    roads: DemoRoads,
    people: People,
    places: tuple[Place, ...],
    attendance: tuple[Attendance, ...],
    *,
    seed: int,
    today: date,
    some: tuple[Township, ...],
    aside: frozenset[str],
) -> tuple[Past, tuple[Track, ...]]:
    """Patrols and tracks of the townships that have a past."""
    segments = Segments(roads)
    plans: list[DayPlan] = []
    check_ins: list[CheckIn] = []
    outings: list[Outing] = []
    tracks: list[Track] = []
    for township in some:
        rng = random(seed, f"past {township.code}")
        mine = [village for village in land.villages if village.township_code == township.code]
        spots = [place for place in places if place.township_code == township.code]
        stops = township_stops(mine, spots, set_aside=aside, rng=rng)
        travel = Travel(segments, [(stop.info.lon, stop.info.lat) for stop in stops])
        past = PastPatrols(township.code, stops, travel, people, attendance, rng=rng).live(today=today)
        plans.extend(past.day_plans)
        check_ins.extend(past.check_ins)
        outings.extend(past.outings)
        made = (make_track(outing, travel, rng=rng) for outing in past.outings)
        tracks.extend(track for track in made if track is not None)
    return Past(day_plans=tuple(plans), check_ins=tuple(check_ins), outings=tuple(outings)), tuple(tracks)
