"""The lines of a day's routes along the real roads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gridmgr.domain.closures import RoadClosure
from gridmgr.domain.patrols import DayPlan, Squad
from gridmgr.geo.routers.base import Leg, Router
from gridmgr.services.closures import closures_of, during, open_roads
from gridmgr.services.context import Context
from gridmgr.services.planning.candidates import Depot, find_depot
from gridmgr.services.queries.memo import Memo


@dataclass(frozen=True, kw_only=True, eq=False)
class RouteLeg:
    """The way of one squad to one stop, or back.

    Parameters
    ----------
    squad_id, squad_number
        Who drives.
    number
        0, 1, ... within the route.
    to
        Id of the stop it leads to, None for the way back.
    lon_lat
        ``(k, 2)`` degrees, EPSG:4326.
    on_roads
        Whether the line follows roads; a straight one stands where no way was found.
    seconds, metres
        Driving; None where no way was found.
    """

    squad_id: str
    squad_number: int
    number: int
    to: str | None
    lon_lat: NDArray[np.float64]
    on_roads: bool
    seconds: int | None
    metres: int | None


_LINES: Memo[tuple[RouteLeg, ...]] = Memo(64)


def route_legs(
    ctx: Context, plan: DayPlan, *, also_closed: tuple[RoadClosure, ...] = ()
) -> tuple[RouteLeg, ...]:
    """Legs of all squads from the depot over their stops and back; remembered by revision and roads.

    Parameters
    ----------
    ctx
        The wired parts.
    plan
        Whose routes.
    also_closed
        Closures beside those on record, of a plan that is only looked at.

    Raises
    ------
    RouterFailed
        If a routing server fails.
    """
    with ctx.storage.read() as uow:
        closures = during((*closures_of(uow, plan), *also_closed), plan)
        places = uow.places.find(township_code=plan.township_code)
        villages = uow.villages.find(township_code=plan.township_code)
    if not places and not villages:
        return ()
    router = open_roads(ctx, closures).router
    depot = find_depot(places, villages)
    key = (ctx.config.database, plan.id, router.fingerprint, depot.lon, depot.lat)
    return _LINES.get(key, lambda: tuple(_legs(router, plan.squads, depot)))


def _legs(router: Router, squads: Iterable[Squad], depot: Depot) -> Iterable[RouteLeg]:
    home = (depot.lon, depot.lat)
    for squad in squads:
        if not squad.visits:
            continue
        stops = [(visit.stop.lon, visit.stop.lat) for visit in squad.visits]
        points = np.array([home, *stops, home])
        targets = [*(visit.stop.id for visit in squad.visits), None]
        for number, (leg, to) in enumerate(zip(router.route(points), targets, strict=True)):
            yield _leg(
                squad, number, to, leg, points[number : number + 2], straight=router.method == "straight"
            )


def _leg(
    squad: Squad, number: int, to: str | None, leg: Leg, ends: NDArray[np.float64], *, straight: bool
) -> RouteLeg:
    # The road may pass a little beside the stop; the line leads up to it, so that it looks reached.
    line = np.concatenate([ends[:1], leg.coords, ends[1:]]) if leg.reachable else ends
    return RouteLeg(
        squad_id=squad.id,
        squad_number=squad.number,
        number=number,
        to=to,
        lon_lat=line,
        on_roads=leg.reachable and not straight,
        seconds=leg.seconds if leg.reachable else None,
        metres=leg.metres if leg.reachable else None,
    )
