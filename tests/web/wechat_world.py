"""WeChat's side of the callback: signs, encrypts and sends what followers say."""

from __future__ import annotations

import hashlib
import itertools
from dataclasses import dataclass, replace
from typing import ClassVar
from xml.etree.ElementTree import Element, fromstring
from xml.sax.saxutils import escape

from apiflask import APIFlask
from flask.testing import FlaskClient
from wechatpy.crypto import WeChatCrypto
from werkzeug.test import TestResponse

from gridmgr.config import WeChatConfig
from gridmgr.services.context import Context
from webapp import create_app

TOKEN, APP_ID = "gridmgrtoken", "wx0123456789abcdef"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
PLAIN = WeChatConfig(token=TOKEN, app_id=APP_ID)
ENCRYPTED = WeChatConfig(token=TOKEN, app_id=APP_ID, aes_key=AES_KEY)


def app_with(ctx: Context, config: WeChatConfig | None) -> APIFlask:
    """The application of an office with this account."""
    with_account = replace(ctx, config=replace(ctx.config, wechat=config))
    return create_app(with_account, secret_key=b"tests-only-secret-key", testing=True)


def signature(*parts: str) -> str:
    """WeChat's signature, worked out as its manual says."""
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()


@dataclass
class WeChatServer:
    """Sends to one application as WeChat would.

    Parameters
    ----------
    client
        Where to send.
    seconds
        The time it believes it is, seconds since 1970.
    encrypted
        Whether it sends encrypted messages.
    """

    #: Message ids are WeChat's own, never used twice.
    numbers: ClassVar[itertools.count] = itertools.count(7_000_000_000_000_001)

    client: FlaskClient
    seconds: int
    encrypted: bool = False

    def query(self, encrypted: str | None = None) -> dict[str, str]:
        """A signed query."""
        stamp, nonce = str(self.seconds), "n0nce"
        values = {"signature": signature(TOKEN, stamp, nonce), "timestamp": stamp, "nonce": nonce}
        if encrypted is not None:
            sealed = signature(TOKEN, stamp, nonce, encrypted)
            values |= {"encrypt_type": "aes", "msg_signature": sealed}
        return values

    def deliver(self, xml: str) -> TestResponse:
        """Send the XML of a message, encrypted or not."""
        if not self.encrypted:
            return self.client.post("/wechat/callback", query_string=self.query(), data=xml.encode())
        crypto = WeChatCrypto(TOKEN, AES_KEY, APP_ID)
        sealed = fromstring(crypto.encrypt_message(xml, "n0nce", str(self.seconds))).findtext("Encrypt")
        assert sealed is not None
        body = f"<xml><ToUserName>gh_office</ToUserName><Encrypt>{sealed}</Encrypt></xml>"
        return self.client.post("/wechat/callback", query_string=self.query(sealed), data=body)

    def message(
        self, kind: str, follower: str = "oFollower1", *, id_: int | None = None, **parts: str
    ) -> str:
        """The XML of a message."""
        inner = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in parts.items())
        number = next(self.numbers) if id_ is None else id_
        ending = "" if kind == "event" else f"<MsgId>{number}</MsgId>"
        return (
            f"<xml><ToUserName><![CDATA[gh_office]]></ToUserName>"
            f"<FromUserName><![CDATA[{follower}]]></FromUserName><CreateTime>{self.seconds}</CreateTime>"
            f"<MsgType><![CDATA[{kind}]]></MsgType>{inner}{ending}</xml>"
        )

    def say(self, text: str, follower: str = "oFollower1", *, id_: int | None = None) -> str:
        """Send a text; the words that come back."""
        return self.words(self.deliver(self.message("text", follower, id_=id_, Content=text)))

    def words(self, answer: TestResponse) -> str:
        """The text of an answer, opened where it is encrypted; empty where there is none."""
        assert answer.status_code == 200, answer.get_data(as_text=True)
        if answer.get_data() == b"success":
            return ""
        xml = answer.get_data(as_text=True)
        if self.encrypted:
            root = fromstring(xml)
            parts = [root.findtext(name) or "" for name in ("MsgSignature", "TimeStamp", "Nonce")]
            xml = WeChatCrypto(TOKEN, AES_KEY, APP_ID).decrypt_message(xml, *parts)
        return told(fromstring(xml))


def told(root: Element) -> str:
    """The text of an answer's XML, which is addressed back to the follower."""
    assert root.findtext("FromUserName") == "gh_office"
    assert root.findtext("MsgType") == "text"
    return root.findtext("Content") or ""
