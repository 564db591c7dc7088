"""Incidents of a period as points, and one of them whole."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from conftest import EAST, NOW, TODAY, WEST
from flask.testing import FlaskClient

from gridmgr.domain.incidents import Incident
from gridmgr.errors import BadInput
from gridmgr.services.context import Context
from gridmgr.services.queries.incidentpoints import incident_points

AsUser = Callable[[str], FlaskClient]
POINTS = "/api/v1/map/incident-points.geojson"


def add(ctx: Context, *items: Incident) -> None:
    """Store incidents as they are."""
    with ctx.storage.write("test") as uow:
        uow.incidents.add_many(items)
        uow.record("test.incidents", "incident", "*")
        uow.commit()


def matter(number: int, *, township: str | None = EAST, at: datetime = NOW, **values: object) -> Incident:
    """An incident of the east by default, its number in its place."""
    lon = 113.0 + number / 1000
    return Incident(
        id=f"m{number}",
        reported_at=at,
        lon=lon,
        lat=34.0,
        township_code=township,
        **values,  # type: ignore[arg-type]
    )


def ids(answer: object) -> list[str]:
    """Incidents of a layer."""
    return [feature["id"] for feature in answer.json["features"]]  # type: ignore[attr-defined]


def test_a_point_carries_what_the_map_needs_and_nothing_else(ctx: Context, as_user: AsUser) -> None:
    """No words of the reporter: thousands of points, and they go to everybody who may look."""
    settled = NOW + timedelta(hours=3)
    add(
        ctx,
        matter(1, category="占道经营", description="张三的摊位", urgent=True, reported_by="officer"),
        matter(2, state="settled", settled_at=settled),
    )
    answer = as_user("planner").get(POINTS)
    assert answer.mimetype == "application/geo+json"
    by_id = {feature["id"]: feature for feature in answer.json["features"]}
    assert by_id["m1"] == {
        "type": "Feature",
        "id": "m1",
        "properties": {
            "state": "reported",
            "category": "占道经营",
            "reported": "2026-03-02T10:00",
            "urgent": True,
        },
        "geometry": {"type": "Point", "coordinates": [113.001, 34.0]},
    }
    assert by_id["m2"]["properties"] == {
        "state": "settled",
        "category": "",
        "reported": "2026-03-02T10:00",
        "settled": "2026-03-02T13:00",
    }


def test_a_planner_sees_the_own_township_only(ctx: Context, as_user: AsUser) -> None:
    """A lead sees the county, or the township asked for."""
    add(ctx, matter(1), matter(2, township=WEST), matter(3, township=None))
    assert ids(as_user("planner").get(POINTS)) == ["m1"]
    assert sorted(ids(as_user("lead").get(POINTS))) == ["m1", "m2", "m3"]
    assert ids(as_user("lead").get(f"{POINTS}?township={WEST}")) == ["m2"]
    assert as_user("planner").get(f"{POINTS}?township={WEST}").status_code == 403
    assert as_user("officer").get(POINTS).status_code == 403
    assert as_user("department").get(POINTS).status_code == 403


def test_days_of_the_period_are_the_offices_days(ctx: Context, as_user: AsUser) -> None:
    """Both included, from midnight to midnight in the office's zone; newest first."""
    midnight = datetime(2026, 3, 1, 0, 0, tzinfo=ctx.clock.zone)
    add(
        ctx,
        matter(1, at=midnight - timedelta(minutes=1)),
        matter(2, at=midnight),
        matter(3, at=midnight + timedelta(hours=23, minutes=59)),
        matter(4, at=midnight + timedelta(days=1)),
    )
    assert ids(as_user("planner").get(f"{POINTS}?from=2026-03-01&to=2026-03-01")) == ["m3", "m2"]


def test_without_a_period_the_last_ninety_days_are_shown(ctx: Context, as_user: AsUser) -> None:
    """Up to today."""
    add(ctx, matter(1, at=NOW - timedelta(days=89)), matter(2, at=NOW - timedelta(days=90)))
    assert ids(as_user("planner").get(POINTS)) == ["m1"]


@pytest.mark.parametrize("query", ["from=2026-03-02&to=2026-03-01", "from=2023-01-01&to=2026-03-01"])
def test_a_period_turned_round_or_too_long_is_refused(as_user: AsUser, query: str) -> None:
    """With words, not with an empty map."""
    answer = as_user("planner").get(f"{POINTS}?{query}")
    assert answer.status_code in (400, 422)
    assert answer.json["error"]["message"]


def test_more_than_a_browser_moves_is_cut_and_says_so(ctx: Context) -> None:
    """The newest stay."""
    add(ctx, *(matter(n, at=NOW - timedelta(minutes=n)) for n in range(5)))
    told = json.loads(incident_points(ctx, township_code=EAST, first=TODAY, last=TODAY, most=3))
    assert [feature["id"] for feature in told["features"]] == ["m0", "m1", "m2"]
    assert told["left_out"] == 2
    whole = json.loads(incident_points(ctx, township_code=EAST, first=TODAY, last=TODAY, most=5))
    assert whole["left_out"] == 0
    with pytest.raises(BadInput):
        incident_points(ctx, township_code=EAST, first=TODAY, last=TODAY - timedelta(days=1))


def test_the_layer_changes_with_the_data_and_is_kept_until_then(ctx: Context, as_user: AsUser) -> None:
    """By its fingerprint."""
    add(ctx, matter(1))
    planner = as_user("planner")
    tag = planner.get(POINTS).headers["ETag"]
    assert planner.get(POINTS, headers={"If-None-Match": tag}).status_code == 304
    add(ctx, matter(2))
    assert len(ids(planner.get(POINTS, headers={"If-None-Match": tag}))) == 2


def test_one_incident_is_shown_whole_within_the_scope(ctx: Context, as_user: AsUser) -> None:
    """Another township's is refused, an unknown one is not found."""
    add(ctx, matter(1, description="摊位占道"), matter(2, township=WEST), matter(3, township=None))
    shown = as_user("planner").get("/api/v1/map/incidents/m1").json
    assert (shown["description"], shown["state_text"], shown["photos"]) == ("摊位占道", "待处置", [])
    assert as_user("planner").get("/api/v1/map/incidents/m2").status_code == 403
    assert as_user("planner").get("/api/v1/map/incidents/m3").status_code == 403
    assert as_user("lead").get("/api/v1/map/incidents/m3").status_code == 200
    assert as_user("planner").get("/api/v1/map/incidents/none").status_code == 404
