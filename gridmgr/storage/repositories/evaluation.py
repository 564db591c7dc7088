"""What the evaluation reads, in a few statements however many cases there are; and appeals."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, and_, select

from gridmgr.domain.cases import CaseStep
from gridmgr.domain.deadlines.clocks import CaseClock
from gridmgr.domain.evaluation import Appeal
from gridmgr.storage import schema
from gridmgr.storage.codec import decode
from gridmgr.storage.repositories.base import FlatRepository


class AppealRepository(FlatRepository[Appeal]):
    """Appeals by number."""

    table = schema.evaluation_appeal
    kind = Appeal
    key = "id"


class ReportRow(NamedTuple):
    """A report and the case it belongs to."""

    id: str
    township_code: str | None
    reported_at: datetime
    reported_by: str | None
    state: str
    case_id: str | None
    first_report: str | None
    case_state: str | None
    case_township: str | None
    answerable: str | None


class VoteRow(NamedTuple):
    """What a reporter said of a case's outcome."""

    case_id: str
    at: datetime
    score: int | None
    solved: bool | None


@dataclass(frozen=True, kw_only=True)
class EvaluationReader:
    """Reads matters whose first report came in [since, until).

    Parameters
    ----------
    connection
        Within a transaction.
    since, until
        Aware.
    """

    connection: Connection
    since: datetime
    until: datetime

    def reports(self) -> list[ReportRow]:
        """Every report of the time, by time."""
        report, case = schema.incident.c, schema.case_file.c
        query = (
            select(
                report.id,
                report.township_code,
                report.reported_at,
                report.reported_by,
                report.state,
                report.case_id,
                case.incident_id,
                case.state,
                case.township_code,
                case.answerable,
            )
            .select_from(schema.incident.outerjoin(schema.case_file, case.id == report.case_id))
            .where(self._within())
            .order_by(report.reported_at, report.id)
        )
        return [ReportRow._make(row) for row in self.connection.execute(query)]

    def steps(self, actions: Collection[str]) -> dict[str, list[CaseStep]]:
        """Steps of the kinds named, in order, by case; without notes and evidence."""
        step = schema.case_step.c
        names = ("case_id", "seq", "action", "source", "target", "at", "actor", "role", "body", "detail")
        query = self._of_cases(select(*(step[name] for name in names)), schema.case_step)
        query = query.where(step.action.in_(sorted(actions))).order_by(step.case_id, step.seq)
        found: dict[str, list[CaseStep]] = {}
        for row in self.connection.execute(query).mappings():
            found.setdefault(row["case_id"], []).append(CaseStep(**row, recorded_at=row["at"]))
        return found

    def clocks(self, phases: Collection[str]) -> dict[str, list[CaseClock]]:
        """Clocks of the phases named, in the order they began, by case."""
        clock = schema.case_clock.c
        query = self._of_cases(select(clock.body), schema.case_clock)
        query = query.where(clock.phase.in_(sorted(phases))).order_by(clock.started_at, clock.id)
        found: dict[str, list[CaseClock]] = {}
        for body in self.connection.execute(query).scalars():
            item = decode(CaseClock, body)
            found.setdefault(item.case_id, []).append(item)
        return found

    def votes(self) -> list[VoteRow]:
        """Ratings that reporters gave by their receipts."""
        tip, other = schema.tip.c, schema.incident.alias("told")
        query = (
            select(other.c.case_id, tip.rated_at, tip.score, tip.solved)
            .select_from(schema.tip.join(other, other.c.id == tip.incident_id))
            .join(schema.case_file, schema.case_file.c.id == other.c.case_id)
            .join(schema.incident, schema.incident.c.id == schema.case_file.c.incident_id)
            .where(tip.rated_at.is_not(None), self._within())
            .order_by(tip.rated_at, tip.id)
        )
        return [VoteRow._make(row) for row in self.connection.execute(query)]

    def _of_cases(self, query: Select[Any], table: Any) -> Select[Any]:
        case = schema.case_file
        return (
            query.join(case, case.c.id == table.c.case_id)
            .join(schema.incident, schema.incident.c.id == case.c.incident_id)
            .where(self._within())
        )

    def _within(self) -> ColumnElement[bool]:
        at = schema.incident.c.reported_at
        return and_(at >= self.since, at < self.until)
