"""What happened on a day under way: squads late, people who cannot go on, incidents, closed roads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time

from gridmgr.domain.closures import RoadClosure
from gridmgr.domain.patrols import DayPlan
from gridmgr.errors import BadInput, NotFound
from gridmgr.services.closures import new_closure
from gridmgr.services.context import Context
from gridmgr.services.planning.candidates import URGENT_PRIZE, incident_stop
from gridmgr.services.planning.kept import CALLED
from gridmgr.services.planning.routes import DayFrame, DayInputs
from gridmgr.services.planning.squad_editing import SquadChange, Squads
from gridmgr.services.planning.staff import Staff
from gridmgr.storage import UnitOfWork
from gridmgr.texts import Message

#: Longest delay that is taken for one, minutes.
_MOST_LATE = 600


@dataclass(frozen=True, kw_only=True)
class ClosedNow:
    """Roads that are closed from the moment planned from.

    Parameters
    ----------
    points
        Longitude and latitude, WGS84 degrees; see `gridmgr.domain.closures.RoadClosure`.
    reason
        Why.
    until
        When they open again, aware; None while nobody knows.
    """

    points: tuple[tuple[float, float], ...]
    reason: str
    until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Events:
    """What happened. Urgent incidents need not be named: they are on record.

    Parameters
    ----------
    now
        Local time to plan from; the clock's by default, which must then show the day planned.
    late
        Minutes of delay by squad: its id, or its number as text.
    ill
        Officers who cannot go on.
    incidents
        Open incidents by id that a squad has to see to today, urgent or not.
    closed
        Roads that were closed; they are noted once the plan is kept.
    """

    now: time | None = None
    late: Mapping[str, int] = field(default_factory=dict)
    ill: tuple[str, ...] = ()
    incidents: tuple[str, ...] = ()
    closed: tuple[ClosedNow, ...] = ()

    def __post_init__(self) -> None:
        for minutes in self.late.values():
            if not 0 <= minutes <= _MOST_LATE:
                raise BadInput("replan.bad_minutes", minutes=minutes)


def moment_of(ctx: Context, day: date, given: time | None) -> datetime:
    """The moment to plan from, in the office's zone."""
    if given is not None:
        return datetime.combine(day, given, ctx.clock.zone)
    if ctx.clock.today() != day:
        raise BadInput("replan.not_today", day=day.isoformat())
    return ctx.clock.now()


def closures_now(
    ctx: Context, events: Events, *, township_code: str, now: datetime, actor: str
) -> tuple[RoadClosure, ...]:
    """The closures among the events; not stored."""
    return tuple(
        new_closure(
            ctx,
            township_code=township_code,
            points=item.points,
            reason=item.reason,
            starts_at=now,
            ends_at=item.until,
            actor=actor,
        )
        for item in events.closed
    )


def without_ill(staff: Staff, draft: DayPlan, ill: tuple[str, ...]) -> DayPlan:
    """The day without them: squads judged anew, and none at all where nobody is left of it."""
    for officer_id in dict.fromkeys(ill):
        squad = draft.squad_of(officer_id)
        if squad is None:
            raise BadInput("replan.in_no_squad", officer=officer_id)
        if len(squad.members) == 1:
            draft = replace(draft, squads=tuple(s for s in draft.squads if s.id != squad.id))
            continue
        moved = Squads(staff, draft).changed(SquadChange(action="move_member", officer_id=officer_id))
        reserve = tuple(name for name in moved.reserve if name != officer_id)
        draft = replace(draft, squads=moved.squads, reserve=reserve)
    return draft


def allowed_again(draft: DayPlan, incidents: tuple[str, ...]) -> DayPlan:
    """The day in which the named incidents are not taken out by hand any more."""
    named = {f"incident:{name}" for name in incidents}
    kept = tuple(item for item in draft.unassigned if not (item.forbidden and item.stop.id in named))
    return replace(draft, unassigned=kept)


def with_called(uow: UnitOfWork, inputs: DayInputs, incidents: tuple[str, ...]) -> DayInputs:
    """The day with the named incidents as required stops.

    Raises
    ------
    NotFound, BadInput
        There is no such incident in the township; it is settled, or a squad has been there today.
    """
    stops = {stop.id: stop for stop in inputs.stops}
    for name in incidents:
        _require_open(uow, inputs, name)
        known = uow.incidents.get(name)
        assert known is not None  # just asked
        stop = stops.get(f"incident:{name}") or incident_stop(known)
        if not stop.required:
            purpose = (Message(CALLED), *stop.purpose)
            stop = replace(stop, required=True, prize=max(stop.prize, URGENT_PRIZE), purpose=purpose)
        stops[stop.id] = stop
    return replace(inputs, stops=tuple(stop for _, stop in sorted(stops.items())))


def _require_open(uow: UnitOfWork, frame: DayFrame, incident_id: str) -> None:
    known = uow.incidents.get(incident_id)
    if known is None or known.township_code != frame.draft.township_code:
        raise NotFound("error.not_found", kind=Message("word.incident"), id=incident_id)
    if not known.is_open:
        raise BadInput("replan.incident_settled", incident=incident_id)
    if f"incident:{incident_id}" in frame.visited:
        raise BadInput("replan.incident_visited", incident=incident_id)
