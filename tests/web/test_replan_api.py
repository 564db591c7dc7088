"""The rest of a day planned anew over the API: asked for, looked at, accepted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from conftest import EAST, TODAY, WEST
from field_world import FIRST, MATTER, SECOND, STOPS, add_matter, day_plan, publish
from flask.testing import FlaskClient

from gridmgr.domain.settings import OfficeSettings
from gridmgr.services import jobs
from gridmgr.services.context import Context

AsUser = Callable[[str], FlaskClient]
DAY = f"/api/v1/days/{EAST}/{TODAY}"


@pytest.fixture
def planner(ctx: Context, as_user: AsUser) -> FlaskClient:
    """The planner's browser, on a published day of two villages; an incident came in since."""
    with ctx.storage.write("test") as uow:
        uow.settings.save_office(OfficeSettings(pair_rule="pooled", squad_min=2))
        uow.record("test.rules", "settings", "office")
        uow.commit()
    add_matter(ctx)
    publish(ctx, day_plan("d1", STOPS[:2]))
    return as_user("planner")


def asked(client: FlaskClient, ctx: Context, **body: Any) -> dict[str, Any]:
    """The finished job of a question."""
    answer = client.post(f"{DAY}/replan", json=body)
    assert answer.status_code == 202, answer.get_data(as_text=True)
    jobs.run_next(ctx)
    job: dict[str, Any] = client.get(f"/api/v1/jobs/{answer.json['id']}").json
    return job


def looked_at(client: FlaskClient, ctx: Context, **body: Any) -> dict[str, Any]:
    """What a finished preview shows."""
    job = asked(client, ctx, preview=True, **body)
    assert job["state"] == "done", job["error_text"]
    assert "made" not in job["result"]
    found: dict[str, Any] = client.get(f"{DAY}/replan/{job['id']}").json
    return found


def test_a_preview_stores_nothing_and_tells_the_difference_stop_by_stop(
    planner: FlaskClient, ctx: Context
) -> None:
    """The called-for incident is added; squads, times and what it costs are told before and after."""
    before = planner.get(DAY).json
    found = looked_at(planner, ctx, incidents=["i1"], version=before["version"])
    after = planner.get(DAY).json
    assert (after["version"], after["draft_id"]) == (before["version"], "d1")
    kinds = {change["stop_id"]: change["kind"] for change in found["changes"]}
    assert kinds[MATTER] == "added"
    assert kinds.keys() >= {FIRST, SECOND}
    (added,) = (change for change in found["changes"] if change["stop_id"] == MATTER)
    assert (added["squad_before"], added["squad_after"]) == (None, 1)
    assert added["start_after"].endswith("+08:00")
    assert found["told"]["prize"] == 20
    assert found["ahead"]["visits"] >= 3
    assert found["ahead"]["prize"] >= found["rest"]["prize"]
    (stop,) = (v["stop"] for v in found["plan"]["squads"][0]["visits"] if v["stop"]["id"] == MATTER)
    assert stop["required"]
    assert stop["purpose"][0] == "办公室指派，须当日处置"


def test_what_was_looked_at_is_what_is_accepted_and_then_published(
    planner: FlaskClient, ctx: Context
) -> None:
    """The very revision; a second time and on an old version it is a conflict."""
    found = looked_at(planner, ctx, incidents=["i1"])
    path = f"{DAY}/replan/{found['job_id']}/accept"
    assert planner.post(path, json={"version": found["version"] + 1}).status_code == 409
    kept = planner.post(path, json={"version": found["version"]}).json
    assert kept["draft_id"] == found["plan"]["id"]
    assert (kept["published_id"], kept["state"]) == ("d1", "changed")
    assert planner.post(path, json={"version": found["version"]}).status_code == 409
    with ctx.storage.read() as uow:
        events = uow.audit.find(subject_kind="day_plan")
    (event,) = (event for event in events if event.action == "day_plan.replan")
    assert event.detail["incidents"] == ["i1"]
    shown = planner.post(f"{DAY}/publish", json={"version": kept["version"]}).json
    assert shown["published_id"] == found["plan"]["id"]


