"""The office's inbox: who sees what, what a decision does, and every look at contact data on record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from conftest import EAST, WEST
from flask.testing import FlaskClient
from test_intake_reports import photo

from gridmgr.domain.cases import Step
from gridmgr.domain.tips import Contact, Rating
from gridmgr.domain.users import User
from gridmgr.services import cases
from gridmgr.services.context import Context
from gridmgr.services.intake import following
from gridmgr.services.intake.reports import Report, Taken, take_report

HERE = {"lon": 113.005, "lat": 34.005}
PLANNER = User(name="planner", display_name="计划员", role="planner", township_code=EAST)
CHECKER = User(name="admin", display_name="管理员", role="admin")
As = Callable[[str], FlaskClient]


def sent(ctx: Context, **values) -> Taken:
    """A report, by default words only, in the eastern township."""
    told = {
        "source": "tip",
        "sender_key": "k1",
        "description": "村口有人倒垃圾",
        "category": "乱堆乱放",
        "place_words": "老槐树旁",
        "township_code": EAST,
        "contact": Contact(name="王秀英", phone="13800001234"),
    }
    return take_report(ctx, Report(**(told | values)))


def post(client: FlaskClient, taken: Taken, what: str, /, **body):
    """Act on a report."""
    return client.post(f"/api/v1/tips/{taken.tip.id}/{what}", json=body)


def close(ctx: Context, case_id: str) -> None:
    """Let the case be dealt with by a department's stead: settled on the spot, checked, closed."""
    with ctx.storage.write("test") as uow:
        case = uow.cases.get(case_id)
        uow.cases.save(
            replace(case, state="settled", version=case.version + 1), expected_version=case.version
        )
        uow.record("test.settle", "case", case_id)
        uow.commit()
    cases.act(ctx, case_id, Step(action="check"), user=CHECKER)
    cases.act(ctx, case_id, Step(action="close"), user=CHECKER)


def test_an_office_sees_its_own_and_nobody_s_reports(ctx: Context, as_user: As) -> None:
    """Not those of another township; nothing of contact data."""
    own = sent(ctx)
    unknown = sent(ctx, sender_key="k2", township_code=None)
    other = sent(ctx, sender_key="k3", township_code=WEST)
    answer = as_user("planner").get("/api/v1/tips")
    assert {tip["id"] for tip in answer.json["tips"]} == {own.tip.id, unknown.tip.id}
    assert answer.json["counts"]["new"] == 2
    assert "13800001234" not in answer.get_data(as_text=True)
    assert as_user("planner").get(f"/api/v1/tips/{other.tip.id}").status_code == 403
    assert len(as_user("lead").get("/api/v1/tips").json["tips"]) == 3
    assert as_user("officer").get("/api/v1/tips").status_code == 403
    assert as_user("department").get("/api/v1/tips").status_code == 403


def test_placing_makes_an_incident_and_filing_a_case(ctx: Context, as_user: As) -> None:
    """The reporter's status follows."""
    taken = sent(ctx)
    client = as_user("planner")
    placed = post(client, taken, "place", **HERE).json
    assert (placed["village_code"], placed["point_from"]) == (f"{EAST}000", "office")
    assert following.follow(ctx, taken.receipt).state == "accepted"
    assert post(client, taken, "decision", action="verify").json["state"] == "verified"
    filed = post(client, taken, "decision", action="file").json
    assert (filed["state"], filed["view"]) == ("working", "handled")
    with ctx.storage.read() as uow:
        incident = uow.incidents.get(placed["incident_id"])
        assert uow.cases.get(filed["case_id"]).state == "filed"
        assert uow.tips.get(taken.tip.id).checked_by == "planner"
    assert incident.case_id == filed["case_id"]
    assert post(client, taken, "place", **HERE).status_code == 409


@pytest.mark.parametrize(
    ("point", "status"),
    [
        ({"lon": 100.0, "lat": 30.0}, 400),
        ({"lon": 113.005, "lat": 34.105}, 403),
        ({"lon": 200.0, "lat": 0.0}, 422),
    ],
    ids=["no village", "another township", "no point"],
)
def test_a_report_is_not_placed_just_anywhere(ctx: Context, as_user: As, point, status: int) -> None:
    """It stays as it was."""
    taken = sent(ctx)
    assert post(as_user("planner"), taken, "place", **point).status_code == status
    with ctx.storage.read() as uow:
        assert uow.tips.get(taken.tip.id) == taken.tip


def test_a_report_is_passed_on_to_the_township_it_belongs_to(ctx: Context, as_user: As) -> None:
    """From then on it is theirs."""
    taken = sent(ctx)
    assert post(as_user("planner"), taken, "pass-on", township_code="nowhere").status_code == 404
    assert post(as_user("planner"), taken, "pass-on", township_code=WEST).status_code == 200
    assert as_user("planner").get("/api/v1/tips").json["tips"] == []
    assert [tip["id"] for tip in as_user("planner_west").get("/api/v1/tips").json["tips"]] == [taken.tip.id]


def test_spam_needs_a_reason_and_can_be_taken_back(ctx: Context, as_user: As) -> None:
    """A report that is an incident already is cancelled and reopened as a case."""
    client = as_user("planner")
    words, point = sent(ctx), sent(ctx, sender_key="k2", **HERE)
    assert post(client, words, "spam", why="  ").status_code == 400
    for taken in (words, point):
        assert post(client, taken, "spam", why="广告").json["view"] == "spam"
        assert following.follow(ctx, taken.receipt).state == "spam"
        assert post(client, taken, "spam", why="广告").status_code == 409
    with ctx.storage.read() as uow:
        assert uow.incidents.get(point.tip.incident_id).state == "closed"
    assert post(client, words, "restore", why="看错了").json["state"] == "received"
    assert post(client, point, "restore", why="看错了").json["state"] == "working"
    assert post(client, words, "restore", why="看错了").status_code == 409


