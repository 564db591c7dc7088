"""Cases as users see them: found by filters, with their whole trail, and what may be done next."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from gridmgr.domain.cases import Actor, Case, CaseStep, Penalty, Transition, choices
from gridmgr.domain.catalogue import CatalogueItem
from gridmgr.domain.incidents import Incident
from gridmgr.domain.users import User
from gridmgr.services.asking import existing
from gridmgr.services.cases.evidence import EvidenceFinding, findings
from gridmgr.services.cases.scope import bodies, check_reader, scoped
from gridmgr.services.context import Context
from gridmgr.services.discretion import incident_for, step_for
from gridmgr.services.routing.jointviews import JointView, views_of
from gridmgr.storage import UnitOfWork
from gridmgr.storage.repositories.cases import CaseFilter

#: Roles that read the name of a punished party; others read it masked.
_READ_PARTY = frozenset({"planner", "officer", "admin"})


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A step the user may take now.

    Parameters
    ----------
    action
        The step.
    needs, takes
        What it must and may bring; see `Transition`.
    """

    action: str
    needs: tuple[str, ...]
    takes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class CaseView:
    """A case with all that is known of it.

    Parameters
    ----------
    case
        The case.
    incidents
        Those that belong to it, the first one first, with the ids of their photos.
    steps
        The trail, oldest first.
    evidence
        Every file of the trail, hashed anew for this look.
    penalties
        Imposed on the spot; the party's name is masked for those who need not know.
    allowed
        What the user may do now.
    names
        Names of the users, officers and squads that the trail mentions, by id.
    item
        The catalogue item.
    village_name, township_name
        Where.
    duplicates
        Cases that repeat this one.
    merged
        Their reports, by time, with the ids of their photos.
    joint
        Joint matters it is part of or may be.
    masked
        Whether something in people's words is masked for this reader.
    """

    case: Case
    incidents: tuple[tuple[Incident, tuple[str, ...]], ...]
    steps: tuple[CaseStep, ...]
    evidence: tuple[EvidenceFinding, ...]
    penalties: tuple[Penalty, ...]
    allowed: tuple[Choice, ...]
    names: dict[str, str]
    item: CatalogueItem | None
    village_name: str | None
    township_name: str | None
    duplicates: tuple[str, ...]
    merged: tuple[tuple[Incident, tuple[str, ...]], ...] = ()
    joint: tuple[JointView, ...] = ()
    masked: bool = False


def allowed(case: Case, *, user: User | Actor) -> tuple[Choice, ...]:
    """The steps a user may take now."""
    actor = user if isinstance(user, Actor) else Actor.of(user)
    return tuple(_choice(row) for row in choices(case, actor))


def first_choices(
    ctx: Context, incident_id: str, *, user: User | Actor
) -> tuple[str | None, tuple[Choice, ...]]:
    """The number of an incident's case, and the steps a user may take on it or to open one.

    Raises
    ------
    NotFound
        If there is no such incident.
    """
    with ctx.storage.read() as uow:
        incident = existing(uow.incidents.get(incident_id), "word.incident", incident_id)
        case = uow.cases.get(incident.case_id) if incident.case_id else None
    # An incident that was settled or closed before there were cases has nothing left to file.
    if case is None and not incident.is_open:
        return None, ()
    return incident.case_id, allowed(case or _unopened(incident), user=user)


def _unopened(incident: Incident) -> Case:
    """The case an incident would open, as the transition table sees it."""
    epoch = datetime.fromtimestamp(0, UTC)
    return Case(
        id="-",
        incident_id=incident.id,
        township_code=incident.township_code,
        lon=incident.lon,
        lat=incident.lat,
        opened_at=epoch,
        changed_at=epoch,
    )


def _choice(row: Transition) -> Choice:
    return Choice(action=row.action, needs=row.needs, takes=row.takes)


def departments(ctx: Context) -> tuple[str, ...]:
    """The departments a case can be escalated to, by name."""
    with ctx.storage.read() as uow:
        return bodies(uow)


def find_case(ctx: Context, case_id: str, *, user: User | Actor) -> Case:
    """One case.

    Raises
    ------
    NotFound, Forbidden
        If there is none, or it is another's.
    """
    with ctx.storage.read() as uow:
        return readable_case(uow, case_id, user)


