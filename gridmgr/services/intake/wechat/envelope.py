"""Signature, age and encryption of what WeChat sends, and the encryption of what it is answered.

WeChat signs ``sha1(sorted(token, timestamp, nonce))`` and, where messages are encrypted, the same with the
encrypted text among them. The plain signature does not cover the message: an office that set a message key
is only ever sent encrypted ones, and others are refused then.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
import struct
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from gridmgr.config import WeChatConfig
from gridmgr.errors import BadInput, Forbidden

#: How far the time in a signature may be from ours. WeChat's own retries come within fifteen seconds.
WINDOW = timedelta(minutes=10)
#: Longest values of a query that can be WeChat's.
_MOST_SIGNS = 200


@dataclass(frozen=True, kw_only=True)
class Stamp:
    """What WeChat puts into the query beside a message.

    Parameters
    ----------
    timestamp, nonce
        As sent.
    signature
        Of token, timestamp and nonce.
    message_signature
        Of the encrypted text as well; empty in plain mode.
    """

    timestamp: str
    nonce: str
    signature: str
    message_signature: str = ""


def check_stamp(config: WeChatConfig, stamp: Stamp, *, now: datetime) -> None:
    """Refuse what WeChat did not sign, or signed long ago.

    Raises
    ------
    Forbidden
        ``wechat.bad_signature`` or ``wechat.too_old``.
    """
    if not _same(stamp.signature, sign(config.token, stamp.timestamp, stamp.nonce)):
        raise Forbidden("wechat.bad_signature")
    _check_age(stamp, now)


def open_encrypted(config: WeChatConfig, stamp: Stamp, encrypted: str, *, now: datetime) -> bytes:
    """The message inside an encrypted text, after its signature and age were checked.

    Raises
    ------
    Forbidden
        If it is not signed by WeChat, too old, or meant for another account.
    BadInput
        If there is no message inside.
    """
    if not _same(stamp.message_signature, sign(config.token, stamp.timestamp, stamp.nonce, encrypted)):
        raise Forbidden("wechat.bad_signature")
    _check_age(stamp, now)
    from wechatpy.exceptions import InvalidAppIdException

    try:
        text: str = _cipher(config).decrypt(encrypted, config.app_id)
    except InvalidAppIdException as error:
        raise Forbidden("wechat.other_account") from error
    except (ValueError, TypeError, IndexError, struct.error, binascii.Error) as error:
        # Signed, and yet no message: the key set here is not the one set at WeChat.
        raise BadInput("wechat.unreadable") from error
    return text.encode()


def seal(config: WeChatConfig, answer: str, *, now: datetime) -> str:
    """An answer as encrypted XML, signed."""
    timestamp, nonce = str(int(now.timestamp())), secrets.token_hex(8)
    encrypted = _cipher(config).encrypt(answer, config.app_id).decode()
    signature = sign(config.token, timestamp, nonce, encrypted)
    return (
        f"<xml><Encrypt><![CDATA[{encrypted}]]></Encrypt><MsgSignature><![CDATA[{signature}]]></MsgSignature>"
        f"<TimeStamp>{timestamp}</TimeStamp><Nonce><![CDATA[{nonce}]]></Nonce></xml>"
    )


def sign(*parts: str) -> str:
    """WeChat's signature over some texts: SHA-1 of them sorted and joined, hex."""
    joined = b"".join(sorted(part.encode("utf-8", "surrogatepass") for part in parts))
    return hashlib.sha1(joined).hexdigest()  # noqa: S324  the protocol's choice


def _same(given: str, right: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), right.encode())


def _check_age(stamp: Stamp, now: datetime) -> None:
    if not (stamp.timestamp.isascii() and stamp.timestamp.isdigit() and len(stamp.timestamp) <= 12):
        raise Forbidden("wechat.too_old")
    if abs(now.timestamp() - int(stamp.timestamp)) > WINDOW.total_seconds():
        raise Forbidden("wechat.too_old")
    if len(stamp.nonce) > _MOST_SIGNS:
        raise Forbidden("wechat.bad_signature")


def _cipher(config: WeChatConfig) -> Any:
    # The library brings an HTTP client along; whoever has no account at WeChat need not wait for it.
    from wechatpy.crypto import PrpCrypto

    cipher = PrpCrypto(base64.b64decode(f"{config.aes_key}="))
    # The library's own filler comes from a predictable generator.
    cipher.get_random_string = lambda: secrets.token_hex(8)
    return cipher
