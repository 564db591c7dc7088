"""Cases, their steps and penalties."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    RowMapping,
    Text,
    and_,
    exists,
    func,
    insert,
    or_,
    select,
    type_coerce,
    update,
)

from gridmgr.domain.cases import OPEN_STATES, Case, CaseStep, Evidence, Penalty
from gridmgr.domain.nearness import Box
from gridmgr.errors import Conflict
from gridmgr.storage import schema
from gridmgr.storage.repositories.base import CHUNK, FlatRepository


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFilter:
    """Which cases; None is no condition.

    Parameters
    ----------
    township_code, village_code, item_code, department, answerable
        Equal to these.
    party
        A department that has it, answers for it, or had to do with it.
    states
        In one of these.
    urgent, supervised
        Only such, or only others.
    since, until
        Opened in [since, until).
    help
        Where a department's request for help stands so.
    words
        Part of the number, the category, or the first incident's description.
    """

    township_code: str | None = None
    village_code: str | None = None
    item_code: str | None = None
    department: str | None = None
    answerable: str | None = None
    party: str | None = None
    states: Collection[str] | None = None
    urgent: bool | None = None
    supervised: bool | None = None
    since: datetime | None = None
    until: datetime | None = None
    help: Collection[str] | None = None
    words: str = ""


def holds(column: Column[Any], value: str) -> ColumnElement[bool]:
    """Whether a `TextTuple` column holds a text."""
    return type_coerce(column, Text).contains(json.dumps(value, ensure_ascii=False), autoescape=True)


class CaseRepository(FlatRepository[Case]):
    """Cases by number."""

    table = schema.case_file
    kind = Case
    key = "id"

    def search(self, wanted: CaseFilter, *, limit: int | None = None, offset: int = 0) -> list[Case]:
        """Cases that meet the filter, those that changed last first."""
        columns = [self.table.c[name] for name in self._fields]
        query = select(*columns).where(*self._wanted(wanted))
        query = query.order_by(self.table.c.changed_at.desc(), self.table.c.id).offset(offset)
        if limit is not None:
            query = query.limit(limit)
        return self._read(query)

    def count_found(self, wanted: CaseFilter) -> int:
        """How many `search` would give without a limit."""
        query = select(func.count()).select_from(self.table).where(*self._wanted(wanted))
        return int(self._connection.execute(query).scalar_one())

    def near(self, box: Box, *, since: datetime) -> list[Case]:
        """Cases within a box of degrees (west, south, east, north): open ones, others opened since."""
        c = self.table.c
        west, south, east, north = box
        opened = func.coalesce(c.opened_at, since, type_=c.opened_at.type)
        recent = or_(opened >= since, c.state.in_(sorted(OPEN_STATES)))
        return self._select(c.lat.between(south, north), c.lon.between(west, east), recent)

    def open_by_officer(self, township_code: str) -> dict[str, int]:
        """How many open cases each officer of a township was sent to."""
        c = self.table.c
        query = (
            select(c.officer_id, func.count())
            .where(c.township_code == township_code, c.officer_id.is_not(None))
            .where(c.state.in_(sorted(OPEN_STATES)))
            .group_by(c.officer_id)
        )
        return {officer: int(count) for officer, count in self._connection.execute(query)}

    def save(self, case: Case, *, expected_version: int) -> None:
        """Overwrite a case that nobody else changed meanwhile.

        Raises
        ------
        Conflict
            If the stored case is not at ``expected_version``.
        """
        here = and_(self.table.c.id == case.id, self.table.c.version == expected_version)
        done = self._connection.execute(update(self.table).where(here).values(**self._to_row(case)))
        if done.rowcount != 1:
            raise Conflict("case.changed_meanwhile", id=case.id)

    def _wanted(self, wanted: CaseFilter) -> list[ColumnElement[bool]]:
        c = self.table.c
        same = ("township_code", "village_code", "item_code", "department", "answerable", "urgent")
        found = self._conditions({name: getattr(wanted, name) for name in same})
        if wanted.party is not None:
            found.append(self._concerns(wanted.party))
        if wanted.states is not None:
            found.append(c.state.in_(sorted(wanted.states)))
        if wanted.supervised is not None:
            found.append(c.supervised > 0 if wanted.supervised else c.supervised == 0)
        if wanted.since is not None:
            found.append(c.opened_at >= wanted.since)
        if wanted.until is not None:
            found.append(c.opened_at < wanted.until)
        if wanted.help is not None:
            found.append(c.help.in_(sorted(wanted.help)))
        if wanted.words.strip():
            found.append(self.says(wanted.words.strip()))
        return found

    def _concerns(self, department: str) -> ColumnElement[bool]:
        c, step = self.table.c, schema.case_step
        touched = exists().where(step.c.case_id == c.id, step.c.body == department)
        helps = holds(c.cooperating, department)
        link, matter = schema.joint_case, schema.joint_matter
        named = type_coerce(matter.c.bodies, Text).contains(f'"{department}"', autoescape=True)
        joint = exists().where(
            link.c.case_id == c.id, matter.c.id == link.c.matter_id, matter.c.state == "joined", named
        )
        return or_(c.department == department, c.answerable == department, helps, touched, joint)

    def says(self, words: str) -> ColumnElement[bool]:
        """Whether a case's number, category or first report holds the words."""
        c, incident = self.table.c, schema.incident
        told = exists().where(
            incident.c.id == c.incident_id, incident.c.description.contains(words, autoescape=True)
        )
        return or_(c.id.contains(words, autoescape=True), c.category.contains(words, autoescape=True), told)


