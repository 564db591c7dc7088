"""Reports told to the WeChat account: placed right, taken once, answered; nothing kept that need not be."""

from __future__ import annotations

import io
import json
import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from conftest import NOW, MovableNow
from PIL import Image
from sqlalchemy import select, text
from wechat_world import ENCRYPTED, PLAIN, WeChatServer, app_with

from gridmgr.config import WeChatConfig
from gridmgr.domain.incidents import Incident
from gridmgr.geo.datum import from_wgs84
from gridmgr.services import jobs
from gridmgr.services.context import Context
from gridmgr.storage.schema import metadata

SECONDS = int(NOW.timestamp())
#: A point in the east's first village, WGS84, and what a Chinese map makes of it.
LON, LAT = 113.004, 34.004
FOLLOWER = "oVerySecretOpenId"


@pytest.fixture(params=[PLAIN, ENCRYPTED], ids=["plain", "encrypted"])
def server(request: pytest.FixtureRequest, ctx: Context) -> WeChatServer:
    """WeChat, in both modes."""
    config: WeChatConfig = request.param
    return WeChatServer(app_with(ctx, config).test_client(), SECONDS, encrypted=bool(config.aes_key))


@pytest.fixture
def plain(ctx: Context) -> WeChatServer:
    """WeChat in the open."""
    return WeChatServer(app_with(ctx, PLAIN).test_client(), SECONDS)


def location(server: WeChatServer, follower: str = FOLLOWER) -> str:
    """Send the point as WeChat does: latitude as X, in the datum of Chinese maps."""
    lon, lat = from_wgs84(LON, LAT, "gcj02")
    xml = server.message(
        "location", follower, Location_X=f"{lat:.6f}", Location_Y=f"{lon:.6f}", Scale="16", Label="东乡集市"
    )
    return server.words(server.deliver(xml))


def report(server: WeChatServer, follower: str = FOLLOWER) -> str:
    """Tell a whole report; the words that answer its confirmation."""
    server.say("路边倒了很多建筑垃圾", follower)
    location(server, follower)
    return server.say("确认", follower)


def code_in(words: str) -> str:
    """The receipt code of an answer."""
    found = re.search(r"\d{4} \d{4} \d{4} \d{4}", words)
    assert found, words
    return found[0]


def incidents(ctx: Context) -> list[Incident]:
    """All there are."""
    with ctx.storage.read() as uow:
        return uow.incidents.find()


def test_a_point_of_a_chinese_map_lands_where_it_is(ctx: Context, server: WeChatServer) -> None:
    """Converted once: within a metre, in the right village, though the shift is half a kilometre."""
    server.say("路边倒了很多建筑垃圾", FOLLOWER)
    assert "东乡集市" in location(server)
    words = server.say("确认", FOLLOWER)
    assert "已受理" in words
    assert code_in(words)
    (incident,) = incidents(ctx)
    assert incident.lon == pytest.approx(LON, abs=1e-5)
    assert incident.lat == pytest.approx(LAT, abs=1e-5)
    assert (incident.source, incident.village_code) == ("wechat", "41010100100" + "0")
    assert incident.description == "路边倒了很多建筑垃圾"


def test_words_for_a_place_name_the_village_and_wait_for_the_office(
    ctx: Context, plain: WeChatServer
) -> None:
    """No incident before somebody knows where it is."""
    plain.say("有人焚烧秸秆", FOLLOWER)
    plain.say("东乡1村小学后面", FOLLOWER)
    words = plain.say("确认", FOLLOWER)
    assert "核实" in words
    assert incidents(ctx) == []
    with ctx.storage.read() as uow:
        (tip,) = uow.tips.find()
    assert (tip.state, tip.place_words, tip.village_code) == ("pending", "东乡1村小学后面", "410101001001")


def test_a_voice_message_counts_by_the_words_wechat_heard(ctx: Context, plain: WeChatServer) -> None:
    """Without words it is asked to be typed."""
    heard = plain.message("voice", FOLLOWER, MediaId="m", Format="amr", Recognition="门口堆满垃圾")
    assert "位置" in plain.words(plain.deliver(heard))
    mute = plain.message("voice", FOLLOWER, MediaId="m", Format="amr")
    assert "没有听清" in plain.words(plain.deliver(mute))
    location(plain)
    plain.say("确认", FOLLOWER)
    assert [incident.description for incident in incidents(ctx)] == ["门口堆满垃圾"]


