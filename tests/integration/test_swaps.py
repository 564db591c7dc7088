"""Exchanging duties: asked, answered, approved; and lawful by an independent check of the whole month."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
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
from gridmgr.domain.swaps import OPEN_STATES, STATES, STEPS
from gridmgr.domain.users import User
from gridmgr.errors import BadInput, Conflict, Forbidden, NotFound
from gridmgr.services.context import Context
from gridmgr.services.planning import form_squads, publish_day
from gridmgr.services.rosters import (
    Board,
    approve,
    ask,
    consent,
    decline,
    expire,
    publish_month,
    read_month,
    refuse,
    tradable,
    view_swap,
    withdraw,
)
from gridmgr.services.rosters.making import broken_rules
from gridmgr.services.rosters.swaps import swap_of
from planners.rostering import Swap

PEOPLE = [f"P{n}" for n in (*range(8), *range(20, 24))]


@pytest.fixture(scope="module")
def rostered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Context]:
    """A published month, for tests that only look."""
    with rostering_township(tmp_path_factory.mktemp("rostered")) as opened:
        published(opened)
        yield opened


@pytest.fixture
def ctx(tmp_path: Path) -> Iterator[Context]:
    """A published month of one's own."""
    with ExitStack() as stack:
        opened = stack.enter_context(rostering_township(tmp_path))
        published(opened)
        yield opened


@pytest.mark.parametrize("back", [True, False])
def test_from_the_asking_to_the_roster(ctx, back):
    """Asked, consented, approved: the published roster has the other in the place, locked, with events."""
    before = in_force(ctx)
    swap = a_way(ctx, back=back)
    request = asked(ctx, swap)
    assert view_swap(ctx, request).decidable
    with pytest.raises(Conflict):
        approve(ctx, request.id, actor="planner")
    consent(ctx, request.id, user=account(swap.taker))
    done = approve(ctx, request.id, actor="planner", answer="同意")
    assert (done.state, done.answer, done.changed_by) == ("approved", "同意", "planner")
    after = in_force(ctx)
    assert after.based_on == before.id
    assert after.id != before.id
    assert swap.day in after.duties(swap.taker)
    assert swap.day not in after.duties(swap.giver)
    if back:
        assert swap.back in after.duties(swap.giver)
        assert swap.back not in after.duties(swap.taker)
    assert after.lock(swap.day, swap.taker).source == "swap"
    assert events(ctx, "swap.") == ["swap.ask", "swap.consent", "swap.approve"]
    others = [day for day in before.days if day.day not in {swap.day, swap.back}]
    assert [day for day in after.days if day.day not in {swap.day, swap.back}] == others
    assert broken_rules(read_month(ctx, township_code=TOWN, month=MONTH), after) == []


def test_an_approved_exchange_survives_a_new_solve_and_holds_an_older_draft_back(ctx):
    """Publishing an older draft would undo the exchange: refused; made anew it keeps it."""
    swap = a_way(ctx)
    made(ctx, seed=4)
    request = asked(ctx, swap)
    consent(ctx, request.id, user=account(swap.taker))
    approve(ctx, request.id, actor="planner")
    with pytest.raises(Conflict) as held:
        publish_month(ctx, township_code=TOWN, month=MONTH, actor="planner")
    assert held.value.message.key == "roster.published_changed"
    made(ctx, seed=5)
    anew = publish_month(ctx, township_code=TOWN, month=MONTH, actor="planner")
    assert swap.day in anew.duties(swap.taker)
    assert swap.day not in anew.duties(swap.giver)


def test_who_may_do_what(ctx):
    """Only the asker withdraws, only the asked consents or declines, an account without officer nothing."""
    swap = a_way(ctx)
    request = asked(ctx, swap)
    stranger = account(next(person for person in PEOPLE if person not in (swap.giver, swap.taker)))
    for act, who in ((consent, stranger), (consent, account(swap.giver)), (decline, stranger)):
        with pytest.raises(Forbidden):
            act(ctx, request.id, user=who)
    with pytest.raises(Forbidden):
        withdraw(ctx, request.id, user=account(swap.taker))
    desk = User(name="desk", display_name="d", role="planner", township_code=TOWN)
    with pytest.raises(Forbidden):
        ask(ctx, user=desk, taker=swap.taker, day=swap.day)
    with pytest.raises(NotFound):
        consent(ctx, "none", user=stranger)
    assert swap_of(ctx, request.id) == request


def test_one_request_a_cell_at_a_time(ctx):
    """A second request for the same duty waits for the first to be decided."""
    swap = a_way(ctx)
    first = asked(ctx, swap)
    with pytest.raises(Conflict) as doubled:
        asked(ctx, swap)
    assert doubled.value.message.params["id"] == first.id
    withdraw(ctx, first.id, user=account(swap.giver))
    assert asked(ctx, swap).state == "asked"