def test_what_somebody_acted_on_is_no_spam(ctx: Context, as_user: As) -> None:
    """Its case is cancelled where cases are."""
    taken = sent(ctx, **HERE)
    post(as_user("planner"), taken, "decision", action="file")
    assert post(as_user("planner"), taken, "spam", why="广告").status_code == 409


def test_every_look_at_contact_data_is_on_record(ctx: Context, as_user: As) -> None:
    """ASVS 8.2.1, 14.3.1; PIPL Art. 51: role, township and reason first, and who looked stays."""
    taken = sent(ctx)
    assert post(as_user("planner"), taken, "contact", why="").status_code == 422
    assert post(as_user("planner"), taken, "contact", why="  ").status_code == 400
    assert post(as_user("lead"), taken, "contact", why="好奇").status_code == 403
    assert post(as_user("officer"), taken, "contact", why="好奇").status_code == 403
    assert post(as_user("planner_west"), taken, "contact", why="好奇").status_code == 403
    answer = post(as_user("planner"), taken, "contact", why="核实地点")
    assert (answer.json["phone"], answer.headers["Cache-Control"]) == ("13800001234", "no-store")
    with ctx.storage.read() as uow:
        looks = [event for event in uow.audit.find(subject_kind="tip") if event.action == "tip.look"]
    assert [(event.actor, event.why, event.subject_id) for event in looks] == [
        ("planner", "核实地点", taken.tip.id)
    ]
    assert "13800001234" not in str(looks)


def test_contact_data_that_is_not_there_is_not_looked_at(ctx: Context, as_user: As) -> None:
    """Anonymous, or deleted."""
    anonymous = sent(ctx, contact=None)
    assert post(as_user("planner"), anonymous, "contact", why="核实").status_code == 404
    deleted = sent(ctx, sender_key="k2")
    following.erase_by_receipt(ctx, deleted.receipt)
    assert post(as_user("planner"), deleted, "contact", why="核实").status_code == 404


def test_what_is_not_solved_is_taken_up_again_and_rated_anew(ctx: Context, as_user: As) -> None:
    """The rating is the case's step; reopening opens it again, and the trail keeps the first one."""
    client = as_user("planner")
    taken = sent(ctx, **HERE)
    case_id = post(client, taken, "decision", action="file").json["case_id"]
    close(ctx, case_id)
    said = following.rate(ctx, taken.receipt, Rating(solved=False, score=2, words="还在倒"))
    assert (said.may_rate, said.rating.solved) == (False, False)
    with ctx.storage.read() as uow:
        assert (uow.cases.get(case_id).state, uow.cases.get(case_id).rating) == ("rated", 2)
    (item,) = client.get("/api/v1/tips?view=unsolved").json["tips"]
    assert item["rating_words"] == "还在倒"
    again = post(client, taken, "reopen", why="群众说没解决").json
    assert (again["state"], again["view"], again["rated_at"]) == ("working", "handled", None)
    close(ctx, case_id)
    assert following.rate(ctx, taken.receipt, Rating(solved=True, score=5)).rating.solved
    with ctx.storage.read() as uow:
        scores = [e.detail["score"] for e in uow.audit.find(subject_kind="tip") if e.action == "tip.rate"]
    assert scores == [5, 2]


def test_a_second_reporter_of_one_matter_rates_too(ctx: Context, as_user: As) -> None:
    """Two reports, the second a repeat: each follows the one case and is rated once."""
    client = as_user("planner")
    first, second = sent(ctx, **HERE), sent(ctx, sender_key="k2", **HERE)
    case_id = post(client, first, "decision", action="file").json["case_id"]
    cases.file_case(
        ctx, second.tip.incident_id, user=PLANNER, step=Step(action="mark_duplicate", original=case_id)
    )
    assert following.follow(ctx, second.receipt).state == "working"
    close(ctx, case_id)
    following.rate(ctx, first.receipt, Rating(solved=True, score=5))
    assert following.rate(ctx, second.receipt, Rating(solved=True, score=4)).rating.score == 4
    with ctx.storage.read() as uow:
        assert uow.cases.get(case_id).rating == 5


def test_pictures_of_a_report_nobody_owns_are_seen_by_every_office(ctx: Context, as_user: As) -> None:
    """Those of a township's report by that township only."""
    unknown = sent(ctx, township_code=None, photos=(photo(),))
    own = sent(ctx, sender_key="k2", photos=(photo(),))
    with ctx.storage.read() as uow:
        theirs, ours = (uow.attachments.find("tip", t.tip.id)[0].id for t in (unknown, own))
    assert as_user("planner_west").get(f"/photos/{theirs}").status_code == 200
    assert as_user("planner_west").get(f"/photos/{ours}").status_code == 403
    assert as_user("planner").get(f"/photos/{ours}").status_code == 200
    assert as_user("officer").get(f"/photos/{theirs}").status_code == 403


def test_the_page_is_for_planners_leads_and_administrators(as_user: As) -> None:
    """In the top bar too; another township's is refused."""
    assert as_user("planner").get("/desk/inbox/").status_code == 200
    assert as_user("lead").get("/desk/inbox/").status_code == 200
    assert as_user("officer").get("/desk/inbox/").status_code == 403
    assert as_user("planner").get(f"/desk/inbox/?township={WEST}").status_code == 403
    assert "/desk/inbox/" in as_user("planner").get("/desk/").get_data(as_text=True)
