"""A week planned at once: lawful, within the time there is, its days planned from it, done visits kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from cli_world import TODAY, Cli, office_files, town

from gridmgr.bootstrap import build_context
from gridmgr.config import Config
from gridmgr.domain.coverage import debts
from gridmgr.domain.patrols import CheckIn, StopInfo
from gridmgr.domain.week import WeekPlan
from gridmgr.errors import BadInput, Conflict, NotFound
from gridmgr.services.context import Context
from gridmgr.services.planning import form_squads, plan_routes, plan_week, publish_day, week_of
from gridmgr.services.planning.burden import Guard
from gridmgr.services.planning.candidates import RISK_FACTOR, day_stops

WEDNESDAY = TODAY + timedelta(days=2)
WEEK = [TODAY + timedelta(days=n) for n in range(7)]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with everything an office imports; attendance is on record for a week."""
    folder = tmp_path_factory.mktemp("week")
    cli = Cli(folder / "grid.db")
    cli.import_all(office_files(folder / "files"))
    return cli.database


@pytest.fixture
def cli(office: Path, tmp_path: Path) -> Cli:
    """The program over a copy that a test may change."""
    copy = tmp_path / "grid.db"
    copy.write_bytes(office.read_bytes())
    return Cli(copy)


@pytest.fixture
def ctx(cli: Cli) -> Iterator[Context]:
    """The wired parts over the same copy."""
    context = build_context(Config(database=str(cli.database)))
    yield context
    context.storage.close()


def settle(ctx: Context, **rules: object) -> None:
    """Change the office's rules."""
    with ctx.storage.write("test") as uow:
        uow.settings.save_office(replace(uow.settings.office(), **rules))  # type: ignore[arg-type]
        uow.record("test.rules", "settings", "office")
        uow.commit()


def planned(ctx: Context, *, as_of: date = TODAY, **options: object) -> WeekPlan:
    """The week planned."""
    return plan_week(
        ctx,
        township_code=town(ctx),
        first=TODAY,
        as_of=as_of,
        actor="planner",
        seconds=0.3,
        **options,  # type: ignore[arg-type]
    )


def visit(ctx: Context, village: str, day: date) -> None:
    """A squad checks in at the village's own stop."""
    item = CheckIn(
        id=f"c-{village}-{day}",
        day=day,
        township_code=town(ctx),
        squad_id="s",
        officer_id="o",
        stop_id=f"village:{village}",
        village_code=village,
        arrived_at=datetime.combine(day, time(10), ctx.clock.zone),
    )
    with ctx.storage.write("test") as uow:
        uow.check_ins.add(item)
        uow.record("test.arrive", "check_in", item.id)
        uow.commit()


def stops_of(ctx: Context, day: date) -> dict[str, StopInfo]:
    """The day's stops to choose from, by id."""
    with ctx.storage.read() as uow:
        office = uow.settings.office()
        guard = Guard.read(uow, township_code=town(ctx), day=day, office=office)
        found = day_stops(uow, township_code=town(ctx), day=day, office=office, guard=guard)
    return {stop.id: stop for stop in found}


def test_with_time_enough_every_village_gets_its_visits_on_different_working_days(ctx: Context) -> None:
    """Debts afterwards are those of the visits told, measured by the domain itself."""
    plan = planned(ctx)
    working = {item.day for item in plan.days if item.squads}
    assert working
    with ctx.storage.read() as uow:
        villages = uow.villages.find()
    assert [item.village_code for item in plan.villages] == sorted(v.code for v in villages)
    visits = []
    for item in plan.villages:
        assert set(item.planned) <= working
        assert item.short == 0 or item.reason is not None
        for n, day in enumerate(item.planned):
            visit(ctx, item.village_code, day)
            visits.append((item.village_code, day, n))
    assert len(visits) >= sum(min(1, item.due) for item in plan.villages)
    with ctx.storage.read() as uow:
        seen = uow.check_ins.between(TODAY - timedelta(days=28), WEEK[-1], township_code=town(ctx))
        after = debts(villages, seen, as_of=WEEK[-1], since=TODAY - timedelta(days=1))
    assert {code: round(item.debt, 2) for code, item in after.items()} == {
        item.village_code: item.debt_after for item in plan.villages
    }


def test_a_short_week_leaves_calm_villages_short_and_says_why(ctx: Context) -> None:
    """One squad with two hours a day: the time is used, nobody works longer, every gap has its reason."""
    settle(ctx, max_squads=1, shift_start=time(9), shift_end=time(12), lunch_minutes=60)
    plan = planned(ctx)
    assert all(item.used_seconds <= item.seconds for item in plan.days)
    assert any(item.used_seconds > 0 for item in plan.days)
    short = [item for item in plan.villages if item.short]
    assert short
    assert all(item.reason is not None for item in short)
    assert {item.reason.key for item in short if item.reason} <= {
        "reason.week_full",
        "reason.week_weighed",
        "reason.week_too_far",
        "reason.week_no_squad",
    }
    assert plan.cost > plan.bound


