"""Cases over the API: filed, taken from step to step by those who may, seen by those who should."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import replace

import pytest
from case_world import MARKET, WATER, file, fill, incident, step
from conftest import EAST, TODAY, WEST
from field_world import jpeg
from flask.testing import FlaskClient
from sqlalchemy import text

from gridmgr.domain.cases import OFFICE
from gridmgr.domain.people import Recusal
from gridmgr.services.cases import verify_evidence
from gridmgr.services.context import Context
from gridmgr.texts import catalogue

AsUser = Callable[[str], FlaskClient]
#: A lawful fine of two market officers.
FINE = {
    "kind": "fine",
    "party": "citizen",
    "party_name": "张某某",
    "amount_yuan": 100,
    "officers": ["o1", "o2"],
    "certificates_shown": True,
    "rights_told": True,
}


@pytest.fixture(autouse=True)
def world(ctx: Context) -> None:
    """Incidents, an item, two departments."""
    fill(ctx)


def state_of(ctx: Context, incident_id: str) -> str:
    """The incident's coarse state."""
    with ctx.storage.read() as uow:
        found = uow.incidents.get(incident_id)
    assert found is not None
    return found.state


def photo() -> str:
    """A small photo in base64."""
    return base64.b64encode(jpeg((60, 40))).decode()


def test_the_whole_way_through_a_department_and_back(ctx: Context, as_user: AsUser) -> None:
    """Filed, escalated, objected, escalated anew, handled, failed, handled again, closed, rated."""
    planner, officer, market, water = (as_user(n) for n in ("planner", "officer", "department", "water"))
    case = file(planner)
    assert state_of(ctx, "i1") == "reported"
    assert step(planner, case, "escalate", note="涉水", body=WATER).status_code == 201
    assert state_of(ctx, "i1") == "escalated"
    assert step(water, case, "accept").json["case"]["answerable"] == WATER
    back = step(water, case, "object", note="属市场监管").json["case"]
    assert (back["state"], back["answerable"], back["objections"]) == ("filed", WATER, 1)
    step(planner, case, "escalate", note="请办理", body=MARKET)
    taken = step(market, case, "accept").json
    assert taken["case"]["answerable"] == MARKET
    step(market, case, "handle", note="已责令改正")
    assert step(officer, case, "rework", note="仍未标价").json["case"]["reworked"] == 1
    step(market, case, "handle", note="已复查")
    assert step(officer, case, "check").status_code == 201
    assert state_of(ctx, "i1") == "closed"
    step(planner, case, "close")
    seen = step(planner, case, "rate", rating=4, note="电话回访").json
    assert (seen["case"]["state"], seen["case"]["rating"]) == ("rated", 4)
    trail = [item["action"] for item in seen["steps"]]
    way = "file escalate accept object escalate accept handle rework handle check close rate"
    assert " ".join(trail) == way
    assert [item["seq"] for item in seen["steps"]] == list(range(1, 13))
    with ctx.storage.read() as uow:
        events = uow.audit.find(subject_kind="case", subject_id=case, limit=50)
    assert [event.action for event in reversed(events)] == [f"case.{action}" for action in trail]


def test_a_department_sees_its_own_cases_only(ctx: Context, as_user: AsUser) -> None:
    """What it has or had to do with, photos included; nothing of the other department."""
    planner, market, water = as_user("planner"), as_user("department"), as_user("water")
    case = file(planner, photos=[photo()])
    picture = planner.get(f"/api/v1/cases/{case}").json["steps"][0]["evidence"][0]["url"]
    assert [c.get(f"/api/v1/cases/{case}").status_code for c in (market, water)] == [403, 403]
    step(planner, case, "escalate", note="请办理", body=WATER)
    assert [c.get("/api/v1/cases").json["total"] for c in (market, water)] == [0, 1]
    assert [c.get(picture).status_code for c in (market, water)] == [403, 200]
    step(water, case, "object", note="不属水利")
    assert water.get(f"/api/v1/cases/{case}").status_code == 200
    assert step(water, case, "accept").status_code == 409
    assert step(market, case, "accept").status_code == 403


