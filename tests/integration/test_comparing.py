"""Ways to plan ownership kept side by side, looked at, and one of them adopted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from planning_world import TOWN, change, miniature, village

from gridmgr.domain.assignments import OwnershipPlan
from gridmgr.domain.people import Recusal
from gridmgr.domain.scenarios import Comparison
from gridmgr.domain.settings import OfficeSettings
from gridmgr.errors import Conflict, NoPlan, NotFound
from gridmgr.services.context import Context
from gridmgr.services.planning import (
    SCENARIOS,
    OwnershipNotPublishable,
    adopt_point,
    assign,
    change_lead,
    compare_and_keep,
    publish_ownership,
    view_comparison,
)
from gridmgr.services.planning.ownership_problem import build_problem, read_inputs
from gridmgr.services.planning.scenarios import solve_front
from gridmgr.storage.repositories.comparisons import KEPT
from planners import assignment
from planners.stop import Stop

TODAY = date(2026, 3, 2)


@pytest.fixture
def ctx(tmp_path: Path) -> Iterator[Context]:
    """The miniature township with four officers, one of whom leads the two heaviest villages."""
    with miniature(tmp_path) as context:
        change(context, officers_gone=[f"P{n}" for n in range(4, 8)])
        change(context, office=OfficeSettings(min_tenure_days=0))
        assign(context, township_code=TOWN, actor="planner")
        _lopsided(context)
        publish_ownership(context, township_code=TOWN, actor="planner")
        yield context


def _lopsided(ctx: Context) -> None:
    """P0 leads the two heaviest villages, the others one each."""
    heavy = (village(3).code, village(4).code)
    rest = dict(zip((village(n).code for n in range(3)), ("P1", "P2", "P3"), strict=True))
    for number in range(5):
        hand(ctx, village(number).code, None)
    for code, officer in (dict.fromkeys(heavy, "P0") | rest).items():
        hand(ctx, code, officer)


def hand(ctx: Context, code: str, officer: str | None) -> OwnershipPlan:
    """Give a village to an officer by hand."""
    return change_lead(ctx, township_code=TOWN, village_code=code, officer_id=officer, actor="planner")


def compared(ctx: Context) -> Comparison:
    """A comparison of the township."""
    return compare_and_keep(ctx, township_code=TOWN, actor="planner", stop=Stop(seconds=60))


def leads(plan: OwnershipPlan) -> dict[str, str]:
    """Officers by village."""
    return {r.village_code: r.officer_id for r in plan.responsibilities if r.role == "lead"}


def adopt(ctx: Context, made: Comparison, point: str, **more: object) -> OwnershipPlan:
    """Adopt a point."""
    return adopt_point(
        ctx,
        township_code=TOWN,
        comparison_id=made.id,
        point_id=point,
        actor="planner",
        **more,  # type: ignore[arg-type]
    )


def test_evenness_is_bought_by_changes_and_never_by_more_than_the_limit(ctx: Context) -> None:
    """The first point keeps every lead; along the best points loads get more even."""
    made = compared(ctx)
    assert made.now is not None
    assert {name for p in made.points for name in p.names} == {*SCENARIOS, "front"}
    assert {p.result.led for p in made.points} == {5}
    first = made.points[0]
    assert (first.result.changes, first.result.spread_percent) == (0, made.now.spread_percent)
    assert leads(first.plan) == leads(_published(ctx))
    for p in made.points:
        before = leads(_published(ctx))
        assert p.result.changes == sum(before[code] != lead for code, lead in leads(p.plan).items())
        assert p.most_changes is None or p.result.changes <= p.most_changes
    best = [p.result.spread_percent for p in made.points if p.best]
    assert best == sorted(best, reverse=True)
    assert best[-1] < best[0]


def _published(ctx: Context) -> OwnershipPlan:
    with ctx.storage.read() as uow:
        plan = uow.ownership.published(TOWN)
    assert plan is not None
    return plan


def test_every_answer_passes_the_independent_check(ctx: Context) -> None:
    """Rule by rule, the limit of changes among them."""
    problem = build_problem(ctx, read_inputs(ctx, TOWN))
    solved = solve_front(problem, Stop(seconds=60), 1)
    assert any(item.problem.most_changes is not None for item in solved)
    for item in solved:
        assert item.result.solution is not None
        assert assignment.verify(item.problem, item.result.solution) == ()


def test_comparing_touches_no_plan_and_is_audited(ctx: Context) -> None:
    """The head stays; so do the newest comparisons and no more."""
    with ctx.storage.read() as uow:
        before = uow.ownership.head(TOWN)
    made = [compared(ctx) for _ in range(KEPT + 1)]
    with ctx.storage.read() as uow:
        assert uow.ownership.head(TOWN) == before
        assert sum(e.action == "ownership.compare" for e in uow.audit.find()) == KEPT + 1
        assert sum(uow.comparisons.get(item.id) is not None for item in made) == KEPT
        assert uow.comparisons.get(made[-1].id) == made[-1]


def test_the_point_adopted_is_the_draft_and_can_be_published(ctx: Context) -> None:
    """Leads of the point, dated: kept ones as before, new ones from today; its author and why are said."""
    made = compared(ctx)
    point = made.points[-1]
    assert point.result.changes
    draft = adopt(ctx, made, point.id, why="均衡负荷")
    assert leads(draft) == leads(point.plan)
    assert draft.why[0].render("zh") == "由 planner 从方案比较中采用。均衡负荷"
    since = {r.village_code: r.since for r in draft.responsibilities if r.role == "lead"}
    assert set(since.values()) == {TODAY}
    assert publish_ownership(ctx, township_code=TOWN, actor="planner").id == draft.id
    with ctx.storage.read() as uow:
        event = next(e for e in uow.audit.find() if e.action == "ownership.adopt")
    assert (event.why, event.detail["point"], event.detail["comparison"]) == ("均衡负荷", point.id, made.id)


def test_one_counted_against_a_plan_that_is_no_longer_in_force_cannot_be_adopted(ctx: Context) -> None:
    """Its changes would be counted from something else; compared anew it can."""
    made = compared(ctx)
    adopt(ctx, made, made.points[-1].id)
    publish_ownership(ctx, township_code=TOWN, actor="planner")
    assert view_comparison(ctx, township_code=TOWN).stale
    with pytest.raises(Conflict, match="compare again"):
        adopt(ctx, made, made.points[0].id)
    again = compared(ctx)
    assert not view_comparison(ctx, township_code=TOWN).stale
    adopt(ctx, again, again.points[0].id)


def test_a_draft_changed_meanwhile_is_a_conflict(ctx: Context) -> None:
    """The version looked at counts."""
    made = compared(ctx)
    version = view_comparison(ctx, township_code=TOWN).version
    hand(ctx, village(0).code, None)
    with pytest.raises(Conflict):
        adopt(ctx, made, made.points[0].id, expected_version=version)


def test_a_recusal_since_the_comparison_keeps_a_point_from_being_adopted(ctx: Context) -> None:
    """With the reason, and the draft stays what it was."""
    made = compared(ctx)
    point = made.points[-1]
    code, lead = next(iter(leads(point.plan).items()))
    change(ctx, recusals=Recusal.of(lead, code, reason="近亲属"))
    with ctx.storage.read() as uow:
        before = uow.ownership.head(TOWN)
    with pytest.raises(OwnershipNotPublishable, match="is recused from"):
        adopt(ctx, made, point.id)
    with ctx.storage.read() as uow:
        assert uow.ownership.head(TOWN) == before


def test_what_is_not_there_is_named(ctx: Context) -> None:
    """A comparison, and a point in it."""
    made = compared(ctx)
    with pytest.raises(NotFound, match="p99"):
        adopt(ctx, made, "p99")
    with pytest.raises(NotFound, match="gone"):
        adopt(ctx, replace(made, id="gone"), made.points[0].id)


def test_a_township_that_never_had_a_plan_is_compared_without_changes(tmp_path: Path) -> None:
    """Nothing was in force: no figures of now, no changes, and adopting works."""
    with miniature(tmp_path) as ctx:
        made = compared(ctx)
        assert (made.base_id, made.now) == (None, None)
        assert {p.result.changes for p in made.points} == {0}
        assert leads(adopt(ctx, made, made.points[0].id))


def test_stopped_before_anything_was_found_it_says_so(ctx: Context) -> None:
    """And nothing is kept."""
    with pytest.raises(NoPlan):
        compare_and_keep(
            ctx, township_code=TOWN, actor="planner", stop=Stop(seconds=60, cancelled=lambda: True)
        )
    assert view_comparison(ctx, township_code=TOWN).comparison is None
