"""The demo county: the same for the same arguments, whole, and believable."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest
import shapely

from gridmgr.demo import DemoCounty, build_county, demo_users
from gridmgr.demo.villages import make_land
from gridmgr.domain.burden import burden_on, joint_visits, rule_for
from gridmgr.domain.nearness import metres_between
from gridmgr.domain.people import OFFICE_WORDS
from gridmgr.domain.settings import OfficeSettings
from gridmgr.errors import BadInput

TODAY = date(2026, 11, 23)
_PLAIN_FIELDS = (
    *("townships", "river", "agencies", "officers", "vehicles", "places", "catalogue", "attendance"),
    *("ownership", "day_plans", "check_ins", "incidents"),
    *("inspections", "inspection_requests", "inspection_limits", "passed_up", "shared", "reports"),
)


@pytest.fixture(scope="module")
def county() -> DemoCounty:
    """The county ``make demo`` shows: 6 townships, 150 villages."""
    return build_county(today=TODAY)


def digest(county: DemoCounty) -> str:
    """Hash over everything in a demo county."""
    total = hashlib.sha256()
    for field in _PLAIN_FIELDS:
        total.update(repr(getattr(county, field)).encode())
    for village in county.villages:
        total.update(f"{village.code}{village.name}{village.kind}{village.risk}".encode())
        total.update(shapely.to_wkb(village.geometry))
    total.update(county.roads.points.tobytes())
    total.update(repr([(way.nodes, sorted(way.tags.items())) for way in county.roads.ways]).encode())
    for track in county.tracks:
        total.update(repr((track.id, track.officer_id, track.day)).encode())
        total.update(track.seconds.tobytes() + track.lon_lat.tobytes())
    return total.hexdigest()


def test_same_arguments_give_the_same_county_and_another_seed_another(county: DemoCounty) -> None:
    """Everything in the county follows from seed, counts and day."""
    assert digest(build_county(today=TODAY)) == digest(county)
    assert digest(build_county(seed=2, today=TODAY)) != digest(county)


def test_county_does_not_depend_on_the_hash_seed_of_the_process() -> None:
    """Sets and dictionaries of words come in another order in each process; the county must not."""
    code = (
        "from datetime import date; from gridmgr.demo import build_county; "
        "c = build_county(villages=40, townships=2, today=date(2026, 11, 23)); "
        "print(hash('word'), repr((c.places, c.day_plans, c.attendance, c.incidents, c.ownership)), "
        "repr((c.inspections, c.inspection_requests, c.inspection_limits)))"
    )
    outputs = []
    for hash_seed in ("1", "2"):
        run = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONIOENCODING": "utf-8"},
        )
        outputs.append(run.stdout.split(b" ", 1))
    assert outputs[0][0] != outputs[1][0]
    assert outputs[0][1] == outputs[1][1]


def test_counts_are_those_of_a_real_county(county: DemoCounty) -> None:
    """6 townships, 150 villages, 9 fields of agencies, about 110 officers, 60 enterprises, 60 items."""
    kinds = Counter(place.kind for place in county.places)
    sent = {
        agency.department
        for agency in county.agencies
        if not any(word in agency.name for word in OFFICE_WORDS)
    }
    assert (len(county.townships), len(county.villages)) == (6, 150)
    assert len(sent) == 9
    assert 100 <= len(county.officers) <= 120
    assert (kinds["enterprise"], kinds["depot"], kinds["committee"]) == (60, 6, 150)
    assert min(kinds["market"], kinds["school"]) >= 10
    assert kinds["hotspot"] >= 20
    assert len(county.catalogue) == 60


@pytest.mark.parametrize("seed", range(1, 13))
def test_villages_share_their_edges_exactly_whatever_the_seed(seed: int) -> None:
    """No overlap, no gap, no broken polygon."""
    land = make_land(seed=seed, villages=150, townships=6)
    shapes = [village.geometry for village in land.villages]
    assert shapely.coverage_is_valid(shapes)
    assert shapely.is_valid(shapes).all()
    assert shapely.union_all(shapes).geom_type == "Polygon"


def test_borders_are_not_straight(county: DemoCounty) -> None:
    """A village has many more vertices than a Voronoi cell would have."""
    vertices = [shapely.get_num_coordinates(village.geometry) for village in county.villages]
    assert np.median(vertices) > 30


def test_codes_are_unique_and_follow_the_township(county: DemoCounty) -> None:
    """12 digits, the first nine the township's, whose first six are the county's."""
    codes = [village.code for village in county.villages]
    assert len(set(codes)) == len(codes)
    assert all(len(v.code) == 12 and v.code.isdigit() for v in county.villages)
    assert all(v.code[:9] == v.township_code and v.code[:6] == v.county_code for v in county.villages)
    for field in ("townships", "agencies"):
        own = [thing.code for thing in getattr(county, field)]
        assert len(set(own)) == len(own), field
    for field in (
        *("officers", "places", "vehicles", "incidents", "check_ins", "day_plans", "tracks"),
        *("inspections", "inspection_requests"),
    ):
        own = [thing.id for thing in getattr(county, field)]
        assert len(set(own)) == len(own), field


def test_names_are_chinese_and_unique_where_people_would_confuse_them(county: DemoCounty) -> None:
    """Villages within a township, townships, officers."""
    for names in (
        [(v.township_code, v.name) for v in county.villages],
        [t.name for t in county.townships],
        [o.name for o in county.officers],
    ):
        assert len(set(names)) == len(names)
    assert all("\u4e00" <= letter <= "\u9fff" for v in county.villages for letter in v.name)
    assert not [v.name for v in county.villages if v.name.endswith("村村")]


def test_townships_are_connected_groups_of_similar_size(county: DemoCounty) -> None:
    """Each township is one piece of land of 15 to 40 villages with at least one community."""
    for township in county.townships:
        mine = [v for v in county.villages if v.township_code == township.code]
        assert 15 <= len(mine) <= 40
        assert shapely.union_all([v.geometry for v in mine]).geom_type == "Polygon"
        assert any(v.kind == "community" for v in mine)


def test_every_place_lies_inside_its_village(county: DemoCounty) -> None:
    """Also the committee, the depot and the quarry."""
    shapes = {village.code: village for village in county.villages}
    for place in county.places:
        village = shapes[place.village_code or ""]
        assert shapely.contains_xy(village.geometry, place.lon, place.lat), place
        assert place.township_code == village.township_code


def test_every_incident_lies_inside_its_village_and_before_the_demo_starts(county: DemoCounty) -> None:
    """Three urgent ones are open this morning, one of them in the county seat."""
    shapes = {village.code: village.geometry for village in county.villages}
    codes = {item.code for item in county.catalogue}
    for incident in county.incidents:
        assert shapely.contains_xy(shapes[incident.village_code or ""], incident.lon, incident.lat)
        assert incident.item_code is None or incident.item_code in codes
        assert incident.reported_at.date() <= TODAY
        assert incident.is_open == (incident.settled_at is None)
    urgent = [incident for incident in county.incidents if incident.urgent]
    assert len(urgent) == 3
    assert all(i.reported_at.date() == TODAY and i.reported_at.hour < 8 and i.is_open for i in urgent)
    assert county.townships[0].code in {incident.township_code for incident in urgent}


def counted_days(county: DemoCounty) -> dict[str, list[date]]:
    """Days of the inspections that count, by place, ascending."""
    days: dict[str, list[date]] = {}
    for made in sorted(county.inspections, key=lambda item: item.day):
        if made.counts:
            days.setdefault(made.place_id, []).append(made.day)
    return days


def test_inspections_are_the_lawful_check_ins_and_what_was_written_down_before(county: DemoCounty) -> None:
    """One for each visit of an enterprise by a squad that may enforce; no two of a place too near."""
    lawful = {squad.id for plan in county.day_plans for squad in plan.squads if not squad.patrol_only}
    enterprises = {place.id for place in county.places if place.kind == "enterprise"}
    visits = {
        (item.stop_id, item.day)
        for item in county.check_ins
        if item.stop_id in enterprises and item.squad_id in lawful
    }
    assert visits
    assert {(i.place_id, i.day) for i in county.inspections if i.source == "check_in"} == visits
    assert all(i.day < TODAY and i.day.year == TODAY.year for i in county.inspections)
    spacing = OfficeSettings().inspection_spacing_days
    for days in counted_days(county).values():
        assert all((late - early).days >= spacing for early, late in pairwise(days))


@pytest.mark.parametrize("today", [TODAY, date(2027, 1, 2), date(2027, 3, 1)])
def test_one_enterprise_of_each_township_has_reached_its_cap(today: date) -> None:
    """By the office's rule; early in a year by one of its own, as the year is too young for more."""
    county = build_county(today=today)
    limits = {limit.place_id: limit for limit in county.inspection_limits}
    days = counted_days(county)
    full = []
    for place in county.places:
        rule = rule_for(place, OfficeSettings(), limits.get(place.id))
        if place.id in days and burden_on(rule, days[place.id], today).breach == "cap":
            full.append(place.township_code)
    assert sorted(full) == [township.code for township in county.townships]
    assert bool(limits) == (today.year > TODAY.year)


