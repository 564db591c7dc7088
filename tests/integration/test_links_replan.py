"""A published day with links, planned anew under way; and the command line that asks for them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest
from cli_world import TODAY, Cli, published, published_day, town

from gridmgr.bootstrap import build_context
from gridmgr.config import Config
from gridmgr.domain.patrols import CheckIn, DayPlan, Squad, Visit
from gridmgr.services.context import Context
from gridmgr.services.planning import Events, check_day, plan_routes, publish_day, replan_day

DAY = TODAY.isoformat()


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published day: two squads meet at the stop visited last, and one stop comes before another."""
    path = published_day(tmp_path_factory.mktemp("linked"))
    cli = Cli(path)
    context = build_context(Config(database=str(path)))
    plan = published(context)
    code = town(context)
    late = max(plan.visits(), key=lambda visit: visit.start).stop.id
    early, after = sorted({v.stop.id for v in plan.visits() if v.stop.kind == "village"} - {late})[:2]
    made = cli.json("link", "meet", "--date", DAY, "--township", code, late, "--why", "联合执法")
    assert made["links"][0]["state"] == "broken"
    cli.json("link", "before", "--date", DAY, "--township", code, early, after)
    cli.json("plan", "--date", DAY, "--seconds", "1", "--publish")
    context.storage.close()
    return path


@pytest.fixture
def ctx(database: Path, tmp_path: Path) -> Iterator[Context]:
    """A copy of it that a test may change."""
    copy = tmp_path / "grid.db"
    copy.write_bytes(database.read_bytes())
    context = build_context(Config(database=str(copy)))
    yield context
    context.storage.close()


def met_at(plan: DayPlan) -> str:
    """The stop at which squads meet."""
    return next(iter(plan.meetings))


def meeting(plan: DayPlan) -> list[tuple[Squad, Visit]]:
    """Who meets, and when."""
    return [(s, v) for s in plan.squads for v in s.visits if v.stop.id == met_at(plan)]


def arrive(ctx: Context, squad: Squad, visit: Visit, at: datetime, left: datetime | None = None) -> None:
    """The squad checks in."""
    item = CheckIn(
        id=f"{squad.number}/{visit.stop.id}",
        day=TODAY,
        township_code=town(ctx),
        squad_id=squad.id,
        officer_id=squad.leader,
        stop_id=visit.stop.id,
        village_code=visit.stop.village_code,
        arrived_at=at,
        left_at=left,
    )
    with ctx.storage.write("test") as uow:
        uow.check_ins.add(item)
        uow.record("test.arrive", "check_in", item.id)
        uow.commit()


def follow(ctx: Context, until: datetime) -> None:
    """Every squad does what it was told until then."""
    for squad in published(ctx).squads:
        for visit in squad.visits:
            if visit.leave <= until:
                arrive(ctx, squad, visit, visit.start, visit.leave)


def anew(ctx: Context, at: datetime, **events: object) -> DayPlan:
    """The day planned anew at that moment."""
    wanted = Events(now=at.astimezone(ctx.clock.zone).time(), **events)  # type: ignore[arg-type]
    return replan_day(ctx, township_code=town(ctx), day=TODAY, actor="planner", events=wanted).plan


def hard(ctx: Context, plan: DayPlan) -> list[str]:
    """What keeps it from being published."""
    return [finding.code for finding in check_day(ctx, plan) if finding.hard]


def test_the_command_line_asks_lists_and_takes_back(database: Path, tmp_path: Path) -> None:
    """With what the routes make of it, and errors that name the stop."""
    copy = tmp_path / "grid.db"
    copy.write_bytes(database.read_bytes())
    cli = Cli(copy)
    where = ("--date", DAY, "--township", "419921100")
    met, order = cli.json("link", "list", *where)["links"]
    assert (met["kind"], met["state"], order["kind"], order["state"]) == ("meet", "kept", "before", "kept")
    one, other = met["visits"]
    assert one["start"] == other["start"]
    assert one["squad"] != other["squad"]
    assert "at the same time" in cli("link", "list", *where).stdout
    assert met["stops"][0] in cli.refused("link", "one-of", *where, met["stops"][0], met["stops"][0])
    left = cli.json("link", "remove", *where, order["id"])["links"]
    assert [item["id"] for item in left] == [met["id"]]
    plan = cli.json("plan", "--date", DAY, "--seconds", "1")["townships"][0]
    assert [item["state"] for item in plan["links"]] == ["kept"]
    assert cli.json("verify", "--date", DAY)["townships"][0]["valid"]


