"""Layers of the map and the history of a village."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable

import pytest
from conftest import EAST, TODAY, WEST, Browsers
from field_world import FIRST, MATTER, add_matter, day_plan, publish
from flask.testing import FlaskClient

from gridmgr.services.context import Context

AsUser = Callable[[str], FlaskClient]
VILLAGES = f"/api/v1/map/villages.geojson?date={TODAY}"


def codes(answer: object) -> list[str]:
    """Village codes of a layer."""
    return [feature["properties"]["code"] for feature in answer.json["features"]]  # type: ignore[attr-defined]


def test_villages_carry_debt_and_owner_and_those_in_scope_only(browsers: Browsers) -> None:
    """A planner sees the own township, a county lead all."""
    mine = browsers("planner").get(VILLAGES)
    assert mine.mimetype == "application/geo+json"
    assert codes(mine) == [f"{EAST}000", f"{EAST}001"]
    assert len(codes(browsers("lead").get(VILLAGES))) == 4
    assert codes(browsers("lead").get(f"{VILLAGES}&township={WEST}")) == [f"{WEST}000", f"{WEST}001"]
    assert browsers("planner").get(f"{VILLAGES}&township={WEST}").status_code == 403
    properties = mine.json["features"][0]["properties"]
    assert (properties["name"], properties["risk"], properties["required"]) == ("东乡0村", "A", 1)
    assert (properties["owner"], properties["days_since"], properties["visits_7d"]) == (None, None, 0)


def test_a_visit_changes_the_layer_and_its_fingerprint(ctx: Context, as_user: AsUser) -> None:
    """The browser keeps the layer until then."""
    publish(ctx, day_plan("d1"))
    planner = as_user("planner")
    first = planner.get(VILLAGES)
    tag = first.headers["ETag"]
    assert planner.get(VILLAGES, headers={"If-None-Match": tag}).status_code == 304
    as_user("officer").post("/api/v1/check-ins", json={"id": "phone-0001", "stop_id": FIRST})
    second = planner.get(VILLAGES, headers={"If-None-Match": tag})
    assert second.status_code == 200
    assert second.json["features"][0]["properties"]["visits_7d"] == 1


def test_large_answers_are_compressed_for_browsers_that_take_it(browsers: Browsers) -> None:
    """And say so; small ones and other browsers get them plain."""
    plain = browsers("admin").get("/openapi.json")
    packed = browsers("admin").get("/openapi.json", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert json.loads(gzip.decompress(packed.data)) == plain.json
    small = browsers("admin").get("/api/v1/me", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in small.headers


def test_incidents_and_places_are_points_with_words(ctx: Context, as_user: AsUser) -> None:
    """Settled ones leave the map in time; places name their kind."""
    add_matter(ctx)
    planner = as_user("planner")
    (feature,) = planner.get("/api/v1/map/incidents.geojson").json["features"]
    assert feature["properties"]["state_text"] == "待处置"
    assert feature["geometry"] == {"type": "Point", "coordinates": [113.016, 34.005]}
    assert planner.get("/api/v1/map/incidents.geojson?date=2026-03-01").json["features"] == []
    (place,) = planner.get("/api/v1/map/places.geojson").json["features"]
    assert (place["properties"]["id"], place["properties"]["kind_text"]) == ("p1", "市场")


def test_without_imported_roads_the_layer_is_empty_not_an_error(browsers: Browsers) -> None:
    """The desk says what is approximated."""
    assert browsers("planner").get("/api/v1/map/roads.geojson").json["features"] == []


def test_colours_are_the_ones_reports_use(browsers: Browsers) -> None:
    """One source for screen and print."""
    styles = browsers("officer").get("/api/v1/map/styles.json").json
    assert len(styles["squads"]) == 8
    assert styles["debt"][-1]["upto"] is None


def test_a_villages_history_tells_plans_visits_and_incidents(ctx: Context, as_user: AsUser) -> None:
    """Newest first, names instead of ids."""
    add_matter(ctx)
    publish(ctx, day_plan("d1"))
    as_user("officer").post("/api/v1/check-ins", json={"id": "phone-0001", "stop_id": MATTER})
    history = as_user("planner").get(f"/api/v1/villages/{EAST}001/history?date={TODAY}").json
    (visit,) = history["visits"]
    assert (visit["squad"], visit["officer"], visit["stop"]) == (1, "执法员1", "围墙倾斜")
    assert [(item["stop"], item["done"]) for item in history["planned"]] == [
        ("东乡1村", False),
        ("围墙倾斜", True),
    ]
    assert [item["category"] for item in history["incidents"]] == ["安全隐患"]
    assert history["coverage"]["visits_7d"] == 1


@pytest.mark.parametrize(("name", "code", "status"), [("planner", f"{WEST}000", 403), ("lead", "none", 404)])
def test_a_villages_history_keeps_to_the_scope(browsers: Browsers, name: str, code: str, status: int) -> None:
    """Another township's, and one that does not exist."""
    assert browsers(name).get(f"/api/v1/villages/{code}/history").status_code == status