def test_wishes_of_three_agencies_make_one_visit_of_each_township(county: DemoCounty) -> None:
    """At premises that may be inspected today; wishes of the past are settled by one inspection each."""
    settled = {wish: made.id for made in county.inspections for wish in made.requests}
    opened = [wish for wish in county.inspection_requests if wish.id not in settled]
    visits = joint_visits(opened, day=TODAY)
    townships = {place.id: place.township_code for place in county.places}
    assert sorted(townships[v.place_id] or "" for v in visits) == [t.code for t in county.townships]
    assert all(len(set(v.agencies)) == len(v.requests) == 3 and v.first == TODAY for v in visits)
    assert not {visit.place_id for visit in visits} & set(counted_days(county))
    assert settled.keys() <= {wish.id for wish in county.inspection_requests}
    assert sum(len(made.requests) == 2 for made in county.inspections) > 3


def test_incidents_have_a_daily_rhythm(county: DemoCounty) -> None:
    """More by day than by night, more on working days than at weekends."""
    hours = Counter(incident.reported_at.hour for incident in county.incidents)
    assert sum(hours[h] for h in (9, 10, 15, 16)) > 5 * sum(hours[h] for h in (1, 2, 3, 4))
    days = Counter(incident.reported_at.weekday() >= 5 for incident in county.incidents)
    assert days[True] / 8 < days[False] / 20


