"""Reading the catalogue: what holds on a day, how an item changed, and what a township answers for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from gridmgr.domain.bodies import same_body
from gridmgr.domain.catalogue import CatalogueItem
from gridmgr.domain.catalogue_versions import FieldChange, differences
from gridmgr.domain.duties import Duty, duties
from gridmgr.domain.people import Agency
from gridmgr.domain.places import Township
from gridmgr.domain.similarity import plain
from gridmgr.errors import NotFound
from gridmgr.services.asking import existing
from gridmgr.services.context import Context, require_township
from gridmgr.storage import UnitOfWork
from gridmgr.texts import Message


def no_such_item(code: str) -> NotFound:
    """There is no item of that code."""
    return NotFound("error.not_found", kind=Message("word.catalogue_item"), id=code)


def catalogue_on(
    ctx: Context, *, day: date, words: str = "", kind: str | None = None, body: str = ""
) -> list[CatalogueItem]:
    """The catalogue in force on a day, by code.

    Parameters
    ----------
    day
        The day asked about.
    words
        Part of code, name or basis; empty for all.
    kind
        ``basic`` or ``entrusted``; None for both.
    body
        A body that leads or helps; empty for any.
    """
    with ctx.storage.read() as uow:
        found = uow.catalogue.in_force(day)
    wanted = plain(words)
    return [
        item
        for item in found
        if (not wanted or any(wanted in plain(text) for text in (item.code, item.name, item.basis)))
        and (kind is None or item.kind == kind)
        and (not body or any(same_body(body, one) for one in (item.lead_body, *item.cooperating_bodies)))
    ]


def item_versions(ctx: Context, code: str) -> list[CatalogueItem]:
    """All versions of an item, by first day.

    Raises
    ------
    NotFound
        If there is no such item.
    """
    with ctx.storage.read() as uow:
        found = uow.catalogue.versions([code]).get(code)
    if not found:
        raise no_such_item(code)
    return found


@dataclass(frozen=True, kw_only=True)
class Difference:
    """Two versions of an item and the fields in which they differ."""

    before: CatalogueItem
    after: CatalogueItem
    changes: tuple[FieldChange, ...]


def difference(ctx: Context, code: str, *, before: int, after: int) -> Difference:
    """What changed from one version of an item to another.

    Raises
    ------
    NotFound
        If the item or one of the versions does not exist.
    """
    by_number = {item.version: item for item in item_versions(ctx, code)}
    for number in (before, after):
        if number not in by_number:
            raise NotFound("catalogue.no_such_version", code=code, version=number)
    old, new = by_number[before], by_number[after]
    return Difference(before=old, after=new, changes=differences(old, new))


@dataclass(frozen=True, kw_only=True)
class DutyList:
    """A township's responsibility list on a day.

    Parameters
    ----------
    township
        Whose.
    day
        When.
    agency
        The agency whose part is shown; None for the whole list.
    duties
        By item code.
    agencies
        Names of the township's agencies, by code.
    """

    township: Township
    day: date
    agency: Agency | None
    duties: tuple[Duty, ...]
    agencies: Mapping[str, str]


def duty_list(ctx: Context, *, township_code: str, day: date, agency_code: str | None = None) -> DutyList:
    """Who leads and who helps, for each item in force, in one township.

    Raises
    ------
    NotFound
        If there is no such township, or no such agency in it.
    """
    with ctx.storage.read() as uow:
        return read_duties(uow, township_code=township_code, day=day, agency_code=agency_code)


def read_duties(
    uow: UnitOfWork, *, township_code: str, day: date, agency_code: str | None = None
) -> DutyList:
    """As `duty_list`, within a transaction."""
    require_township(uow, township_code)
    township = uow.townships.get(township_code)
    assert township is not None  # just required
    agencies = uow.agencies.find(township_code=township_code)
    found: Sequence[Duty] = duties(
        uow.catalogue.in_force(day), day=day, township_code=township_code, agencies=agencies
    )
    agency = None
    if agency_code is not None:
        agency = existing(
            next((item for item in agencies if item.code == agency_code), None), "word.agency", agency_code
        )
        found = [duty for duty in found if duty.role_of(agency) is not None]
    return DutyList(
        township=township,
        day=day,
        agency=agency,
        duties=tuple(found),
        agencies={item.code: item.name for item in agencies},
    )