def test_a_late_squad_makes_the_others_wait_or_come_later(ctx: Context) -> None:
    """They still meet at one moment, and the new plan keeps every rule."""
    told = published(ctx)
    (late, _), _ = meeting(told)
    at = datetime.combine(TODAY, time(9, 30), ctx.clock.zone)
    follow(ctx, at)
    plan = anew(ctx, at, late={str(late.number): 45})
    assert plan.links == told.links
    assert hard(ctx, plan) == []
    (_, one), (_, other) = meeting(plan)
    assert one.start == other.start


def test_who_is_at_a_meeting_first_goes_on_waiting_there(ctx: Context) -> None:
    """The meeting is not done, stays with the squads that were told, and nobody is sent away from it."""
    told = published(ctx)
    (first, visit), (second, _) = meeting(told)
    at = visit.arrive - timedelta(minutes=5)
    follow(ctx, at)
    arrive(ctx, first, visit, at)
    plan = anew(ctx, at)
    assert {squad.id for squad, _ in meeting(plan)} == {first.id, second.id}
    assert set(plan.links[0].squads) == {first.id, second.id}
    standing = plan.squad(first.id)
    assert standing is not None
    assert standing.standing is not None
    assert (standing.standing.lon, standing.standing.lat) == (visit.stop.lon, visit.stop.lat)
    assert hard(ctx, plan) == []
    waiting = next(v for s, v in meeting(plan) if s.id == first.id)
    assert waiting.travel_seconds == 0


def test_once_all_have_come_the_meeting_is_history(ctx: Context) -> None:
    """Each squad's visit stays with the time it really had."""
    told = published(ctx)
    pairs = meeting(told)
    start = max(visit.start for _, visit in pairs)
    follow(ctx, start - timedelta(minutes=1))
    for squad, visit in pairs:
        arrive(ctx, squad, visit, start - timedelta(minutes=squad.number))
    plan = anew(ctx, start)
    for squad, visit in pairs:
        made = plan.squad(squad.id)
        assert made is not None
        assert made.done_visits[-1].stop.id == visit.stop.id
        assert made.done_visits[-1].start == start - timedelta(minutes=squad.number)
    assert hard(ctx, plan) == []
    publish_day(ctx, township_code=town(ctx), day=TODAY, actor="planner")


def test_a_squad_that_cannot_go_on_leaves_a_reason(ctx: Context) -> None:
    """All officers of one squad fall ill: either another squad takes its place or the stop says why not."""
    told = published(ctx)
    (gone, _), _ = meeting(told)
    at = datetime.combine(TODAY, time(9), ctx.clock.zone)
    plan = anew(ctx, at, ill=gone.members)
    assert hard(ctx, plan) == []
    met = meeting(plan)
    if len(plan.squads) >= 2 and met:
        assert len(met) == 2
    else:
        (left,) = [item for item in plan.unassigned if item.stop.id == met_at(plan)]
        assert left.reason.key.startswith("reason.")


def test_routes_planned_again_under_way_keep_what_was_asked(ctx: Context) -> None:
    """With a stop of each squad done already."""
    at = datetime.combine(TODAY, time(10), ctx.clock.zone)
    follow(ctx, at)
    plan = plan_routes(ctx, township_code=town(ctx), day=TODAY, actor="planner", seconds=1.0)
    assert plan.links == published(ctx).links
    assert hard(ctx, plan) == []
