"""The officer's phone: next stop, arriving, leaving, findings with photos, a plan published anew."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from conftest import EAST, NOW, TODAY, WEST, MovableNow, token_of
from field_world import AT_FIRST, FAR_AWAY, FIRST, MATTER, SECOND, STOPS, add_matter, day_plan, jpeg, publish
from flask.testing import FlaskClient
from PIL import Image

from gridmgr.domain.assignments import OwnershipPlan, Responsibility
from gridmgr.services.context import Context

AsUser = Callable[[str], FlaskClient]


@pytest.fixture
def officer(ctx: Context, as_user: AsUser) -> FlaskClient:
    """The phone of officer o1 on a published day."""
    add_matter(ctx)
    publish(ctx, day_plan("d1"))
    return as_user("officer")


def page(client: FlaskClient, path: str = "/m/") -> str:
    """A page's text."""
    answer = client.get(path)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_data(as_text=True)


def send(client: FlaskClient, path: str, /, **fields: object) -> str:
    """Send a form as the phone's page does; the page shown afterwards."""
    token = token_of(client, "/m/")
    form = {**fields, "csrf_token": token}
    answer = client.post(path, data=form, content_type="multipart/form-data", follow_redirects=True)
    return answer.get_data(as_text=True)


def current(text: str) -> str:
    """What stands in the card of the current stop."""
    return text.split('class="card current', 1)[1].split("</section>", 1)[0]


def test_the_first_thing_seen_is_the_next_stop_with_what_to_do(officer: FlaskClient) -> None:
    """Name, time, way and purpose, and the way to it in Amap's own coordinates."""
    card = current(page(officer))
    assert "东乡0村" in card
    assert "10:00" in card
    assert "车程约 10 分钟，5.0 公里" in card
    assert "距上次到访 9 天" in card
    link = card.split('href="https://uri.amap.com/navigation?to=', 1)[1].split('"', 1)[0]
    lon, lat = (float(part) for part in link.split(",")[:2])
    # GCJ-02 lies a few hundred metres off in Henan.
    assert 0.002 < abs(lon - 113.005) < 0.02
    assert abs(lat - 34.005) < 0.02
    assert "coordinate=gaode" in link


def test_the_owner_of_the_village_is_named(officer: FlaskClient, ctx: Context) -> None:
    """So that the squad knows whom to call."""
    plan = OwnershipPlan(
        id="own1",
        township_code=EAST,
        created_at=NOW,
        created_by="planner",
        status="OPTIMAL",
        responsibilities=(Responsibility(officer_id="o3", village_code=f"{EAST}000"),),
    )
    with ctx.storage.write("planner") as uow:
        uow.ownership.add(plan)
        head = uow.ownership.head(EAST)
        uow.ownership.move_head(replace(head, draft_id="own1", published_id="own1"), expected_version=0)
        uow.record("test.own", "ownership", EAST)
        uow.commit()
    assert "执法员3" in current(page(officer))


def test_arriving_and_leaving_lead_on_to_the_next_stop(officer: FlaskClient, now: MovableNow) -> None:
    """Arrived, then done, then the second stop is next."""
    lon, lat = AT_FIRST
    text = send(officer, "/m/check-in", id="a" * 16, stop=FIRST, lon=str(lon), lat=str(lat))
    assert "已签到" in text
    assert "东乡0村" in current(text)
    assert "完成，离开" in current(text)
    now.advance(timedelta(minutes=12))
    text = send(officer, "/m/leave", stop=FIRST)
    assert "东乡1村" in current(text)
    assert "1/3" in text


def test_arriving_far_from_the_stop_is_noted_with_a_warning(officer: FlaskClient) -> None:
    """Two kilometres away."""
    lon, lat = FAR_AWAY
    text = send(officer, "/m/check-in", id="b" * 16, stop=FIRST, lon=str(lon), lat=str(lat))
    assert "您距离该点约" in text
    assert "notice-warning" in text


def test_a_stop_that_is_an_incident_can_be_settled_on_leaving(officer: FlaskClient, ctx: Context) -> None:
    """The desk then sees it settled."""
    send(officer, "/m/check-in", id="c" * 16, stop=MATTER)
    send(officer, "/m/leave", stop=MATTER, outcome="settled")
    with ctx.storage.read() as uow:
        found = uow.incidents.get("i1")
    assert found is not None
    assert found.state == "settled"


def test_leaving_where_nobody_arrived_is_refused_in_words(officer: FlaskClient) -> None:
    """On the page, not as an error page."""
    assert "本队今日尚未在此签到" in send(officer, "/m/leave", stop=SECOND)


def test_the_same_check_in_sent_twice_is_stored_once(officer: FlaskClient, ctx: Context) -> None:
    """201 again; another stop under the same number is a conflict."""
    body = {"id": "phone-0001", "stop_id": FIRST, "lon": 113.005, "lat": 34.005}
    first = officer.post("/api/v1/check-ins", json=body)
    again = officer.post("/api/v1/check-ins", json=body)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json == again.json
    assert (first.json["planned"], first.json["distance_metres"], first.json["far"]) == (True, 0, False)
    assert officer.post("/api/v1/check-ins", json={**body, "stop_id": SECOND}).status_code == 409
    with ctx.storage.read() as uow:
        assert len(uow.check_ins.between(TODAY, TODAY)) == 1


