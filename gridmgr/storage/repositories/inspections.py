"""Inspections of premises, agencies' wishes, permits and limits."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date

from sqlalchemy import select

from gridmgr.domain.inspections import Inspection, InspectionLimit, InspectionPermit, InspectionRequest
from gridmgr.storage import schema
from gridmgr.storage.repositories.base import CHUNK, FlatRepository


class InspectionRepository(FlatRepository[Inspection]):
    """Inspections by id."""

    table = schema.inspection
    kind = Inspection
    key = "id"

    def at_places(self, place_ids: Iterable[str], first: date, last: date) -> list[Inspection]:
        """Inspections of these places on the days ``first`` to ``last``, both included, by day."""
        columns = self.table.c
        found: list[Inspection] = []
        for chunk in _chunks(place_ids):
            found += self._select(columns.place_id.in_(chunk), columns.day >= first, columns.day <= last)
        return sorted(found, key=lambda item: (item.day, item.id))

    def between(self, first: date, last: date, *, township_code: str | None = None) -> list[Inspection]:
        """Inspections of the days ``first`` to ``last``, both included."""
        columns = self.table.c
        conditions = self._conditions({"township_code": township_code})
        return self._select(columns.day >= first, columns.day <= last, *conditions)

    def settled_requests(self) -> dict[str, str]:
        """Id of the inspection by the id of each request it settled."""
        columns = self.table.c
        query = select(columns.id, columns.requests).where(columns.requests != ())
        return {request: row[0] for row in self._connection.execute(query) for request in row[1]}


class InspectionRequestRepository(FlatRepository[InspectionRequest]):
    """Agencies' wishes by id."""

    table = schema.inspection_request
    kind = InspectionRequest
    key = "id"

    def at_places(self, place_ids: Iterable[str]) -> list[InspectionRequest]:
        """Wishes for these places, by id."""
        found: list[InspectionRequest] = []
        for chunk in _chunks(place_ids):
            found += self._select(self.table.c.place_id.in_(chunk))
        return sorted(found, key=lambda item: item.id)


class InspectionPermitRepository(FlatRepository[InspectionPermit]):
    """Permits by id."""

    table = schema.inspection_permit
    kind = InspectionPermit
    key = "id"

    def holding(self, day: date) -> list[InspectionPermit]:
        """Permits that hold on the day, by id."""
        return self._select(self.table.c.first <= day, self.table.c.last >= day)


class InspectionLimitRepository(FlatRepository[InspectionLimit]):
    """Places' own rules, by place."""

    table = schema.inspection_limit
    kind = InspectionLimit
    key = "place_id"


def _chunks(ids: Iterable[str]) -> Iterator[Collection[str]]:
    wanted = sorted(set(ids))
    return (wanted[start : start + CHUNK] for start in range(0, len(wanted), CHUNK))
