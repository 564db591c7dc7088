"""Responsibility lists: what a township answers for and what it helps with, on the day's catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from gridmgr.domain.bodies import is_office_body, same_body
from gridmgr.domain.catalogue import CatalogueItem
from gridmgr.domain.people import Agency, Officer

ROLES = frozenset({"lead", "help"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """One item on a township's list.

    Parameters
    ----------
    item
        The version in force.
    lead
        The body that answers for it there.
    lead_agency
        Code of the agency in the township that acts for the lead body, None where it has sent none.
    helpers
        Bodies that help.
    by_office
        Whether the township's own office leads.
    """

    item: CatalogueItem
    lead: str
    lead_agency: str | None
    helpers: tuple[str, ...]
    by_office: bool

    def role_of(self, agency: Agency) -> str | None:
        """Whether an agency of the township leads or helps; None where it is not concerned."""
        if agency.code == self.lead_agency:
            return "lead"
        return "help" if any(acts_for(agency, body) for body in self.helpers) else None


def acts_for(agency: Agency, body: str) -> bool:
    """Whether an agency acts for a body: the office for itself, a unit for its department."""
    if is_office_body(body):
        return agency.is_office
    return not agency.is_office and (same_body(agency.department, body) or same_body(agency.name, body))


def duties(
    items: Iterable[CatalogueItem], *, day: date, township_code: str, agencies: Sequence[Agency]
) -> list[Duty]:
    """The township's list on a day, by item code.

    Parameters
    ----------
    items
        Any versions; those in force on the day are taken.
    agencies
        Of the township, its own office among them.
    """
    found = [item for item in items if item.holds_on(day)]
    own = sorted((a for a in agencies if a.township_code == township_code), key=lambda agency: agency.code)
    return [_duty(item, township_code, own) for item in sorted(found, key=lambda item: item.code)]


def _duty(item: CatalogueItem, township_code: str, agencies: Sequence[Agency]) -> Duty:
    by_office = item.is_led_by_office(township_code)
    office = next((agency for agency in agencies if agency.is_office), None)
    if by_office:
        agency = office
        lead = office.name if office is not None else item.lead_body
    else:
        agency = next((agency for agency in agencies if acts_for(agency, item.lead_body)), None)
        lead = item.lead_body
    return Duty(
        item=item,
        lead=lead,
        lead_agency=agency.code if agency else None,
        helpers=item.helpers_in(township_code),
        by_office=by_office,
    )


def covers(officer: Officer, agency: Agency | None, item: CatalogueItem) -> bool:
    """Whether an item lies in an officer's scope.

    It does where the officer's own department leads or helps with it, where one of the officer's fields is
    that of a body which does, and for any field where the township's own office leads it.
    """
    led_by = (item.lead_body, *item.cooperating_bodies)
    if agency is not None and any(same_body(agency.department, body) for body in led_by):
        return True
    if item.is_led_by_office(officer.township_code):
        return bool(officer.skills)
    return any(_names(body, skill) for body in led_by for skill in officer.skills)


def _names(body: str, field: str) -> bool:
    """Whether a field is a body's: the body's name holds its signs in order (市场监管: 市场监督管理局)."""
    signs = iter(body)
    return bool(field) and all(sign in signs for sign in field)
