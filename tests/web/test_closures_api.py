"""Closed roads over the API: what is meant, noted, listed, ended; in the scope of the township's planner."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from conftest import EAST, WEST, MovableNow, open_county
from flask.testing import FlaskClient

from gridmgr.geo.roadbuild import RoadWay, build_graph
from gridmgr.geo.routers import EmbeddedRouter
from gridmgr.geo.routers.straight import StraightLineRouter
from gridmgr.services.context import Context

AsUser = Callable[[str], FlaskClient]
ON_ROAD, FAR = [113.01, 34.005], [113.01, 34.5]


@pytest.fixture
def ctx(filled_database: Path, tmp_path: Path, now: MovableNow) -> Iterator[Context]:
    """The tiny county with one road through it, named 东大街, as if it had been imported."""
    way = RoadWay(nodes=(1, 2), road_class="tertiary", kmh=40.0, name="东大街")
    router = EmbeddedRouter(build_graph([way], {1: (113.0, 34.005), 2: (113.02, 34.005)}))
    opened = replace(open_county(filled_database, tmp_path, now), router=lambda: router)
    yield opened
    opened.storage.close()


def body(**more: Any) -> dict[str, Any]:
    """A closure of the east township."""
    return {"township": EAST, "points": [ON_ROAD], "reason": "塌方", **more}


def test_what_is_meant_is_shown_before_it_is_noted(as_user: AsUser) -> None:
    """Name and shape of the road; nothing is stored."""
    planner = as_user("planner")
    meant = planner.post("/api/v1/closures/preview", json={"points": [ON_ROAD]}).json
    assert meant == {"names": ["东大街"], "lines": [[[113.0, 34.005], [113.02, 34.005]]], "applied": True}
    assert planner.get("/api/v1/closures").json == {"closures": []}
    answer = planner.post("/api/v1/closures/preview", json={"points": [FAR]})
    assert answer.status_code == 400
    assert "60 米内没有道路" in answer.json["error"]["message"]


def test_a_closure_is_noted_listed_on_its_days_and_ended(as_user: AsUser, ctx: Context) -> None:
    """From now on, until somebody ends it; each step leaves its event."""
    planner = as_user("planner")
    made = planner.post("/api/v1/closures", json=body())
    assert made.status_code == 201
    assert (made.json["starts_at"], made.json["ends_at"]) == ("2026-03-02T10:00:00+08:00", None)
    listed = planner.get("/api/v1/closures?date=2026-03-05").json["closures"]
    assert listed == [made.json]
    assert planner.get("/api/v1/closures?date=2026-03-01").json["closures"] == []
    ended = planner.post(f"/api/v1/closures/{made.json['id']}/end").json
    assert ended["ends_at"] == "2026-03-02T10:00:00+08:00"
    assert planner.get("/api/v1/closures?date=2026-03-05").json["closures"] == []
    assert planner.post(f"/api/v1/closures/{made.json['id']}/end").status_code == 400
    with ctx.storage.read() as uow:
        events = [event.action for event in uow.audit.find(subject_kind="road_closure")]
    assert events == ["road_closure.end", "road_closure.add"]


def test_a_planner_notes_and_ends_only_the_own_townships_closures_but_sees_all(as_user: AsUser) -> None:
    """Roads lead on into the next township."""
    made = as_user("planner").post("/api/v1/closures", json=body()).json
    west = as_user("planner_west")
    assert [item["id"] for item in west.get("/api/v1/closures").json["closures"]] == [made["id"]]
    assert west.post(f"/api/v1/closures/{made['id']}/end").status_code == 403
    assert west.post("/api/v1/closures", json=body()).status_code == 403
    assert as_user("lead").post("/api/v1/closures", json=body()).status_code == 403
    assert as_user("admin").post("/api/v1/closures", json=body(township=WEST)).status_code == 201
    assert as_user("admin").post("/api/v1/closures/nothing/end").status_code == 404


@pytest.mark.parametrize(
    "more",
    [
        {"points": []},
        {"points": [[113.0]]},
        {"points": [["113", "34"]]},
        {"reason": ""},
        {"starts_at": "2026-03-02T10:00:00"},
        {"unknown": 1},
    ],
)
def test_what_makes_no_sense_is_refused(as_user: AsUser, more: dict[str, Any]) -> None:
    """422 names the field."""
    assert as_user("planner").post("/api/v1/closures", json=body(**more)).status_code == 422


def test_degrees_off_the_earth_and_an_end_before_the_begin_are_refused_in_words(as_user: AsUser) -> None:
    """400, since each value alone is fine."""
    planner = as_user("planner")
    assert planner.post("/api/v1/closures", json=body(points=[[113.0, 134.0]])).status_code == 400
    answer = planner.post("/api/v1/closures", json=body(ends_at="2026-03-01T10:00:00+08:00"))
    assert answer.status_code == 400
    assert "不晚于开始时间" in answer.json["error"]["message"]


def test_without_imported_roads_a_closure_says_that_it_is_not_applied(as_user: AsUser, ctx: Context) -> None:
    """It is noted all the same."""
    object.__setattr__(ctx, "router", StraightLineRouter)
    planner = as_user("planner")
    made = planner.post("/api/v1/closures", json=body(points=[FAR])).json
    assert (made["applied"], made["lines"]) == (False, [])