@pytest.mark.parametrize(("x", "y"), [("nan", "113"), ("91", "113"), ("34", "181"), ("", ""), ("1e400", "1")])
def test_a_place_that_is_none_is_asked_for_again(ctx: Context, plain: WeChatServer, x: str, y: str) -> None:
    """Coordinates are unchecked texts in WeChat's message."""
    plain.say("路灯坏了", FOLLOWER)
    words = plain.words(plain.deliver(plain.message("location", FOLLOWER, Location_X=x, Location_Y=y)))
    assert "暂不支持" in words
    assert "位置" in plain.say("确认", FOLLOWER)
    assert incidents(ctx) == []


def test_the_same_message_again_is_answered_the_same_and_taken_once(
    ctx: Context, server: WeChatServer
) -> None:
    """WeChat repeats up to three times what it got no answer to."""
    server.say("路边倒了很多建筑垃圾", FOLLOWER)
    location(server)
    xml = server.message("text", FOLLOWER, Content="确认")
    answers = {server.words(server.deliver(xml)) for _ in range(3)}
    assert len(answers) == 1
    assert code_in(answers.pop())
    assert len(incidents(ctx)) == 1


def test_the_same_message_at_the_same_time_is_taken_once(ctx: Context) -> None:
    """Eight deliveries in parallel: one report, one receipt code for all."""
    app = app_with(ctx, PLAIN)
    first = WeChatServer(app.test_client(), SECONDS)
    first.say("路边倒了很多建筑垃圾", FOLLOWER)
    location(first)
    xml = first.message("text", FOLLOWER, Content="确认")
    gate = threading.Barrier(8)

    def deliver(_: int) -> str:
        own = WeChatServer(app.test_client(), SECONDS)
        gate.wait()
        return own.words(own.deliver(xml))

    with ThreadPoolExecutor(8) as pool:
        words = set(pool.map(deliver, range(8)))
    assert len(words) == 1
    assert len(incidents(ctx)) == 1


def test_an_event_is_known_again_without_a_message_id(ctx: Context, plain: WeChatServer) -> None:
    """By sender, time and kind."""
    event = plain.message("event", FOLLOWER, Event="subscribe")
    assert plain.words(plain.deliver(event)) == plain.words(plain.deliver(event))
    with ctx.storage.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM wechat_message")).scalar() == 1


def test_followers_do_not_mix(ctx: Context, plain: WeChatServer) -> None:
    """Two people telling at the same time tell two reports."""
    plain.say("甲：噪声扰民", "oA")
    plain.say("乙：占道经营", "oB")
    location(plain, "oA")
    plain.say("确认", "oB")
    plain.say("确认", "oA")
    assert [incident.description for incident in incidents(ctx)] == ["甲：噪声扰民"]


def test_cancelled_is_cancelled(ctx: Context, plain: WeChatServer) -> None:
    """Confirming afterwards hands in nothing."""
    plain.say("路灯坏了", FOLLOWER)
    location(plain)
    assert "已取消" in plain.say("取消", FOLLOWER)
    assert "发生了什么" in plain.say("确认", FOLLOWER)
    assert incidents(ctx) == []


def test_an_unfinished_report_is_given_up_after_two_hours(
    ctx: Context, plain: WeChatServer, now: MovableNow
) -> None:
    """And its sender is told."""
    plain.say("路灯坏了", FOLLOWER)
    location(plain)
    now.advance(timedelta(hours=2, minutes=1))
    plain.seconds += 7260
    words = plain.say("确认", FOLLOWER)
    assert "超过两小时" in words
    assert "发生了什么" in words
    assert incidents(ctx) == []


