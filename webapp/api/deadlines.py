"""Deadlines of cases: clocks with what is left, limits of laws, pauses, extensions; the calendar."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from apiflask import APIBlueprint
from pydantic import Field

from gridmgr.services.deadlines import working
from gridmgr.services.deadlines.book import rule_book_now
from gridmgr.services.deadlines.calendars import calendar_years
from gridmgr.services.deadlines.reading import clocks_of_case, open_cases, running_clocks
from gridmgr.services.deadlines.words import rule_words
from webapp.api.case_shown import case_shown
from webapp.api.clock_models import ClockList, ExtensionOut, OpenCaseList
from webapp.api.clock_shown import clock_shown, extension_shown
from webapp.api.schemas import Answer, Body, Code, Query, Timestamp
from webapp.guards import requires, scope, signed_in
from webapp.state import ctx, me
from webapp.texts import say, t

deadlines_api = APIBlueprint("api_deadlines", __name__, tag="deadlines")

Note = Annotated[str, Field(min_length=1, max_length=500)]
Year = Annotated[int, Field(ge=1950, le=2200)]


class LimitOut(Answer):
    """A limit that can be started on a case."""

    id: str
    name: str
    rule_text: str


class LimitList(Answer):
    """Limits in the order of the rule book."""

    limits: list[LimitOut]


class CalendarDayOut(Answer):
    """A day that differs from its weekday."""

    day: date
    kind: str
    kind_text: str
    name: str
    source: str
    provisional: bool


class CalendarOut(Answer):
    """A year's holidays and make-up days; a year nothing is known of is provisional too."""

    year: int
    provisional: bool
    days: list[CalendarDayOut]


class RunningQuery(Query):
    """Which clocks: of a township, of a level."""

    township: Code | None = None
    level: Literal["green", "yellow", "red", "overdue", "paused"] | None = None


class TownshipQuery(Query):
    """Which township's."""

    township: Code | None = None


class CalendarQuery(Query):
    """Which year; this one by default."""

    year: Year | None = None


class LimitIn(Body):
    """A limit that began, and by what (the number of the paper)."""

    limit: Code
    at: Timestamp
    note: Note


class StopIn(Body):
    """What a limit asks for was done."""

    at: Timestamp
    note: Note


class PauseIn(Body):
    """Let a clock stand still from now on."""

    kind: Literal["appraisal", "hearing", "other"]
    note: Note


class ResumeIn(Body):
    """Let a clock run again."""

    note: Note


class ExtensionIn(Body):
    """More time, in words such as "5 working days" or 5个工作日, and why."""

    length: Annotated[str, Field(min_length=1, max_length=100)]
    reason: Note


class DecisionIn(Body):
    """Grant or refuse more time."""

    approve: bool
    note: Note


@deadlines_api.get("/deadlines")
@deadlines_api.input(RunningQuery, location="query", arg_name="query")
@deadlines_api.output(ClockList)
@requires("planner", "officer", "lead", "admin")
def get_running(query: RunningQuery) -> dict[str, Any]:
    """List clocks that run, the most urgent first."""
    found = running_clocks(ctx(), township_code=scope(query.township), reader=me())
    return {"clocks": [clock_shown(item) for item in found if query.level in (None, item.standing.level)]}


@deadlines_api.get("/cases/by-remaining")
@deadlines_api.input(TownshipQuery, location="query", arg_name="query")
@deadlines_api.output(OpenCaseList)
@signed_in
def get_by_remaining(query: TownshipQuery) -> dict[str, Any]:
    """List open cases with the clock of each that falls first, least time left first; at most 500."""
    found = open_cases(ctx(), township_code=scope(query.township), user=me())
    return {
        "cases": [
            {
                "case": case_shown(item.case),
                "item_name": item.item_name,
                "clock": clock_shown(item.clock) if item.clock else None,
            }
            for item in found
        ]
    }


@deadlines_api.get("/cases/<case_id>/deadlines")
@deadlines_api.output(ClockList)
@signed_in
def get_of_case(case_id: str) -> dict[str, Any]:
    """Show a case's clocks: those that run, the most urgent first, then those that are over."""
    return _of_case(case_id)


