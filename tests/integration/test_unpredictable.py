"""Times varied on purpose in the chain of the day: within the bound, kept by hand changes, reproducible."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from gridmgr.domain.patrols import CheckIn, DayPlan, Squad
from gridmgr.domain.settings import OfficeSettings
from gridmgr.errors import BadInput
from gridmgr.services.context import Context
from gridmgr.services.planning import (
    AddStop,
    Edit,
    Events,
    check_day,
    edit_day,
    form_squads,
    plan_routes,
    preview_edit,
    publish_day,
    replan_day,
)
from gridmgr.services.planning.checking import check_stored
from gridmgr.storage.codec import decode, encode
from planners import routing
from planners.stop import Stop
from tests.integration.test_planning import DAY, TOWN, change, ctx

__all__ = ["ctx"]

OFFICE = OfficeSettings(max_squads=2, plan_seconds=1.0)
SECRET = "ab" * 32
#: Enough for the best plan of so small a township.
WORK = 30


@pytest.fixture(autouse=True)
def _counted_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Searching ends by its work, not by the clock of a busy machine."""
    monkeypatch.setattr(routing, "default_stop", lambda *_, **__: Stop(seconds=120.0, work=WORK))


@pytest.fixture(autouse=True)
def _known_secret(ctx: Context) -> None:
    """The office's secret, so that every run draws the same."""
    with ctx.storage.write("test") as uow:
        uow.settings.put("unpredictability", SECRET)
        uow.record("test.secret", "settings", "unpredictability")
        uow.commit()


def planned(ctx: Context, vary: float | None = None, *, day: date = DAY) -> DayPlan:
    """The day with routes."""
    return plan_routes(ctx, township_code=TOWN, day=day, actor="planner", vary=vary)


def times(plan: DayPlan) -> list[tuple[str, datetime | None, list[tuple[str, datetime]]]]:
    """Who sets out when and comes where when."""
    return [(s.id, s.departs, [(v.stop.id, v.arrive) for v in s.visits]) for s in plan.squads]


def notes(plan: DayPlan) -> set[str]:
    """Keys of the plan's notes."""
    return {note.key for note in plan.notes}


def late_squad(plan: DayPlan) -> Squad:
    """A squad that sets out later and has two stops at least."""
    return next(squad for squad in plan.squads if squad.departs and len(squad.visits) > 1)


def arrived(squad: Squad, number: int, **changes: Any) -> CheckIn:
    """A squad's check-in at its stop of that number, as planned."""
    visit = squad.visits[number]
    base = CheckIn(
        id=f"{squad.id}/{number}",
        day=visit.arrive.date(),
        township_code=TOWN,
        squad_id=squad.id,
        officer_id=squad.leader,
        stop_id=visit.stop.id,
        village_code=visit.stop.village_code,
        arrived_at=visit.arrive,
    )
    return replace(base, **changes)


def test_off_is_the_plan_as_it_was(ctx: Context) -> None:
    """By default, and asked for by hand against the setting: nobody leaves later, no word of it."""
    usual = planned(ctx)
    change(ctx, office=replace(OFFICE, unpredictability=5.0))
    off = planned(ctx, 0)
    assert (off.squads, off.unassigned, off.notes) == (usual.squads, usual.unassigned, usual.notes)
    assert off.status == usual.status
    assert not any(squad.departs for squad in usual.squads)
    assert not {"plan.varied", "plan.not_varied"} & notes(usual)


@pytest.mark.parametrize("percent", [0.5, 3, 10])
def test_the_bound_is_kept_and_told_with_what_was_given_up(ctx: Context, percent: float) -> None:
    """In the note in both languages, and in the audit trail."""
    best = planned(ctx)
    varied = planned(ctx, percent)
    lost = 100 * (1 - varied.prize / best.prize)
    assert lost <= percent + 1e-9
    assert times(varied) != times(best)
    assert varied.status == "FEASIBLE"
    note = next(note for note in varied.notes if note.key == "plan.varied")
    assert note.params == {"lost": f"{max(0, lost):.1f}", "most": f"{percent:g}"}
    assert f"{percent:g}%" in note.render("zh")
    assert f"at most {percent:g} %" in note.render("en")
    with ctx.storage.read() as uow:
        event = next(e for e in uow.audit.find(subject_kind="day_plan") if e.detail["revision"] == varied.id)
    assert event.detail["prize_given_up_percent"] == pytest.approx(lost, abs=0.005)


def test_the_setting_works_without_asking(ctx: Context) -> None:
    """The office's percentage is the one that is told."""
    change(ctx, office=replace(OFFICE, unpredictability=4.0))
    note = next(note for note in planned(ctx).notes if note.key == "plan.varied")
    assert note.params["most"] == "4"


