"""Agencies, officers, vehicles, attendance."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import Connection, and_, delete, insert, select

from gridmgr.domain.people import Agency, Attendance, Officer, Recusal
from gridmgr.domain.places import Vehicle
from gridmgr.storage import schema
from gridmgr.storage.repositories.base import FlatRepository, in_chunks


class AgencyRepository(FlatRepository[Agency]):
    """Agencies by code."""

    table = schema.agency
    kind = Agency
    key = "code"


class OfficerRepository(FlatRepository[Officer]):
    """Officers by id."""

    table = schema.officer
    kind = Officer
    key = "id"


class VehicleRepository(FlatRepository[Vehicle]):
    """Vehicles by number plate."""

    table = schema.vehicle
    kind = Vehicle
    key = "id"


class RecusalRepository(FlatRepository[Recusal]):
    """Recusals by officer and village."""

    table = schema.recusal
    kind = Recusal
    key = "id"


class AttendanceRepository:
    """Who is on duty on which day."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, first: date, last: date, *, township_code: str | None = None) -> list[Attendance]:
        """Rows of the days ``first`` to ``last`` (both included), by day and officer."""
        table = schema.attendance
        query = select(table).where(table.c.day >= first, table.c.day <= last)
        if township_code is not None:
            own = select(schema.officer.c.id).where(schema.officer.c.township_code == township_code)
            query = query.where(table.c.officer_id.in_(own))
        rows = self._connection.execute(query.order_by(table.c.day, table.c.officer_id)).mappings()
        return [Attendance(**row) for row in rows]

    def remove(self, officer_id: str, first: date, last: date) -> None:
        """Delete an officer's rows of the days ``first`` to ``last``, both included."""
        table = schema.attendance
        mine = and_(table.c.officer_id == officer_id, table.c.day >= first, table.c.day <= last)
        self._connection.execute(delete(table).where(mine))

    def save(self, items: Iterable[Attendance]) -> None:
        """Insert rows, replacing those of the same day and officer."""
        table = schema.attendance
        rows = [{"day": a.day, "officer_id": a.officer_id, "status": a.status} for a in items]
        for row in rows:
            same = and_(table.c.day == row["day"], table.c.officer_id == row["officer_id"])
            self._connection.execute(delete(table).where(same))
        for chunk in in_chunks(rows):
            self._connection.execute(insert(table), chunk)
