"""What the day's printed map shows, gathered; the page itself is drawn by `maps.folium_page`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from gridmgr.domain.coverage import VillageCoverage
from gridmgr.domain.incidents import Incident
from gridmgr.domain.patrols import DayPlan
from gridmgr.domain.places import Place, Village
from gridmgr.services.context import Context, require_township
from gridmgr.services.queries.matters import matters
from gridmgr.services.queries.naming import Names
from gridmgr.services.queries.routelines import RouteLeg, route_legs
from gridmgr.services.queries.standing import coverage_on
from gridmgr.services.reporting.evidence import area_name


@dataclass(frozen=True, kw_only=True)
class DayMaterials:
    """Fields as `maps.folium_page.Day` takes them: published plans only, with names in their reasons."""

    day: date
    area: str
    plans: Sequence[DayPlan]
    villages: Sequence[Village]
    coverage: Mapping[str, VillageCoverage]
    places: Sequence[Place]
    incidents: Sequence[Incident]
    officers: Mapping[str, str]
    lines: Mapping[str, Sequence[tuple[float, float]]]
    generated_at: datetime
    zone: tzinfo


def day_materials(ctx: Context, *, day: date, township_code: str | None = None) -> DayMaterials:
    """Gather them.

    Parameters
    ----------
    ctx
        The wired parts.
    day
        Which day.
    township_code
        Only this township; None for all.

    Raises
    ------
    NotFound
        If there is no such township.
    RouterFailed
        If a routing server fails.
    """
    with ctx.storage.read() as uow:
        if township_code is not None:
            require_township(uow, township_code)
        villages = uow.villages.find(township_code=township_code)
        plans = uow.days.published_between(day, day, township_code=township_code)
        places = uow.places.find(township_code=township_code)
        officers = {officer.id: officer.name for officer in uow.officers.find(township_code=township_code)}
        coverage = coverage_on(uow, villages, day)
    names = Names(officers=officers, villages={v.code: v.name for v in villages}, agencies={})
    return DayMaterials(
        day=day,
        area=area_name(villages, township_code),
        plans=[names.plan(plan) for plan in plans],
        villages=villages,
        coverage=coverage,
        places=places,
        incidents=[matter.incident for matter in matters(ctx, township_code=township_code, day=day)],
        officers=officers,
        lines={key: line for plan in plans for key, line in _lines(route_legs(ctx, plan)).items()},
        generated_at=ctx.clock.now(),
        zone=ctx.clock.zone,
    )


def _lines(legs: Sequence[RouteLeg]) -> dict[str, list[tuple[float, float]]]:
    """The whole way of each squad that drives on roads all day, (lon, lat) pairs in degrees."""
    found: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)
    for leg in legs:
        found[leg.squad_id] += [(float(lon), float(lat)) for lon, lat in leg.lon_lat]
    off_road = {leg.squad_id for leg in legs if not leg.on_roads}
    return {squad: line for squad, line in found.items() if squad not in off_road}