def test_unlawful_requests_are_refused_with_what_they_break(rostered):
    """Another agency, one's own day off, today, a day of another month."""
    day = next(day for day in in_force(rostered).duties("P0") if day > LEFT[0])
    free = next(day for day in LEFT[1:] if day not in in_force(rostered).duties("P0"))
    with pytest.raises(BadInput) as other:
        ask(rostered, user=account("P0"), taker="P2", day=day)
    assert other.value.message.key == "swap.breaks"
    with pytest.raises(BadInput) as off:
        ask(rostered, user=account("P0"), taker="P1", day=free)
    assert "员0" in off.value.render("zh")
    assert free.isoformat() in off.value.render("zh")
    with pytest.raises(BadInput) as late:
        ask(rostered, user=account("P0"), taker="P1", day=LEFT[0])
    assert late.value.message.params["what"].key == "swap.too_late"
    with pytest.raises(BadInput) as month:
        ask(rostered, user=account("P0"), taker="P1", day=day, back=date(2026, 4, 2))
    assert month.value.message.key == "swap.other_month"


def test_what_became_unlawful_is_not_approved(ctx):
    """The taker goes on training after having agreed: the verdict says so and names other ways out."""
    swap = a_way(ctx, back=False)
    request = asked(ctx, swap)
    consent(ctx, request.id, user=account(swap.taker))
    away(ctx, swap.taker, swap.day, "training")
    view = view_swap(ctx, swap_of(ctx, request.id))
    assert not view.decidable
    assert any("培训" in text.render("zh") for text in view.judged.broken)
    with pytest.raises(Conflict) as late:
        approve(ctx, request.id, actor="planner")
    assert late.value.message.key == "swap.no_longer"
    refused = refuse(ctx, request.id, actor="planner", answer="培训不得换班")
    assert refused.state == "refused"
    with pytest.raises(Conflict):
        consent(ctx, request.id, user=account(swap.taker))


def test_refusing_needs_words(ctx):
    """An empty reason is no reason."""
    request = asked(ctx, a_way(ctx))
    with pytest.raises(BadInput):
        refuse(ctx, request.id, actor="planner", answer="  ")
    assert swap_of(ctx, request.id).is_open


def test_a_drafted_day_is_marked_and_a_published_one_closed(ctx):
    """The draft says that its squads must be formed anew; formed anew it has the taker."""
    swap = a_way(ctx, back=False)
    form_squads(ctx, township_code=TOWN, first=swap.day, last=swap.day, actor="planner")
    request = asked(ctx, swap)
    consent(ctx, request.id, user=account(swap.taker))
    approve(ctx, request.id, actor="planner")
    with ctx.storage.read() as uow:
        draft = uow.days.get(uow.days.head(TOWN, swap.day).draft_id)
    assert draft.notes[0].key == "swap.reform_squads"
    plan = form_squads(ctx, township_code=TOWN, first=swap.day, last=swap.day, actor="planner")[0]
    sent = {member for squad in plan.squads for member in squad.members} | set(plan.reserve)
    assert swap.taker in sent
    assert swap.giver not in sent
    publish_day(ctx, township_code=TOWN, day=swap.day, actor="planner")
    with pytest.raises(BadInput) as closed:
        ask(ctx, user=account(swap.taker), taker=swap.giver, day=swap.day)
    assert closed.value.message.params["what"].key == "swap.day_published"


def test_requests_whose_day_has_begun_expire(ctx):
    """The worker closes them; decided ones stay."""
    swap = a_way(ctx)
    request = asked(ctx, swap)
    assert expire(ctx) == 0
    first = min(day for day in (swap.day, swap.back) if day)
    later = replace(ctx, clock=fixed_clock(datetime(first.year, first.month, first.day, 1, tzinfo=UTC)))
    assert expire(later) == 1
    assert swap_of(ctx, request.id).state == "expired"
    assert expire(later) == 0


def test_every_step_of_every_state_is_the_table_s():
    """No step leads out of a decided state; each open state can be ended by each side."""
    assert set(STEPS) == OPEN_STATES
    assert {target for steps in STEPS.values() for target in steps.values()} | OPEN_STATES == STATES
    assert all({"decline", "withdraw", "refuse", "expire"} <= steps.keys() for steps in STEPS.values())
    assert "approve" not in STEPS["asked"]


def lawful_squads(roster):
    """How many squads may enforce something, by day."""
    return [sum(not squad.patrol_only for squad in day.squads) for day in roster.days]


@settings(max_examples=80, deadline=None)
@given(
    day=st.sampled_from(LEFT[1:]),
    giver=st.sampled_from(PEOPLE),
    taker=st.sampled_from(PEOPLE),
    back=st.sampled_from([None, *LEFT[1:]]),
)
def test_a_lawful_verdict_is_a_month_without_broken_rules(rostered, day, giver, taker, back):
    """The verdict against a check of the whole swapped month by a verifier that knows no exchanges."""
    frame = read_month(rostered, township_code=TOWN, month=MONTH)
    board = Board(frame, frame.published, tradable(frame))
    judged = board.judge(Swap(day=day, giver=giver, taker=taker, back=back))
    if not judged.days:
        assert not judged.lawful
        return
    after = board.carried_out(judged, locks=[])
    lost = any(
        sum(not squad.patrol_only for squad in new.squads)
        < sum(not squad.patrol_only for squad in old.squads)
        for old, new in zip(frame.published.days, after.days, strict=True)
    )
    assert judged.lawful == (not broken_rules(frame, after) and not lost)
    assert day in after.duties(taker)
    assert day not in after.duties(giver)
