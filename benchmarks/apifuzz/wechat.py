"""WeChat's callback: rightly signed, and anything inside."""

from __future__ import annotations

import base64
import hashlib
from typing import Any
from xml.sax.saxutils import escape

from flask.testing import FlaskClient
from hypothesis import strategies as st
from wechatpy.crypto import PrpCrypto

from benchmarks.apifuzz.tally import Tally, each
from benchmarks.apifuzz.world import AES_KEY, APP_ID, NOW, TOKEN, World

PATH = "/wechat/callback"
SECONDS = str(int(NOW.timestamp()))
KINDS = ("text", "image", "voice", "location", "event", "link", "video", "shortvideo", "TEXT", "", "x")
#: What a conversation is made of, so that drafts get far enough to be handed in.
SAID = ("占道经营，请来看看", "确认", "取消", "帮助", "谁负责 东塘", "进度 1234567890123456", "english", "1")
NUMBERS = (
    "nan",
    "inf",
    "-inf",
    "-91",
    "34.3",
    "113.6",
    "1e400",
    "0x10",
    "",
    "34,1",
    "١",
    "90",
    "180",
    "-180",
)
SIGNS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=60)
BOMB = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><xml><MsgType>text</MsgType><Content>&c;</Content></xml>'
)
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml><Content>&a;</Content></xml>'


def signed(*more: str) -> str:
    """WeChat's signature."""
    return hashlib.sha1("".join(sorted((TOKEN, SECONDS, "n0nce", *more))).encode()).hexdigest()


def query(encrypted: str | None = None) -> dict[str, str]:
    """A signed query."""
    values = {"signature": signed(), "timestamp": SECONDS, "nonce": "n0nce"}
    if encrypted is not None:
        values |= {"encrypt_type": "aes", "msg_signature": signed(encrypted)}
    return values


def bodies() -> st.SearchStrategy[bytes]:
    """What may stand in the place of a message."""
    rubbish = st.sampled_from(
        (
            BOMB.encode(),
            OUTSIDE.encode(),
            b"<xml>" + b"<a>" * 20_000,
            b"<xml><Content>" + b"x" * 60_000 + b"</Content></xml>",
            b"<xml>" + b"x" * 70_000 + b"</xml>",
            b'<?xml version="1.0" encoding="utf-7"?><xml/>',
            b'<?xml version="1.0" encoding="utf-16"?><xml/>',
            b"{}",
            b"",
        )
    )
    return st.one_of(messages(), messages(), messages(), rubbish, st.binary(max_size=300))


@st.composite
def messages(draw: st.DrawFn) -> bytes:
    """A message with any of its fields right, strange, doubled or missing."""
    texts = st.sampled_from(SAID) | SIGNS | st.sampled_from(NUMBERS)
    numbers = st.sampled_from(NUMBERS) | st.floats(-200, 200).map(str)
    fields: dict[str, st.SearchStrategy[str]] = {
        "ToUserName": st.sampled_from(("gh_office", "", "x" * 500)),
        "FromUserName": st.sampled_from(("oFollower1", "oFollower2", "", "𠮷" * 100)),
        "CreateTime": st.sampled_from((SECONDS, "0", "-1", "9" * 400, "٣", "")),
        "MsgType": st.sampled_from(KINDS),
        "Content": texts,
        "MsgId": st.integers(0, 10**18).map(str) | st.sampled_from(NUMBERS),
        "Event": st.sampled_from(("subscribe", "unsubscribe", "LOCATION", "CLICK", "")),
        "Location_X": numbers,
        "Location_Y": numbers,
        "Label": texts,
        "MediaId": texts,
        "PicUrl": texts,
        "Recognition": texts,
    }
    usual = {"ToUserName": "gh_office", "FromUserName": "oFollower1", "CreateTime": SECONDS}
    parts = []
    for name, values in fields.items():
        value = usual[name] if name in usual and draw(st.integers(1, 10)) > 1 else draw(values)
        if draw(st.integers(1, 12)) > 1:
            parts.append(f"<{name}>{escape(value)}</{name}>")
    if draw(st.integers(1, 10)) == 1:
        parts.append(draw(st.sampled_from(parts or ["<a/>"])))
    return f"<xml>{''.join(parts)}</xml>".encode("utf-8", "surrogatepass")


@st.composite
def requests(draw: st.DrawFn) -> dict[str, Any]:
    """A request in the open: signed most of the time, else with an invented query; a question at times."""
    values = query()
    if draw(st.integers(1, 8)) == 1:
        names = st.sampled_from(("signature", "timestamp", "nonce", "echostr", "msg_signature", "x"))
        values |= draw(st.dictionaries(names, SIGNS, max_size=3))
    if draw(st.integers(1, 10)) == 1:
        return {"method": "GET", "query_string": values | {"echostr": draw(SIGNS)}}
    return {"method": "POST", "query_string": values, "data": draw(bodies())}


@st.composite
def sealed_requests(draw: st.DrawFn) -> dict[str, Any]:
    """A request where messages are encrypted: a sealed message, sealed rubbish, or none at all."""
    how = draw(st.sampled_from(("sealed", "sealed", "sealed", "other account", "rubbish", "open", "cut")))
    inner = draw(bodies())
    if how == "open":
        return {"method": "POST", "query_string": query(), "data": inner}
    if how == "rubbish":
        text = base64.b64encode(inner[:500]).decode()
    else:
        account = "wx_other" if how == "other account" else APP_ID
        crypto = PrpCrypto(base64.b64decode(f"{AES_KEY}="))
        # The library draws it from a generator that Hypothesis keeps for itself.
        crypto.get_random_string = lambda: "0123456789abcdef"
        text = crypto.encrypt(inner.decode("utf-8", "replace"), account).decode()
        text = text[: len(text) // 2] if how == "cut" else text
    body = f"<xml><ToUserName>gh_office</ToUserName><Encrypt>{text}</Encrypt></xml>"
    return {"method": "POST", "query_string": query(text), "data": body.encode()}


class WeChatFuzzer:
    """Sends to the callback, in the open and encrypted.

    Parameters
    ----------
    world
        Where.
    tally
        Counts.
    """

    def __init__(self, world: World, tally: Tally) -> None:
        self.tally = tally
        self._open, self._sealed = world.app.test_client(), world.sealed.test_client()

    def send(self, *, examples: int, seed: int) -> None:
        """So many requests each way."""
        for client, strategy, name in (
            (self._open, requests(), "open"),
            (self._sealed, sealed_requests(), "encrypted"),
        ):
            each(strategy, self._sender(client, name), examples=examples, seed=seed)

    def _sender(self, client: FlaskClient, name: str) -> Any:
        def send(request: dict[str, Any]) -> None:
            label = f"{request['method']} {PATH} {name}"
            answer = self.tally.ask(label, lambda: client.open(PATH, **request), request)
            holds = answer.status_code in (200, 400, 403, 413)
            self.tally.expect(holds, label, f"answered {answer.status_code}", request)

        return send
