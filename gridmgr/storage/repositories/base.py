"""What repositories of flat dataclasses share: a table whose columns are the fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any, ClassVar, Generic, TypeVar

from sqlalchemy import ColumnElement, Connection, Select, Table, delete, func, insert, select, update

T = TypeVar("T")

#: Rows a statement; SQLite allows 32,766 bound values in one.
CHUNK = 500


class FlatRepository(Generic[T]):
    """Keeps one frozen dataclass in one table with a column a field.

    Class attributes
    ----------------
    table, kind
        The table and the dataclass.
    key
        The column objects are looked up by.
    """

    table: ClassVar[Table]
    kind: ClassVar[type[Any]]
    key: ClassVar[str]

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._fields = tuple(field.name for field in fields(self.kind))

    def get(self, key: str) -> T | None:
        """The object of that key, None where there is none."""
        found = self._select(self.table.c[self.key] == key)
        return found[0] if found else None

    def get_many(self, keys: Iterable[str]) -> dict[str, T]:
        """Objects by key; keys that do not exist are left out."""
        wanted = sorted(set(keys))
        found: dict[str, T] = {}
        for start in range(0, len(wanted), CHUNK):
            column = self.table.c[self.key]
            for item in self._select(column.in_(wanted[start : start + CHUNK])):
                found[getattr(item, self.key)] = item
        return found

    def find(self, **equal: Any) -> list[T]:
        """Objects whose columns have the given values (None values are no condition), ordered by key."""
        return self._select(*self._conditions(equal))

    def count(self, **equal: Any) -> int:
        """How many `find` would give."""
        query = select(func.count()).select_from(self.table).where(*self._conditions(equal))
        return int(self._connection.execute(query).scalar_one())

    def add_many(self, items: Iterable[T]) -> None:
        """Insert new objects."""
        rows = [self._to_row(item) for item in items]
        for start in range(0, len(rows), CHUNK):
            self._connection.execute(insert(self.table), rows[start : start + CHUNK])

    def add(self, item: T) -> None:
        """Insert one new object."""
        self.add_many([item])

    def replace(self, item: T) -> None:
        """Overwrite the object that has the same key."""
        row = self._to_row(item)
        self._connection.execute(
            update(self.table).where(self.table.c[self.key] == row[self.key]).values(**row)
        )

    def delete(self, key: str) -> None:
        """Remove the object of that key."""
        self._connection.execute(delete(self.table).where(self.table.c[self.key] == key))

    def _conditions(self, equal: dict[str, Any]) -> list[ColumnElement[bool]]:
        return [self.table.c[name] == value for name, value in equal.items() if value is not None]

    def _select(self, *conditions: ColumnElement[bool]) -> list[T]:
        columns = [self.table.c[name] for name in self._fields]
        query = select(*columns).where(*conditions).order_by(self.table.c[self.key])
        return self._read(query)

    def _read(self, query: Select[Any]) -> list[T]:
        """Objects of a query for just the columns of `_fields`, in order."""
        # Mappings of SQLAlchemy's own cost as much as the rest of reading; these are plain.
        rows = self._connection.execute(query)
        return [self._from_row(dict(zip(self._fields, row, strict=True))) for row in rows]

    def _to_row(self, item: T) -> dict[str, Any]:
        return {name: getattr(item, name) for name in self._fields}

    def _from_row(self, row: Mapping[str, Any]) -> T:
        item: T = self.kind(**row)
        return item


def in_chunks(rows: Sequence[dict[str, Any]]) -> Iterable[Sequence[dict[str, Any]]]:
    """Rows in pieces a single statement can take."""
    return (rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK))
