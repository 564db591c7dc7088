"""A week planned at once: lawful, within the time there is, its days planned from it, done visits kept."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from cli_world import TODAY, Cli, office_files, town

from gridmgr.bootstrap import build_context
from gridmgr.clock import fixed_clock
from gridmgr.config import Config
from gridmgr.domain.calendar import CalendarDay
from gridmgr.domain.coverage import debts
from gridmgr.domain.patrols import CheckIn, StopInfo
from gridmgr.domain.people import Attendance
from gridmgr.domain.week import WeekPlan
from gridmgr.errors import BadInput, Conflict, NotFound
from gridmgr.services import jobs
from gridmgr.services.context import Context
from gridmgr.services.planning import form_squads, plan_routes, plan_week, publish_day, week_of
from gridmgr.services.planning.burden import Guard
from gridmgr.services.planning.candidates import RISK_FACTOR, day_stops
from gridmgr.services.planning.week_standing import replan_weeks, week_changes

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
    """Villages of the day are worth a visit of debt more, those of later days only fill what time is left."""
    settle(ctx, week_waiting=0, week_slack_days=0)
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
            assert now.prize == min(was.prize // 4, risks[item.village_code])
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


def at(ctx: Context, day: date) -> Context:
    """The same parts on another day."""
    noon = datetime.combine(day, time(12), ctx.clock.zone)
    return replace(ctx, clock=fixed_clock(noon))


def changes(ctx: Context) -> list[str]:
    """What the week plan in force does not know of."""
    today = ctx.clock.today()
    with ctx.storage.read() as uow:
        plan = uow.weeks.current(town(ctx), today)
        assert plan is not None
        return [message.key for message in week_changes(uow, plan, today=today)]


def test_a_lost_day_is_made_up_in_the_rest_of_the_week(ctx: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody went out on Monday: on Tuesday the worker plans the rest anew, from what was done."""
    monkeypatch.setattr("gridmgr.services.planning.week.WEEK_SECONDS", 0.3)
    monday, tuesday = at(ctx, TODAY), at(ctx, TODAY + timedelta(days=1))
    before = planned(monday)
    lost = {item.village_code for item in before.villages if TODAY in item.planned}
    assert lost
    assert changes(monday) == []
    assert replan_weeks(monday) == 0
    assert changes(tuesday) == ["week.change_missed"]
    assert replan_weeks(tuesday) == 1
    assert replan_weeks(tuesday) == 0, "it is asked for already"
    job = jobs.run_next(tuesday)
    assert job is not None
    assert (job.state, job.created_by) == ("done", "system")
    after = week_of(tuesday, township_code=town(ctx), day=TODAY)
    assert after is not None
    assert after.as_of == tuesday.clock.today()
    assert changes(tuesday) == []
    assert replan_weeks(tuesday) == 0
    for item in after.villages:
        assert all(day > TODAY for day in item.planned)
        assert item.village_code not in lost or item.planned or item.short


def test_what_was_done_is_not_planned_again(ctx: Context) -> None:
    """All of Monday's visits were made: nothing changed. One more was made ahead: it is not needed later."""
    settle(ctx, week_waiting=0, week_slack_days=0)
    before = planned(at(ctx, TODAY))
    for item in before.villages:
        if TODAY in item.planned:
            visit(ctx, item.village_code, TODAY)
    tuesday = at(ctx, TODAY + timedelta(days=1))
    assert changes(tuesday) == []
    early = next(v for v in before.villages if v.planned and min(v.planned) > TODAY + timedelta(days=1))
    visit(ctx, early.village_code, TODAY + timedelta(days=1))
    wednesday = at(ctx, WEDNESDAY)
    assert "week.change_extra" in changes(wednesday)
    again = planned(wednesday, as_of=WEDNESDAY).village(early.village_code)
    assert again is not None
    assert len(again.planned) == len(early.planned) - 1


