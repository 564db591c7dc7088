"""Closed roads in the day: the plan and its re-plan keep off them, and say whom they cut off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path

import numpy as np
import pytest
from cli_world import TODAY, Cli, published, published_day, town

from gridmgr.bootstrap import build_context
from gridmgr.clock import fixed_clock
from gridmgr.config import Config
from gridmgr.domain.patrols import StopInfo
from gridmgr.errors import BadInput, NotFound
from gridmgr.geo.routers import ClosedRoadsRouter, EmbeddedRouter
from gridmgr.geo.routers.straight import StraightLineRouter
from gridmgr.services.closures import add_closure, end_closure
from gridmgr.services.context import Context
from gridmgr.services.planning import (
    ClosedNow,
    Events,
    check_day,
    keep_rest,
    plan_rest,
    plan_routes,
    publish_day,
)
from gridmgr.services.queries.routelines import route_legs

TEN = time(10)
Way = tuple[tuple[float, float], ...]


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with a published day."""
    return published_day(tmp_path_factory.mktemp("closures"))


@pytest.fixture
def ctx(planned: Path, tmp_path: Path) -> Iterator[Context]:
    """A copy of it that a test may change, at ten on the day."""
    copy = tmp_path / "grid.db"
    copy.write_bytes(planned.read_bytes())
    zone = build_context(Config(database=str(copy))).clock.zone
    clock = fixed_clock(datetime.combine(TODAY, TEN, zone))
    context = build_context(Config(database=str(copy)), clock=clock)
    yield context
    context.storage.close()


def ring_around(ctx: Context, stop: StopInfo) -> list[Way]:
    """One click on each road within reach of the stop: nothing leads there any more."""
    router = ctx.router()
    assert isinstance(router, EmbeddedRouter)
    graph, here = router.graph, np.array([[stop.lon, stop.lat]])
    nearest = int(router.snap(here).edges[0])
    ends = {int(graph.edge_from[nearest]), int(graph.edge_to[nearest])}
    touching = [e for e in range(graph.edge_count) if {int(graph.edge_from[e]), int(graph.edge_to[e])} & ends]
    return [tuple(map(tuple, graph.shape(edge).tolist())) for edge in touching]


def cut_off(ctx: Context) -> tuple[StopInfo, list[Way]]:
    """A planned village and the roads whose closing cuts it off."""
    router = ctx.router()
    assert isinstance(router, EmbeddedRouter)
    for visit in published(ctx).visits():
        ways = ring_around(ctx, visit.stop)
        edges = {edge for way in ways for edge in router.roads_meant(np.array(way)).tolist()}
        with ctx.storage.read() as uow:
            depot = next(place for place in uow.places.find() if place.kind == "depot")
        points = np.array([[depot.lon, depot.lat], [visit.stop.lon, visit.stop.lat]])
        matrix = ClosedRoadsRouter(router, edges, why="x").matrix(points, depot=0)
        if [problem.code for problem in matrix.problems if problem.index == 1] == ["road_closed"]:
            return visit.stop, ways
    raise AssertionError("no planned stop can be cut off")


def close(ctx: Context, ways: list[Way], *, until: datetime | None = None) -> list[str]:
    """Note closures from midnight on; their ids."""
    start = datetime.combine(TODAY, time(), ctx.clock.zone)
    return [
        add_closure(
            ctx,
            township_code=town(ctx),
            points=way,
            reason="河水漫路",
            actor="planner",
            starts_at=start,
            ends_at=until,
        ).id
        for way in ways
    ]


def test_a_village_that_is_cut_off_is_left_out_with_the_closures_reason(ctx: Context) -> None:
    """By a plan of the day made anew; what was published is told to be impossible now."""
    stop, ways = cut_off(ctx)
    close(ctx, ways)
    broken = [finding for finding in check_day(ctx, published(ctx)) if finding.hard]
    assert any(finding.stop_id == stop.id for finding in broken)
    plan = plan_routes(ctx, township_code=town(ctx), day=TODAY, actor="planner", seconds=0.5)
    (left,) = (item for item in plan.unassigned if item.stop.id == stop.id)
    assert left.reason.render("zh") == "因道路封闭无法到达：河水漫路"
    assert any(note.key == "plan.roads_closed" for note in plan.notes)
    assert not [finding for finding in check_day(ctx, plan) if finding.hard]
    for leg in route_legs(ctx, plan):
        assert leg.on_roads


def test_a_closure_that_is_over_before_the_shift_or_another_days_changes_nothing(ctx: Context) -> None:
    """And neither does one that was ended before the rest of the day is planned."""
    stop, ways = cut_off(ctx)
    close(ctx, ways, until=datetime.combine(TODAY, time(6), ctx.clock.zone))
    plan = plan_routes(ctx, township_code=town(ctx), day=TODAY, actor="planner", seconds=0.5)
    assert not any(note.key == "plan.roads_closed" for note in plan.notes)
    assert stop.id in {visit.stop.id for visit in plan.visits()} or not any(
        item.stop.id == stop.id and item.reason.key == "reason.road_closed" for item in plan.unassigned
    )
    for closure in close(ctx, ways):
        end_closure(ctx, closure, actor="planner", at=datetime.combine(TODAY, time(9, 30), ctx.clock.zone))
    made = plan_rest(
        ctx, township_code=town(ctx), day=TODAY, actor="planner", events=Events(now=TEN), seconds=0.5
    )
    assert not any(note.key == "plan.roads_closed" for note in made.plan.notes)


