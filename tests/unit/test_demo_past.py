"""The demo county's roads, its four weeks of past, and its files."""

from __future__ import annotations

import csv
import json
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
import shapely
from scipy.spatial import cKDTree

from gridmgr.demo import DemoCounty, build_county, write_files
from gridmgr.demo.frame import to_metres
from gridmgr.geo.osm import read_roads
from gridmgr.geo.roads import RoadGraph
from gridmgr.geo.snapping import RoadIndex

TODAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def county() -> DemoCounty:
    """The county ``make demo`` shows."""
    return build_county(today=TODAY)


@pytest.fixture(scope="module")
def graph(county: DemoCounty) -> RoadGraph:
    """Its road graph."""
    return county.roads.graph()


def test_all_roads_hang_together_but_the_quarrys(county: DemoCounty, graph: RoadGraph) -> None:
    """One network, and one short road that meets no other."""
    sizes = np.bincount(graph.components)
    assert len(sizes) == 2
    assert sizes[1] == 2
    lonely = graph.edge_metres[graph.edge_components == 1].sum()
    assert 300 < lonely < 600
    quarry = next(place for place in county.places if "采石场" in place.name)
    lonely_nodes = graph.nodes[graph.components == 1]
    assert np.abs(lonely_nodes - (quarry.lon, quarry.lat)).sum(axis=1).min() < 1e-6


def test_only_the_quarry_is_out_of_reach_for_the_router(county: DemoCounty, graph: RoadGraph) -> None:
    """Every other place is put onto the connected network, close by; the quarry onto its own road."""
    places = [place for place in county.places if "采石场" not in place.name]
    quarry = next(place for place in county.places if "采石场" in place.name)
    index = RoadIndex(graph)
    snaps = index.snap(np.array([(place.lon, place.lat) for place in places]))
    assert (snaps.components == 0).all()
    assert snaps.metres.max() < 150
    assert index.snap(np.array([[quarry.lon, quarry.lat]])).components.tolist() == [1]


def test_the_river_is_crossed_by_bridges_only(county: DemoCounty) -> None:
    """Two to a dozen bridges; no other road touches the water."""
    river = shapely.LineString(county.river)
    crossing = [
        way
        for way in county.roads.ways
        if shapely.LineString(county.roads.points[list(way.nodes)]).intersects(river)
    ]
    assert 2 <= len(crossing) <= 12
    assert all(way.tags.get("bridge") == "yes" for way in crossing)


def test_roads_have_a_hierarchy_and_some_villages_only_a_track(county: DemoCounty) -> None:
    """Every class from primary to track, more of the small ones."""
    kinds = Counter(way.tags["highway"] for way in county.roads.ways)
    assert all(kinds[kind] for kind in ("primary", "secondary", "tertiary", "unclassified", "track"))
    assert kinds["primary"] + kinds["secondary"] < kinds["residential"]


def test_past_plans_lie_in_the_four_weeks_before_today(county: DemoCounty) -> None:
    """Every township has plans; weekends have fewer visits than working days."""
    days = {plan.day for plan in county.day_plans}
    assert min(days) >= TODAY - timedelta(days=28)
    assert max(days) == TODAY - timedelta(days=1)
    assert {plan.township_code for plan in county.day_plans} == {t.code for t in county.townships}
    visits: Counter[bool] = Counter()
    for plan in county.day_plans:
        visits[plan.day.weekday() >= 5] += sum(1 for _ in plan.visits())
    assert visits[True] / 8 < 0.5 * visits[False] / 20


def test_squads_are_of_the_township_on_duty_and_never_in_two_places(county: DemoCounty) -> None:
    """Also: lawful exactly where two certified members share a field."""
    people = {officer.id: officer for officer in county.officers}
    duty = {(row.day, row.officer_id) for row in county.attendance if row.status == "on_duty"}
    for plan in county.day_plans:
        members = [member for squad in plan.squads for member in squad.members]
        assert len(set(members)) == len(members)
        vehicles = [squad.vehicle for squad in plan.squads]
        assert len(set(vehicles)) == len(vehicles)
        for squad in plan.squads:
            assert 3 <= len(squad.members) <= 5
            assert all(people[m].township_code == plan.township_code for m in squad.members)
            assert all((plan.day, member) in duty for member in squad.members)
            fields = Counter(
                skill for m in squad.members if people[m].certified_on(plan.day) for skill in people[m].skills
            )
            assert set(squad.scopes) == {field for field, count in fields.items() if count >= 2}
            assert squad.patrol_only == (not squad.scopes) == (squad.reason is not None)


def test_past_squads_inspected_only_what_they_might(county: DemoCounty) -> None:
    """A place that needs a field was planned for a squad that holds it; some lacked such a squad."""
    for plan in county.day_plans:
        for squad in plan.squads:
            assert all(set(visit.stop.skills) <= set(squad.scopes) for visit in squad.visits)
    left = Counter(u.reason.key for plan in county.day_plans for u in plan.unassigned)
    assert left["demo.no_lawful_squad"] > 0