def test_officers_check_in_unplanned_in_their_own_township_only(officer: FlaskClient) -> None:
    """A place of the east, yes; a place or village of the west, no; nowhere, not found."""

    def status(stop_id: str, number: int) -> int:
        answer = officer.post("/api/v1/check-ins", json={"id": f"phone-1{number:03}", "stop_id": stop_id})
        return answer.status_code

    assert status("p1", 1) == 201
    assert status("p2", 2) == 403
    assert status(f"village:{WEST}000", 3) == 403
    assert status("nowhere", 4) == 404


def test_times_ahead_or_long_ago_are_refused(officer: FlaskClient) -> None:
    """A phone's clock may be wrong."""
    for hours in (2, -24 * 30):
        at = (NOW + timedelta(hours=hours)).isoformat()
        body = {"id": f"phone-{abs(hours)}-x", "stop_id": FIRST, "arrived_at": at}
        assert officer.post("/api/v1/check-ins", json=body).status_code == 400


def test_an_officer_sees_the_own_patrol_only(officer: FlaskClient, as_user: AsUser) -> None:
    """Planners may look at an officer's; other officers and other townships may not."""
    mine = officer.get("/api/v1/my/patrol").json
    assert [item["name"] for item in mine["stops"]] == [item.name for item in STOPS]
    assert mine["stops"][0]["state"] == "next"
    assert officer.get("/api/v1/my/patrol?officer=o2").status_code == 403
    assert as_user("planner").get("/api/v1/my/patrol?officer=o2").json["squad"] == 1
    assert as_user("planner_west").get("/api/v1/my/patrol?officer=o2").status_code == 403
    assert officer.get(f"/api/v1/days/{EAST}/{TODAY}").status_code == 403


def test_without_a_plan_the_page_is_friendly_and_names_the_next_duty(ctx: Context, as_user: AsUser) -> None:
    """Nothing is published today; tomorrow there is a squad."""
    phone = as_user("officer")
    assert "今天的巡查计划尚未发布" in page(phone)
    tomorrow = day_plan("d2", day=TODAY + timedelta(days=1))
    publish(ctx, tomorrow)
    text = page(phone)
    assert "下次执勤：3月3日" in text
    assert "队长执法员1" in text


def test_a_planner_looks_at_an_officers_page_without_being_able_to_act(
    officer: FlaskClient, as_user: AsUser
) -> None:
    """The stops show; the buttons that change something do not."""
    planner = as_user("planner")
    assert "执法员2" in page(planner)
    text = page(planner, "/m/?officer=o2")
    assert "正在预览 执法员2" in text
    assert "/m/check-in" not in text
    assert as_user("planner_west").get("/m/?officer=o2").status_code == 403


def test_a_plan_published_anew_is_announced_until_it_was_read(officer: FlaskClient, ctx: Context) -> None:
    """With what changed for this squad."""
    assert "计划已重新发布</strong>" not in page(officer)
    publish(ctx, day_plan("d2", stops=STOPS[:2]))
    text = page(officer)
    assert "计划已重新发布</strong>" in text
    assert "取消：围墙倾斜" in text
    assert "计划已重新发布</strong>" in page(officer)
    assert "计划已重新发布</strong>" not in send(officer, "/m/seen", plan="d2")


def finding(client: FlaskClient, *, photo: bytes | None = None, **fields: object) -> str:
    """Record a finding by the form; the page shown afterwards."""
    form: dict[str, object] = {"kind": "dumping", "outcome": "passed_on", "stop": FIRST, **fields}
    if photo is not None:
        form["photo"] = (io.BytesIO(photo), "p.jpg")
    return send(client, "/m/finding", **form)


