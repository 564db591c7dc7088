"""Planning the rest of a published day anew: from where squads stand, with little disturbance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time
from pathlib import Path
from typing import Any

import pytest
from cli_world import TODAY, Cli, published, published_day, town

from gridmgr.bootstrap import build_context
from gridmgr.config import Config
from gridmgr.domain.incidents import Incident
from gridmgr.domain.patrols import CheckIn, DayPlan, Squad
from gridmgr.errors import BadInput, Conflict, NoPlan, NotFound
from gridmgr.services.context import Context
from gridmgr.services.planning import (
    Events,
    Replanned,
    check_day,
    compare_days,
    plan_routes,
    publish_day,
    replan_day,
    undo_day,
)
from gridmgr.services.records import save_office_settings
from planners import routing
from planners.stop import Stop

TEN = Events(now=time(10))


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with a published day."""
    return published_day(tmp_path_factory.mktemp("replan"))


@pytest.fixture
def ctx(planned: Path, tmp_path: Path) -> Iterator[Context]:
    """A copy of it that a test may change."""
    copy = tmp_path / "grid.db"
    copy.write_bytes(planned.read_bytes())
    context = build_context(Config(database=str(copy)))
    yield context
    context.storage.close()


def anew(ctx: Context, events: Events = TEN, **options: object) -> Replanned:
    """The day planned anew at ten."""
    return replan_day(ctx, township_code=town(ctx), day=TODAY, actor="planner", events=events, **options)  # type: ignore[arg-type]


def arrive(ctx: Context, squad: Squad, index: int, at: time, left: time | None = None) -> str:
    """The squad checks in at one of its stops; the stop."""
    visit = squad.visits[index]
    moment = datetime.combine(TODAY, at, ctx.clock.zone)
    item = CheckIn(
        id=f"c{squad.number}{index}",
        day=TODAY,
        township_code=town(ctx),
        squad_id=squad.id,
        officer_id=squad.leader,
        stop_id=visit.stop.id,
        village_code=visit.stop.village_code,
        arrived_at=moment,
        left_at=datetime.combine(TODAY, left, ctx.clock.zone) if left else None,
    )
    with ctx.storage.write("test") as uow:
        uow.check_ins.add(item)
        uow.record("test.arrive", "check_in", item.id)
        uow.commit()
    return visit.stop.id


def squad_of(plan: DayPlan, squad_id: str) -> Squad:
    """The squad of that id."""
    squad = plan.squad(squad_id)
    assert squad is not None
    return squad


def test_made_visits_stay_as_they_were_and_the_squad_goes_on_from_there(ctx: Context) -> None:
    """First two stops made by a quarter to ten: frozen with their real times, the next after ten."""
    squad = max(published(ctx).squads, key=lambda s: len(s.visits))
    made = [
        arrive(ctx, squad, 0, time(8, 50), time(9, 5)),
        arrive(ctx, squad, 1, time(9, 20), time(9, 45)),
    ]
    plan = anew(ctx).plan
    after = squad_of(plan, squad.id)
    assert [visit.stop.id for visit in after.done_visits] == made
    assert [visit.start.strftime("%H:%M") for visit in after.done_visits] == ["08:50", "09:20"]
    assert after.standing is not None
    assert (after.standing.lon, after.standing.lat) == (squad.visits[1].stop.lon, squad.visits[1].stop.lat)
    assert all(visit.arrive.time() >= time(10) for visit in after.open_visits)
    assert not [finding for finding in check_day(ctx, plan) if finding.hard]


def test_a_squad_still_at_a_stop_is_free_only_when_the_visit_is_over(ctx: Context) -> None:
    """Arrived at five to ten and not left: its planned stay counts."""
    squad = published(ctx).squads[0]
    arrive(ctx, squad, 0, time(9, 55))
    standing = squad_of(anew(ctx).plan, squad.id).standing
    assert standing is not None
    minutes = (standing.at - datetime.combine(TODAY, time(9, 55), ctx.clock.zone)).total_seconds() / 60
    assert minutes == squad.visits[0].stop.service_minutes


def test_an_urgent_incident_is_taken_in_and_told_as_added(ctx: Context) -> None:
    """And nothing of the old plan's rest is lost in worth."""
    where = published(ctx).squads[0].visits[-1].stop
    incident = Incident(
        id="U1",
        reported_at=datetime.combine(TODAY, time(9, 50), ctx.clock.zone),
        lon=where.lon,
        lat=where.lat,
        township_code=town(ctx),
        urgent=True,
        description="塌方",
    )
    with ctx.storage.write("test") as uow:
        uow.incidents.add(incident)
        uow.record("test.incident", "incident", "U1")
        uow.commit()
    done = anew(ctx)
    kinds = {change.stop_id: change.kind for change in done.changes}
    assert kinds["incident:U1"] == "added"
    assert done.prize >= done.rest_prize
    assert "incident:U1" in {visit.stop.id for visit in done.plan.visits()}
    listed = compare_days(published(ctx), done.plan)
    assert ("incident:U1", "added") in {(change.stop_id, change.kind) for change in listed.changes}


def test_a_late_squad_starts_later_by_those_minutes_and_words_say_so(ctx: Context) -> None:
    """By number or id; the others are free at ten."""
    first, *others = published(ctx).squads
    plan = anew(ctx, replace(TEN, late={str(first.number): 50})).plan
    starts = {s.id: s.standing.at.strftime("%H:%M") for s in plan.squads if s.standing}
    assert starts == {first.id: "10:50", **{s.id: "10:00" for s in others}}


