"""A department's pages: its queue by time left, its cases and nobody else's, joint handling, help, files."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from case_world import ITEM, MARKET, WATER, file, fill, step
from conftest import MovableNow, post_form, token_of
from field_world import jpeg
from flask.testing import FlaskClient

from gridmgr.domain.users import User
from gridmgr.services.context import Context
from gridmgr.services.deadlines.working import decide_extension
from gridmgr.services.departments.queue import queue, rates

AsUser = Callable[[str], FlaskClient]
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


@pytest.fixture(autouse=True)
def world(ctx: Context) -> None:
    """Incidents, an item, two departments."""
    fill(ctx)


def user(ctx: Context, name: str) -> User:
    """A user by name."""
    with ctx.storage.read() as uow:
        found = uow.users.get(name)
    assert found is not None
    return found


def sent(planner: FlaskClient, incident: str = "i1", body: str = WATER, **fields: Any) -> str:
    """A case sent to a department."""
    case = file(planner, incident)
    answer = step(planner, case, "escalate", note="请办理", body=body, **fields)
    assert answer.status_code == 201, answer.json
    return case


def do(client: FlaskClient, case: str, action: str, **fields: Any) -> Any:
    """Send a form of the department's case page."""
    page = f"/dept/cases/{case}"
    return client.post(page, data={"csrf_token": token_of(client, page), "action": action, **fields})


def text(client: FlaskClient, path: str) -> str:
    """A page that is there."""
    answer = client.get(path)
    assert answer.status_code == 200, answer.status_code
    return answer.get_data(as_text=True)


def rows(client: FlaskClient, query: str = "") -> list[str]:
    """Cases of the queue, from top to bottom."""
    return re.findall(r'data-case="([^"]+)"', text(client, f"/dept/{query}"))


def test_a_department_accepts_and_replies_with_plain_forms(ctx: Context, as_user: AsUser) -> None:
    """The way through without scripts; each step on the trail and in the audit."""
    planner, water = as_user("planner"), as_user("water")
    case = sent(planner)
    assert water.get("/").headers["Location"] == "/dept/"
    assert rows(water) == rows(water, "?view=to_accept") == [case]
    assert do(water, case, "accept").status_code == 303
    assert rows(water, "?view=in_hand") == [case]
    assert do(water, case, "handle").status_code == 400
    assert do(water, case, "handle", note="已整改").status_code == 303
    assert (rows(water), rows(water, "?view=done")) == ([], [case])
    assert step(planner, case, "check").status_code == 201
    with ctx.storage.read() as uow:
        kinds = [event.action for event in uow.audit.find(subject_kind="case", subject_id=case, limit=9)]
    assert {"case.accept", "case.handle"} <= set(kinds)


def test_the_queue_is_in_the_order_of_what_is_left(ctx: Context, as_user: AsUser, now: MovableNow) -> None:
    """Overdue first and said in words; found by words; paged."""
    first = sent(as_user("planner"), "i1")
    now.advance(timedelta(days=1, hours=1))
    second = sent(as_user("planner"), "i2")
    step(as_user("water"), second, "accept")
    now.advance(timedelta(days=1))
    late = sent(as_user("planner_west"), "i3")
    water = as_user("water")
    assert rows(water) == [first, late, second]
    page = text(water, "/dept/")
    assert re.search(rf'data-case="{first}".*?light-overdue.*?超时 .*?工作', page, re.DOTALL)
    assert rows(water, "?view=overdue") == [first]
    assert rows(water, f"?q={second}") == [second]
    assert set(rows(water, "?q=西乡0村")) == {late}
    assert rows(water, "?q=不按规定明码标价") == [first, late, second]
    assert rows(water, "?q=no%25such") == []
    found = queue(ctx, user=user(ctx, "water"), limit=1, offset=1)
    assert ([row.case.id for row in found.rows], found.total) == ([late], 3)
    assert found.counts["todo"] == 3


def test_nobody_elses_case_is_shown_listed_or_moved(as_user: AsUser) -> None:
    """Refused whatever is tried: page, step, extension, document; other roles have no such page."""
    planner, market, water = as_user("planner"), as_user("department"), as_user("water")
    case = sent(planner)
    step(water, case, "accept")
    do(water, case, "comment", note="材料", files=(io.BytesIO(PDF), "材料.pdf"))
    paper = planner.get(f"/api/v1/cases/{case}").json["steps"][-1]["evidence"][0]["url"]
    for view in ("todo", "to_accept", "in_hand", "cooperating", "help", "overdue", "objected", "done"):
        assert rows(market, f"?view={view}") == []
    assert market.get(f"/dept/cases/{case}").status_code == 403
    token = {"csrf_token": token_of(market, "/dept/templates/")}
    assert (
        market.post(f"/dept/cases/{case}", data={"action": "comment", "note": "x", **token}).status_code
        == 403
    )
    more = {"clock": f"{case}.solve.1", "amount": "2", "unit": "个工作日", "note": "x", **token}
    assert market.post(f"/dept/cases/{case}/extension", data=more).status_code == 403
    assert [c.get(paper).status_code for c in (market, water, planner)] == [403, 200, 200]
    assert as_user("planner_west").get(paper).status_code == 403
    assert [as_user(name).get("/dept/").status_code for name in ("planner", "officer", "lead")] == [403] * 3


