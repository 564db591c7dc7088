"""Week plans of townships."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, func, insert, select

from gridmgr.domain.week import WeekPlan
from gridmgr.errors import Conflict
from gridmgr.storage import schema
from gridmgr.storage.codec import decode, encode


class WeekRepository:
    """Week plans; nothing is overwritten, the highest number of a township that covers a day counts."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def last_number(self, township_code: str) -> int:
        """The number of the township's latest plan, 0 before the first."""
        table = schema.week_plan
        query = select(func.max(table.c.number)).where(table.c.township_code == township_code)
        return self._connection.execute(query).scalar() or 0

    def add(self, plan: WeekPlan) -> None:
        """Store a plan.

        Raises
        ------
        Conflict
            If somebody else planned the township's week meanwhile.
        """
        if self.last_number(plan.township_code) != plan.number - 1:
            raise Conflict("week.changed", township=plan.township_code)
        row = {
            "id": plan.id,
            "township_code": plan.township_code,
            "number": plan.number,
            "first": plan.first,
            "last": plan.last,
            "created_at": plan.created_at,
            "body": encode(plan),
        }
        self._connection.execute(insert(schema.week_plan), row)

    def get(self, plan_id: str) -> WeekPlan | None:
        """The plan of that id, None where there is none."""
        table = schema.week_plan
        body = self._connection.execute(select(table.c.body).where(table.c.id == plan_id)).scalar()
        return None if body is None else decode(WeekPlan, body)

    def current(self, township_code: str, day: date) -> WeekPlan | None:
        """The latest plan of the township whose week holds the day, None where there is none."""
        table = schema.week_plan
        query = (
            select(table.c.body)
            .where(table.c.township_code == township_code, table.c.first <= day, table.c.last >= day)
            .order_by(table.c.number.desc())
            .limit(1)
        )
        body = self._connection.execute(query).scalar()
        return None if body is None else decode(WeekPlan, body)
