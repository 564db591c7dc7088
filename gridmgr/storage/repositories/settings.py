"""The office's own rules, kept as one JSON value."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, delete, insert, select

from gridmgr.domain.settings import OfficeSettings
from gridmgr.storage import schema

_OFFICE = TypeAdapter(OfficeSettings)
_OFFICE_KEY = "office"


class SettingRepository:
    """Settings by key."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def office(self) -> OfficeSettings:
        """The office's rules; defaults where none were saved."""
        value = self.get(_OFFICE_KEY)
        return OfficeSettings() if value is None else _OFFICE.validate_python(value)

    def save_office(self, settings: OfficeSettings) -> None:
        """Keep the office's rules."""
        self.put(_OFFICE_KEY, _OFFICE.dump_python(settings, mode="json"))

    def get(self, key: str) -> Any:
        """A JSON value, None where there is none."""
        table = schema.setting
        return self._connection.execute(select(table.c.value).where(table.c.key == key)).scalar()

    def put(self, key: str, value: Any) -> None:
        """Keep a JSON value under a key."""
        table = schema.setting
        self._connection.execute(delete(table).where(table.c.key == key))
        self._connection.execute(insert(table).values(key=key, value=value))
