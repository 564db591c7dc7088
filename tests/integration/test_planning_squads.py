"""Squads changed by hand on a miniature township: lawfulness both ways, leaders, vehicles, refusals, undo."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import shapely

from gridmgr.bootstrap import build_context
from gridmgr.clock import fixed_clock
from gridmgr.config import Config
from gridmgr.domain.patrols import DayPlan, Squad, StopInfo, Unassigned
from gridmgr.domain.people import Agency, Attendance, Officer
from gridmgr.domain.places import Place, Township, Vehicle, Village
from gridmgr.domain.settings import OfficeSettings
from gridmgr.errors import BadInput, Conflict, GridmgrError, NoPlan, NotFound
from gridmgr.services.context import Context
from gridmgr.services.planning import (
    Edit,
    SquadChange,
    SquadPreview,
    check_day,
    edit_day,
    edit_squad,
    preview_squad,
    undo_day,
)
from gridmgr.services.planning.drafts import save_draft
from gridmgr.texts import Message

TOWN, OTHER_TOWN = "419001001", "419001002"
DAY = date(2026, 3, 3)
#: Nine in the evening before, in Shanghai.
NOW = datetime(2026, 3, 2, 13, tzinfo=UTC)
FIRST, SECOND = f"{TOWN}-{DAY}-1", f"{TOWN}-{DAY}-2"
#: Who holds a certificate for the market field.
CERTIFIED = {"P0", "P1", "P3", "P5", "P6"}


def officer(number: int, township: str = TOWN) -> Officer:
    """Officers P0, P1, ... of one agency a township."""
    name = f"P{number}"
    return Officer(
        id=name,
        name=f"员{number}",
        agency_code=f"A{township}",
        township_code=township,
        certificate_no=f"C{number}" if name in CERTIFIED else None,
        skills=("市场",),
    )


def village(number: int) -> Village:
    """Villages of a kilometre side by side, from west to east."""
    west = 113.6 + number * 0.01
    return Village(
        code=f"{TOWN}{200 + number}",
        name=f"第{number}村",
        township_code=TOWN,
        township_name="柳林镇",
        county_code="419001",
        county_name="甲县",
        risk="C",
        geometry=shapely.box(west, 34.3, west + 0.01, 34.31),
    )


def squad(number: int, leader: str, *members: str, scopes: tuple[str, ...], vehicle: str) -> Squad:
    """A squad of the draft, the whole day."""
    china = timezone(timedelta(hours=8))
    return Squad(
        id=f"{TOWN}-{DAY}-{number}",
        number=number,
        leader=leader,
        members=(leader, *members),
        vehicle=vehicle,
        scopes=scopes,
        patrol_only=not scopes,
        reason=None if scopes else Message("plan.state.squads"),
        shift_start=datetime(2026, 3, 3, 8, 30, tzinfo=china),
        shift_end=datetime(2026, 3, 3, 17, 30, tzinfo=china),
    )


@pytest.fixture
def ctx(tmp_path: Path) -> Iterator[Context]:
    """Squad 1 may enforce in the market field, squad 2 only patrols; P5 is in reserve, P6 on leave."""
    config = Config(database=str(tmp_path / "grid.db"))
    context = build_context(config, clock=fixed_clock(NOW), must_exist=False)
    context.storage.migrate()
    with context.storage.write("test") as uow:
        for code in (TOWN, OTHER_TOWN):
            uow.townships.add(Township(code=code, name=code, county_code="419001", county_name="甲县"))
            uow.agencies.add(Agency(code=f"A{code}", name="所", department="局", township_code=code))
        uow.villages.add_many([village(n) for n in range(3)])
        uow.officers.add_many([*(officer(n) for n in range(7)), officer(9, OTHER_TOWN)])
        uow.places.add(Place(id="D", name="驻地", kind="depot", lon=113.605, lat=34.305, township_code=TOWN))
        uow.vehicles.add(Vehicle(id="甲A001", township_code=TOWN, seats=5))
        uow.vehicles.add(Vehicle(id="甲A002", township_code=TOWN, seats=2))
        status = {n: "leave" if n == 6 else "on_duty" for n in range(7)}
        uow.attendance.save([Attendance(day=DAY, officer_id=f"P{n}", status=s) for n, s in status.items()])
        uow.settings.save_office(OfficeSettings(squad_min=2, plan_seconds=0.5))
        uow.record("test.world", "world", "*")
        uow.commit()
    draft = DayPlan(
        id="start",
        township_code=TOWN,
        day=DAY,
        created_at=NOW,
        created_by="test",
        change=Message("squads.formed", {"squads": 2}),
        squads=(
            squad(1, "P0", "P1", "P2", scopes=("市场",), vehicle="甲A001"),
            squad(2, "P3", "P4", scopes=(), vehicle="甲A002"),
        ),
        reserve=("P5",),
    )
    save_draft(context, draft, expected_version=0, action="test.draft")
    yield context
    context.storage.close()


def unrouted(ctx: Context) -> DayPlan:
    """The squads at the stage of routes, the market still in none."""
    market = StopInfo(id="M", kind="place", name="集市", lon=113.615, lat=34.305, prize=80, skills=("市场",))
    left = Unassigned(stop=market, reason=Message("reason.forbidden_by_planner"))
    plan = replace(stored(ctx), id="unrouted", parent_id="start", stage="routes", unassigned=(left,))
    save_draft(ctx, plan, expected_version=1, action="test.draft")
    return plan


def routed(ctx: Context) -> DayPlan:
    """Squad 1 visits the market; squad 2 stays at home."""
    unrouted(ctx)
    there = Edit(action="move", stop_id="M", squad_id=FIRST)
    result = edit_day(ctx, township_code=TOWN, day=DAY, edit=there, actor="planner")
    assert result.findings == ()
    return result.plan


def to(officer_id: str, squad_id: str | None) -> SquadChange:
    """An officer to a squad, or to the reserve."""
    return SquadChange(action="move_member", officer_id=officer_id, squad_id=squad_id)


def lead(officer_id: str, squad_id: str) -> SquadChange:
    """An officer to lead a squad."""
    return SquadChange(action="set_leader", officer_id=officer_id, squad_id=squad_id)


def drive(squad_id: str, vehicle: str | None) -> SquadChange:
    """A vehicle for a squad."""
    return SquadChange(action="set_vehicle", squad_id=squad_id, vehicle=vehicle)


def edit(ctx: Context, change: SquadChange, **options: Any) -> SquadPreview:
    """Make the change and keep it."""
    return edit_squad(ctx, township_code=TOWN, day=DAY, change=change, actor="planner", **options)


def of(plan: DayPlan, squad_id: str) -> Squad:
    """A squad that is there."""
    found = plan.squad(squad_id)
    assert found is not None
    return found


def stored(ctx: Context) -> DayPlan:
    """The draft as it is now."""
    with ctx.storage.read() as uow:
        draft = uow.days.draft(TOWN, DAY)
    assert draft is not None
    return draft


class TestMembers:
    """Who is in which squad, and what that makes lawful."""

    def test_a_second_certified_officer_makes_a_patrol_squad_lawful(self, ctx: Context) -> None:
        """From the reserve; the reason it could only patrol is gone."""
        result = edit(ctx, to("P5", SECOND))
        now = of(stored(ctx), SECOND)
        assert (now.members, now.patrol_only, now.scopes) == (("P3", "P4", "P5"), False, ("市场",))
        assert now.reason is None
        assert stored(ctx) == result.plan
        assert (stored(ctx).reserve, stored(ctx).stage) == ((), "squads")

    def test_without_its_pair_a_squad_only_patrols_and_says_why(self, ctx: Context) -> None:
        """One certified officer is not two (行政处罚法 Art 42)."""
        plan = edit(ctx, to("P1", None)).plan
        now = of(plan, FIRST)
        assert (now.patrol_only, now.scopes) == (True, ())
        assert now.reason is not None
        assert now.reason.key == "reason.too_few_certified"
        assert plan.reserve == ("P5", "P1")

    def test_between_two_squads_both_are_judged_anew(self, ctx: Context) -> None:
        """What one loses the other gains."""
        plan = edit(ctx, to("P1", SECOND)).plan
        assert [(s.number, s.patrol_only) for s in plan.squads] == [(1, True), (2, False)]
        assert not [f for f in check_day(ctx, plan) if f.message.key == "plan.not_lawful"]

    def test_where_the_leader_leaves_the_next_certified_one_leads(self, ctx: Context) -> None:
        """P1 holds a certificate, P2 does not."""
        assert of(edit(ctx, to("P0", None)).plan, FIRST).leader == "P1"

    def test_who_went_on_leave_can_be_taken_out_but_is_no_reserve(self, ctx: Context) -> None:
        """Attendance changed after the squads were formed."""
        with ctx.storage.write("test") as uow:
            uow.attendance.save([Attendance(day=DAY, officer_id="P2", status="sick")])
            uow.record("test.sick", "attendance", "P2")
            uow.commit()
        plan = edit(ctx, to("P2", None)).plan
        assert of(plan, FIRST).members == ("P0", "P1")
        assert plan.reserve == ("P5",)

    def test_names_not_ids_stand_in_what_is_said(self, ctx: Context) -> None:
        """In the change and in the reason."""
        plan = edit(ctx, to("P1", None)).plan
        assert plan.change.render("zh") == "将员1移到机动人员"
        reason = of(plan, FIRST).reason
        assert reason is not None
        assert "P" not in reason.render("zh")

    def test_the_planners_words_are_kept_in_the_audit_trail(self, ctx: Context) -> None:
        """Who, what, why."""
        edit(ctx, replace(to("P5", SECOND), why="新人带教"))
        with ctx.storage.read() as uow:
            event = next(e for e in uow.audit.find() if e.action == "day_plan.squad")
        assert (event.actor, event.why) == ("planner", "新人带教")
        assert event.detail["officer"] == "P5"


class TestWithRoutes:
    """Routes stay; what they break now is told."""

    def test_a_stop_the_squad_may_not_serve_any_more_is_a_new_finding(self, ctx: Context) -> None:
        """The market stays where it was, and the draft cannot be published like this."""
        before = routed(ctx)
        result = edit(ctx, to("P1", None))
        assert result.plan.stage == "routes"
        assert [s.visits for s in result.plan.squads] == [s.visits for s in before.squads]
        new = [f for f in result.new_findings if f.stop_id == "M"]
        assert new
        assert all(f.hard and f.squad_id == FIRST for f in new)

    def test_a_pair_put_back_together_breaks_nothing(self, ctx: Context) -> None:
        """There and back again."""
        routed(ctx)
        edit(ctx, to("P1", None))
        result = edit(ctx, to("P1", FIRST))
        assert (result.findings, result.new_findings) == ((), ())

    def test_reasons_of_stops_left_out_follow_the_squads(self, ctx: Context) -> None:
        """Once a squad may enforce, no stop is left out for want of one."""
        unrouted(ctx)
        (without,) = edit(ctx, to("P1", None)).plan.unassigned
        assert without.reason.key == "reason.no_squad_with_skill"
        (with_pair,) = edit(ctx, to("P1", FIRST)).plan.unassigned
        assert with_pair.stop.id == "M"
        assert with_pair.reason.key != "reason.no_squad_with_skill"

    def test_looking_changes_nothing(self, ctx: Context) -> None:
        """The preview is not saved."""
        before = routed(ctx)
        seen = preview_squad(ctx, township_code=TOWN, day=DAY, change=to("P5", SECOND), actor="planner")
        assert not of(seen.plan, SECOND).patrol_only
        assert stored(ctx) == before

    def test_a_change_can_be_taken_back(self, ctx: Context) -> None:
        """To the very revision before."""
        before = routed(ctx)
        edit(ctx, to("P5", SECOND))
        assert undo_day(ctx, township_code=TOWN, day=DAY, actor="planner") == before
        assert stored(ctx) == before


class TestLeaderAndVehicle:
    """Who leads, what they drive."""

    def test_another_member_leads(self, ctx: Context) -> None:
        """Certified like the one before: nothing to say about it."""
        result = edit(ctx, lead("P1", FIRST))
        assert of(result.plan, FIRST).leader == "P1"
        assert result.new_findings == ()

    def test_a_leader_without_certificate_is_pointed_out_but_bearable(self, ctx: Context) -> None:
        """The planner decides."""
        (finding,) = edit(ctx, lead("P2", FIRST)).new_findings
        assert finding.message.key == "reason.leader_not_certified"
        assert not finding.hard

    def test_a_vehicle_another_squad_has_is_exchanged(self, ctx: Context) -> None:
        """No vehicle is in two squads; three people in two seats is a finding."""
        result = edit(ctx, drive(FIRST, "甲A002"))
        assert [s.vehicle for s in result.plan.squads] == ["甲A002", "甲A001"]
        assert [f.message.key for f in result.new_findings] == ["reason.vehicle_seats_short"]

    def test_a_squad_can_go_without_a_vehicle(self, ctx: Context) -> None:
        """The other one keeps its own."""
        assert [s.vehicle for s in edit(ctx, drive(FIRST, None)).plan.squads] == [None, "甲A002"]


class TestRefusals:
    """What makes no sense is said in words, and nothing is stored."""

    @pytest.mark.parametrize(
        ("change", "error", "words"),
        [
            (to("P77", FIRST), NotFound, "P77"),
            (to("P9", FIRST), NotFound, "P9"),
            (to("P5", "nowhere"), NotFound, "nowhere"),
            (to("P6", FIRST), BadInput, "员6 is not on duty"),
            (to("P5", None), BadInput, "员5 is in no squad"),
            (to("P1", FIRST), BadInput, "in squad 1 already"),
            (lead("P5", FIRST), BadInput, "员5 is not a member of squad 1"),
            (lead("P0", FIRST), BadInput, "leads squad 1 already"),
            (drive(FIRST, "乙B999"), NotFound, "乙B999"),
            (drive(FIRST, "甲A001"), BadInput, "same as before"),
        ],
    )
    def test_a_change_that_makes_no_sense(
        self, ctx: Context, change: SquadChange, error: type[GridmgrError], words: str
    ) -> None:
        """Unknown, of another township, absent, there already, no member, no such vehicle."""
        before = stored(ctx)
        with pytest.raises(error, match=words):
            edit(ctx, change)
        assert stored(ctx) == before

    def test_the_last_member_stays(self, ctx: Context) -> None:
        """An empty squad is dissolved by forming squads again."""
        edit(ctx, to("P4", FIRST))
        with pytest.raises(BadInput, match="last member of squad 2"):
            edit(ctx, to("P3", FIRST))

    def test_before_squads_are_formed_there_is_nothing_to_change(self, ctx: Context) -> None:
        """A day without a draft."""
        with pytest.raises(NoPlan):
            preview_squad(ctx, township_code=TOWN, day=date(2026, 3, 4), change=to("P5", FIRST), actor="p")

    def test_who_was_slower_is_told_and_the_first_change_stands(self, ctx: Context) -> None:
        """Two planners on one version."""
        with ctx.storage.read() as uow:
            version = uow.days.head(TOWN, DAY).version
        edit(ctx, lead("P1", FIRST), expected_version=version)
        with pytest.raises(Conflict):
            edit(ctx, to("P5", SECOND), expected_version=version)
        assert (of(stored(ctx), FIRST).leader, of(stored(ctx), SECOND).members) == ("P1", ("P3", "P4"))

    @pytest.mark.parametrize(
        "fields",
        [
            {"action": "burn", "squad_id": FIRST},
            {"action": "move_member", "squad_id": FIRST},
            {"action": "set_leader", "officer_id": "P1"},
            {"action": "set_vehicle", "vehicle": "甲A001"},
        ],
    )
    def test_half_a_change_cannot_be_made(self, fields: dict[str, str]) -> None:
        """The field that is missing or wrong is named."""
        with pytest.raises(ValueError, match=r"SquadChange\."):
            SquadChange(**fields)
