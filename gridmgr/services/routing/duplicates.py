"""Reports that may tell of the same matter, and merging them by a person's decision.

Incidents near by are read by an index on their place, so that the number of all incidents does not matter.
A merged report keeps its receipt, photos and trail: its case is a duplicate of the surviving one by the
transition table, and taking it back puts the case and its clocks where they were.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from gridmgr.domain.cases import Actor, Case, Step
from gridmgr.domain.incidents import Incident
from gridmgr.domain.nearness import box_around
from gridmgr.domain.routing.duplicates import (
    MOST_DAYS_OPEN,
    DuplicateRules,
    Resemblance,
    Told,
    resemblance,
    suggested,
)
from gridmgr.domain.settings import OfficeSettings
from gridmgr.domain.users import User
from gridmgr.errors import BadInput, Conflict, Forbidden
from gridmgr.services.asking import existing
from gridmgr.services.cases.acting import Filed, act_within, file_within, open_within
from gridmgr.services.context import Context
from gridmgr.services.discretion import incident_for
from gridmgr.storage import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """A report that may tell of the same matter.

    Parameters
    ----------
    incident, case
        The other report, and its case where it has one.
    resemblance
        How much they look alike; of the likeliest report where several were merged into one case.
    photos
        Ids of its photos.
    can_merge
        Whether the report asked about can be merged into it: not where it was over before there were cases.
    """

    incident: Incident
    case: Case | None
    resemblance: Resemblance
    photos: tuple[str, ...]
    can_merge: bool


@dataclass(frozen=True, kw_only=True)
class Repeats:
    """What is known of a report's being told twice.

    Parameters
    ----------
    incident, case
        The report and its own case, where it has one.
    original
        The case it was merged into, None where it was not.
    merged
        Reports that were merged into its case, with their cases and the ids of their photos.
    suggestions
        Others that may be the same, the likeliest first; none for a merged one.
    """

    incident: Incident
    case: Case | None
    original: Case | None
    merged: tuple[tuple[Incident, Case, tuple[str, ...]], ...]
    suggestions: tuple[Suggestion, ...]


def rules_of(office: OfficeSettings) -> DuplicateRules:
    """The office's rules of duplicates."""
    return DuplicateRules(
        metres=office.duplicate_metres,
        days=office.duplicate_days,
        text_percent=office.duplicate_text_percent,
        percent=office.duplicate_percent,
    )


def told_by(incident: Incident) -> Told:
    """What an incident tells."""
    return Told(
        id=incident.id,
        lon=incident.lon,
        lat=incident.lat,
        at=incident.reported_at,
        over_at=None if incident.is_open else (incident.settled_at or incident.reported_at),
        category=incident.category,
        item_code=incident.item_code,
        words=incident.description,
    )


def repeats_of(ctx: Context, incident_id: str, *, user: User) -> Repeats:
    """What a report was merged into or may be merged into.

    Raises
    ------
    NotFound, Forbidden
        If there is no such incident, or it is another township's.
    """
    with ctx.storage.read() as uow:
        incident = _incident(uow, incident_id, user)
        case = uow.cases.get(incident.case_id) if incident.case_id else None
        original = uow.cases.get(case.duplicate_of) if case and case.duplicate_of else None
        merged = merged_into(uow, case)
        suggestions = () if original is not None else suggestions_for(uow, incident)
    return Repeats(
        incident=incident_for(incident, user),
        case=case,
        original=original,
        merged=tuple((incident_for(item, user), repeat, photos) for item, repeat, photos in merged),
        suggestions=tuple(replace(item, incident=incident_for(item.incident, user)) for item in suggestions),
    )


def merged_into(uow: UnitOfWork, case: Case | None) -> tuple[tuple[Incident, Case, tuple[str, ...]], ...]:
    """Reports that were merged into a case, by time, with their cases and the ids of their photos."""
    repeats = [] if case is None else uow.cases.find(duplicate_of=case.id)
    if not repeats:
        return ()
    found = [(item, repeat) for repeat in repeats for item in uow.incidents.find(case_id=repeat.id)]
    photos = uow.attachments.ids_by_subject("incident", (item.id for item, _ in found))
    found.sort(key=lambda pair: (pair[0].reported_at, pair[0].id))
    return tuple((item, repeat, tuple(photos.get(item.id, ()))) for item, repeat in found)


