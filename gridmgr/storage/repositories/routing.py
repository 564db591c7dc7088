"""Joint matters and the cases that belong to them."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import delete, insert, select

from gridmgr.domain.routing.joint import JointMatter
from gridmgr.storage import schema
from gridmgr.storage.repositories.base import FlatRepository


class JointRepository(FlatRepository[JointMatter]):
    """Joint matters by number."""

    table = schema.joint_matter
    kind = JointMatter
    key = "id"

    def add_many(self, items: Iterable[JointMatter]) -> None:
        """Insert new ones, with the rows by which their cases find them."""
        matters = list(items)
        super().add_many(matters)
        rows = [{"matter_id": item.id, "case_id": case} for item in matters for case in item.cases]
        if rows:
            self._connection.execute(insert(schema.joint_case), rows)

    def replace(self, item: JointMatter) -> None:
        """Overwrite one, and the rows by which its cases find it."""
        super().replace(item)
        table = schema.joint_case
        self._connection.execute(delete(table).where(table.c.matter_id == item.id))
        self._connection.execute(
            insert(table), [{"matter_id": item.id, "case_id": case} for case in item.cases]
        )

    def of_cases(
        self, case_ids: Collection[str], *, states: Collection[str] | None = None
    ) -> list[JointMatter]:
        """Matters any of these cases belong to, in given states."""
        if not case_ids:
            return []
        link = schema.joint_case
        mine = select(link.c.matter_id).where(link.c.case_id.in_(sorted(case_ids)))
        conditions = [self.table.c.id.in_(mine)]
        if states is not None:
            conditions.append(self.table.c.state.in_(sorted(states)))
        return self._select(*conditions)

    def joined_of(self, case_id: str) -> JointMatter | None:
        """The joint matter a case is part of, None where it is of none."""
        return next(iter(self.of_cases([case_id], states={"joined"})), None)

    def lead_of(self, case_id: str) -> str | None:
        """The body that leads the joint matter a case is part of."""
        found = self.joined_of(case_id)
        return found.lead if found else None

    def search(self, *, township_code: str | None, states: Collection[str]) -> list[JointMatter]:
        """Matters of a township in given states, those found last first."""
        conditions = self._conditions({"township_code": township_code})
        found = self._select(*conditions, self.table.c.state.in_(sorted(states)))
        return sorted(found, key=lambda item: (item.found_at, item.id), reverse=True)
