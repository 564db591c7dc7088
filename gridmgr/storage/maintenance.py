"""Copying a SQLite database, and which SQLite is in use."""

from __future__ import annotations

from contextlib import closing
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
        If the database is no SQLite file, or the target cannot be written.
    """
    if storage.engine.dialect.name != "sqlite":
        raise BadInput("upkeep.only_sqlite")
    source: Any = storage.engine.raw_connection()
    try:
        with closing(sqlite_module().connect(str(target))) as copy:
            source.driver_connection.backup(copy)
    except sqlite_module().OperationalError as error:
        target.unlink(missing_ok=True)
        raise BadInput("upkeep.cannot_use", path=str(target), detail=str(error)) from error
    finally:
        source.close()
