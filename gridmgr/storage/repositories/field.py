"""What happened out there: check-ins and tracks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import numpy as np
from sqlalchemy import Connection, delete, func, insert, select

from gridmgr.domain.patrols import CheckIn
from gridmgr.domain.tracks import Track
from gridmgr.storage import schema
from gridmgr.storage.repositories.base import FlatRepository, in_chunks

#: Where somebody was on a day: (village code or None, stop id, day).
VisitDay = tuple[str | None, str, date]


class CheckInRepository(FlatRepository[CheckIn]):
    """Check-ins by id."""

    table = schema.check_in
    kind = CheckIn
    key = "id"

    def between(self, first: date, last: date, *, township_code: str | None = None) -> list[CheckIn]:
        """Check-ins of the days ``first`` to ``last``, both included."""
        columns = self.table.c
        conditions = self._conditions({"township_code": township_code})
        return self._select(columns.day >= first, columns.day <= last, *conditions)

    def first_day(self) -> date | None:
        """The day records begin, None where there are none."""
        found: date | None = self._connection.execute(select(func.min(self.table.c.day))).scalar()
        return found

    def visit_days(self, first: date, last: date) -> list[VisitDay]:
        """Who was where on the days ``first`` to ``last``, both included; several check-ins a day are one."""
        columns = self.table.c
        query = select(columns.village_code, columns.stop_id, columns.day).distinct()
        rows = self._connection.execute(query.where(columns.day >= first, columns.day <= last))
        return [(row[0], row[1], row[2]) for row in rows]

    def last_days(self, *, before: date) -> list[VisitDay]:
        """The latest day of each village and stop earlier than ``before``."""
        columns = self.table.c
        query = select(columns.village_code, columns.stop_id, func.max(columns.day))
        grouped = query.where(columns.day < before).group_by(columns.village_code, columns.stop_id)
        return [(row[0], row[1], row[2]) for row in self._connection.execute(grouped)]


class TrackRepository:
    """Movement tracks."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add_many(self, tracks: Iterable[Track]) -> None:
        """Insert new tracks."""
        rows = [
            {
                "id": t.id,
                "officer_id": t.officer_id,
                "township_code": t.township_code,
                "day": t.day,
                "seconds": np.ascontiguousarray(t.seconds, "<i8").tobytes(),
                "lon_lat": np.ascontiguousarray(t.lon_lat, "<f8").tobytes(),
            }
            for t in tracks
        ]
        for chunk in in_chunks(rows):
            self._connection.execute(insert(schema.track), chunk)

    def any_before(self, day: date) -> bool:
        """Whether there is a track of an earlier day."""
        table = schema.track
        query = select(table.c.id).where(table.c.day < day).limit(1)
        return self._connection.execute(query).first() is not None

    def delete_before(self, day: date) -> int:
        """Delete the tracks of all earlier days; gives how many."""
        return self._connection.execute(delete(schema.track).where(schema.track.c.day < day)).rowcount

    def between(self, first: date, last: date, *, township_code: str | None = None) -> list[Track]:
        """Tracks of the days ``first`` to ``last``, both included."""
        table = schema.track
        query = select(table).where(table.c.day >= first, table.c.day <= last)
        if township_code is not None:
            query = query.where(table.c.township_code == township_code)
        rows = self._connection.execute(query.order_by(table.c.day, table.c.id)).mappings()
        return [
            Track(
                id=row["id"],
                officer_id=row["officer_id"],
                township_code=row["township_code"],
                day=row["day"],
                seconds=np.frombuffer(row["seconds"], "<i8"),
                lon_lat=np.frombuffer(row["lon_lat"], "<f8").reshape(-1, 2),
            )
            for row in rows
        ]
