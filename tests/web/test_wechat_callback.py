"""WeChat's callback: signed, fresh and readable, or refused; never a stumble."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest
from conftest import EAST, NOW
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wechat_world import APP_ID, ENCRYPTED, PLAIN, TOKEN, WeChatServer, app_with, signature

from gridmgr.config import WeChatConfig
from gridmgr.domain.assignments import OwnershipPlan, Responsibility
from gridmgr.errors import BadInput
from gridmgr.services.context import Context
from gridmgr.services.upkeep import examine

SECONDS = int(NOW.timestamp())
FUZZ = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture
def plain(ctx: Context) -> WeChatServer:
    """WeChat talking in the open."""
    return WeChatServer(app_with(ctx, PLAIN).test_client(), SECONDS)


@pytest.fixture
def sealed(ctx: Context) -> WeChatServer:
    """WeChat talking encrypted."""
    return WeChatServer(app_with(ctx, ENCRYPTED).test_client(), SECONDS, encrypted=True)


@pytest.fixture(params=["plain", "sealed"])
def server(request: pytest.FixtureRequest) -> WeChatServer:
    """Both modes."""
    return request.getfixturevalue(request.param)


def test_without_an_account_the_address_is_not_there(ctx: Context) -> None:
    """The office that uses no WeChat has no open door."""
    client = app_with(ctx, None).test_client()
    assert client.get("/wechat/callback").status_code == 404
    assert client.post("/wechat/callback", data=b"<xml/>").status_code == 404


def test_the_question_whose_address_it_is_is_echoed(plain: WeChatServer) -> None:
    """As plain text, exactly as it came."""
    answer = plain.client.get("/wechat/callback", query_string=plain.query() | {"echostr": "<b>123</b>"})
    assert answer.status_code == 200
    assert answer.get_data() == b"<b>123</b>"
    assert answer.mimetype == "text/plain"


@pytest.mark.parametrize("changed", ["signature", "timestamp", "nonce"])
def test_any_change_breaks_the_signature(server: WeChatServer, changed: str) -> None:
    """One sign more in one value, and nothing is answered."""
    query = server.query()
    query[changed] = query[changed] + "0"
    answer = server.client.get("/wechat/callback", query_string=query | {"echostr": "1"})
    assert answer.status_code == 403
    assert answer.get_json()["error"]["message"] == "签名不正确。"


@pytest.mark.parametrize("late", [timedelta(days=7), timedelta(minutes=11), -timedelta(minutes=11)])
def test_what_was_signed_long_ago_is_refused(server: WeChatServer, late: timedelta) -> None:
    """A week-old message that somebody recorded is worth nothing, nor one from the future."""
    server.seconds = SECONDS - int(late.total_seconds())
    answer = server.deliver(server.message("text", Content="谁负责 东乡0村"))
    assert answer.status_code == 403
    assert "有效时间" in answer.get_json()["error"]["message"]


def test_a_message_that_is_not_encrypted_is_refused_where_a_key_is_set(sealed: WeChatServer) -> None:
    """The plain signature does not cover the message."""
    body = sealed.message("text", Content="帮助").encode()
    answer = sealed.client.post("/wechat/callback", query_string=sealed.query(), data=body)
    assert answer.status_code == 400
    assert "加密" in answer.get_json()["error"]["message"]


def test_a_message_for_another_account_is_refused(ctx: Context) -> None:
    """Signed and encrypted with our key, and yet not for us."""
    elsewhere = WeChatConfig(token=TOKEN, app_id="wx_other", aes_key=ENCRYPTED.aes_key)
    server = WeChatServer(app_with(ctx, elsewhere).test_client(), SECONDS, encrypted=True)
    assert server.deliver(server.message("text", Content="帮助")).status_code == 403


def test_a_new_follower_is_welcomed_and_who_leaves_is_let_go(server: WeChatServer) -> None:
    """Events are answered like messages; who left cannot be."""
    welcome = server.words(server.deliver(server.message("event", Event="subscribe")))
    assert "您好" in welcome
    assert server.words(server.deliver(server.message("event", Event="unsubscribe"))) == ""


def test_a_follower_learns_who_answers_for_a_village(ctx: Context, server: WeChatServer) -> None:
    """The published lead officer with the agency; the villages of like names; or that there is none."""
    publish(ctx)
    assert server.say("谁负责 东乡0村") == "东乡 东乡0村：执法员1（a1所）"
    both = server.say("谁负责东乡").splitlines()
    assert both == [
        "东乡 东乡0村：执法员1（a1所）",
        "东乡 东乡1村：暂未公布包村执法人员，请联系乡镇综合行政执法办公室。",
    ]
    assert "没有找到" in server.say("谁负责 ]]><x>&%_")


def publish(ctx: Context) -> None:
    """Officer 1 leads the first village of the east."""
    duty = Responsibility(officer_id="o1", village_code=f"{EAST}000")
    plan = OwnershipPlan(
        id="r1",
        township_code=EAST,
        created_at=NOW,
        created_by="test",
        status="OPTIMAL",
        responsibilities=(duty,),
    )
    with ctx.storage.write("test") as uow:
        uow.ownership.add(plan)
        head = uow.ownership.head(EAST)
        in_force = replace(head, published_id="r1", published_at=NOW)
        uow.ownership.move_head(in_force, expected_version=head.version)
        uow.record("test.publish", "ownership", EAST)
        uow.commit()


def test_too_large_a_body_is_refused(server: WeChatServer) -> None:
    """WeChat's messages are small."""
    body = b"<xml>" + b"x" * 70_000 + b"</xml>"
    answer = server.client.post("/wechat/callback", query_string=server.query(), data=body)
    assert answer.status_code == 413


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><xml><MsgType>&b;</MsgType></xml>'


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<",
        b"<xml>",
        b"<xml/>",
        BOMB.encode(),
        b'<?xml version="1.0" encoding="utf-32"?><xml/>',
        b'<?xml version="1.0" encoding="nonsense"?><xml/>',
        b"<xml>" + b"<a>" * 20_000,
        b"\xff\xfe<xml/>",
        b"<xml><FromUserName>a</FromUserName><ToUserName>b</ToUserName></xml>",
        "<xml><FromUserName>a</FromUserName><ToUserName>b</ToUserName><MsgType>text</MsgType>"
        "<CreateTime>٣</CreateTime></xml>".encode(),
    ],
)
def test_what_is_no_message_is_refused(plain: WeChatServer, body: bytes) -> None:
    """Signed rubbish is still rubbish: 400, in words."""
    answer = plain.client.post("/wechat/callback", query_string=plain.query(), data=body)
    assert answer.status_code == 400
    assert answer.get_json()["error"]["message"]


