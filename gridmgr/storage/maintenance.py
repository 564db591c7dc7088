"""Copying a SQLite database, and which SQLite is in use."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gridmgr.errors import BadInput
from gridmgr.storage.engine import Storage, sqlite_module


def sqlite_version() -> tuple[int, ...]:
    """Version of the SQLite in use."""
    version: tuple[int, ...] = tuple(sqlite_module().sqlite_version_info)
    return version


def copy_sqlite(storage: Storage, target: Path) -> None:
    """Copy page by page through SQLite's own backup, consistent even while others write.

    Raises
    ------
    BadInput
        If the database is no SQLite file.
    """
    if storage.engine.dialect.name != "sqlite":
        raise BadInput("upkeep.only_sqlite")
    source: Any = storage.engine.raw_connection()
    copy = sqlite_module().connect(str(target))
    try:
        source.driver_connection.backup(copy)
    finally:
        copy.close()
        source.close()
