"""Month rosters and requests to exchange duties."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, and_, insert, or_, select, update

from gridmgr.domain.rosters import MonthRoster, RosterHead
from gridmgr.domain.swaps import OPEN_STATES, SwapRequest
from gridmgr.errors import Conflict
from gridmgr.storage import schema
from gridmgr.storage.codec import decode, encode
from gridmgr.storage.repositories.base import FlatRepository


class RosterRepository:
    """Month rosters of townships."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, roster: MonthRoster) -> None:
        """Store a new revision."""
        row = {
            "id": roster.id,
            "parent_id": roster.parent_id,
            "township_code": roster.township_code,
            "month": roster.month,
            "created_at": roster.created_at,
            "body": encode(roster),
        }
        self._connection.execute(insert(schema.roster_revision), row)

    def get(self, revision_id: str | None) -> MonthRoster | None:
        """A revision; None for None or an unknown id."""
        if revision_id is None:
            return None
        table = schema.roster_revision
        body = self._connection.execute(select(table.c.body).where(table.c.id == revision_id)).scalar()
        return None if body is None else decode(MonthRoster, body)

    def head(self, township_code: str, month: date) -> RosterHead:
        """Where the month stands; an empty head where nothing was made yet."""
        table = schema.roster_head
        query = select(table).where(table.c.township_code == township_code, table.c.month == month)
        row = self._connection.execute(query).mappings().first()
        return RosterHead(**row) if row else RosterHead(township_code=township_code, month=month)

    def move_head(self, head: RosterHead, *, expected_version: int) -> RosterHead:
        """Store the head's pointers; its version becomes ``expected_version + 1``.

        Raises
        ------
        Conflict
            If the stored head is not at ``expected_version``: somebody else moved it.
        """
        table = schema.roster_head
        keys = {"township_code": head.township_code, "month": head.month}
        values = {
            "version": expected_version + 1,
            "draft_id": head.draft_id,
            "published_id": head.published_id,
            "published_at": head.published_at,
        }
        if self.head(head.township_code, head.month).version != expected_version:
            raise Conflict("error.draft_changed")
        if expected_version == 0:
            self._connection.execute(insert(table).values(**keys, **values))
        else:
            here = and_(
                table.c.township_code == head.township_code,
                table.c.month == head.month,
                table.c.version == expected_version,
            )
            if self._connection.execute(update(table).where(here).values(**values)).rowcount != 1:
                raise Conflict("error.draft_changed")
        return self.head(head.township_code, head.month)

    def published(self, township_code: str, month: date) -> MonthRoster | None:
        """The roster in force."""
        return self.get(self.head(township_code, month).published_id)

    def published_between(self, first: date, last: date, *, township_code: str) -> list[MonthRoster]:
        """Rosters in force of the months that begin on ``first`` to ``last``, both included, in order."""
        head, revision = schema.roster_head, schema.roster_revision
        query = (
            select(revision.c.body)
            .join(head, revision.c.id == head.c.published_id)
            .where(head.c.month >= first, head.c.month <= last, head.c.township_code == township_code)
            .order_by(head.c.month)
        )
        return [decode(MonthRoster, row[0]) for row in self._connection.execute(query)]


class SwapRepository(FlatRepository[SwapRequest]):
    """Requests to exchange duties by id."""

    table = schema.swap_request
    kind = SwapRequest
    key = "id"

    def still_open(self, *, township_code: str | None = None) -> list[SwapRequest]:
        """Requests that somebody still has to decide, the oldest first."""
        columns = self.table.c
        found = self._select(
            columns.state.in_(sorted(OPEN_STATES)), *self._conditions({"township_code": township_code})
        )
        return sorted(found, key=lambda item: (item.created_at, item.id))

    def decided(self, *, township_code: str | None = None, most: int) -> list[SwapRequest]:
        """Requests that were decided, the latest first, at most so many."""
        columns = self.table.c
        found = self._select(
            columns.state.not_in(sorted(OPEN_STATES)), *self._conditions({"township_code": township_code})
        )
        return sorted(found, key=lambda item: (item.changed_at, item.id), reverse=True)[:most]

    def of_officer(self, officer_id: str) -> list[SwapRequest]:
        """Requests of or to the officer, the latest first."""
        columns = self.table.c
        found = self._select(or_(columns.giver == officer_id, columns.taker == officer_id))
        return sorted(found, key=lambda item: (item.created_at, item.id), reverse=True)

    def move(self, item: SwapRequest, *, expected_version: int) -> SwapRequest:
        """Overwrite a request that is still at ``expected_version``.

        Raises
        ------
        Conflict
            If somebody else moved it meanwhile.
        """
        columns = self.table.c
        here = and_(columns.id == item.id, columns.version == expected_version)
        done = self._connection.execute(update(self.table).where(here).values(**self._to_row(item)))
        if done.rowcount != 1:
            raise Conflict("swap.moved_meanwhile")
        return item
