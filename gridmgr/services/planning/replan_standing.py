"""Where squads stand when the rest of their day is planned anew: what they made, from where they go on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from gridmgr.domain.links import StopLink
from gridmgr.domain.patrols import CheckIn, DayPlan, Squad, Standing, Visit
from gridmgr.errors import NotFound
from gridmgr.services.context import Context
from gridmgr.services.planning.arrivals import Arrivals, waiting_at
from gridmgr.services.planning.candidates import Depot
from gridmgr.services.planning.routes import DayFrame
from gridmgr.storage import UnitOfWork


def check_ins_of(uow: UnitOfWork, draft: DayPlan) -> list[CheckIn]:
    """Check-ins of the draft's day in its township."""
    return uow.check_ins.between(draft.day, draft.day, township_code=draft.township_code)


def standing_now(
    ctx: Context,
    draft: DayPlan,
    frame: DayFrame,
    published: DayPlan,
    check_ins: Sequence[CheckIn],
    late: Mapping[str, int],
    now: datetime,
) -> DayPlan:
    """The draft with every squad where it stands, its made visits with the times they really had.

    Who came to a meeting before the others stands there, and the meeting stays theirs.
    """
    delays = _late_by_id(draft, late)
    visits = {visit.stop.id: visit for visit in published.visits()}
    so_far = [item for item in check_ins if item.arrived_at <= now]
    arrivals, waiting = Arrivals(published, so_far), waiting_at(published, so_far)
    squads = []
    for squad in draft.squads:
        came = [(name, arrivals.at(name, squad.id)) for name in frame.done.get(squad.id, ())]
        made = tuple(_made(ctx, visits[name], arrival) for name, arrival in came if arrival is not None)
        told = published.squad(squad.id)
        placed = _placed(squad, told, made, frame.depot, now, delays.get(squad.id, 0))
        if squad.id in waiting and placed.standing is not None:
            stop = visits[waiting[squad.id]].stop
            placed = replace(placed, standing=replace(placed.standing, lon=stop.lon, lat=stop.lat))
        squads.append(placed)
    links = tuple(_begun(link, published, set(waiting.values())) for link in draft.links)
    return replace(draft, squads=tuple(squads), links=links)


def _begun(link: StopLink, published: DayPlan, begun: set[str]) -> StopLink:
    """The link with the squads that were told to meet, where one of them is there already."""
    if link.kind != "meet" or link.stops[0] not in begun:
        return link
    told = tuple(s.id for s in published.squads if link.stops[0] in {v.stop.id for v in s.visits})
    return replace(link, squads=told, squads_needed=len(told))


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
