"""Candidates for an incident, what was chosen instead on record, and joint matters of several bodies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from case_world import MARKET, WATER, fill, incident, step
from case_world import file as file_case
from conftest import EAST, NOW
from flask.testing import FlaskClient

from gridmgr.domain.assignments import OwnershipPlan, Responsibility
from gridmgr.domain.catalogue import CatalogueItem
from gridmgr.domain.people import Attendance, Recusal
from gridmgr.services.context import Context
from gridmgr.services.planning.candidates import _incident_stops
from gridmgr.services.reporting.casefile import case_document, case_materials
from gridmgr.services.routing.matters import Matter
from gridmgr.services.routing.repeated import look_everywhere

As = Callable[[str], FlaskClient]
WATER_ITEM = CatalogueItem(
    code="SL1", name="河道采砂", kind="basic", lead_body=WATER, cooperating_bodies=(MARKET,)
)


@pytest.fixture(autouse=True)
def cases_filled(ctx: Context) -> None:
    """Owners of the village, o1 leading and o2 supporting; an item of water that market helps with."""
    fill(ctx)
    village = f"{EAST}000"
    with ctx.storage.write("test") as uow:
        uow.catalogue.add(WATER_ITEM)
        plan = OwnershipPlan(
            id="own",
            township_code=EAST,
            created_at=NOW,
            created_by="test",
            status="OPTIMAL",
            responsibilities=(
                Responsibility(officer_id="o1", village_code=village),
                Responsibility(officer_id="o2", village_code=village, role="support"),
            ),
        )
        uow.ownership.add(plan)
        head = uow.ownership.head(EAST)
        moved = type(head)(township_code=EAST, published_id="own", draft_id="own", published_at=NOW)
        uow.ownership.move_head(moved, expected_version=head.version)
        uow.incidents.add(incident(5, item_code="SL1", category="河道采砂"))
        uow.record("test.fill", "county", "*")
        uow.commit()


def advice(client: FlaskClient, name: str = "i1") -> Any:
    """Who should deal with an incident."""
    return client.get(f"/api/v1/routing/candidates?incident={name}")


def names(items: list[dict[str, Any]]) -> list[str]:
    """Ids in order."""
    return [item["id"] for item in items]


def test_candidates_are_ranked_with_reasons(ctx: Context, as_user: As) -> None:
    """The owner, then the supporter; the lead body; no squads as none are published."""
    found = advice(as_user("planner")).json
    assert names(found["officers"])[:2] == ["o1", "o2"]
    assert found["officers"][0]["top"]
    assert any("包村责任人" in reason["text"] for reason in found["officers"][0]["reasons"])
    assert found["bodies"][0]["id"] == MARKET
    assert (found["item_version"], found["squads"], found["warning"]) == (1, [], None)
    assert advice(as_user("planner_west")).status_code == 403
    assert advice(as_user("officer")).status_code == 403
    assert advice(as_user("planner"), "none").status_code == 404
    with ctx.storage.write("test") as uow:
        uow.recusals.add(Recusal.of("o1", f"{EAST}000", reason="近亲属"))
        uow.attendance.save([Attendance(day=uow.today(), officer_id="o2", status="sick")])
        uow.record("test.people", "officer", "*")
        uow.commit()
    again = advice(as_user("planner")).json["officers"]
    assert again[0]["id"] == "o3"
    assert {item["id"]: item["held"] for item in again[1:]} == {
        "o1": ["应当回避：近亲属"],
        "o2": ["今日不在岗（病假）"],
    }


def test_a_body_that_objected_goes_down_and_an_unlisted_duty_is_said(as_user: As) -> None:
    """The history of the item counts for other cases too."""
    planner, department = as_user("planner"), as_user("department")
    case = file_case(planner)
    assert step(planner, case, "escalate", note="请办理", body=MARKET).status_code == 201
    assert step(department, case, "object", note="不属于我局").status_code == 201
    first = advice(planner).json["bodies"]
    assert first[-1]["held"] == ["已就本案提出异议并退回"]
    other = advice(planner, "i2").json["bodies"][0]
    assert any("退回" in reason["text"] and reason["points"] == -10 for reason in other["reasons"])


def test_what_was_chosen_instead_of_the_first_is_on_record(ctx: Context, as_user: As) -> None:
    """In the step, its words and the audit trail; following the advice says so too."""
    planner = as_user("planner")
    one, two = file_case(planner, "i1"), file_case(planner, "i2")
    assert step(planner, one, "dispatch", officer_id="o1").status_code == 201
    answer = step(planner, two, "dispatch", officer_id="o3")
    assert answer.status_code == 201
    assert "未采用首选“执法员1”" in answer.json["steps"][-1]["detail_text"]
    with ctx.storage.read() as uow:
        followed, other = (uow.case_steps.of_case(case)[-1].detail for case in (one, two))
        events = [event for event in uow.audit.find(subject_kind="case") if event.action == "case.dispatch"]
    assert (followed["followed"], other["followed"], other["advised"]) == (True, False, "o1")
    assert {event.detail["given_followed"] for event in events} == {True, False}


def joint(client: FlaskClient, **query: str) -> list[dict[str, Any]]:
    """Joint matters."""
    found: list[dict[str, Any]] = client.get("/api/v1/joint", query_string=query).json["matters"]
    return found


def test_two_bodies_at_one_place_are_found_joined_and_taken_apart(ctx: Context, as_user: As) -> None:
    """On filing; the trails say so, both departments read both cases, the cases' states stay."""
    planner, water = as_user("planner"), as_user("water")
    market, sand = file_case(planner, "i1"), file_case(planner, "i5")
    (found,) = joint(planner)
    assert (found["state"], {case["id"] for case in found["cases"]}) == ("suggested", {market, sand})
    assert planner.get(f"/api/v1/cases/{market}").json["joint"][0]["id"] == found["id"]
    assert found["proposed"] in (MARKET, WATER)
    assert water.get(f"/api/v1/cases/{market}").status_code == 403
    path = f"/api/v1/joint/{found['id']}"
    assert planner.post(f"{path}/join", json={"lead": "无此局"}).status_code == 400
    assert as_user("planner_west").post(f"{path}/join", json={"lead": WATER}).status_code == 403
    assert water.post(f"{path}/join", json={"lead": WATER}).status_code == 403
    done = planner.post(f"{path}/join", json={"lead": WATER, "note": "同一河滩"})
    assert done.status_code == 200, done.json
    assert (done.json["lead"]["name"], [b["name"] for b in done.json["cooperating"]]) == (WATER, [MARKET])
    assert planner.post(f"{path}/join", json={"lead": WATER}).status_code == 409
    assert water.get(f"/api/v1/cases/{market}").status_code == 200
    assert market in {case["id"] for case in water.get("/api/v1/cases").json["cases"]}
    assert [item["id"] for item in joint(water)] == [found["id"]]
    with ctx.storage.read() as uow:
        for case in (market, sand):
            assert found["id"] in uow.case_steps.of_case(case)[-1].note
            assert uow.cases.get(case).state == "filed"
        stops = _incident_stops(uow, uow.incidents.find(township_code=EAST))
        user = uow.users.get("planner")
    # One visit for both, and the other incident by itself.
    assert {stop.id: len(stop.purpose) for stop in stops} == {"incident:i1": 2, "incident:i2": 1}
    document = case_document(case_materials(ctx, market, user=user))
    assert found["id"] in str(document.parts[0])
    assert advice(planner).json["bodies"][0]["id"] in (MARKET, WATER)
    assert look_everywhere(ctx) == 0
    assert planner.post(f"{path}/undo", json={"why": "不是一回事"}).json["state"] == "undone"
    assert water.get(f"/api/v1/cases/{market}").status_code == 403
    assert look_everywhere(ctx) == 0
    assert joint(planner) == []