def search(
    ctx: Context, wanted: CaseFilter, *, user: User | Actor, limit: int = 100, offset: int = 0
) -> tuple[list[Case], int]:
    """Cases within the user's scope, those that changed last first, and how many there are in all."""
    actor = user if isinstance(user, Actor) else Actor.of(user)
    scope = scoped(wanted, actor)
    if scope is None:
        return [], 0
    with ctx.storage.read() as uow:
        return uow.cases.search(scope, limit=limit, offset=offset), uow.cases.count_found(scope)


def view(ctx: Context, case_id: str, *, user: User | Actor, plain: bool = False) -> CaseView:
    """A case with its whole trail.

    Parameters
    ----------
    plain
        Whether to leave people's words as they are for whoever may not have them so; see `look`.

    Raises
    ------
    NotFound, Forbidden
        If there is none, or it is another's.
    """
    actor = user if isinstance(user, Actor) else Actor.of(user)
    with ctx.storage.read() as uow:
        case = readable_case(uow, case_id, actor)
        steps = uow.case_steps.of_case(case_id)
        known = uow.incidents.find(case_id=case_id)
        repeats = uow.cases.find(duplicate_of=case_id)
        merged = [item for repeat in repeats for item in uow.incidents.find(case_id=repeat.id)]
        photos = uow.attachments.ids_by_subject("incident", (item.id for item in (*known, *merged)))
        village = uow.villages.get(case.village_code) if case.village_code else None
        town = uow.townships.get(case.township_code) if case.township_code else None
        found = CaseView(
            case=case,
            incidents=tuple(
                (item, tuple(photos.get(item.id, ())))
                for item in sorted(known, key=lambda i: (i.id != case.incident_id, i.reported_at))
            ),
            steps=tuple(steps),
            evidence=findings(uow, steps),
            penalties=tuple(_shown(p, actor) for p in uow.penalties.find(case_id=case_id)),
            allowed=allowed(case, user=actor),
            names=_names(uow, case, steps),
            item=uow.catalogue.of_case(case),
            village_name=village.name if village else None,
            township_name=town.name if town else None,
            duplicates=tuple(item.id for item in repeats),
            merged=tuple(
                (item, tuple(photos.get(item.id, ())))
                for item in sorted(merged, key=lambda i: (i.reported_at, i.id))
            ),
            joint=views_of(uow, case_id),
        )
    return found if plain else _masked_for(found, actor)


def readable_case(uow: UnitOfWork, case_id: str, user: User | Actor) -> Case:
    """A case, within a transaction.

    Raises
    ------
    NotFound, Forbidden
        If there is none, or it is another's.
    """
    actor = user if isinstance(user, Actor) else Actor.of(user)
    case = existing(uow.cases.get(case_id), "word.case", case_id)
    check_reader(uow, case, actor)
    return case


def masked(name: str) -> str:
    """A name of which only the first sign is shown."""
    return name[:1] + "*" * max(1, len(name) - 1)


def _masked_for(found: CaseView, actor: Actor) -> CaseView:
    """The case with people's words as the reader may have them."""
    shown = replace(
        found,
        incidents=tuple((incident_for(item, actor), photos) for item, photos in found.incidents),
        merged=tuple((incident_for(item, actor), photos) for item, photos in found.merged),
        steps=tuple(step_for(step, actor) for step in found.steps),
    )
    return replace(shown, masked=shown != found)


def _shown(penalty: Penalty, actor: Actor) -> Penalty:
    return penalty if actor.role in _READ_PARTY else replace(penalty, party_name=masked(penalty.party_name))


def _names(uow: UnitOfWork, case: Case, steps: list[CaseStep]) -> dict[str, str]:
    users = {step.actor for step in steps} | ({case.handler} if case.handler else set())
    found = {user.name: user.display_name for name in users if (user := uow.users.get(name)) is not None}
    officers = {str(step.detail["officer"]) for step in steps if "officer" in step.detail}
    officers |= {case.officer_id} if case.officer_id else set()
    for penalty in uow.penalties.find(case_id=case.id):
        officers |= set(penalty.officers)
    return found | {o.id: o.name for o in uow.officers.get_many(officers).values()}
