"""The queue of a department: what waits for it, the most urgent first, with how much time is left."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from gridmgr.domain.cases import Case, CaseStep
from gridmgr.domain.privacy import mask
from gridmgr.domain.rates import PHASES, DepartmentRates, clocks_by_body, rates_of
from gridmgr.domain.users import User
from gridmgr.errors import Forbidden
from gridmgr.services.context import Context
from gridmgr.services.deadlines.book import book_of
from gridmgr.services.deadlines.reading import ClockView, views
from gridmgr.storage import UnitOfWork
from gridmgr.storage.repositories.departments import VIEWS, Desk

#: Of how many days the rates are, by default.
RATE_DAYS = 90


@dataclass(frozen=True, kw_only=True)
class QueueRow:
    """One case of the queue.

    Parameters
    ----------
    case
        The case.
    clock
        The clock that runs for whoever has it, None where none does or it is no business of the department.
    leads
        Whether the department has it, rather than helping another that has or having given it back.
    waits_for_opinion
        Whether it helps and has not given its opinion.
    release
        The step by which it need no longer help, None where that is not so.
    description
        What was reported, masked.
    village, township, item
        Names, where known.
    """

    case: Case
    clock: ClockView | None
    leads: bool
    waits_for_opinion: bool
    release: CaseStep | None
    description: str
    village: str | None
    township: str | None
    item: str | None


@dataclass(frozen=True, kw_only=True)
class Queue:
    """A page of a department's queue.

    Parameters
    ----------
    department
        Whose.
    rows
        Of the view, the most urgent first.
    total
        How many the view has with the words looked for.
    counts
        Of every view, by name, without the words.
    """

    department: str
    rows: tuple[QueueRow, ...]
    total: int
    counts: dict[str, int]


def department_of(user: User) -> str:
    """The department a user speaks for.

    Raises
    ------
    Forbidden
        If it is a user of no department.
    """
    if user.role != "department" or not user.department:
        raise Forbidden("dept.no_department")
    return user.department


def queue(
    ctx: Context, *, user: User, view: str = "todo", words: str = "", limit: int = 50, offset: int = 0
) -> Queue:
    """A page of the cases of the user's department.

    Parameters
    ----------
    view
        One of `VIEWS`.
    words
        Part of the number, kind, item, village or description.

    Raises
    ------
    Forbidden
        If the user speaks for no department.
    """
    department = department_of(user)
    with ctx.storage.read() as uow:
        desk = Desk(department=department, phases=_phases(uow), now=ctx.clock.utc_now())
        found = uow.department_cases.of_view(desk, view, words=words, limit=limit, offset=offset)
        return Queue(
            department=department,
            rows=_rows(ctx, uow, desk, found),
            total=uow.department_cases.count_of_view(desk, view, words=words),
            counts={name: uow.department_cases.count_of_view(desk, name) for name in VIEWS},
        )


def rates(ctx: Context, *, user: User, days: int = RATE_DAYS) -> DepartmentRates:
    """Response, solution and on-time rates of the user's department for what it was sent in so many days.

    Raises
    ------
    Forbidden
        If the user speaks for no department.
    """
    department, now = department_of(user), ctx.clock.utc_now()
    with ctx.storage.read() as uow:
        steps = uow.case_steps.of_body(department, PHASES, since=now - timedelta(days=days))
        clocks = uow.clocks.of_phases({step.case_id for step in steps}, PHASES.values())
    return rates_of(clocks_by_body(steps, clocks).get(department, []), now)


def release_of(case: Case, steps: Sequence[CaseStep], department: str) -> CaseStep | None:
    """The step by which a department need no longer help with a case; None where it has it, or helps."""
    if department in (case.department, *case.cooperating):
        return None
    mine = (step for step in steps if step.action == "release" and step.body == department)
    return max(mine, key=lambda step: step.seq, default=None)


def _phases(uow: UnitOfWork) -> frozenset[str]:
    book = book_of(uow)
    answers = {item.id: item.answers for item in book.phases.values()}
    answers |= {item.id: item.answers for item in book.limits.values()}
    return frozenset(name for name, who in answers.items() if who == "department")


def _rows(ctx: Context, uow: UnitOfWork, desk: Desk, cases: Iterable[Case]) -> tuple[QueueRow, ...]:
    found = list(cases)
    clocks = _most_urgent(ctx, uow, desk, found)
    told = uow.incidents.get_many(case.incident_id for case in found)
    villages = _village_names(uow, {case.township_code for case in found if case.township_code})
    steps = uow.case_steps.of_cases(
        case.id for case in found if desk.department not in (case.department, *case.cooperating)
    )
    towns = {town.code: town.name for town in uow.townships.find()}
    rows = []
    for case in found:
        leads, helps = case.department == desk.department, desk.department in case.cooperating
        item, incident = uow.catalogue.of_case(case), told.get(case.incident_id)
        rows.append(
            QueueRow(
                case=case,
                clock=clocks.get(case.id) if leads or helps else None,
                leads=leads,
                waits_for_opinion=case.is_open and not leads and desk.department in case.unheard,
                release=release_of(case, steps.get(case.id, ()), desk.department),
                description=mask(incident.description) if incident else "",
                village=villages.get(case.village_code or ""),
                township=towns.get(case.township_code or ""),
                item=item.name if item else None,
            )
        )
    return tuple(rows)


def _village_names(uow: UnitOfWork, townships: Iterable[str]) -> dict[str, str]:
    return {
        code: name for township in townships for code, name, _ in uow.villages.names(township_code=township)
    }


def _most_urgent(ctx: Context, uow: UnitOfWork, desk: Desk, cases: list[Case]) -> dict[str, ClockView]:
    by_case = uow.clocks.of_phases((case.id for case in cases), desk.phases)
    running = [clock for clocks in by_case.values() for clock in clocks if clock.is_running]
    found: dict[str, ClockView] = {}
    for seen in views(ctx, uow, running):
        before = found.get(seen.clock.case_id)
        if before is None or _sooner(seen, before):
            found[seen.clock.case_id] = seen
    return found


def _sooner(one: ClockView, other: ClockView) -> bool:
    if one.standing.due is None or other.standing.due is None:
        return other.standing.due is None
    return one.standing.due < other.standing.due