def test_an_objection_names_the_right_body_without_letting_it_in(as_user: AsUser) -> None:
    """The office sees the suggestion; the suggested department sees nothing until it is sent the case."""
    planner, market, water = as_user("planner"), as_user("department"), as_user("water")
    case = sent(planner)
    assert do(water, case, "object", note="不属水利", suggests=WATER).status_code == 400
    assert do(water, case, "object", note="不属水利", suggests="卫星局").status_code == 400
    assert do(water, case, "object", note="不属水利", suggests=MARKET).status_code == 303
    seen = planner.get(f"/api/v1/cases/{case}").json
    assert seen["steps"][-1]["detail"]["suggests"] == MARKET
    assert seen["steps"][-1]["detail_text"] == f"建议由{MARKET}办理"
    assert market.get(f"/dept/cases/{case}").status_code == 403
    assert (rows(water), rows(water, "?view=objected")) == ([], [case])
    assert rows(market, "?view=todo") == []


def test_cooperating_departments_are_heard_before_the_reply(as_user: AsUser) -> None:
    """Marked as cooperating, gives its opinion, cannot act as the lead; going without it is on record."""
    planner, market, water = as_user("planner"), as_user("department"), as_user("water")
    case = sent(planner, cooperating=[MARKET])
    assert step(planner, case, "escalate", note="x", body=WATER).status_code == 400
    assert "本部门配合" in text(market, f"/dept/cases/{case}")
    assert rows(market, "?view=cooperating") == rows(market) == [case]
    assert step(market, case, "accept").status_code == 403
    step(water, case, "accept")
    refused = do(water, case, "handle", note="已办")
    assert refused.status_code == 400
    assert MARKET in refused.get_data(as_text=True)
    assert do(market, case, "opine", note="价格问题已查处").status_code == 303
    assert (rows(market), rows(market, "?view=cooperating")) == ([], [case])
    assert planner.get(f"/api/v1/cases/{case}").json["case"]["unheard"] == []
    # Asked once more it owes an answer once more; then the lead goes on without it.
    assert do(water, case, "involve", body=MARKET, note="再核一次").status_code == 303
    assert do(water, case, "involve", body=MARKET).status_code == 400
    assert do(water, case, "handle", note="已办", unheard="1").status_code == 303
    last = planner.get(f"/api/v1/cases/{case}").json["steps"][-1]
    assert last["detail"]["unheard"] == [MARKET]
    assert MARKET in last["detail_text"]


def test_the_catalogue_names_who_cooperates(ctx: Context, as_user: AsUser) -> None:
    """By the names agencies give the bodies; nobody where the office says so."""
    with ctx.storage.write("test") as uow:
        uow.catalogue.replace(replace(ITEM, cooperating_bodies=(f"甲县{WATER}", "县档案馆")))
        uow.record("test.change", "catalogue", ITEM.code)
        uow.commit()
    planner = as_user("planner")
    case = sent(planner, "i1", MARKET)
    assert planner.get(f"/api/v1/cases/{case}").json["case"]["cooperating"] == [WATER]
    assert rows(as_user("water")) == [case]
    alone = sent(planner, "i2", MARKET, cooperating=[])
    assert planner.get(f"/api/v1/cases/{alone}").json["case"]["cooperating"] == []


def test_a_department_that_helps_does_not_touch_the_leads_clocks(as_user: AsUser) -> None:
    """No extension, no pause; it only reads them."""
    planner, market, water = as_user("planner"), as_user("department"), as_user("water")
    case = sent(planner, cooperating=[MARKET])
    step(water, case, "accept")
    clock = f"/api/v1/deadlines/{case}.solve.1"
    assert market.get(f"/api/v1/cases/{case}/deadlines").status_code == 200
    longer = {"length": "3个工作日", "reason": "x"}
    assert market.post(f"{clock}/extensions", json=longer).status_code == 403
    assert market.post(f"{clock}/pause", json={"kind": "appraisal", "note": "x"}).status_code == 403
    assert water.post(f"{clock}/pause", json={"kind": "appraisal", "note": "送检"}).status_code == 200


