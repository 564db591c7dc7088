"""Papers by which the catalogue changes: each kind a dataclass, kept whole."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, insert, select, update

from gridmgr.domain.admissions import Admission
from gridmgr.domain.wishes import Proposal, Wish
from gridmgr.errors import Conflict
from gridmgr.storage import schema
from gridmgr.storage.codec import decode, encode

T = TypeVar("T", bound=Wish | Proposal | Admission)


class PaperRepository(Generic[T]):
    """Papers of one kind by id.

    Parameters
    ----------
    connection
        Within a transaction.
    kind
        The dataclass; its name in the table is the class's in lower case.
    written_at
        When a paper was written.
    """

    def __init__(self, connection: Connection, kind: type[T], written_at: Callable[[T], datetime]) -> None:
        self._connection = connection
        self._kind = kind
        self._name = kind.__name__.lower()
        self._written_at = written_at

    def get(self, paper_id: str) -> T | None:
        """The paper of that id, None where there is none."""
        table = schema.catalogue_paper
        query = select(table.c.body).where(table.c.id == paper_id, table.c.kind == self._name)
        body = self._connection.execute(query).scalar()
        return None if body is None else decode(self._kind, body)

    def find(self, states: Collection[str] | None = None) -> list[T]:
        """Papers in given states (all by default), the newest first."""
        table = schema.catalogue_paper
        query = select(table.c.body).where(table.c.kind == self._name)
        if states is not None:
            query = query.where(table.c.state.in_(sorted(states)))
        rows = self._connection.execute(query.order_by(table.c.at.desc(), table.c.id)).scalars()
        return [decode(self._kind, body) for body in rows]

    def add(self, paper: T) -> None:
        """Store a new paper."""
        row = self._row(paper) | {"kind": self._name, "at": self._written_at(paper)}
        self._connection.execute(insert(schema.catalogue_paper), row)

    def change(self, before: T, after: T) -> None:
        """Put a paper in the place of what it was.

        Raises
        ------
        Conflict
            If somebody else changed it meanwhile.
        """
        table = schema.catalogue_paper
        same = (table.c.id == before.id) & (table.c.body == encode(before))
        done = self._connection.execute(update(table).where(same).values(**self._row(after)))
        if done.rowcount != 1:
            raise Conflict("catalogue.changed_meanwhile", id=before.id)

    def _row(self, paper: T) -> dict[str, Any]:
        return {"id": paper.id, "state": paper.state, "body": encode(paper)}
