"""Inspections of premises: how often, by whom wanted, allowed beyond the rule for a recorded reason."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

from apiflask import APIBlueprint
from pydantic import Field

from gridmgr.domain.inspections import Inspection, InspectionPermit, InspectionRequest
from gridmgr.services import inspections
from gridmgr.services.inspections import PlaceBurden, RequestState
from webapp.api.schemas import Answer, Body, Code, Day, Query
from webapp.guards import requires, scope
from webapp.state import ctx, me
from webapp.texts import say, t

inspections_api = APIBlueprint("api_inspections", __name__, tag="inspections")

Kind = Literal["complaint", "accident", "transferred", "recheck", "court", "campaign"]
Reason = Annotated[str, Field(min_length=1, max_length=500)]
Number = Annotated[int, Field(ge=0, le=366)]


class DayQuery(Query):
    """The day to judge, today by default."""

    date: Day | None = None


class BurdenQuery(DayQuery):
    """Which township's premises."""

    township: Code


class RequestQuery(Query):
    """Whose wishes; all in the user's scope by default."""

    township: Code | None = None
    agency: Code | None = None


class InspectionOut(Answer):
    """An inspection that was made."""

    id: str
    day: date
    agencies: list[str]
    requests: list[str]
    exception: str | None
    exception_text: str | None
    reason: str


class RequestOut(Answer):
    """An agency's wish; settled by the inspection of that id and day, or open."""

    id: str
    place_id: str
    agency_code: str
    agency_name: str
    matter: str
    skills: list[str]
    not_before: date
    deadline: date
    minutes: int
    priority: int
    reason: str
    settled_by: str | None = None
    settled_on: date | None = None


class RequestList(Answer):
    """Wishes by deadline."""

    requests: list[RequestOut]


class PermitOut(Answer):
    """Days on which premises may be inspected beyond cap and spacing, why, and who decided."""

    first: date
    last: date
    kind: str
    kind_text: str
    reason: str
    granted_by: str


class BurdenOut(Answer):
    """How premises stand on the day: inspections of the calendar year against the cap.

    `count` leaves the day itself out and holds visits that are firmly planned. `saved_visits` are those that
    joint inspections of the year spared the premises. `earliest` is None where the cap is 0. `permits` hold
    on the day or later.
    """

    place_id: str
    name: str
    counted: bool
    count: int
    yearly_cap: int
    spacing_days: int
    last: date | None
    earliest: date | None
    refusal_text: str | None
    permit_reason: str | None
    permits: list[PermitOut]
    saved_visits: int
    inspections: list[InspectionOut]
    requests: list[RequestOut]


class BurdenList(Answer):
    """Premises by id."""

    date: date
    places: list[BurdenOut]


class PermitIn(Body):
    """Days on which premises may be inspected beyond cap and spacing, and why."""

    first: Day
    last: Day
    kind: Kind
    reason: Reason


class LimitIn(Body):
    """A rule of the place's own; null leaves a number to the office's rule."""

    yearly_cap: Number | None
    spacing_days: Number | None
    reason: Reason


class ExceptionIn(Body):
    """Whether an inspection counts: a kind makes it an exception, null lets it count after all."""

    id: Code
    kind: Kind | None
    reason: Reason


class WithdrawIn(Body):
    """A wish to take back, and why."""

    id: Code
    reason: Reason


@inspections_api.get("/inspections")
@inspections_api.input(BurdenQuery, location="query", arg_name="query")
@inspections_api.output(BurdenList)
@requires("planner", "lead", "admin")
def get_burdens(query: BurdenQuery) -> dict[str, Any]:
    """Show how often each of a township's premises was inspected this year."""
    day = query.date or ctx().clock.today()
    found = inspections.burdens(ctx(), township_code=scope(query.township) or "", day=day)
    return {"date": day, "places": [_burden(item) for item in found]}


@inspections_api.get("/inspections/places/<place>")
@inspections_api.input(DayQuery, location="query", arg_name="query")
@inspections_api.output(BurdenOut)
@requires("planner", "officer", "lead", "admin")
def get_burden(place: str, query: DayQuery) -> dict[str, Any]:
    """Show how one place stands."""
    return _place(place, query.date)


@inspections_api.post("/inspections/places/<place>/permits")
@inspections_api.input(PermitIn, arg_name="body")
@inspections_api.output(BurdenOut)
@requires("planner", "admin")
def post_permit(place: str, body: PermitIn) -> dict[str, Any]:
    """Allow premises to be inspected beyond cap and spacing; such an inspection does not count."""
    inspections.grant_permit(
        ctx(),
        place_id=place,
        first=body.first,
        last=body.last,
        kind=body.kind,
        reason=body.reason,
        user=me(),
    )
    return _place(place, body.first)


