"""Inspections over the API: how often, permits with reasons, wishes, and who may not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from conftest import EAST, TODAY, WEST
from field_world import STOPS, day_plan, publish
from flask.testing import FlaskClient

from gridmgr.domain.inspections import Inspection, InspectionRequest
from gridmgr.domain.places import Place
from gridmgr.services.context import Context

AsUser = Callable[[str], FlaskClient]
AGENCY_NAME = "a1所"
PERMIT = {"first": "2026-03-02", "last": "2026-03-03", "kind": "complaint", "reason": "12345 投诉"}


@pytest.fixture(autouse=True)
def _firm(ctx: Context) -> None:
    """An enterprise in the east, inspected ten days ago; one wish settled then, one open."""
    last = TODAY - timedelta(days=10)
    wish = InspectionRequest(
        id="R1", place_id="e1", agency_code="a1", matter="食品安全", not_before=last, deadline=TODAY
    )
    with ctx.storage.write("test") as uow:
        uow.places.add(
            Place(id="e1", name="食品厂", kind="enterprise", lon=113.005, lat=34.005, township_code=EAST)
        )
        uow.inspection_requests.add_many([wish, replace(wish, id="R2")])
        made = Inspection(id="i1", place_id="e1", day=last, township_code=EAST, requests=("R1",))
        uow.inspections.add(made)
        uow.record("test.firm", "place", "e1")
        uow.commit()


def test_premises_tell_count_cap_and_the_next_day(as_user: AsUser) -> None:
    """With the words for why not today."""
    body = as_user("planner").get("/api/v1/inspections/places/e1").json
    assert (body["count"], body["yearly_cap"], body["last"]) == (1, 4, "2026-02-20")
    assert body["earliest"] == "2026-03-22"
    assert body["refusal_text"] == "距上次检查 10 天，间隔不得少于 30 天"
    assert [(r["id"], r["agency_name"]) for r in body["requests"]] == [("R2", AGENCY_NAME)]
    (listed,) = as_user("planner").get(f"/api/v1/inspections?township={EAST}").json["places"]
    assert listed == body


def test_a_permit_lifts_the_refusal_and_is_in_the_audit_trail(as_user: AsUser, ctx: Context) -> None:
    """With the planner's words."""
    url = "/api/v1/inspections/places/e1/permits"
    body = as_user("planner").post(url, json=PERMIT).json
    assert (body["refusal_text"], body["permit_reason"]) == (None, "12345 投诉")
    granted = {"kind_text": "投诉举报", "granted_by": "planner"}
    assert body["permits"] == [PERMIT | granted]
    later = as_user("planner").get("/api/v1/inspections/places/e1?date=2026-03-04").json
    assert later["permits"] == []
    with ctx.storage.read() as uow:
        event = uow.audit.find(subject_kind="place", subject_id="e1")[0]
    assert (event.action, event.actor, event.why) == ("inspection.permit", "planner", "12345 投诉")


def test_permits_are_refused_to_others_and_without_sense(as_user: AsUser) -> None:
    """Scope, role, reversed days, unknown kind."""
    url = "/api/v1/inspections/places/e1/permits"
    assert as_user("planner_west").post(url, json=PERMIT).status_code == 403
    assert as_user("officer").post(url, json=PERMIT).status_code == 403
    for bad, status in (({"last": "2026-03-01"}, 400), ({"kind": "whim"}, 422), ({"reason": " "}, 400)):
        assert as_user("planner").post(url, json=PERMIT | bad).status_code == status, bad


def test_a_limit_and_an_exception_change_what_counts(as_user: AsUser) -> None:
    """And can be taken back."""
    planner = as_user("planner")
    limit = {"yearly_cap": 1, "spacing_days": None, "reason": "白名单企业"}
    body = planner.put("/api/v1/inspections/places/e1/limit", json=limit).json
    assert body["yearly_cap"] == 1
    mark = {"id": "i1", "kind": "accident", "reason": "事故调查"}
    assert planner.put("/api/v1/inspections/exceptions", json=mark).json["exception_text"] == "事故处置"
    body = planner.get("/api/v1/inspections/places/e1").json
    assert (body["count"], body["refusal_text"]) == (0, None)
    planner.put("/api/v1/inspections/exceptions", json=mark | {"kind": None})
    assert planner.get("/api/v1/inspections/places/e1").json["count"] == 1


def test_agencies_see_theirs_settled_and_open_ones_can_be_withdrawn(as_user: AsUser) -> None:
    """A settled one cannot."""
    planner = as_user("planner")
    listed = planner.get("/api/v1/inspection-requests?agency=a1").json["requests"]
    assert [(r["id"], r["settled_by"]) for r in listed] == [("R1", "i1"), ("R2", None)]
    url = "/api/v1/inspection-requests/withdrawals"
    assert planner.post(url, json={"id": "R1", "reason": "x"}).status_code == 409
    assert planner.post(url, json={"id": "R2", "reason": "已并入专项"}).status_code == 204
    assert as_user("planner").get(f"/api/v1/inspections?township={WEST}").status_code == 403
    assert [r["id"] for r in planner.get("/api/v1/inspection-requests").json["requests"]] == ["R1"]


def test_the_phone_warns_before_premises_that_must_not_be_inspected(as_user: AsUser, ctx: Context) -> None:
    """At the stop, with the reason; a permit takes it away."""
    firm = replace(STOPS[0], id="e1", kind="place", name="食品厂", needs_lawful=True)
    publish(ctx, day_plan("one", (firm,)))
    words = "不得入企检查：距上次检查 10 天，间隔不得少于 30 天"
    assert words in as_user("officer").get("/m/").get_data(as_text=True)
    as_user("planner").post("/api/v1/inspections/places/e1/permits", json=PERMIT)
    assert words not in as_user("officer").get("/m/").get_data(as_text=True)