def test_the_township_is_asked_for_help_and_answers(as_user: AsUser) -> None:
    """Asked once, somebody is sent, answered: all on the trail; the phone of whoever is sent shows it."""
    planner, officer, water = as_user("planner"), as_user("officer"), as_user("water")
    case = sent(planner)
    assert step(planner, case, "answer_help", note="x").status_code == 409
    step(water, case, "accept")
    assert step(planner, case, "answer_help", note="x").status_code == 403
    assert do(water, case, "ask_help", note="请派员到场").status_code == 303
    assert do(water, case, "ask_help", note="再请").status_code == 403
    assert rows(water, "?view=help") == [case]
    assert case not in text(officer, "/m/cases/")
    assert step(planner, case, "assign_help", officer_id="o1").status_code == 201
    assert case in text(officer, "/m/cases/")
    assert step(officer, case, "answer_help", note="已到场配合").status_code == 201
    assert "乡镇已答复" in text(water, "/dept/?view=help")
    do(water, case, "ask_help", note="第二次")
    assert step(planner, case, "refuse_help", note="无人手").json["case"]["help"] == "refused"


def test_more_time_is_asked_for_and_decided_above(ctx: Context, as_user: AsUser) -> None:
    """From the page; once; the lead's decision moves the end."""
    water = as_user("water")
    case = sent(as_user("planner"))
    step(water, case, "accept")
    path = f"/dept/cases/{case}/extension"
    fields = {"clock": f"{case}.solve.1", "unit": "个工作日", "note": "需检测"}
    page = f"/dept/cases/{case}"
    assert post_form(water, path, page=page, amount="x", **fields).status_code == 400
    assert post_form(water, path, page=page, amount="5", **fields).status_code == 303
    assert "待审批" in text(water, page)
    with ctx.storage.read() as uow:
        clock = uow.clocks.get(f"{case}.solve.1")
    assert clock is not None
    decide_extension(ctx, clock.id, clock.extensions[0].id, approve=True, note="同意", user=user(ctx, "lead"))
    with ctx.storage.read() as uow:
        later = uow.clocks.get(clock.id)
    assert later is not None
    assert later.due_at > clock.due_at


def test_photos_are_renewed_and_documents_only_given_out_to_be_saved(ctx: Context, as_user: AsUser) -> None:
    """With their hashes on the step; what is neither is refused and nothing is kept."""
    planner, water = as_user("planner"), as_user("water")
    case = sent(planner)
    step(water, case, "accept")
    files = [(io.BytesIO(jpeg((60, 40))), "现场.jpg"), (io.BytesIO(PDF), "检测*报告.pdf")]
    assert do(water, case, "handle", note="已办", files=files).status_code == 303
    photo, paper = planner.get(f"/api/v1/cases/{case}").json["steps"][-1]["evidence"]
    assert (photo["name"], paper["name"]) == ("", "检测_报告.pdf")
    answer = planner.get(paper["url"])
    assert answer.data == PDF
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert "%E6%A3%80%E6%B5%8B_" in answer.headers["Content-Disposition"]
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert planner.get(f"/photos/{paper['id']}").status_code == 404
    assert planner.get(f"/documents/{photo['id']}").status_code == 404
    assert "检测_报告.pdf" in text(water, f"/dept/cases/{case}")
    assert planner.get(f"/api/v1/cases/{case}/evidence").json["sound"]
    html = (io.BytesIO(b"<script>1</script>"), "a.pdf")
    before = planner.get(f"/api/v1/cases/{case}").json["case"]["version"]
    assert do(water, case, "comment", note="x", files=html).status_code == 400
    assert planner.get(f"/api/v1/cases/{case}").json["case"]["version"] == before


def test_what_was_refused_keeps_what_was_typed(as_user: AsUser) -> None:
    """And a page that is older than the case says so."""
    water = as_user("water")
    case = sent(as_user("planner"))
    step(water, case, "accept")
    stale = do(water, case, "handle", note="写了很久的结果<b>", version="1")
    assert stale.status_code == 409
    assert "写了很久的结果&lt;b&gt;" in stale.get_data(as_text=True)