def test_one_township_lacks_people_and_says_so(county: DemoCounty) -> None:
    """Its ownership leaves villages uncovered; all others cover every village."""
    gaps = [plan for plan in county.ownership if plan.uncovered]
    assert len(gaps) == 1
    assert gaps[0].missing_officers >= 1
    sizes = Counter(village.township_code for village in county.villages)
    for plan in county.ownership:
        led = Counter(r.officer_id for r in plan.responsibilities if r.role == "lead")
        assert sum(led.values()) + len(plan.uncovered) == sizes[plan.township_code]
        assert max(led.values()) <= 2


def test_ownership_pairs_are_neighbours(county: DemoCounty) -> None:
    """Two villages of one officer share a border."""
    shapes = {village.code: village.geometry for village in county.villages}
    for plan in county.ownership:
        held: dict[str, list[str]] = {}
        for responsibility in plan.responsibilities:
            if responsibility.role == "lead":
                held.setdefault(responsibility.officer_id, []).append(responsibility.village_code)
        pairs = [codes for codes in held.values() if len(codes) == 2]
        assert all(shapes[a].intersection(shapes[b]).length > 0 for a, b in pairs)


def test_people_are_as_in_a_county_office(county: DemoCounty) -> None:
    """Ages 24 to 59, most certified, some lapsed or lapsing, contract staff without certificate."""
    ages = [TODAY.year - (officer.birth_year or 0) for officer in county.officers]
    assert min(ages) >= 24
    assert max(ages) <= 59
    certified = sum(officer.certified_on(TODAY) for officer in county.officers) / len(county.officers)
    assert 0.55 < certified < 0.85
    ends = [o.certificate_valid_to for o in county.officers if o.certificate_valid_to]
    assert any(end < TODAY for end in ends)
    assert any(TODAY <= end < TODAY + timedelta(days=14) for end in ends)
    assert not [o.id for o in county.officers if o.employment == "contract" and o.certificate_no]


def test_skills_and_needs_speak_one_vocabulary(county: DemoCounty) -> None:
    """Every field a place needs is held by a certified officer somewhere."""
    held = {skill for o in county.officers if o.certified_on(TODAY) for skill in o.skills}
    assert {skill for place in county.places for skill in place.required_skills} <= held


def test_one_township_can_form_no_lawful_pair_today(county: DemoCounty) -> None:
    """There no field is held by certified officers of two agencies, the office included; elsewhere it is."""
    without = []
    for township in county.townships:
        holders: dict[str, set[str]] = {}
        for officer in county.officers:
            if officer.township_code == township.code and officer.certified_on(TODAY):
                for skill in officer.skills:
                    holders.setdefault(skill, set()).add(officer.agency_code)
        if max(len(agencies) for agencies in holders.values()) < 2:
            without.append(township.code)
    assert len(without) == 1


def test_attendance_covers_the_past_today_and_the_coming_week(county: DemoCounty) -> None:
    """Every officer on every day once; weekends with a small team."""
    days = Counter(row.day for row in county.attendance)
    assert set(days) == {TODAY + timedelta(days=i) for i in range(-28, 8)}
    assert set(days.values()) == {len(county.officers)}
    duty = Counter(row.day for row in county.attendance if row.status == "on_duty")
    working = [duty[day] for day in days if day.weekday() < 5]
    weekend = [duty[day] for day in days if day.weekday() >= 5]
    assert min(working) > 0.7 * len(county.officers)
    assert 0 < max(weekend) < 0.5 * len(county.officers)
    assert {row.status for row in county.attendance} == {"on_duty", "leave", "sick", "training", "seconded"}