def test_a_called_incident_stays_required_when_routes_are_planned_again(
    planner: FlaskClient, ctx: Context
) -> None:
    """Until it is settled; it is not urgent by itself."""
    asked(planner, ctx, incidents=["i1"])
    with ctx.storage.read() as uow:
        assert not uow.incidents.get("i1").urgent  # type: ignore[union-attr]
    job = planner.post(
        "/api/v1/jobs", json={"kind": "routes", "township": EAST, "date": str(TODAY), "seconds": 0.2}
    )
    jobs.run_next(ctx)
    assert planner.get(f"/api/v1/jobs/{job.json['id']}").json["state"] == "done"
    draft = planner.get(DAY).json["draft"]
    (stop,) = (v["stop"] for s in draft["squads"] for v in s["visits"] if v["stop"]["id"] == MATTER)
    assert stop["required"]


def test_without_preview_it_becomes_the_draft_at_once(planner: FlaskClient, ctx: Context) -> None:
    """A squad an hour late begins its next visit an hour later."""
    job = asked(planner, ctx, late=[{"squad": "1", "minutes": 60}])
    day = planner.get(DAY).json
    assert day["draft_id"] == job["result"]["revision"]
    assert min(v["arrive"] for v in day["draft"]["squads"][0]["visits"]) >= "2026-03-02T11:00:00+08:00"


def test_a_squad_that_arrived_elsewhere_meanwhile_makes_the_plan_void(
    planner: FlaskClient, ctx: Context, as_user: AsUser
) -> None:
    """Its officer leaves the only squad with nobody for the matter; then checks in where it is not sent."""
    found = looked_at(planner, ctx, gone=["o2"], late=[{"squad": "1", "minutes": 600}])
    dropped = [change["stop_id"] for change in found["changes"] if change["kind"] == "dropped"]
    assert FIRST in dropped
    assert all(change["reason_text"] for change in found["changes"] if change["kind"] == "dropped")
    assert (
        as_user("officer").post("/api/v1/check-ins", json={"id": "phone-0001", "stop_id": FIRST}).status_code
        < 300
    )
    answer = planner.post(f"{DAY}/replan/{found['job_id']}/accept", json={"version": found["version"]})
    assert answer.status_code == 409
    assert "刚刚到达" in answer.json["error"]["message"]


@pytest.mark.parametrize(
    "body",
    [
        {"now": "25:00"},
        {"now": 10},
        {"late": [{"squad": "1", "minutes": 601}]},
        {"late": [{"squad": "1"}]},
        {"incidents": "i1"},
        {"unknown": 1},
    ],
)
def test_what_makes_no_sense_is_refused_at_once(as_user: AsUser, body: dict[str, Any]) -> None:
    """422 names the field."""
    assert as_user("planner").post(f"{DAY}/replan", json=body).status_code == 422


def test_unknown_squads_officers_and_incidents_fail_the_job_in_words(
    planner: FlaskClient, ctx: Context
) -> None:
    """In the language of whoever asks."""
    for body, words in (
        ({"late": [{"squad": "9", "minutes": 5}]}, "没有小队9"),
        ({"gone": ["o99"]}, "o99"),
        ({"incidents": ["i99"]}, "i99"),
        ({"version": 99}, "刚刚"),
    ):
        job = asked(planner, ctx, **body)
        assert job["state"] == "failed"
        assert words in job["error_text"]
        assert planner.get(f"{DAY}/replan/{job['id']}").status_code == 409
    assert planner.get(DAY).json["draft_id"] == "d1"


def test_a_plan_is_looked_at_and_accepted_in_its_own_township_and_day_only(
    planner: FlaskClient, ctx: Context, as_user: AsUser
) -> None:
    """Another's, another day's, another kind of job: not found or not allowed."""
    found = looked_at(planner, ctx)
    job = found["job_id"]
    assert as_user("planner_west").get(f"{DAY}/replan/{job}").status_code == 403
    assert as_user("lead").get(f"{DAY}/replan/{job}").status_code == 403
    assert as_user("admin").get(f"/api/v1/days/{WEST}/{TODAY}/replan/{job}").status_code == 404
    assert planner.get(f"/api/v1/days/{EAST}/2026-03-03/replan/{job}").status_code == 404
    other = planner.post("/api/v1/jobs", json={"kind": "assign", "township": EAST}).json["id"]
    assert planner.get(f"{DAY}/replan/{other}").status_code == 404