def test_what_was_dismissed_is_not_suggested_again_until_another_case_turns_up(
    ctx: Context, as_user: As
) -> None:
    """A reason is needed; the worker finds what no step brought up."""
    planner = as_user("planner")
    file_case(planner, "i1"), file_case(planner, "i5")
    (found,) = joint(planner)
    path = f"/api/v1/joint/{found['id']}/dismiss"
    assert planner.post(path, json={"why": " "}).status_code == 400
    assert planner.post(path, json={"why": "两处摊位"}).json["state"] == "dismissed"
    assert look_everywhere(ctx) == 0
    file_case(planner, "i2")
    (grown,) = joint(planner)
    assert len(grown["cases"]) == 3


def test_cases_are_joined_by_hand_and_a_larger_matter_gives_the_smaller_back(as_user: As) -> None:
    """Undoing the larger one."""
    planner, admin = as_user("planner"), as_user("admin")
    one, two = file_case(planner, "i1"), file_case(planner, "i2")
    west = file_case(admin, "i3")
    body = {"cases": [one, west], "lead": MARKET}
    assert admin.post("/api/v1/joint", json=body).status_code == 400
    small = planner.post("/api/v1/joint", json={"cases": [one, two], "lead": MARKET})
    assert small.status_code == 201, small.json
    file_case(planner, "i5")
    large = next(item for item in joint(planner) if item["state"] == "suggested")
    assert len(large["cases"]) == 3
    assert planner.post(f"/api/v1/joint/{large['id']}/join", json={"lead": WATER}).status_code == 200
    assert [item["state"] for item in joint(planner)] == ["joined"]
    planner.post(f"/api/v1/joint/{large['id']}/undo", json={"why": "分开办"})
    assert [item["id"] for item in joint(planner)] == [small.json["id"]]


