"""Followers' messages, the reports they are telling, and photos still to be fetched."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Table, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from gridmgr.domain.validate import require_choice
from gridmgr.storage import schema
from gridmgr.storage.repositories.base import FlatRepository

PHOTO_STATES = frozenset({"pending", "stored", "lost"})


@dataclass(frozen=True, slots=True, kw_only=True)
class WeChatPhoto:
    """A photo that a follower sent.

    Parameters
    ----------
    id
        Random id.
    tip_id
        The report it belongs to.
    media_id
        Its id at WeChat, good for three days.
    state
        ``pending``, ``stored``, or ``lost`` where WeChat does not give it any more.
    attempts
        How often it was asked for.
    sent_at
        When the report was handed in.
    """

    id: str
    tip_id: str
    media_id: str
    state: str = "pending"
    attempts: int = 0
    sent_at: datetime

    def __post_init__(self) -> None:
        require_choice("WeChatPhoto", "state", self.state, PHOTO_STATES)


class WeChatPhotoRepository(FlatRepository[WeChatPhoto]):
    """Photos by id."""

    table = schema.wechat_photo
    kind = WeChatPhoto
    key = "id"


class WeChatRepository:
    """Messages and followers, by keyed hashes."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def claim(self, key_hash: str, *, follower_hash: str, at: datetime) -> bool:
        """Note a message; False where it came before, after whoever took it then has finished."""
        row = {"key_hash": key_hash, "follower_hash": follower_hash, "received_at": at, "reply_sealed": None}
        return self._insert_new(schema.wechat_message, row)

    def reply(self, key_hash: str) -> bytes | None:
        """What a message was answered, sealed."""
        table = schema.wechat_message
        found: bytes | None = self._connection.execute(
            select(table.c.reply_sealed).where(table.c.key_hash == key_hash)
        ).scalar()
        return found

    def keep_reply(self, key_hash: str, sealed: bytes) -> None:
        """Keep what a message was answered."""
        table = schema.wechat_message
        self._connection.execute(
            update(table).where(table.c.key_hash == key_hash).values(reply_sealed=sealed)
        )

    def count_since(self, follower_hash: str, since: datetime) -> int:
        """How many messages a follower sent since."""
        table = schema.wechat_message
        query = select(func.count()).select_from(table)
        mine = query.where(table.c.follower_hash == follower_hash, table.c.received_at >= since)
        return int(self._connection.execute(mine).scalar_one())

    def hold(self, follower_hash: str, *, at: datetime) -> tuple[bytes | None, datetime]:
        """A follower's sealed state and its time; nobody else's message of theirs gets it before we end."""
        table = schema.wechat_follower
        self._insert_new(table, {"follower_hash": follower_hash, "state_sealed": None, "updated_at": at})
        query = select(table.c.state_sealed, table.c.updated_at)
        row = self._connection.execute(
            query.where(table.c.follower_hash == follower_hash).with_for_update()
        ).one()
        return row[0], row[1]

    def keep(self, follower_hash: str, sealed: bytes, *, at: datetime) -> None:
        """Keep a follower's state."""
        table = schema.wechat_follower
        self._connection.execute(
            update(table)
            .where(table.c.follower_hash == follower_hash)
            .values(state_sealed=sealed, updated_at=at)
        )

    def forget(self, follower_hash: str) -> None:
        """Delete a follower's state."""
        table = schema.wechat_follower
        self._connection.execute(delete(table).where(table.c.follower_hash == follower_hash))

    def forget_before(self, *, messages: datetime, followers: datetime) -> None:
        """Delete messages received, and states last used, before."""
        sent, known = schema.wechat_message, schema.wechat_follower
        self._connection.execute(delete(sent).where(sent.c.received_at < messages))
        self._connection.execute(delete(known).where(known.c.updated_at < followers))

    def _insert_new(self, table: Table, row: dict[str, object]) -> bool:
        try:
            with self._connection.begin_nested():
                self._connection.execute(insert(table), row)
        except IntegrityError:
            return False
        return True
