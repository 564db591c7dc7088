"""The API's frame and its records: scope, strict bodies, one shape of errors, a document that says so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from conftest import EAST, NOW, TODAY, WEST, Browsers, MovableNow
from flask.testing import FlaskClient

from gridmgr.services.context import Context
from gridmgr.storage.repositories.jobs import Job

AsUser = Callable[[str], FlaskClient]
HERE = {"lon": 113.005, "lat": 34.005}


def test_me_says_who_is_logged_in(browsers: Browsers) -> None:
    """And never a hash or a lockout."""
    body = browsers("planner").get("/api/v1/me").json
    assert body["name"] == "planner"
    assert body["township_code"] == EAST
    assert not {"password_hash", "failed_logins", "locked_until"} & set(body)


def test_a_planner_sees_only_the_own_township(browsers: Browsers) -> None:
    """In every list, without asking for it (ASVS 8.2.2)."""
    planner = browsers("planner")
    assert [t["code"] for t in planner.get("/api/v1/townships").json["townships"]] == [EAST]
    assert {a["township_code"] for a in planner.get("/api/v1/agencies").json["agencies"]} == {EAST}
    assert {o["township_code"] for o in planner.get("/api/v1/officers").json["officers"]} == {EAST}
    assert [p["id"] for p in planner.get("/api/v1/places").json["places"]] == ["p1"]
    features = planner.get("/api/v1/villages").json["features"]
    assert {f["properties"]["township_code"] for f in features} == {EAST}


def test_a_county_lead_sees_all_townships_and_may_choose_one(browsers: Browsers) -> None:
    """The filter narrows."""
    lead = browsers("lead")
    assert len(lead.get("/api/v1/villages").json["features"]) == 4
    chosen = lead.get(f"/api/v1/villages?township={WEST}").json["features"]
    assert [f["id"] for f in chosen] == [f"{WEST}000", f"{WEST}001"]


@pytest.mark.parametrize("path", ["villages", "officers", "agencies", "places", "incidents"])
def test_another_township_is_refused(browsers: Browsers, path: str) -> None:
    """403 whether it exists or not, so that codes cannot be tried out; 404 for who may see all."""
    for code in (WEST, "nowhere"):
        answer = browsers("planner").get(f"/api/v1/{path}?township={code}")
        assert (answer.status_code, answer.json["error"]["code"]) == (403, "forbidden")
    assert browsers("lead").get(f"/api/v1/{path}?township=nowhere").status_code == 404


def test_villages_are_geojson_with_borders(browsers: Browsers) -> None:
    """Longitude first, closed rings, the content type of RFC 7946."""
    answer = browsers("planner").get("/api/v1/villages")
    assert answer.mimetype == "application/geo+json"
    feature = answer.get_json(force=True)["features"][0]
    ring = feature["geometry"]["coordinates"][0]
    assert ring[0] == ring[-1]
    assert {tuple(point) for point in ring} == {
        (113.0, 34.0),
        (113.01, 34.0),
        (113.01, 34.01),
        (113.0, 34.01),
    }


def test_villages_can_be_asked_for_by_box(browsers: Browsers) -> None:
    """Those whose bounding box meets it, still within the scope."""
    box = "113.011,33.9,113.012,34.2"
    assert [f["id"] for f in browsers("lead").get(f"/api/v1/villages?bbox={box}").json["features"]] == [
        f"{EAST}001",
        f"{WEST}001",
    ]
    own = browsers("planner").get(f"/api/v1/villages?bbox={box}").json["features"]
    assert [f["id"] for f in own] == [f"{EAST}001"]


@pytest.mark.parametrize(
    "box", ["1,2,3", "nan,1,2,3", "4,1,2,3", "1,2,3,95", "a,b,c,d", "1,2,3,4,5", "--1,1,2,3"]
)
def test_a_box_that_is_none_is_refused(browsers: Browsers, box: str) -> None:
    """400 or 422, in words."""
    answer = browsers("lead").get(f"/api/v1/villages?bbox={box}")
    assert answer.status_code in (400, 422)
    assert answer.json["error"]["message"]


def test_where_officers_live_is_not_told(browsers: Browsers) -> None:
    """Home coordinates are for planning only."""
    officer = browsers("admin").get("/api/v1/officers").json["officers"][0]
    assert not [name for name in officer if name.startswith("home")]


def test_an_unknown_query_parameter_is_named(browsers: Browsers) -> None:
    """A slip must not silently list everything."""
    answer = browsers("lead").get("/api/v1/villages?townshp=1")
    assert answer.status_code == 422
    assert "townshp" in answer.json["error"]["fields"]["query"]


def test_an_incident_lies_in_the_village_of_its_point(as_user: AsUser) -> None:
    """Village, township, reporter and state are the server's to say."""
    client = as_user("officer")
    answer = client.post("/api/v1/incidents", json={**HERE, "category": "占道", "urgent": True})
    assert answer.status_code == 201
    body = answer.json
    assert body["village_code"] == f"{EAST}000"
    assert body["township_code"] == EAST
    assert (body["state"], body["reported_by"], body["urgent"]) == ("reported", "officer", True)
    assert datetime.fromisoformat(body["reported_at"]) == NOW
    assert [i["id"] for i in client.get("/api/v1/incidents").json["incidents"]] == [body["id"]]


