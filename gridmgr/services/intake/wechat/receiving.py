"""Taking a follower's message: answered once however often WeChat sends it, in one short transaction.

What is kept of a follower is a keyed hash and, sealed, the report being told; both are forgotten after a
while. The OpenID itself is never stored.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from gridmgr.domain.conversation import Command, Draft, Said, Turn, advance, command_of
from gridmgr.domain.receipts import spaced
from gridmgr.errors import GridmgrError
from gridmgr.services.context import Context
from gridmgr.services.intake.reports import Report, Taken, sender_hash, take_within
from gridmgr.services.intake.vault import Vault, vault_of
from gridmgr.services.intake.wechat.answering import owners_of, status_of
from gridmgr.services.intake.wechat.media import queue_fetching
from gridmgr.services.intake.wechat.messages import Inbound
from gridmgr.services.intake.wording import gazetteer_of, spot_of
from gridmgr.storage import UnitOfWork
from gridmgr.storage.repositories.wechat import WeChatPhoto
from gridmgr.texts import DEFAULT_LANGUAGE, Message

#: An unfinished report is given up after so long, and nothing is known of a follower after so long.
DRAFT_KEPT, FOLLOWER_KEPT = timedelta(hours=2), timedelta(days=30)
#: WeChat repeats within seconds, and older signatures are refused.
MESSAGE_KEPT = timedelta(days=1)
#: Messages a minute and reports a day that one follower may send.
MOST_MESSAGES, MOST_REPORTS = 20, 10
_ACTOR = "public:wechat"


@dataclass(frozen=True, kw_only=True)
class _Follower:
    """What is known of a follower.

    Parameters
    ----------
    draft
        The report being told.
    language
        Theirs.
    latest
        Their latest report.
    """

    draft: Draft = field(default_factory=Draft)
    language: str = DEFAULT_LANGUAGE
    latest: str | None = None


@dataclass(frozen=True, kw_only=True)
class _Scene:
    """Everything one answer is made from."""

    ctx: Context
    uow: UnitOfWork
    vault: Vault
    key_hash: str
    follower_hash: str


@dataclass(frozen=True, kw_only=True)
class _Answer:
    """What is said, and what is known of the follower then."""

    follower: _Follower
    say: Sequence[Message]
    audited: bool = False


def receive(ctx: Context, inbound: Inbound) -> str:
    """Take a message and give the words to answer; the same message again gets the same words.

    Returns
    -------
    str
        Empty where nothing is to be answered.
    """
    vault = vault_of(ctx)
    key_hash = vault.lookup("wechat-message", inbound.key)
    follower_hash = vault.lookup("wechat-follower", inbound.follower)
    now = ctx.clock.utc_now()
    with ctx.storage.write(_ACTOR) as uow:
        if not uow.wechat.claim(key_hash, follower_hash=follower_hash, at=now):
            return _said_before(uow.wechat.reply(key_hash), vault)
        uow.wechat.forget_before(messages=now - MESSAGE_KEPT, followers=now - FOLLOWER_KEPT)
        scene = _Scene(ctx=ctx, uow=uow, vault=vault, key_hash=key_hash, follower_hash=follower_hash)
        words, audited = _take(scene, inbound, now)
        uow.wechat.keep_reply(key_hash, vault.seal({"words": words}))
        if audited:
            uow.commit()
        else:
            uow.commit_unaudited()
    return words


def _said_before(sealed: bytes | None, vault: Vault) -> str:
    return "" if sealed is None else str(vault.unseal(sealed)["words"])


def _take(scene: _Scene, inbound: Inbound, now: datetime) -> tuple[str, bool]:
    """The words to answer, and whether something was done that the trail tells of."""
    uow, key = scene.uow, scene.follower_hash
    if inbound.event == "unsubscribe":
        uow.wechat.forget(key)
        return "", False
    sealed, used = uow.wechat.hold(key, at=now)
    known = _opened(sealed, scene.vault)
    if uow.wechat.count_since(key, now - timedelta(minutes=1)) > MOST_MESSAGES:
        return Message("wechat.too_fast").render(known.language), False
    notes: list[Message] = []
    if now - used > DRAFT_KEPT and not known.draft.is_empty:
        known = replace(known, draft=Draft())
        notes.append(Message("wechat.draft_expired"))
    answer = _answered(scene, known, inbound)
    uow.wechat.keep(key, _sealed(answer.follower, scene.vault), at=now)
    lines = [line.render(answer.follower.language) for line in (*notes, *answer.say)]
    return "\n".join(lines), answer.audited


def _answered(scene: _Scene, known: _Follower, inbound: Inbound) -> _Answer:
    if inbound.event == "subscribe":
        return _Answer(follower=known, say=(Message("wechat.welcome"), Message("wechat.help")))
    if inbound.event:
        return _Answer(follower=known, say=())
    command = command_of(inbound.said)
    if command is not None and command.name not in ("confirm", "cancel"):
        return _commanded(scene, known, command)
    return _told(scene, known, inbound.said)


def _commanded(scene: _Scene, known: _Follower, command: Command) -> _Answer:
    if command.name == "language":
        spoken = replace(known, language=command.argument)
        return _Answer(follower=spoken, say=(Message("wechat.help"),))
    if command.name == "owner":
        return _Answer(follower=known, say=owners_of(scene.uow, command.argument))
    if command.name == "status":
        say = status_of(scene.ctx, scene.uow, command, vault=scene.vault, latest=known.latest)
        return _Answer(follower=known, say=say)
    return _Answer(follower=known, say=(Message("wechat.help"),))


def _told(scene: _Scene, known: _Follower, said: Said) -> _Answer:
    turn = advance(known.draft, said)
    if not turn.submit:
        return _Answer(follower=replace(known, draft=turn.draft), say=turn.say)
    ctx, address = scene.ctx, f"wechat {scene.follower_hash}"
    today = sender_hash(ctx, scene.vault, address)
    since = ctx.clock.utc_now() - timedelta(days=1)
    if scene.uow.tips.count_since(since, sender_hash=today) >= MOST_REPORTS:
        return _Answer(follower=known, say=(Message("wechat.too_many_reports", {"most": MOST_REPORTS}),))
    try:
        taken = take_within(ctx, scene.uow, _report(scene, known, turn, address), vault=scene.vault)
    except GridmgrError as error:
        return _Answer(follower=known, say=(error.message,))
    _note_photos(scene, turn.draft, taken)
    after = replace(known, draft=Draft(), latest=taken.tip.id)
    return _Answer(follower=after, say=_receipt(taken, len(turn.draft.photos)), audited=True)


def _report(scene: _Scene, known: _Follower, turn: Turn, address: str) -> Report:
    draft = turn.draft
    told = bool(draft.where) and draft.lon is None
    spot = spot_of(gazetteer_of(scene.uow), draft.where) if told else None
    return Report(
        source="wechat",
        sender_key=scene.key_hash,
        description=draft.what,
        # Already WGS84: the datum of Chinese maps ends where the message is read.
        lon=draft.lon,
        lat=draft.lat,
        place_words=draft.where,
        # The village its words name; the point is for the office to find.
        village_code=spot.village_code if spot else None,
        township_code=spot.township_code if spot else None,
        language=known.language,
        sender_address=address,
    )


def _note_photos(scene: _Scene, draft: Draft, taken: Taken) -> None:
    if not draft.photos:
        return
    now = scene.ctx.clock.utc_now()
    scene.uow.wechat_photos.add_many(
        WeChatPhoto(id=secrets.token_hex(8), tip_id=taken.tip.id, media_id=media, sent_at=now)
        for media in draft.photos
    )
    queue_fetching(scene.ctx, scene.uow, taken.tip)


def _receipt(taken: Taken, photos: int) -> list[Message]:
    say = [Message("wechat.taken", {"code": spaced(taken.receipt or "")})]
    if taken.tip.state == "pending":
        say.append(Message("wechat.place_to_check"))
    if photos:
        say.append(Message("wechat.photos_noted", {"count": photos}))
    return say


def _sealed(follower: _Follower, vault: Vault) -> bytes:
    return vault.seal(asdict(follower))


def _opened(sealed: bytes | None, vault: Vault) -> _Follower:
    if sealed is None:
        return _Follower()
    values: dict[str, Any] = vault.unseal(sealed)
    draft = dict(values["draft"])
    draft["photos"] = tuple(draft["photos"])
    return _Follower(draft=Draft(**draft), language=values["language"], latest=values["latest"])