def test_progress_is_told_by_the_code_and_by_the_follower(ctx: Context, plain: WeChatServer) -> None:
    """Before and after it is settled; a mistyped code is told from an unknown one."""
    code = code_in(report(plain))
    assert "已受理，等待处理" in plain.say(f"进度 {code}", "oSomebodyElse")
    (incident,) = incidents(ctx)
    with ctx.storage.write("test") as uow:
        uow.incidents.replace(replace(incident, state="settled", settled_at=NOW))
        uow.record("test.settle", "incident", incident.id)
        uow.commit()
    assert "已办结" in plain.say("进度", FOLLOWER)
    wrong = code[:-1] + str((int(code[-1]) + 1) % 10)
    assert "核对" in plain.say(f"进度 {wrong}", FOLLOWER)
    assert "受理编号" in plain.say("进度", "oSomebodyElse")


def test_the_follower_chooses_the_language(plain: WeChatServer) -> None:
    """It stays."""
    assert "confirm" in plain.say("English", FOLLOWER)
    assert "location" in plain.say("The street light is broken", FOLLOWER)
    assert "确认" in plain.say("中文", FOLLOWER)


def test_too_many_messages_and_reports_are_held_back(
    ctx: Context, plain: WeChatServer, now: MovableNow
) -> None:
    """Twenty messages a minute and ten reports a day, for each follower by themselves."""
    for _ in range(20):
        plain.say("帮助", FOLLOWER)
    assert "过于频繁" in plain.say("帮助", FOLLOWER)
    assert "反映问题" in plain.say("帮助", "oSomebodyElse")
    for _ in range(10):
        now.advance(timedelta(minutes=2))
        plain.seconds += 120
        assert "已受理" in report(plain)
    now.advance(timedelta(minutes=2))
    plain.seconds += 120
    assert "明天" in report(plain)
    assert len(incidents(ctx)) == 10


def test_who_the_follower_is_is_stored_nowhere(ctx: Context, plain: WeChatServer) -> None:
    """Neither the OpenID nor the words of an unfinished report stand readable in the database file."""
    report(plain)
    plain.say("还没有说完的话", FOLLOWER)
    with ctx.storage.engine.connect() as connection:
        dump = "\n".join(
            str(row) for table in metadata.sorted_tables for row in connection.execute(select(table))
        )
    assert "路边倒了很多建筑垃圾" in dump
    assert FOLLOWER not in dump
    assert "还没有说完的话" not in dump


def test_who_leaves_is_forgotten(ctx: Context, plain: WeChatServer) -> None:
    """With the unfinished report."""
    plain.say("还没有说完的话", FOLLOWER)
    plain.deliver(plain.message("event", FOLLOWER, Event="unsubscribe"))
    with ctx.storage.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM wechat_follower")).scalar() == 0


def test_a_report_is_in_the_trail_and_small_talk_is_not(ctx: Context, plain: WeChatServer) -> None:
    """Whoever reads the trail finds what was done, not every word that was said."""
    with ctx.storage.read() as uow:
        before = len(uow.audit.find(limit=1000))
    plain.say("帮助", FOLLOWER)
    plain.say("路灯坏了", FOLLOWER)
    with ctx.storage.read() as uow:
        assert len(uow.audit.find(limit=1000)) == before
    location(plain)
    plain.say("确认", FOLLOWER)
    with ctx.storage.read() as uow:
        new = uow.audit.find(limit=2)
    assert {event.action for event in new} == {"tip.take", "incident.report"}
    assert {event.actor for event in new} == {"public:wechat"}


class WeChatFiles:
    """WeChat's file server: gives a token and the photos it holds."""

    def __init__(self) -> None:
        picture = io.BytesIO()
        Image.new("RGB", (40, 30), "red").save(picture, "JPEG")
        self.photos = {"good": picture.getvalue(), "rubbish": b"GIF89a nonsense"}
        self.valid_token = "t1"
        self.given_token = "t1"
        self.down = False
        self.asked: list[str] = []

    def answer(self, path: str, query: dict[str, list[str]]) -> tuple[str, bytes]:
        """Content type and body."""
        self.asked.append(path)
        if path == "/cgi-bin/token":
            token, self.given_token = self.given_token, self.valid_token
            return "application/json", json.dumps({"access_token": token, "expires_in": 7200}).encode()
        if query["access_token"] != [self.valid_token]:
            return "application/json", b'{"errcode": 40001, "errmsg": "invalid credential"}'
        found = self.photos.get(query["media_id"][0])
        if found is None:
            return "text/plain", b'{"errcode": 40007, "errmsg": "invalid media_id"}'
        return "image/jpeg", found


