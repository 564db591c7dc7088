"""Exporting a day's routes: reads the plans once, then writes the format the file's name asks for."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import geopandas
import shapely

from gridmgr.domain.patrols import DayPlan
from gridmgr.errors import BadInput, NoPlan
from gridmgr.services.context import Context, require_township
from gridmgr.services.exporting.icalendar import calendar_text
from gridmgr.services.exporting.model import SquadRoute, StopRow
from gridmgr.services.exporting.xmlformats import gpx_text, kml_text
from gridmgr.services.queries.routelines import RouteLeg, route_legs
from gridmgr.texts import DEFAULT_LANGUAGE, text

_DECIMALS = 7


@dataclass(frozen=True, kw_only=True)
class RouteExport:
    """What was written.

    Parameters
    ----------
    path
        The file.
    squads, stops
        How many are in it.
    drafts
        Townships whose draft was taken, because nothing is published.
    """

    path: Path
    squads: int
    stops: int
    drafts: tuple[str, ...]


def export_routes(
    ctx: Context,
    day: date,
    out: Path,
    *,
    township_code: str | None = None,
    language: str = DEFAULT_LANGUAGE,
) -> RouteExport:
    """Write a day's routes to a file whose ending says the format (`FORMATS`).

    The published plan of each township is taken, its draft where nothing is published. The file is there
    whole or not at all.

    Parameters
    ----------
    ctx
        The wired parts.
    day
        Which day.
    out
        Where to write; a file of that name is replaced.
    township_code
        Whose routes; None for all townships.
    language
        Of the words in the file.

    Raises
    ------
    BadInput
        If the ending is unknown, or the file cannot be written.
    NotFound, NoPlan
        Unknown township; nobody has a route on that day.
    """
    write = _WRITERS.get(out.suffix.lower())
    if write is None:
        raise BadInput("export.unknown_format", path=out.name, known=", ".join(FORMATS))
    plans, drafts = _plans(ctx, day, township_code)
    routes = [route for plan in plans for route in _routes(ctx, plan, language)]
    if not routes:
        raise NoPlan("export.no_routes", day=day.isoformat())
    try:
        _replace(out, lambda path: write(path, routes, language))
    except OSError as error:
        raise BadInput("export.cannot_write", path=str(out), reason=error.strerror or str(error)) from error
    stops = sum(len(route.stops) for route in routes)
    return RouteExport(path=out, squads=len(routes), stops=stops, drafts=tuple(drafts))


def _plans(ctx: Context, day: date, township_code: str | None) -> tuple[list[DayPlan], list[str]]:
    with ctx.storage.read() as uow:
        if township_code is not None:
            require_township(uow, township_code)
        plans, drafts = [], []
        for township in uow.townships.find(code=township_code):
            head = uow.days.head(township.code, day)
            plan = uow.days.get(head.published_id or head.draft_id)
            if plan is not None and any(squad.visits for squad in plan.squads):
                plans.append(plan)
                drafts += [] if head.published_id else [township.code]
    return plans, drafts


def _routes(ctx: Context, plan: DayPlan, language: str) -> list[SquadRoute]:
    with ctx.storage.read() as uow:
        names = {officer.id: officer.name for officer in uow.officers.find(township_code=plan.township_code)}
        townships = uow.townships.get_many([plan.township_code])
    legs: dict[str, list[RouteLeg]] = {}
    for leg in route_legs(ctx, plan):
        legs.setdefault(leg.squad_id, []).append(leg)
    name = townships[plan.township_code].name
    return [
        SquadRoute(
            id=squad.id,
            revision=plan.id,
            made_at=plan.created_at,
            day=plan.day,
            township=plan.township_code,
            title=text("export.title", language, township=name, number=squad.number),
            number=squad.number,
            leader=names.get(squad.leader, squad.leader),
            members=tuple(names.get(member, member) for member in squad.members),
            vehicle=squad.vehicle or "",
            travel_minutes=round(squad.travel_seconds / 60, 1),
            travel_km=round(squad.travel_metres / 1000, 2),
            line=tuple(
                (round(lon, _DECIMALS), round(lat, _DECIMALS))
                for leg in legs[squad.id]
                for lon, lat in leg.lon_lat.tolist()
            ),
            stops=tuple(
                StopRow(
                    id=visit.stop.id,
                    number=number,
                    name=visit.stop.name,
                    kind=visit.stop.kind,
                    lon=visit.stop.lon,
                    lat=visit.stop.lat,
                    village=visit.stop.village_code or "",
                    arrive=visit.arrive.astimezone(ctx.clock.zone),
                    start=visit.start.astimezone(ctx.clock.zone),
                    leave=visit.leave.astimezone(ctx.clock.zone),
                    purpose="; ".join(message.render(language) for message in visit.stop.purpose),
                )
                for number, visit in enumerate(squad.visits, start=1)
            ),
        )
        for squad in plan.squads
        if squad.visits
    ]


def _replace(out: Path, write: Callable[[Path], None]) -> None:
    """Write beside the file, then take its place: nobody sees half a file."""
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".export-") as folder:
        made = Path(folder) / out.name
        write(made)
        os.replace(made, out)


def _squad_values(route: SquadRoute) -> dict[str, Any]:
    return {
        "day": route.day.isoformat(),
        "township": route.township,
        "squad": route.number,
        "title": route.title,
        "leader": route.leader,
        "members": ", ".join(route.members),
        "vehicle": route.vehicle,
        "stops": len(route.stops),
        "travel_minutes": route.travel_minutes,
        "travel_km": route.travel_km,
    }


def _stop_values(route: SquadRoute, stop: StopRow) -> dict[str, Any]:
    return {
        "day": route.day.isoformat(),
        "township": route.township,
        "squad": route.number,
        "number": stop.number,
        "id": stop.id,
        "name": stop.name,
        "kind": stop.kind,
        "village": stop.village,
        "arrive": stop.arrive.isoformat(),
        "start": stop.start.isoformat(),
        "leave": stop.leave.isoformat(),
        "purpose": stop.purpose,
    }


def _write_geojson(path: Path, routes: list[SquadRoute], _language: str) -> None:
    features: list[dict[str, Any]] = []
    for route in routes:
        line = {"type": "LineString", "coordinates": route.line}
        features.append(_feature(line, {"what": "route", **_squad_values(route)}))
        for stop in route.stops:
            point = {"type": "Point", "coordinates": (stop.lon, stop.lat)}
            features.append(_feature(point, {"what": "stop", **_stop_values(route, stop)}))
    body = {"type": "FeatureCollection", "features": features}
    path.write_text(json.dumps(body, ensure_ascii=False), encoding="utf-8")


def _feature(geometry: Mapping[str, Any], properties: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def _write_gpkg(path: Path, routes: list[SquadRoute], _language: str) -> None:
    lines = geopandas.GeoDataFrame(
        [_squad_values(route) for route in routes],
        geometry=[shapely.LineString(route.line) for route in routes],
        crs="EPSG:4326",
    )
    stops = geopandas.GeoDataFrame(
        [_stop_values(route, stop) for route in routes for stop in route.stops],
        geometry=[shapely.Point(stop.lon, stop.lat) for route in routes for stop in route.stops],
        crs="EPSG:4326",
    )
    lines.to_file(path, layer="routes", driver="GPKG", engine="pyogrio")
    stops.to_file(path, layer="stops", driver="GPKG", engine="pyogrio")


def _write_gpx(path: Path, routes: list[SquadRoute], _language: str) -> None:
    path.write_bytes(gpx_text(routes))


def _write_kml(path: Path, routes: list[SquadRoute], _language: str) -> None:
    path.write_bytes(kml_text(routes))


def _write_ics(path: Path, routes: list[SquadRoute], language: str) -> None:
    path.write_bytes(calendar_text(routes, language).encode())


_WRITERS: Mapping[str, Callable[[Path, list[SquadRoute], str], None]] = {
    ".gpx": _write_gpx,
    ".kml": _write_kml,
    ".geojson": _write_geojson,
    ".gpkg": _write_gpkg,
    ".ics": _write_ics,
}
#: Endings that `export_routes` takes.
FORMATS = tuple(_WRITERS)
