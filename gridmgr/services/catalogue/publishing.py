"""What everybody may know: the catalogue in force, and who answers for which village."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from gridmgr.domain.catalogue import CatalogueItem
from gridmgr.domain.people import Agency, Officer
from gridmgr.domain.places import Township, Village
from gridmgr.domain.public_page import PublicPage, surname_of
from gridmgr.services.asking import existing
from gridmgr.services.catalogue.reading import read_duties
from gridmgr.services.context import Context
from gridmgr.storage import UnitOfWork
from gridmgr.storage.repositories.places import VillageName
from gridmgr.texts import Message

_KEY = "public_page"
#: Villages found by name at once.
MOST_FOUND = 50


def read_public_page(uow: UnitOfWork) -> PublicPage:
    """The office's choice; the defaults where nothing was chosen."""
    value = uow.settings.get(_KEY)
    return PublicPage() if value is None else PublicPage(**value)


def public_page(ctx: Context) -> PublicPage:
    """As `read_public_page`, by itself."""
    with ctx.storage.read() as uow:
        return read_public_page(uow)


def save_public_page(ctx: Context, page: PublicPage, *, actor: str) -> None:
    """Change what is shown to everybody."""
    value: dict[str, Any] = {
        "officer_name": page.officer_name,
        "phone": page.phone,
        "phones": dict(page.phones),
    }
    with ctx.storage.write(actor) as uow:
        if read_public_page(uow) == page:
            return
        uow.settings.put(_KEY, value)
        uow.record("public_page.change", "settings", _KEY, **value)
        uow.commit()


def name_for_public(officer: Officer, rule: str) -> Message | str:
    """An officer's name as the office publishes it; empty where nobody is named."""
    if rule == "full":
        return officer.name
    if rule == "surname":
        return Message("catalogue.public_surname", {"surname": surname_of(officer.name)})
    return ""


@dataclass(frozen=True, kw_only=True)
class VillageOwner:
    """Who answers for a village, as far as everybody may know.

    Parameters
    ----------
    code, name, township_code, township_name
        The village.
    officer
        The lead officer's name by the office's rule; empty where nobody is named or nobody answers for it.
    agency
        The officer's agency; empty by the same rule.
    office
        The township's own office, empty where none is on record.
    phone
        Of that office.
    answered_for
        Whether an officer answers for it at all.
    """

    code: str
    name: str
    township_code: str
    township_name: str
    officer: Message | str
    agency: str
    office: str
    phone: str
    answered_for: bool


@dataclass(frozen=True, kw_only=True)
class VillageList:
    """Villages asked for.

    Parameters
    ----------
    townships
        All of the county.
    villages
        Those found, by code; at most `MOST_FOUND` of a search.
    more
        Whether a search found more.
    """

    townships: tuple[Township, ...]
    villages: tuple[VillageOwner, ...]
    more: bool = False


def villages_for_public(ctx: Context, *, words: str, township_code: str | None) -> VillageList:
    """Villages whose name holds the words, or a township's; none where neither is given."""
    with ctx.storage.read() as uow:
        townships = tuple(uow.townships.find())
        if words:
            found = uow.villages.called(words, most=MOST_FOUND + 1)
        elif township_code is not None:
            names = {township.code: township.name for township in townships}
            found = [
                VillageName(code=code, name=name, township_code=of, township_name=names.get(of, ""))
                for code, name, of in uow.villages.names(township_code=township_code)
            ]
        else:
            found = []
        more = bool(words) and len(found) > MOST_FOUND
        shown = found[:MOST_FOUND] if words else found
        return VillageList(townships=townships, villages=tuple(_owners(uow, shown)), more=more)


def _owners(uow: UnitOfWork, villages: Sequence[VillageName]) -> list[VillageOwner]:
    page = read_public_page(uow)
    leads: dict[str, str] = {}
    agencies: dict[str, Agency] = {}
    for code in sorted({village.township_code for village in villages}):
        plan = uow.ownership.published(code)
        duties = plan.responsibilities if plan else ()
        leads |= {duty.village_code: duty.officer_id for duty in duties if duty.role == "lead"}
        agencies |= {agency.code: agency for agency in uow.agencies.find(township_code=code)}
    officers = uow.officers.get_many(leads[v.code] for v in villages if v.code in leads)
    offices = {agency.township_code: agency.name for agency in agencies.values() if agency.is_office}
    return [
        _owner(village, officers.get(leads.get(village.code, "")), page, agencies, offices)
        for village in villages
    ]


def _owner(
    village: VillageName,
    officer: Officer | None,
    page: PublicPage,
    agencies: Mapping[str, Agency],
    offices: Mapping[str, str],
) -> VillageOwner:
    named = officer is not None and page.officer_name != "office"
    agency = agencies.get(officer.agency_code) if officer is not None and named else None
    return VillageOwner(
        code=village.code,
        name=village.name,
        township_code=village.township_code,
        township_name=village.township_name,
        officer=name_for_public(officer, page.officer_name) if officer is not None else "",
        agency=agency.name if agency else "",
        office=offices.get(village.township_code, ""),
        phone=page.phone_of(village.township_code),
        answered_for=officer is not None,
    )


@dataclass(frozen=True, kw_only=True)
class PublicVillage:
    """A village's page.

    Parameters
    ----------
    owner
        Who answers for it.
    village
        With its border.
    neighbours
        Villages around, for the picture.
    led
        Items the township's office leads.
    others
        Items that departments lead.
    """

    owner: VillageOwner
    village: Village
    neighbours: tuple[Village, ...]
    led: tuple[CatalogueItem, ...]
    others: tuple[CatalogueItem, ...]


def village_for_public(ctx: Context, code: str, *, day: date) -> PublicVillage:
    """One village's page.

    Raises
    ------
    NotFound
        If there is no such village.
    """
    with ctx.storage.read() as uow:
        village = existing(uow.villages.get(code), "word.village", code)
        name = VillageName(
            code=village.code,
            name=village.name,
            township_code=village.township_code,
            township_name=village.township_name,
        )
        [owner] = _owners(uow, [name])
        west, south, east, north = village.geometry.bounds
        wide, high = (east - west) / 2, (north - south) / 2
        around = uow.villages.in_box((west - wide, south - high, east + wide, north + high))
        duties = read_duties(uow, township_code=village.township_code, day=day).duties
    return PublicVillage(
        owner=owner,
        village=village,
        neighbours=tuple(item for item in around if item.code != village.code),
        led=tuple(duty.item for duty in duties if duty.by_office),
        others=tuple(duty.item for duty in duties if not duty.by_office),
    )