def test_a_finding_with_a_photo_reaches_the_desks_layer(officer: FlaskClient, as_user: AsUser) -> None:
    """Kind, place and a small photo without the camera's words."""
    text = finding(officer, photo=jpeg(), description="垃圾两车", urgent="on")
    assert "“乱堆乱放”已转办公室处理" in text
    layer = as_user("planner").get(f"/api/v1/map/incidents.geojson?township={EAST}").json
    (feature,) = (item for item in layer["features"] if item["properties"]["category"] == "乱堆乱放")
    assert feature["geometry"]["coordinates"] == [113.005, 34.005]
    properties = feature["properties"]
    assert (properties["state"], properties["urgent"], properties["source"]) == ("reported", True, "patrol")
    assert properties["description"] == "垃圾两车"
    (address,) = properties["photos"]
    answer = as_user("planner").get(address)
    assert (answer.mimetype, answer.headers["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    with Image.open(io.BytesIO(answer.data)) as image:
        assert image.size == (1600, 800)
    assert as_user("planner_west").get(address).status_code == 403
    assert as_user("department").get(address).status_code == 403


def test_a_finding_settled_on_the_spot_is_kept_as_settled(officer: FlaskClient, ctx: Context) -> None:
    """With the phone's position before the stop's."""
    assert "现场已处置" in finding(officer, outcome="settled", lon="113.012", lat="34.002")
    with ctx.storage.read() as uow:
        (found,) = uow.incidents.search(states={"settled"})
    assert (found.lon, found.lat, found.village_code) == (113.012, 34.002, f"{EAST}001")


def test_the_same_finding_sent_twice_is_stored_once(officer: FlaskClient, ctx: Context) -> None:
    """A phone without signal tries again."""
    for _ in range(2):
        finding(officer, id="20260302-abcd", photo=jpeg())
    with ctx.storage.read() as uow:
        assert uow.incidents.get("20260302-abcd") is not None
        assert len(uow.attachments.find("incident", "20260302-abcd")) == 1


@pytest.mark.parametrize(
    "content", [b"", b"<svg onload=alert(1)>", b"\xff\xd8\xff\xe0 no picture", b"GIF89a"]
)
def test_what_is_no_photo_is_refused_and_nothing_is_stored(
    officer: FlaskClient, ctx: Context, content: bytes
) -> None:
    """Whatever its name says."""
    assert "无法读取这张照片" in finding(officer, photo=content)
    with ctx.storage.read() as uow:
        assert [item.id for item in uow.incidents.search()] == ["i1"]


def test_programs_record_findings_too(officer: FlaskClient) -> None:
    """The same rules over the API; an unreadable photo or an unknown kind is refused."""
    body = {
        "id": "phone-f-1",
        "kind": "noise",
        "outcome": "passed_on",
        "found_at": NOW.isoformat(),
        "lon": 113.012,
        "lat": 34.002,
        "photos": [base64.b64encode(jpeg((40, 30))).decode()],
    }
    first = officer.post("/api/v1/findings", json=body)
    again = officer.post("/api/v1/findings", json=body)
    assert (first.status_code, first.json["category"]) == (201, "噪声扰民")
    assert again.json == first.json
    assert officer.post("/api/v1/findings", json={**body, "description": "other"}).status_code == 409
    for wrong in ({"photos": ["%%"]}, {"photos": ["aGVsbG8="]}, {"kind": "ghosts"}):
        assert officer.post("/api/v1/findings", json={**body, "id": "phone-f-2", **wrong}).status_code == 400


def test_a_finding_outside_the_own_township_is_refused(officer: FlaskClient) -> None:
    """The west's officers look after the west."""
    assert "您无权查看" in finding(officer, lon="113.005", lat="34.105")


def test_a_finding_without_any_place_asks_for_one(ctx: Context, as_user: AsUser) -> None:
    """No position, no photo with one, no stop."""
    assert "不知道问题在哪里" in finding(as_user("officer"), stop="")


def test_nothing_a_user_wrote_becomes_markup(ctx: Context, as_user: AsUser) -> None:
    """A stop's name is text, on the page and in the map's data."""
    named = replace(STOPS[0], name="</script><b>坏</b>")
    publish(ctx, day_plan("d1", stops=(named,)))
    text = page(as_user("officer"))
    assert "<b>坏" not in text
    assert "</script><b>" not in text


def test_what_an_officer_passes_on_is_filed_and_escalated(officer: FlaskClient, ctx: Context) -> None:
    """Not left lying as reported; an urgent one stays for a squad of the day."""
    finding(officer, outcome="passed_on", lon="113.012", lat="34.002", description="两车渣土")
    finding(officer, outcome="passed_on", lon="113.012", lat="34.002", urgent="on")
    finding(officer, outcome="settled", lon="113.012", lat="34.002")
    with ctx.storage.read() as uow:
        cases = {case.state: case for case in uow.cases.find()}
        incidents = {item.case_id: item for item in uow.incidents.find()}
        passed = uow.case_steps.of_case(cases["escalated"].id)
    assert set(cases) == {"escalated", "filed", "settled"}
    assert cases["filed"].urgent
    assert {name: incidents[case.id].state for name, case in cases.items()} == {
        "escalated": "escalated",
        "filed": "reported",
        "settled": "settled",
    }
    assert [(s.action, s.note, s.body) for s in passed] == [
        ("file", "", None),
        ("escalate", "两车渣土", "office"),
    ]


def test_checking_in_at_an_incident_puts_its_case_on_the_scene(officer: FlaskClient, ctx: Context) -> None:
    """Filed where nobody had; leaving it open passes it to the office."""
    send(officer, "/m/check-in", id="c" * 16, stop=MATTER)
    with ctx.storage.read() as uow:
        (case,) = uow.cases.find()
        assert uow.incidents.get("i1").state == "reported"
    assert (case.state, case.officer_id) == ("on_scene", "o1")
    send(officer, "/m/leave", stop=MATTER, outcome="passed_on")
    with ctx.storage.read() as uow:
        (case,) = uow.cases.find()
        assert uow.incidents.get("i1").state == "escalated"
    assert case.state == "escalated"