def test_the_page_is_there_for_those_who_decide_or_are_concerned(as_user: As) -> None:
    """In Chinese, and not for officers."""
    assert "联合事项" in as_user("planner").get("/desk/joint/").get_data(as_text=True)
    assert as_user("water").get("/desk/joint/").status_code == 200
    assert as_user("officer").get("/desk/joint/").status_code == 403


def test_a_suggestion_follows_its_cases_and_lapses_where_one_body_has_them_all(
    ctx: Context, as_user: As
) -> None:
    """It names who is at them now; where the cases part again it is suggested anew."""
    planner = as_user("planner")
    market, sand = file_case(planner, "i1"), file_case(planner, "i5")
    (found,) = joint(planner)
    assert {body["name"] for body in found["bodies"]} == {MARKET, WATER}
    assert step(planner, sand, "dispatch", officer_id="o1").status_code == 201
    (followed,) = joint(planner)
    assert (followed["id"], {body["name"] for body in followed["bodies"]}) == (
        found["id"],
        {MARKET, "office"},
    )
    assert step(planner, sand, "escalate", note="请办理", body=MARKET).status_code == 201
    assert joint(planner) == []
    assert [item["id"] for item in joint(planner, state="lapsed")] == [found["id"]]
    assert step(planner, sand, "escalate", note="改派", body=WATER).status_code == 201
    (again,) = joint(planner)
    assert again["id"] != found["id"]
    assert step(planner, market, "cancel", note="重复登记").status_code == 201
    assert (joint(planner), look_everywhere(ctx)) == ([], 0)


def test_before_a_report_is_a_case_the_cases_of_others_at_it_are_shown(as_user: As) -> None:
    """The nearest first; nothing once it is filed, far off, or where the same body would have it."""
    planner = as_user("planner")
    assert advice(planner, "i5").json["at_it"] == []
    market = file_case(planner, "i1")
    (seen,) = advice(planner, "i5").json["at_it"]
    assert (seen["case_id"], seen["body"], seen["metres"]) == (market, MARKET, 0)
    assert advice(planner, "i2").json["at_it"] == []
    file_case(planner, "i5")
    assert advice(planner, "i5").json["at_it"] == []


def test_a_step_works_out_the_advice_it_needs_and_no_other(
    ctx: Context, as_user: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Passing on asks for no officers or squads, sending for no bodies."""
    planner = as_user("planner")
    one, two = file_case(planner, "i1"), file_case(planner, "i2")
    asked: list[str] = []
    for kind in ("officers", "squads", "bodies"):
        own = getattr(Matter, kind)
        monkeypatch.setattr(Matter, kind, lambda self, own=own, kind=kind: asked.append(kind) or own(self))
    assert step(planner, one, "escalate", note="请办理", body=MARKET).status_code == 201
    assert asked == ["bodies"]
    assert step(planner, two, "dispatch", officer_id="o1").status_code == 201
    assert asked == ["bodies", "squads", "officers"]
    with ctx.storage.read() as uow:
        assert [uow.case_steps.of_case(case)[-1].detail["advised"] for case in (one, two)] == [MARKET, "o1"]
