"""Incidents as other programs may read them over Open311."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select

from gridmgr.domain.incidents import OPEN_STATES, Incident
from gridmgr.storage import schema
from gridmgr.storage.repositories.incidents import IncidentRepository


@dataclass(frozen=True, kw_only=True)
class PublishedFilter:
    """Which incidents.

    Parameters
    ----------
    sources
        Ways in whose incidents are published at all.
    county_code
        Of a county; None for all.
    ids
        Only these; then nothing below counts.
    since, until
        Reported in [since, until].
    item_codes, unclassified
        Of these catalogue items, or of none; any where neither is given.
    is_open
        Open or closed ones; both for None.
    """

    sources: frozenset[str]
    county_code: str | None = None
    ids: frozenset[str] | None = None
    since: datetime | None = None
    until: datetime | None = None
    item_codes: frozenset[str] = field(default_factory=frozenset)
    unclassified: bool = False
    is_open: bool | None = None


class PublishedRepository(IncidentRepository):
    """Incidents that came in by certain ways."""

    def page(self, wanted: PublishedFilter, *, most: int, skip: int = 0) -> list[Incident]:
        """The newest first, so many after so many."""
        columns = self.table.c
        query = select(*(columns[name] for name in self._fields)).where(*self._where(wanted))
        ordered = query.order_by(columns.reported_at.desc(), columns.id.desc()).limit(most).offset(skip)
        return self._read(ordered)

    def _where(self, wanted: PublishedFilter) -> list[ColumnElement[bool]]:
        columns = self.table.c
        conditions: list[ColumnElement[bool]] = [columns.source.in_(sorted(wanted.sources))]
        if wanted.county_code is not None:
            towns = schema.township.c
            here = select(towns.code).where(towns.county_code == wanted.county_code)
            conditions.append(columns.township_code.in_(here))
        if wanted.ids is not None:
            return [*conditions, columns.id.in_(sorted(wanted.ids))]
        return [*conditions, *self._filters(wanted)]

    def _filters(self, wanted: PublishedFilter) -> list[ColumnElement[bool]]:
        columns = self.table.c
        conditions: list[ColumnElement[bool]] = []
        if wanted.since is not None:
            conditions.append(columns.reported_at >= wanted.since)
        if wanted.until is not None:
            conditions.append(columns.reported_at <= wanted.until)
        if wanted.item_codes or wanted.unclassified:
            kinds: list[ColumnElement[bool]] = [columns.item_code.in_(sorted(wanted.item_codes))]
            if wanted.unclassified:
                kinds.append(columns.item_code.is_(None))
            conditions.append(or_(*kinds))
        if wanted.is_open is not None:
            is_open = columns.state.in_(sorted(OPEN_STATES))
            conditions.append(is_open if wanted.is_open else ~is_open)
        return conditions