@pytest.fixture
def files() -> Iterator[tuple[WeChatFiles, str]]:
    """The file server and its address."""
    state = WeChatFiles()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            if state.down:
                self.send_error(503)
                return
            kind, body = state.answer(parts.path, parse_qs(parts.query))
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=http.serve_forever, daemon=True)
    thread.start()
    yield state, f"http://127.0.0.1:{http.server_port}"
    http.shutdown()
    thread.join()


@pytest.fixture
def with_photos(ctx: Context, files: tuple[WeChatFiles, str]) -> Callable[..., Context]:
    """Tell a report with photos of the given ids to an office that fetches them; its context."""
    config = replace(PLAIN, app_secret="hush", api_url=files[1])

    def tell(*media: str) -> Context:
        server = WeChatServer(app_with(ctx, config).test_client(), SECONDS)
        for one in media:
            picture = server.message("image", FOLLOWER, PicUrl="http://example.invalid/x", MediaId=one)
            assert "张照片" in server.words(server.deliver(picture))
        assert "照片已登记" in report(server)
        return replace(ctx, config=replace(ctx.config, wechat=config))

    return tell


def states(ctx: Context) -> dict[str, str]:
    """State of each photo by its id at WeChat."""
    with ctx.storage.read() as uow:
        return {photo.media_id: photo.state for photo in uow.wechat_photos.find()}


def test_photos_are_fetched_by_a_job_and_put_to_the_incident(with_photos: Callable[..., Context]) -> None:
    """One is there, one is gone, one is no picture; the report was taken before any was asked for."""
    office = with_photos("good", "gone", "rubbish")
    assert states(office) == {"good": "pending", "gone": "pending", "rubbish": "pending"}
    job = jobs.run_next(office)
    assert job is not None
    assert (job.kind, job.state, job.result) == ("wechat_photos", "done", {"stored": 1, "lost": 2})
    assert states(office) == {"good": "stored", "gone": "lost", "rubbish": "lost"}
    (incident,) = incidents(office)
    with office.storage.read() as uow:
        (kept,) = uow.attachments.find("incident", incident.id)
        assert uow.audit.first_broken() is None
    assert kept.mime == "image/jpeg"


def test_an_access_token_that_ran_out_is_renewed(
    with_photos: Callable[..., Context], files: tuple[WeChatFiles, str]
) -> None:
    """Once, and then the photo comes."""
    files[0].given_token = "old"
    office = with_photos("good")
    jobs.run_next(office)
    assert states(office) == {"good": "stored"}
    assert files[0].asked.count("/cgi-bin/token") == 2


def test_what_could_not_be_fetched_is_fetched_with_the_next_report(
    with_photos: Callable[..., Context], files: tuple[WeChatFiles, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """WeChat being down is no reason to lose a photo."""
    monkeypatch.setattr("gridmgr.services.intake.wechat.media.time.sleep", lambda _: None)
    files[0].down = True
    office = with_photos("good")
    jobs.run_next(office)
    assert states(office) == {"good": "pending"}
    files[0].down = False
    files[0].photos["second"] = files[0].photos["good"]
    with_photos("second")
    jobs.run_next(office)
    assert states(office) == {"good": "stored", "second": "stored"}


def test_a_photo_is_given_up_after_three_days(with_photos: Callable[..., Context], now: MovableNow) -> None:
    """WeChat keeps it no longer, so nobody need ask."""
    office = with_photos("good")
    now.advance(timedelta(days=3, minutes=1))
    jobs.run_next(office)
    assert states(office) == {"good": "lost"}


def test_without_the_accounts_secret_no_photo_is_asked_for(ctx: Context, plain: WeChatServer) -> None:
    """It stays noted with the report, and no job runs."""
    plain.deliver(plain.message("image", FOLLOWER, PicUrl="http://example.invalid/x", MediaId="m1"))
    report(plain)
    assert states(ctx) == {"m1": "pending"}
    assert jobs.run_next(ctx) is None
