"""Filing cases and taking steps, with evidence and penalties, each once."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from gridmgr.domain.cases import OFFICE, Actor, Case, CaseStep, Step, advanced, refusals
from gridmgr.domain.cases.moves import Refusal
from gridmgr.domain.incidents import Incident
from gridmgr.domain.users import User
from gridmgr.errors import BadInput, Conflict, Forbidden, NotFound
from gridmgr.services.asking import existing
from gridmgr.services.cases.hooks import after_step
from gridmgr.services.cases.joint import with_helpers
from gridmgr.services.cases.mirror import mirror
from gridmgr.services.cases.penalising import check_penalty, impose
from gridmgr.services.cases.scope import bodies, check_reader
from gridmgr.services.cases.trail import fingerprint_of, record, taken
from gridmgr.services.catalogue.listing import check_dispatch
from gridmgr.services.context import Context
from gridmgr.services.files import Document
from gridmgr.services.photos import Photo
from gridmgr.services.routing.advising import with_advice
from gridmgr.storage import UnitOfWork
from gridmgr.texts import Message

#: Phones' clocks are a little fast at times; what they kept longer than a week is too old.
_TOLERANCE, _OLDEST = timedelta(minutes=5), timedelta(days=7)
_ERRORS = {"state": Conflict, "role": Forbidden, "input": BadInput}
#: Signs that stand in an address as they are.
_PLAIN = re.compile(r"[\w.-]+")


@dataclass(frozen=True, kw_only=True)
class Filed:
    """What came of a step.

    Parameters
    ----------
    case, step
        As stored.
    new
        False when the same step had been stored before.
    """

    case: Case
    step: CaseStep
    new: bool


def file_case(
    ctx: Context,
    incident_id: str,
    *,
    user: User | Actor,
    step: Step | None = None,
    photos: Sequence[Photo] = (),
    documents: Sequence[Document] = (),
    urgent: bool | None = None,
    item_code: str | None = None,
) -> Filed:
    """File an incident as a case (立案), or take another first step: verify, cancel, mark_duplicate.

    Parameters
    ----------
    ctx
        The wired parts.
    incident_id
        The incident.
    user
        Who files.
    step
        The step; filing by default.
    photos, documents
        Evidence.
    urgent, item_code
        What the incident turned out to be, where that is known now.

    Raises
    ------
    NotFound
        If there is no such incident or item.
    Forbidden, Conflict, BadInput
        If the step is not allowed; see `act`.
    """
    actor = user if isinstance(user, Actor) else Actor.of(user)
    with ctx.storage.write(actor.name) as uow:
        incident = existing(uow.incidents.get(incident_id), "word.incident", incident_id)
        if not actor.is_of(incident.township_code):
            raise Forbidden("case.refuse_township")
        incident = _classified(uow, incident, urgent=urgent, item_code=item_code)
        filed = file_within(ctx, uow, incident, actor=actor, step=step, photos=photos, documents=documents)
        if filed.new:
            uow.commit()
    return filed


def _classified(
    uow: UnitOfWork, incident: Incident, *, urgent: bool | None, item_code: str | None
) -> Incident:
    if incident.case_id is not None:
        return incident
    if item_code is not None and uow.catalogue.get(item_code) is None:
        raise BadInput("error.no_such_item", item=item_code)
    known = replace(
        incident,
        urgent=incident.urgent if urgent is None else urgent,
        item_code=item_code or incident.item_code,
    )
    if known != incident:
        uow.incidents.replace(known)
        uow.record("incident.classify", "incident", incident.id, urgent=known.urgent, item=known.item_code)
    return known


def file_within(
    ctx: Context,
    uow: UnitOfWork,
    incident: Incident,
    *,
    actor: Actor,
    step: Step | None = None,
    photos: Sequence[Photo] = (),
    documents: Sequence[Document] = (),
) -> Filed:
    """As `file_case`, within a transaction that the caller commits when ``new``."""
    case = open_within(ctx, uow, incident)
    first = step or Step(action="file")
    return act_within(ctx, uow, case, first, actor=actor, photos=photos, documents=documents)


def open_within(ctx: Context, uow: UnitOfWork, incident: Incident) -> Case:
    """The incident's case, made where it has none yet; state ``reported``, not filed, nothing recorded."""
    if incident.case_id is not None:
        return existing(uow.cases.get(incident.case_id), "word.case", incident.case_id)
    if not incident.is_open:
        raise Conflict("case.over_before")
    now = ctx.clock.utc_now()
    case = Case(
        id=case_number(incident.id),
        incident_id=incident.id,
        township_code=incident.township_code,
        village_code=incident.village_code,
        lon=incident.lon,
        lat=incident.lat,
        category=incident.category,
        item_code=incident.item_code,
        item_version=_version_now(uow, incident.item_code),
        urgent=incident.urgent,
        opened_at=now,
        changed_at=now,
    )
    uow.cases.add(case)
    uow.incidents.replace(replace(incident, case_id=case.id))
    return case


def _version_now(uow: UnitOfWork, item_code: str | None) -> int | None:
    if item_code is None:
        return None
    item = uow.catalogue.on(item_code, uow.today()) or uow.catalogue.get(item_code)
    return item.version if item else None


def case_number(incident_id: str) -> str:
    """The number of the case an incident opens: one incident opens one case, whoever is faster."""
    if _PLAIN.fullmatch(incident_id):
        return f"AJ-{incident_id}"
    plain = "-".join(_PLAIN.findall(incident_id))
    return f"AJ-{plain}-{hashlib.sha256(incident_id.encode()).hexdigest()[:8]}"