def test_a_point_of_a_chinese_map_is_converted_once(as_user: AsUser) -> None:
    """GCJ-02 lies some hundred metres off here; it is stored as WGS84."""
    sent = {"lon": 113.01115, "lat": 34.00335, "datum": "gcj02"}
    body = as_user("officer").post("/api/v1/incidents", json=sent).json
    assert 100 < abs(body["lon"] - sent["lon"]) * 92_000 < 800
    assert body["village_code"] == f"{EAST}000"


def test_sending_the_same_incident_twice_stores_it_once(as_user: AsUser) -> None:
    """Same id and content: answered the same; other content: conflict, nothing lost."""
    client = as_user("officer")
    sent = {"id": "phone-1", "reported_at": "2026-03-02T09:30:00+08:00", **HERE, "description": "甲"}
    first, second = (client.post("/api/v1/incidents", json=sent) for _ in range(2))
    assert first.status_code == second.status_code == 201
    assert first.json == second.json
    other = client.post("/api/v1/incidents", json={**sent, "description": "乙"})
    assert (other.status_code, other.json["error"]["code"]) == (409, "conflict")
    stored = client.get("/api/v1/incidents").json["incidents"]
    assert [i["description"] for i in stored] == ["甲"]


def test_an_incident_in_another_township_is_refused(as_user: AsUser) -> None:
    """Scope holds for what is written, too."""
    answer = as_user("officer").post("/api/v1/incidents", json={"lon": 113.005, "lat": 34.105})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"lon": 1.0, "lat": 1.0}, 400),
        ({**HERE, "item_code": "nothing"}, 400),
        ({**HERE, "id": "a", "reported_at": "2026-03-03T09:30:00+08:00"}, 400),
        ({"lon": "113.005", "lat": 34.005}, 422),
        ({"lon": 213.0, "lat": 34.005}, 422),
        ({"lon": True, "lat": 34.005}, 422),
        ({"lat": 34.005}, 422),
        ({**HERE, "colour": "red"}, 422),
        ({**HERE, "urgent": "yes"}, 422),
        ({**HERE, "datum": "mars"}, 422),
        ({**HERE, "id": "a"}, 422),
        ({**HERE, "id": ""}, 422),
        ({**HERE, "id": "a", "reported_at": "2026-03-02T09:30:00"}, 422),
        ({**HERE, "id": "a", "reported_at": 1772415000}, 422),
        ({**HERE, "id": "a", "reported_at": "0001-01-01T00:00:00+14:00"}, 422),
        ({**HERE, "id": "a", "reported_at": "9999-12-31T23:59:59-12:00"}, 422),
        ({**HERE, "description": "x" * 4001}, 422),
        ([], 422),
        ("text", 422),
    ],
)
def test_a_bad_incident_is_refused_with_words_and_stores_nothing(
    as_user: AsUser, body: Any, status: int
) -> None:
    """Unknown fields, numbers as text, naive times, points in the sea."""
    client = as_user("officer")
    answer = client.post("/api/v1/incidents", json=body)
    assert answer.status_code == status, answer.json
    assert answer.json["error"]["message"]
    assert client.get("/api/v1/incidents").json["incidents"] == []


