"""Importing a year's holidays and make-up days: a year is taken whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gridmgr.errors import RowProblem
from gridmgr.services.deadlines.calendars import days_with, missing_fixed
from gridmgr.services.importing.read import Read
from gridmgr.services.importing.sheets import Sheet
from gridmgr.storage import UnitOfWork
from gridmgr.texts import Message


class CalendarStore:
    """Days on record, shipped or imported, behind the shape of the other tables' repositories.

    Parameters
    ----------
    uow
        The transaction of the import.
    """

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow
        self._own = {item.day: item for item in uow.calendar.find()}

    def fitting(self, read: Sequence[Read], sheet: Sheet) -> tuple[Sequence[Read], list[RowProblem]]:
        """Rows of years that are whole with them, and what the other years lack.

        A few days of a year would end what is provisional about it and let the other holidays count as work.
        """
        after = days_with([*self._own.values(), *(row.item for row in read)])
        problems, torn = [], set()
        for year in sorted({row.item.day.year for row in read}):
            missing = missing_fixed(year, after)
            if missing:
                torn.add(year)
                first = next(row for row in read if row.item.day.year == year)
                days = ", ".join(day.isoformat() for day in missing)
                reason = Message("deadline.year_torn", {"year": year, "missing": days})
                header = sheet.headers.get("date", "date")
                problems.append(RowProblem(first.row, header, first.item.day.isoformat(), reason))
        return [row for row in read if row.item.day.year not in torn], problems

    def existing(self, read: Sequence[Read]) -> Mapping[Any, Any]:
        """What is on record for the rows' days; a settled day that is shipped needs no second source."""
        known = days_with(self._own.values())
        found = {}
        for row in read:
            item = known.get(row.item.day)
            if item is None:
                continue
            same = item.kind == row.item.kind and not item.provisional and item.day not in self._own
            found[row.key] = row.item if same else item
        return found

    def notes(self, _fresh: Sequence[Read]) -> Sequence[Message]:
        """Nothing to say of new days."""
        return ()

    def save(self, fresh: Sequence[Read], changed: Sequence[Read]) -> None:
        """Keep new days and those that take a provisional one's place."""
        self._uow.calendar.put_many(row.item for row in (*fresh, *changed))
