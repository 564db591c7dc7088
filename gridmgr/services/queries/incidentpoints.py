"""Incidents of a period as points: thousands at once, so only what a map draws, filters and counts."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any, Final

from gridmgr.domain.incidents import Incident
from gridmgr.errors import BadInput, NotFound
from gridmgr.services.context import Context
from gridmgr.services.discretion import Reader, incident_for
from gridmgr.services.queries.matters import Matter
from gridmgr.services.queries.memo import Memo, state_key
from gridmgr.storage.repositories.incidents import IncidentPoint
from gridmgr.texts import Message

#: Longest period shown, both days included.
MOST_DAYS: Final = 731
#: More points than a browser moves about without delay; the oldest are left out, and the answer says so.
MOST_POINTS: Final = 20_000
_ANSWERS: Memo[str] = Memo(8)


def incident_points(
    ctx: Context, *, township_code: str | None, first: date, last: date, most: int = MOST_POINTS
) -> str:
    """Incidents reported from the first to the last day, as GeoJSON text, newest first.

    Parameters
    ----------
    ctx
        The wired parts.
    township_code
        Where; None for everywhere.
    first, last
        Days in the office's zone, both included.
    most
        Points at most; the newest are kept.

    Returns
    -------
    str
        A FeatureCollection (RFC 7946, EPSG:4326). A feature's id is the incident's; its properties are
        ``state``, ``category``, ``reported`` and, where it is done, ``settled`` (local, to the minute), and
        ``urgent`` where it is. ``left_out`` counts incidents beyond ``most``.

    Raises
    ------
    BadInput
        If the period is turned round or longer than `MOST_DAYS`.
    """
    if last < first:
        raise BadInput("report.bad_period", first=first.isoformat(), last=last.isoformat())
    days = (last - first).days + 1
    if days > MOST_DAYS:
        raise BadInput("reports.too_long", days=days, most=MOST_DAYS)
    key = (*state_key(ctx), township_code, first, last, most)
    return _ANSWERS.get(key, lambda: _read(ctx, township_code, first, last, most))


def _read(ctx: Context, township_code: str | None, first: date, last: date, most: int) -> str:
    since, until = ctx.clock.midnight(first), ctx.clock.midnight(last + timedelta(days=1))
    with ctx.storage.read() as uow:
        found = uow.incidents.points(township_code=township_code, since=since, until=until, most=most)
        left_out = 0
        if len(found) == most:
            left_out = (
                uow.incidents.count_between(township_code=township_code, since=since, until=until) - most
            )
    body = {
        "type": "FeatureCollection",
        "left_out": left_out,
        "features": [_feature(ctx, point) for point in found],
    }
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def _feature(ctx: Context, point: IncidentPoint) -> dict[str, Any]:
    def minute(moment: datetime) -> str:
        return moment.astimezone(ctx.clock.zone).strftime("%Y-%m-%dT%H:%M")

    properties: dict[str, Any] = {
        "state": point.state,
        "category": point.category,
        "reported": minute(point.reported_at),
    }
    if point.settled_at is not None:
        properties["settled"] = minute(point.settled_at)
    if point.urgent:
        properties["urgent"] = True
    return {
        "type": "Feature",
        "id": point.id,
        "properties": properties,
        "geometry": {"type": "Point", "coordinates": [round(point.lon, 5), round(point.lat, 5)]},
    }


def incident_township(ctx: Context, incident_id: str) -> str | None:
    """Code of the township an incident lies in, None where that is unknown.

    Raises
    ------
    NotFound
        If there is no such incident.
    """
    return _incident(ctx, incident_id).township_code


def one_matter(ctx: Context, incident_id: str, *, reader: Reader = None) -> Matter:
    """An incident and its photos; people's words as the reader may have them.

    Raises
    ------
    NotFound
        If there is no such incident.
    """
    incident = _incident(ctx, incident_id)
    with ctx.storage.read() as uow:
        photos = uow.attachments.ids_by_subject("incident", [incident_id])
    return Matter(incident=incident_for(incident, reader), photos=tuple(photos.get(incident_id, ())))


def _incident(ctx: Context, incident_id: str) -> Incident:
    with ctx.storage.read() as uow:
        incident = uow.incidents.get(incident_id)
    if incident is None:
        raise NotFound("error.not_found", kind=Message("word.incident"), id=incident_id)
    return incident
