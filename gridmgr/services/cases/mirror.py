"""Incidents keep the coarse state of their case, for the parts that plan, draw and count."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from gridmgr.domain.cases import Case
from gridmgr.domain.cases.states import COARSE
from gridmgr.domain.incidents import Incident
from gridmgr.storage import UnitOfWork


def mirror(uow: UnitOfWork, case: Case) -> None:
    """Bring every incident of a case to the case's state."""
    for incident in uow.incidents.find(case_id=case.id):
        wanted = mirrored(incident, case)
        if wanted != incident:
            uow.incidents.replace(wanted)


def mirrored(incident: Incident, case: Case) -> Incident:
    """The incident as its case has it."""
    state = COARSE[case.state]
    over = state in ("settled", "closed")
    return replace(incident, state=state, settled_at=_end(case) if over else None)


def _end(case: Case) -> datetime:
    """When the matter was dealt with: not when papers were closed, where both are known."""
    return case.settled_at or case.closed_at or case.changed_at
