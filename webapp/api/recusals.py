"""Recusals: who stands aside in which village; listed, entered, lifted."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from apiflask import APIBlueprint
from pydantic import Field

from gridmgr.services import recusals
from gridmgr.services.recusals import MOST_WORDS, REASON_READERS, RecusalView
from webapp.api.schemas import Answer, Body, Code, Day
from webapp.guards import require_scope, requires
from webapp.state import ctx, me
from webapp.texts import say, t

recusals_api = APIBlueprint("api_recusals", __name__, tag="ownership")

Kind = Literal["relative", "home", "interest", "other"]
Words = Annotated[str, Field(min_length=1, max_length=MOST_WORDS)]


class RecusalIn(Body):
    """An officer of the township who stands aside in a village, for as long as it stands without dates."""

    officer_id: Code
    village_code: Code
    kind: Kind
    reason: Words
    starts_on: Day | None = None
    ends_on: Day | None = None


class LiftIn(Body):
    """A recusal that holds no more, from a day on; from today where none is given."""

    officer_id: Code
    village_code: Code
    why: Words
    from_day: Day | None = None


class RecusalOut(Answer):
    """A recusal.

    `reason` and `kind` are null for who may not read them. `effects` says in words which plans of ownership
    it stands against.
    """

    officer_id: str
    officer_name: str
    agency_name: str
    village_code: str
    village_name: str
    kind: Kind | None
    kind_text: str | None
    reason: str | None
    starts_on: date | None
    ends_on: date | None
    state: Literal["holds", "later", "over"]
    state_text: str
    effects: list[str]


class RecusalList(Answer):
    """Recusals of a township's people: those that hold, later ones, those that are over."""

    recusals: list[RecusalOut]


class LiftedOut(Answer):
    """The record with its end; none where it never came into force and is gone."""

    recusal: RecusalOut | None


@recusals_api.get("/recusals/<township>")
@recusals_api.output(RecusalList)
@requires("planner", "lead", "admin")
def get_recusals(township: str) -> dict[str, Any]:
    """List the recusals of a township's people and the plans they stand against."""
    require_scope(township)
    book = recusals.recusal_book(ctx(), township_code=township)
    return {"recusals": [_shown(view) for view in book.recusals]}


@recusals_api.post("/recusals/<township>")
@recusals_api.input(RecusalIn, arg_name="body")
@recusals_api.output(RecusalOut, status_code=201)
@requires("planner", "admin")
def post_recusal(township: str, body: RecusalIn) -> dict[str, Any]:
    """Put on record that an officer of the township stands aside in a village; plans stay as they are."""
    require_scope(township)
    recusals.require_officer_of(ctx(), body.officer_id, township)
    made = recusals.add_recusal(
        ctx(),
        officer_id=body.officer_id,
        village_code=body.village_code,
        kind=body.kind,
        reason=body.reason,
        starts_on=body.starts_on,
        ends_on=body.ends_on,
        actor=me().name,
    )
    return _shown(made)


@recusals_api.post("/recusals/<township>/lift")
@recusals_api.input(LiftIn, arg_name="body")
@recusals_api.output(LiftedOut)
@requires("planner", "admin")
def lift_recusal(township: str, body: LiftIn) -> dict[str, Any]:
    """Note that an officer need not stand aside any more."""
    require_scope(township)
    recusals.require_officer_of(ctx(), body.officer_id, township)
    left = recusals.lift_recusal(
        ctx(),
        officer_id=body.officer_id,
        village_code=body.village_code,
        why=body.why,
        from_day=body.from_day,
        actor=me().name,
    )
    return {"recusal": None if left is None else _shown(left)}


def _shown(view: RecusalView) -> dict[str, Any]:
    record, may_read = view.recusal, me().role in REASON_READERS
    same = ("officer_id", "village_code", "starts_on", "ends_on")
    names = ("officer_name", "agency_name", "village_name", "state")
    return {
        **{name: getattr(record, name) for name in same},
        **{name: getattr(view, name) for name in names},
        "kind": record.kind if may_read else None,
        "kind_text": t(f"recusal.kind_{record.kind}") if may_read else None,
        "reason": record.reason if may_read else None,
        "state_text": t(f"recusal.state_{view.state}"),
        "effects": [say(message) for message in recusals.effect_words(view)],
    }
