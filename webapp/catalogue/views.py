"""The catalogue's pages for the offices: items in force, an item's versions, responsibility lists."""

from __future__ import annotations

from flask import Blueprint, current_app, render_template, request

from gridmgr.services import records
from gridmgr.services.catalogue import reading
from gridmgr.services.catalogue.words import field_text
from webapp.dates import asked_day
from webapp.guards import CONFINED_ROLES, Guard, guard_of, my_townships, require_scope, requires
from webapp.state import ctx, me
from webapp.texts import language

catalogue = Blueprint("catalogue", __name__, url_prefix="/catalogue")

#: Tabs in order: endpoint and words; each is shown to the roles its view's guard lets in.
TABS = (
    ("catalogue.index", "catalogue.items"),
    ("catalogue.duties", "catalogue.duties"),
    ("handing.index", "catalogue.handing"),
    ("admission_pages.index", "catalogue.admissions"),
    ("publishing_pages.edit", "catalogue.publishing"),
)
READERS = ("planner", "department", "lead", "admin")


@catalogue.app_context_processor
def _tabs() -> dict[str, object]:
    """Give templates the tabs the user may open."""
    return {"catalogue_tabs": lambda: [tab for tab in TABS if me().role in _roles(tab[0])]}


def _roles(endpoint: str) -> frozenset[str]:
    return (guard_of(current_app, endpoint) or Guard()).roles


def township_names() -> dict[str, str]:
    """Names of all townships by code; the catalogue is the county's."""
    with ctx().storage.read() as uow:
        return {township.code: township.name for township in uow.townships.find()}


@catalogue.app_template_filter("item_field")
def item_field(value: object, field: str) -> str:
    """A field of an item in words, for templates."""
    return field_text(field, value, language())


@catalogue.get("/")
@requires(*READERS)
def index() -> str:
    """List the items in force on a day."""
    kind = request.args.get("kind")
    words, body = request.args.get("q", "").strip(), request.args.get("body", "").strip()
    day = asked_day()
    found = reading.catalogue_on(
        ctx(), day=day, words=words, kind=kind if kind in ("basic", "entrusted") else None, body=body
    )
    every = reading.catalogue_on(ctx(), day=day)
    return render_template(
        "catalogue/items.html",
        items=found,
        total=len(every),
        bodies=sorted({item.lead_body for item in every}),
        day=day,
        words=words,
        kind=kind or "",
        body=body,
        names=township_names(),
    )


@catalogue.get("/items/<code>")
@requires(*READERS)
def item(code: str) -> str:
    """Show an item's versions, and what differs between two of them."""
    versions = reading.item_versions(ctx(), code)
    today = ctx().clock.today()
    latest = versions[-1].version
    before = _number("before", versions[-2].version if len(versions) > 1 else latest)
    after = _number("after", latest)
    compared = reading.difference(ctx(), code, before=before, after=after) if len(versions) > 1 else None
    return render_template(
        "catalogue/item.html",
        versions=versions,
        current=next((v for v in versions if v.holds_on(today)), None),
        compared=compared,
        before=before,
        after=after,
        names=township_names(),
        events=records.audit_events(ctx(), subject_kind="catalogue_item", subject_id=code, limit=20),
    )


def _number(name: str, otherwise: int) -> int:
    try:
        return int(request.args.get(name, ""))
    except ValueError:
        return otherwise


@catalogue.get("/duties")
@requires(*READERS)
def duties() -> str:
    """Show a township's responsibility list, whole or one agency's part."""
    townships = my_townships()
    asked = request.args.get("township") or None
    if asked is not None:
        require_scope(asked)
    own = me().township_code if me().role in CONFINED_ROLES else None
    chosen = asked or own or (townships[0].code if townships else None)
    agency = request.args.get("agency") or None
    day = asked_day()
    found = None
    if chosen is not None:
        codes = {a.code for a in records.agencies(ctx(), township_code=chosen)}
        # Another township was chosen meanwhile: the agency asked for is none of its own.
        agency = agency if agency in codes else None
        found = reading.duty_list(ctx(), township_code=chosen, day=day, agency_code=agency)
    return render_template(
        "catalogue/duties.html", found=found, townships=townships, chosen=chosen, agency=agency, day=day
    )
