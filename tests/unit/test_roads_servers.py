"""Routing by OSRM and Valhalla: what is asked, what is understood, and every way a server can fail."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from routing_servers import FakeOsrm, FakeValhalla, served

from gridmgr.geo.earth import distances
from gridmgr.geo.routers import UNREACHABLE, OsrmRouter, RouterFailed, ValhallaRouter
from gridmgr.geo.routers.valhalla import decode_polyline

LAND = np.array([[110.0, 30.0], [110.02, 30.01], [110.01, 30.03]])
IN_THE_SEA = [110.01, 29.9]
ON_THE_ISLAND = [110.6, 30.0]

Make = Callable[[str], OsrmRouter | ValhallaRouter]
QUICK = {"timeout_seconds": 5.0, "tries": 2, "pause_seconds": 0.0}


def _osrm(url: str) -> OsrmRouter:
    return OsrmRouter(url, **QUICK)  # type: ignore[arg-type]


def _valhalla(url: str) -> ValhallaRouter:
    return ValhallaRouter(url, **QUICK)  # type: ignore[arg-type]


@pytest.fixture(params=["osrm", "valhalla", "valhalla-strict"])
def router(request: pytest.FixtureRequest) -> Iterator[OsrmRouter | ValhallaRouter]:
    """A router with its server; every test must hold for each of them."""
    if request.param == "osrm":
        with served(FakeOsrm()) as url:
            yield _osrm(url)
    else:
        with served(FakeValhalla(strict=request.param == "valhalla-strict")) as url:
            yield _valhalla(url)


def test_a_server_gives_seconds_and_metres(router: OsrmRouter | ValhallaRouter) -> None:
    """Kilometres become metres, the diagonal is zero, the snap distance is known."""
    matrix = router.matrix(LAND)
    expected = distances(LAND[:, None], LAND[None, :])
    assert matrix.metres == pytest.approx(expected, abs=1)
    assert matrix.seconds == pytest.approx(expected / 10, abs=1)
    assert matrix.snap_metres == pytest.approx([11.085] * 3, abs=0.1)
    assert matrix.problems == ()
    assert matrix.method == router.method


def test_a_place_in_the_sea_is_reported_and_the_others_are_routed(
    router: OsrmRouter | ValhallaRouter,
) -> None:
    """One bad place must not fail the table."""
    matrix = router.matrix(np.vstack([LAND[:1], [IN_THE_SEA], LAND[1:]]))
    (problem,) = matrix.problems
    assert problem.index == 1
    assert problem.code in {"snapped_too_far", "no_road_nearby"}
    assert matrix.seconds[0, 1] == matrix.seconds[1, 2] == UNREACHABLE
    assert matrix.seconds[0, 2] > 0


def test_the_distance_to_the_road_is_told_where_the_server_knows_it() -> None:
    """OSRM does, however far: 5.5 km off the shore."""
    with served(FakeOsrm()) as url:
        (problem,) = _osrm(url).matrix(np.vstack([LAND, [IN_THE_SEA]])).problems
    assert problem.code == "snapped_too_far"
    assert problem.params["metres"] == pytest.approx(5543, abs=10)


def test_a_place_on_an_island_is_reported(router: OsrmRouter | ValhallaRouter) -> None:
    """Near a road, but no way leads there."""
    matrix = router.matrix(np.vstack([LAND, [ON_THE_ISLAND]]))
    assert [(problem.index, problem.code) for problem in matrix.problems] == [(3, "disconnected")]
    assert matrix.seconds[3].tolist() == [UNREACHABLE, UNREACHABLE, UNREACHABLE, 0]


def test_with_the_depot_on_the_island_the_mainland_is_what_is_reported(
    router: OsrmRouter | ValhallaRouter,
) -> None:
    """The depot decides."""
    matrix = router.matrix(np.vstack([LAND, [ON_THE_ISLAND]]), depot=3)
    assert [problem.index for problem in matrix.problems] == [0, 1, 2]


def test_legs_are_drawn_as_the_server_says(router: OsrmRouter | ValhallaRouter) -> None:
    """With the middle point, each point once."""
    first, second = router.route(LAND)
    assert first.coords == pytest.approx(np.array([LAND[0], (LAND[0] + LAND[1]) / 2, LAND[1]]), abs=1e-6)
    assert second.metres == pytest.approx(float(distances(LAND[1], LAND[2])), abs=1)


def test_one_leg_without_a_way_leaves_the_others_drawn(router: OsrmRouter | ValhallaRouter) -> None:
    """The server fails the whole route; each leg is asked for alone."""
    legs = router.route(np.vstack([LAND[:2], [ON_THE_ISLAND], LAND[2:]]))
    assert [leg.reachable for leg in legs] == [True, False, False]
    assert legs[1].coords.shape == (0, 2)


def test_many_places_are_asked_for_in_blocks(router: OsrmRouter | ValhallaRouter) -> None:
    """120 places are more than a server takes at once; rows and columns still fit together."""
    rng = np.random.default_rng(3)
    points = np.array([110.0, 30.0]) + rng.uniform(0, 0.1, (120, 2))
    matrix = router.matrix(points)
    assert matrix.metres == pytest.approx(distances(points[:, None], points[None, :]), abs=1)
    legs = router.route(points)
    assert len(legs) == 119
    assert legs[77].metres == matrix.metres[77, 78]


def test_no_places_need_no_server() -> None:
    """An empty day asks nothing."""
    nowhere = "http://127.0.0.1:9"
    for router in (_osrm(nowhere), _valhalla(nowhere)):
        assert router.matrix(np.zeros((0, 2))).seconds.shape == (0, 0)
        assert router.route(LAND[:1]) == ()


def test_osrm_is_asked_in_blocks_of_fifty() -> None:
    """Two blocks a question, so that its default limit of 100 places holds."""
    fake = FakeOsrm()
    with served(fake) as url:
        _osrm(url).matrix(np.array([110.0, 30.0]) + np.arange(120).reshape(60, 2) * 1e-4)
    assert fake.asked == [("table", 50), ("table", 60), ("table", 60), ("table", 10)]


@pytest.mark.parametrize("make", [_osrm, _valhalla])
def test_a_server_error_is_tried_again_and_then_told(make: Make) -> None:
    """Twice asked, then an error that names engine, host and status, and no password of the address."""
    asked: list[str] = []

    def broken(path: str, query: dict[str, str], body: Any) -> tuple[int, bytes]:
        asked.append(path)
        return 500, b"oops"

    with served(broken) as url, pytest.raises(RouterFailed) as caught:
        make(url.replace("http://", "http://user:secret@")).matrix(LAND)
    assert len(asked) == 2
    words = caught.value.render("en")
    assert "127.0.0.1" in words
    assert "HTTP 500" in words
    assert "secret" not in words


@pytest.mark.parametrize("make", [_osrm, _valhalla])
def test_a_server_that_stumbles_once_is_forgiven(make: Make) -> None:
    """The second try succeeds."""
    stumbles = [True]
    fake = FakeOsrm() if make is _osrm else FakeValhalla()

    def stumbling(path: str, query: dict[str, str], body: Any) -> tuple[int, bytes]:
        if stumbles:
            stumbles.pop()
            return 503, b""
        return fake(path, query, body)

    with served(stumbling) as url:
        assert make(url).matrix(LAND).seconds[0, 1] > 0


@pytest.mark.parametrize("make", [OsrmRouter, ValhallaRouter])
def test_a_server_that_does_not_answer_in_time_is_told(make: type[OsrmRouter] | type[ValhallaRouter]) -> None:
    """The plan must not hang on it."""

    def sleepy(path: str, query: dict[str, str], body: Any) -> tuple[int, bytes]:
        time.sleep(0.5)
        return 200, b"{}"

    with served(sleepy) as url, pytest.raises(RouterFailed) as caught:
        make(url, timeout_seconds=0.1, tries=1).matrix(LAND)
    assert caught.value.message.key == "roads.server_unreachable"


@pytest.mark.parametrize("make", [_osrm, _valhalla])
def test_a_server_that_is_not_there_is_told(make: Make) -> None:
    """Nobody listens; the words say what to do, in both languages."""
    with served(FakeOsrm()) as url:
        pass
    with pytest.raises(RouterFailed) as caught:
        make(url).matrix(LAND)
    assert caught.value.message.key == "roads.server_unreachable"
    assert url.removeprefix("http://") in caught.value.render("zh")
    assert "settings" in caught.value.render("en")


GARBAGE = [b"<html>It works!</html>", b"[]", b"{}", b"null", b'"words"', b'{"code": "Ok"}', b"\xff\xfe"]


@pytest.mark.parametrize("content", GARBAGE)
@pytest.mark.parametrize("make", [_osrm, _valhalla])
def test_an_answer_that_is_none_is_told(make: Make, content: bytes) -> None:
    """Some other program listens at the address."""
    with served(lambda path, query, body: (200, content)) as url:
        for question in (make(url).matrix, make(url).route):
            with pytest.raises(RouterFailed) as caught:
                question(LAND)
            assert caught.value.message.key == "roads.server_unreadable"


@pytest.mark.parametrize("durations", [[[0, 1], [1, 0]], [[0, 1, 2]], [[0, 1, "x"]] * 3, None])
def test_a_table_of_the_wrong_size_is_told(durations: Any) -> None:
    """Never a matrix made of what does not fit."""
    places = [{"location": [110.0, 30.0]}] * 3
    content = {"code": "Ok", "durations": durations, "distances": [[0, 1, 2]] * 3, "sources": places}
    with (
        served(lambda path, query, body: (200, json.dumps(content).encode())) as url,
        pytest.raises(RouterFailed) as caught,
    ):
        _osrm(url).matrix(LAND)
    assert caught.value.message.key == "roads.server_unreadable"


@pytest.mark.parametrize(
    ("make", "answer"),
    [
        (_osrm, {"code": "NoTable", "message": "No table found"}),
        (_osrm, {"code": "TooBig", "message": "Too many table coordinates"}),
        (_valhalla, {"error_code": 150, "error": "Exceeded max locations"}),
    ],
)
def test_a_refusal_is_told_in_the_servers_own_words(make: Make, answer: dict[str, Any]) -> None:
    """So that an administrator can look them up."""
    with (
        served(lambda path, query, body: (400, json.dumps(answer).encode())) as url,
        pytest.raises(RouterFailed) as caught,
    ):
        make(url).matrix(LAND)
    assert caught.value.message.key == "roads.server_refused"
    words = caught.value.render("zh")
    assert all(str(value) in words for value in answer.values())


@pytest.mark.parametrize("make", [_osrm, _valhalla])
def test_a_redirect_is_not_followed(make: Make) -> None:
    """A server inside must not send us elsewhere."""
    with served(lambda path, query, body: (302, b"")) as url, pytest.raises(RouterFailed, match="HTTP 302"):
        make(url).matrix(LAND)


def test_a_polyline_is_read_digit_by_digit() -> None:
    """The format's own published example, five digits: three points on the west coast of America."""
    points = decode_polyline("_p~iF~ps|U_ulLnnqC_mqNvxq`@", digits=5)
    assert points.tolist() == [[-120.2, 38.5], [-120.95, 40.7], [-126.453, 43.252]]
    assert decode_polyline("").shape == (0, 2)


@pytest.mark.parametrize("text", ["_p~iF", "_p~iF~ps|", "a b"])
def test_a_polyline_cut_short_is_refused(text: str) -> None:
    """Half a pair, half a number, a character of no meaning."""
    with pytest.raises(ValueError, match="polyline"):
        decode_polyline(text)