def test_townships_see_and_move_their_own_cases_only(as_user: AsUser) -> None:
    """A planner next door neither reads nor files; the county lead reads all."""
    east, west = as_user("planner"), as_user("planner_west")
    case = file(east)
    assert west.get(f"/api/v1/cases/{case}").status_code == 403
    assert west.get(f"/api/v1/cases?township={EAST}").status_code == 403
    assert west.get("/api/v1/cases").json["total"] == 0
    assert step(west, case, "cancel", note="x").status_code == 403
    assert east.post("/api/v1/cases", json={"incident_id": "i3"}).status_code == 403
    assert as_user("lead").get("/api/v1/cases").json["total"] == 1


def test_refusals_carry_their_reason_and_their_kind(as_user: AsUser) -> None:
    """409 for the state, 403 for the role, 400 for what is missing; in the words a user reads."""
    planner, officer = as_user("planner"), as_user("officer")
    case = file(planner)
    early = step(planner, case, "close")
    assert early.status_code == 409
    assert "已立案" in early.json["error"]["message"]
    assert "已核查" in early.json["error"]["message"]
    assert step(officer, case, "cancel", note="x").status_code == 403
    assert step(planner, case, "cancel").json["error"]["message"] == catalogue("zh")["case.missing_note"]
    unknown = step(planner, case, "escalate", note="x", body="卫星局")
    assert unknown.status_code == 400
    assert WATER in unknown.json["error"]["message"]
    assert step(planner, case, "dispatch", officer_id="o11").status_code == 404
    assert step(planner, case, "dance").status_code == 409
    with pytest.raises(AssertionError):
        file(planner)


def test_a_stale_version_is_a_conflict_and_changes_nothing(ctx: Context, as_user: AsUser) -> None:
    """Two people look at the same case; the second one has to look again."""
    planner, lead = as_user("planner"), as_user("lead")
    case = file(planner)
    seen = planner.get(f"/api/v1/cases/{case}").json["case"]["version"]
    assert step(lead, case, "supervise", note="限期", level=2, version=seen).status_code == 201
    stale = step(planner, case, "cancel", note="误报", version=seen)
    assert stale.status_code == 409
    now = planner.get(f"/api/v1/cases/{case}").json["case"]
    assert (now["state"], now["supervised"], now["version"]) == ("filed", 2, seen + 1)
    assert step(lead, case, "supervise", note="再", level=2).status_code == 400


def test_the_same_step_sent_twice_is_stored_once(ctx: Context, as_user: AsUser) -> None:
    """A phone repeats what it is not sure of; another step under the same id is a conflict."""
    planner = as_user("planner")
    first = file(planner, device_id="phone-0001", photos=[photo()])
    assert file(planner, device_id="phone-0001", photos=[photo()]) == first
    body = {"note": "等材料", "device_id": "phone-0002"}
    one, two = step(planner, first, "suspend", **body), step(planner, first, "suspend", **body)
    assert (one.status_code, two.status_code) == (201, 201)
    assert one.json == two.json
    assert step(planner, first, "suspend", note="别的", device_id="phone-0002").status_code == 409
    with ctx.storage.read() as uow:
        assert len(uow.case_steps.of_case(first)) == 2
        assert len(uow.attachments.find("case_step", f"{first}:1")) == 1


def test_suspended_cases_go_on_where_they_were(ctx: Context, as_user: AsUser) -> None:
    """挂账 with a day to look again; no squad is sent meanwhile."""
    planner = as_user("planner")
    case = file(planner)
    held = step(planner, case, "suspend", note="待鉴定", until="2026-03-20").json["case"]
    assert (held["held_from"], held["suspended_until"]) == ("filed", "2026-03-20")
    assert state_of(ctx, "i1") == "escalated"
    assert step(planner, case, "resume").json["case"]["state"] == "filed"
    assert state_of(ctx, "i1") == "reported"


def test_a_duplicate_names_its_original_and_can_come_back(ctx: Context, as_user: AsUser) -> None:
    """The original lists it; a duplicate is no original; reopening undoes it."""
    planner = as_user("planner")
    one, two = file(planner, "i1"), file(planner, "i2")
    assert step(planner, two, "mark_duplicate", original=two).status_code == 400
    assert step(planner, two, "mark_duplicate", original="AJ-none").status_code == 404
    assert step(planner, two, "mark_duplicate", original=one).status_code == 201
    assert planner.get(f"/api/v1/cases/{one}").json["duplicates"] == [two]
    assert state_of(ctx, "i2") == "closed"
    assert step(planner, one, "mark_duplicate", original=two).status_code == 400
    assert step(planner, two, "reopen", note="不是同一件").json["case"]["duplicate_of"] is None
    assert state_of(ctx, "i2") == "reported"