def test_texts_are_filled_in_from_the_case_and_belong_to_the_department(as_user: AsUser) -> None:
    """Own ones and those that come with the product; another department neither sees nor changes them."""
    market, water = as_user("department"), as_user("water")
    case = sent(as_user("planner"))
    step(water, case, "accept")
    form = {
        "kind": "handle",
        "name": "我局<b>回复",
        "words": "【案件编号】：【地点】【事项】已办，【日期】【部门】",
    }
    page = "/dept/templates/"
    bad = post_form(water, page, **{**form, "words": "【天气】晴"})
    assert bad.status_code == 400
    assert "【天气】" in bad.get_data(as_text=True)
    assert post_form(water, page, **form).status_code == 303
    (number,) = re.findall(r"edit=(T[\w-]+)", text(water, page))
    shown = text(water, f"/dept/cases/{case}?phrase={number}")
    assert f"{case}：东乡东乡0村不按规定明码标价已办，2026年3月2日{WATER}</textarea>" in shown
    assert "我局&lt;b&gt;回复" in shown
    assert post_form(water, page, **{**form, "id": number, "name": "新名"}).status_code == 303
    assert "新名" in text(water, page)
    assert "新名" not in text(market, page)
    assert post_form(market, page, **{**form, "id": number}).status_code == 403
    assert post_form(market, f"{page}{number}/delete", page=page).status_code == 403
    assert post_form(water, f"{page}{number}/delete", page=page).status_code == 303
    assert "新名" not in text(water, page)
    assert "已整改办结" in text(water, page)


def test_rates_are_live_and_say_how_few_there_are(ctx: Context, as_user: AsUser, now: MovableNow) -> None:
    """Numbers of the department's own turns; a share only of ten or more."""
    planner, water = as_user("planner"), as_user("water")
    case = sent(planner)
    assert "尚无可计案件" in text(water, "/dept/")
    step(water, case, "accept")
    step(water, case, "handle", note="已办")
    found = rates(ctx, user=user(ctx, "water"))
    assert (found.response.hits, found.response.of, found.on_time.hits) == (1, 1, 1)
    assert "不足 10 件，不计比率" in text(water, "/dept/")
    step(planner, case, "rework", note="没有办好")
    again = rates(ctx, user=user(ctx, "water"))
    assert (again.solution.of, again.solution.waiting) == (0, 1)
    assert rates(ctx, user=user(ctx, "department")).response.of == 0
    now.advance(timedelta(days=40))
    late = rates(ctx, user=user(ctx, "water"))
    assert (late.solution.hits, late.solution.of) == (0, 1)


def test_the_api_gives_queue_rates_and_texts_to_departments_only(as_user: AsUser) -> None:
    """The same as the pages: own cases with what is left, rates with their numbers, own texts."""
    planner, market, water = as_user("planner"), as_user("department"), as_user("water")
    case = sent(planner)
    found = water.get("/api/v1/department/cases?view=to_accept").json
    assert (found["department"], found["total"], found["counts"]["todo"]) == (WATER, 1, 1)
    (row,) = found["rows"]
    assert (row["case"]["id"], row["leads"], row["level"]) == (case, True, "green")
    assert row["left_text"].startswith("剩余")
    assert market.get("/api/v1/department/cases").json["total"] == 0
    step(water, case, "accept")
    counted = water.get("/api/v1/department/rates").json["response"]
    assert counted == {"hits": 1, "of": 1, "waiting": 0, "share": None}
    step(water, case, "ask_help", note="请派员")
    assert planner.get("/api/v1/cases?help=asked").json["total"] == 1
    assert planner.get("/api/v1/cases?help=refused").json["total"] == 0
    made = water.post(
        "/api/v1/department/phrases", json={"kind": "object", "name": "甲", "words": "【日期】"}
    )
    assert made.status_code == 201
    own = made.json["phrases"][0]
    assert (own["name"], own["own"]) == ("甲", True)
    assert market.delete(f"/api/v1/department/phrases/{own['id']}").status_code == 403
    assert not water.delete(f"/api/v1/department/phrases/{own['id']}").json["phrases"][0]["own"]
    for path in ("cases", "rates", "phrases"):
        assert planner.get(f"/api/v1/department/{path}").status_code == 403


def test_the_officer_sent_to_help_answers_on_the_phone(as_user: AsUser) -> None:
    """A button on the case's page, only while an answer is waited for."""
    planner, officer, water = as_user("planner"), as_user("officer"), as_user("water")
    case = sent(planner)
    step(water, case, "accept")
    page = f"/m/cases/{case}"
    assert 'value="answer_help"' not in text(officer, page)
    step(water, case, "ask_help", note="请派员")
    step(planner, case, "assign_help", officer_id="o1")
    assert 'value="answer_help"' in text(officer, page)
    assert post_form(officer, page, action="answer_help", note="已到场").status_code == 303
    assert planner.get(f"/api/v1/cases/{case}").json["case"]["help"] == "answered"
