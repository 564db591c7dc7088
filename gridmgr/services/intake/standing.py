"""How far a report is, in the few words its sender is told; it follows the case."""

from __future__ import annotations

from collections.abc import Sequence

from gridmgr.domain.cases import Case
from gridmgr.domain.incidents import Incident
from gridmgr.domain.tips import Tip
from gridmgr.storage import UnitOfWork

#: States a reporter sees; words are ``tip.state_<state>``.
STATES = (
    "received",
    "accepted",
    "verified",
    "working",
    "department",
    "waiting",
    "checking",
    "done",
    "closed",
    "cancelled",
    "spam",
)
#: A matter in these is over for its reporter, who may say how it went.
RATEABLE = frozenset({"done", "closed"})
_OF_CASE = {
    "reported": "accepted",
    "verified": "verified",
    "filed": "working",
    "dispatched": "working",
    "en_route": "working",
    "on_scene": "working",
    "escalated": "department",
    "accepted": "department",
    "suspended": "waiting",
    "settled": "checking",
    "handled": "checking",
    "checked": "checking",
    "closed": "closed",
    "rated": "closed",
    "cancelled": "cancelled",
}
#: Incidents nobody made a case of.
_OF_INCIDENT = {
    "reported": "accepted",
    "escalated": "department",
    "settled": "done",
    "closed": "closed",
}


def incident_of(uow: UnitOfWork, tip: Tip) -> Incident | None:
    """The incident a report became, None before."""
    return None if tip.incident_id is None else uow.incidents.get(tip.incident_id)


def case_of(uow: UnitOfWork, tip: Tip) -> Case | None:
    """The case a report is part of; of one that only repeats another, that other one."""
    incident = incident_of(uow, tip)
    return original_of(
        uow, None if incident is None or not incident.case_id else uow.cases.get(incident.case_id)
    )


def original_of(uow: UnitOfWork, case: Case | None) -> Case | None:
    """The case that a case only repeats; itself where it repeats none."""
    # An original is never a repeat itself, but records of one may have been.
    seen: set[str] = set()
    while case is not None and case.duplicate_of is not None and case.id not in seen:
        seen.add(case.id)
        case = uow.cases.get(case.duplicate_of)
    return case


def outcomes_of(uow: UnitOfWork, tips: Sequence[Tip]) -> dict[str, tuple[Incident | None, Case | None]]:
    """What reports became, by their ids: incident and case, by two queries however many they are."""
    incidents = uow.incidents.get_many(tip.incident_id for tip in tips if tip.incident_id)
    cases = uow.cases.get_many(item.case_id for item in incidents.values() if item.case_id)
    found = {}
    for tip in tips:
        incident = incidents.get(tip.incident_id or "")
        case = cases.get(incident.case_id or "") if incident else None
        found[tip.id] = incident, original_of(uow, case)
    return found


def state_of(uow: UnitOfWork, tip: Tip) -> str:
    """What the reporter is told: one of `STATES`."""
    return state_from(tip, incident_of(uow, tip), case_of(uow, tip))


def state_from(tip: Tip, incident: Incident | None, case: Case | None) -> str:
    """As `state_of`, of what was read already."""
    if tip.state == "spam":
        return "spam"
    if case is not None:
        return _OF_CASE.get(case.state, "working")
    return "received" if incident is None else _OF_INCIDENT[incident.state]