@pytest.mark.parametrize("offset", range(3))
def test_a_varied_plan_breaks_no_rule(ctx: Context, offset: int) -> None:
    """The check that knows nothing of the search finds nothing; a squad that leaves late comes late."""
    day = DAY + timedelta(days=offset)
    plan = planned(ctx, 5, day=day)
    assert check_day(ctx, plan) == ()
    publish_day(ctx, township_code=TOWN, day=day, actor="planner")
    assert check_stored(ctx, day)[0].findings == ()
    for squad in plan.squads:
        assert squad.departs is None or squad.shift_start < squad.departs < squad.shift_end
        if squad.visits:
            way = timedelta(seconds=squad.visits[0].travel_seconds)
            assert squad.visits[0].arrive == (squad.departs or squad.shift_start) + way


def test_the_same_day_gives_the_same_plan_and_another_secret_another(ctx: Context) -> None:
    """Whatever was planned between; who does not know the secret cannot work it out."""
    first = planned(ctx, 5)
    planned(ctx, 0)
    assert times(planned(ctx, 5)) == times(first)
    with ctx.storage.write("test") as uow:
        uow.settings.put("unpredictability", "cd" * 32)
        uow.record("test.secret", "settings", "unpredictability")
        uow.commit()
    assert times(planned(ctx, 5)) != times(first)


def test_the_secret_is_made_once_and_told_nowhere(ctx: Context) -> None:
    """An event says that there is one; a second day uses the same."""
    with ctx.storage.write("test") as uow:
        uow.settings.put("unpredictability", None)
        uow.record("test.secret", "settings", "unpredictability")
        uow.commit()
    planned(ctx, 5)
    with ctx.storage.read() as uow:
        secret = uow.settings.get("unpredictability")
    planned(ctx, 5, day=DAY + timedelta(days=1))
    with ctx.storage.read() as uow:
        assert uow.settings.get("unpredictability") == secret
        events = uow.audit.find()
    assert len(bytes.fromhex(secret)) == 32
    assert [event.action for event in events].count("settings.secret") == 1
    assert not any(secret in json.dumps(event.detail) for event in events)


def test_a_hand_change_keeps_the_departures(ctx: Context) -> None:
    """A stop pulled to the front is reached from the late departure; preview and check know of it."""
    plan = planned(ctx, 5)
    squad = late_squad(plan)
    edit = Edit(action="move", stop_id=squad.visits[-1].stop.id, squad_id=squad.id, position=0)
    looked_at = preview_edit(ctx, township_code=TOWN, day=DAY, edit=edit, actor="planner").plan
    now = edit_day(ctx, township_code=TOWN, day=DAY, edit=edit, actor="planner").plan
    assert times(now) == times(looked_at)
    assert {s.id: s.departs for s in now.squads} == {s.id: s.departs for s in plan.squads}
    moved = now.squad(squad.id)
    assert moved is not None
    assert squad.departs is not None
    first = moved.visits[0]
    assert first.stop.id == edit.stop_id
    assert first.arrive == squad.departs + timedelta(seconds=first.travel_seconds)
    with ctx.storage.read() as uow:
        assert uow.days.draft(TOWN, DAY) == now


def test_once_a_squad_is_out_departures_stay_as_they_are(ctx: Context) -> None:
    """A re-plan at noon, whatever the setting says: the morning was what it was, nothing is drawn anew."""
    planned(ctx, 5)
    published = publish_day(ctx, township_code=TOWN, day=DAY, actor="planner")
    out = late_squad(published)
    change(ctx, check_ins=arrived(out, 0))
    for vary in (10, 0):
        again = planned(ctx, vary)
        assert "plan.varied" not in notes(again)
        assert {s.id: s.departs for s in again.squads} == {s.id: s.departs for s in published.squads}
        kept = again.squad(out.id)
        assert kept is not None
        assert kept.visits[0].arrive == out.visits[0].arrive


def test_a_replan_keeps_the_departures_and_is_not_varied_again(ctx: Context) -> None:
    """Somebody is on the way already: who has not set out yet leaves when it was told to."""
    planned(ctx, 10)
    published = publish_day(ctx, township_code=TOWN, day=DAY, actor="planner")
    late = late_squad(published)
    assert late.departs is not None
    before = (late.departs - timedelta(minutes=10)).time()
    again = replan_day(ctx, township_code=TOWN, day=DAY, actor="planner", events=Events(now=before)).plan
    squad = again.squad(late.id)
    assert squad is not None
    assert squad.standing is not None
    assert (squad.departs, squad.standing.at) == (late.departs, late.departs)
    first = squad.visits[0]
    assert first.arrive == late.departs + timedelta(seconds=first.travel_seconds)
    assert check_day(ctx, again) == ()
    whole = planned(ctx, 10)
    assert "plan.varied" not in notes(whole)
    assert {s.id: s.departs for s in whole.squads} == {s.id: s.departs for s in published.squads}


