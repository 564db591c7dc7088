"""The inspection-burden guard in the chain of the day: planned, moved by hand, published, checked in."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from gridmgr.domain.inspections import Inspection, InspectionLimit, InspectionRequest
from gridmgr.domain.patrols import DayPlan
from gridmgr.domain.places import Place
from gridmgr.domain.settings import OfficeSettings
from gridmgr.domain.users import User
from gridmgr.errors import BadInput, Forbidden
from gridmgr.services import inspections
from gridmgr.services.context import Context
from gridmgr.services.fieldwork import Arrival, check_in
from gridmgr.services.importing import import_table
from gridmgr.services.planning import AddStop, Edit, check_day, edit_day, plan_routes, publish_day
from gridmgr.services.planning.checking import check_stored
from gridmgr.services.planning.publishing import NotPublishable
from tests.integration.test_planning import TOWN, change, ctx

__all__ = ["ctx"]

#: The world's clock stands on this day's evening.
DAY = date(2026, 3, 2)
PLANNER = User(name="p", display_name="p", role="planner", township_code=TOWN)
FIRM = Place(
    id="E",
    name="鑫达食品有限公司",
    kind="enterprise",
    lon=113.635,
    lat=34.305,
    priority=7,
    village_code=f"{TOWN}203",
    township_code=TOWN,
)


@pytest.fixture(autouse=True)
def _firm(ctx: Context) -> None:
    """An enterprise without any professional field on record, two inspections a year."""
    change(ctx, places=FIRM, office=OfficeSettings(max_squads=2, plan_seconds=1.0, inspection_cap=2))


def inspected(ctx: Context, *days: date, **changes: object) -> None:
    """The enterprise was inspected on these days."""
    for day in days:
        values = {"id": f"{day}/E", "place_id": "E", "day": day, "township_code": TOWN} | changes
        change(ctx, inspections=Inspection(**values))  # type: ignore[arg-type]


def wish(number: int, **changes: object) -> InspectionRequest:
    """An agency's wish that can be met on the day."""
    base = InspectionRequest(
        id=f"R{number}",
        place_id="E",
        agency_code=f"A{number}",
        matter=f"事项{number}",
        skills=("市场",),
        not_before=DAY - timedelta(days=1),
        deadline=DAY + timedelta(days=20),
        minutes=30,
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def plan(ctx: Context, day: date = DAY) -> DayPlan:
    """The day with routes."""
    return plan_routes(ctx, township_code=TOWN, day=day, actor="p")


def visited(plan: DayPlan) -> set[str]:
    """Ids of the stops in routes."""
    return {visit.stop.id for visit in plan.visits()}


def left_out(plan: DayPlan, stop_id: str = "E") -> tuple[str, dict[str, object]]:
    """Why a stop is in no route."""
    (reason,) = [item.reason for item in plan.unassigned if item.stop.id == stop_id]
    return reason.key, dict(reason.params)


class TestPlanning:
    """What is planned by the solver."""

    def test_an_enterprise_never_inspected_is_visited_by_a_lawful_squad(self, ctx: Context) -> None:
        """Also where no professional field is asked for."""
        (visit,) = [visit for visit in plan(ctx).visits() if visit.stop.id == "E"]
        assert visit.stop.needs_lawful

    def test_an_enterprise_inspected_lately_is_left_out_and_says_how_long_ago(self, ctx: Context) -> None:
        """The reason carries both numbers."""
        inspected(ctx, DAY - timedelta(days=12))
        made = plan(ctx)
        assert "E" not in visited(made)
        assert left_out(made) == ("reason.inspection_spacing", {"days": 12, "spacing": 30})
        assert made.unassigned[0].reason.render("zh") == "距上次检查 12 天，间隔不得少于 30 天"

    def test_an_enterprise_at_its_cap_is_left_out_and_says_so(self, ctx: Context) -> None:
        """Only inspections of the calendar year that count."""
        inspected(ctx, date(2025, 12, 31), date(2026, 1, 1))
        inspected(ctx, date(2026, 1, 2), exception="complaint", reason="12345 投诉")
        assert "E" in visited(plan(ctx))
        inspected(ctx, date(2026, 1, 31))
        key, values = left_out(plan(ctx))
        assert (key, values["count"], values["cap"]) == ("reason.inspection_cap", 2, 2)

    def test_a_place_s_own_limit_counts(self, ctx: Context) -> None:
        """Here the enterprise must not be visited at all."""
        change(ctx, inspection_limits=InspectionLimit(place_id="E", yearly_cap=0, reason="白名单"))
        assert left_out(plan(ctx))[0] == "reason.inspection_cap"

    def test_what_an_earlier_day_plans_counts_like_an_inspection(self, ctx: Context) -> None:
        """Two days planned one after the other do not both send a squad."""
        assert "E" in visited(plan(ctx))
        after = plan(ctx, DAY + timedelta(days=1))
        assert left_out(after) == ("reason.inspection_spacing", {"days": 1, "spacing": 30})


class TestByHand:
    """What planners do by hand."""

    def test_dragging_in_a_blocked_enterprise_is_a_hard_violation_until_permitted(self, ctx: Context) -> None:
        """The preview says so, publishing refuses, verify finds it; a recorded reason lifts it."""
        inspected(ctx, DAY - timedelta(days=12))
        squad = plan(ctx).squads[0].id
        moved = edit_day(
            ctx,
            township_code=TOWN,
            day=DAY,
            edit=Edit(action="move", stop_id="E", squad_id=squad),
            actor="p",
        )
        (found,) = moved.new_findings
        assert (found.hard, found.stop_id) == (True, "E")
        assert found.message.params["what"].key == "reason.inspection_spacing"
        with pytest.raises(NotPublishable):
            publish_day(ctx, township_code=TOWN, day=DAY, actor="p")
        (stored,) = check_stored(ctx, DAY)
        assert found in stored.findings
        with pytest.raises(BadInput):
            inspections.grant_permit(
                ctx, place_id="E", first=DAY, last=DAY, kind="complaint", reason=" ", user=PLANNER
            )
        inspections.grant_permit(
            ctx, place_id="E", first=DAY, last=DAY, kind="complaint", reason="12345 投诉异味", user=PLANNER
        )
        publish_day(ctx, township_code=TOWN, day=DAY, actor="p")
        (stored,) = check_stored(ctx, DAY)
        assert found not in stored.findings

    def test_another_edit_keeps_the_reason_of_a_blocked_enterprise(self, ctx: Context) -> None:
        """It does not turn into a stop that would fit."""
        inspected(ctx, DAY - timedelta(days=12))
        first = next(plan(ctx).visits()).stop.id
        edited = edit_day(ctx, township_code=TOWN, day=DAY, edit=Edit(action="pin", stop_id=first), actor="p")
        assert left_out(edited.plan)[0] == "reason.inspection_spacing"

    def test_a_stop_put_on_the_premises_by_hand_is_an_inspection_too(self, ctx: Context) -> None:
        """Another name does not help."""
        inspected(ctx, DAY - timedelta(days=12))
        squad = plan(ctx).squads[0].id
        added = AddStop(name="走访", lon=FIRM.lon, lat=FIRM.lat)
        tried = edit_day(
            ctx,
            township_code=TOWN,
            day=DAY,
            edit=Edit(action="add", squad_id=squad, added=added),
            actor="p",
        )
        assert [f.message.params["what"].key for f in tried.new_findings] == ["reason.inspection_spacing"]

    def test_another_township_s_planner_grants_nothing(self, ctx: Context) -> None:
        """The scope is asked for in the service."""
        other = replace(PLANNER, township_code="999")
        with pytest.raises(Forbidden):
            inspections.grant_permit(
                ctx, place_id="E", first=DAY, last=DAY, kind="court", reason="x", user=other
            )


class TestJoint:
    """Wishes of several agencies."""

    def test_wishes_of_three_agencies_are_one_stop_and_one_check_in_settles_them(self, ctx: Context) -> None:
        """Longest and half of the others; every matter is told."""
        for number in (1, 2, 3):
            change(ctx, inspection_requests=wish(number))
        made = plan(ctx)
        (visit,) = [visit for visit in made.visits() if visit.stop.id == "E"]
        assert visit.stop.requests == ("R1", "R2", "R3")
        assert visit.stop.service_minutes == 30 + (30 + 30 + 15 + 1) // 2
        said = " ".join(message.render("zh") for message in visit.stop.purpose)
        assert all(f"{n}所：事项{n}" in said for n in (1, 2, 3))
        publish_day(ctx, township_code=TOWN, day=DAY, actor="p")
        squad = next(squad for squad in made.squads if visit in squad.visits)
        for number, officer_id in enumerate(squad.members[:2]):
            user = User(
                name=f"o{number}",
                display_name="o",
                role="officer",
                township_code=TOWN,
                officer_id=officer_id,
            )
            check_in(ctx, Arrival(id=f"c{number}", stop_id="E"), user=user)
        with ctx.storage.read() as uow:
            (stored,) = uow.inspections.find(place_id="E")
            events = [event.action for event in uow.audit.find(subject_kind="inspection")]
        assert (stored.requests, stored.counts) == (("R1", "R2", "R3"), True)
        assert stored.agencies == ("1所", "2所", "3所")
        assert events == ["inspection.make"]
        standing = inspections.place_burden(ctx, place_id="E", day=DAY, user=PLANNER)
        assert standing.requests == ()

    def test_a_joint_visit_that_no_squad_covers_is_not_split_and_says_what_is_missing(
        self, ctx: Context
    ) -> None:
        """Every squad lacks the same field here."""
        change(ctx, inspection_requests=wish(1))
        change(ctx, inspection_requests=wish(2, skills=("应急",)))
        key, values = left_out(plan(ctx))
        assert (key, values["missing"]) == ("reason.joint_skills_missing", "应急")

    def test_the_office_s_own_visit_waits_for_an_agency_that_comes_soon(self, ctx: Context) -> None:
        """Going now would bar the agency for a month."""
        change(ctx, inspection_requests=wish(1, not_before=DAY + timedelta(days=9)))
        assert left_out(plan(ctx))[0] == "reason.inspection_waits"

    def test_a_squad_that_may_only_patrol_inspects_nothing(self, ctx: Context) -> None:
        """It is not sent, and its check-in is no inspection."""
        with ctx.storage.write("test") as uow:
            for item in uow.officers.find():
                uow.officers.replace(replace(item, certificate_no=None))
            uow.record("test.change", "officer", "*")
            uow.commit()
        made = plan(ctx)
        assert "E" not in visited(made)
        publish_day(ctx, township_code=TOWN, day=DAY, actor="p")
        officer = made.squads[0].leader
        user = User(name="o", display_name="o", role="officer", township_code=TOWN, officer_id=officer)
        check_in(ctx, Arrival(id="c", stop_id="E"), user=user)
        with ctx.storage.read() as uow:
            assert uow.inspections.find() == []
        assert not [finding for finding in check_day(ctx, made) if finding.stop_id == "E"]


class TestImport:
    """Wishes and past inspections from tables."""

    def test_wishes_come_from_a_chinese_table_and_a_second_time_change_nothing(
        self, ctx: Context, tmp_path: Path
    ) -> None:
        """The enterprise may be named in the place of its number."""
        file = tmp_path / "wishes.csv"
        file.write_text(
            "编号,派驻机构代码,检查事项,最早日期,最晚日期,点位名称,专业领域\n"
            "R1,A1,食品安全,2026-03-01,2026-03-31,鑫达食品有限公司,市场\n"
        )
        assert import_table(ctx, "inspection-requests", file, actor="a").imported == 1
        assert import_table(ctx, "inspection-requests", file, actor="a").unchanged == 1
        assert [v.stop.requests for v in plan(ctx).visits() if v.stop.id == "E"] == [("R1",)]

    def test_bad_wishes_are_named_by_row_and_column(self, ctx: Context, tmp_path: Path) -> None:
        """All of them, and nothing is taken."""
        file = tmp_path / "wishes.csv"
        file.write_text(
            "id,agency_code,matter,not_before,deadline,place_id,priority\n"
            "R1,A9,m,2026-03-01,2026-03-31,E,5\n"
            "R2,A1,m,2026-03-31,2026-03-01,E,5\n"
            "R3,A1,m,2026-03-01,2026-03-31,X,5\n"
            "R4,A1,m,2026-03-01,2026-03-31,E,11\n"
        )
        report = import_table(ctx, "inspection-requests", file, actor="a")
        assert [(p.row, p.field) for p in report.rejected] == [
            (1, "agency_code"),
            (2, "deadline"),
            (3, "place_id"),
            (4, "priority"),
        ]
        assert report.imported == 0

    def test_past_inspections_count_from_the_first_day(self, ctx: Context, tmp_path: Path) -> None:
        """An office's own list keeps squads away."""
        file = tmp_path / "past.csv"
        file.write_text("编号,检查日期,点位编号,检查机构\n甲1,2026-02-20,E,县市场监管局\n")
        assert import_table(ctx, "inspections", file, actor="a").imported == 1
        assert left_out(plan(ctx)) == ("reason.inspection_spacing", {"days": 10, "spacing": 30})
