"""Reports that came from outside."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime

from sqlalchemy import func, or_, select

from gridmgr.domain.tips import Tip
from gridmgr.storage import schema
from gridmgr.storage.repositories.base import CHUNK, FlatRepository


class TipRepository(FlatRepository[Tip]):
    """Reports by id."""

    table = schema.tip
    kind = Tip
    key = "id"

    def by_sender_key(self, source: str, sender_key: str) -> Tip | None:
        """The report a sender already sent, None where they did not."""
        columns = self.table.c
        found = self._select(columns.source == source, columns.sender_key == sender_key)
        return found[0] if found else None

    def by_sender_keys(self, source: str, sender_keys: Iterable[str]) -> dict[str, Tip]:
        """Reports of a source by their sender's keys; those that are not there are left out."""
        columns, wanted = self.table.c, sorted(set(sender_keys))
        found: dict[str, Tip] = {}
        for start in range(0, len(wanted), CHUNK):
            ours = columns.sender_key.in_(wanted[start : start + CHUNK])
            found.update((tip.sender_key, tip) for tip in self._select(columns.source == source, ours))
        return found

    def by_lookup(self, lookups: Collection[str]) -> Tip | None:
        """The report whose receipt hashes to one of these, None where there is none."""
        found = self._select(self.table.c.receipt_lookup.in_(sorted(lookups)))
        return found[0] if found else None

    def unerased(self) -> list[Tip]:
        """Reports whose personal data is still there, by id."""
        return self._select(self.table.c.erased_at.is_(None))

    def any_sealed(self) -> bool:
        """Whether anything is encrypted, so that the key must not be lost."""
        columns = self.table.c
        sealed = or_(columns.receipt_sealed.is_not(None), columns.contact_sealed.is_not(None))
        return self._connection.execute(select(columns.id).where(sealed).limit(1)).first() is not None

    def sealed(self) -> Iterator[bytes]:
        """Everything that is encrypted."""
        columns = self.table.c
        for row in self._connection.execute(select(columns.receipt_sealed, columns.contact_sealed)):
            yield from (value for value in row if value is not None)

    def of_incident(self, incident_id: str) -> list[Tip]:
        """Reports that are this incident."""
        return self._select(self.table.c.incident_id == incident_id)

    def count_since(self, since: datetime, **equal: str) -> int:
        """How many arrived since, with the given values."""
        query = select(func.count()).select_from(self.table).where(self.table.c.received_at >= since)
        return int(self._connection.execute(query.where(*self._conditions(dict(equal)))).scalar_one())

    def inbox(self, *, township_code: str | None, limit: int) -> list[Tip]:
        """The latest reports of a township and those nobody knows the township of; all for None."""
        columns = self.table.c
        query = select(*(columns[name] for name in self._fields))
        if township_code is not None:
            query = query.where(or_(columns.township_code == township_code, columns.township_code.is_(None)))
        latest = query.order_by(columns.received_at.desc(), columns.id.desc()).limit(limit)
        return self._read(latest)