def test_a_replan_around_a_closure_notes_it_only_when_it_is_kept(ctx: Context) -> None:
    """The preview stores nothing; the stop that is cut off is dropped for that reason."""
    stop, ways = cut_off(ctx)
    events = Events(now=TEN, closed=tuple(ClosedNow(points=way, reason="塌方") for way in ways))
    made = plan_rest(ctx, township_code=town(ctx), day=TODAY, actor="planner", events=events, seconds=0.5)
    (change,) = (change for change in made.changes if change.stop_id == stop.id)
    assert change.kind == "dropped"
    assert "因道路封闭无法到达：塌方" in change.words.render("zh")
    assert check_day(ctx, made.plan, also_closed=made.closures) == ()
    with ctx.storage.read() as uow:
        assert uow.closures.count() == 0
    keep_rest(ctx, made, actor="planner")
    with ctx.storage.read() as uow:
        assert {closure.id for closure in uow.closures.find()} == {item.id for item in made.closures}
        assert {closure.points for closure in uow.closures.find()} == set(ways)
        events_ = [event.action for event in uow.audit.find(subject_kind="road_closure")]
    assert events_ == ["road_closure.add"] * len(ways)
    publish_day(ctx, township_code=town(ctx), day=TODAY, actor="planner")
    again = plan_rest(ctx, township_code=town(ctx), day=TODAY, actor="p", events=Events(now=TEN), seconds=0.5)
    assert stop.id not in {visit.stop.id for visit in again.plan.visits()}


def test_without_imported_roads_a_closure_is_noted_but_said_not_to_be_applied(ctx: Context) -> None:
    """The plan's notes say so; the ways stay as they were."""
    straight = replace(ctx, router=StraightLineRouter)
    stop = published(ctx).squads[0].visits[0].stop
    close(straight, [((stop.lon, stop.lat),)])
    plan = plan_routes(straight, township_code=town(ctx), day=TODAY, actor="planner", seconds=0.3)
    (note,) = (note for note in plan.notes if note.key == "plan.closures_not_applied")
    assert "直线估算" in note.render("zh")
    assert "road_closed" not in {item.reason.key for item in plan.unassigned}


def test_closures_that_make_no_sense_are_refused_by_what_is_wrong(ctx: Context) -> None:
    """No road near, no reason, an end before the begin, an unknown one ended, one ended twice."""
    stop = published(ctx).squads[0].visits[0].stop
    now = ctx.clock.now()
    with pytest.raises(BadInput, match="No road within 60 m of 100"):
        add_closure(ctx, township_code=town(ctx), points=[(100.0, 30.0)], reason="x", actor="p")
    with pytest.raises(BadInput, match="not after its begin"):
        add_closure(
            ctx,
            township_code=town(ctx),
            points=ring_around(ctx, stop)[0],
            reason="x",
            actor="p",
            starts_at=now,
            ends_at=now - timedelta(minutes=1),
        )
    with pytest.raises(BadInput, match="Say why"):
        add_closure(ctx, township_code=town(ctx), points=ring_around(ctx, stop)[0], reason=" ", actor="p")
    with pytest.raises(BadInput, match="1 to 500 points"):
        add_closure(ctx, township_code=town(ctx), points=[], reason="x", actor="p")
    with pytest.raises(NotFound):
        add_closure(ctx, township_code="nowhere", points=ring_around(ctx, stop)[0], reason="x", actor="p")
    with pytest.raises(NotFound):
        end_closure(ctx, "nothing", actor="p")
    (closure,) = close(ctx, ring_around(ctx, stop)[:1])
    end_closure(ctx, closure, actor="p")
    with pytest.raises(BadInput, match="over already"):
        end_closure(ctx, closure, actor="p")


def test_the_command_line_notes_lists_and_ends_closures_and_plans_around_them(
    planned: Path, tmp_path: Path
) -> None:
    """`closure add/list/end` and `replan --close`; bad words are usage errors."""
    copy = tmp_path / "grid.db"
    copy.write_bytes(planned.read_bytes())
    cli = Cli(copy)
    context = build_context(Config(database=str(copy)))
    code, stop = town(context), published(context).squads[0].visits[0].stop
    way = ";".join(f"{lon},{lat}" for lon, lat in ring_around(context, stop)[0])
    context.storage.close()
    added = cli.json(
        "closure", "add", "--township", code, "--at", way, "--reason", "施工", "--from", f"{TODAY}T07:00"
    )["closures"][0]
    assert (added["reason"], added["until"]) == ("施工", None)
    assert [row["id"] for row in cli.json("closure", "list", "--date", TODAY)["closures"]] == [added["id"]]
    ended = cli.json("closure", "end", added["id"], "--at", f"{TODAY}T08:00")["closures"][0]
    assert ended["until"].startswith(f"{TODAY}T08:00")
    words = ("replan", "--date", TODAY, "--township", code, "--now", "10:00")
    cli.json(*words, "--close", f"{way}=塌方")
    assert [row["reason"] for row in cli.json("closure", "list", "--date", TODAY)["closures"]] == [
        "施工",
        "塌方",
    ]
    assert cli(*words, "--close", "somewhere=x").exit_code == 2
    assert cli(*words, "--close", "113,34").exit_code == 2
    assert "over already" in cli.refused("closure", "end", added["id"], "--at", f"{TODAY}T09:00")
