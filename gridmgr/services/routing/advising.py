"""What was advised goes on record with the step in which somebody chose: followed, or another instead."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from gridmgr.domain.cases import OFFICE, Case, Step
from gridmgr.domain.routing.candidates import Candidate, first_free
from gridmgr.services.context import Context
from gridmgr.services.routing.matters import Matter
from gridmgr.storage import UnitOfWork

#: Steps in which somebody chooses who deals with it.
CHOOSING = frozenset({"dispatch", "escalate"})


def top_body(bodies: Iterable[Candidate]) -> Candidate | None:
    """The department to pass it on to; the office itself is none."""
    return first_free(item for item in bodies if item.id != OFFICE)


def with_advice(ctx: Context, uow: UnitOfWork, case: Case, step: Step) -> Step:
    """The step with what was advised: worked out anew here, so that it does not rest on the sender's word."""
    if step.action not in CHOOSING or step.body == OFFICE:
        return step
    incident = uow.incidents.get(case.incident_id)
    if incident is None:
        return step
    matter = Matter(ctx, uow, incident, case)
    if step.action == "escalate":
        top, chosen = top_body(matter.bodies()), {step.body}
    else:
        # Whom to send: the best squad, where none is free the best officer.
        top = first_free(matter.squads()) or first_free(matter.officers())
        chosen = {step.squad_id, step.officer_id}
    if top is None:
        return step
    said = {
        "advised": top.id,
        "advised_kind": top.kind,
        "advised_name": top.name,
        "followed": top.id in chosen,
    }
    return replace(step, detail={**step.detail, **said})
