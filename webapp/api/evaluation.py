"""The evaluation for programs: indices with intervals, the matters behind them, appeals."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from apiflask import APIBlueprint
from pydantic import Field

from gridmgr.domain.evaluation import Appeal, Score
from gridmgr.services.evaluating import appeals_of, ask_appeal, decide_appeal, evaluate, subjects_of
from webapp.api.day_shown import local
from webapp.api.schemas import Answer, Body, Code, Day, Query, Timestamp
from webapp.guards import requires
from webapp.reports.period import check_days
from webapp.state import ctx, me
from webapp.texts import t

evaluation_api = APIBlueprint("api_evaluation", __name__, tag="evaluation")

_READERS = ("planner", "officer", "department", "lead", "admin")
Group = Literal["township", "agency", "department", "officer"]
IndexName = Literal[
    "filing",
    "response",
    "disposal",
    "on_time",
    "rework",
    "check_pass",
    "duplicate",
    "solved",
    "satisfaction",
]
Words = Annotated[str, Field(min_length=1, max_length=2000)]


class EvaluationQuery(Query):
    """Days matters were reported on, both included; whose figures; one township's."""

    first: Day = Field(alias="from")
    last: Day = Field(alias="to")
    by: Group
    township: Code | None = None


class MattersQuery(EvaluationQuery):
    """Which figure: a body's index, and the part of it to list."""

    body: Code
    index: IndexName
    part: Literal["numerator", "denominator", "rest", "waiting", "excluded"] = "denominator"


class ScoreOut(Answer):
    """A rate: `hits` of `of`, its 95 % interval, and how it stands beside everybody's.

    `standing` is better, same or worse, few (too few to compare) or none; `drawn` is what bodies are put in
    order by. `excluded` counts what was left out by reason.
    """

    index: str
    name: str
    hits: int
    of: int
    rate: float | None
    low: float | None
    high: float | None
    drawn: float | None
    standing: str
    waiting: int
    excluded: dict[str, int]


class BodyOut(Answer):
    """A body and its scores."""

    body: str
    name: str
    place: str
    scores: list[ScoreOut]


class MonthOut(Answer):
    """The listed bodies together in a month."""

    first: date
    last: date
    scores: list[ScoreOut]


class EvaluationOut(Answer):
    """Bodies the user may see, the best on time first; `everybody` includes those the user may not."""

    first: date
    last: date
    by: str
    bodies: list[BodyOut]
    everybody: list[ScoreOut]
    months: list[MonthOut]


class MatterOut(Answer):
    """A matter behind a figure: a case, or a report nobody made a case of."""

    subject: str
    is_case: bool
    reported_at: Timestamp
    category: str
    village: str
    state: str
    outcome: str
    reason: str
    reason_text: str


class MattersOut(Answer):
    """Matters, oldest first."""

    name: str
    matters: list[MatterOut]


class AppealIn(Body):
    """What should not count against whom, and why; without an index for every one."""

    subject: Code
    by: Group
    body: Code
    index: IndexName | None = None
    ground: Literal["force_majeure", "not_responsible", "wrong_record", "other"]
    reason: Words


class AppealOut(Answer):
    """An appeal and what became of it."""

    id: str
    subject: str
    by: str
    body: str
    index: str | None
    ground: str
    reason: str
    state: str
    asked_by: str
    asked_at: Timestamp
    decided_by: str | None
    decided_at: Timestamp | None
    note: str


class AppealList(Answer):
    """Appeals the user may read, those to be decided first."""

    appeals: list[AppealOut]


class VerdictIn(Body):
    """Whether the appeal is upheld, and why."""

    uphold: bool
    note: Words


