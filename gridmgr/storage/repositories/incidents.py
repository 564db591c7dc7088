"""Incidents and the photos that belong to things."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, func, insert, select, update

from gridmgr.domain.incidents import Attachment, Incident
from gridmgr.domain.nearness import Box
from gridmgr.storage import schema
from gridmgr.storage.repositories.base import CHUNK, FlatRepository


class IncidentPoint(NamedTuple):
    """An incident as a map of thousands shows it; degrees WGS84, times aware."""

    id: str
    reported_at: datetime
    settled_at: datetime | None
    state: str
    category: str
    urgent: bool
    lon: float
    lat: float


class IncidentRepository(FlatRepository[Incident]):
    """Incidents by id."""

    table = schema.incident
    kind = Incident
    key = "id"

    def search(
        self,
        *,
        township_code: str | None = None,
        states: Collection[str] | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> list[Incident]:
        """Incidents of a township, in given states, reported in [since, until)."""
        columns = self.table.c
        conditions = self._conditions({"township_code": township_code})
        if states is not None:
            conditions.append(columns.state.in_(sorted(states)))
        if since is not None:
            conditions.append(columns.reported_at >= since)
        if until is not None:
            conditions.append(columns.reported_at < until)
        return self._select(*conditions)

    def points(
        self, *, township_code: str | None, since: datetime, until: datetime, most: int
    ) -> list[IncidentPoint]:
        """What a map needs of incidents reported in [since, until): the newest ``most``, newest first."""
        columns = self.table.c
        query = (
            select(*(columns[name] for name in IncidentPoint._fields))
            .where(*self._conditions({"township_code": township_code}))
            .where(columns.reported_at >= since, columns.reported_at < until)
            .order_by(columns.reported_at.desc(), columns.id)
            .limit(most)
        )
        return [IncidentPoint(*row) for row in self._connection.execute(query)]

    def near(self, box: Box, *, since: datetime, until: datetime) -> list[Incident]:
        """Incidents within a box of degrees (west, south, east, north), reported in [since, until], by id.

        They are looked up by place, of which there are far fewer than of one moment or one township.
        """
        columns = self.table.c
        west, south, east, north = box
        # As an expression no index on times serves: SQLite would else take that one, knowing no better.
        reported = func.coalesce(columns.reported_at, since, type_=columns.reported_at.type)
        return self._select(
            columns.lat.between(south, north),
            columns.lon.between(west, east),
            reported.between(since, until),
        )

    def count_between(self, *, township_code: str | None, since: datetime, until: datetime) -> int:
        """How many incidents were reported in [since, until)."""
        columns = self.table.c
        query = (
            select(func.count())
            .select_from(self.table)
            .where(*self._conditions({"township_code": township_code}))
            .where(columns.reported_at >= since, columns.reported_at < until)
        )
        return int(self._connection.execute(query).scalar_one())


class AttachmentRepository:
    """Photos and files."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, item: Attachment, content: bytes) -> None:
        """Store a file."""
        names = ("id", "subject_kind", "subject_id", "filename", "mime", "sha256", "created_at", "created_by")
        row: dict[str, Any] = {name: getattr(item, name) for name in names}
        self._connection.execute(insert(schema.attachment), row | {"content": content})

    def find(self, subject_kind: str, subject_id: str) -> list[Attachment]:
        """Files of one thing, oldest first."""
        table = schema.attachment
        columns = [column for column in table.c if column.name != "content"]
        query = select(*columns).where(table.c.subject_kind == subject_kind, table.c.subject_id == subject_id)
        rows = self._connection.execute(query.order_by(table.c.created_at, table.c.id)).mappings()
        return [Attachment(**row) for row in rows]

    def move(self, old: tuple[str, str], new: tuple[str, str]) -> None:
        """Let the files of one thing (kind and id) belong to another."""
        table = schema.attachment
        ours = (table.c.subject_kind == old[0]) & (table.c.subject_id == old[1])
        self._connection.execute(update(table).where(ours).values(subject_kind=new[0], subject_id=new[1]))

    def delete_of(self, subject_kind: str, subject_id: str) -> int:
        """Delete the files of one thing; how many there were."""
        table = schema.attachment
        ours = (table.c.subject_kind == subject_kind) & (table.c.subject_id == subject_id)
        return self._connection.execute(delete(table).where(ours)).rowcount

    def ids_by_subject(self, subject_kind: str, subject_ids: Iterable[str]) -> dict[str, list[str]]:
        """Ids of the files of many things, oldest first, by the things' ids."""
        table = schema.attachment
        wanted = sorted(set(subject_ids))
        found: dict[str, list[str]] = {}
        for start in range(0, len(wanted), CHUNK):
            ours = table.c.subject_id.in_(wanted[start : start + CHUNK])
            query = select(table.c.subject_id, table.c.id).where(table.c.subject_kind == subject_kind, ours)
            for subject_id, file_id in self._connection.execute(
                query.order_by(table.c.created_at, table.c.id)
            ):
                found.setdefault(subject_id, []).append(file_id)
        return found

    def get(self, attachment_id: str) -> tuple[Attachment, bytes] | None:
        """A file and its content."""
        table = schema.attachment
        row = self._connection.execute(select(table).where(table.c.id == attachment_id)).mappings().first()
        if row is None:
            return None
        values = dict(row)
        content: bytes = values.pop("content")
        return Attachment(**values), content