def suggestions_for(uow: UnitOfWork, incident: Incident, *, most: int = 5) -> list[Suggestion]:
    """Reports of the same township that may be the same, the likeliest first."""
    rules = rules_of(uow.settings.office())
    near = {item.id: item for item in nearby(uow, incident, rules)}
    told = told_by(incident)
    cases = uow.cases.get_many(item.case_id for item in near.values() if item.case_id)
    others = [item for item in near.values() if _counts(item, cases, incident)]
    found: dict[str, Suggestion] = {}
    for likeness in suggested(told, map(told_by, others), rules, most=len(others)):
        other = near[likeness.id]
        case = _surviving(uow, cases.get(other.case_id or ""))
        if case is not None and (case.id == incident.case_id or case.state == "cancelled"):
            continue
        survivor = other if case is None or other.case_id == case.id else uow.incidents.get(case.incident_id)
        if survivor is not None and survivor.id not in found:
            found[survivor.id] = Suggestion(
                incident=survivor,
                case=case,
                resemblance=likeness,
                photos=(),
                can_merge=case is not None or survivor.is_open,
            )
        if len(found) == most:
            break
    return _with_photos(uow, list(found.values()))


def nearby(uow: UnitOfWork, incident: Incident, rules: DuplicateRules) -> list[Incident]:
    """Incidents of the same township that lie near enough in place and time to be compared."""
    days = timedelta(days=max(rules.days, MOST_DAYS_OPEN))
    found = uow.incidents.near(
        box_around(incident.lon, incident.lat, rules.metres),
        since=incident.reported_at - days,
        until=incident.reported_at + days,
    )
    return [item for item in found if item.township_code == incident.township_code and item.id != incident.id]


def _counts(other: Incident, cases: dict[str, Case], incident: Incident) -> bool:
    """Whether another report may be an original: not of the same case, not called off."""
    case = cases.get(other.case_id or "")
    if case is None:
        return True
    return case.id != incident.case_id and case.state != "cancelled"


def _surviving(uow: UnitOfWork, case: Case | None) -> Case | None:
    return uow.cases.get(case.duplicate_of) if case is not None and case.duplicate_of else case


def _with_photos(uow: UnitOfWork, found: list[Suggestion]) -> list[Suggestion]:
    photos = uow.attachments.ids_by_subject("incident", (item.incident.id for item in found))
    return [replace(item, photos=tuple(photos.get(item.incident.id, ()))) for item in found]


def merge(ctx: Context, incident_id: str, *, into: str, user: User, note: str = "") -> Filed:
    """Merge a report into another: its case becomes a duplicate of the other's.

    Where the other has no case yet it gets one, still to be looked at.

    Parameters
    ----------
    incident_id, into
        The repeating incident and the surviving one.
    note
        The user's words.

    Raises
    ------
    NotFound, Forbidden
        If one of them does not exist, or is another township's.
    BadInput
        If both are one, lie in different townships, or the other is a duplicate itself.
    Conflict
        If others were merged into this one, its case is too far, or the other was over before there were
        cases.
    """
    if incident_id == into:
        raise BadInput("routing.merge_itself")
    actor = Actor.of(user)
    with ctx.storage.write(user.name) as uow:
        incident, other = _incident(uow, incident_id, user), _incident(uow, into, user)
        if incident.township_code != other.township_code:
            raise BadInput("routing.other_township")
        case = open_within(ctx, uow, other)
        if other.case_id is None:
            uow.record("case.open", "case", case.id, incident=other.id)
        step = Step(
            action="mark_duplicate",
            note=note,
            original=case.id,
            detail=_grounds(uow, incident, other),
        )
        # Opening the other's case changed it, not this one: what was read is still true.
        filed = file_within(ctx, uow, incident, actor=actor, step=step)
        uow.commit()
    return filed


def unmerge(ctx: Context, incident_id: str, *, user: User, why: str = "") -> Filed:
    """Take a merging back: the case goes on where it was.

    Raises
    ------
    NotFound, Forbidden
        If there is no such incident, or it is another township's.
    Conflict
        If it was not merged.
    """
    with ctx.storage.write(user.name) as uow:
        incident = _incident(uow, incident_id, user)
        case = uow.cases.get(incident.case_id) if incident.case_id else None
        if case is None or case.state != "duplicate":
            raise Conflict("routing.not_merged")
        filed = act_within(ctx, uow, case, Step(action="undo_duplicate", note=why), actor=Actor.of(user))
        uow.commit()
    return filed


def _grounds(uow: UnitOfWork, incident: Incident, other: Incident) -> dict[str, float | bool]:
    """How alike the two were when somebody merged them, for the trail; whether it had been suggested."""
    rules = rules_of(uow.settings.office())
    anyhow = DuplicateRules(metres=1e9, days=1e9, text_percent=0, percent=0)
    seen = resemblance(told_by(incident), told_by(other), anyhow)
    grounds: dict[str, float | bool] = {
        "suggested": resemblance(told_by(incident), told_by(other), rules) is not None
    }
    if seen is not None:
        grounds |= {"metres": round(seen.metres), "days": round(seen.days, 1)}
    return grounds


def _incident(uow: UnitOfWork, incident_id: str, user: User) -> Incident:
    found = existing(uow.incidents.get(incident_id), "word.incident", incident_id)
    if found.township_code is None or not user.may_see(found.township_code):
        raise Forbidden("case.refuse_township")
    return found
