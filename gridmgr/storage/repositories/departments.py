"""Cases as a department works through them: the most urgent first, in views with counts."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Subquery, and_, exists, func, not_, or_, select

from gridmgr.domain.cases import OPEN_STATES, Case
from gridmgr.domain.phrases import Phrase
from gridmgr.storage import schema
from gridmgr.storage.repositories.base import FlatRepository
from gridmgr.storage.repositories.cases import CaseRepository, holds

#: What a department looks at: what waits for it (accept, work on, give an opinion), and parts of that; what
#: it gave back, what it need no longer help with, what it is done with, and what is late.
VIEWS = ("todo", "to_accept", "in_hand", "cooperating", "help", "overdue", "objected", "released", "done")
#: Views of what is over for the department, with what changed last first.
_PAST = frozenset({"objected", "released", "done"})
_DONE = ("handled", "checked", "closed", "rated")


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Whose cases, seen when.

    Parameters
    ----------
    department
        By name.
    phases
        Phases of clocks that departments have to keep.
    now
        What fell due before is overdue.
    """

    department: str
    phases: Collection[str]
    now: datetime


class DepartmentCases(CaseRepository):
    """Cases of a department, by the time that is left."""

    def of_view(
        self, desk: Desk, view: str, *, words: str = "", limit: int | None = None, offset: int = 0
    ) -> list[Case]:
        """Cases of a view that hold the words: by the end of the running clock, those done last first."""
        due = self._due(desk)
        columns = [self.table.c[name] for name in self._fields]
        query = (
            select(*columns)
            .outerjoin(due, due.c.case_id == self.table.c.id)
            .where(*self._conditions_of(desk, view, words, due))
        )
        if view in _PAST:
            query = query.order_by(self.table.c.changed_at.desc(), self.table.c.id)
        else:
            query = query.order_by(due.c.due_at.is_(None), due.c.due_at, self.table.c.id)
        rows = self._connection.execute(query.limit(limit).offset(offset)).mappings()
        return [self._from_row(dict(row)) for row in rows]

    def count_of_view(self, desk: Desk, view: str, *, words: str = "") -> int:
        """How many `of_view` would give without a limit."""
        due = self._due(desk)
        query = (
            select(func.count())
            .select_from(self.table.outerjoin(due, due.c.case_id == self.table.c.id))
            .where(*self._conditions_of(desk, view, words, due))
        )
        return int(self._connection.execute(query).scalar_one())

    def _due(self, desk: Desk) -> Subquery:
        clock = schema.case_clock
        return (
            select(clock.c.case_id, func.min(clock.c.due_at).label("due_at"))
            .where(clock.c.stopped_at.is_(None), clock.c.phase.in_(sorted(desk.phases)))
            .group_by(clock.c.case_id)
            .subquery()
        )

    def _conditions_of(
        self, desk: Desk, view: str, words: str, due: Subquery
    ) -> tuple[ColumnElement[bool], ...]:
        wanted = self._views(desk)
        found = wanted["todo"] & (due.c.due_at < desk.now) if view == "overdue" else wanted[view]
        return (found, self._tells(words.strip())) if words.strip() else (found,)

    def _views(self, desk: Desk) -> Mapping[str, ColumnElement[bool]]:
        c, step = self.table.c, schema.case_step
        mine = c.department == desk.department
        others = or_(c.department.is_(None), c.department != desk.department)
        helps = holds(c.cooperating, desk.department)
        helping = and_(helps, others, c.state.in_(sorted(OPEN_STATES)))
        let_go = exists().where(
            step.c.case_id == c.id, step.c.action == "release", step.c.body == desk.department
        )
        to_accept = and_(mine, c.state == "escalated")
        in_hand = and_(mine, c.state.in_(("accepted", "suspended")))
        unheard = and_(helping, not_(holds(c.answered, desk.department)))
        return {
            "todo": or_(to_accept, in_hand, unheard),
            "to_accept": to_accept,
            "in_hand": in_hand,
            "cooperating": helping,
            "help": and_(in_hand, c.help.is_not(None)),
            "objected": and_(holds(c.objectors, desk.department), others),
            "released": and_(let_go, others, not_(helps)),
            "done": and_(mine, c.state.in_(_DONE)),
        }

    def _tells(self, words: str) -> ColumnElement[bool]:
        """As `says`, or the village's or the item's name does."""
        c, village, item = self.table.c, schema.village, schema.catalogue_version
        there = exists().where(
            village.c.code == c.village_code, village.c.name.contains(words, autoescape=True)
        )
        about = exists().where(item.c.code == c.item_code, item.c.name.contains(words, autoescape=True))
        return or_(self.says(words), there, about)


class PhraseRepository(FlatRepository[Phrase]):
    """Texts that departments reuse, by number."""

    table = schema.phrase
    kind = Phrase
    key = "id"
