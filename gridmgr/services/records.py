"""Reading what is on record, and the small changes that need no planning: attendance, settings.

Every reader takes the township to show, or None for all; who may see which is asked before (`webapp.guards`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime

from gridmgr.domain.audit import AuditEvent
from gridmgr.domain.incidents import Incident
from gridmgr.domain.people import Agency, Attendance, Officer
from gridmgr.domain.places import Place, Township, Village
from gridmgr.domain.settings import OfficeSettings
from gridmgr.domain.users import User
from gridmgr.errors import BadInput, RowProblem
from gridmgr.services.context import Context, require_township
from gridmgr.services.discretion import Reader, incidents_for
from gridmgr.storage.repositories.places import RoadNetworkInfo
from gridmgr.texts import Message

#: West, south, east, north in degrees.
Box = tuple[float, float, float, float]


@dataclass(frozen=True, kw_only=True)
class Overview:
    """What the database holds.

    Parameters
    ----------
    counts
        By kind of thing, in the order to show them.
    roads
        The road network in use.
    schema_current
        Whether the schema is at this version's revision.
    """

    counts: dict[str, int]
    roads: RoadNetworkInfo | None
    schema_current: bool


def overview(ctx: Context) -> Overview:
    """Count everything, for the administrator."""
    with ctx.storage.read() as uow:
        counts = {
            "townships": uow.townships.count(),
            "villages": uow.villages.count(),
            "agencies": uow.agencies.count(),
            "officers": uow.officers.count(),
            "places": uow.places.count(),
            "catalogue": uow.catalogue.count(),
            "incidents": uow.incidents.count(),
            "users": len(uow.users.find()),
        }
        roads = uow.roads.info()
    return Overview(counts=counts, roads=roads, schema_current=ctx.storage.is_current())


def townships(ctx: Context, *, user: User) -> list[Township]:
    """Townships in the user's scope, by code."""
    with ctx.storage.read() as uow:
        return [township for township in uow.townships.find() if user.may_see(township.code)]


def villages(ctx: Context, *, township_code: str | None, box: Box | None = None) -> list[Village]:
    """Villages, by code; with ``box`` those whose bounding box meets it."""
    with ctx.storage.read() as uow:
        if box is None:
            return uow.villages.find(township_code=township_code)
        found = uow.villages.in_box(box)
    return [village for village in found if township_code in (None, village.township_code)]


def agencies(ctx: Context, *, township_code: str | None) -> list[Agency]:
    """Agencies, by code."""
    with ctx.storage.read() as uow:
        return uow.agencies.find(township_code=township_code)


def officers(ctx: Context, *, township_code: str | None) -> list[Officer]:
    """Officers, by id."""
    with ctx.storage.read() as uow:
        return uow.officers.find(township_code=township_code)


def places(ctx: Context, *, township_code: str | None, kind: str | None = None) -> list[Place]:
    """Places, by id."""
    with ctx.storage.read() as uow:
        return uow.places.find(township_code=township_code, kind=kind)


def incidents(
    ctx: Context,
    *,
    township_code: str | None,
    states: Collection[str] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    reader: Reader = None,
) -> list[Incident]:
    """Incidents reported in [since, until), by id; people's words as the reader may have them."""
    with ctx.storage.read() as uow:
        found = uow.incidents.search(township_code=township_code, states=states, since=since, until=until)
    return incidents_for(found, reader)


def attendance(ctx: Context, *, township_code: str | None, first: date, last: date) -> list[Attendance]:
    """Who was or will be on duty, by day and officer.

    Raises
    ------
    BadInput
        If ``last`` is before ``first``.
    """
    if last < first:
        raise BadInput("error.days_reversed", first=first.isoformat(), last=last.isoformat())
    with ctx.storage.read() as uow:
        return uow.attendance.find(first, last, township_code=township_code)


def save_attendance(
    ctx: Context, rows: Iterable[Attendance], *, township_code: str, actor: str
) -> list[Attendance]:
    """Set who is on duty in a township; the last word on a day and officer counts.

    Raises
    ------
    BadInput
        Naming every row whose officer is not of the township, or that stands twice.
    """
    items = list(rows)
    with ctx.storage.write(actor) as uow:
        require_township(uow, township_code)
        own = {officer.id for officer in uow.officers.find(township_code=township_code)}
        problems = _attendance_problems(items, own)
        if problems:
            raise BadInput("error.attendance_rows", problems=problems, count=len(problems))
        uow.attendance.save(items)
        days = sorted({item.day.isoformat() for item in items})
        changes = {f"{item.day.isoformat()} {item.officer_id}": item.status for item in items}
        uow.record("attendance.set", "township", township_code, days=days, changes=changes)
        uow.commit()
    return items


def _attendance_problems(items: list[Attendance], own: set[str]) -> list[RowProblem]:
    problems, seen = [], set()
    for number, item in enumerate(items, start=1):
        key = (item.day, item.officer_id)
        reason = None
        if item.officer_id not in own:
            reason = Message("error.officer_elsewhere")
        elif key in seen:
            reason = Message("error.row_twice")
        seen.add(key)
        if reason is not None:
            problems.append(RowProblem(number, "officer_id", item.officer_id, reason))
    return problems


def office_settings(ctx: Context) -> OfficeSettings:
    """The office's rules in force."""
    with ctx.storage.read() as uow:
        return uow.settings.office()


def save_office_settings(ctx: Context, settings: OfficeSettings, *, actor: str) -> None:
    """Change the office's rules."""
    with ctx.storage.write(actor) as uow:
        before = uow.settings.office()
        if before == settings:
            return
        old, new = asdict(before), asdict(settings)
        changed = {name: [str(old[name]), str(new[name])] for name in new if old[name] != new[name]}
        uow.settings.save_office(settings)
        uow.record("settings.change", "settings", "office", changed=changed)
        uow.commit()


def audit_events(
    ctx: Context, *, subject_kind: str | None = None, subject_id: str | None = None, limit: int = 200
) -> list[AuditEvent]:
    """The newest events first."""
    with ctx.storage.read() as uow:
        return uow.audit.find(subject_kind=subject_kind, subject_id=subject_id, limit=limit)


def first_altered_event(ctx: Context) -> int | None:
    """Position of the first audit event that was altered afterwards, None when the chain holds."""
    with ctx.storage.read() as uow:
        return uow.audit.first_broken()
