"""Plan mode: a plan made by hand is scored and every broken rule listed with its numbers; nothing is kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from planning_world import DAY, TOWN, change, miniature, planned

from gridmgr.domain.settings import OfficeSettings
from gridmgr.errors import NoPlan, NotFound
from gridmgr.services.context import Context
from gridmgr.services.planning import Edit, edit_day, form_squads, score_day
from gridmgr.services.planning.dayplan_problem import orders_of


@pytest.fixture
def ctx(tmp_path: Path) -> Iterator[Context]:
    """The miniature township, with two squads so that stops can be moved."""
    with miniature(tmp_path) as context:
        change(context, office=OfficeSettings(max_squads=2, plan_seconds=1.0))
        yield context


def score(ctx: Context, orders: dict[str, tuple[str, ...]] | None = None):
    """The day's score."""
    return score_day(ctx, township_code=TOWN, day=DAY, orders=orders)


def codes(found) -> set[str]:
    """Codes of what is broken."""
    return {finding.code for finding in found.findings}


def test_the_drafts_own_orders_score_as_the_draft(ctx: Context) -> None:
    """Prize, travel and times are those stored, nothing is broken, and nothing changed."""
    plan = planned(ctx)
    for given in (None, orders_of(plan)):
        found = score(ctx, given)
        assert (found.prize, found.travel_seconds) == (plan.prize, plan.travel_seconds)
        assert [v.arrive for s in found.plan.squads for v in s.visits] == [v.arrive for v in plan.visits()]
        assert not found.findings
        assert found.lawful
    with ctx.storage.read() as uow:
        assert uow.days.head(TOWN, DAY).draft_id == plan.id


def test_a_stop_after_its_window_is_late_by_minutes(ctx: Context) -> None:
    """The market closes at eleven; put last after four long stays it is reached later, by a number."""
    plan = planned(ctx)
    squad = plan.squads[0].id
    names = [v.stop.id for v in plan.visits() if v.stop.id != "place:M" and v.stop.id != "M"]
    market = next(v.stop.id for v in plan.visits() if v.stop.name == "集市")
    change(ctx, office=OfficeSettings(max_squads=2, straight_kmh=2.0))
    found = score(ctx, {squad: (*names, market)})
    late = next(f for f in found.findings if f.stop_id == market and f.numbers.get("minutes", 0) > 0)
    assert late.hard
    assert late.squad_id == squad
    assert not found.lawful


def test_what_does_not_exist_or_comes_twice_is_listed_not_raised(ctx: Context) -> None:
    """Unknown squads and stops and a stop visited twice are findings; stops not visited are left out."""
    plan = planned(ctx)
    one, *rest = [v.stop.id for v in plan.visits()]
    squads = [squad.id for squad in plan.squads]
    found = score(ctx, {squads[0]: (one, one, "nowhere"), "ghost": (one,)})
    assert {"duplicate_stop", "unknown_stop", "unknown_squad"} <= codes(found)
    assert set(rest) <= {item.stop.id for item in found.plan.unassigned}
    assert found.prize == next(v.stop.prize for v in plan.visits() if v.stop.id == one)


def test_a_stop_the_planner_took_out_is_a_finding(ctx: Context) -> None:
    """Forbidden by hand on the desk: a plan from elsewhere that visits it says so."""
    plan = planned(ctx)
    orders = orders_of(plan)
    taken = (
        plan.visits()[0].stop.id if isinstance(plan.visits(), tuple) else next(iter(plan.visits())).stop.id
    )
    edit_day(ctx, township_code=TOWN, day=DAY, edit=Edit(action="forbid", stop_id=taken), actor="planner")
    found = score(ctx, orders)
    assert "forbidden_by_planner" in codes(found)
    assert [f.stop_id for f in found.findings] == [taken]
    assert taken in {item.stop.id for item in score(ctx).plan.unassigned}


def test_a_leader_whose_certificate_ran_out_shows(ctx: Context) -> None:
    """Squads are judged too, not only their routes."""
    plan = planned(ctx)
    with ctx.storage.write("test") as uow:
        for person in list(uow.officers.find()):
            uow.officers.replace(replace(person, certificate_valid_to=DAY.replace(day=1)))
        uow.record("test.certificates", "world", "*")
        uow.commit()
    found = score(ctx, orders_of(plan))
    assert "not_lawful" in {f.code.removeprefix("plan.") for f in found.findings}
    assert not found.lawful


def test_before_routes_are_planned_everything_due_can_be_scored(ctx: Context) -> None:
    """A plan from scratch over squads only; without squads there is nothing to score."""
    with pytest.raises(NoPlan):
        score(ctx)
    with pytest.raises(NotFound):
        score_day(ctx, township_code="000", day=DAY)
    (day,) = form_squads(ctx, township_code=TOWN, first=DAY, last=DAY, actor="planner")
    empty = score(ctx)
    assert empty.prize == 0
    due = [item.stop.id for item in empty.plan.unassigned]
    assert len(due) >= 5
    found = score(ctx, {day.squads[0].id: tuple(due[:2])})
    assert found.prize == sum(i.stop.prize for i in empty.plan.unassigned if i.stop.id in due[:2])
    assert found.travel_seconds > 0