def test_a_demo_started_on_a_saturday_has_people_on_duty() -> None:
    """The first day is a working day whatever its name, the Sunday after it is not."""
    saturday = date(2026, 11, 21)
    county = build_county(villages=50, today=saturday)
    duty = Counter(row.day for row in county.attendance if row.status == "on_duty")
    assert duty[saturday] > 0.7 * len(county.officers)
    assert duty[saturday + timedelta(days=1)] < 0.6 * len(county.officers)


def test_demo_users_hold_every_role_and_the_officer_works_today(county: DemoCounty) -> None:
    """Planner and officer are of the largest township."""
    users = {user.role: user for user, _ in demo_users(county)}
    assert set(users) == {"planner", "officer", "department", "lead", "admin"}
    sizes = Counter(village.township_code for village in county.villages)
    largest = max(sizes.values())
    assert sizes[users["planner"].township_code or ""] == largest
    assert users["officer"].township_code == users["planner"].township_code
    officer = next(o for o in county.officers if o.id == users["officer"].officer_id)
    assert officer.certified_on(TODAY)
    today = {row.officer_id: row.status for row in county.attendance if row.day == TODAY}
    assert today[officer.id] == "on_duty"


def test_a_thousand_villages_work_too() -> None:
    """Still a valid coverage, one network, 40 townships; beyond 1,000 the past is that of some townships."""
    county = build_county(villages=1001, today=TODAY)
    assert (len(county.villages), len(county.townships)) == (1001, 40)
    assert 0 < len({plan.township_code for plan in county.day_plans}) < 40
    assert shapely.coverage_is_valid([village.geometry for village in county.villages])
    assert len({(v.township_code, v.name) for v in county.villages}) == 1001
    parts = np.bincount(county.roads.graph().components)
    assert len(parts) == 2


@pytest.mark.parametrize(
    ("seed", "villages", "townships"),
    [(1, 5, 1), (2, 60, 12), (3, 300, 2), (10, 150, 6), (12, 150, 6)],
)
def test_odd_sizes_and_seeds_work_too(seed: int, villages: int, townships: int) -> None:
    """One tiny township, many tiny ones, two huge ones, and seeds whose squads once never left the depot."""
    county = build_county(seed=seed, villages=villages, townships=townships, today=TODAY - timedelta(days=1))
    assert (len(county.villages), len(county.townships)) == (villages, townships)
    assert county.tracks
    assert all(len(track.seconds) for track in county.tracks)


@pytest.mark.parametrize(
    ("arguments", "key"),
    [
        ({"seed": -1}, "demo.bad_seed"),
        ({"townships": 0}, "demo.bad_townships"),
        ({"villages": 3, "townships": 1}, "demo.bad_villages"),
        ({"villages": 1000, "townships": 2}, "demo.bad_villages"),
    ],
)
def test_impossible_counts_are_refused_in_words(arguments: dict[str, int], key: str) -> None:
    """The message names what would be possible."""
    with pytest.raises(BadInput) as caught:
        build_county(**arguments, today=TODAY)
    assert caught.value.message.key == key
    assert key not in caught.value.render("zh")


@pytest.mark.parametrize("size", [(150, 6), (36, 2)])
def test_two_departments_are_at_one_matter_and_reports_wait(size: tuple[int, int]) -> None:
    """One matter joined, one open; two reports of one thing, one of the open matter, one without a place."""
    made = build_county(villages=size[0], townships=size[1], today=TODAY)
    villages = {village.code: village for village in made.villages}
    here = {agency.department for agency in made.agencies}
    assert [matter.joined_at is not None for matter in made.shared] == [True, False]
    for matter in made.shared:
        first, second = matter.cases
        assert first.department != second.department
        assert {first.department, second.department} <= here
        assert first.sent_at < second.sent_at
        one, other = first.incident, second.incident
        assert metres_between(one.lon, one.lat, other.lon, other.lat) < 60
    assert [report.incident is None for report in made.reports] == [False, False, False, True]
    told = [case.incident for matter in made.shared for case in matter.cases]
    told += [report.incident for report in made.reports if report.incident]
    assert len({incident.id for incident in (*told, *made.incidents)}) == len(told) + len(made.incidents)
    for incident in told:
        assert incident.reported_at.date() < TODAY
        assert shapely.contains_xy(villages[incident.village_code].geometry, incident.lon, incident.lat)
