"""Keys of other programs: given out once, known again by a hash, taken back at any time.

A key reads ``gm-<id>-<secret>``. Only the id and a SHA-256 of the secret are stored.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, replace
from datetime import timedelta

from gridmgr.domain.apikeys import DEFAULT_PER_DAY, MOST_PER_DAY, ApiKey
from gridmgr.errors import BadInput, Conflict, Forbidden
from gridmgr.services.asking import existing
from gridmgr.services.context import Context

#: The last use is written down at most so often.
TOUCH_EVERY = timedelta(hours=1)
MOST_NAME = 100
_FORM = re.compile(r"gm-([0-9a-f]{8})-([0-9a-f]{64})")
#: Compared with where there is no such key, so that both cases take the same time.
_NO_HASH = "0" * 64


@dataclass(frozen=True, kw_only=True)
class NewKey:
    """A key just made, with the only copy of its whole text."""

    key: ApiKey
    text: str


def add_key(ctx: Context, name: str, *, actor: str, per_day: int = DEFAULT_PER_DAY) -> NewKey:
    """Make a key.

    Raises
    ------
    BadInput
        If the name is empty or too long, or the limit out of bounds.
    """
    if not name.strip() or len(name) > MOST_NAME or not name.isprintable():
        raise BadInput("apikey.bad_name", most=MOST_NAME)
    if not 1 <= per_day <= MOST_PER_DAY:
        raise BadInput("apikey.bad_limit", most=MOST_PER_DAY)
    key_id, secret = secrets.token_hex(4), secrets.token_hex(32)
    key = ApiKey(
        id=key_id,
        name=name.strip(),
        secret_hash=_hash(secret),
        per_day=per_day,
        created_at=ctx.clock.utc_now(),
        created_by=actor,
    )
    with ctx.storage.write(actor) as uow:
        uow.api_keys.add(key)
        uow.record("apikey.add", "apikey", key.id, name=key.name, per_day=per_day)
        uow.commit()
    return NewKey(key=key, text=f"gm-{key_id}-{secret}")


def list_keys(ctx: Context) -> list[ApiKey]:
    """All keys, the newest first."""
    with ctx.storage.read() as uow:
        found = uow.api_keys.find()
    return sorted(found, key=lambda key: (key.created_at, key.id), reverse=True)


def revoke_key(ctx: Context, key_id: str, *, actor: str) -> ApiKey:
    """Take a key back; it is refused from now on.

    Raises
    ------
    NotFound
        If there is none of that id.
    Conflict
        If it was taken back already.
    """
    with ctx.storage.write(actor) as uow:
        key = existing(uow.api_keys.get(key_id), "apikey.word", key_id)
        if not key.is_good:
            raise Conflict("apikey.revoked_already", name=key.name)
        revoked = replace(key, revoked_at=ctx.clock.utc_now(), revoked_by=actor)
        uow.api_keys.replace(revoked)
        uow.record("apikey.revoke", "apikey", key.id, name=key.name)
        uow.commit()
    return revoked


def check_key(ctx: Context, text: str) -> ApiKey:
    """The key of a text.

    Raises
    ------
    Forbidden
        ``apikey.missing`` where it is empty; ``apikey.refused`` whatever is wrong with it.
    """
    if not text:
        raise Forbidden("apikey.missing")
    parts = _FORM.fullmatch(text)
    if parts is None:
        raise Forbidden("apikey.refused")
    with ctx.storage.read() as uow:
        key = uow.api_keys.get(parts[1])
    right = hmac.compare_digest(_hash(parts[2]), key.secret_hash if key else _NO_HASH)
    if key is None or not right or not key.is_good:
        raise Forbidden("apikey.refused")
    _touch(ctx, key)
    return key


def _touch(ctx: Context, key: ApiKey) -> None:
    now = ctx.clock.utc_now()
    if key.last_used_at is not None and now - key.last_used_at < TOUCH_EVERY:
        return
    with ctx.storage.write(f"apikey:{key.id}") as uow:
        stored = uow.api_keys.get(key.id)
        if stored is not None:
            uow.api_keys.replace(replace(stored, last_used_at=now))
            uow.commit_unaudited()


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