def on_scene(planner: FlaskClient, officer: FlaskClient, incident_id: str = "i1") -> str:
    """A case with the officer at the scene."""
    case = file(planner, incident_id)
    assert step(officer, case, "arrive").status_code == 201
    return case


def test_a_lawful_pair_fines_on_the_spot(ctx: Context, as_user: AsUser) -> None:
    """Within Art 51; the party is read by those who need it, masked for others, not in the trail."""
    planner, officer, lead = as_user("planner"), as_user("officer"), as_user("lead")
    case = on_scene(planner, officer)
    done = step(officer, case, "settle", note="当场改正", penalty=FINE)
    assert done.status_code == 201, done.json
    (made,) = done.json["penalties"]
    assert (made["party_name"], made["amount_yuan"], made["basis"]) == ("张某某", 100, "《价格法》第四十二条")
    assert made["certificates"] == ["410001", "410002"]
    assert lead.get(f"/api/v1/cases/{case}").json["penalties"][0]["party_name"] == "张**"
    assert state_of(ctx, "i1") == "settled"
    with ctx.storage.read() as uow:
        kept = uow.case_steps.of_case(case)
        events = uow.audit.find(subject_kind="case", subject_id=case, limit=50)
    assert "张某某" not in str(kept)
    assert "张某某" not in str(events)


@pytest.mark.parametrize(
    ("changed", "article"),
    [
        ({"amount_yuan": 201}, "51"),
        ({"amount_yuan": 0}, "51"),
        ({"party": "organisation", "amount_yuan": 3001}, "51"),
        ({"kind": "warning"}, "警告"),
        ({"officers": ["o1"]}, "四十二"),
        ({"officers": ["o1", "o1"]}, "四十二"),
        ({"officers": ["o1", "o11"]}, "o11"),
        ({"certificates_shown": False}, "五十五"),
        ({"rights_told": False}, "四十四"),
        ({"party_name": " "}, "当事人"),
    ],
)
def test_a_penalty_beyond_the_law_is_refused_with_the_article(
    ctx: Context, as_user: AsUser, changed: dict[str, object], article: str
) -> None:
    """And nothing is stored."""
    planner, officer = as_user("planner"), as_user("officer")
    case = on_scene(planner, officer)
    refused = step(officer, case, "settle", penalty={**FINE, **changed})
    assert refused.status_code == 400
    assert article in refused.json["error"]["message"]
    with ctx.storage.read() as uow:
        assert uow.penalties.count() == 0
        assert uow.cases.get(case).state == "on_scene"


def test_the_limit_of_organisations_is_higher(as_user: AsUser) -> None:
    """3,000 yuan are lawful there."""
    planner, officer = as_user("planner"), as_user("officer")
    case = on_scene(planner, officer)
    fine = {**FINE, "party": "organisation", "party_name": "某某超市", "amount_yuan": 3000}
    assert step(officer, case, "penalise", penalty=fine).json["case"]["state"] == "on_scene"


def test_officers_without_certificate_scope_or_distance_do_not_punish(ctx: Context, as_user: AsUser) -> None:
    """An expired certificate; recusal in that village; no field in common; an item of another body."""
    planner, officer = as_user("planner"), as_user("officer")
    case = on_scene(planner, officer)

    def refusal() -> str:
        answer = step(officer, case, "settle", penalty=FINE)
        assert answer.status_code == 400
        return str(answer.json["error"]["message"])

    def change(**fields: object) -> None:
        with ctx.storage.write("test") as uow:
            mate = uow.officers.get("o2")
            assert mate is not None
            uow.officers.replace(replace(mate, **fields))
            uow.record("test.change", "officer", "o2")
            uow.commit()

    with ctx.storage.read() as uow:
        sound = uow.officers.get("o2")
    assert sound is not None
    change(certificate_valid_to=TODAY.replace(day=1))
    assert "执法员2没有当日有效的执法证件" in refusal()
    change(certificate_valid_to=None, skills=("water",))
    assert "不能组成合法的两人执法组" in refusal()
    change(skills=sound.skills)
    with ctx.storage.write("test") as uow:
        uow.recusals.add(Recusal.of("o2", f"{EAST}000", reason="本村人"))
        item = uow.catalogue.get("SC007")
        assert item is not None
        uow.record("test.recusal", "officer", "o2")
        uow.commit()
    assert "第四十三条" in refusal()
    with ctx.storage.write("test") as uow:
        uow.recusals.delete(f"o2 {EAST}000")
        uow.catalogue.replace(replace(item, lead_body=WATER))
        uow.record("test.item", "catalogue", "SC007")
        uow.commit()
    assert "不在执法员1的执法专业范围内" in refusal()


