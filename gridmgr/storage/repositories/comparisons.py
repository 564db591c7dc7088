"""Comparisons of ways to plan ownership: the newest few of each township."""

from __future__ import annotations

from sqlalchemy import Connection, delete, func, insert, select

from gridmgr.domain.scenarios import Comparison
from gridmgr.storage import schema
from gridmgr.storage.codec import decode, encode

#: Older ones go when a new one comes: each holds a dozen plans.
KEPT = 5


class ComparisonRepository:
    """Comparisons by id and township."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, comparison: Comparison) -> None:
        """Store one; of the township's others the newest `KEPT` - 1 stay."""
        table = schema.ownership_comparison
        mine = table.c.township_code == comparison.township_code
        last = self._connection.execute(select(func.max(table.c.number)).where(mine)).scalar() or 0
        row = {
            "id": comparison.id,
            "township_code": comparison.township_code,
            "number": last + 1,
            "created_at": comparison.created_at,
            "body": encode(comparison),
        }
        self._connection.execute(delete(table).where(mine, table.c.number <= last + 1 - KEPT))
        self._connection.execute(insert(table), row)

    def get(self, comparison_id: str) -> Comparison | None:
        """The comparison of that id."""
        table = schema.ownership_comparison
        body = self._connection.execute(select(table.c.body).where(table.c.id == comparison_id)).scalar()
        return None if body is None else decode(Comparison, body)

    def newest(self, township_code: str) -> Comparison | None:
        """The township's last comparison."""
        table = schema.ownership_comparison
        query = (
            select(table.c.body)
            .where(table.c.township_code == township_code)
            .order_by(table.c.number.desc())
            .limit(1)
        )
        body = self._connection.execute(query).scalar()
        return None if body is None else decode(Comparison, body)