@FUZZ
@given(st.binary(max_size=300))
def test_signed_bytes_never_make_it_stumble(plain: WeChatServer, body: bytes) -> None:
    """Whatever bytes."""
    answer = plain.client.post("/wechat/callback", query_string=plain.query(), data=body)
    assert answer.status_code in (200, 400)


@FUZZ
@given(st.binary(max_size=200), st.booleans())
def test_sealed_rubbish_never_makes_it_stumble(sealed: WeChatServer, body: bytes, is_base64: bool) -> None:
    """A right signature around anything but an encrypted message."""
    text = base64.b64encode(body).decode() if is_base64 else body.decode("latin-1")
    clean = "".join(sign for sign in text if sign.isalnum() or sign in "+/=")
    xml = f"<xml><Encrypt>{clean}</Encrypt></xml>"
    answer = sealed.client.post("/wechat/callback", query_string=sealed.query(clean), data=xml)
    assert answer.status_code in (400, 403)


FIELDS = ("MsgType", "Content", "MsgId", "Event", "CreateTime", "Location_X", "Location_Y", "Recognition")
KINDS = st.sampled_from(["text", "image", "voice", "location", "event", "link", "shortvideo", "", "x"])
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=40)
NUMBERS = st.sampled_from(["nan", "inf", "-91", "34.0", "1e400", "0x10", "", "34,1", "١", "113.0"])


@FUZZ
@given(KINDS, st.dictionaries(st.sampled_from(FIELDS[1:]), WORDS | NUMBERS))
def test_any_fields_in_any_message_are_answered_or_refused(
    server: WeChatServer, kind: str, fields: dict[str, str]
) -> None:
    """Missing, strange and contradicting fields."""
    answer = server.deliver(server.message(kind, **fields))
    assert answer.status_code in (200, 400)


@FUZZ
@given(
    st.dictionaries(st.sampled_from(["signature", "timestamp", "nonce", "msg_signature", "echostr"]), WORDS)
)
def test_no_invented_query_is_let_in(server: WeChatServer, query: dict[str, str]) -> None:
    """Without the token nobody gets past the signature."""
    for method in ("GET", "POST"):
        answer = server.client.open("/wechat/callback", method=method, query_string=query, data=b"<xml/>")
        assert answer.status_code in (400, 403)


def test_the_signature_is_the_manuals() -> None:
    """The three values sorted as text, joined, SHA-1."""
    assert signature("b", "1", "a") == hashlib.sha1(b"1ab").hexdigest()


@pytest.mark.parametrize(
    ("variables", "name"),
    [
        ({"GRIDMGR_WECHAT_TOKEN": "a b"}, "GRIDMGR_WECHAT_TOKEN"),
        ({"GRIDMGR_WECHAT_TOKEN": TOKEN}, "GRIDMGR_WECHAT_APP_ID"),
        (
            {"GRIDMGR_WECHAT_TOKEN": TOKEN, "GRIDMGR_WECHAT_APP_ID": APP_ID, "GRIDMGR_WECHAT_AES_KEY": "x"},
            "GRIDMGR_WECHAT_AES_KEY",
        ),
    ],
)
def test_wrong_settings_are_refused_by_name(variables: dict[str, str], name: str) -> None:
    """And secrets are not repeated."""
    with pytest.raises(BadInput, match=name) as caught:
        WeChatConfig.from_environment(variables)
    assert "a b" not in str(caught.value)


def test_the_doctor_says_how_wechat_is_set_up(ctx: Context) -> None:
    """Off, in the open, or encrypted."""
    told = {}
    for name, account in (("off", None), ("plain", PLAIN), ("sealed", ENCRYPTED)):
        findings = examine(replace(ctx.config, wechat=account))
        told[name] = next(f for f in findings if f.what == "wechat")
    assert [told[name].state for name in ("off", "plain", "sealed")] == ["ok", "note", "ok"]
    assert "GRIDMGR_WECHAT_TOKEN" in told["off"].say.render("zh")
    assert "GRIDMGR_WECHAT_AES_KEY" in told["plain"].say.render("zh")
