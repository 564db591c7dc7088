"""Exchanges of duties when things happen meanwhile: late, twice, stale, ill, in this very moment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from planning_world import TOWN
from roster_world import (
    LEFT,
    MONTH,
    a_way,
    account,
    asked,
    away,
    events,
    in_force,
    made,
    published,
    rostering_township,
)

from gridmgr.clock import fixed_clock
from gridmgr.errors import Conflict
from gridmgr.services.context import Context
from gridmgr.services.planning import form_squads, publish_day
from gridmgr.services.rosters import (
    Cell,
    approve,
    consent,
    decline,
    publish_month,
    read_month,
    refuse,
    set_cell,
    swap_approval,
    view_swap,
    withdraw,
)
from gridmgr.services.rosters.swaps import swap_of


@pytest.fixture
def ctx(tmp_path: Path) -> Iterator[Context]:
    """A published month of one's own."""
    with ExitStack() as stack:
        opened = stack.enter_context(rostering_township(tmp_path))
        published(opened)
        yield opened


def clock_at(ctx: Context, day: date) -> Context:
    """The same office on the morning of another day."""
    return replace(ctx, clock=fixed_clock(datetime(day.year, day.month, day.day, 1, tzinfo=UTC)))


def test_publishing_a_draft_late_leaves_the_days_over_as_they_were_served(ctx):
    """The draft lay for three days: who served meanwhile stands, the days to come are the draft's."""
    before = in_force(ctx)
    draft = next(
        draft
        for draft in (made(ctx, seed=seed) for seed in range(2, 12))
        if [day.sent for day in draft.days[:3]] != [day.sent for day in before.days[:3]]
    )
    later = clock_at(ctx, LEFT[3])
    shown = publish_month(later, township_code=TOWN, month=MONTH, actor="planner")
    assert [day.sent for day in shown.days[:3]] == [day.sent for day in before.days[:3]]
    assert [day.sent for day in shown.days[3:]] == [day.sent for day in draft.days[3:]]
    assert all(day.fixed for day in shown.days[:3])
    assert in_force(ctx) == shown
    assert read_month(ctx, township_code=TOWN, month=MONTH).draft == shown


def test_publishing_first_late_drops_days_that_nobody_was_told_of(tmp_path):
    """A draft never published was in force on no day."""
    with rostering_township(tmp_path) as ctx:
        made(ctx)
        shown = publish_month(clock_at(ctx, LEFT[2]), township_code=TOWN, month=MONTH, actor="planner")
        assert [day.day for day in shown.days] == LEFT[2:]


def test_a_taker_who_falls_ill_does_not_hold_the_month_up(ctx):
    """The month can be made anew without the taker; the giver stays relieved."""
    swap = a_way(ctx, back=False)
    request = asked(ctx, swap)
    consent(ctx, request.id, user=account(swap.taker))
    approve(ctx, request.id, actor="planner")
    away(ctx, swap.taker, swap.day, "sick")
    anew = made(ctx, seed=3)
    assert swap.day not in anew.duties(swap.taker)
    assert swap.day not in anew.duties(swap.giver)


def test_an_exchange_released_by_hand_stays_released(ctx):
    """The office opens both cells of an approved exchange: solving anew does not bring the locks back."""
    swap = a_way(ctx, back=False)
    request = asked(ctx, swap)
    consent(ctx, request.id, user=account(swap.taker))
    approve(ctx, request.id, actor="planner")
    for officer in (swap.giver, swap.taker):
        set_cell(
            ctx, Cell(day=swap.day, officer_id=officer, kind="open"), township_code=TOWN, actor="planner"
        )
    assert made(ctx, seed=3).locks == ()


