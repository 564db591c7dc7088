"""Minutes and metres over imported roads, against numbers worked out by hand and against brute force."""

from __future__ import annotations

import heapq
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from roads_world import Way, at, write_osm

from gridmgr.geo.earth import distances
from gridmgr.geo.osm import read_roads
from gridmgr.geo.roadbuild import RoadWay, build_graph
from gridmgr.geo.roads import RoadGraph
from gridmgr.geo.routers import UNREACHABLE, EmbeddedRouter, Router

MAIN_ROAD = 90  # seconds a kilometre at 40 km/h
STREET = 144  # seconds a kilometre at 25 km/h


@pytest.fixture
def router(tmp_path: Path) -> EmbeddedRouter:
    """Router over Grid Town."""
    return EmbeddedRouter(read_roads(write_osm(tmp_path)).graph)


def _legs(router: Router, *spots: str | tuple[float, float]) -> tuple[list[int], list[int]]:
    matrix = router.matrix(at(*spots))
    steps = range(len(spots) - 1)
    return [int(matrix.seconds[i, i + 1]) for i in steps], [int(matrix.metres[i, i + 1]) for i in steps]


def test_minutes_and_metres_are_those_worked_out_by_hand(router: EmbeddedRouter) -> None:
    """A to C along the main road, C to F over the bridge, F to D along the street."""
    seconds, metres = _legs(router, "A", "C", "F", "D")
    assert seconds == pytest.approx([2 * MAIN_ROAD, STREET, 2 * STREET], abs=1)
    assert metres == pytest.approx([2000, 1000, 2000], abs=2)


def test_the_fastest_way_is_taken_and_its_own_length_told(tmp_path: Path) -> None:
    """A short slow track from A to E loses against a long fast road, whose metres are then given."""
    ways = [Way("AE", {"highway": "track"}), Way("ABE", {"highway": "primary"})]
    seconds, metres = _legs(EmbeddedRouter(read_roads(write_osm(tmp_path, ways)).graph), "A", "E")
    assert seconds == pytest.approx([120], abs=1)
    assert metres == pytest.approx([2000], abs=2)


def test_a_one_way_is_respected(router: EmbeddedRouter) -> None:
    """B to E straight on; back around the block, three sides."""
    seconds, metres = _legs(router, "B", "E", "B")
    assert seconds == pytest.approx([STREET, 2 * STREET + MAIN_ROAD], abs=1)
    assert metres == pytest.approx([1000, 3000], abs=3)


def test_a_place_hangs_on_the_middle_of_its_road(router: EmbeddedRouter) -> None:
    """30 m beside the main road, 250 m east of A: its distance to the road is known, A is 250 m away."""
    points = at((250, 30), "A", "B")
    matrix = router.matrix(points)
    assert matrix.snap_metres[0] == pytest.approx(30, abs=0.5)
    assert matrix.metres[0].tolist() == pytest.approx([0, 250, 750], abs=1)
    assert matrix.seconds[0].tolist() == pytest.approx([0, MAIN_ROAD / 4, MAIN_ROAD * 3 / 4], abs=1)
    assert matrix.seconds[1, 0] == pytest.approx(MAIN_ROAD / 4, abs=1)


def test_two_places_on_one_road_need_no_junction(router: EmbeddedRouter) -> None:
    """200 m apart on the main road, both ways."""
    seconds, metres = _legs(router, (300, 0), (500, 0), (300, 0))
    assert metres == pytest.approx([200, 200], abs=1)
    assert seconds == pytest.approx([18, 18], abs=1)


def test_two_places_on_one_one_way_road_go_around_the_block_one_way(router: EmbeddedRouter) -> None:
    """300 m with the arrow; against it to the end, round three sides and in again."""
    seconds, metres = _legs(router, (1000, 300), (1000, 600), (1000, 300))
    assert metres == pytest.approx([300, 400 + 3000 + 300], abs=4)
    assert seconds == pytest.approx([0.3 * STREET, 0.7 * STREET + 2 * STREET + MAIN_ROAD], abs=1)


def test_a_place_at_the_mouth_of_a_one_way_is_at_the_junction(router: EmbeddedRouter) -> None:
    """40 cm into the one-way from B: nobody drives around the block for that."""
    seconds, metres = _legs(router, (1000, 0.4), "A", (1000, 0.4))
    assert metres == pytest.approx([1000, 1000], abs=2)
    assert seconds == pytest.approx([MAIN_ROAD, MAIN_ROAD], abs=1)


def test_a_place_on_the_island_is_reported_and_unreachable(router: EmbeddedRouter) -> None:
    """Its network is its own: the town cannot be reached."""
    matrix = router.matrix(at("A", (100, 5000), "F"))
    assert [(problem.index, problem.code) for problem in matrix.problems] == [(1, "disconnected")]
    assert matrix.seconds[0, 1] == matrix.seconds[1, 0] == matrix.metres[2, 1] == UNREACHABLE
    assert matrix.seconds[0, 2] > 0


