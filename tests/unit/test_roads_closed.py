"""Closed roads: which ones a drawing means, ways around them, and places they cut off; all in Grid Town."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from roads_world import at, write_osm

from gridmgr.geo.matrices import MatrixCache, travel_matrix
from gridmgr.geo.osm import read_roads
from gridmgr.geo.routers import UNREACHABLE, ClosedRoadsRouter, EmbeddedRouter
from gridmgr.geo.routers.base import Router


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> EmbeddedRouter:
    """The router of Grid Town."""
    return EmbeddedRouter(read_roads(write_osm(tmp_path_factory.mktemp("town"))).graph)


def closed(town: EmbeddedRouter, *drawn: str | tuple[float, float]) -> ClosedRoadsRouter:
    """The town with what was drawn closed."""
    edges = town.roads_meant(at(*drawn)).tolist()
    return ClosedRoadsRouter(town, edges, why="塌方")


def ends(town: EmbeddedRouter, edges: np.ndarray) -> set[frozenset[tuple[float, float]]]:
    """Both ends of each edge, rounded metres in words of the drawing."""
    graph = town.graph
    return {
        frozenset(tuple(np.round(graph.nodes[n], 5)) for n in (graph.edge_from[e], graph.edge_to[e]))
        for e in edges
    }


def between(start: str, end: str) -> frozenset[tuple[float, float]]:
    """The edge between two spots."""
    return frozenset(tuple(np.round(spot, 5)) for spot in at(start, end))


@pytest.mark.parametrize(
    ("drawn", "meant"),
    [
        pytest.param([(500, 20)], {("A", "B")}, id="a click beside a road"),
        pytest.param([(50, 0), (950, 0)], {("A", "B")}, id="along one road"),
        pytest.param([(100, 3), (1900, -3)], {("A", "B"), ("B", "C")}, id="along two, side roads left alone"),
        pytest.param([(500, -40), (500, 40)], {("A", "B")}, id="across a road"),
        pytest.param([(500, 30), (520, 30)], {("A", "B")}, id="near one, neither along nor across"),
    ],
)
def test_a_drawing_means_the_roads_a_person_means(
    town: EmbeddedRouter, drawn: list[tuple[float, float]], meant: set[tuple[str, str]]
) -> None:
    """One point, a line along, a line across."""
    assert ends(town, town.roads_meant(at(*drawn))) == {between(*pair) for pair in meant}


def test_a_drawing_far_from_any_road_means_none(town: EmbeddedRouter) -> None:
    """Sixty metres is near; four hundred is not."""
    assert not len(town.roads_meant(at((500, 400))))
    assert not len(town.roads_meant(at((400, 400), (600, 400))))


def test_ways_lead_around_a_closed_road(town: EmbeddedRouter) -> None:
    """From A to C by way of D, E and F: five kilometres in the place of two."""
    points = at("A", "C")
    assert town.matrix(points).metres[0, 1] == pytest.approx(2000, abs=5)
    matrix = closed(town, (1500, 0)).matrix(points, depot=0)
    assert matrix.metres[0, 1] == pytest.approx(4000, abs=10)
    (leg,) = closed(town, (1500, 0)).route(points)
    assert leg.metres == matrix.metres[0, 1]
    assert not matrix.problems


def test_a_place_that_is_cut_off_says_that_a_closed_road_did_it(town: EmbeddedRouter) -> None:
    """Both roads into F closed: nobody gets there, and the reason has the closure's own words."""
    both = [*town.roads_meant(at((1500, 1000))).tolist(), *town.roads_meant(at((2000, 200))).tolist()]
    router = ClosedRoadsRouter(town, both, why="塌方；施工")
    matrix = router.matrix(at("A", "F"), depot=0)
    assert matrix.seconds.tolist() == [[0, UNREACHABLE], [UNREACHABLE, 0]]
    (problem,) = matrix.problems
    assert (problem.index, problem.code) == (1, "road_closed")
    assert problem.message.render("zh") == "因道路封闭无法到达：塌方；施工"
    assert not router.route(at("A", "F"))[0].reachable


def test_a_place_on_the_closed_road_is_not_moved_to_a_far_one(town: EmbeddedRouter) -> None:
    """Half a kilometre from the next road is another place; at the junction it is the same."""
    router = closed(town, (500, 0))
    matrix = router.matrix(at("C", (500, 0), (10, 0)), depot=0)
    assert [problem.index for problem in matrix.problems] == [1]
    assert matrix.seconds[0, 1] == UNREACHABLE
    assert matrix.seconds[0, 2] > 0


def test_what_was_cut_off_before_keeps_its_own_reason(town: EmbeddedRouter) -> None:
    """The island is no victim of the closure."""
    matrix = closed(town, (500, 0)).matrix(at("C", "G"), depot=0)
    assert [(problem.index, problem.code) for problem in matrix.problems] == [(1, "disconnected")]


def test_matrices_are_remembered_by_what_is_closed(town: EmbeddedRouter) -> None:
    """The open town's answer is not given for the closed one, nor one closure's for another's."""
    cache = MatrixCache()
    points = at("A", "C")
    routers: list[Router] = [town, closed(town, (500, 0)), closed(town, (1500, 1000)), town]
    metres = [travel_matrix(router, points, depot=0, cache=cache).metres[0, 1] for router in routers]
    assert metres[0] == metres[3] != metres[1]
    assert len({router.fingerprint for router in routers}) == 3


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from([(500, 0), (1500, 0), (0, 500), (2000, 200), (500, 1000)]), unique=True))
def test_closing_roads_never_makes_a_way_quicker(
    town: EmbeddedRouter, spots: list[tuple[float, float]]
) -> None:
    """Whatever is closed."""
    edges = {edge for spot in spots for edge in town.roads_meant(at(spot)).tolist()}
    points = at("A", "C", "D", "F")
    before = town.matrix(points, depot=0).seconds
    after = ClosedRoadsRouter(town, edges, why="x").matrix(points, depot=0).seconds
    assert ((after == UNREACHABLE) | (after >= before)).all()