def test_nothing_is_decided_twice(ctx):
    """A second approval, consent or refusal of the same request is refused; the roster changes once."""
    swap = a_way(ctx)
    request = asked(ctx, swap)
    consent(ctx, request.id, user=account(swap.taker))
    with pytest.raises(Conflict):
        consent(ctx, request.id, user=account(swap.taker))
    approve(ctx, request.id, actor="planner")
    once = in_force(ctx)
    for again in (
        lambda: approve(ctx, request.id, actor="planner"),
        lambda: refuse(ctx, request.id, actor="planner", answer="太晚"),
        lambda: withdraw(ctx, request.id, user=account(swap.giver)),
        lambda: decline(ctx, request.id, user=account(swap.taker)),
    ):
        with pytest.raises(Conflict):
            again()
    assert in_force(ctx) == once
    assert events(ctx, "swap.") == ["swap.ask", "swap.consent", "swap.approve"]


def test_a_request_withdrawn_or_declined_cannot_be_approved(ctx):
    """Also after consent; each way of ending it is on record."""
    for end, who in ((withdraw, "giver"), (decline, "taker")):
        swap = a_way(ctx)
        request = asked(ctx, swap)
        consent(ctx, request.id, user=account(swap.taker))
        end(ctx, request.id, user=account(getattr(swap, who)))
        before = in_force(ctx)
        with pytest.raises(Conflict):
            approve(ctx, request.id, actor="planner")
        assert in_force(ctx) == before
    assert events(ctx, "swap.")[2::3] == ["swap.withdraw", "swap.decline"]


def test_a_request_made_stale_by_a_new_roster_is_not_approved(ctx):
    """The office takes the giver off the day: there is nothing left to hand over, and the verdict says so."""
    swap = a_way(ctx, back=False)
    request = asked(ctx, swap)
    consent(ctx, request.id, user=account(swap.taker))
    off = Cell(day=swap.day, officer_id=swap.giver, kind="free", other=swap.taker)
    set_cell(ctx, off, township_code=TOWN, actor="planner")
    publish_month(ctx, township_code=TOWN, month=MONTH, actor="planner")
    view = view_swap(ctx, swap_of(ctx, request.id))
    assert not view.decidable
    before = in_force(ctx)
    with pytest.raises(Conflict) as stale:
        approve(ctx, request.id, actor="planner")
    assert stale.value.message.key == "swap.no_longer"
    assert in_force(ctx) == before
    assert withdraw(ctx, request.id, user=account(swap.giver)).state == "withdrawn"


def test_a_day_drafted_while_an_exchange_is_judged(ctx, monkeypatch):
    """It is marked all the same."""
    swap = a_way(ctx, back=False)
    judge = swap_approval.still_lawful

    def drafting(frame, request):
        judged = judge(frame, request)
        form_squads(ctx, township_code=TOWN, first=swap.day, last=swap.day, actor="planner")
        return judged

    request = asked(ctx, swap)
    consent(ctx, request.id, user=account(swap.taker))
    monkeypatch.setattr(swap_approval, "still_lawful", drafting)
    approve(ctx, request.id, actor="planner")
    with ctx.storage.read() as uow:
        draft = uow.days.get(uow.days.head(TOWN, swap.day).draft_id)
    assert draft.notes[0].key == "swap.reform_squads"


def test_a_day_published_while_an_exchange_is_judged(ctx, monkeypatch):
    """The exchange is refused as a whole; request and roster stand as before."""
    swap = a_way(ctx, back=False)
    judge = swap_approval.still_lawful

    def publishing(frame, request):
        judged = judge(frame, request)
        form_squads(ctx, township_code=TOWN, first=swap.day, last=swap.day, actor="planner")
        publish_day(ctx, township_code=TOWN, day=swap.day, actor="planner")
        return judged

    request = asked(ctx, swap)
    consent(ctx, request.id, user=account(swap.taker))
    before = in_force(ctx)
    monkeypatch.setattr(swap_approval, "still_lawful", publishing)
    with pytest.raises(Conflict) as closed:
        approve(ctx, request.id, actor="planner")
    assert closed.value.message.params["what"].key == "swap.day_published"
    assert in_force(ctx) == before
    assert swap_of(ctx, request.id).state == "consented"