def act(
    ctx: Context,
    case_id: str,
    step: Step,
    *,
    user: User | Actor,
    photos: Sequence[Photo] = (),
    documents: Sequence[Document] = (),
    expected_version: int | None = None,
) -> Filed:
    """Take a step.

    Parameters
    ----------
    ctx
        The wired parts.
    case_id
        The case.
    step
        What to do; with a ``device_id`` sending it again changes nothing.
    user
        Who; `PUBLIC` or `SYSTEM` where it is no user.
    photos, documents
        Evidence, read by `gridmgr.services.photos.read_photo` and `gridmgr.services.files.read_document`.
    expected_version
        The version the user saw; None to take the step on whatever the case is now.

    Raises
    ------
    NotFound
        If there is no such case, squad, officer, department or original.
    Conflict
        If the case is in another state, was changed since, or the device's id was used for another step.
    Forbidden
        If the step is not this user's.
    BadInput
        If something is missing or not allowed, with what.
    """
    actor = user if isinstance(user, Actor) else Actor.of(user)
    with ctx.storage.write(actor.name) as uow:
        case = existing(uow.cases.get(case_id), "word.case", case_id)
        check_reader(uow, case, actor)
        filed = act_within(
            ctx,
            uow,
            case,
            step,
            actor=actor,
            photos=photos,
            documents=documents,
            expected_version=expected_version,
        )
        if filed.new:
            uow.commit()
    return filed


def act_within(
    ctx: Context,
    uow: UnitOfWork,
    case: Case,
    step: Step,
    *,
    actor: Actor,
    photos: Sequence[Photo] = (),
    documents: Sequence[Document] = (),
    expected_version: int | None = None,
) -> Filed:
    """As `act`, within a transaction that the caller commits when ``new``."""
    fingerprint = fingerprint_of(step, actor, photos, documents)
    if step.device_id is not None:
        before = uow.case_steps.by_device(case.id, step.device_id)
        if before is not None:
            if before.fingerprint != fingerprint:
                raise Conflict("case.device_id_taken", id=step.device_id)
            return Filed(case=case, step=before, new=False)
    if expected_version is not None and expected_version != case.version:
        raise Conflict("case.changed_meanwhile", id=case.id)
    _refuse(refusals(case, step, actor))
    _check_names(uow, case, step)
    check_dispatch(ctx, uow, case, step)
    at = _sound_time(ctx, step.at)
    if step.penalty is not None:
        check_penalty(uow, case, step.penalty, day=at.astimezone(ctx.clock.zone).date())
    step = with_helpers(uow, case, step)
    step = with_advice(ctx, uow, case, step)
    after = advanced(case, step, actor, at=at)
    made = taken(
        ctx,
        uow,
        case,
        after,
        step,
        actor=actor,
        at=at,
        photos=photos,
        documents=documents,
        fingerprint=fingerprint,
    )
    uow.cases.save(after, expected_version=case.version)
    uow.case_steps.add(made)
    if step.penalty is not None:
        impose(uow, after, made, step.penalty)
    mirror(uow, after)
    record(uow, made)
    after_step(ctx, uow, after, made)
    return Filed(case=after, step=made, new=True)


def _refuse(against: Sequence[Refusal]) -> None:
    if not against:
        return
    first = against[0]
    message = first.message
    raise _ERRORS[first.kind](message.key, **message.params)


def _check_names(uow: UnitOfWork, case: Case, step: Step) -> None:
    """Refuse officers, departments and cases that do not exist, or are another township's."""
    if step.officer_id is not None:
        officer = uow.officers.get(step.officer_id)
        if officer is None or officer.township_code != case.township_code:
            raise NotFound("error.not_found", kind=Message("word.officer"), id=step.officer_id)
    if step.squad_id is not None and case.township_code is not None:
        plan = uow.days.published(case.township_code, uow.today())
        if plan is None or plan.squad(step.squad_id) is None:
            raise NotFound("error.not_found", kind=Message("word.squad"), id=step.squad_id)
    named = {step.body, step.suggests, *(step.cooperating or ())} - {None, OFFICE}
    known = bodies(uow) if named else ()
    for body in sorted(str(name) for name in named):
        if body not in known:
            raise BadInput("case.unknown_body", body=body, known="、".join(known) or "-")
    if step.original is not None:
        _check_original(uow, case, step.original)


def _check_original(uow: UnitOfWork, case: Case, original_id: str) -> None:
    """Refuse an original that is none, and whatever would make a chain of duplicates."""
    original = uow.cases.get(original_id)
    if original is None or original.township_code != case.township_code:
        raise NotFound("error.not_found", kind=Message("word.case"), id=original_id)
    if original.duplicate_of is not None:
        raise BadInput("case.original_is_duplicate", id=original.id, original=original.duplicate_of)
    repeats = uow.cases.count(duplicate_of=case.id)
    if repeats:
        # A chain would leave reporters behind when its middle is taken back.
        raise Conflict("case.has_duplicates", id=case.id, count=repeats, original=original.id)


def _sound_time(ctx: Context, given: datetime | None) -> datetime:
    now = ctx.clock.utc_now()
    if given is None:
        return now.astimezone(UTC)
    if given > now + _TOLERANCE:
        raise BadInput("field.time_ahead", at=given.isoformat())
    if given < now - _OLDEST:
        raise BadInput("field.time_too_old", at=given.isoformat(), days=_OLDEST.days)
    return given.astimezone(UTC)
