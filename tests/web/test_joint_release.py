"""Taking a joint matter back releases the departments it brought in, and nobody else, and loses nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from case_world import MARKET, WATER, fill, incident, step
from case_world import file as file_case
from conftest import EAST, post_form
from flask.testing import FlaskClient

from gridmgr.domain.people import Agency
from gridmgr.services.context import Context

As = Callable[[str], FlaskClient]
WHY = "两处并非同一排口"
FIRE = "应急局"


@pytest.fixture(autouse=True)
def cases_filled(ctx: Context) -> None:
    """A third department, and a fourth incident beside the first."""
    fill(ctx)
    with ctx.storage.write("test") as uow:
        uow.agencies.add(Agency(code="a10", name="应急站", department=FIRE, township_code=EAST))
        uow.incidents.add(incident(6))
        uow.record("test.fill", "county", "*")
        uow.commit()


def with_lead(planner: FlaskClient, *incidents: str, lead: str = MARKET) -> list[str]:
    """Cases that are with the lead department, no other helping."""
    cases = [file_case(planner, name) for name in incidents]
    for case in cases:
        assert step(planner, case, "escalate", note="请办理", body=lead, cooperating=[]).status_code == 201
    return cases


def join(planner: FlaskClient, cases: list[str], lead: str = MARKET) -> str:
    """Join cases by hand; the path of the joint matter."""
    made = planner.post("/api/v1/joint", json={"cases": cases, "lead": lead})
    assert made.status_code == 201, made.json
    return f"/api/v1/joint/{made.json['id']}"


def queue(client: FlaskClient, view: str) -> dict[str, Any]:
    """Rows of a view of the department's queue, by case."""
    found = client.get("/api/v1/department/cases", query_string={"view": view}).json
    return {row["case"]["id"]: row for row in found["rows"]}


def market_and_water(planner: FlaskClient) -> tuple[str, str, str]:
    """A case at each of both, joined under the market department; cases and the joint matter's path."""
    (one,) = with_lead(planner, "i1")
    (two,) = with_lead(planner, "i2", lead=WATER)
    return one, two, join(planner, [one, two])


def test_who_was_brought_in_leaves_with_the_reason(ctx: Context, as_user: As) -> None:
    """From the queue to the view of what need no longer be helped with; in trail and audit, once."""
    planner, water = as_user("planner"), as_user("water")
    one, two, path = market_and_water(planner)
    assert set(queue(water, "todo")) == {one, two}
    assert planner.post(f"{path}/undo", json={"why": WHY}).status_code == 200
    assert set(queue(water, "todo")) == {two}
    assert queue(water, "cooperating") == {}
    released = queue(water, "released")
    assert set(released) == {one}
    assert WHY in released[one]["released_why"]
    page = water.get("/dept/?view=released").get_data(as_text=True)
    assert re.findall(r'data-case="([^"]+)"', page) == [one]
    assert WHY in page
    assert WHY in water.get(f"/dept/cases/{one}").get_data(as_text=True)
    with ctx.storage.read() as uow:
        events = [event for event in uow.audit.find(subject_kind="case") if event.action == "case.release"]
        last = uow.case_steps.of_case(one)[-1]
        case = uow.cases.get(one)
    assert [(event.subject_id, event.detail["body"]) for event in events] == [(one, WATER)]
    assert WHY in str(events[0].why)
    assert (last.action, last.body, last.source, last.target) == ("release", WATER, "escalated", "escalated")
    assert (case.cooperating, case.department) == ((), MARKET)


def test_an_opinion_stays_and_need_not_be_given_again(ctx: Context, as_user: As) -> None:
    """On the trail, and on the department's page; the lead replies without waiting."""
    planner, water, market = as_user("planner"), as_user("water"), as_user("department")
    one, _, path = market_and_water(planner)
    assert step(water, one, "opine", note="排口属我局管理").status_code == 201
    planner.post(f"{path}/undo", json={"why": WHY})
    assert queue(water, "cooperating") == {}
    assert set(queue(water, "released")) == {one}
    shown = market.get(f"/dept/cases/{one}").get_data(as_text=True)
    assert "排口属我局管理" in shown
    assert "已反馈，不再配合" in shown
    assert step(market, one, "accept").status_code == 201
    assert step(market, one, "handle", note="已整改").status_code == 201
    with ctx.storage.read() as uow:
        assert WATER in uow.cases.get(one).answered


def test_whom_a_person_asked_stays(as_user: As) -> None:
    """Before the joining, or anew after it."""
    planner, market, water = as_user("planner"), as_user("department"), as_user("water")
    (before, asked_anew) = with_lead(planner, "i1", "i2")
    (other,) = with_lead(planner, "i6", lead=WATER)
    assert step(planner, before, "involve", body=WATER).status_code == 201
    path = join(planner, [before, asked_anew, other])
    assert step(water, asked_anew, "opine", note="无意见").status_code == 201
    assert step(market, asked_anew, "involve", body=WATER, note="请到场").status_code == 201
    planner.post(f"{path}/undo", json={"why": WHY})
    assert set(queue(water, "cooperating")) == {before, asked_anew}
    assert queue(water, "released") == {}


def test_who_came_by_a_later_escalation_is_released_whatever_the_state(as_user: As) -> None:
    """A case that the lead gave back, and one that is suspended."""
    planner, market, water = as_user("planner"), as_user("department"), as_user("water")
    one, two = file_case(planner, "i1"), file_case(planner, "i2")
    (other,) = with_lead(planner, "i6", lead=WATER)
    path = join(planner, [one, two, other])
    for case in (one, two):
        assert step(planner, case, "escalate", note="请办理", body=MARKET).status_code == 201
    assert {one, two} <= set(queue(water, "cooperating"))
    assert step(market, one, "object", note="不属我局").status_code == 201
    assert step(planner, two, "suspend", note="等材料").status_code == 201
    planner.post(f"{path}/undo", json={"why": WHY})
    assert queue(water, "cooperating") == {}
    assert set(queue(water, "released")) == {one, two}
    assert step(planner, one, "escalate", note="改派", body=FIRE).status_code == 201
    assert queue(water, "cooperating") == {}


def test_a_person_releases_a_helper_with_a_reason_only(as_user: As) -> None:
    """On the department's own page; nobody else's helper, and nobody who does not help."""
    planner, market, water = as_user("planner"), as_user("department"), as_user("water")
    (one,) = with_lead(planner, "i1")
    assert step(planner, one, "release", body=WATER, note=WHY).status_code == 403
    assert step(planner, one, "involve", body=WATER).status_code == 201
    assert step(planner, one, "release", body=WATER).status_code == 400
    assert step(planner, one, "release", body=FIRE, note=WHY).status_code == 400
    assert step(water, one, "release", body=WATER, note=WHY).status_code == 403
    page = f"/dept/cases/{one}"
    assert post_form(market, page, action="release", body=WATER, note=WHY).status_code == 303
    assert set(queue(water, "released")) == {one}
