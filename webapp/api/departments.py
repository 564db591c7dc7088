"""A county department's side over the API: its queue, its rates, its texts to reuse."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from apiflask import APIBlueprint
from pydantic import Field

from gridmgr.domain.phrases import MOST_NAME, MOST_WORDS
from gridmgr.domain.rates import LEAST, Rate
from gridmgr.services.departments.phrases import delete_phrase, phrases, save_phrase
from gridmgr.services.departments.queue import RATE_DAYS, QueueRow, queue, rates
from webapp.api.case_models import CaseOut
from webapp.api.case_shown import case_shown
from webapp.api.schemas import Answer, Body, Code, Query
from webapp.guards import requires
from webapp.state import ctx, me
from webapp.texts import language, say

departments_api = APIBlueprint("api_departments", __name__, tag="departments")

View = Literal[
    "todo", "to_accept", "in_hand", "cooperating", "help", "overdue", "objected", "released", "done"
]
Kind = Literal["handle", "object", "extension", "ask_help", "opine"]


class QueueQuery(Query):
    """Which part of the queue, with which words in it."""

    view: View = "todo"
    words: Annotated[str, Field(max_length=100)] = ""
    limit: Annotated[int, Field(ge=1, le=500)] = 50
    offset: Annotated[int, Field(ge=0, le=1_000_000)] = 0


class QueueRowOut(Answer):
    """A case of the queue.

    `level`, `due_at` and `left_text` are of the clock that runs for whoever has the case; null where none
    does or it is no business of the department. `leads` is false where it helps, or gave the case back;
    `released_why` says why it need no longer help, null where that is not so.
    """

    case: CaseOut
    leads: bool
    waits_for_opinion: bool
    released_why: str | None
    description: str
    village_name: str | None
    township_name: str | None
    item_name: str | None
    level: str | None
    due_at: datetime | None
    left_text: str | None


class QueueOut(Answer):
    """A page of the queue, least time left first; `counts` of every view, `total` of this one."""

    department: str
    total: int
    counts: dict[str, int]
    rows: list[QueueRowOut]


class RatesQuery(Query):
    """Of how many days."""

    days: Annotated[int, Field(ge=1, le=3660)] = RATE_DAYS


class RateOut(Answer):
    """So many of so many; `share` is null where there are too few to say, `waiting` is in neither number."""

    hits: int
    of: int
    waiting: int
    share: float | None


class RatesOut(Answer):
    """Rates of what was sent and accepted in the period; `least` is the smallest number with a share."""

    days: int
    least: int
    response: RateOut
    solution: RateOut
    on_time: RateOut


class PhraseOut(Answer):
    """A text to reuse; `own` ones the department may change, others come with the product."""

    id: str
    kind: str
    name: str
    words: str
    own: bool


class PhraseList(Answer):
    """The department's own texts first."""

    phrases: list[PhraseOut]


class PhraseIn(Body):
    """A text with its places in heavy brackets; with the `id` of an own text that one is changed."""

    id: Code | None = None
    kind: Kind
    name: Annotated[str, Field(min_length=1, max_length=MOST_NAME)]
    words: Annotated[str, Field(min_length=1, max_length=MOST_WORDS)]


@departments_api.get("/department/cases")
@departments_api.input(QueueQuery, location="query", arg_name="query")
@departments_api.output(QueueOut)
@requires("department")
def get_queue(query: QueueQuery) -> dict[str, Any]:
    """List the cases of the user's department, least time left first."""
    found = queue(
        ctx(), user=me(), view=query.view, words=query.words, limit=query.limit, offset=query.offset
    )
    return {
        "department": found.department,
        "total": found.total,
        "counts": found.counts,
        "rows": [_row(row) for row in found.rows],
    }


def _row(row: QueueRow) -> dict[str, Any]:
    clock = row.clock
    return {
        "case": case_shown(row.case),
        "leads": row.leads,
        "waits_for_opinion": row.waits_for_opinion,
        "released_why": row.release.note if row.release else None,
        "description": row.description,
        "village_name": row.village,
        "township_name": row.township,
        "item_name": row.item,
        "level": clock.standing.level if clock else None,
        "due_at": clock.standing.due if clock else None,
        "left_text": say(clock.left) if clock else None,
    }


@departments_api.get("/department/rates")
@departments_api.input(RatesQuery, location="query", arg_name="query")
@departments_api.output(RatesOut)
@requires("department")
def get_rates(query: RatesQuery) -> dict[str, Any]:
    """Tell the response, solution and on-time rates of the user's department."""
    found = rates(ctx(), user=me(), days=query.days)
    counted = {name: _rate(getattr(found, name)) for name in ("response", "solution", "on_time")}
    return {"days": query.days, "least": LEAST, **counted}


def _rate(value: Rate) -> dict[str, Any]:
    return {"hits": value.hits, "of": value.of, "waiting": value.waiting, "share": value.share}


@departments_api.get("/department/phrases")
@departments_api.output(PhraseList)
@requires("department")
def get_phrases() -> dict[str, Any]:
    """List the texts the user's department can reuse."""
    return {"phrases": phrases(ctx(), user=me(), lang=language())}


@departments_api.post("/department/phrases")
@departments_api.input(PhraseIn, arg_name="body")
@departments_api.output(PhraseList, status_code=201)
@requires("department")
def post_phrase(body: PhraseIn) -> dict[str, Any]:
    """Keep a text to reuse."""
    save_phrase(ctx(), user=me(), kind=body.kind, name=body.name, words=body.words, phrase_id=body.id)
    return {"phrases": phrases(ctx(), user=me(), lang=language())}


@departments_api.delete("/department/phrases/<phrase_id>")
@departments_api.output(PhraseList)
@requires("department")
def remove_phrase(phrase_id: str) -> dict[str, Any]:
    """Remove one of the department's own texts."""
    delete_phrase(ctx(), phrase_id, user=me())
    return {"phrases": phrases(ctx(), user=me(), lang=language())}
