"""What an officer's arriving, leaving and finding mean for the case behind it."""

from __future__ import annotations

from datetime import datetime

from gridmgr.domain.cases import OFFICE, Actor, Case, Step, transition_for
from gridmgr.domain.incidents import Incident
from gridmgr.services.cases.acting import act_within, file_within
from gridmgr.services.context import Context
from gridmgr.storage import UnitOfWork

_STOP_PREFIX = "incident:"


def incident_of_stop(uow: UnitOfWork, stop_id: str) -> Incident | None:
    """The incident a stop is, None where it is none."""
    if not stop_id.startswith(_STOP_PREFIX):
        return None
    return uow.incidents.get(stop_id.removeprefix(_STOP_PREFIX))


def on_scene(
    ctx: Context, uow: UnitOfWork, stop_id: str, *, actor: Actor, at: datetime | None = None
) -> Case | None:
    """An officer arrived at a stop: where it is an incident its case is filed and on the scene.

    A colleague may be there already, or the office may have taken the case elsewhere; then nothing changes.
    """
    incident = incident_of_stop(uow, stop_id)
    if incident is None or not incident.is_open:
        return None
    case = _filed(ctx, uow, incident, actor=actor, at=at)
    for other in _joined_with(uow, case):
        _take(ctx, uow, other, Step(action="arrive", at=at), actor=actor)
    return _take(ctx, uow, case, Step(action="arrive", at=at), actor=actor)


def _joined_with(uow: UnitOfWork, case: Case) -> list[Case]:
    """Other cases of the same joint matter: one visit is made to all of them."""
    matter = uow.joint.joined_of(case.id)
    known = uow.cases.get_many(matter.cases) if matter else {}
    return [other for other in known.values() if other.id != case.id]


def conclude(
    ctx: Context, uow: UnitOfWork, stop_id: str, *, outcome: str, note: str, actor: Actor
) -> Case | None:
    """An officer leaves an incident: settled, or passed on to the office."""
    case = on_scene(ctx, uow, stop_id, actor=actor)
    if case is None:
        return None
    if outcome == "settled":
        for other in _joined_with(uow, case):
            _take(ctx, uow, other, _end(other, outcome, note), actor=actor)
    return _take(ctx, uow, case, _end(case, outcome, note), actor=actor)


def found_on_scene(
    ctx: Context, uow: UnitOfWork, incident: Incident, *, outcome: str, actor: Actor, at: datetime
) -> Incident:
    """A fresh finding becomes a case: settled at once, or passed on.

    What is passed on and urgent stays filed, so that the office can send a squad the same day.

    Returns
    -------
    Incident
        As it is then.
    """
    case = _filed(ctx, uow, incident, actor=actor, at=at)
    if outcome == "settled":
        case = _take(ctx, uow, case, Step(action="arrive", at=at), actor=actor)
    if outcome == "settled" or not incident.urgent:
        _take(ctx, uow, case, _end(case, outcome, incident.description, at), actor=actor)
    return uow.incidents.get(incident.id) or incident


def _filed(ctx: Context, uow: UnitOfWork, incident: Incident, *, actor: Actor, at: datetime | None) -> Case:
    known = uow.cases.get(incident.case_id) if incident.case_id else None
    if known is not None and transition_for("file", known.state) is None:
        return known
    return file_within(ctx, uow, incident, actor=actor, step=Step(action="file", at=at)).case


def _end(case: Case, outcome: str, note: str, at: datetime | None = None) -> Step:
    if outcome == "settled":
        return Step(action="settle", note=note, at=at)
    # The office decides which department it is for; the officer need not know.
    return Step(action="escalate", note=note.strip() or case.category or case.id, body=OFFICE, at=at)


def _take(ctx: Context, uow: UnitOfWork, case: Case, step: Step, *, actor: Actor) -> Case:
    """Take a step where the case's state and the actor's role have it."""
    row = transition_for(step.action, case.state)
    if row is None or actor.role not in row.roles:
        return case
    return act_within(ctx, uow, case, step, actor=actor).case
