"""Incidents and places as a map shows them, and all that is known of one village."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from gridmgr.domain.coverage import VillageCoverage, village_of_stop
from gridmgr.domain.incidents import Incident
from gridmgr.domain.patrols import CheckIn, DayPlan, StopInfo
from gridmgr.domain.places import Village
from gridmgr.errors import NotFound
from gridmgr.services.asking import existing
from gridmgr.services.context import Context
from gridmgr.services.discretion import Reader, incident_for, words_for
from gridmgr.services.queries.standing import coverage_on
from gridmgr.texts import Message

#: Settled incidents stay on the map for so many days.
_SETTLED_DAYS = 7
#: How far back a village's history goes.
HISTORY_DAYS = 28


@dataclass(frozen=True, kw_only=True)
class Matter:
    """An incident and the ids of its photos, oldest first."""

    incident: Incident
    photos: tuple[str, ...]


def matters(ctx: Context, *, township_code: str | None, day: date, reader: Reader = None) -> list[Matter]:
    """Incidents to show on a day: all reported until then that are open, others of the week before.

    Parameters
    ----------
    ctx
        The wired parts.
    township_code
        Where; None for everywhere.
    day
        A day in the office's zone.
    reader
        Who gets people's words as they may have them; masked for nobody in particular.
    """
    end = ctx.clock.midnight(day + timedelta(days=1))
    recent = end - timedelta(days=_SETTLED_DAYS + 1)
    with ctx.storage.read() as uow:
        known = uow.incidents.search(township_code=township_code, until=end)
        shown = [item for item in known if item.is_open or (item.settled_at or item.reported_at) >= recent]
        photos = uow.attachments.ids_by_subject("incident", (item.id for item in shown))
    return [
        Matter(incident=incident_for(item, reader), photos=tuple(photos.get(item.id, ()))) for item in shown
    ]


@dataclass(frozen=True, kw_only=True)
class PastVisit:
    """A check-in within a village; squad number and stop name where the day's plan knows them."""

    check_in: CheckIn
    squad_number: int | None
    officer_name: str
    stop_name: str | None


@dataclass(frozen=True, kw_only=True)
class PlannedVisit:
    """A stop of a published plan within a village."""

    day: date
    squad_number: int
    stop: StopInfo
    start: datetime
    done: bool


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """A stop within a village that a published plan left out, and why."""

    day: date
    stop: StopInfo
    reason: Message


@dataclass(frozen=True, kw_only=True)
class VillageHistory:
    """What is known of a village around a day.

    Parameters
    ----------
    village, coverage
        The village and how it stands.
    owners
        Officer id, name, role and reasons, lead first.
    visits, planned, left_out, incidents
        Of the four weeks before the day and the day itself, newest first; planned and left out also later.
    """

    village: Village
    coverage: VillageCoverage
    owners: tuple[tuple[str, str, str, tuple[Message, ...]], ...]
    visits: tuple[PastVisit, ...]
    planned: tuple[PlannedVisit, ...]
    left_out: tuple[LeftOut, ...]
    incidents: tuple[Matter, ...]


def village_township(ctx: Context, village_code: str) -> str:
    """Code of the township a village belongs to.

    Raises
    ------
    NotFound
        If there is no such village.
    """
    with ctx.storage.read() as uow:
        village = uow.villages.get(village_code)
    if village is None:
        raise NotFound("error.not_found", kind=Message("word.village"), id=village_code)
    return village.township_code


def village_history(ctx: Context, *, village_code: str, day: date, reader: Reader = None) -> VillageHistory:
    """Visits, plans and incidents of one village; people's words as the reader may have them.

    Raises
    ------
    NotFound
        If there is no such village.
    """
    first, last = day - timedelta(days=HISTORY_DAYS), day + timedelta(days=7)
    with ctx.storage.read() as uow:
        village = existing(uow.villages.get(village_code), "word.village", village_code)
        township = village.township_code
        names = {o.id: o.name for o in uow.officers.find(township_code=township)}
        plans = uow.days.published_between(first, last, township_code=township)
        here = [
            c for c in uow.check_ins.between(first, day, township_code=township) if _is_here(c, village_code)
        ]
        head = uow.ownership.head(township)
        ownership = uow.ownership.get(head.published_id or head.draft_id)
        coverage = coverage_on(uow, [village], day)[village_code]
        since = ctx.clock.midnight(first)
        found = [
            i
            for i in uow.incidents.search(township_code=township, since=since)
            if i.village_code == village_code
        ]
        photos = uow.attachments.ids_by_subject("incident", (item.id for item in found))
    mine = [r for r in ownership.responsibilities if r.village_code == village_code] if ownership else []
    by_time = sorted(here, key=lambda c: c.arrived_at, reverse=True)
    stops = _stops_by_day(plans)
    return VillageHistory(
        village=village,
        coverage=coverage,
        owners=tuple(
            (r.officer_id, names.get(r.officer_id, r.officer_id), r.role, r.why)
            for r in sorted(mine, key=lambda r: (r.role != "lead", r.officer_id))
        ),
        visits=tuple(
            _past_visit(replace(c, note=words_for(c.note, reader)), names, plans, stops) for c in by_time
        ),
        planned=_planned(plans, village_code, {(c.day, c.stop_id) for c in here}),
        left_out=tuple(
            LeftOut(day=plan.day, stop=item.stop, reason=item.reason)
            for plan in reversed(plans)
            for item in plan.unassigned
            if item.stop.village_code == village_code
        ),
        incidents=tuple(
            Matter(incident=incident_for(item, reader), photos=tuple(photos.get(item.id, ())))
            for item in sorted(found, key=lambda i: i.reported_at, reverse=True)
        ),
    )


def _is_here(check_in: CheckIn, village_code: str) -> bool:
    return (check_in.village_code or village_of_stop(check_in.stop_id)) == village_code


def _stops_by_day(plans: list[DayPlan]) -> Mapping[tuple[date, str], str]:
    return {(plan.day, visit.stop.id): visit.stop.name for plan in plans for visit in plan.visits()}


def _past_visit(
    check_in: CheckIn,
    names: Mapping[str, str],
    plans: list[DayPlan],
    stops: Mapping[tuple[date, str], str],
) -> PastVisit:
    squads = (
        plan.squad(check_in.squad_id) for plan in plans if check_in.squad_id and plan.day == check_in.day
    )
    squad = next((found for found in squads if found is not None), None)
    return PastVisit(
        check_in=check_in,
        squad_number=squad.number if squad else None,
        officer_name=names.get(check_in.officer_id, check_in.officer_id),
        stop_name=stops.get((check_in.day, check_in.stop_id)),
    )


def _planned(
    plans: list[DayPlan], village_code: str, done: set[tuple[date, str]]
) -> tuple[PlannedVisit, ...]:
    return tuple(
        PlannedVisit(
            day=plan.day,
            squad_number=squad.number,
            stop=visit.stop,
            start=visit.start,
            done=(plan.day, visit.stop.id) in done,
        )
        for plan in reversed(plans)
        for squad in plan.squads
        for visit in squad.visits
        if visit.stop.village_code == village_code
    )
