"""The public form, its receipt and its status, as a phone without scripts uses them."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from apiflask import APIFlask
from conftest import EAST, WEST, MovableNow
from flask.testing import FlaskClient
from PIL import Image

from gridmgr.domain.receipts import new_code, read_code
from gridmgr.services.context import Context
from gridmgr.services.intake import limits
from webapp import create_app
from webapp.public import tipform

WORDS = "村口有人倒垃圾，我叫王秀英，电话13800001234"


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests fill in forms faster than people; one test below holds the wait."""
    monkeypatch.setattr(tipform, "MIN_SECONDS", 0)


def fetch(client: FlaskClient, path: str = "/tip") -> str:
    """The form's token."""
    page = client.get(path).get_data(as_text=True)
    return re.search(r'name="token" value="([^"]+)"', page)[1]


def send(client: FlaskClient, token: str | None = None, **fields):
    """Send the form, by default of litter in the first village."""
    told = {"kind": "dumping", "village": f"{EAST}000", "place": "小学东边", "description": WORDS}
    values = told | {"token": token or fetch(client)} | fields
    return client.post("/tip", data=values, content_type="multipart/form-data")


def code_of(page: str) -> str:
    """The receipt code a page shows."""
    shown = re.search(r'id="receipt-code">(.*?)</p>', page)[1]
    return read_code(re.sub(r"<[^>]+>", "", shown))


def reported(client: FlaskClient, **fields) -> str:
    """Send a report; its receipt code."""
    answer = send(client, **fields)
    assert answer.status_code == 201, answer.get_data(as_text=True)
    return code_of(answer.get_data(as_text=True))


def look(client: FlaskClient, code: str):
    """Ask for the status."""
    return client.post("/tip/status", data={"code": code})


def jpeg(colour: str = "green") -> bytes:
    """A small photo."""
    data = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(data, "JPEG")
    return data.getvalue()


def settle(ctx: Context, state: str = "settled") -> None:
    """Let the office settle whatever was reported."""
    with ctx.storage.write("planner") as uow:
        for incident in uow.incidents.find():
            uow.incidents.replace(replace(incident, state=state, settled_at=ctx.clock.utc_now()))
            uow.record("incident.settle", "incident", incident.id)
        uow.commit()


def test_the_form_needs_no_script_no_account_and_sets_no_cookie(client: FlaskClient) -> None:
    """One page with everything; nothing from elsewhere."""
    answer = client.get("/tip")
    page = answer.get_data(as_text=True)
    assert "Set-Cookie" not in answer.headers
    for name in ("kind", "village", "place", "description", "photo", "name", "phone"):
        assert f'name="{name}"' in page
    assert re.findall(r'(?:src|href)="(?:https?:)?//', page) == []


def test_a_report_gives_a_receipt_that_opens_its_status(client: FlaskClient, ctx: Context) -> None:
    """From the form to the status, photo and contact included."""
    code = reported(client, photo=(io.BytesIO(jpeg()), "a.jpg"), name="王秀英", phone="138 0000 1234")
    with ctx.storage.read() as uow:
        (tip,) = uow.tips.find()
        photos = uow.attachments.find("tip", tip.id)
    assert (tip.state, tip.village_code, tip.township_code) == ("pending", f"{EAST}000", EAST)
    assert tip.contact_sealed is not None
    assert len(photos) == 1
    page = look(client, code).get_data(as_text=True)
    assert "已收到，正在核对地点" in page
    assert "乱堆乱放" in page


def test_a_point_of_the_script_makes_an_incident_at_once(client: FlaskClient, ctx: Context) -> None:
    """Hidden fields carry it."""
    code = reported(client, lon="113.005", lat="34.005")
    with ctx.storage.read() as uow:
        assert [incident.category for incident in uow.incidents.find()] == ["乱堆乱放"]
    assert "已受理，等待核实" in look(client, code).get_data(as_text=True)


