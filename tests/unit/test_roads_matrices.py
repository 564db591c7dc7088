"""Matrices for planners, straight lines, and the choice of a router."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pyproj import Geod
from roads_world import at, write_osm

from gridmgr.errors import BadInput
from gridmgr.geo.earth import distances
from gridmgr.geo.matrices import MatrixCache, travel_matrix
from gridmgr.geo.osm import read_roads
from gridmgr.geo.roads import RoadGraph
from gridmgr.geo.routers import (
    EmbeddedRouter,
    Leg,
    Matrix,
    OsrmRouter,
    Router,
    StraightLineRouter,
    ValhallaRouter,
    choose_router,
)


class CountingRouter:
    """Straight lines, remembering how many points were asked for each time."""

    method = "straight"
    fingerprint = "counting"

    def __init__(self) -> None:
        self.asked: list[int] = []
        self._straight = StraightLineRouter()

    def matrix(self, points: np.ndarray, *, depot: int | None = None) -> Matrix:
        """Ask the straight line."""
        self.asked.append(len(points))
        return self._straight.matrix(points, depot=depot)

    def route(self, points: np.ndarray) -> tuple[Leg, ...]:
        """Ask the straight line."""
        return self._straight.route(points)


@pytest.fixture
def town(tmp_path: Path) -> RoadGraph:
    """Grid Town as a graph."""
    return read_roads(write_osm(tmp_path)).graph


def test_distances_agree_with_the_geodesic() -> None:
    """Up to a county's width."""
    rng = np.random.default_rng(7)
    start = np.array([110.0, 30.0]) + rng.uniform(-0.5, 0.5, (200, 2))
    end = start + rng.uniform(-0.5, 0.5, (200, 2))
    _, _, expected = Geod(ellps="WGS84").inv(start[:, 0], start[:, 1], end[:, 0], end[:, 1])
    assert distances(start, end) == pytest.approx(expected, rel=1e-4)


def test_straight_lines_are_times_the_factor_and_say_so() -> None:
    """1,000 m become 1,350 m, at 30 km/h 162 seconds, and the matrix carries the warning."""
    matrix = StraightLineRouter().matrix(at("A", "B"))
    assert matrix.metres[0, 1] == pytest.approx(1350, abs=2)
    assert matrix.seconds[0, 1] == matrix.seconds[1, 0] == pytest.approx(162, abs=1)
    assert matrix.method == "straight"
    (problem,) = matrix.problems
    assert (problem.index, problem.code) == (None, "straight_line")
    assert "1.35" in problem.message.render("zh")


def test_straight_legs_are_two_points() -> None:
    """Nothing to follow."""
    first, second = StraightLineRouter(factor=1.0, kmh=36.0).route(at("A", "B", "C"))
    assert first.coords.tolist() == at("A", "B").tolist()
    assert second.seconds == pytest.approx(100, abs=1)


@pytest.mark.parametrize("options", [{"factor": 0.9}, {"kmh": 0.0}])
def test_a_straight_line_router_that_makes_no_sense_is_refused(options: dict[str, float]) -> None:
    """Shorter than the straight line, or standing still."""
    with pytest.raises(ValueError, match=next(iter(options))):
        StraightLineRouter(**options)


def test_every_router_keeps_the_protocol(town: RoadGraph) -> None:
    """Services know no other."""
    routers = [EmbeddedRouter(town), OsrmRouter("http://h"), ValhallaRouter("http://h"), StraightLineRouter()]
    assert all(isinstance(router, Router) for router in routers)
    assert [router.method for router in routers] == ["embedded", "osrm", "valhalla", "straight"]
    assert len({router.fingerprint for router in routers}) == 4


def test_servers_go_before_imported_roads_and_roads_before_straight_lines(town: RoadGraph) -> None:
    """The first that is given."""
    assert choose_router(graph=town, osrm_url="http://a", valhalla_url="http://b").method == "osrm"
    assert choose_router(graph=town, valhalla_url="http://b").method == "valhalla"
    assert choose_router(graph=town).method == "embedded"
    assert choose_router().method == "straight"


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://h", "localhost:5000", "", "http://", "http://h:port"]
)
def test_only_web_addresses_are_taken_for_servers(url: str) -> None:
    """Refused before anything is asked."""
    with pytest.raises(BadInput, match="http://"):
        OsrmRouter(url)


def test_points_at_one_position_are_asked_for_once(town: RoadGraph) -> None:
    """Three stops in one market: the matrix has them all, the problems too."""
    points = at("C", "A", "G", "C", "G", "B")
    matrix = travel_matrix(EmbeddedRouter(town), points, depot=1)
    plain = EmbeddedRouter(town).matrix(points, depot=1)
    assert matrix.seconds.tolist() == plain.seconds.tolist()
    assert matrix.metres.tolist() == plain.metres.tolist()
    assert [(p.index, p.code) for p in matrix.problems] == [(2, "disconnected"), (4, "disconnected")]
    counting = CountingRouter()
    repeated = travel_matrix(counting, points)
    assert counting.asked == [4]
    assert repeated.seconds[0, 3] == 0
    assert repeated.problems[0].index is None


def test_a_matrix_is_remembered_until_others_push_it_out() -> None:
    """The key is router, points and depot."""
    router, cache = CountingRouter(), MatrixCache(size=2)
    first = travel_matrix(router, at("A", "B"), cache=cache)
    assert travel_matrix(router, at("A", "B"), cache=cache) is first
    travel_matrix(router, at("A", "B"), depot=1, cache=cache)
    assert len(router.asked) == 2
    travel_matrix(router, at("A", "C"), cache=cache)
    travel_matrix(router, at("A", "B"), cache=cache)
    assert len(router.asked) == 4


def test_a_depot_that_is_no_point_is_refused() -> None:
    """Before any router is asked."""
    with pytest.raises(ValueError, match="depot"):
        travel_matrix(StraightLineRouter(), at("A"), depot=1)


def test_a_matrix_that_contradicts_itself_is_refused() -> None:
    """Shape, diagonal, method, and reachability of both tables."""
    table = np.array([[0, 5], [5, 0]], dtype=np.int32)
    good = {"seconds": table, "metres": table.copy(), "snap_metres": np.zeros(2), "method": "embedded"}
    bad = [
        ({"metres": np.array([[0, -1], [5, 0]], dtype=np.int32)}, "same places"),
        ({"seconds": np.array([[1, 5], [5, 0]], dtype=np.int32)}, "diagonal"),
        ({"seconds": table.astype(np.int64)}, "int32"),
        ({"snap_metres": np.zeros(3)}, "shape"),
        ({"method": "crow"}, "method"),
    ]
    assert Matrix(**good).seconds[0, 1] == 5  # type: ignore[arg-type]
    for change, message in bad:
        with pytest.raises(ValueError, match=message):
            Matrix(**{**good, **change})  # type: ignore[arg-type]
