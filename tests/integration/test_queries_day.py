"""Reading for screens: layers whose borders stay shared, what is remembered, an officer's stops."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import shapely
from queries_world import DAY, NOW, TOWN, VILLAGES, arrive, open_world, plan, publish

from gridmgr.domain.patrols import DayPlan, Unassigned
from gridmgr.errors import NotFound
from gridmgr.services.context import Context
from gridmgr.services.queries.dayview import view_day
from gridmgr.services.queries.layers import villages_layer
from gridmgr.services.queries.memo import Memo
from gridmgr.services.queries.naming import Names
from gridmgr.services.queries.patrol import changes_since, view_patrol
from gridmgr.services.queries.routelines import route_legs
from gridmgr.services.queries.standing import coverage_on
from gridmgr.texts import Message


@pytest.fixture
def ctx(tmp_path: Path) -> Iterator[Context]:
    """The miniature township without a plan."""
    context = open_world(tmp_path)
    yield context
    context.storage.close()


def shapes(layer: str) -> list[shapely.Geometry]:
    """Borders in a layer's text."""
    features = json.loads(layer)["features"]
    return [shapely.from_geojson(json.dumps(item["geometry"])) for item in features]


def test_villages_on_the_map_are_simpler_and_still_share_their_borders(ctx: Context) -> None:
    """Fewer corners, no gap and no overlap between neighbours."""
    drawn = shapes(villages_layer(ctx, township_code=TOWN, day=DAY))
    before = shapely.get_num_coordinates([item.geometry for item in VILLAGES]).sum()
    assert shapely.get_num_coordinates(drawn).sum() < 0.6 * before
    assert shapely.coverage_is_valid(drawn)
    whole = shapely.union_all([item.geometry for item in VILLAGES])
    assert shapely.union_all(drawn).symmetric_difference(whole).area < whole.area / 100


def test_the_layer_is_made_anew_after_any_change(ctx: Context) -> None:
    """A visit is seen at once; without a change the very same text comes back."""
    first = villages_layer(ctx, township_code=TOWN, day=DAY)
    assert villages_layer(ctx, township_code=TOWN, day=DAY) is first
    arrive(ctx, 0, minutes=0)
    changed = json.loads(villages_layer(ctx, township_code=TOWN, day=DAY))
    assert changed["features"][0]["properties"]["visits_7d"] == 1


def test_visits_of_long_ago_still_tell_when_a_village_was_last_seen(ctx: Context) -> None:
    """Sixty days back, beyond the days that are counted one by one."""
    arrive(ctx, 1, minutes=0, day=DAY - timedelta(days=60))
    with ctx.storage.read() as uow:
        standing = coverage_on(uow, VILLAGES, DAY)
    assert standing[VILLAGES[1].code].days_since == 60
    assert standing[VILLAGES[0].code].days_since is None
    # Never visited counts as seen when records began, so both are equally late.
    assert standing[VILLAGES[0].code].debt == standing[VILLAGES[1].code].debt > 0


def test_a_memo_forgets_what_was_not_asked_for_the_longest() -> None:
    """And makes each answer once."""
    made: list[str] = []
    memo: Memo[str] = Memo(2)

    def ask(key: str) -> str:
        return memo.get(key, lambda: made.append(key) or key)

    for key in "aabacb":
        assert ask(key) == key
    assert made == ["a", "b", "c", "b"]
    with pytest.raises(ValueError, match="size"):
        Memo(0)


def test_route_lines_lead_from_the_depot_over_the_stops_and_home(ctx: Context) -> None:
    """One leg a stop and one back; straight lines where no roads are imported, and marked so."""
    legs = route_legs(ctx, plan())
    assert [leg.to for leg in legs] == [f"village:{VILLAGES[0].code}", f"village:{VILLAGES[1].code}", None]
    assert legs[0].lon_lat[0].tolist() == legs[2].lon_lat[-1].tolist() == [113.61, 34.31]
    assert not any(leg.on_roads for leg in legs)
    assert all(leg.seconds is not None and leg.seconds > 0 for leg in legs)


def test_reasons_name_squads_stops_and_people_instead_of_ids() -> None:
    """As a planner reads them."""
    made = plan()
    squad = made.squads[0]
    out = Unassigned(
        stop=made.squads[0].visits[0].stop,
        reason=Message("reason.shift_full", {"squad": squad.id, "minutes": 12}),
    )
    squads: DayPlan = plan("r2", names=(), unassigned=(out,))
    names = Names(officers={"P1": "员1"}, villages={}, agencies={})
    (shown,) = names.plan(squads).unassigned
    assert shown.reason.render("zh") == "班次已满：小队1需延长至少12分钟才能排入"
    inner = Message(
        "plan.at_stop", {"stop": "x", "what": Message("reason.leader_not_certified", {"person": "P1"})}
    )
    assert "员1" in names.message(inner, squads).render("zh")


def test_a_day_without_a_plan_is_read_like_any_other(ctx: Context) -> None:
    """And an unknown township is not found."""
    view = view_day(ctx, township_code=TOWN, day=DAY)
    assert (view.draft, view.state.key, view.owners.state) == (None, "plan.state.empty", "none")
    assert view.depot is not None
    assert view.depot.on_record
    with pytest.raises(NotFound):
        view_day(ctx, township_code="nowhere", day=DAY)


def states(ctx: Context) -> list[str]:
    """How P2 sees the squad's stops."""
    return [item.state for item in view_patrol(ctx, officer_id="P2", day=DAY).stops]


def test_stops_are_next_here_and_done_for_every_member_of_the_squad(ctx: Context) -> None:
    """P1 checks in, P2 sees it."""
    publish(ctx, plan())
    assert states(ctx) == ["next", "later"]
    arrive(ctx, 0, minutes=1)
    assert states(ctx) == ["here", "next"]
    current = view_patrol(ctx, officer_id="P2", day=DAY).current
    assert current is not None
    assert current.number == 1


def test_who_forgets_to_leave_is_taken_as_gone_at_the_next_arrival(ctx: Context) -> None:
    """The page must not stay at the old stop."""
    publish(ctx, plan())
    arrive(ctx, 0, minutes=1)
    arrive(ctx, 1, minutes=40, left=True)
    assert states(ctx) == ["done", "done"]
    assert view_patrol(ctx, officer_id="P2", day=DAY).current is None


def test_an_officer_outside_the_squads_is_told_the_next_duty(ctx: Context) -> None:
    """P3 is in nobody's squad today."""
    publish(ctx, plan())
    view = view_patrol(ctx, officer_id="P3", day=DAY)
    assert (view.squad, view.stops, view.next_duty) == (None, (), None)
    early = view_patrol(ctx, officer_id="P1", day=DAY - timedelta(days=2))
    assert early.next_duty is not None
    assert (early.next_duty.day, early.next_duty.leader_name) == (DAY, "员1")


def test_changes_since_the_last_look_name_the_stops(ctx: Context) -> None:
    """Dropped stops and a changed team; a plan of nobody's knowledge changes nothing."""
    publish(ctx, plan("r1"))
    publish(ctx, plan("r2", names=("东头村",)))
    view = view_patrol(ctx, officer_id="P1", day=DAY)
    changed = changes_since(ctx, view, "r1")
    assert changed is not None
    assert (changed.added, changed.dropped, changed.shifted, changed.team) == ((), ("西头村",), (), False)
    assert changes_since(ctx, view, "r2") is None
    assert changes_since(ctx, view, "unknown") is None
    assert view.published_at == NOW
