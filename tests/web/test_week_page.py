"""The week of a township: asked for on its page, planned in the background, shown there and over the API."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import html5lib
from conftest import EAST, TODAY, WEST, post_form
from flask.testing import FlaskClient

from gridmgr.services import jobs
from gridmgr.services.context import Context
from gridmgr.services.planning import plan_week

AsUser = Callable[[str], FlaskClient]
PAGE = f"/desk/week/?township={EAST}&date={TODAY}"


def shown(client: FlaskClient, address: str = PAGE) -> str:
    """The page, which has to be sound HTML."""
    answer = client.get(address)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    text = answer.get_data(as_text=True)
    html5lib.HTMLParser(strict=True).parse(text)
    return text


def test_a_week_is_asked_for_waited_for_and_shown(ctx: Context, as_user: AsUser) -> None:
    """Empty first; then the job's progress; then every village with its days."""
    planner = as_user("planner")
    assert "本周尚未统一安排" in shown(planner)
    asked = post_form(planner, "/desk/week/", township=EAST, first=TODAY.isoformat())
    assert asked.status_code == 303
    waiting = shown(planner, asked.location)
    assert 'http-equiv="refresh"' in waiting
    assert 'id="plan-week"' not in waiting
    job = jobs.run_next(ctx)
    assert job is not None
    assert job.state == "done"
    done = shown(planner, asked.location)
    assert "http-equiv" not in done
    assert "东乡0村" in done
    assert "东乡1村" in done
    assert done.count("mark-planned") >= 2
    told = planner.get(f"/api/v1/weeks/{EAST}?date={TODAY}").json["plan"]
    assert told["id"] == job.result["week_plan"]
    assert {item["name"] for item in told["villages"]} == {"东乡0村", "东乡1村"}
    assert sum(len(item["planned"]) for item in told["villages"]) == job.result["visits"]


def test_a_week_can_be_planned_over_the_api(ctx: Context, as_user: AsUser) -> None:
    """A job of kind `week` beginning on a day; without the day it is refused."""
    planner = as_user("planner")
    assert planner.post("/api/v1/jobs", json={"kind": "week", "township": EAST}).status_code == 422
    body = {"kind": "week", "township": EAST, "date": TODAY.isoformat(), "seconds": 0.2, "seed": 3}
    job_id = planner.post("/api/v1/jobs", json=body).json["id"]
    jobs.run_next(ctx)
    assert planner.get(f"/api/v1/jobs/{job_id}").json["state"] == "done"
    told = planner.get(f"/api/v1/weeks/{EAST}").json["plan"]
    assert (told["seed"], told["first"]) == (3, TODAY.isoformat())


def test_what_went_wrong_is_told_on_the_page(ctx: Context, as_user: AsUser) -> None:
    """A week that is over cannot be planned."""
    planner = as_user("planner")
    gone = (TODAY - timedelta(days=14)).isoformat()
    asked = post_form(planner, "/desk/week/", township=EAST, first=gone)
    jobs.run_next(ctx)
    assert "已全部过去" in shown(planner, asked.location)


def test_another_townships_week_is_refused(as_user: AsUser) -> None:
    """The page and its form, and the API."""
    planner = as_user("planner")
    assert planner.get(f"/desk/week/?township={WEST}").status_code == 403
    assert post_form(planner, "/desk/week/", township=WEST, first=TODAY.isoformat()).status_code == 403
    assert planner.get(f"/api/v1/weeks/{WEST}").status_code == 403


def test_a_county_lead_looks_and_cannot_plan(ctx: Context, as_user: AsUser) -> None:
    """No button, and the form is refused."""
    plan_week(ctx, township_code=EAST, first=TODAY, as_of=TODAY, actor="planner", seconds=0.1)
    lead = as_user("lead")
    assert 'id="plan-week"' not in shown(lead)
    assert post_form(lead, "/desk/week/", page=PAGE, township=EAST).status_code == 403


def test_a_day_nobody_can_mean_is_taken_as_today(as_user: AsUser) -> None:
    """The last days a calendar knows have no week after them."""
    planner = as_user("planner")
    for day in ("9999-12-31", "0001-01-01", "2201-01-01"):
        text = shown(planner, f"/desk/week/?township={EAST}&date={day}")
        assert TODAY.isoformat() in text
    refused = planner.get(f"/api/v1/days/{EAST}/9999-12-31")
    assert refused.status_code == 400
    assert "9999-12-31" in refused.get_data(as_text=True)