def test_squads_that_stay_at_home_and_other_rules_are_told(ctx: Context) -> None:
    """Everybody is ill on Thursday; the office changes its rules: both are told before the day comes."""
    settle(ctx, week_slack_days=0, week_waiting=0)
    plan = planned(ctx)
    thursday = TODAY + timedelta(days=3)
    with ctx.storage.write("test") as uow:
        officers = uow.officers.find(township_code=town(ctx))
        uow.attendance.save(
            Attendance(day=thursday, officer_id=officer.id, status="sick") for officer in officers
        )
        uow.record("test.ill", "attendance", thursday.isoformat())
        uow.commit()
    day = at(ctx, TODAY)
    assert changes(day) == ["week.change_lost"]
    settle(ctx, week_waiting=2)
    assert changes(day) == ["week.change_lost", "week.change_rules"]
    again = planned(ctx)
    assert [d.squads for d in again.days if d.day == thursday] == [0]
    assert all(thursday not in item.planned for item in again.villages)
    assert changes(day) == []
    assert plan.number + 1 == again.number


def test_a_holiday_without_attendance_is_a_day_off_and_a_makeup_day_is_not(ctx: Context) -> None:
    """The work calendar says who goes out where attendance says nothing."""
    later = TODAY + timedelta(days=14)
    holiday, saturday = later + timedelta(days=1), later + timedelta(days=5)
    with ctx.storage.write("test") as uow:
        uow.calendar.put_many(
            [
                CalendarDay(day=holiday, kind="holiday", name="放假"),
                CalendarDay(day=saturday, kind="makeup", name="补班"),
            ]
        )
        uow.record("test.calendar", "calendar", later.isoformat())
        uow.commit()
    plan = plan_week(ctx, township_code=town(ctx), first=later, as_of=later, actor="planner", seconds=0.1)
    assert [item.squads > 0 for item in plan.days] == [True, False, True, True, True, True, False]


def test_a_village_visited_just_now_is_worth_nothing_today(ctx: Context) -> None:
    """Closer than half its interval and done for the week: it is told, and nobody is sent again."""
    yesterday = WEDNESDAY - timedelta(days=1)
    code = next(item.village_code for item in planned(ctx).villages if item.due == 1)
    visit(ctx, code, yesterday)
    item = planned(ctx, as_of=WEDNESDAY).village(code)
    assert item is not None
    assert item.planned == ()
    stop = stops_of(ctx, WEDNESDAY)[f"village:{code}"]
    assert (stop.prize, stop.purpose[-1].key) == (0, "purpose.week_close")


def test_stored_week_plans_are_checked_again(ctx: Context, cli: Cli) -> None:
    """A plan as it was made is valid; one that was tampered with is told, with exit code 1."""
    plan = planned(ctx)
    assert [week["valid"] for week in cli.json("verify", "--date", TODAY)["weeks"]] == [True]
    busy = next(item for item in plan.days if item.visits)
    days = tuple(replace(day, squads=0) if day == busy else day for day in plan.days)
    with ctx.storage.write("test") as uow:
        uow.weeks.add(replace(plan, id="other", number=plan.number + 1, days=days))
        uow.record("test.tamper", "week_plan", "other")
        uow.commit()
    found = cli("verify", "--date", TODAY, "--json")
    assert found.exit_code == 1
    (week,) = json.loads(found.stdout)["weeks"]
    assert week["valid"] is False
    assert any("squads" in finding["what"] for finding in week["findings"])


def test_published_routes_that_leave_planned_villages_out_are_told(ctx: Context) -> None:
    """One squad with two hours goes out, the week counted on more: what is left out finds another day."""
    planned(ctx)
    settle(ctx, max_squads=1, shift_start=time(9), shift_end=time(11), lunch_minutes=0)
    plan_routes(ctx, township_code=town(ctx), day=TODAY, actor="planner", seconds=0.5)
    publish_day(ctx, township_code=town(ctx), day=TODAY, actor="planner")
    settle(ctx, max_squads=4, shift_start=time(8, 30), shift_end=time(16, 30), lunch_minutes=60)
    today = at(ctx, TODAY)
    assert changes(today) == ["week.change_squads", "week.change_published"]
    planned(today)
    assert changes(today) == []