def test_an_ill_officer_leaves_the_squad_and_lawfulness_is_judged_anew(ctx: Context) -> None:
    """Down to one member a squad may only patrol, with its reason; without any it is gone."""
    squad = published(ctx).squads[0]
    done = anew(ctx, replace(TEN, ill=squad.members[:-1]))
    rest = squad_of(done.plan, squad.id)
    assert rest.members == squad.members[-1:]
    assert rest.patrol_only
    assert rest.reason is not None
    assert not any(visit.stop.needs_lawful for visit in rest.open_visits)
    assert not set(squad.members[:-1]) & set(done.plan.reserve)


def test_stops_of_a_squad_that_is_broken_up_are_moved_or_dropped_with_a_reason(ctx: Context) -> None:
    """Every one of them is told."""
    squad = published(ctx).squads[0]
    made = arrive(ctx, squad, 0, time(9), time(9, 20))
    done = anew(ctx, replace(TEN, ill=squad.members))
    assert done.plan.squad(squad.id) is None
    told = {change.stop_id: change for change in done.changes}
    for visit in squad.visits[1:]:
        change = told[visit.stop.id]
        assert change.kind in ("moved", "dropped")
        assert visit.stop.name in change.words.render("zh")
    assert made not in told
    assert made not in {visit.stop.id for visit in done.plan.visits()}


def test_the_draft_is_published_or_taken_back_as_any_other(ctx: Context) -> None:
    """Officers see nothing before; undo leads to the draft before."""
    before = published(ctx)
    plan = anew(ctx).plan
    assert published(ctx).id == before.id
    assert undo_day(ctx, township_code=town(ctx), day=TODAY, actor="planner").id == before.id
    plan = anew(ctx).plan
    publish_day(ctx, township_code=town(ctx), day=TODAY, actor="planner")
    assert published(ctx) == plan


def test_a_second_time_keeps_what_was_made_before_the_first(ctx: Context) -> None:
    """Made visits pile up; a plain planning keeps them as well."""
    squad = max(published(ctx).squads, key=lambda s: len(s.visits))
    first = arrive(ctx, squad, 0, time(9), time(9, 20))
    after = squad_of(anew(ctx).plan, squad.id)
    publish_day(ctx, township_code=town(ctx), day=TODAY, actor="planner")
    second = arrive(ctx, after, 1, time(10, 30), time(10, 50))
    again = squad_of(anew(ctx, Events(now=time(11))).plan, squad.id)
    assert [visit.stop.id for visit in again.done_visits] == [first, second]
    routes = plan_routes(ctx, township_code=town(ctx), day=TODAY, actor="planner", seconds=0.5)
    assert [v.stop.id for v in squad_of(routes, squad.id).done_visits] == [first, second]


def test_the_same_seed_gives_the_same_rest_of_the_day(ctx: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    """However often it is asked; counted work says when to end, not the clock of a busy machine."""
    monkeypatch.setattr(routing, "default_stop", lambda _, **__: Stop(seconds=120, work=20))
    assert anew(ctx, seed=4).plan.squads == anew(ctx, seed=4).plan.squads


def test_the_offices_price_of_a_change_holds_unless_another_is_named(
    ctx: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the planner is handed: the setting, or what the caller says."""
    asked: list[int] = []
    search = routing.replan

    def noted(*args: Any, **kwargs: Any) -> Any:
        asked.append(kwargs["prize_per_change"])
        return search(*args, **kwargs)

    monkeypatch.setattr(routing, "replan", noted)
    with ctx.storage.read() as uow:
        before = uow.settings.office()
    save_office_settings(ctx, replace(before, prize_per_change=17), actor="admin")
    anew(ctx)
    anew(ctx, prize_per_change=0)
    save_office_settings(ctx, before, actor="admin")
    assert asked == [17, 0]


def test_what_makes_no_sense_is_refused_by_name(ctx: Context) -> None:
    """Another day without a time, a squad or officer that is not there, a stale version."""
    with pytest.raises(BadInput, match="is not today"):
        anew(ctx, Events())
    with pytest.raises(NotFound, match="no squad 77"):
        anew(ctx, replace(TEN, late={"77": 5}))
    with pytest.raises(BadInput, match="nobody-here is in no squad"):
        anew(ctx, replace(TEN, ill=("nobody-here",)))
    with pytest.raises(BadInput, match="601 minutes"):
        Events(late={"1": 601})
    with pytest.raises(Conflict):
        anew(ctx, expected_version=0)
    with pytest.raises(NoPlan):
        replan_day(ctx, township_code=town(ctx), day=TODAY.replace(day=3), actor="p", events=TEN)


def test_the_command_tells_the_difference_stop_by_stop_and_publishes(planned: Path, tmp_path: Path) -> None:
    """One document; bad words are usage errors."""
    copy = tmp_path / "grid.db"
    copy.write_bytes(planned.read_bytes())
    cli = Cli(copy)
    (before,) = cli.json("plan", "--date", TODAY, "--seconds", "1", "--publish")["townships"]
    code = before["township"]
    words = ("replan", "--date", TODAY, "--township", code, "--now", "10:00", "--late", "1=45")
    answer = cli.json(*words, "--publish")
    assert answer["published"] is True
    assert answer["prize"] >= answer["rest_prize"]
    told = {change["place"] for change in answer["changes"]}
    assert told >= {visit["place"] for squad in before["squads"] for visit in squad["visits"]}
    assert cli("verify", "--date", TODAY).exit_code == 0
    assert cli("replan", "--date", TODAY, "--township", code, "--now", "25:00").exit_code == 2
    assert cli("replan", "--date", TODAY, "--township", code, "--late", "soon").exit_code == 2