def test_with_a_depot_on_the_island_the_town_is_what_is_reported(router: EmbeddedRouter) -> None:
    """The depot's network counts, and the island's own roads are driven."""
    matrix = router.matrix(at("A", "G", "H"), depot=1)
    assert [problem.index for problem in matrix.problems] == [0]
    assert matrix.metres[1, 2] == pytest.approx(500, abs=1)


def test_a_place_too_far_from_any_road_is_reported_with_its_distance(router: EmbeddedRouter) -> None:
    """1,500 m south of the main road, in words of both languages."""
    matrix = router.matrix(at("A", (500, -1500)))
    problem = matrix.problem_of(1)
    assert problem is not None
    assert (problem.code, problem.params) == ("snapped_too_far", {"metres": 1500, "limit": 1000})
    assert matrix.seconds.tolist() == [[0, UNREACHABLE], [UNREACHABLE, 0]]
    assert "1500 m" in problem.message.render("en")
    assert "1500 米" in problem.message.render("zh")


def test_a_router_without_roads_or_with_a_senseless_limit_is_refused(router: EmbeddedRouter) -> None:
    """Straight lines are for that; see `choose_router`."""
    with pytest.raises(ValueError, match="graph"):
        EmbeddedRouter(build_graph([], {}))
    with pytest.raises(ValueError, match="snap_limit_metres"):
        EmbeddedRouter(router.graph, snap_limit_metres=0.0)


def test_a_route_begins_in_the_network_of_its_first_point(tmp_path: Path) -> None:
    """A depot on a loose kilometre: places between the networks are reached from it, as in its matrix."""
    router = EmbeddedRouter(read_roads(write_osm(tmp_path, [Way("ABC"), Way("DE")])).graph)
    points = at((500, 1000), (300, 480))
    (leg,) = router.route(points)
    assert leg.metres == router.matrix(points, depot=0).metres[0, 1] == pytest.approx(200, abs=1)


def test_the_snap_limit_can_be_raised(tmp_path: Path) -> None:
    """The same place is then routed."""
    router = EmbeddedRouter(read_roads(write_osm(tmp_path)).graph, snap_limit_metres=2000)
    matrix = router.matrix(at("A", (500, -1500)))
    assert matrix.problems == ()
    assert matrix.metres[0, 1] == pytest.approx(500, abs=1)


def test_a_street_in_the_network_is_preferred_to_a_nearer_courtyard_without_link(tmp_path: Path) -> None:
    """A loose kilometre beats the street by 50 m at most, a splinter of 200 m by no more than 300 m."""
    loose = EmbeddedRouter(read_roads(write_osm(tmp_path, [Way("ABC"), Way("DE")])).graph)
    assert loose.snap(at((500, 520), (500, 530))).components.tolist() == [0, 1]
    splinter = EmbeddedRouter(read_roads(write_osm(tmp_path, [Way("ABC"), Way("mn")])).graph)
    assert splinter.snap(at((2000, 340), (2000, 360))).components.tolist() == [0, 1]


def test_a_closed_bridge_is_driven_around_and_not_stopped_at(router: EmbeddedRouter) -> None:
    """C to F by way of B and E; a place on the bridge's road meets another road."""
    graph = router.graph
    bridge = next(edge for edge in range(graph.edge_count) if len(graph.shape(edge)) == 4)
    shut = EmbeddedRouter(graph.with_closed([bridge]))
    seconds, metres = _legs(shut, "C", "F", "C")
    assert metres == pytest.approx([3000, 5000], abs=5)
    assert seconds[0] == pytest.approx(MAIN_ROAD + 2 * STREET, abs=1)
    assert shut.snap(at((2000, 500))).metres[0] == pytest.approx(500, abs=2)
    assert shut.fingerprint != router.fingerprint


def test_legs_follow_the_real_road(router: EmbeddedRouter) -> None:
    """From beside the main road over B up the one-way to a door on it: the corner at B is drawn."""
    (leg,) = router.route(at((250, 30), (1020, 500)))
    assert leg.coords == pytest.approx(at((250, 0), "B", (1000, 500)), abs=2e-6)
    assert (leg.metres, leg.seconds) == (pytest.approx(1250, abs=2), pytest.approx(67.5 + 72, abs=1))


def test_a_leg_keeps_the_bends_of_the_shape_in_the_direction_of_travel(router: EmbeddedRouter) -> None:
    """F to C passes the bridge from n to m."""
    (leg,) = router.route(at("F", "C"))
    assert leg.coords == pytest.approx(at("F", "n", "m", "C"), abs=2e-6)


def test_a_leg_along_one_road_is_a_piece_of_it(router: EmbeddedRouter) -> None:
    """Westwards, against the order it was drawn in."""
    (leg,) = router.route(at((700, 0), (300, 0)))
    assert leg.coords == pytest.approx(at((700, 0), (300, 0)), abs=2e-6)


def test_a_leg_to_where_no_road_leads_is_empty(router: EmbeddedRouter) -> None:
    """To the island, and to a place far off."""
    there, back, off = router.route(at("A", "G", "A", (500, -1500)))
    assert [leg.reachable for leg in (there, back, off)] == [False, False, False]
    assert there.coords.shape == (0, 2)


