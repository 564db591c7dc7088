"""What would help a day: squads that may enforce, stops left out; worked out by solving, kept, read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from planning_world import DAY, TOWN, change, miniature, officer, planned

from gridmgr.domain.people import Agency, Attendance
from gridmgr.domain.places import Township
from gridmgr.domain.settings import OfficeSettings
from gridmgr.errors import NoPlan, NotFound
from gridmgr.services import jobs
from gridmgr.services.context import Context
from gridmgr.services.planning import Edit, SquadChange, edit_day, edit_squad, form_squads
from gridmgr.services.relief import day_relief, find_day_relief
from planners.stop import Stop


@pytest.fixture
def ctx(tmp_path: Path) -> Iterator[Context]:
    """The miniature township."""
    with miniature(tmp_path) as context:
        yield context


def found_for(ctx: Context, **options: object):
    """What would help the day."""
    return find_day_relief(ctx, township_code=TOWN, day=DAY, actor="planner", **options)


def without_certificates(ctx: Context, *keep: str) -> None:
    """Nobody but these holds a certificate; two squads are asked for and there are two vehicles' worth."""
    with ctx.storage.write("test") as uow:
        for one in uow.officers.find():
            if one.id not in keep:
                uow.officers.replace(replace(one, certificate_no=None, skills=()))
        uow.settings.save_office(OfficeSettings(max_squads=1, plan_seconds=1.0, squad_min=2))
        uow.record("test.change", "world", "*")
        uow.commit()


def formed(ctx: Context) -> None:
    """Squads of the day."""
    form_squads(ctx, township_code=TOWN, first=DAY, last=DAY, actor="planner")


def test_each_remedy_told_holds_when_the_office_does_it(ctx: Context) -> None:
    """One certified officer goes, a second is on leave: the leave moved makes the squad lawful, as told."""
    without_certificates(ctx, "P2", "P4")
    change(
        ctx,
        attendance=[
            Attendance(day=DAY, officer_id=one, status="leave" if one == "P4" else "on_duty")
            for one in (f"P{n}" for n in range(8))
        ],
    )
    formed(ctx)
    told = found_for(ctx).squads
    assert (told.formed, told.asked, told.is_short) == (0, 1, True)
    assert "当日不在岗" in told.reasons[-1].render("zh")
    first = told.remedies[0]
    assert (first.kinds, first.before, first.after) == (("attend",), 0, 1)
    assert first.message.render("zh") == "员4（休假）改为当日到岗：可执法小队由 0 支增至 1 支"
    assert "comes on this day" in first.message.render("en")
    change(ctx, attendance=[Attendance(day=DAY, officer_id="P4", status="on_duty")])
    formed(ctx)
    assert not found_for(ctx).squads.is_short


def test_an_officer_of_the_next_township_can_be_lent_unless_busy_there(ctx: Context) -> None:
    """The neighbour's certified officer is named with the township; one already in a squad is not."""
    without_certificates(ctx, "P2")
    far = "419001002"
    change(
        ctx,
        townships=Township(code=far, name="杨林镇", county_code="419001", county_name="甲县"),
        agencies=Agency(code="B1", name="1所", department="局", township_code=far),
    )
    change(ctx, officers=officer(99, "B1", township_code=far))
    formed(ctx)
    words = [remedy.message.render("zh") for remedy in found_for(ctx).squads.remedies]
    assert "从杨林镇借调员99一天：可执法小队由 0 支增至 1 支" in words


def test_squads_made_worse_by_hand_are_told_to_be_formed_anew(ctx: Context) -> None:
    """A certified member put in reserve: the people present could do better, and that comes first."""
    without_certificates(ctx, "P2", "P4")
    formed(ctx)
    assert found_for(ctx).squads.remedies == ()
    edit_squad(
        ctx,
        township_code=TOWN,
        day=DAY,
        actor="planner",
        change=SquadChange(action="move_member", officer_id="P4", squad_id=None),
    )
    assert day_relief(ctx, township_code=TOWN, day=DAY) is None
    told = found_for(ctx).squads
    assert (told.formed, told.remedies[0].kinds, told.remedies[0].after) == (0, ("anew",), 1)


def test_after_a_change_by_hand_stops_get_their_fixes_again(ctx: Context) -> None:
    """The edit drops what the planner had found; the job finds it for the draft as it stands."""
    plan = planned(ctx)
    out = next(v.stop for v in plan.visits() if v.stop.kind == "village")
    edit_day(ctx, township_code=TOWN, day=DAY, actor="planner", edit=Edit(action="remove", stop_id=out.id))
    job = jobs.enqueue_once(ctx, "relief", township_code=TOWN, actor="planner", day=DAY.isoformat())
    assert jobs.enqueue_once(ctx, "relief", township_code=TOWN, actor="planner", day=DAY.isoformat()) == job
    done = jobs.run_next(ctx)
    assert done is not None
    assert (done.id, done.state) == (job.id, "done")
    kept = day_relief(ctx, township_code=TOWN, day=DAY)
    assert kept is not None
    assert kept.revision == done.result["revision"]
    assert out.id in kept.stops
    with ctx.storage.read() as uow:
        (event,) = [e for e in uow.audit.find(subject_kind="relief") if e.action == "relief.day"]
    assert event.actor == "planner"


def test_what_was_stopped_is_not_kept(ctx: Context) -> None:
    """Half an answer would look as if the rest did not help."""
    formed(ctx)
    with pytest.raises(NoPlan):
        found_for(ctx, stop=Stop(seconds=60, cancelled=lambda: True))
    assert day_relief(ctx, township_code=TOWN, day=DAY) is None


def test_a_day_without_squads_and_an_unknown_township_are_refused(ctx: Context) -> None:
    """There is nothing to help."""
    with pytest.raises(NoPlan):
        found_for(ctx)
    with pytest.raises(NotFound):
        find_day_relief(ctx, township_code="nowhere", day=DAY, actor="planner")