@evaluation_api.get("/evaluation")
@evaluation_api.input(EvaluationQuery, location="query", arg_name="query")
@evaluation_api.output(EvaluationOut)
@requires(*_READERS)
def get_evaluation(query: EvaluationQuery) -> dict[str, Any]:
    """Evaluate a period; only figures this user may see."""
    report = evaluate(ctx(), **_asked(query))
    return {
        "first": report.first,
        "last": report.last,
        "by": report.group,
        "bodies": [
            {"body": row.body, "name": row.name, "place": row.place, "scores": _scores(row.scores)}
            for row in report.rows
        ],
        "everybody": _scores(report.common),
        "months": [
            {"first": month.first, "last": month.last, "scores": _scores(month.scores)}
            for month in report.months
        ],
    }


@evaluation_api.get("/evaluation/matters")
@evaluation_api.input(MattersQuery, location="query", arg_name="query")
@evaluation_api.output(MattersOut)
@requires(*_READERS)
def get_matters(query: MattersQuery) -> dict[str, Any]:
    """List the matters behind a figure."""
    found = subjects_of(ctx(), **_asked(query), body=query.body, index=query.index, part=query.part)
    return {
        "name": found.name,
        "matters": [
            {
                "subject": item.entry.subject,
                "is_case": item.entry.is_case,
                "reported_at": local(item.entry.reported_at),
                "category": item.category,
                "village": item.village,
                "state": item.state,
                "outcome": item.entry.outcome,
                "reason": item.entry.reason,
                "reason_text": t(f"evaluation.excluded_{item.entry.reason}") if item.entry.reason else "",
            }
            for item in found.subjects
        ],
    }


@evaluation_api.get("/evaluation/appeals")
@evaluation_api.output(AppealList)
@requires(*_READERS)
def get_appeals() -> dict[str, Any]:
    """List appeals of the user's own bodies, or all to decide on."""
    return {"appeals": [_appeal(appeal) for appeal, _ in appeals_of(ctx(), user=me())]}


@evaluation_api.post("/evaluation/appeals")
@evaluation_api.input(AppealIn, arg_name="body")
@evaluation_api.output(AppealOut, status_code=201)
@requires("planner", "officer", "department")
def post_appeal(body: AppealIn) -> dict[str, Any]:
    """Ask that a matter does not count against the user's own body."""
    made = ask_appeal(
        ctx(),
        subject=body.subject,
        group=body.by,
        body=body.body,
        index=body.index or "",
        ground=body.ground,
        reason=body.reason,
        user=me(),
    )
    return _appeal(made)


@evaluation_api.post("/evaluation/appeals/<appeal_id>/decision")
@evaluation_api.input(VerdictIn, arg_name="body")
@evaluation_api.output(AppealOut)
@requires("lead", "admin")
def post_decision(appeal_id: str, body: VerdictIn) -> dict[str, Any]:
    """Uphold or refuse an appeal; nobody decides on an own one."""
    return _appeal(decide_appeal(ctx(), appeal_id, uphold=body.uphold, note=body.note, user=me()))


def _asked(query: EvaluationQuery) -> dict[str, Any]:
    """Whose figures of which days; a period no report can be made of is refused."""
    check_days(query.first, query.last, today=ctx().clock.today())
    return {
        "first": query.first,
        "last": query.last,
        "group": query.by,
        "township_code": query.township,
        "user": me(),
    }


def _scores(scores: Any) -> list[dict[str, Any]]:
    return [_score(score) for score in scores.values()]


def _score(score: Score) -> dict[str, Any]:
    tally = score.tally
    return {
        "index": score.index.id,
        "name": t(f"evaluation.index_{score.index.id}"),
        "hits": tally.hits,
        "of": tally.of,
        "rate": tally.rate,
        "low": score.low,
        "high": score.high,
        "drawn": score.drawn,
        "standing": score.standing,
        "waiting": tally.waiting,
        "excluded": dict(tally.excluded),
    }


def _appeal(appeal: Appeal) -> dict[str, Any]:
    same = ("id", "subject", "body", "ground", "reason", "state", "asked_by", "decided_by", "note")
    return {name: getattr(appeal, name) for name in same} | {
        "by": appeal.group,
        "index": appeal.index or None,
        "asked_at": local(appeal.asked_at),
        "decided_at": local(appeal.decided_at),
    }