def test_planning_without_variation_brings_the_departures_back(ctx: Context) -> None:
    """What was drawn for one plan is no burden to the next, nor are its squads' new teams."""
    usual = planned(ctx)
    assert late_squad(planned(ctx, 5)).departs
    assert times(planned(ctx, 0)) == times(usual)
    planned(ctx, 5)
    (formed,) = form_squads(ctx, township_code=TOWN, first=DAY, last=DAY, actor="planner")
    assert not any(squad.departs for squad in formed.squads)


def test_arrivals_of_four_weeks_are_avoided_as_they_were(
    ctx: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Check-ins before plans, planned arrivals else; no drafts, no older days, no ids of one day only."""
    seen: list[dict[str, list[int]]] = []
    true = routing.vary

    def spy(*args: Any, **options: Any) -> routing.Varied:
        seen.append(options["history"])
        return true(*args, **options)

    added = Edit(action="add", squad_id=None, position=99, added=AddStop(name="路口", lon=113.62, lat=34.305))
    days = [DAY - timedelta(days=n) for n in (29, 28, 10)]
    plans = {}
    for day in days:
        squad = next(s for s in planned(ctx, 0, day=day).squads if s.visits)
        edit_day(ctx, township_code=TOWN, day=day, edit=replace(added, squad_id=squad.id), actor="p")
        plans[day] = publish_day(ctx, township_code=TOWN, day=day, actor="p")
    planned(ctx, 0, day=DAY - timedelta(days=1))
    late = datetime.combine(days[2], datetime.min.time(), plans[days[2]].created_at.tzinfo)
    squad = next(s for s in plans[days[2]].squads if any(v.stop.id == "M" for v in s.visits))
    number = [v.stop.id for v in squad.visits].index("M")
    # Seven in the morning UTC is three in the afternoon in the office.
    change(ctx, check_ins=arrived(squad, number, arrived_at=late + timedelta(hours=7)))

    edit = replace(added, squad_id=next(s for s in planned(ctx, 0).squads if s.visits).id)
    edit_day(ctx, township_code=TOWN, day=DAY, edit=edit, actor="p")
    monkeypatch.setattr(routing, "vary", spy)
    assert "manual:1" in {v.stop.id for v in planned(ctx, 5).visits()}
    (history,) = seen
    market = next(v.arrive for v in plans[days[1]].visits() if v.stop.id == "M")
    assert history["M"] == [market.hour * 3600 + market.minute * 60 + market.second, 15 * 3600]
    assert "manual:1" not in history
    assert all(len(arrivals) <= 2 for arrivals in history.values())


@pytest.mark.parametrize("percent", [-1.0, 10.5, float("nan")])
def test_a_percentage_beyond_the_bounds_is_refused(ctx: Context, percent: float) -> None:
    """Before anything is done; as a setting, too."""
    with pytest.raises(BadInput, match="give 0 to 10"):
        planned(ctx, percent)
    with ctx.storage.read() as uow:
        assert uow.days.head(TOWN, DAY).draft_id is None
    with pytest.raises(ValueError, match=r"OfficeSettings\.unpredictability must be 0 to 10"):
        OfficeSettings(unpredictability=percent)


def test_plans_and_settings_stored_before_still_load(ctx: Context) -> None:
    """They know neither departures nor the setting."""
    plan = planned(ctx)
    body = json.loads(encode(plan))
    for squad in body["squads"]:
        assert squad.pop("departs") is None
    assert decode(DayPlan, json.dumps(body)) == plan
    with ctx.storage.write("test") as uow:
        stored = uow.settings.get("office")
        del stored["unpredictability"]
        uow.settings.put("office", stored)
        uow.record("test.settings", "settings", "office")
        uow.commit()
    with ctx.storage.read() as uow:
        assert uow.settings.office() == OFFICE


def test_a_departure_lies_within_the_shift(ctx: Context) -> None:
    """Neither before it nor at its end."""
    squad = planned(ctx).squads[0]
    for departs in (squad.shift_start - timedelta(minutes=1), squad.shift_end):
        with pytest.raises(ValueError, match=r"Squad\.departs must lie within the shift"):
            replace(squad, departs=departs)


def test_a_stop_given_up_on_purpose_says_so(ctx: Context) -> None:
    """No other reason is made up for it: what the best plan had and the varied one has not."""
    change(ctx, office=replace(OFFICE, village_visit_minutes=120, max_squads=1))
    given_up = 0
    for offset in range(3):
        day = DAY + timedelta(days=offset)
        had = {v.stop.id for v in planned(ctx, 0, day=day).visits()}
        for item in planned(ctx, 10, day=day).unassigned:
            if item.stop.id in had:
                given_up += 1
                assert item.reason.key == "reason.left_out_to_vary"
                assert "打乱" in item.reason.render("zh")
    assert given_up
