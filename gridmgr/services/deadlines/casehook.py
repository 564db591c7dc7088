"""Clocks follow the steps of a case: the data file of phases says which step starts and stops which."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from gridmgr.domain.cases import Case, CaseStep
from gridmgr.domain.deadlines import CaseClock, DeadlineRule, Pause, RuleTextError, end_of
from gridmgr.domain.deadlines.book import Phase, RuleBook
from gridmgr.services.context import Context
from gridmgr.services.deadlines.book import book_of
from gridmgr.services.deadlines.calendars import calendar_of
from gridmgr.storage import UnitOfWork

#: What the first step of a case starts besides what the step itself does: it became known before.
OPENED = "opened"
#: Steps that take another step back: the clocks that one ended run on as if it had not been.
_TAKES_BACK = {"undo_duplicate": "mark_duplicate"}


def follow(ctx: Context, uow: UnitOfWork, case: Case, step: CaseStep) -> None:
    """Start, stop, pause and revive a case's clocks after a step; one of `gridmgr.services.cases.hooks`."""
    book = book_of(uow)
    before = {clock.id: clock for clock in uow.clocks.of_case(case.id)}
    clocks = list(before.values())
    if step.seq == 1:
        clocks += _begun(ctx, uow, book, case, clocks, OPENED, step)
    clocks = [_moved(clock, step, book) for clock in clocks]
    clocks = _revived(clocks, step, book)
    if step.action in _TAKES_BACK:
        clocks = _taken_back(uow, clocks, step)
    clocks += _begun(ctx, uow, book, case, clocks, step.action, step)
    for clock in clocks:
        if clock != before.get(clock.id):
            store(ctx, uow, clock, new=clock.id not in before)


def store(ctx: Context, uow: UnitOfWork, clock: CaseClock, *, new: bool = False) -> CaseClock:
    """Keep a clock with the end it has by today's calendar."""
    kept = replace(clock, due_at=end_of(clock, calendar_of(uow, ctx.clock.zone)))
    if new:
        uow.clocks.add(kept)
    else:
        uow.clocks.replace(kept)
    return kept


def clock_number(case_id: str, phase: str, clocks: list[CaseClock]) -> str:
    """The number of the next clock of a phase."""
    many = sum(clock.phase == phase for clock in clocks)
    return f"{case_id}.{phase}.{many + 1}"


def _moved(clock: CaseClock, step: CaseStep, book: RuleBook) -> CaseClock:
    if not clock.is_running:
        return clock
    phase = book.phases.get(clock.phase)
    if phase is not None and step.action in phase.voids:
        return clock.stopped(step.at, "void")
    if phase is not None and step.action in phase.stops:
        return clock.stopped(step.at, "done")
    if step.action in book.pauses:
        return clock.paused(Pause(since=step.at, note=step.note))
    if step.action in book.pauses.values():
        return clock.resumed(step.at)
    return clock


def _revived(clocks: list[CaseClock], step: CaseStep, book: RuleBook) -> list[CaseClock]:
    """The last clock of a phase runs on where what it waited for was not done after all."""
    last = {clock.phase: clock.id for clock in clocks}
    found = []
    for clock in clocks:
        phase = book.phases.get(clock.phase)
        if phase is not None and step.action in phase.revives and clock.id == last[clock.phase]:
            found.append(clock.revived(step.at, through=phase.through))
        else:
            found.append(clock)
    return found


def _taken_back(uow: UnitOfWork, clocks: list[CaseClock], step: CaseStep) -> list[CaseClock]:
    undone = [
        other.at for other in uow.case_steps.of_case(step.case_id) if other.action == _TAKES_BACK[step.action]
    ]
    return [
        replace(clock, stopped_at=None, stop="")
        if clock.stop == "void" and undone and clock.stopped_at == undone[-1]
        else clock
        for clock in clocks
    ]


def _begun(
    ctx: Context,
    uow: UnitOfWork,
    book: RuleBook,
    case: Case,
    clocks: list[CaseClock],
    action: str,
    step: CaseStep,
) -> list[CaseClock]:
    made = []
    for phase in book.phases.values():
        running = any(clock.phase == phase.id and clock.is_running for clock in clocks)
        if action not in phase.starts or running or not _is_for(uow, phase, case):
            continue
        rule = _rule_of(uow, book, phase, case)
        if rule is not None:
            made.append(
                CaseClock(
                    id=clock_number(case.id, phase.id, clocks),
                    case_id=case.id,
                    township_code=case.township_code,
                    phase=phase.id,
                    answers=phase.answers,
                    rule=rule,
                    started_at=_known_since(uow, case, step) if action == OPENED else step.at,
                    ordered_due=_ordered_due(uow, phase, case),
                )
            )
    return made


def _known_since(uow: UnitOfWork, case: Case, step: CaseStep) -> datetime:
    incident = uow.incidents.get(case.incident_id)
    return step.at if incident is None else min(incident.reported_at, step.at)


def _is_for(uow: UnitOfWork, phase: Phase, case: Case) -> bool:
    if not phase.sources:
        return True
    incident = uow.incidents.get(case.incident_id)
    return incident is not None and incident.source in phase.sources


def _ordered_due(uow: UnitOfWork, phase: Phase, case: Case) -> datetime | None:
    """The earliest end that reports of the phase's sources came with, None where they named none."""
    tips = uow.tips.of_incident(case.incident_id)
    return min((tip.due_at for tip in tips if tip.due_at and tip.source in phase.sources), default=None)


def _rule_of(uow: UnitOfWork, book: RuleBook, phase: Phase, case: Case) -> DeadlineRule | None:
    """The phase's rule; the catalogue item's own goes before it where it can be read."""
    if phase.rule is None or not phase.of_item:
        return phase.rule
    item = uow.catalogue.of_case(case)
    if item is None or not item.deadline_rule.strip():
        return phase.rule
    try:
        return book.read(item.deadline_rule)
    except RuleTextError:
        return phase.rule