@pytest.mark.parametrize(
    ("data", "content_type", "status"),
    [
        ('{"lon": 113.005, "lat": 34.005}', "text/plain", 415),
        ('{"lon": 113.005, "lat": 34.005}', None, 415),
        ("lon=113.005&lat=34.005", "application/x-www-form-urlencoded", 415),
        ('{"lon": NaN, "lat": 34.005}', "application/json", 400),
        ('{"lon": Infinity, "lat": 34.005}', "application/json", 400),
        ('{"lon": 113.005', "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        ("", "application/json", 400),
    ],
)
def test_a_body_that_is_no_json_is_refused(
    browsers: Browsers, data: str | bytes, content_type: str | None, status: int
) -> None:
    """A form or plain text could come from any site's page; NaN is no JSON."""
    answer = browsers("officer").post("/api/v1/incidents", data=data, content_type=content_type)
    assert answer.status_code == status
    assert answer.json["error"]["code"] in ("bad_request", "unsupported_media_type")


def test_attendance_is_set_and_corrected(as_user: AsUser, ctx: Context) -> None:
    """The last word on a day and officer counts, and each is on record."""
    client = as_user("planner")
    day = TODAY.isoformat()
    for status in ("leave", "on_duty"):
        rows = [{"day": day, "officer_id": "o1", "status": status}]
        answer = client.put("/api/v1/attendance", json={"township": EAST, "attendance": rows})
        assert answer.status_code == 200
    listed = client.get(f"/api/v1/attendance?from={day}&to={day}").json["attendance"]
    assert listed == [{"day": day, "officer_id": "o1", "status": "on_duty"}]
    with ctx.storage.read() as uow:
        events = uow.audit.find(subject_kind="township", subject_id=EAST)
    assert [event.action for event in events] == ["attendance.set", "attendance.set"]


def test_attendance_of_anothers_officer_is_refused_by_row(as_user: AsUser) -> None:
    """All problems are named, and nothing is stored."""
    client = as_user("planner")
    rows = [
        {"day": "2026-03-02", "officer_id": name, "status": "leave"}
        for name in ("o1", "o11", "o2", "o2", "x")
    ]
    answer = client.put("/api/v1/attendance", json={"township": EAST, "attendance": rows})
    assert answer.status_code == 422
    assert [(p["row"], p["value"]) for p in answer.json["error"]["problems"]] == [
        (2, "o11"),
        (4, "o2"),
        (5, "x"),
    ]
    assert client.get("/api/v1/attendance?from=2026-03-02&to=2026-03-02").json["attendance"] == []


def test_attendance_of_another_township_is_refused(as_user: AsUser) -> None:
    """Naming the township does not open it."""
    rows = [{"day": "2026-03-02", "officer_id": "o11", "status": "leave"}]
    answer = as_user("planner").put("/api/v1/attendance", json={"township": WEST, "attendance": rows})
    assert answer.status_code == 403


def test_days_the_wrong_way_round_are_refused(browsers: Browsers) -> None:
    """In words."""
    answer = browsers("planner").get("/api/v1/attendance?from=2026-03-02&to=2026-03-01")
    assert answer.status_code == 400
    assert "2026-03-01" in answer.json["error"]["message"]


@pytest.fixture
def job(ctx: Context) -> str:
    """A running job of the east township, and its id."""
    row = Job(
        id="j1",
        kind="plan",
        args={},
        township_code=EAST,
        state="running",
        fraction=0.25,
        created_by="planner",
        created_at=datetime(2026, 3, 2, 1, tzinfo=UTC),
    )
    with ctx.storage.write("planner") as uow:
        uow.jobs.add(row)
        uow.commit_unaudited()
    return row.id


def test_a_job_tells_how_far_it_is(as_user: AsUser, job: str) -> None:
    """To whoever may see its township."""
    body = as_user("planner").get(f"/api/v1/jobs/{job}").json
    assert (body["state"], body["fraction"], body["cancel_requested"]) == ("running", 0.25, False)
    assert as_user("lead").get(f"/api/v1/jobs/{job}").status_code == 200
    assert as_user("planner_west").get(f"/api/v1/jobs/{job}").status_code == 403
    assert as_user("planner").get("/api/v1/jobs/none").status_code == 404


def test_a_job_can_be_asked_to_stop(as_user: AsUser, job: str, now: MovableNow) -> None:
    """It keeps the best it found; another township's planner may not."""
    assert as_user("planner_west").post(f"/api/v1/jobs/{job}/cancel").status_code == 403
    answer = as_user("planner").post(f"/api/v1/jobs/{job}/cancel")
    assert (answer.status_code, answer.json["cancel_requested"]) == (200, True)


def test_why_a_job_failed_is_said_in_the_users_language(as_user: AsUser, ctx: Context, job: str) -> None:
    """Not as a key."""
    error = {"key": "error.no_such_item", "params": {"item": "X1"}}
    with ctx.storage.write("system") as uow:
        uow.jobs.update(job, state="failed", error=error)
        uow.commit_unaudited()
    assert as_user("planner").get(f"/api/v1/jobs/{job}").json["error_text"] == "执法事项清单中没有 'X1'。"


def test_the_document_describes_every_endpoint_of_the_api(browsers: Browsers) -> None:
    """Every path and method, with its errors; bodies are required."""
    document = browsers("admin").get("/openapi.json").json
    documented = {
        (method.upper(), path) for path, operations in document["paths"].items() for method in operations
    }
    registered = {
        (method, rule.rule.replace("<path:", "<").replace("<int:", "<").replace("<", "{").replace(">", "}"))
        for rule in browsers.app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert documented == registered
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            where = f"{method} {path}"
            assert {"400", "401", "403", "500"} <= set(operation["responses"]), where
            assert operation["security"] == [{"session": []}], where
            assert operation["summary"], where
            if "requestBody" in operation:
                assert operation["requestBody"]["required"] is True, where
                assert {"409", "413", "415", "422"} <= set(operation["responses"]), where


def test_every_reference_of_the_document_leads_somewhere(browsers: Browsers) -> None:
    """No dangling $ref."""
    document = browsers("admin").get("/openapi.json").json
    schemas = set(document["components"]["schemas"])
    found = set(_references(document))
    assert {ref.removeprefix("#/components/schemas/") for ref in found} <= schemas


def _references(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
        return own + [ref for inner in value.values() for ref in _references(inner)]
    if isinstance(value, list):
        return [ref for inner in value for ref in _references(inner)]
    return []
