"""Joint handling: which departments help with a case, as the catalogue says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from gridmgr.domain.bodies import same_body
from gridmgr.domain.cases import OFFICE, Case, CaseStep, Step
from gridmgr.services.cases.scope import bodies
from gridmgr.storage import UnitOfWork


def with_helpers(uow: UnitOfWork, case: Case, step: Step) -> Step:
    """An escalation that names no cooperating departments, with those of the case, its item and joint matter.

    Those that help only because of the joint matter are named in the step's detail: taking the joining back
    releases them.
    """
    if step.action != "escalate" or step.body == OFFICE or step.cooperating is not None:
        return step
    named = (*case.cooperating, *catalogue_bodies(uow, case))
    helpers = _others(case, step, named)
    matter = uow.joint.joined_of(case.id)
    if matter is None or matter.lead != step.body:
        return replace(step, cooperating=helpers)
    joined = [body for body in _others(case, step, matter.cooperating) if body not in helpers]
    detail = {**step.detail, **joined_detail(matter.id, joined)} if joined else step.detail
    return replace(step, cooperating=(*helpers, *joined), detail=detail)


def _others(case: Case, step: Step, named: Iterable[str]) -> tuple[str, ...]:
    kept = (body for body in named if body not in (OFFICE, step.body) and body not in case.objectors)
    return tuple(dict.fromkeys(kept))


def joined_detail(matter_id: str, joined: Iterable[str]) -> dict[str, Any]:
    """What a step keeps of the departments that a joint matter brought into a case."""
    return {"joint": matter_id, "joint_bodies": list(joined)}


def joined_by(steps: Iterable[CaseStep], matter_id: str) -> tuple[str, ...]:
    """The departments that only a joint matter brought into a case, by the case's steps.

    Whom a person asked to help since then helps by that person's wish.
    """
    found: dict[str, str | None] = {}
    for step in steps:
        brought = step.detail.get("joint_bodies", ())
        found |= dict.fromkeys(brought, step.detail.get("joint"))
        if step.action == "involve" and step.body is not None and step.body not in brought:
            found[step.body] = None
    return tuple(body for body, matter in found.items() if matter == matter_id)


def catalogue_bodies(uow: UnitOfWork, case: Case) -> tuple[str, ...]:
    """The departments that help with the case's item, by the names agencies give them.

    The item's lead body is none of them: a case that goes elsewhere is, to the office's mind, not its own.
    """
    item = uow.catalogue.of_case(case)
    if item is None:
        return ()
    known = bodies(uow)
    return tuple(body for name in item.cooperating_bodies for body in known if same_body(name, body))
