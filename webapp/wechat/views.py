"""WeChat's callback: the proof that the address is ours, and every message of a follower.

Off, and not there, until the office sets its account's token. WeChat shows followers an error unless it gets
an answer within five seconds.
"""

from __future__ import annotations

from flask import Blueprint, Response, abort, request

from gridmgr.config import WeChatConfig
from gridmgr.errors import BadInput
from gridmgr.services.intake.wechat import envelope, messages
from gridmgr.services.intake.wechat.receiving import receive as take
from webapp.guards import public
from webapp.state import ctx

wechat = Blueprint("wechat", __name__)

#: WeChat's longest message is a small part of this.
MAX_BODY_BYTES = 64 * 1024


@wechat.get("/wechat/callback")
@public
def echo() -> Response:
    """Answer WeChat's question whether this address belongs to the account."""
    envelope.check_stamp(_config(), _stamp(), now=ctx().clock.utc_now())
    return Response(request.args.get("echostr", ""), mimetype="text/plain")


@wechat.post("/wechat/callback")
@public
def receive() -> Response:
    """Take a message and answer it."""
    config, now = _config(), ctx().clock.utc_now()
    request.max_content_length = MAX_BODY_BYTES
    fields = messages.read_fields(_opened(config, request.get_data()))
    inbound = messages.read_message(fields)
    words = take(ctx(), inbound)
    if not words:
        return Response("success", mimetype="text/plain")
    xml = messages.write_text(words, to=inbound.follower, sender=inbound.account, at=now)
    if config.aes_key:
        xml = envelope.seal(config, xml, now=now)
    return Response(xml, mimetype="text/xml")


def _opened(config: WeChatConfig, body: bytes) -> bytes:
    """The message's XML, after its signature was checked."""
    stamp, now = _stamp(), ctx().clock.utc_now()
    if not config.aes_key:
        envelope.check_stamp(config, stamp, now=now)
        return body
    encrypted = messages.read_fields(body, most_signs=MAX_BODY_BYTES).get("Encrypt")
    if not encrypted:
        raise BadInput("wechat.not_encrypted")
    return envelope.open_encrypted(config, stamp, encrypted, now=now)


def _config() -> WeChatConfig:
    config = ctx().config.wechat
    if config is None:
        abort(404)
    return config


def _stamp() -> envelope.Stamp:
    args = request.args
    return envelope.Stamp(
        timestamp=args.get("timestamp", ""),
        nonce=args.get("nonce", ""),
        signature=args.get("signature", ""),
        message_signature=args.get("msg_signature", ""),
    )