def test_the_status_shows_no_personal_data(client: FlaskClient, ctx: Context) -> None:
    """Names and numbers are masked, in the reporter's own words too; the office's people are not named."""
    code = reported(client, lon="113.005", lat="34.005", name="王秀英", phone="13800001234")
    settle(ctx)
    page = look(client, code).get_data(as_text=True)
    assert "村口有人倒垃圾" in page
    for hidden in ("王秀英", "13800001234", "planner", "计划员"):
        assert hidden not in page


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"description": ""}, "请说说发生了什么"),
        ({"village": "", "place": ""}, "请选择村（社区）"),
        ({"phone": "12345"}, "请检查电话号码"),
        ({"kind": "nonsense"}, "请在列表中选择"),
        ({"description": "长" * 4001}, "太长了"),
        ({"homepage": "http://spam.example"}, "请再提交一次"),
        ({"token": "forged"}, "页面打开太久了"),
        ({"village": "nowhere"}, "没有编号为"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(client: FlaskClient, ctx: Context, fields, words):
    """At the top and at the field; nothing is stored."""
    answer = send(client, **({"place": "老槐树旁"} | fields))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert words in page
    assert "老槐树旁" in page or fields.get("place") == ""
    with ctx.storage.read() as uow:
        assert uow.tips.count() == 0


def test_a_form_sent_in_a_second_is_asked_to_wait(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program's speed; a person presses the button again."""
    monkeypatch.setattr(tipform, "MIN_SECONDS", 3)
    answer = send(client)
    assert answer.status_code == 400
    assert "提交得太快了" in answer.get_data(as_text=True)


def test_sending_twice_is_one_report_and_going_back_to_write_another_is_two(
    client: FlaskClient, ctx: Context
) -> None:
    """Same form, same words: same receipt. Same form, other words: another report."""
    token = fetch(client)
    first, again = send(client, token), send(client, token)
    assert (first.status_code, again.status_code) == (201, 200)
    assert code_of(first.get_data(as_text=True)) == code_of(again.get_data(as_text=True))
    assert send(client, token, description="路灯坏了，晚上看不见").status_code == 201
    with ctx.storage.read() as uow:
        assert uow.tips.count() == 2


@pytest.mark.parametrize(
    ("photo", "words"),
    [
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 64, "第 1 张照片"),
        (b"<svg onload=alert(1)>", "第 1 张照片"),
        (b"", "第 1 张照片"),
    ],
    ids=["heic", "svg", "empty"],
)
def test_what_is_no_photo_is_named(client: FlaskClient, ctx: Context, photo: bytes, words: str) -> None:
    """ASVS 5.2.2: content is read, not believed; nothing is stored."""
    answer = send(client, photo=(io.BytesIO(photo), "a.jpg"))
    assert answer.status_code == 400
    assert words in answer.get_data(as_text=True)
    with ctx.storage.read() as uow:
        assert uow.tips.count() == 0


def test_too_many_photos_and_too_large_a_body_are_refused_in_plain_words(
    client: FlaskClient, app: APIFlask
) -> None:
    """ASVS 5.2.1."""
    four = [(io.BytesIO(jpeg()), f"{n}.jpg") for n in range(4)]
    many = send(client, photo=four)
    assert many.status_code == 400
    token = fetch(client)
    app.config["MAX_CONTENT_LENGTH"] = 2**20
    large = send(client, token, photo=(io.BytesIO(b"\0" * (2**20 + 1)), "a.jpg"))
    assert large.status_code == 413
    assert "照片太大，合计不能超过 1 MB" in large.get_data(as_text=True)


def test_the_same_words_are_taken_only_so_often_a_day(
    client: FlaskClient, ctx: Context, now: MovableNow
) -> None:
    """Blanks and stops make no other words; tomorrow it works again."""
    for number in range(limits.SAME_TEXT_A_DAY):
        reported(client, description=WORDS + "！" * number)
    stopped = send(client, description=" ".join(WORDS))
    assert stopped.status_code == 429
    assert "相同的内容" in stopped.get_data(as_text=True)
    reported(client, description="另外一件事")
    now.advance(timedelta(days=1, minutes=1))
    reported(client)


@pytest.mark.parametrize(
    ("cap", "words"), [("tip_daily_cap", "今天网上反映"), ("tip_address_cap", "您所在的网络")]
)
def test_a_day_s_cap_ends_in_a_clear_page(
    client: FlaskClient, ctx: Context, now: MovableNow, cap: str, words: str
) -> None:
    """In all, and from one address; the report that is there already may be sent again."""
    with ctx.storage.write("admin") as uow:
        uow.settings.save_office(replace(uow.settings.office(), **{cap: 2}))
        uow.record("test.settings", "settings", "office")
        uow.commit()
    token = fetch(client)
    assert send(client, token).status_code == 201
    reported(client, description="第二件事")
    stopped = send(client, description="第三件事")
    assert stopped.status_code == 429
    assert words in stopped.get_data(as_text=True)
    assert "12345" in stopped.get_data(as_text=True)
    assert send(client, token).status_code == 200
    now.advance(timedelta(days=1))
    reported(client, description="第三件事")


def test_many_requests_from_one_address_are_slowed_down(ctx: Context) -> None:
    """For looking up codes and for the form alike (ASVS 2.4.1, 6.3.1)."""
    app = create_app(ctx, secret_key=b"tests-only-secret-key")
    client = app.test_client()
    looks = [look(client, "1234").status_code for _ in range(31)]
    assert looks[0] == 400
    assert looks[-1] == 429
    assert "查询得太频繁" in look(client, "1234").get_data(as_text=True)


def test_a_mistyped_code_is_told_from_an_unknown_one(client: FlaskClient) -> None:
    """The check digit knows."""
    code = reported(client)
    wrong = code[:-1] + str((int(code[-1]) + 1) % 10)
    assert look(client, wrong).status_code == 400
    assert look(client, new_code()).status_code == 404
    assert look(client, f" {code[:4]}-{code[4:8]} {code[8:12]} {code[12:]}").status_code == 200


def test_a_closed_report_is_rated_once(client: FlaskClient, ctx: Context) -> None:
    """Not before it is over, not twice, and not by halves; kept on record without words in the trail."""
    code = reported(client, lon="113.005", lat="34.005")
    said = {"code": code, "solved": "no", "score": "2", "words": "还在倒，找李主任没用"}
    assert client.post("/tip/status/rate", data=said).status_code == 409
    settle(ctx)
    assert client.post("/tip/status/rate", data=said | {"score": "9"}).status_code == 400
    assert client.post("/tip/status/rate", data={"code": code, "score": "2"}).status_code == 400
    rated = client.post("/tip/status/rate", data=said)
    assert rated.status_code == 200
    page = rated.get_data(as_text=True)
    assert "谢谢您的评价" in page
    assert "还在倒，找***主任没用" in page
    assert client.post("/tip/status/rate", data=said).status_code == 409
    with ctx.storage.read() as uow:
        (tip,) = uow.tips.find()
        event = uow.audit.find(limit=1)[0]
    assert (tip.solved, tip.score, tip.rating_words) == (False, 2, said["words"])
    assert (event.action, event.actor) == ("tip.rate", "public:receipt")
    assert "李主任" not in str(event)


def test_the_reporter_has_contact_and_photos_deleted(client: FlaskClient, ctx: Context) -> None:
    """With the box ticked only; words are masked where they are kept, the incident's included."""
    photo = (io.BytesIO(jpeg()), "a.jpg")
    code = reported(client, lon="113.005", lat="34.005", phone="13800001234", photo=photo)
    assert client.post("/tip/status/erase", data={"code": code}).status_code == 400
    page = client.post("/tip/status/erase", data={"code": code, "sure": "1"}).get_data(as_text=True)
    assert "已按您的要求删除" in page
    with ctx.storage.read() as uow:
        (tip,), (incident,) = uow.tips.find(), uow.incidents.find()
        assert tip.contact_sealed is None
        assert tip.erased_at == ctx.clock.utc_now()
        assert uow.attachments.find("incident", incident.id) == []
        assert uow.audit.find(limit=1)[0].action == "tip.erase"
    for kept in (tip.description, incident.description):
        assert "13800001234" not in kept
        assert "王秀英" not in kept
        assert "村口有人倒垃圾" in kept


def test_photos_somebody_acted_on_stay_as_evidence(client: FlaskClient, ctx: Context) -> None:
    """Contact goes all the same."""
    photo = (io.BytesIO(jpeg()), "a.jpg")
    code = reported(client, lon="113.005", lat="34.005", phone="13800001234", photo=photo)
    settle(ctx)
    client.post("/tip/status/erase", data={"code": code, "sure": "1"})
    with ctx.storage.read() as uow:
        (tip,), (incident,) = uow.tips.find(), uow.incidents.find()
        assert tip.contact_sealed is None
        assert len(uow.attachments.find("incident", incident.id)) == 1


def test_a_township_s_own_notice_board_offers_its_villages(client: FlaskClient, ctx: Context) -> None:
    """Words without a village then go to that township."""
    page = client.get(f"/tip?township={WEST}").get_data(as_text=True)
    assert "西乡0村" in page
    assert "东乡0村" not in page
    reported(client, township=WEST, village="")
    with ctx.storage.read() as uow:
        (tip,) = uow.tips.find()
    assert (tip.township_code, tip.village_code) == (WEST, None)
    assert client.get("/tip?township=nowhere").status_code == 200


def test_in_a_large_county_the_township_is_chosen_first(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a button that needs no script and loses no words."""
    monkeypatch.setattr("webapp.public.tips.MOST_VILLAGES", 3)
    page = client.get("/tip").get_data(as_text=True)
    assert "东乡0村" not in page
    chosen = send(client, choose="1", township=EAST, village="").get_data(as_text=True)
    assert "东乡0村" in chosen
    assert "小学东边" in chosen
    assert client.get("/tip/villages.geojson").json["features"] == []


def test_the_form_s_map_tells_names_and_borders_only(client: FlaskClient) -> None:
    """No owners, no coverage, no risk."""
    found = client.get(f"/tip/villages.geojson?township={EAST}").json["features"]
    assert [feature["properties"] for feature in found] == [
        {"code": f"{EAST}000", "name": "东乡0村"},
        {"code": f"{EAST}001", "name": "东乡1村"},
    ]


def test_what_a_villager_types_is_never_markup(client: FlaskClient) -> None:
    """ASVS 1.2.1, on the form shown again and on the status."""
    evil = "<script>alert(1)</script>"
    again = send(client, place=evil, description="").get_data(as_text=True)
    assert evil not in again
    code = reported(client, description=evil, place=evil)
    assert evil not in look(client, code).get_data(as_text=True)


def test_the_pages_speak_english_too(client: FlaskClient) -> None:
    """Category included; switching from an answer to a form leads to a page, not to the login."""
    code = reported(client)
    switched = client.get("/language/en", headers={"Referer": "http://localhost/tip/status/rate"})
    assert switched.headers["Location"].endswith("/tip/status/rate")
    assert client.get("/tip/status/rate").status_code == 200
    page = look(client, code).get_data(as_text=True)
    assert "Received, the place is being made out" in page
    assert re.search(r"<dd>[A-Z][a-z ]+</dd>", page)