@inspections_api.put("/inspections/places/<place>/limit")
@inspections_api.input(LimitIn, arg_name="body")
@inspections_api.output(BurdenOut)
@requires("planner", "admin")
def put_limit(place: str, body: LimitIn) -> dict[str, Any]:
    """Give premises a cap or spacing of their own."""
    inspections.set_limit(
        ctx(),
        place_id=place,
        yearly_cap=body.yearly_cap,
        spacing_days=body.spacing_days,
        reason=body.reason,
        user=me(),
    )
    return _place(place, None)


@inspections_api.put("/inspections/exceptions")
@inspections_api.input(ExceptionIn, arg_name="body")
@inspections_api.output(InspectionOut)
@requires("planner", "admin")
def put_exception(body: ExceptionIn) -> dict[str, Any]:
    """Say that an inspection does not count against the cap, or that it does after all."""
    made = inspections.mark_exception(
        ctx(), inspection_id=body.id, kind=body.kind, reason=body.reason, user=me()
    )
    return _inspection(made)


@inspections_api.get("/inspection-requests")
@inspections_api.input(RequestQuery, location="query", arg_name="query")
@inspections_api.output(RequestList)
@requires("planner", "department", "lead", "admin")
def get_requests(query: RequestQuery) -> dict[str, Any]:
    """List what agencies want inspected, settled wishes with the inspection that settled them."""
    found = inspections.requests_of(ctx(), township_code=scope(query.township), agency_code=query.agency)
    return {"requests": [_request(item) for item in found]}


@inspections_api.post("/inspection-requests/withdrawals")
@inspections_api.input(WithdrawIn, arg_name="body")
@inspections_api.output({}, status_code=204)
@requires("planner", "admin")
def post_withdrawal(body: WithdrawIn) -> str:
    """Take back a wish that is still open."""
    inspections.withdraw_request(ctx(), request_id=body.id, reason=body.reason, user=me())
    return ""


def _place(place_id: str, day: date | None) -> dict[str, Any]:
    when = day or ctx().clock.today()
    return _burden(inspections.place_burden(ctx(), place_id=place_id, day=when, user=me()))


def _burden(item: PlaceBurden) -> dict[str, Any]:
    burden = item.burden
    return {
        "place_id": item.place.id,
        "name": item.place.name,
        "counted": item.counted,
        "count": burden.count,
        "yearly_cap": burden.rule.yearly_cap,
        "spacing_days": burden.rule.spacing_days,
        "last": burden.last,
        "earliest": item.earliest,
        "refusal_text": say(item.refusal) if item.refusal else None,
        "permit_reason": item.permit.reason if item.permit else None,
        "permits": [_permit(permit) for permit in item.permits],
        "saved_visits": sum(max(0, len(made.requests) - 1) for made in item.inspections),
        "inspections": [_inspection(made) for made in item.inspections],
        "requests": [_open_request(wish, item.agencies) for wish in item.requests],
    }


def _permit(permit: InspectionPermit) -> dict[str, Any]:
    same = ("first", "last", "kind", "reason", "granted_by")
    values = {name: getattr(permit, name) for name in same}
    return values | {"kind_text": t(f"inspection.kind_{permit.kind}")}


def _open_request(wish: InspectionRequest, agencies: Mapping[str, str]) -> dict[str, Any]:
    name = agencies.get(wish.agency_code, wish.agency_code)
    return _request(RequestState(request=wish, agency_name=name, settled_by=None))


def _inspection(made: Inspection) -> dict[str, Any]:
    same = ("id", "day", "exception", "reason")
    return {name: getattr(made, name) for name in same} | {
        "agencies": list(made.agencies),
        "requests": list(made.requests),
        "exception_text": t(f"inspection.kind_{made.exception}") if made.exception else None,
    }


def _request(item: RequestState) -> dict[str, Any]:
    own = {"agency_name", "settled_by", "settled_on"}
    names = tuple(name for name in RequestOut.model_fields if name not in own)
    values = {name: getattr(item.request, name) for name in names}
    made = item.settled_by
    return values | {
        "agency_name": item.agency_name,
        "skills": list(item.request.skills),
        "settled_by": made.id if made else None,
        "settled_on": made.day if made else None,
    }
