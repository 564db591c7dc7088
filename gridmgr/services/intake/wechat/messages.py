"""Reading the XML of one message, whatever it holds, and writing the XML of an answer."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from xml.etree.ElementTree import ParseError

from defusedxml.ElementTree import fromstring

from gridmgr.domain.conversation import Said
from gridmgr.errors import BadInput
from gridmgr.geo.datum import to_wgs84

#: WeChat's longest text has 2,048 bytes; names and ids are far shorter.
_MOST_SIGNS = 4000
#: Most bytes of a text answer.
_ANSWER_BYTES = 2048
#: Characters that XML 1.0 has no place for.
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, kw_only=True)
class Inbound:
    """One message or event.

    Parameters
    ----------
    key
        Tells it from every other: the message's id, or for events sender, time and kind.
    follower
        OpenID of who sent it: personal data, not to be stored as it is.
    account
        The official account it was sent to.
    said
        What it says.
    event
        ``subscribe``, ``unsubscribe`` or another event in lower case; empty for messages.
    """

    key: str
    follower: str
    account: str
    said: Said
    event: str = ""


def read_fields(body: bytes, *, most_signs: int = _MOST_SIGNS) -> dict[str, str]:
    """The texts directly below the root, by name, cut to so many characters.

    Raises
    ------
    BadInput
        If it is no XML, or XML that brings definitions of its own.
    """
    try:
        root = fromstring(body, forbid_dtd=True)
    except (ParseError, ValueError, LookupError, RecursionError) as error:
        raise BadInput("wechat.unreadable") from error
    return {child.tag: (child.text or "").strip()[:most_signs] for child in root}


def read_message(fields: Mapping[str, str]) -> Inbound:
    """Understand a message.

    Raises
    ------
    BadInput
        If it does not say from whom, to whom, when, or of which kind it is.
    """
    follower, account = fields.get("FromUserName", ""), fields.get("ToUserName", "")
    created, kind = fields.get("CreateTime", ""), fields.get("MsgType", "").lower()
    if not (follower and account and kind and created.isascii() and created.isdigit()):
        raise BadInput("wechat.unreadable")
    event = fields.get("Event", "").lower() if kind == "event" else ""
    message_id = fields.get("MsgId", "")
    return Inbound(
        key=f"id:{message_id}" if message_id else f"event:{follower}:{created}:{event}",
        follower=follower,
        account=account,
        said=_said(kind, fields),
        event=event,
    )


def write_text(text: str, *, to: str, sender: str, at: datetime) -> str:
    """A text answer as WeChat's XML."""
    short = text.encode()[:_ANSWER_BYTES].decode(errors="ignore")
    return (
        f"<xml><ToUserName>{_cdata(to)}</ToUserName><FromUserName>{_cdata(sender)}</FromUserName>"
        f"<CreateTime>{int(at.timestamp())}</CreateTime><MsgType><![CDATA[text]]></MsgType>"
        f"<Content>{_cdata(short)}</Content></xml>"
    )


def _cdata(text: str) -> str:
    return f"<![CDATA[{_NO_XML.sub('', text).replace(']]>', ']]]]><![CDATA[>')}]]>"


def _said(kind: str, fields: Mapping[str, str]) -> Said:
    if kind == "text":
        return Said(kind="text", text=fields.get("Content", ""))
    if kind == "voice" and fields.get("Recognition"):
        return Said(kind="text", text=fields["Recognition"])
    if kind == "image" and fields.get("MediaId"):
        return Said(kind="photo", text=fields["MediaId"])
    if kind == "location":
        return _place(fields)
    return Said(kind="voice" if kind == "voice" else "other")


def _place(fields: Mapping[str, str]) -> Said:
    # X is the latitude and Y the longitude, in the datum of Chinese maps: this is where it ends.
    lat, lon = _degrees(fields.get("Location_X"), 90), _degrees(fields.get("Location_Y"), 180)
    if lat is None or lon is None:
        return Said(kind="other")
    east, north = to_wgs84(lon, lat, "gcj02")
    return Said(kind="place", text=fields.get("Label", ""), lon=float(east), lat=float(north))


def _degrees(text: str | None, most: float) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) and abs(value) <= most else None
