"""Which cases a user may read, and which departments there are to escalate to."""

from __future__ import annotations

from dataclasses import replace

from gridmgr.domain.cases import Actor, Case
from gridmgr.errors import Forbidden
from gridmgr.storage import UnitOfWork
from gridmgr.storage.repositories.cases import CaseFilter


def bodies(uow: UnitOfWork) -> tuple[str, ...]:
    """The county departments that have agencies, by name."""
    agencies = uow.agencies.find()
    return tuple(sorted({a.department for a in agencies if a.department and not a.is_office}))


def check_reader(uow: UnitOfWork, case: Case, actor: Actor) -> None:
    """Refuse a case of another township, or one the actor's department never had to do with.

    Raises
    ------
    Forbidden
        If it is another's.
    """
    if not actor.is_of(case.township_code):
        raise Forbidden("case.refuse_township")
    if actor.role == "department" and case.duplicate_of is not None:
        # What repeats a case is part of its evidence.
        case = uow.cases.get(case.duplicate_of) or case
    if actor.role != "department" or case.department == actor.department is not None:
        return
    if actor.department in case.cooperating:
        return
    joint = uow.joint.joined_of(case.id)
    if joint is not None and actor.department in joint.bodies:
        return
    steps = uow.case_steps.of_case(case.id)
    if actor.department is None or not (
        case.answerable == actor.department or any(step.body == actor.department for step in steps)
    ):
        raise Forbidden("case.refuse_department")


def scoped(wanted: CaseFilter, actor: Actor) -> CaseFilter | None:
    """The filter within what the actor may read; None where that is nothing."""
    if actor.role in ("planner", "officer"):
        if wanted.township_code not in (None, actor.township_code):
            return None
        return replace(wanted, township_code=actor.township_code)
    if actor.role == "department":
        return replace(wanted, party=actor.department) if actor.department else None
    return wanted
