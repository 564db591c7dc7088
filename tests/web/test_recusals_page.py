"""The page and the endpoints of recusals: who may enter, lift, and read them; a draft refused over one."""

from __future__ import annotations

from collections.abc import Callable

import html5lib
import pytest
from conftest import EAST, WEST, post_form
from flask.testing import FlaskClient

from gridmgr.services.context import Context
from gridmgr.services.planning import assign

AsUser = Callable[[str], FlaskClient]
PAGE = f"/desk/recusals/?township={EAST}"
FORM = {"township": EAST, "officer": "o1", "village": f"{EAST}000", "kind": "home", "reason": "<b>本村人</b>"}
BODY = {"officer_id": "o1", "village_code": f"{EAST}000", "kind": "home", "reason": "本村人"}


def shown(client: FlaskClient, address: str = PAGE) -> str:
    """The page, which has to be sound HTML."""
    answer = client.get(address)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    text = answer.get_data(as_text=True)
    html5lib.HTMLParser(strict=True).parse(text)
    return text


def test_a_recusal_is_entered_shown_and_lifted(ctx: Context, as_user: AsUser) -> None:
    """With its effect on the plan named at once; its ground is escaped."""
    plan = assign(ctx, township_code=EAST, actor="planner")
    lead = next(r for r in plan.responsibilities if r.village_code == f"{EAST}000")
    planner = as_user("planner")
    assert "尚无回避登记" in shown(planner)
    form = FORM | {"officer": lead.officer_id}
    asked = post_form(planner, "/desk/recusals/", page=PAGE, **form)
    assert asked.status_code == 303
    page = shown(planner, asked.location)
    assert "不能发布" in page
    assert "&lt;b&gt;本村人&lt;/b&gt;" in page
    assert "<b>本村人" not in page
    lifted = post_form(planner, "/desk/recusals/lift", page=PAGE, **form, why="已迁出")
    assert lifted.status_code == 303
    assert "已结束" in shown(planner, lifted.location)


def test_a_refused_form_comes_back_filled_in(as_user: AsUser) -> None:
    """With what is wrong said on top."""
    planner = as_user("planner")
    answer = post_form(planner, "/desk/recusals/", page=PAGE, **(FORM | {"ends_on": "2020-01-01"}))
    assert answer.status_code == 422
    text = answer.get_data(as_text=True)
    assert "2020-01-01 已过" in text
    assert 'value="2020-01-01"' in text
    assert '<option value="o1" selected>' in text


def test_the_ground_is_read_by_planner_and_administrator_only(as_user: AsUser) -> None:
    """A county lead sees who stands aside where, not why, on the page and over the API."""
    planner, lead = as_user("planner"), as_user("lead")
    assert planner.post(f"/api/v1/recusals/{EAST}", json=BODY).status_code == 201
    for name, may_read in (("planner", True), ("admin", True), ("lead", False)):
        told = as_user(name).get(f"/api/v1/recusals/{EAST}").json["recusals"]
        assert [(item["officer_id"], item["village_code"]) for item in told] == [("o1", f"{EAST}000")]
        assert (told[0]["reason"] == "本村人") is may_read
        assert (told[0]["kind"] == "home") is may_read
        assert ("本村人" in shown(as_user(name))) is may_read
    assert 'id="add-recusal"' not in shown(lead)


@pytest.mark.parametrize("name", ["officer", "department", "lead"])
def test_others_cannot_enter_one(as_user: AsUser, name: str) -> None:
    """Neither a county lead nor officers nor departments."""
    assert as_user(name).post(f"/api/v1/recusals/{EAST}", json=BODY).status_code == 403


def test_another_townships_people_are_out_of_reach(as_user: AsUser) -> None:
    """The township of the address is asked, and that the officer serves there."""
    planner = as_user("planner")
    assert planner.get(f"/desk/recusals/?township={WEST}").status_code == 403
    assert planner.post(f"/api/v1/recusals/{WEST}", json=BODY | {"officer_id": "o11"}).status_code == 403
    assert planner.post(f"/api/v1/recusals/{EAST}", json=BODY | {"officer_id": "o11"}).status_code == 404
    lift = {"officer_id": "o11", "village_code": f"{WEST}000", "why": "x"}
    assert planner.post(f"/api/v1/recusals/{EAST}/lift", json=lift).status_code == 404
    assert post_form(planner, "/desk/recusals/", page=PAGE, **(FORM | {"township": WEST})).status_code == 403


def test_a_draft_that_became_unlawful_is_refused_with_reasons_and_shown_with_them(
    ctx: Context, as_user: AsUser
) -> None:
    """The refusal lists village, officer and words; so does the ownership as the desk reads it."""
    plan = assign(ctx, township_code=EAST, actor="planner")
    held = next(r for r in plan.responsibilities if r.role == "lead")
    planner = as_user("planner")
    before = planner.get(f"/api/v1/ownership/{EAST}").json
    assert before["breaches"] == []
    body = BODY | {"officer_id": held.officer_id, "village_code": held.village_code}
    made = planner.post(f"/api/v1/recusals/{EAST}", json=body).json
    assert made["effects"] == [f"草案将{made['village_name']}分配给{made['officer_name']}负责，不能发布"]
    refused = planner.post(f"/api/v1/ownership/{EAST}/publish", json={"version": before["version"]})
    assert refused.status_code == 422
    (breach,) = refused.json["error"]["fields"]["breaches"]
    assert (breach["officer"], breach["village"]) == (held.officer_id, held.village_code)
    assert "本村人" not in refused.get_data(as_text=True)
    assert planner.get(f"/api/v1/ownership/{EAST}").json["breaches"] == [breach]
    lift = {"officer_id": held.officer_id, "village_code": held.village_code, "why": "误登"}
    assert planner.post(f"/api/v1/recusals/{EAST}/lift", json=lift).json["recusal"]["state"] == "over"
    done = planner.post(f"/api/v1/ownership/{EAST}/publish", json={"version": before["version"]})
    assert (done.status_code, done.json["state"]) == (200, "published")