@deadlines_api.get("/deadlines/limits")
@deadlines_api.output(LimitList)
@signed_in
def get_limits() -> dict[str, Any]:
    """List the limits that can be started on a case."""
    book = rule_book_now(ctx())
    return {
        "limits": [
            {"id": item.id, "name": t(f"deadline.limit_{item.id}"), "rule_text": say(rule_words(item.rule))}
            for item in book.limits.values()
            if item.clock and item.rule is not None
        ]
    }


@deadlines_api.post("/cases/<case_id>/deadlines")
@deadlines_api.input(LimitIn, arg_name="body")
@deadlines_api.output(ClockList, status_code=201)
@requires("planner", "admin")
def post_limit(case_id: str, body: LimitIn) -> dict[str, Any]:
    """Start a limit of a law on a case: a seizure, serving the decision, the time to ask for a hearing."""
    working.start_limit(ctx(), case_id, body.limit, at=body.at, note=body.note, user=me())
    return _of_case(case_id)


@deadlines_api.post("/deadlines/<clock_id>/stop")
@deadlines_api.input(StopIn, arg_name="body")
@deadlines_api.output(ClockList)
@requires("planner", "admin")
def post_stop(clock_id: str, body: StopIn) -> dict[str, Any]:
    """Say that what a started limit asks for was done."""
    return _of_case(working.stop_limit(ctx(), clock_id, at=body.at, note=body.note, user=me()).case_id)


@deadlines_api.post("/deadlines/<clock_id>/pause")
@deadlines_api.input(PauseIn, arg_name="body")
@deadlines_api.output(ClockList)
@requires("planner", "department", "admin")
def post_pause(clock_id: str, body: PauseIn) -> dict[str, Any]:
    """Let a clock stand still for an appraisal, a hearing, or another recorded reason."""
    return _of_case(working.pause_clock(ctx(), clock_id, kind=body.kind, note=body.note, user=me()).case_id)


@deadlines_api.post("/deadlines/<clock_id>/resume")
@deadlines_api.input(ResumeIn, arg_name="body")
@deadlines_api.output(ClockList)
@requires("planner", "department", "admin")
def post_resume(clock_id: str, body: ResumeIn) -> dict[str, Any]:
    """Let a clock run again."""
    return _of_case(working.resume_clock(ctx(), clock_id, note=body.note, user=me()).case_id)


@deadlines_api.post("/deadlines/<clock_id>/extensions")
@deadlines_api.input(ExtensionIn, arg_name="body")
@deadlines_api.output(ExtensionOut, status_code=201)
@requires("planner", "officer", "department", "lead", "admin")
def post_extension(clock_id: str, body: ExtensionIn) -> dict[str, Any]:
    """Ask for more time; somebody one level up decides."""
    made = working.ask_extension(ctx(), clock_id, words=body.length, reason=body.reason, user=me())
    return extension_shown(made)


@deadlines_api.post("/deadlines/<clock_id>/extensions/<extension_id>/decision")
@deadlines_api.input(DecisionIn, arg_name="body")
@deadlines_api.output(ClockList)
@requires("planner", "lead", "admin")
def post_decision(clock_id: str, extension_id: str, body: DecisionIn) -> dict[str, Any]:
    """Grant or refuse more time; nobody decides on a request of their own."""
    clock = working.decide_extension(
        ctx(), clock_id, extension_id, approve=body.approve, note=body.note, user=me()
    )
    return _of_case(clock.case_id)


@deadlines_api.get("/calendar")
@deadlines_api.input(CalendarQuery, location="query", arg_name="query")
@deadlines_api.output(CalendarOut)
@signed_in
def get_calendar(query: CalendarQuery) -> dict[str, Any]:
    """Show a year's holidays and make-up days with their source."""
    year = query.year or ctx().clock.today().year
    years, days = calendar_years(ctx())
    known = next((item for item in years if item.year == year), None)
    same = ("day", "kind", "name", "source", "provisional")
    return {
        "year": year,
        "provisional": known is None or known.provisional,
        "days": [
            {name: getattr(item, name) for name in same} | {"kind_text": t(f"deadline.day_{item.kind}")}
            for item in days
            if item.day.year == year
        ],
    }


def _of_case(case_id: str) -> dict[str, Any]:
    return {"clocks": [clock_shown(item) for item in clocks_of_case(ctx(), case_id, user=me())]}
