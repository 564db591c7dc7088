"""The catalogue of items, its versions, and responsibility lists."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from apiflask import APIBlueprint
from pydantic import Field

from gridmgr.domain.catalogue import CatalogueItem
from gridmgr.domain.catalogue_versions import FieldChange
from gridmgr.domain.duties import Duty
from gridmgr.services.catalogue import reading
from gridmgr.services.catalogue.words import field_text
from webapp.api.schemas import Answer, Code, Day, Query
from webapp.guards import require_scope, signed_in
from webapp.state import ctx
from webapp.texts import language, t

catalogue_api = APIBlueprint("api_catalogue", __name__, tag="catalogue")

Number = Annotated[int, Field(ge=1, le=100_000)]


class ItemQuery(Query):
    """The catalogue in force on a day, today by default; `q` is part of code, name or basis."""

    date: Day | None = None
    q: Annotated[str, Field(max_length=100)] = ""
    kind: Literal["basic", "entrusted"] | None = None
    body: Annotated[str, Field(max_length=100)] = ""


class DifferenceQuery(Query):
    """Two versions of the item."""

    before: Number
    after: Number


class DutyQuery(Query):
    """Whose list, on which day; with an agency only what it leads or helps with."""

    township: Code
    agency: Code | None = None
    date: Day | None = None


class ItemOut(Answer):
    """One version of an item. `handed_to` are townships whose office leads in the lead body's place."""

    code: str
    version: int
    name: str
    kind: str
    kind_text: str
    lead_body: str
    cooperating_bodies: list[str]
    handed_to: list[str]
    basis: str
    process: list[str]
    deadline_rule: str
    effective_from: date | None
    effective_to: date | None


class ItemList(Answer):
    """Items by code."""

    date: date
    items: list[ItemOut]


class ItemHistory(Answer):
    """Versions by first day; `current` is the number of the one in force today."""

    code: str
    current: int | None
    versions: list[ItemOut]


class ChangeOut(Answer):
    """One field that differs, in words."""

    field: str
    field_text: str
    before: str
    after: str


class DifferenceOut(Answer):
    """Fields that differ between two versions."""

    code: str
    before: int
    after: int
    changes: list[ChangeOut]


class DutyOut(Answer):
    """One item on a township's list; `role` is that of the agency asked for."""

    code: str
    version: int
    name: str
    kind: str
    kind_text: str
    lead: str
    lead_agency: str | None
    lead_agency_name: str | None
    helpers: list[str]
    by_office: bool
    role: str | None


class DutyList(Answer):
    """A township's responsibility list."""

    township: str
    date: date
    agency: str | None
    duties: list[DutyOut]


def item_out(item: CatalogueItem) -> dict[str, Any]:
    """A version of an item for JSON."""
    names = [name for name in ItemOut.model_fields if name != "kind_text"]
    return {name: getattr(item, name) for name in names} | {"kind_text": t(f"catalogue.kind_{item.kind}")}


@catalogue_api.get("/catalogue/items")
@catalogue_api.input(ItemQuery, location="query", arg_name="query")
@catalogue_api.output(ItemList)
@signed_in
def get_items(query: ItemQuery) -> dict[str, Any]:
    """List the items in force on a day."""
    day = query.date or ctx().clock.today()
    found = reading.catalogue_on(ctx(), day=day, words=query.q, kind=query.kind, body=query.body)
    return {"date": day, "items": [item_out(item) for item in found]}


@catalogue_api.get("/catalogue/items/<code>")
@catalogue_api.output(ItemHistory)
@signed_in
def get_item(code: str) -> dict[str, Any]:
    """Show all versions of an item."""
    versions = reading.item_versions(ctx(), code)
    today = ctx().clock.today()
    current = next((item.version for item in versions if item.holds_on(today)), None)
    return {"code": code, "current": current, "versions": [item_out(item) for item in versions]}


@catalogue_api.get("/catalogue/items/<code>/difference")
@catalogue_api.input(DifferenceQuery, location="query", arg_name="query")
@catalogue_api.output(DifferenceOut)
@signed_in
def get_difference(code: str, query: DifferenceQuery) -> dict[str, Any]:
    """Show what differs between two versions, field by field."""
    found = reading.difference(ctx(), code, before=query.before, after=query.after)
    changes = [_change_out(change) for change in found.changes]
    return {"code": code, "before": query.before, "after": query.after, "changes": changes}


@catalogue_api.get("/catalogue/duties")
@catalogue_api.input(DutyQuery, location="query", arg_name="query")
@catalogue_api.output(DutyList)
@signed_in
def get_duties(query: DutyQuery) -> dict[str, Any]:
    """List who leads and who helps, item by item, in one township."""
    require_scope(query.township)
    day = query.date or ctx().clock.today()
    found = reading.duty_list(ctx(), township_code=query.township, day=day, agency_code=query.agency)
    return {
        "township": query.township,
        "date": day,
        "agency": query.agency,
        "duties": [_duty_out(duty, found) for duty in found.duties],
    }


def _change_out(change: FieldChange) -> dict[str, Any]:
    return {
        "field": change.field,
        "field_text": t(f"catalogue.field_{change.field}"),
        "before": field_text(change.field, change.before, language()),
        "after": field_text(change.field, change.after, language()),
    }


def _duty_out(duty: Duty, found: reading.DutyList) -> dict[str, Any]:
    item = duty.item
    return {
        "code": item.code,
        "version": item.version,
        "name": item.name,
        "kind": item.kind,
        "kind_text": t(f"catalogue.kind_{item.kind}"),
        "lead": duty.lead,
        "lead_agency": duty.lead_agency,
        "lead_agency_name": found.agencies.get(duty.lead_agency or ""),
        "helpers": duty.helpers,
        "by_office": duty.by_office,
        "role": duty.role_of(found.agency) if found.agency else None,
    }
