"""The audit trail: append and read, never change."""

from __future__ import annotations

from dataclasses import fields

from sqlalchemy import Connection, insert, select

from gridmgr.domain.audit import GENESIS, AuditEvent, first_broken
from gridmgr.storage import schema


class AuditRepository:
    """Hash-chained events, oldest first."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._columns = [schema.audit_event.c[field.name] for field in fields(AuditEvent)]

    def append(self, event: AuditEvent) -> None:
        """Add an event behind the last one."""
        row = {field.name: getattr(event, field.name) for field in fields(AuditEvent)}
        self._connection.execute(insert(schema.audit_event), row | {"hash": event.chained(self.last_hash())})

    def last_hash(self) -> str:
        """Hash of the newest event; it changes with every change of the office's data."""
        table = schema.audit_event
        query = select(table.c.hash).order_by(table.c.seq.desc()).limit(1)
        last: str | None = self._connection.execute(query).scalar()
        return last or GENESIS

    def find(
        self, *, subject_kind: str | None = None, subject_id: str | None = None, limit: int = 200
    ) -> list[AuditEvent]:
        """The newest events first, of one subject if given."""
        table = schema.audit_event
        query = select(*self._columns).order_by(table.c.seq.desc()).limit(limit)
        if subject_kind is not None:
            query = query.where(table.c.subject_kind == subject_kind)
        if subject_id is not None:
            query = query.where(table.c.subject_id == subject_id)
        return [AuditEvent(**row) for row in self._connection.execute(query).mappings()]

    def first_broken(self) -> int | None:
        """Position of the first event that was altered, None when the chain holds."""
        table = schema.audit_event
        query = select(*self._columns, table.c.hash).order_by(table.c.seq)
        chain = (
            (AuditEvent(**{f.name: row[f.name] for f in fields(AuditEvent)}), row["hash"])
            for row in self._connection.execute(query).mappings()
        )
        return first_broken(chain)
