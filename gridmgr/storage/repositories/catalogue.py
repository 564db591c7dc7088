"""Enforcement items and their versions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import delete, func, select

from gridmgr.domain.cases import Case
from gridmgr.domain.catalogue import CatalogueItem
from gridmgr.domain.catalogue_versions import in_force
from gridmgr.storage import schema
from gridmgr.storage.repositories.base import CHUNK, FlatRepository


class CatalogueRepository(FlatRepository[CatalogueItem]):
    """Items by code. Where no version or day is asked for, an item is its latest version (by its days)."""

    table = schema.catalogue_version
    kind = CatalogueItem
    key = "code"

    def get(self, key: str) -> CatalogueItem | None:
        """The item's latest version, None where there is no such item."""
        return self.get_many([key]).get(key)

    def get_many(self, keys: Iterable[str]) -> dict[str, CatalogueItem]:
        """Latest versions by code; codes that do not exist are left out."""
        return {code: versions[-1] for code, versions in self.versions(keys).items()}

    def find(self, **equal: Any) -> list[CatalogueItem]:
        """Latest versions that have the given values, by code."""
        latest = {item.code: item for item in sorted(self._select(), key=lambda item: item.first_day)}
        wanted = {name: value for name, value in equal.items() if value is not None}
        found = (item for item in latest.values() if all(getattr(item, n) == v for n, v in wanted.items()))
        return sorted(found, key=lambda item: item.code)

    def count(self, **equal: Any) -> int:
        """How many items there are, whatever the number of their versions."""
        if equal:
            return len(self.find(**equal))
        query = select(func.count(func.distinct(self.table.c.code)))
        return int(self._connection.execute(query).scalar_one())

    def versions(self, codes: Iterable[str]) -> dict[str, list[CatalogueItem]]:
        """All versions of items, by code, each by first day; codes that do not exist are left out."""
        wanted = sorted(set(codes))
        found: dict[str, list[CatalogueItem]] = {}
        for start in range(0, len(wanted), CHUNK):
            for item in self._select(self.table.c.code.in_(wanted[start : start + CHUNK])):
                found.setdefault(item.code, []).append(item)
        for items in found.values():
            items.sort(key=lambda item: item.first_day)
        return found

    def version(self, code: str, number: int) -> CatalogueItem | None:
        """One version of an item: the one a case was filed under."""
        return next(iter(self._select(self.table.c.code == code, self.table.c.version == number)), None)

    def of_case(self, case: Case) -> CatalogueItem | None:
        """The item of a case, in the version it was opened under."""
        if case.item_code is None:
            return None
        if case.item_version is not None:
            return self.version(case.item_code, case.item_version)
        return self.get(case.item_code)

    def on(self, code: str, day: date) -> CatalogueItem | None:
        """The version in force on a day, None where none is."""
        return in_force(self.versions([code]).get(code, []), day)

    def in_force(self, day: date) -> list[CatalogueItem]:
        """The catalogue in force on a day, by code."""
        begun = (self.table.c.effective_from.is_(None)) | (self.table.c.effective_from <= day)
        lasting = (self.table.c.effective_to.is_(None)) | (self.table.c.effective_to >= day)
        return self._select(begun, lasting)

    def save_versions(self, code: str, versions: Sequence[CatalogueItem]) -> None:
        """Put these versions in the place of all known of the item."""
        if any(item.code != code for item in versions):
            raise ValueError(f"save_versions() takes versions of {code!r} only")
        self._connection.execute(delete(self.table).where(self.table.c.code == code))
        self.add_many(versions)
