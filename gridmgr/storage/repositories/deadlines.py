"""The office's own calendar days, and clocks of cases."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from gridmgr.domain.calendar import CalendarDay
from gridmgr.domain.deadlines.clocks import CaseClock
from gridmgr.storage import schema
from gridmgr.storage.codec import decode, encode
from gridmgr.storage.repositories.base import CHUNK, FlatRepository


class CalendarRepository(FlatRepository[CalendarDay]):
    """Days the office imported."""

    table = schema.calendar_day
    kind = CalendarDay
    key = "day"

    def of_days(self, days: Iterable[date]) -> dict[date, CalendarDay]:
        """Those of the given days."""
        wanted = set(days)
        return {item.day: item for item in self.find() if item.day in wanted}

    def put_many(self, items: Iterable[CalendarDay]) -> None:
        """Keep days, each in the place of the one before."""
        for item in items:
            self._connection.execute(delete(self.table).where(self.table.c.day == item.day))
            self.add(item)


class ClockRepository:
    """Clocks of cases."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, clock_id: str) -> CaseClock | None:
        """A clock by its id."""
        found = self._select(schema.case_clock.c.id == clock_id)
        return found[0] if found else None

    def of_case(self, case_id: str) -> list[CaseClock]:
        """A case's clocks, in the order they began."""
        return self._select(schema.case_clock.c.case_id == case_id)

    def of_cases(self, case_ids: Iterable[str]) -> list[CaseClock]:
        """Clocks of many cases; those of one in the order they began."""
        wanted = sorted(set(case_ids))
        chunks = (wanted[start : start + CHUNK] for start in range(0, len(wanted), CHUNK))
        return [clock for chunk in chunks for clock in self._select(schema.case_clock.c.case_id.in_(chunk))]

    def of_phases(self, case_ids: Iterable[str], phases: Iterable[str]) -> dict[str, list[CaseClock]]:
        """Clocks of some phases of many cases, in the order they began, by case."""
        table, wanted, kinds = schema.case_clock, sorted(set(case_ids)), sorted(phases)
        found: dict[str, list[CaseClock]] = {}
        for start in range(0, len(wanted), CHUNK):
            chunk = wanted[start : start + CHUNK]
            for clock in self._select(table.c.case_id.in_(chunk), table.c.phase.in_(kinds)):
                found.setdefault(clock.case_id, []).append(clock)
        return found

    def running(self, *, township_code: str | None = None) -> list[CaseClock]:
        """Clocks that are not over, of a township or all."""
        table = schema.case_clock
        of = [] if township_code is None else [table.c.township_code == township_code]
        return self._select(table.c.stopped_at.is_(None), *of)

    def add(self, clock: CaseClock) -> None:
        """Keep a new clock."""
        self._connection.execute(insert(schema.case_clock).values(**_row(clock)))

    def replace(self, clock: CaseClock) -> None:
        """Overwrite the clock of the same id."""
        table = schema.case_clock
        self._connection.execute(update(table).where(table.c.id == clock.id).values(**_row(clock)))

    def _select(self, *conditions: Any) -> list[CaseClock]:
        table = schema.case_clock
        query = select(table.c.body).where(*conditions).order_by(table.c.started_at, table.c.id)
        return [decode(CaseClock, body) for body in self._connection.execute(query).scalars()]


def _row(clock: CaseClock) -> dict[str, Any]:
    names = ("id", "case_id", "township_code", "phase", "started_at", "due_at", "stopped_at")
    return {name: getattr(clock, name) for name in names} | {"body": encode(clock)}
