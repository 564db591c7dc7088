"""Plan revisions and the heads that say which is the draft and which is published."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, RowMapping, and_, func, insert, select, update

from gridmgr.domain.assignments import OwnershipPlan
from gridmgr.domain.patrols import DayHead, DayPlan
from gridmgr.errors import Conflict
from gridmgr.storage import schema
from gridmgr.storage.codec import decode, encode


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnershipHead:
    """Where a township's ownership stands; see `gridmgr.domain.patrols.DayHead`."""

    township_code: str
    version: int = 0
    draft_id: str | None = None
    published_id: str | None = None
    published_at: datetime | None = None


class OwnershipRepository:
    """Ownership plans of townships."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, plan: OwnershipPlan) -> None:
        """Store a new revision."""
        row = {
            "id": plan.id,
            "township_code": plan.township_code,
            "created_at": plan.created_at,
            "body": encode(plan),
        }
        self._connection.execute(insert(schema.ownership_revision), row)

    def get(self, revision_id: str | None) -> OwnershipPlan | None:
        """A revision; None for None or an unknown id."""
        if revision_id is None:
            return None
        table = schema.ownership_revision
        body = self._connection.execute(select(table.c.body).where(table.c.id == revision_id)).scalar()
        return None if body is None else decode(OwnershipPlan, body)

    def head(self, township_code: str) -> OwnershipHead:
        """Where the township stands; an empty head where nothing was planned yet."""
        table = schema.ownership_head
        row = self._connection.execute(select(table).where(table.c.township_code == township_code)).mappings()
        found = row.first()
        return OwnershipHead(**found) if found else OwnershipHead(township_code=township_code)

    def move_head(self, head: OwnershipHead, *, expected_version: int) -> OwnershipHead:
        """Store the head's pointers; its version becomes ``expected_version + 1``.

        Raises
        ------
        Conflict
            If the stored head is not at ``expected_version``: somebody else moved it.
        """
        table = schema.ownership_head
        values = {
            "version": expected_version + 1,
            "draft_id": head.draft_id,
            "published_id": head.published_id,
            "published_at": head.published_at,
        }
        if self.head(head.township_code).version != expected_version:
            raise Conflict("error.draft_changed")
        if expected_version == 0:
            self._connection.execute(insert(table).values(township_code=head.township_code, **values))
        else:
            here = table.c.township_code == head.township_code
            done = self._connection.execute(
                update(table).where(here, table.c.version == expected_version).values(**values)
            )
            if done.rowcount != 1:
                raise Conflict("error.draft_changed")
        return self.head(head.township_code)

    def published(self, township_code: str) -> OwnershipPlan | None:
        """The plan in force."""
        return self.get(self.head(township_code).published_id)

    def draft(self, township_code: str) -> OwnershipPlan | None:
        """The plan being worked on."""
        return self.get(self.head(township_code).draft_id)

    def heads(self) -> dict[str, OwnershipHead]:
        """Where each township stands, by code; those where nothing was planned yet are left out."""
        rows = self._connection.execute(select(schema.ownership_head)).mappings()
        return {row["township_code"]: OwnershipHead(**row) for row in rows}

    def all_published(self) -> dict[str, OwnershipPlan]:
        """Plans in force by township code."""
        head, revision = schema.ownership_head, schema.ownership_revision
        query = select(head.c.township_code, revision.c.body).join(
            revision, revision.c.id == head.c.published_id
        )
        return {row[0]: decode(OwnershipPlan, row[1]) for row in self._connection.execute(query)}


class DayRepository:
    """Day plans of townships."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, plan: DayPlan) -> None:
        """Store a new revision."""
        row = {
            "id": plan.id,
            "parent_id": plan.parent_id,
            "township_code": plan.township_code,
            "day": plan.day,
            "created_at": plan.created_at,
            "body": encode(plan),
        }
        self._connection.execute(insert(schema.day_revision), row)

    def get(self, revision_id: str | None) -> DayPlan | None:
        """A revision; None for None or an unknown id."""
        if revision_id is None:
            return None
        table = schema.day_revision
        body = self._connection.execute(select(table.c.body).where(table.c.id == revision_id)).scalar()
        return None if body is None else decode(DayPlan, body)

    def head(self, township_code: str, day: date) -> DayHead:
        """Where the day stands; an empty head where nothing was planned yet."""
        found = self._connection.execute(
            select(schema.day_head).where(self._is(township_code, day))
        ).mappings()
        row: RowMapping | None = found.first()
        return DayHead(**row) if row else DayHead(township_code=township_code, day=day)

    def move_head(self, head: DayHead, *, expected_version: int) -> DayHead:
        """Store the head's pointers; its version becomes ``expected_version + 1``.

        Raises
        ------
        Conflict
            If the stored head is not at ``expected_version``: somebody else moved it.
        """
        table = schema.day_head
        values = {
            "version": expected_version + 1,
            "draft_id": head.draft_id,
            "published_id": head.published_id,
            "published_at": head.published_at,
        }
        if self.head(head.township_code, head.day).version != expected_version:
            raise Conflict("error.draft_changed")
        if expected_version == 0:
            keys = {"township_code": head.township_code, "day": head.day}
            self._connection.execute(insert(table).values(**keys, **values))
        else:
            here = and_(self._is(head.township_code, head.day), table.c.version == expected_version)
            if self._connection.execute(update(table).where(here).values(**values)).rowcount != 1:
                raise Conflict("error.draft_changed")
        return self.head(head.township_code, head.day)

    def draft(self, township_code: str, day: date) -> DayPlan | None:
        """The plan being worked on."""
        return self.get(self.head(township_code, day).draft_id)

    def published(self, township_code: str, day: date) -> DayPlan | None:
        """The plan officers see."""
        return self.get(self.head(township_code, day).published_id)

    def published_between(
        self, first: date, last: date, *, township_code: str | None = None
    ) -> list[DayPlan]:
        """Published plans of the days ``first`` to ``last``, both included, by day and township."""
        head, revision = schema.day_head, schema.day_revision
        query = (
            select(revision.c.body)
            .join(head, revision.c.id == head.c.published_id)
            .where(head.c.day >= first, head.c.day <= last)
            .order_by(head.c.day, head.c.township_code)
        )
        if township_code is not None:
            query = query.where(head.c.township_code == township_code)
        return [decode(DayPlan, row[0]) for row in self._connection.execute(query)]

    def standing_between(self, first: date, last: date, *, township_code: str) -> list[tuple[DayPlan, bool]]:
        """Plans of a township's days ``first`` to ``last`` (both included) as they stand, by day.

        The published plan where there is one, with True; else the draft, with False.
        """
        head, revision = schema.day_head, schema.day_revision
        standing = func.coalesce(head.c.published_id, head.c.draft_id)
        query = (
            select(revision.c.body, head.c.published_id.is_not(None))
            .join(head, revision.c.id == standing)
            .where(head.c.day >= first, head.c.day <= last, head.c.township_code == township_code)
            .order_by(head.c.day)
        )
        return [(decode(DayPlan, row[0]), bool(row[1])) for row in self._connection.execute(query)]

    def first_published_day(self) -> date | None:
        """The earliest day that has a published plan, None where there is none."""
        head = schema.day_head
        query = select(func.min(head.c.day)).where(head.c.published_id.is_not(None))
        found: date | None = self._connection.execute(query).scalar()
        return found

    @staticmethod
    def _is(township_code: str, day: date):  # type: ignore[no-untyped-def]
        table = schema.day_head
        return and_(table.c.township_code == township_code, table.c.day == day)