def test_planned_routes_keep_to_shift_lunch_and_opening_hours(county: DemoCounty) -> None:
    """Visits follow one another, none during the break, all back by the end of the shift."""
    hours = {place.id: (place.open, place.close) for place in county.places}
    for plan in county.day_plans:
        for squad in plan.squads:
            assert squad.lunch_start is not None
            assert squad.lunch_end is not None
            clock = squad.shift_start
            for visit in squad.visits:
                assert clock + timedelta(seconds=visit.travel_seconds) <= visit.arrive
                assert visit.leave <= squad.lunch_start or visit.arrive >= squad.lunch_end
                opened, closed = hours.get(visit.stop.id, (None, None))
                assert opened is None or closed is None or opened <= visit.start.time() <= closed
                clock = visit.leave
            assert clock + timedelta(seconds=squad.return_seconds) <= squad.shift_end


def test_what_happened_differs_from_what_was_planned(county: DemoCounty) -> None:
    """Some planned visits were not carried out, and every check-in belongs to a planned visit."""
    planned = {
        (squad.id, visit.stop.id)
        for plan in county.day_plans
        for squad in plan.squads
        for visit in squad.visits
    }
    done = {(check_in.squad_id, check_in.stop_id) for check_in in county.check_ins}
    assert done < planned
    assert 0.8 < len(done) / len(planned) < 0.98


def test_attention_is_uneven(county: DemoCounty) -> None:
    """Some villages were never visited, some often; so debts differ."""
    seen = Counter(c.village_code for c in county.check_ins if c.stop_id.startswith("village:"))
    share = [seen[v.code] / (4 * v.required_visits_per_week) for v in county.villages]
    assert any(s == 0 for s in share)
    assert 0.15 < np.mean(np.array(share) < 1) < 0.75


def test_tracks_follow_the_roads_and_are_thin(county: DemoCounty) -> None:
    """Fixes at least half a minute apart, by day, and in the median within 20 m of a road."""
    roads = shapely.transform(county.roads.graph().lines, to_metres)
    tree = shapely.STRtree(roads)
    assert len(county.tracks) > 100
    for track in county.tracks[::20]:
        assert np.diff(track.seconds).min() > 0
        assert len(track.seconds) < 420
        spots = [shapely.Point(spot) for spot in to_metres(track.lon_lat)]
        near = [spot.distance(roads[tree.nearest(spot)]) for spot in spots]
        # Straight lines between minute-by-minute points are not stored, so bends do not show here.
        assert np.median(near) < 20


def test_tracks_pass_where_the_squad_checked_in(county: DemoCounty) -> None:
    """Without a gap in the recording each stop is within 250 m of a fix, snapping included."""
    by_squad: dict[str, list[tuple[float, float]]] = {}
    for check_in in county.check_ins:
        assert check_in.lon is not None
        assert check_in.lat is not None
        by_squad.setdefault(check_in.squad_id or "", []).append((check_in.lon, check_in.lat))
    complete = 0
    for track in county.tracks:
        fixes = cKDTree(to_metres(track.lon_lat))
        distance, _ = fixes.query(to_metres(np.array(by_squad[track.id.removeprefix("demo-")])))
        complete += bool((distance < 250).all())
    assert complete > 0.85 * len(county.tracks)


def test_roads_file_reads_back_as_the_same_graph(
    county: DemoCounty, graph: RoadGraph, tmp_path: Path
) -> None:
    """The demo's roads go through the same import as anybody's."""
    write_files(county, tmp_path)
    read = read_roads(tmp_path / "roads.osm.gz")
    assert read.missing_nodes == 0
    assert read.graph.edge_count == graph.edge_count
    assert read.graph.kilometres == pytest.approx(graph.kilometres)
    assert len(np.unique(read.graph.components)) == 2


def test_files_hold_everything_once_and_twice_the_same(county: DemoCounty, tmp_path: Path) -> None:
    """One row a thing with the headers of the import, byte for byte reproducible."""
    first, second = write_files(county, tmp_path / "a"), write_files(county, tmp_path / "b")
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]
    features = json.loads((tmp_path / "a" / "villages.geojson").read_text(encoding="utf-8"))["features"]
    assert [f["properties"]["村代码"] for f in features] == [v.code for v in county.villages]
    assert shapely.coverage_is_valid([shapely.geometry.shape(f["geometry"]) for f in features])
    for name in ("agencies", "officers", "catalogue", "places", "attendance", "incidents"):
        with (tmp_path / "a" / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
            assert len(list(csv.DictReader(file))) == len(getattr(county, name)), name


def test_catalogue_names_bodies_basis_and_deadline(county: DemoCounty) -> None:
    """Every item has a lead body, a law and a deadline in the documented short form."""
    for item in county.catalogue:
        assert item.lead_body
        assert item.basis.startswith("《")
        number, unit = item.deadline_rule.rstrip("whd"), item.deadline_rule.lstrip("0123456789")
        assert number.isdigit(), item
        assert unit in ("wh", "wd", "d"), item
    assert {item.kind for item in county.catalogue} == {"basic", "entrusted"}