def test_the_same_seed_gives_the_same_week(ctx: Context) -> None:
    """All but id, number and times."""
    one, two = planned(ctx), planned(ctx)
    assert (one.villages, one.days, one.cost) == (two.villages, two.days, two.cost)
    assert (one.number, two.number) == (1, 2)
    assert week_of(ctx, township_code=town(ctx), day=WEDNESDAY) == two
    assert week_of(ctx, township_code=town(ctx), day=TODAY - timedelta(days=1)) is None


def test_days_are_planned_from_the_week(ctx: Context) -> None:
    """Villages of the day are worth a visit of debt more, those of later days a quarter."""
    day = WEDNESDAY
    before = stops_of(ctx, day)
    plan = planned(ctx, as_of=day)
    after = stops_of(ctx, day)
    with ctx.storage.read() as uow:
        risks = {v.code: RISK_FACTOR[v.risk] for v in uow.villages.find()}
    raised, lowered = 0, 0
    for item in plan.villages:
        was, now = (stops[f"village:{item.village_code}"] for stops in (before, after))
        if day in item.planned:
            raised += 1
            assert now.prize == was.prize + 20 * risks[item.village_code]
            assert now.purpose[-1].key == "purpose.week_today"
        elif item.planned:
            lowered += 1
            assert now.prize == was.prize // 4
            assert now.purpose[-1].params == {"day": min(item.planned).isoformat()}
        else:
            assert now == was
    assert raised
    assert lowered


def test_mid_week_done_visits_and_published_routes_stay(ctx: Context) -> None:
    """Wednesday: Monday's visit is done, Thursday's published routes are promised, the past is past."""
    code = planned(ctx).villages[0].village_code
    visit(ctx, code, TODAY)
    thursday = WEDNESDAY + timedelta(days=1)
    plan_routes(ctx, township_code=town(ctx), day=thursday, actor="planner", seconds=0.5)
    publish_day(ctx, township_code=town(ctx), day=thursday, actor="planner")
    with ctx.storage.read() as uow:
        out = uow.days.published(town(ctx), thursday)
    assert out is not None
    promised = {item.stop.village_code for item in out.visits()} - {None}
    plan = planned(ctx, as_of=WEDNESDAY)
    assert plan.as_of == WEDNESDAY
    assert plan.villages[0].done == (TODAY,)
    assert all(min(item.planned, default=WEDNESDAY) >= WEDNESDAY for item in plan.villages)
    assert {item.village_code for item in plan.villages if thursday in item.planned} == promised
    assert [item.open for item in plan.days] == [False, False, True, False, True, True, True]


def test_squads_formed_already_say_how_many_go_out(ctx: Context) -> None:
    """A day's draft counts, whatever the settings would give."""
    form_squads(ctx, township_code=town(ctx), first=TODAY, last=TODAY, actor="planner")
    settle(ctx, max_squads=1)
    with ctx.storage.read() as uow:
        draft = uow.days.draft(town(ctx), TODAY)
    assert draft is not None
    assert len(draft.squads) > 1
    assert [item.squads for item in planned(ctx).days[:2]] == [len(draft.squads), 1]


def test_planning_a_week_is_in_the_audit_trail(ctx: Context) -> None:
    """Who, which week, which plan."""
    plan = planned(ctx)
    with ctx.storage.read() as uow:
        event = uow.audit.find()[0]
    assert (event.action, event.actor, event.subject_id) == (
        "week_plan.make",
        "planner",
        f"{town(ctx)}/{TODAY}",
    )
    assert event.detail["revision"] == plan.id


def test_a_plan_made_meanwhile_is_a_conflict(ctx: Context) -> None:
    """The later one does not silently take the place of one its maker never saw."""
    plan = planned(ctx)
    with ctx.storage.write("test") as uow, pytest.raises(Conflict):
        uow.weeks.add(replace(plan, id="other"))


def test_impossible_weeks_are_refused(ctx: Context) -> None:
    """Too many days, a week that is over, no such township."""
    with pytest.raises(BadInput, match=r"week\.bad_days|8 days"):
        planned(ctx, days=8)
    with pytest.raises(BadInput, match=r"week\.over|over"):
        planned(ctx, as_of=WEEK[-1] + timedelta(days=1))
    with pytest.raises(NotFound):
        plan_week(ctx, township_code="nowhere", first=TODAY, as_of=TODAY, actor="planner")


def test_the_command_prints_a_grid_and_one_json_document(cli: Cli) -> None:
    """Both tell the same; a week that is over is refused."""
    options = ("week", "--from", TODAY, "--as-of", TODAY, "--seconds", "0.3")
    (told,) = cli.json(*options)["townships"]
    assert [day["date"] for day in told["days"]] == [day.isoformat() for day in WEEK]
    lines = cli(*options).stdout.splitlines()
    assert lines[0].startswith(f"{told['township']}: ")
    for line, item in zip(lines[1:], told["villages"], strict=False):
        marks = "".join("o" if day.isoformat() in item["planned"] else "." for day in WEEK)
        assert line.strip().startswith(f"{marks}  {len(item['planned'])}/{item['due']}  ")
    assert "are over" in cli.refused("week", "--from", "2026-01-05")
