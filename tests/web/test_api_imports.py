"""Imports over the API: admin only, all or nothing, nothing left behind."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import EAST
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from gridmgr.services.context import Context

AsUser = Callable[[str], FlaskClient]
HEADERS = "编号,名称,类型,经度,纬度,停留分钟\n"
GOOD = HEADERS + "n1,新市场,market,113.005,34.005,20\n"
MIXED = GOOD + "n2,海里,market,0,0,20\n"


def send(client: FlaskClient, kind: str, name: str, content: str, **fields: Any) -> TestResponse:
    """Upload a file."""
    data = {**fields, "file": (io.BytesIO(content.encode()), name)}
    return client.post(f"/api/v1/imports/{kind}", data=data, content_type="multipart/form-data")


def place_ids(ctx: Context) -> list[str]:
    """Ids of all places."""
    with ctx.storage.read() as uow:
        return [place.id for place in uow.places.find()]


def test_a_file_is_taken_and_removed(as_user: AsUser, ctx: Context, tmp_path: Path) -> None:
    """The trail names it as the sender did."""
    answer = send(as_user("admin"), "places", "点位.csv", GOOD)
    assert answer.status_code == 200, answer.json
    assert (answer.json["kind"], answer.json["imported"], answer.json["dry_run"]) == ("places", 1, False)
    assert place_ids(ctx) == ["n1", "p1", "p2"]
    assert list((tmp_path / "up").glob("*/*")) == []
    with ctx.storage.read() as uow:
        event = uow.audit.find(subject_kind="places")[0]
    assert (event.actor, event.subject_id) == ("admin", "点位.csv")


def test_the_same_file_twice_changes_nothing(as_user: AsUser, ctx: Context) -> None:
    """The second answer counts it as unchanged."""
    admin = as_user("admin")
    send(admin, "places", "点位.csv", GOOD)
    again = send(admin, "places", "点位.csv", GOOD)
    assert again.status_code == 200
    assert (again.json["imported"], again.json["unchanged"]) == (0, 1)
    assert place_ids(ctx) == ["n1", "p1", "p2"]


def test_a_dry_run_writes_nothing(as_user: AsUser, ctx: Context) -> None:
    """It says what would be imported."""
    answer = send(as_user("admin"), "places", "点位.csv", GOOD, dry_run="true")
    assert (answer.status_code, answer.json["imported"], answer.json["dry_run"]) == (200, 1, True)
    assert place_ids(ctx) == ["p1", "p2"]


def test_a_bad_row_keeps_the_file_out_until_it_is_skipped(
    as_user: AsUser, ctx: Context, tmp_path: Path
) -> None:
    """The row is named, and the file removed all the same."""
    admin = as_user("admin")
    answer = send(admin, "places", "点位.csv", MIXED)
    assert answer.status_code == 422
    error = answer.json["error"]
    assert [problem["code"] for problem in error["problems"]] == ["n2"]
    assert error["fields"]["rejected"][0]["reason"] == error["problems"][0]["reason"]
    assert place_ids(ctx) == ["p1", "p2"]
    assert list((tmp_path / "up").glob("*/*")) == []
    assert send(admin, "places", "点位.csv", MIXED, skip_bad="true").json["imported"] == 1
    assert place_ids(ctx) == ["n1", "p1", "p2"]


@pytest.mark.parametrize("name", ["planner", "planner_west", "officer", "department", "lead"])
def test_only_an_administrator_imports(as_user: AsUser, ctx: Context, name: str) -> None:
    """Not even into the own township."""
    assert send(as_user(name), "places", "点位.csv", GOOD).status_code == 403
    assert place_ids(ctx) == ["p1", "p2"]


def test_villages_are_read_by_the_given_columns(as_user: AsUser, ctx: Context) -> None:
    """Repeated map fields all count, constants too."""
    ring = [[113.02, 34.0], [113.03, 34.0], [113.03, 34.01], [113.02, 34.01], [113.02, 34.0]]
    feature = {
        "type": "Feature",
        "properties": {"q1": f"{EAST}002", "q2": "新村"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    content = json.dumps({"type": "FeatureCollection", "features": [feature]})
    constants = [f"township_code=={EAST}", "township_name==东乡", "county_code==410101", "county_name==甲县"]
    answer = send(as_user("admin"), "villages", "村.geojson", content, map=["code=q1", "name=q2", *constants])
    assert answer.status_code == 200, answer.json
    with ctx.storage.read() as uow:
        village = uow.villages.get(f"{EAST}002")
    assert village is not None
    assert (village.name, village.township_code) == ("新村", EAST)


@pytest.mark.parametrize(
    ("kind", "fields", "status"),
    [
        ("nothing", {}, 400),
        ("villages", {"map": "colour=x"}, 400),
        ("villages", {"encoding": "klingon"}, 400),
        ("places", {"dry_run": "perhaps"}, 422),
        ("places", {"colour": "red"}, 422),
    ],
)
def test_what_makes_no_sense_is_refused(
    as_user: AsUser, ctx: Context, kind: str, fields: dict[str, str], status: int
) -> None:
    """In words, and nothing is written."""
    answer = send(as_user("admin"), kind, "点位.csv", GOOD, **fields)
    assert answer.status_code == status, answer.json
    assert answer.json["error"]["message"]
    assert place_ids(ctx) == ["p1", "p2"]


def test_a_request_without_a_file_is_refused(as_user: AsUser) -> None:
    """422 names the field."""
    answer = as_user("admin").post(
        "/api/v1/imports/places", data={"dry_run": "true"}, content_type="multipart/form-data"
    )
    assert answer.status_code == 422
    assert "file" in json.dumps(answer.json["error"]["fields"])


def test_a_long_chinese_name_keeps_its_ending(as_user: AsUser, ctx: Context) -> None:
    """Three bytes a sign are more than a file system takes."""
    assert send(as_user("admin"), "places", "村" * 150 + ".csv", GOOD).status_code == 200
    assert place_ids(ctx) == ["n1", "p1", "p2"]