def test_no_item_no_penalty(ctx: Context, as_user: AsUser) -> None:
    """Without a basis there is no fine; with the item named at filing there is."""
    planner, officer = as_user("planner"), as_user("officer")
    with ctx.storage.write("test") as uow:
        uow.incidents.add(incident(8, item_code=None))
        uow.incidents.add(incident(9, item_code=None))
        uow.record("test.more", "incident", "i8")
        uow.commit()
    case = on_scene(planner, officer, "i8")
    assert "没有处罚依据" in step(officer, case, "settle", penalty=FINE).json["error"]["message"]
    known = file(planner, "i9", item_code="SC007")
    step(officer, known, "arrive")
    assert step(officer, known, "settle", penalty=FINE).status_code == 201


def test_evidence_altered_or_lost_later_is_found(ctx: Context, as_user: AsUser) -> None:
    """Every photo is hashed anew whenever somebody looks."""
    planner = as_user("planner")
    case = file(planner, photos=[photo(), photo()])
    looked = planner.get(f"/api/v1/cases/{case}/evidence").json
    assert (looked["sound"], len(looked["evidence"])) == (True, 2)
    first, second = (item["id"] for item in looked["evidence"])
    with ctx.storage.engine.begin() as connection:
        connection.execute(text("UPDATE attachment SET content = x'00' WHERE id = :id"), {"id": first})
        connection.execute(text("DELETE FROM attachment WHERE id = :id"), {"id": second})
    looked = planner.get(f"/api/v1/cases/{case}/evidence").json
    assert looked["sound"] is False
    assert [item["state"] for item in looked["evidence"]] == ["altered", "missing"]
    with ctx.storage.read() as uow:
        user = uow.users.get("lead")
    assert user is not None
    assert [item.state for item in verify_evidence(ctx, case, user=user)] == ["altered", "missing"]


def test_buttons_are_those_the_table_gives_the_user(as_user: AsUser) -> None:
    """The planner dispatches and escalates, the officer goes there; a stranger to the case has none."""
    planner, officer, lead = as_user("planner"), as_user("officer"), as_user("lead")
    first = planner.get("/api/v1/cases/first-steps?incident=i1").json
    assert first["case_id"] is None
    assert {item["action"] for item in first["allowed"]} >= {"verify", "file", "cancel", "mark_duplicate"}
    case = file(planner)

    def actions(client: FlaskClient) -> set[str]:
        return {item["action"] for item in client.get(f"/api/v1/cases/{case}").json["allowed"]}

    assert actions(planner) == {
        "dispatch",
        "escalate",
        "cancel",
        "mark_duplicate",
        "suspend",
        "supervise",
        "comment",
    }
    assert actions(officer) == {"arrive", "escalate", "comment"}
    assert actions(lead) == {"suspend", "supervise", "comment"}


def test_cases_are_found_by_state_words_and_page(as_user: AsUser) -> None:
    """With the number of all that meet the filter."""
    planner = as_user("planner")
    one, two = file(planner, "i1"), file(planner, "i2")
    step(planner, two, "cancel", note="误报")

    def found(query: str) -> list[str]:
        return [item["id"] for item in planner.get(f"/api/v1/cases?{query}").json["cases"]]

    assert found("open=true") == [one]
    assert found("open=false") == [two]
    assert found("state=filed") == [one]
    assert found("state=filed&open=false") == []
    assert found("words=未标价&limit=1") == [min(one, two)]
    assert found("words=%25") == []
    assert planner.get("/api/v1/cases?limit=1").json["total"] == 2
    assert found(f"item=SC007&township={EAST}&answerable={OFFICE}&supervised=false") == sorted((one, two))
    assert as_user("planner_west").get(f"/api/v1/cases?township={WEST}").json["total"] == 0


def test_the_incident_says_which_case_it_is(as_user: AsUser) -> None:
    """So that map and lists can open it."""
    planner = as_user("planner")
    case = file(planner)
    listed = {i["id"]: i["case_id"] for i in planner.get("/api/v1/incidents").json["incidents"]}
    assert listed == {"i1": case, "i2": None}