class CaseStepRepository:
    """Steps of cases; only ever added."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._names = tuple(field.name for field in fields(CaseStep))

    def add(self, step: CaseStep) -> None:
        """Store a new step."""
        row: dict[str, Any] = {name: getattr(step, name) for name in self._names}
        row["evidence"] = [_file(item) for item in step.evidence]
        row["detail"] = dict(step.detail)
        self._connection.execute(insert(schema.case_step), row)

    def of_case(self, case_id: str) -> list[CaseStep]:
        """All steps of a case, in order."""
        return self.of_cases([case_id]).get(case_id, [])

    def of_cases(self, case_ids: Iterable[str]) -> dict[str, list[CaseStep]]:
        """Steps of many cases, in order, by case."""
        table = schema.case_step
        wanted = sorted(set(case_ids))
        found: dict[str, list[CaseStep]] = {}
        for start in range(0, len(wanted), CHUNK):
            query = select(*(table.c[name] for name in self._names)).where(
                table.c.case_id.in_(wanted[start : start + CHUNK])
            )
            for row in self._connection.execute(query.order_by(table.c.case_id, table.c.seq)).mappings():
                found.setdefault(row["case_id"], []).append(_step(row))
        return found

    def by_device(self, case_id: str, device_id: str) -> CaseStep | None:
        """The step a sender's id was given to."""
        table = schema.case_step
        query = select(*(table.c[name] for name in self._names)).where(
            table.c.case_id == case_id, table.c.device_id == device_id
        )
        row = self._connection.execute(query).mappings().first()
        return None if row is None else _step(row)

    def of_body(self, body: str, actions: Collection[str], *, since: datetime) -> list[CaseStep]:
        """Steps of some kinds that concern a body, taken since a moment, by time."""
        table = schema.case_step
        query = select(*(table.c[name] for name in self._names)).where(
            table.c.body == body, table.c.action.in_(sorted(actions)), table.c.at >= since
        )
        rows = self._connection.execute(query.order_by(table.c.at, table.c.case_id, table.c.seq)).mappings()
        return [_step(row) for row in rows]

    def by_body(
        self, action: str, item_code: str | None, category: str, *, since: datetime
    ) -> dict[str, int]:
        """How many cases of an item (without one: of a category) each body took such a step in since."""
        table, case = schema.case_step, schema.case_file
        alike = case.c.category == category if item_code is None else case.c.item_code == item_code
        query = (
            select(table.c.body, func.count(table.c.case_id.distinct()))
            .join(case, case.c.id == table.c.case_id)
            .where(alike, table.c.action == action, table.c.at >= since, table.c.body.is_not(None))
            .group_by(table.c.body)
        )
        return {body: int(count) for body, count in self._connection.execute(query)}

    def between(
        self, since: datetime, until: datetime, *, township_code: str | None = None
    ) -> list[CaseStep]:
        """Steps taken in [since, until), by time."""
        table, case = schema.case_step, schema.case_file
        query = select(*(table.c[name] for name in self._names)).where(
            table.c.at >= since, table.c.at < until
        )
        if township_code is not None:
            query = query.join(case, case.c.id == table.c.case_id).where(
                case.c.township_code == township_code
            )
        rows = self._connection.execute(query.order_by(table.c.at, table.c.case_id, table.c.seq)).mappings()
        return [_step(row) for row in rows]


def _file(item: Evidence) -> dict[str, str]:
    kept = {"id": item.id, "sha256": item.sha256}
    return kept | {"name": item.name} if item.name else kept


def _step(row: RowMapping) -> CaseStep:
    values = dict(row)
    values["evidence"] = tuple(Evidence(**item) for item in values["evidence"])
    return CaseStep(**values)


class PenaltyRepository(FlatRepository[Penalty]):
    """Penalties by the number of the decision."""

    table = schema.penalty
    kind = Penalty
    key = "id"
