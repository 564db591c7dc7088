"""Cases on the officer's phone: settled at the scene with photo and penalty, passed on, checked."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace

import pytest
from case_world import WATER, file, fill, step
from conftest import EAST, NOW, TODAY, token_of
from field_world import STOPS, day_plan, jpeg, publish
from flask.testing import FlaskClient

from gridmgr.domain.assignments import OwnershipPlan, Responsibility
from gridmgr.services.context import Context

AsUser = Callable[[str], FlaskClient]
CASE = "AJ-i1"
#: What the form sends for a lawful fine.
FINE = {
    "penalty": "fine",
    "party": "citizen",
    "party_name": "张某某",
    "amount": "50",
    "second": "o2",
    "certificates": "on",
    "rights": "on",
}


@pytest.fixture
def phone(ctx: Context, as_user: AsUser) -> FlaskClient:
    """Officer o1 on a day whose third stop is the incident i1, checked in there."""
    fill(ctx)
    publish(ctx, day_plan("d1", stops=(STOPS[2], *STOPS[:2])))
    officer = as_user("officer")
    post(officer, "/m/check-in", page="/m/", id="c" * 16, stop="incident:i1")
    return officer


def post(client: FlaskClient, path: str, /, *, page: str, **fields: object) -> tuple[int, str]:
    """Send a form with the token of its page; status and page shown in the end."""
    form = {**fields, "csrf_token": token_of(client, page)}
    answer = client.post(path, data=form, content_type="multipart/form-data", follow_redirects=True)
    return answer.status_code, answer.get_data(as_text=True)


def take(client: FlaskClient, action: str, **fields: object) -> tuple[int, str]:
    """Take a step from the case's page."""
    path = f"/m/cases/{CASE}"
    return post(client, path, page=path, action=action, **{"id": "phone-step-1", **fields})


def picture() -> tuple[io.BytesIO, str]:
    """A photo as a form sends it."""
    return io.BytesIO(jpeg((60, 40))), "a.jpg"


def test_the_stop_leads_to_its_case(phone: FlaskClient) -> None:
    """From the card of the stop where the squad is."""
    start = phone.get("/m/").get_data(as_text=True)
    assert "/m/cases/at/incident:i1" in start
    shown = phone.get("/m/cases/at/incident:i1", follow_redirects=True).get_data(as_text=True)
    assert "现场处置中" in shown
    assert "部分商品未标价" in shown
    assert phone.get("/m/cases/at/incident:i2").status_code == 404


def test_a_case_is_settled_with_note_photo_and_penalty(phone: FlaskClient, ctx: Context) -> None:
    """And the squad has left the stop."""
    status, text = take(phone, "settle", note="当场改正", photo=picture(), **FINE)
    assert status == 200
    assert "已提交：现场办结" in text
    with ctx.storage.read() as uow:
        case = uow.cases.get(CASE)
        last = uow.case_steps.of_case(CASE)[-1]
        (penalty,) = uow.penalties.find()
        (visit,) = uow.check_ins.between(TODAY, TODAY)
    assert case is not None
    assert (case.state, last.note, len(last.evidence)) == ("settled", "当场改正", 1)
    assert (penalty.amount_yuan, penalty.officers) == (50, ("o1", "o2"))
    assert visit.left_at is not None


def test_a_refused_penalty_keeps_what_was_typed(phone: FlaskClient, ctx: Context) -> None:
    """The law's article on the page, nothing stored, the form as it was."""
    status, text = take(phone, "settle", note="罚款", **{**FINE, "amount": "500"})
    assert status == 400
    assert "《行政处罚法》第51条" in text
    assert "罚款</textarea>" in text
    assert 'value="张某某"' in text
    status, text = take(phone, "settle", **{**FINE, "amount": "五十"})
    assert status == 400
    assert "罚款金额须为整数" in text
    with ctx.storage.read() as uow:
        assert uow.penalties.count() == 0
        assert uow.cases.get(CASE).state == "on_scene"


def test_what_cannot_be_settled_is_passed_on_with_words(phone: FlaskClient, ctx: Context) -> None:
    """To the office by default, or straight to a department."""
    status, text = take(phone, "escalate")
    assert (status, "请填写说明" in text) == (400, True)
    take(phone, "escalate", note="涉及取水", body=WATER)
    with ctx.storage.read() as uow:
        case = uow.cases.get(CASE)
    assert (case.state, case.department, case.answerable) == ("escalated", WATER, "office")


def test_the_same_form_sent_twice_is_one_step(phone: FlaskClient, ctx: Context) -> None:
    """A lost answer, a second tap."""
    take(phone, "settle", note="好")
    assert take(phone, "settle", note="好")[0] == 200
    with ctx.storage.read() as uow:
        assert [s.action for s in uow.case_steps.of_case(CASE)] == ["file", "arrive", "settle"]


def test_what_somebody_is_sent_to_or_has_to_check_waits_on_the_phone(ctx: Context, as_user: AsUser) -> None:
    """Counted on the start page; checked by the village's own officer, never by who settled it."""
    fill(ctx)
    planner, officer, mate = as_user("planner"), as_user("officer"), as_user("mate")
    case = file(planner)
    step(planner, case, "dispatch", officer_id="o1")
    assert "您有 1 件案件待办" in officer.get("/m/").get_data(as_text=True)
    assert "派给我或本队（1 件）" in officer.get("/m/cases/").get_data(as_text=True)
    assert "目前没有待办案件" in mate.get("/m/cases/").get_data(as_text=True)
    take(officer, "set_out")
    take(officer, "arrive", id="phone-step-2")
    take(officer, "settle", id="phone-step-3", note="好")
    plan = OwnershipPlan(
        id="own1",
        township_code=EAST,
        created_at=NOW,
        created_by="planner",
        status="OPTIMAL",
        responsibilities=tuple(
            Responsibility(officer_id=o, village_code=f"{EAST}000", role=role)
            for o, role in (("o1", "lead"), ("o2", "support"))
        ),
    )
    with ctx.storage.write("planner") as uow:
        uow.ownership.add(plan)
        head = uow.ownership.head(EAST)
        uow.ownership.move_head(replace(head, draft_id="own1", published_id="own1"), expected_version=0)
        uow.record("test.own", "ownership", EAST)
        uow.commit()
    assert "待核查（" not in officer.get("/m/cases/").get_data(as_text=True)
    assert "待核查（1 件）" in mate.get("/m/cases/").get_data(as_text=True)
    take(mate, "check", note="属实", id="phone-step-4")
    with ctx.storage.read() as uow:
        assert uow.cases.get(case).state == "checked"


def test_officers_next_door_and_planners_do_not_get_in(phone: FlaskClient, as_user: AsUser) -> None:
    """The phone's pages are for officers of the township."""
    assert as_user("planner").get(f"/m/cases/{CASE}").status_code == 403
    assert phone.get("/m/cases/AJ-none").status_code == 404
    assert phone.get(f"/m/cases/{CASE}").status_code == 200
