"""Where squads stand when the rest of their day is planned anew: what they made, from where they go on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from gridmgr.domain.patrols import CheckIn, DayPlan, Squad, Standing, Visit
from gridmgr.errors import NotFound
from gridmgr.services.context import Context
from gridmgr.services.planning.candidates import Depot
from gridmgr.services.planning.routes import DayFrame
from gridmgr.storage import UnitOfWork


def arrivals_of(uow: UnitOfWork, draft: DayPlan) -> dict[str, CheckIn]:
    """First check-in at each stop that day."""
    found: dict[str, CheckIn] = {}
    for item in uow.check_ins.between(draft.day, draft.day, township_code=draft.township_code):
        known = found.get(item.stop_id)
        if known is None or item.arrived_at < known.arrived_at:
            found[item.stop_id] = item
    return found


def standing_now(
    ctx: Context,
    draft: DayPlan,
    frame: DayFrame,
    published: DayPlan,
    arrivals: Mapping[str, CheckIn],
    late: Mapping[str, int],
    now: datetime,
) -> DayPlan:
    """The draft with every squad where it stands, its made visits with the times they really had."""
    delays = _late_by_id(draft, late)
    visits = {visit.stop.id: visit for visit in published.visits()}
    squads = []
    for squad in draft.squads:
        names = [name for name in frame.done.get(squad.id, ()) if arrivals[name].arrived_at <= now]
        made = tuple(_made(ctx, visits[name], arrivals[name]) for name in names)
        told = published.squad(squad.id)
        squads.append(_placed(squad, told, made, frame.depot, now, delays.get(squad.id, 0)))
    return replace(draft, squads=tuple(squads))


def _late_by_id(draft: DayPlan, late: Mapping[str, int]) -> dict[str, int]:
    ids = {squad.id: squad.id for squad in draft.squads}
    ids |= {str(squad.number): squad.id for squad in draft.squads}
    for name in late:
        if name not in ids:
            raise NotFound(
                "replan.no_such_squad",
                squad=name,
                known=", ".join(str(squad.number) for squad in draft.squads),
            )
    return {ids[name]: minutes for name, minutes in late.items()}


def _made(ctx: Context, visit: Visit, arrival: CheckIn) -> Visit:
    """The visit as it really was, or as far as it is known."""
    arrived = arrival.arrived_at.astimezone(ctx.clock.zone)
    planned = arrived + timedelta(minutes=visit.stop.service_minutes)
    left = arrival.left_at.astimezone(ctx.clock.zone) if arrival.left_at else planned
    return replace(visit, arrive=arrived, start=arrived, leave=max(arrived, left))


def _placed(
    squad: Squad, told: Squad | None, made: tuple[Visit, ...], depot: Depot, now: datetime, late: int
) -> Squad:
    """The squad where it stands and when it is free."""
    fed = bool(told and told.lunch_start and told.lunch_start <= now)
    # Who has not set out yet still leaves when it was told to.
    start = squad.shift_start if made else squad.departs or squad.shift_start
    ready = [now, start, *(visit.leave for visit in made[-1:])]
    if fed and told and told.lunch_end:
        ready.append(told.lunch_end)
    lon, lat = (made[-1].stop.lon, made[-1].stop.lat) if made else (depot.lon, depot.lat)
    # Fields of one zone: comparing and adding wall times of several would be wrong on the day clocks change.
    free = max(ready) + timedelta(minutes=late)
    ahead = tuple(v for v in squad.open_visits if v.stop.id not in {m.stop.id for m in made})
    return replace(
        squad,
        visits=(*made, *ahead),
        lunch_start=told.lunch_start if fed and told else None,
        lunch_end=told.lunch_end if fed and told else None,
        standing=Standing(at=free.astimezone(now.tzinfo), lon=lon, lat=lat, done=len(made), fed=fed),
    )
