"""Services and requests as the specification names their fields; texts masked, nobody's personal data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from gridmgr.domain.catalogue import CatalogueItem
from gridmgr.domain.incidents import Incident
from gridmgr.domain.places import Village
from gridmgr.domain.privacy import mask
from gridmgr.errors import BadInput, NotFound
from gridmgr.services.context import Context
from gridmgr.storage import UnitOfWork
from gridmgr.storage.repositories.open311 import PublishedFilter
from gridmgr.texts import Message

#: The service of what no catalogue item was named for.
OTHER = "other"
#: The specification's limits of one answer.
MOST_REQUESTS, MOST_SPAN = 1000, timedelta(days=90)
MOST_DESCRIPTION = 4000
STATUSES = ("open", "closed")
#: Before a link that a sender added: for the office, not for the public.
MEDIA_MARK = "\n附件链接："


@dataclass(frozen=True, kw_only=True)
class Search:
    """What requests to list.

    Parameters
    ----------
    ids
        These; all else is ignored then.
    service_codes
        Of these services; all where empty.
    start, end
        Reported in [start, end]; at most `MOST_SPAN` apart. The last `MOST_SPAN` where neither is given.
    statuses
        ``open``, ``closed``; both where empty.
    page, page_size
        From 1; at most `MOST_REQUESTS` a page.
    """

    ids: frozenset[str] = frozenset()
    service_codes: frozenset[str] = frozenset()
    start: datetime | None = None
    end: datetime | None = None
    statuses: frozenset[str] = frozenset()
    page: int = 1
    page_size: int = MOST_REQUESTS

    def span(self, now: datetime) -> tuple[datetime, datetime]:
        """First and last moment.

        Raises
        ------
        BadInput
            If they are the wrong way round or too far apart.
        """
        end = self.end or (self.start + MOST_SPAN if self.start else now)
        start = self.start or end - MOST_SPAN
        if start > end:
            raise BadInput("open311.dates_reversed")
        if end - start > MOST_SPAN:
            raise BadInput("open311.span_too_long", most=MOST_SPAN.days)
        return start, end


def check_jurisdiction(ctx: Context, jurisdiction: str | None) -> str | None:
    """The county to answer for: its code; None where there is one county only and none was named.

    Raises
    ------
    NotFound
        If there is no such county.
    BadInput
        If there are several and none was named.
    """
    with ctx.storage.read() as uow:
        known = {township.county_code for township in uow.townships.find()}
    if jurisdiction:
        if jurisdiction not in known:
            raise NotFound("open311.no_jurisdiction", id=jurisdiction)
        return jurisdiction
    if len(known) > 1:
        raise BadInput("open311.which_jurisdiction", known=", ".join(sorted(known)))
    return None


def list_services(ctx: Context, *, language: str) -> list[dict[str, Any]]:
    """The catalogue in force today, and one service for all else."""
    with ctx.storage.read() as uow:
        items = uow.catalogue.in_force(ctx.clock.today())
    return [*(_service(item, language) for item in items), _other(language)]


def define_service(ctx: Context, code: str) -> dict[str, Any]:
    """The definition of a service: there are no further fields to fill in.

    Raises
    ------
    NotFound
        If there is no such service.
    """
    with ctx.storage.read() as uow:
        require_service(ctx, uow, code)
    return {"service_code": code, "attributes": []}


def require_service(ctx: Context, uow: UnitOfWork, code: str) -> CatalogueItem | None:
    """The catalogue item of a service code, None for `OTHER`.

    Raises
    ------
    NotFound
        If there is no such service today.
    """
    if code == OTHER:
        return None
    item = uow.catalogue.on(code, ctx.clock.today()) if code.isprintable() else None
    if item is None:
        raise NotFound("open311.no_service", code=code)
    return item


def list_requests(ctx: Context, search: Search, *, county: str | None, language: str) -> list[dict[str, Any]]:
    """Requests, the newest first.

    Raises
    ------
    BadInput
        See `Search.span`.
    """
    with ctx.storage.read() as uow:
        wanted = _filter(ctx, uow, search, county)
        found = uow.published.page(
            wanted, most=search.page_size, skip=(search.page - 1) * search.page_size if not search.ids else 0
        )
        return _described(uow, found, language)


def find_request(ctx: Context, request_id: str, *, county: str | None, language: str) -> dict[str, Any]:
    """One request.

    Raises
    ------
    NotFound
        If there is none, or it is not published.
    """
    search = Search(ids=frozenset({request_id}))
    found = list_requests(ctx, search, county=county, language=language)
    if not found:
        raise NotFound("open311.no_request", id=request_id)
    return found[0]


def find_token(ctx: Context, token: str) -> dict[str, Any]:
    """The request that became of a token; its id is None while the office is still finding the place.

    Raises
    ------
    NotFound
        If no report over Open311 was given that token.
    """
    with ctx.storage.read() as uow:
        tip = uow.tips.get(token) if token.isprintable() else None
    if tip is None or tip.source != "open311":
        raise NotFound("open311.no_token", token=token)
    return {"service_request_id": tip.incident_id, "token": token}


def last_change(ctx: Context) -> datetime | None:
    """When the services last changed, as far as the trail tells."""
    with ctx.storage.read() as uow:
        events = uow.audit.find(subject_kind="catalogue", limit=1)
    return events[0].at if events else None


def _filter(ctx: Context, uow: UnitOfWork, search: Search, county: str | None) -> PublishedFilter:
    sources = frozenset(uow.settings.office().open311_sources)
    if search.ids:
        return PublishedFilter(sources=sources, county_code=county, ids=search.ids)
    since, until = search.span(ctx.clock.utc_now())
    return PublishedFilter(
        sources=sources,
        county_code=county,
        since=since,
        until=until,
        item_codes=search.service_codes - {OTHER},
        unclassified=OTHER in search.service_codes,
        is_open=None if len(search.statuses) != 1 else "open" in search.statuses,
    )


def _described(uow: UnitOfWork, incidents: Iterable[Incident], language: str) -> list[dict[str, Any]]:
    found = list(incidents)
    items = uow.catalogue.get_many(i.item_code for i in found if i.item_code)
    villages = uow.villages.get_many(i.village_code for i in found if i.village_code)
    return [_request(incident, items, villages, language) for incident in found]


def _request(
    incident: Incident,
    items: Mapping[str, CatalogueItem],
    villages: Mapping[str, Village],
    language: str,
) -> dict[str, Any]:
    item = items.get(incident.item_code or "")
    village = villages.get(incident.village_code or "")
    service = _service(item, language) if item else _other(language)
    changed = incident.settled_at or incident.reported_at
    return {
        "service_request_id": incident.id,
        "status": "open" if incident.is_open else "closed",
        "status_notes": Message(f"open311.note_{incident.state}").render(language),
        "service_name": service["service_name"],
        "service_code": service["service_code"],
        "description": mask(incident.description.partition(MEDIA_MARK)[0]),
        "agency_responsible": item.lead_body if item else None,
        "service_notice": None,
        "requested_datetime": incident.reported_at,
        "updated_datetime": changed,
        "expected_datetime": None,
        "address": _address(village) if village else None,
        "address_id": incident.village_code,
        "zipcode": None,
        "lat": round(incident.lat, 6),
        "long": round(incident.lon, 6),
        "media_url": None,
    }


def _address(village: Village) -> str:
    """From the most special to the most general, as the specification asks."""
    return ", ".join(part for part in (village.name, village.township_name, village.county_name) if part)


def _service(item: CatalogueItem, language: str) -> dict[str, Any]:
    return {
        "service_code": item.code,
        "service_name": item.name,
        "description": item.basis or item.name,
        "metadata": False,
        "type": "realtime",
        "keywords": ", ".join(dict.fromkeys((item.lead_body, *item.cooperating_bodies))),
        "group": Message(f"open311.group_{item.kind}").render(language),
    }


def _other(language: str) -> dict[str, Any]:
    return {
        "service_code": OTHER,
        "service_name": Message("open311.other").render(language),
        "description": Message("open311.other_words").render(language),
        "metadata": False,
        "type": "realtime",
        "keywords": "",
        "group": Message("open311.group_other").render(language),
    }
