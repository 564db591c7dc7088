"""The demo's cases: matters for county departments, taken from step to step as people would have."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from gridmgr.demo.passed_up import PassedUp
from gridmgr.domain.cases import Actor, Step
from gridmgr.services.cases.acting import act_within, file_within
from gridmgr.services.context import Context
from gridmgr.services.demo_told import at_moment
from gridmgr.storage import UnitOfWork

_MINUTES = timedelta(minutes=1)


def save_cases(ctx: Context, uow: UnitOfWork, matters: Iterable[PassedUp]) -> None:
    """Store the matters with their cases, within a transaction."""
    for matter in matters:
        uow.incidents.add(matter.incident)
        _Life(ctx, uow, matter).live()


class _Life:
    """Takes one matter's steps, each at its own moment.

    Parameters
    ----------
    ctx, uow, matter
        The wired parts, the transaction, the matter.
    """

    def __init__(self, ctx: Context, uow: UnitOfWork, matter: PassedUp) -> None:
        self._ctx, self._uow, self._matter = ctx, uow, matter
        town = matter.incident.township_code
        self._office = Actor(name="planner", role="planner", township_code=town)
        self._officer = Actor(name="officer", role="officer", township_code=town)
        self._department = Actor(name="department", role="department", department=matter.department)
        self._case_id = ""

    def live(self) -> None:
        """From the report as far as the matter has come."""
        matter = self._matter
        filed = matter.incident.reported_at + 25 * _MINUTES
        ctx = at_moment(self._ctx, filed)
        case = file_within(
            ctx, self._uow, matter.incident, actor=self._office, step=Step(action="file", at=filed)
        )
        self._case_id = case.case.id
        first = matter.other if matter.way == "helping" else matter.department
        helping = (matter.department,) if matter.way == "helping" else self._helpers()
        sent = Step(action="escalate", body=first, note="请按职责办理并反馈。", cooperating=helping)
        self._take(self._office, matter.sent_at, sent)
        if matter.accepted_at is not None:
            self._go_on(matter.accepted_at)
        if matter.handled_at is not None:
            self._finish(matter.handled_at)

    def _helpers(self) -> tuple[str, ...]:
        """One accepted case of the department has another department at its side."""
        matter = self._matter
        return (matter.other,) if matter.way in ("accepted", "helped") and matter.other else ()

    def _go_on(self, at: datetime) -> None:
        matter = self._matter
        if matter.way == "objected":
            why = "经核，该事项不属我局职责，建议改派。"
            self._take(self._department, at, Step(action="object", note=why, suggests=matter.other))
            again = Step(
                action="escalate", body=matter.other, note="按异议意见改派，请办理。", cooperating=()
            )
            self._take(self._office, at + 40 * _MINUTES, again)
            return
        who = self._department
        if matter.way == "helping":
            who = Actor(name="department", role="department", department=matter.other)
        self._take(who, at, Step(action="accept"))
        if matter.way == "helped":
            asks = Step(action="ask_help", note="拟到现场查处，请派员协助维持秩序、通知当事人到场。")
            self._take(who, at + 90 * _MINUTES, asks)

    def _finish(self, at: datetime) -> None:
        done = Step(action="handle", note="已到现场核实并责令整改，复查已整改到位。")
        self._take(self._department, at, done)
        if self._matter.way == "closed":
            self._take(self._officer, at + 150 * _MINUTES, Step(action="check", note="现场查看，已整改。"))
            self._take(self._office, at + 210 * _MINUTES, Step(action="close"))

    def _take(self, actor: Actor, at: datetime, step: Step) -> None:
        case = self._uow.cases.get(self._case_id)
        if case is None:
            raise RuntimeError(f"the demo's case {self._case_id} is gone")
        act_within(at_moment(self._ctx, at), self._uow, case, replace(step, at=at), actor=actor)
