"""Accounts, password hashes and login sessions."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, or_, select, update

from gridmgr.domain.users import User
from gridmgr.storage import schema


class UserRepository:
    """Accounts by name."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._columns = [schema.user_account.c[field.name] for field in fields(User)]

    def get(self, name: str) -> User | None:
        """The account, None where there is none."""
        query = select(*self._columns).where(schema.user_account.c.name == name)
        row = self._connection.execute(query).mappings().first()
        return None if row is None else User(**row)

    def find(self) -> list[User]:
        """All accounts by name."""
        query = select(*self._columns).order_by(schema.user_account.c.name)
        return [User(**row) for row in self._connection.execute(query).mappings()]

    def add(self, user: User, *, password_hash: str) -> None:
        """A new account."""
        self._connection.execute(
            insert(schema.user_account), self._to_row(user) | {"password_hash": password_hash}
        )

    def replace(self, user: User) -> None:
        """Overwrite everything but the password."""
        table = schema.user_account
        self._connection.execute(update(table).where(table.c.name == user.name).values(**self._to_row(user)))

    def password_hash(self, name: str) -> str | None:
        """The stored hash, None for an unknown account."""
        table = schema.user_account
        value: str | None = self._connection.execute(
            select(table.c.password_hash).where(table.c.name == name)
        ).scalar()
        return value

    def set_password_hash(self, name: str, password_hash: str) -> None:
        """Replace the hash."""
        table = schema.user_account
        self._connection.execute(
            update(table).where(table.c.name == name).values(password_hash=password_hash)
        )

    def open_session(self, *, token_hash: str, user_name: str, at: datetime) -> None:
        """Note a login."""
        row = {"token_hash": token_hash, "user_name": user_name, "created_at": at, "last_seen_at": at}
        self._connection.execute(insert(schema.login_session), row)

    def session(self, token_hash: str) -> tuple[str, datetime, datetime] | None:
        """User name, time of login, last use; None where the session is over."""
        table = schema.login_session
        row = self._connection.execute(
            select(table.c.user_name, table.c.created_at, table.c.last_seen_at).where(
                table.c.token_hash == token_hash
            )
        ).first()
        return None if row is None else (row[0], row[1], row[2])

    def touch_session(self, token_hash: str, at: datetime) -> None:
        """Note that the session was used."""
        table = schema.login_session
        self._connection.execute(
            update(table).where(table.c.token_hash == token_hash).values(last_seen_at=at)
        )

    def close_session(self, token_hash: str) -> None:
        """End one session."""
        table = schema.login_session
        self._connection.execute(delete(table).where(table.c.token_hash == token_hash))

    def close_sessions(self, user_name: str) -> None:
        """End all sessions of a user."""
        table = schema.login_session
        self._connection.execute(delete(table).where(table.c.user_name == user_name))

    def close_sessions_before(self, *, last_seen: datetime, created: datetime) -> None:
        """End the sessions last used before ``last_seen``, or opened before ``created``."""
        table = schema.login_session
        over = or_(table.c.last_seen_at < last_seen, table.c.created_at < created)
        self._connection.execute(delete(table).where(over))

    @staticmethod
    def _to_row(user: User) -> dict[str, Any]:
        return {field.name: getattr(user, field.name) for field in fields(User)}
