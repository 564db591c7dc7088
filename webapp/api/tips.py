"""The office's inbox: what villagers and hotlines sent, giving it a place, accepting or refusing it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from apiflask import APIBlueprint
from pydantic import Field

from gridmgr.services.intake import inbox
from gridmgr.services.intake.inbox import InboxItem
from webapp.api.schemas import Answer, Body, Code, Lat, Lon, Query, Timestamp
from webapp.guards import requires, scope
from webapp.state import ctx, me
from webapp.texts import t

tips_api = APIBlueprint("api_tips", __name__, tag="tips")

Why = Annotated[str, Field(min_length=1, max_length=500)]


class TipQuery(Query):
    """Which reports: of a township, in a list."""

    township: Code | None = None
    view: Literal["new", "unsolved", "spam", "handled"] | None = None


class TipOut(Answer):
    """A report; contact data is asked for by itself. Degrees WGS84.

    Where it was `merged` into another, state and case are the surviving one's.
    """

    id: str
    view: str
    state: str
    state_text: str
    source: str
    source_text: str
    received_at: Timestamp
    reported_at: Timestamp
    category: str
    description: str
    urgent: bool
    place_words: str
    village_code: str | None
    village: str | None
    township_code: str | None
    township: str | None
    lon: float | None
    lat: float | None
    point_from: str | None
    incident_id: str | None
    case_id: str | None
    merged: bool
    has_contact: bool
    photos: list[str]
    checked_by: str | None
    rated_at: Timestamp | None
    solved: bool | None
    score: int | None
    rating_words: str
    order_no: str | None
    due_at: Timestamp | None


class TipList(Answer):
    """Reports, the latest first, and how many stand in each list."""

    tips: list[TipOut]
    counts: dict[str, int]


class PlaceIn(Body):
    """Where it is."""

    lon: Lon
    lat: Lat
    datum: Literal["wgs84", "cgcs2000", "gcj02", "bd09"] = "wgs84"


class PassOnIn(Body):
    """Whose it is."""

    township_code: Code


class DecisionIn(Body):
    """Whether it is verified only, or filed as a case."""

    action: Literal["verify", "file"]
    note: Annotated[str, Field(max_length=500)] = ""


class WhyIn(Body):
    """The reason, which stays on record."""

    why: Why


class ContactOut(Answer):
    """How to reach the reporter."""

    name: str
    phone: str
    email: str
    account: str


@tips_api.get("/tips")
@tips_api.input(TipQuery, location="query", arg_name="query")
@tips_api.output(TipList)
@requires("planner", "lead", "admin")
def get_tips(query: TipQuery) -> dict[str, Any]:
    """List reports, also those no township is known of."""
    items = inbox.inbox(ctx(), township_code=scope(query.township), reader=me())
    counts = {view: sum(item.view == view for item in items) for view in inbox.VIEWS}
    wanted = [item for item in items if query.view in (None, item.view)]
    return {"tips": [_shown(item) for item in wanted], "counts": counts}


@tips_api.get("/tips/<tip_id>")
@tips_api.output(TipOut)
@requires("planner", "lead", "admin")
def get_tip(tip_id: str) -> dict[str, Any]:
    """Give one report."""
    return _shown(inbox.inbox_item(ctx(), tip_id, user=me()))


@tips_api.post("/tips/<tip_id>/place")
@tips_api.input(PlaceIn, arg_name="body")
@tips_api.output(TipOut)
@requires("planner", "admin")
def post_place(tip_id: str, body: PlaceIn) -> dict[str, Any]:
    """Give a report its place; it becomes an incident there."""
    return _shown(inbox.place(ctx(), tip_id, lon=body.lon, lat=body.lat, datum=body.datum, user=me()))


@tips_api.post("/tips/<tip_id>/pass-on")
@tips_api.input(PassOnIn, arg_name="body")
@tips_api.output(TipOut)
@requires("planner", "admin")
def post_pass_on(tip_id: str, body: PassOnIn) -> dict[str, Any]:
    """Give a report without a place to another township's office."""
    return _shown(inbox.pass_on(ctx(), tip_id, township_code=body.township_code, user=me()))


@tips_api.post("/tips/<tip_id>/decision")
@tips_api.input(DecisionIn, arg_name="body")
@tips_api.output(TipOut)
@requires("planner", "admin")
def post_decision(tip_id: str, body: DecisionIn) -> dict[str, Any]:
    """Verify a report, or file it as a case."""
    return _shown(inbox.decide(ctx(), tip_id, action=body.action, note=body.note, user=me()))


@tips_api.post("/tips/<tip_id>/spam")
@tips_api.input(WhyIn, arg_name="body")
@tips_api.output(TipOut)
@requires("planner", "admin")
def post_spam(tip_id: str, body: WhyIn) -> dict[str, Any]:
    """Refuse a report that nobody acted on."""
    return _shown(inbox.mark_spam(ctx(), tip_id, why=body.why, user=me()))


@tips_api.post("/tips/<tip_id>/restore")
@tips_api.input(WhyIn, arg_name="body")
@tips_api.output(TipOut)
@requires("planner", "admin")
def post_restore(tip_id: str, body: WhyIn) -> dict[str, Any]:
    """Take a refused report back."""
    return _shown(inbox.restore(ctx(), tip_id, why=body.why, user=me()))


@tips_api.post("/tips/<tip_id>/reopen")
@tips_api.input(WhyIn, arg_name="body")
@tips_api.output(TipOut)
@requires("planner", "lead", "admin")
def post_reopen(tip_id: str, body: WhyIn) -> dict[str, Any]:
    """Take up again what its reporter calls not solved."""
    return _shown(inbox.reopen(ctx(), tip_id, why=body.why, user=me()))


@tips_api.post("/tips/<tip_id>/contact")
@tips_api.input(WhyIn, arg_name="body")
@tips_api.output(ContactOut)
@requires("planner", "admin")
def post_contact(tip_id: str, body: WhyIn) -> Any:
    """Give the contact data of a report; the look and its reason go on record."""
    return inbox.look_at_contact(ctx(), tip_id, why=body.why, user=me())


def _shown(item: InboxItem) -> dict[str, Any]:
    tip = item.tip
    told = (
        *("id", "source", "received_at", "reported_at", "category", "description", "urgent", "place_words"),
        *("village_code", "township_code", "lon", "lat", "point_from", "incident_id", "checked_by"),
        *("rated_at", "solved", "score", "rating_words", "due_at"),
    )
    return {name: getattr(tip, name) for name in told} | {
        "view": item.view,
        "state": item.state,
        "state_text": t(f"tip.state_{item.state}"),
        "source_text": t(f"day.source.{tip.source}"),
        "village": item.village,
        "township": item.township,
        "case_id": item.case.id if item.case else None,
        "merged": item.is_merged,
        "has_contact": tip.contact_sealed is not None,
        "photos": list(item.photos),
        "order_no": tip.sender_key if tip.source == "hotline" else None,
    }