def test_staying_where_one_is_takes_no_time(router: EmbeddedRouter) -> None:
    """Two stops at the same door."""
    (leg,) = router.route(at((250, 30), (250, 30)))
    assert (leg.seconds, leg.metres) == (0, 0)
    assert leg.reachable


def test_no_points_and_one_point_are_fine(router: EmbeddedRouter) -> None:
    """An empty day, and a day with the depot alone."""
    assert router.matrix(np.zeros((0, 2))).seconds.shape == (0, 0)
    assert router.matrix(at("A")).seconds.tolist() == [[0]]
    assert router.route(at("A")) == ()


@pytest.mark.parametrize("bad", [[[110.0]], [[200.0, 30.0]], [[110.0, float("nan")]], [[30.0, 110.0]]])
def test_points_that_are_no_degrees_are_refused(router: EmbeddedRouter, bad: list[list[float]]) -> None:
    """Swapped latitude and longitude among them."""
    with pytest.raises(ValueError, match="points"):
        router.matrix(np.array(bad))


def test_where_all_roads_are_closed_every_place_is_reported(router: EmbeddedRouter) -> None:
    """No crash, no way."""
    shut = EmbeddedRouter(router.graph.with_closed(range(router.graph.edge_count)))
    matrix = shut.matrix(at("A", "B"))
    assert [problem.code for problem in matrix.problems] == ["no_road_nearby"] * 2
    assert matrix.seconds[0, 1] == UNREACHABLE
    assert not shut.route(at("A", "B"))[0].reachable


def _moves_on(nodes: list[int]) -> bool:
    return all(a != b for a, b in pairwise(nodes))


@st.composite
def _networks(draw: st.DrawFn) -> RoadGraph:
    """Roads thrown at random between up to nine spots, a third of them one-way, some of them rings.

    The spots lie on a wide circle: no road passes within 100 m of a spot it does not stop at.
    """
    count = draw(st.integers(2, 9))
    angles = draw(st.lists(st.integers(0, 35), min_size=count, max_size=count, unique=True))
    ids = st.integers(0, count - 1)
    ways = []
    for _ in range(draw(st.integers(1, 14))):
        nodes = draw(st.lists(ids, min_size=2, max_size=4).filter(_moves_on))
        kmh = draw(st.sampled_from([12.0, 30.0, 60.0]))
        ways.append(RoadWay(tuple(nodes), "service", kmh, oneway=draw(st.sampled_from([True, False, False]))))
    turns = np.radians(np.array(angles) * 10)
    positions = {i: (110 + 0.1 * np.cos(turn), 30 + 0.1 * np.sin(turn)) for i, turn in enumerate(turns)}
    return build_graph(ways, positions)


def _brute_force(graph: RoadGraph, source: int) -> dict[int, float]:
    """Seconds from one node to all others, by the textbook."""
    links: dict[int, list[tuple[int, float]]] = {}
    for edge in range(graph.edge_count):
        start, end, cost = (
            int(graph.edge_from[edge]),
            int(graph.edge_to[edge]),
            float(graph.edge_seconds[edge]),
        )
        links.setdefault(start, []).append((end, cost))
        if not graph.edge_oneway[edge]:
            links.setdefault(end, []).append((start, cost))
    best: dict[int, float] = {}
    queue = [(0.0, source)]
    while queue:
        cost, node = heapq.heappop(queue)
        if node not in best:
            best[node] = cost
            for following, step in links.get(node, []):
                heapq.heappush(queue, (cost + step, following))
    return best


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(graph=_networks())
def test_times_between_junctions_equal_brute_force(graph: RoadGraph) -> None:
    """Any network, any one-ways: the same seconds, and unreachable in the same places."""
    seconds = EmbeddedRouter(graph).matrix(graph.nodes).seconds
    for source in range(graph.node_count):
        best = _brute_force(graph, source)
        expected = [best.get(node, UNREACHABLE) for node in range(graph.node_count)]
        assert seconds[source].tolist() == pytest.approx(expected, abs=1)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(graph=_networks(), data=st.data())
def test_legs_say_and_draw_what_the_matrix_says(graph: RoadGraph, data: st.DataObject) -> None:
    """Same seconds and metres, drawn as long as told, begun and ended where the places meet the road."""
    router = EmbeddedRouter(graph)
    edges = data.draw(st.lists(st.integers(0, graph.edge_count - 1), min_size=2, max_size=5))
    shares = [data.draw(st.floats(0, 1)) for _ in edges]
    points = shapely.get_coordinates(
        shapely.line_interpolate_point(graph.lines[edges], shares, normalized=True)
    )
    matrix, snaps = router.matrix(points), router.snap(points)
    for i, leg in enumerate(router.route(points)):
        assert (leg.seconds, leg.metres) == (matrix.seconds[i, i + 1], matrix.metres[i, i + 1])
        if leg.reachable:
            drawn = float(distances(leg.coords[:-1], leg.coords[1:]).sum())
            assert drawn == pytest.approx(leg.metres, abs=5, rel=1e-3)
            assert leg.coords[[0, -1]] == pytest.approx(snaps.lonlat[[i, i + 1]], abs=2e-5)
