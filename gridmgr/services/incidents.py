"""Incidents as they become known: found by squads, told by villagers, passed on by others."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta

from gridmgr.domain.incidents import Incident
from gridmgr.domain.places import Village
from gridmgr.domain.users import User
from gridmgr.errors import BadInput, Conflict, Forbidden
from gridmgr.geo.datum import to_wgs84
from gridmgr.services.context import Context
from gridmgr.storage import UnitOfWork

#: Phones' clocks are a little fast at times; more than this is a mistake.
CLOCK_TOLERANCE = timedelta(minutes=5)


def report_incident(
    ctx: Context, incident: Incident, *, user: User, datum: str = "wgs84"
) -> tuple[Incident, bool]:
    """Store a new incident in the village it lies in.

    Sending the same incident twice stores it once, so that a phone may repeat what it is not sure of.

    Parameters
    ----------
    incident
        As reported; ``lon`` and ``lat`` in ``datum``. Village, township, reporter and state are set here.
    user
        Who reports; the incident has to lie in the user's scope.
    datum
        ``wgs84``, ``cgcs2000``, ``gcj02`` or ``bd09``.

    Returns
    -------
    Incident, bool
        As stored, and whether it is new.

    Raises
    ------
    BadInput
        If the point lies in no village, the time in the future, or the item is unknown.
    Forbidden
        If the point lies in another township than the user's.
    Conflict
        If the id is taken by an incident of other content.
    """
    with ctx.storage.write(user.name) as uow:
        stored, new = report_within(ctx, uow, incident, user=user, datum=datum)
        if new:
            uow.commit()
    return stored, new


def report_within(
    ctx: Context, uow: UnitOfWork, incident: Incident, *, user: User, datum: str = "wgs84"
) -> tuple[Incident, bool]:
    """As `report_incident`, within a transaction that the caller commits."""
    if incident.reported_at > ctx.clock.utc_now() + CLOCK_TOLERANCE:
        raise BadInput("error.incident_in_future", at=incident.reported_at.isoformat())
    lon, lat = (float(value) for value in to_wgs84(incident.lon, incident.lat, datum))
    village = _village_at(uow, user, lon=lon, lat=lat)
    if incident.item_code is not None and uow.catalogue.get(incident.item_code) is None:
        raise BadInput("error.no_such_item", item=incident.item_code)
    placed = replace(
        incident,
        reported_at=incident.reported_at.astimezone(UTC),
        lon=lon,
        lat=lat,
        village_code=village.code,
        township_code=village.township_code,
        reported_by=user.name,
        state="reported",
        settled_at=None,
    )
    known = uow.incidents.get(incident.id)
    if known is not None:
        if not _same_report(known, placed):
            raise Conflict("error.incident_id_taken", id=incident.id)
        return known, False
    uow.incidents.add(placed)
    uow.record("incident.report", "incident", placed.id, category=placed.category, village=village.code)
    return placed, True


def _village_at(uow: UnitOfWork, user: User, *, lon: float, lat: float) -> Village:
    village = uow.villages.at(lon, lat)
    if village is None:
        raise BadInput("error.no_village_here", lon=round(lon, 6), lat=round(lat, 6))
    if not user.may_see(village.township_code):
        raise Forbidden("error.township_scope", township=village.township_code)
    return village


def _same_report(known: Incident, sent: Incident) -> bool:
    """Whether both are the same report, whatever happened to the known one since."""
    # What became of it and how the office classified it is no part of the report.
    later = ("state", "settled_at", "case_id", "urgent", "item_code")
    return replace(sent, **{name: getattr(known, name) for name in later}) == known
