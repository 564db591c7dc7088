"""What was found to help, by kind and by what it was found for."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, and_, delete, insert, select

from gridmgr.storage import schema


class ReliefRepository:
    """Answers worked out before: bodies as JSON text."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, kind: str, subject: str) -> str | None:
        """The body, None where nothing was worked out."""
        query = select(schema.relief.c.body).where(self._is(kind, subject))
        found: str | None = self._connection.execute(query).scalar()
        return found

    def save(self, kind: str, subject: str, *, made_at: datetime, body: str) -> None:
        """Keep an answer in the place of an earlier one."""
        self._connection.execute(delete(schema.relief).where(self._is(kind, subject)))
        row = {"kind": kind, "subject": subject, "made_at": made_at, "body": body}
        self._connection.execute(insert(schema.relief), row)

    @staticmethod
    def _is(kind: str, subject: str):  # type: ignore[no-untyped-def]
        return and_(schema.relief.c.kind == kind, schema.relief.c.subject == subject)
