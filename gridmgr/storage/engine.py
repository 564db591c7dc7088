"""Opening a database: connections, transactions, migrations.

SQLite is set up as measured in production-like runs: write-ahead log, full sync, foreign keys, ten seconds of
patience, and BEGIN IMMEDIATE for every writer (with a deferred BEGIN, read-then-write transactions fail under
load). Writers of one process also take turns by a lock, which is fairer than SQLite's busy handler.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from importlib import resources
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, inspect
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from gridmgr.clock import Clock
from gridmgr.errors import BadInput
from gridmgr.storage.uow import UnitOfWork


def sqlite_module() -> Any:
    """The bundled, newer SQLite where its wheel exists; the system's else (see `gridmgr doctor`)."""
    try:
        import pysqlite3.dbapi2 as module
    except ImportError:
        import sqlite3 as module
    return module


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writing = connection.get_execution_options().get("gridmgr_write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


class Storage:
    """An open database.

    Parameters
    ----------
    engine
        SQLAlchemy engine, already prepared.
    clock
        Source of the times written into audit events.
    """

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self.engine = engine
        self.clock = clock
        self._write_lock = threading.Lock() if engine.dialect.name == "sqlite" else None

    @contextmanager
    def read(self) -> Iterator[UnitOfWork]:
        """A consistent view; nothing can be committed."""
        with self.engine.connect() as connection, connection.begin() as transaction:
            yield UnitOfWork(connection, self.clock, actor=None)
            transaction.rollback()

    @contextmanager
    def write(self, actor: str) -> Iterator[UnitOfWork]:
        """A transaction of one actor, rolled back unless ``uow.commit()`` was called.

        Parameters
        ----------
        actor
            User name for the audit events, or ``system``.
        """
        turn: AbstractContextManager[Any] = self._write_lock or nullcontext()
        with turn, self.engine.connect().execution_options(gridmgr_write=True) as connection:
            transaction = connection.begin()
            try:
                uow = UnitOfWork(connection, self.clock, actor=actor)
                yield uow
                if uow.committed:
                    transaction.commit()
            finally:
                if transaction.is_active:
                    transaction.rollback()

    def migrate(self) -> None:
        """Bring the schema to the newest revision; may be called again."""
        config = _alembic_config()
        # A connection of its own transaction: alembic runs its statements inside it, all or nothing.
        with self.engine.connect().execution_options(gridmgr_write=True) as connection, connection.begin():
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    def is_readable(self) -> bool:
        """Whether there is a database behind the address at all."""
        try:
            with self.engine.connect() as connection:
                inspect(connection).get_table_names()
        except DBAPIError:
            return False
        return True

    def is_current(self) -> bool:
        """Whether the schema is there and at the newest revision."""
        with self.engine.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return False
            current = MigrationContext.configure(connection).get_current_revision()
        return current == ScriptDirectory.from_config(_alembic_config()).get_current_head()

    def close(self) -> None:
        """Give back all connections."""
        self.engine.dispose()


def _alembic_config() -> Config:
    config = Config(stdout=sys.stderr)
    config.set_main_option("script_location", str(resources.files("gridmgr.storage") / "migrations"))
    return config


def open_storage(url: str, clock: Clock) -> Storage:
    """Open a database, without changing it.

    Parameters
    ----------
    url
        SQLAlchemy URL, or the path of a SQLite file.
    clock
        The clock to stamp events with.

    Raises
    ------
    BadInput
        If the URL cannot be read or names an unknown kind of database.
    """
    full = url if "://" in url else f"sqlite:///{url}"
    try:
        parsed = make_url(full)
    except ArgumentError as error:
        raise BadInput("error.database_url", url=url) from error
    if parsed.get_backend_name() == "sqlite":
        engine = create_engine(parsed, module=sqlite_module())
        _prepare_sqlite(engine)
    elif parsed.get_backend_name() == "postgresql":
        engine = create_engine(parsed)
    else:
        raise BadInput("error.database_url", url=parsed.render_as_string(hide_password=True))
    return Storage(engine, clock)
