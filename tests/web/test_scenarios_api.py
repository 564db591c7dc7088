"""Ownership scenarios over the API and their page: compared by a job, looked at, adopted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import html5lib
import pytest
from conftest import EAST, WEST
from flask.testing import FlaskClient

from gridmgr.domain.people import Recusal
from gridmgr.services import jobs
from gridmgr.services.context import Context
from gridmgr.services.planning import assign, publish_ownership

AsUser = Callable[[str], FlaskClient]
PATH = f"/api/v1/ownership/{EAST}/scenarios"


def compared(ctx: Context, planner: FlaskClient) -> dict[str, Any]:
    """The answer after a comparison was made."""
    asked = planner.post("/api/v1/jobs", json={"kind": "scenarios", "township": EAST})
    assert asked.status_code == 202
    job = jobs.run_next(ctx)
    assert job is not None
    assert job.state == "done", job.error
    told: dict[str, Any] = planner.get(PATH).json
    assert told["comparison"]["id"] == job.result["comparison"]
    return told


def test_before_a_comparison_there_is_none(as_user: AsUser) -> None:
    """And the page is sound and offers to make one."""
    planner = as_user("planner")
    assert planner.get(PATH).json["comparison"] is None
    page = planner.get(f"/desk/scenarios/?township={EAST}").get_data(as_text=True)
    html5lib.HTMLParser(strict=True).parse(page)
    assert 'id="compare"' in page


def test_points_say_who_leads_and_what_changes_village_by_village(ctx: Context, as_user: AsUser) -> None:
    """Counted against the plan in force; reasons in the user's language, with names."""
    assign(ctx, township_code=EAST, actor="planner")
    publish_ownership(ctx, township_code=EAST, actor="planner")
    found = compared(ctx, as_user("planner"))["comparison"]
    assert not found["stale"]
    assert found["now"]["changes"] == 0
    assert found["leads_now"].keys() == {f"{EAST}000", f"{EAST}001"}
    for point in found["points"]:
        differs = {code for code in point["leads"] if point["leads"][code] != found["leads_now"][code]}
        assert {row["village"] for row in point["changes"]} == differs
        assert point["figures"]["changes"] == len(differs)
        assert all(row["why"] for row in point["changes"])
    assert any("稳定优先" in point["title"] for point in found["points"])


def test_the_point_adopted_becomes_the_draft(ctx: Context, as_user: AsUser) -> None:
    """And can be published as it is."""
    planner = as_user("planner")
    told = compared(ctx, planner)
    point = told["comparison"]["points"][0]
    body = {"comparison": told["comparison"]["id"], "point": point["id"], "version": told["version"]}
    done = planner.post(f"{PATH}/adopt", json=body | {"why": "稳妥"})
    assert (done.status_code, done.json["version"]) == (200, told["version"] + 1)
    owned = planner.get(f"/api/v1/ownership/{EAST}").json
    assert owned["draft"]["id"] == done.json["draft"]
    assert {
        r["village"]: r["officer"] for r in owned["draft"]["responsibilities"] if r["role"] == "lead"
    } == (point["leads"])
    again = planner.post(f"{PATH}/adopt", json=body)
    assert again.status_code == 409
    published = planner.post(f"/api/v1/ownership/{EAST}/publish", json={"version": owned["version"]})
    assert published.json["state"] == "published"
    assert planner.get(PATH).json["comparison"]["stale"]


def test_one_that_became_unlawful_is_refused_with_the_reasons(ctx: Context, as_user: AsUser) -> None:
    """Village, officer and words; nothing becomes the draft."""
    planner = as_user("planner")
    told = compared(ctx, planner)
    point = told["comparison"]["points"][0]
    code, lead = next(iter(point["leads"].items()))
    with ctx.storage.write("test") as uow:
        uow.recusals.add(Recusal.of(lead, code, reason="近亲属"))
        uow.record("test.recusal", "recusal", lead)
        uow.commit()
    body = {"comparison": told["comparison"]["id"], "point": point["id"], "version": told["version"]}
    refused = planner.post(f"{PATH}/adopt", json=body)
    assert refused.status_code == 422
    (breach,) = refused.json["error"]["fields"]["breaches"]
    assert (breach["village"], breach["officer"]) == (code, lead)
    assert planner.get(f"/api/v1/ownership/{EAST}").json["draft"] is None


@pytest.mark.parametrize("name", ["lead", "officer", "department"])
def test_others_cannot_adopt(ctx: Context, as_user: AsUser, name: str) -> None:
    """A county lead may look; the page offers nothing to change."""
    told = compared(ctx, as_user("planner"))
    body = {"comparison": told["comparison"]["id"], "point": "p1", "version": told["version"]}
    client = as_user(name)
    assert client.post(f"{PATH}/adopt", json=body).status_code == 403
    assert client.get(PATH).status_code == (200 if name == "lead" else 403)
    if name == "lead":
        assert 'id="compare"' not in client.get(f"/desk/scenarios/?township={EAST}").get_data(as_text=True)


def test_another_townships_comparison_is_out_of_reach(ctx: Context, as_user: AsUser) -> None:
    """By its address, and by naming it under one's own."""
    told = compared(ctx, as_user("planner"))
    west = as_user("planner_west")
    assert west.get(PATH).status_code == 403
    assert west.get(f"/desk/scenarios/?township={EAST}").status_code == 403
    body = {"comparison": told["comparison"]["id"], "point": "p1", "version": 0}
    assert west.post(f"/api/v1/ownership/{WEST}/scenarios/adopt", json=body).status_code == 404
