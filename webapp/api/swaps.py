"""Requests to exchange duties: asked and answered by officers, decided by the office."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from apiflask import APIBlueprint

from gridmgr.domain.swaps import SwapRequest
from gridmgr.services import rosters
from gridmgr.services.fieldwork import officer_of
from gridmgr.services.rosters.mine import my_month
from gridmgr.services.rosters.swaps import swap_of
from webapp.api.roster_models import (
    AnswerIn,
    MyMonthOut,
    RosterQuery,
    SwapIn,
    SwapList,
    SwapOut,
    SwapsQuery,
    WaysOut,
)
from webapp.api.roster_shown import kind_of, swap_shown, ways_shown
from webapp.api.schemas import Day, Query
from webapp.guards import require_scope, requires, scope
from webapp.state import ctx, me

swaps_api = APIBlueprint("api_swaps", __name__, tag="rosters")


class WaysQuery(Query):
    """The duty to hand over."""

    day: Day


@swaps_api.get("/swaps")
@swaps_api.input(SwapsQuery, location="query", arg_name="query")
@swaps_api.output(SwapList)
@requires("planner", "lead", "admin")
def get_swaps(query: SwapsQuery) -> dict[str, Any]:
    """List requests, the open ones first; each one's verdict is asked for by itself."""
    found = rosters.swaps_of_office(ctx(), township_code=scope(query.township), every=query.every)
    return {"swaps": [swap_shown(view) for view in found]}


@swaps_api.get("/swaps/<swap_id>")
@swaps_api.output(SwapOut)
@requires("planner", "lead", "admin")
def get_swap(swap_id: str) -> dict[str, Any]:
    """Show a request with its verdict by the roster in force, and ways out where it is not lawful."""
    return swap_shown(rosters.view_swap(ctx(), _of_office(swap_id)))


@swaps_api.post("/swaps/<swap_id>/approve")
@swaps_api.input(AnswerIn, arg_name="body")
@swaps_api.output(SwapOut)
@requires("planner", "admin")
def post_approve(swap_id: str, body: AnswerIn) -> dict[str, Any]:
    """Approve a request that the colleague consented to: the roster in force changes at once."""
    done = rosters.approve(ctx(), _of_office(swap_id).id, actor=me().name, answer=body.answer)
    return swap_shown(rosters.view_swap(ctx(), done))


@swaps_api.post("/swaps/<swap_id>/refuse")
@swaps_api.input(AnswerIn, arg_name="body")
@swaps_api.output(SwapOut)
@requires("planner", "admin")
def post_refuse(swap_id: str, body: AnswerIn) -> dict[str, Any]:
    """Refuse a request, with the reason."""
    done = rosters.refuse(ctx(), _of_office(swap_id).id, actor=me().name, answer=body.answer)
    return swap_shown(rosters.view_swap(ctx(), done))


@swaps_api.get("/my/roster")
@swaps_api.input(RosterQuery, location="query", arg_name="query")
@swaps_api.output(MyMonthOut)
@requires("officer")
def get_my_roster(query: RosterQuery) -> dict[str, Any]:
    """Show the officer's published month and his requests."""
    mine = my_month(ctx(), user=me(), month=query.month or ctx().clock.today())
    return {
        "month": mine.month,
        "published": mine.published,
        "duties": [
            asdict(duty) | {"date": duty.day, "kind": kind_of(mine.view, duty.day)} for duty in mine.duties
        ],
        "share": mine.share,
        "swaps": [swap_shown(view) for view in mine.swaps],
    }


@swaps_api.get("/my/ways")
@swaps_api.input(WaysQuery, location="query", arg_name="query")
@swaps_api.output(WaysOut)
@requires("officer")
def get_my_ways(query: WaysQuery) -> dict[str, Any]:
    """Say how a duty of the officer's can be handed over lawfully."""
    return ways_shown(rosters.ways_out(ctx(), officer=officer_of(ctx(), me()), day=query.day))


@swaps_api.post("/my/swaps")
@swaps_api.input(SwapIn, arg_name="body")
@swaps_api.output(SwapOut, status_code=201)
@requires("officer")
def post_swap(body: SwapIn) -> dict[str, Any]:
    """Ask a colleague of the agency; refused with what the exchange would break."""
    made = rosters.ask(ctx(), user=me(), taker=body.taker, day=body.day, back=body.back, why=body.why)
    return swap_shown(rosters.view_swap(ctx(), made, judge=False))


@swaps_api.post("/my/swaps/<swap_id>/consent")
@swaps_api.output(SwapOut)
@requires("officer")
def post_consent(swap_id: str) -> dict[str, Any]:
    """Agree to take a duty."""
    return _shown(rosters.consent(ctx(), swap_id, user=me()))


@swaps_api.post("/my/swaps/<swap_id>/decline")
@swaps_api.input(AnswerIn, arg_name="body")
@swaps_api.output(SwapOut)
@requires("officer")
def post_decline(swap_id: str, body: AnswerIn) -> dict[str, Any]:
    """Say no to a request."""
    return _shown(rosters.decline(ctx(), swap_id, user=me(), answer=body.answer))


@swaps_api.post("/my/swaps/<swap_id>/withdraw")
@swaps_api.output(SwapOut)
@requires("officer")
def post_withdraw(swap_id: str) -> dict[str, Any]:
    """Take one's own request back."""
    return _shown(rosters.withdraw(ctx(), swap_id, user=me()))


def _shown(request: SwapRequest) -> dict[str, Any]:
    return swap_shown(rosters.view_swap(ctx(), request, judge=False))


def _of_office(swap_id: str) -> SwapRequest:
    """The request, if its township is the user's."""
    request = swap_of(ctx(), swap_id)
    require_scope(request.township_code)
    return request
