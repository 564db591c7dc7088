"""Joint handling: which departments help with a case, as the catalogue says."""

from __future__ import annotations

from dataclasses import replace

from gridmgr.domain.bodies import same_body
from gridmgr.domain.cases import OFFICE, Case, Step
from gridmgr.services.cases.scope import bodies
from gridmgr.storage import UnitOfWork


def with_helpers(uow: UnitOfWork, case: Case, step: Step) -> Step:
    """An escalation that names no cooperating departments, with the case's and the catalogue item's."""
    if step.action != "escalate" or step.body == OFFICE or step.cooperating is not None:
        return step
    named = (*case.cooperating, *catalogue_bodies(uow, case))
    wanted = (body for body in named if body != step.body and body not in case.objectors)
    return replace(step, cooperating=tuple(dict.fromkeys(wanted)))


def catalogue_bodies(uow: UnitOfWork, case: Case) -> tuple[str, ...]:
    """The departments that help with the case's item, by the names agencies give them.

    The item's lead body is none of them: a case that goes elsewhere is, to the office's mind, not its own.
    """
    item = uow.catalogue.of_case(case)
    if item is None:
        return ()
    known = bodies(uow)
    return tuple(body for name in item.cooperating_bodies for body in known if same_body(name, body))
