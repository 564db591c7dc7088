"""The chain of the day on a miniature township: ownership, squads, routes, hand changes, publishing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from planning_world import DAY, NOW, TOWN, change, miniature, planned, stop_ids, village

from gridmgr.domain.incidents import Incident
from gridmgr.domain.patrols import CheckIn
from gridmgr.domain.people import Attendance, Recusal
from gridmgr.domain.settings import OfficeSettings
from gridmgr.errors import BadInput, Conflict, NoPlan, NotFound
from gridmgr.services.context import Context
from gridmgr.services.planning import (
    AddStop,
    Edit,
    assign,
    change_lead,
    check_day,
    compare_days,
    compare_scenarios,
    edit_day,
    form_squads,
    ownership_problem,
    preview_edit,
    publish_day,
    publish_ownership,
    undo_day,
)
from gridmgr.services.planning.checking import check_stored
from gridmgr.services.planning.publishing import NotPublishable
from planners.stop import Stop


@pytest.fixture
def ctx(tmp_path: Path) -> Iterator[Context]:
    """The miniature township."""
    with miniature(tmp_path) as context:
        yield context


class TestOwnership:
    """Who answers for which village."""

    def test_every_village_gets_one_lead_and_the_rest_support(self, ctx: Context) -> None:
        """Five villages, eight officers: five leads, three supports, proven best."""
        plan = assign(ctx, township_code=TOWN, actor="planner")
        leads = [r for r in plan.responsibilities if r.role == "lead"]
        assert plan.status == "OPTIMAL"
        assert plan.objective == plan.bound
        assert sorted(r.village_code for r in leads) == [village(n).code for n in range(5)]
        assert len({r.officer_id for r in leads}) == 5
        assert len([r for r in plan.responsibilities if r.role == "support"]) == 3
        assert all(r.why for r in leads)

    def test_too_few_officers_name_the_uncovered_and_how_many_are_missing(self, ctx: Context) -> None:
        """Two people cover four villages; one more is needed for the fifth."""
        change(ctx, officers_gone=[f"P{n}" for n in range(2, 8)])
        plan = assign(ctx, township_code=TOWN, actor="planner")
        assert len(plan.uncovered) == 1
        assert plan.missing_officers == 1
        assert "too few people" in plan.uncovered[0].reason.render("en")

    def test_within_the_minimum_tenure_a_village_stays_where_the_office_says_so(self, ctx: Context) -> None:
        """Given yesterday, the villages must stay for a year; the year over, they need not."""
        assign(ctx, township_code=TOWN, actor="planner")
        first = publish_ownership(ctx, township_code=TOWN, actor="planner")
        assert {r.since for r in first.responsibilities} == {date(2026, 3, 2)}
        kept = {}
        for days in (365, 0):
            office = OfficeSettings(tenure_rule="fixed", min_tenure_days=days)
            change(ctx, office=office)
            plan = assign(ctx, township_code=TOWN, actor="planner")
            assert {r.since for r in plan.responsibilities if r.role == "lead"} == {date(2026, 3, 2)}
            kept[days] = [
                r.village_code
                for r in plan.responsibilities
                for m in r.why
                if m.key == "reason.own_kept_tenure"
            ]
        assert kept == {365: [village(n).code for n in range(5)], 0: []}

    def test_a_plan_without_dates_goes_by_when_the_officer_was_dispatched(self, ctx: Context) -> None:
        """Whoever came a month ago cannot have led a village for a year; of the others nothing is known."""
        assign(ctx, township_code=TOWN, actor="planner")
        draft = publish_ownership(ctx, township_code=TOWN, actor="planner")
        undated = replace(
            draft,
            id="undated",
            responsibilities=tuple(replace(r, since=None) for r in draft.responsibilities),
        )
        new = next(r.officer_id for r in undated.responsibilities if r.role == "lead")
        with ctx.storage.write("test") as uow:
            uow.ownership.add(undated)
            head = uow.ownership.head(TOWN)
            uow.ownership.move_head(replace(head, published_id="undated"), expected_version=head.version)
            uow.officers.replace(replace(uow.officers.get(new), dispatched_on=date(2026, 2, 1)))
            uow.settings.save_office(OfficeSettings(tenure_rule="fixed"))
            uow.record("test.change", "world", "*")
            uow.commit()
        plan = assign(ctx, township_code=TOWN, actor="planner")
        kept = {
            r.officer_id for r in plan.responsibilities for m in r.why if m.key == "reason.own_kept_tenure"
        }
        assert kept == {new}

    def test_a_recusal_on_record_keeps_the_officer_away_while_it_holds(self, ctx: Context) -> None:
        """Neither the planner nor a hand gives a village to the officer whose relatives live there."""
        before = assign(ctx, township_code=TOWN, actor="planner")
        held = before.responsibilities[0]
        record = Recusal.of(
            held.officer_id, held.village_code, reason="近亲属在村", ends_on=date(2026, 12, 31)
        )
        change(ctx, recusals=record)
        after = assign(ctx, township_code=TOWN, actor="planner")
        assert (held.officer_id, held.village_code) not in {
            (r.officer_id, r.village_code) for r in after.responsibilities
        }
        with pytest.raises(BadInput, match="近亲属在村"):
            change_lead(
                ctx,
                township_code=TOWN,
                village_code=held.village_code,
                officer_id=held.officer_id,
                actor="planner",
            )
        with ctx.storage.write("test") as uow:
            uow.recusals.replace(replace(record, ends_on=date(2026, 3, 1)))
            uow.record("test.over", "recusals", record.id)
            uow.commit()
        assert assign(ctx, township_code=TOWN, actor="planner").lead_of(held.village_code) == held.officer_id

    def test_nobody_leads_villages_on_both_banks_of_a_river_without_a_bridge(
        self, ctx: Context, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The border of villages 1 and 2 is water: an hour by road; 4 lies apart, and is near 0 by road."""
        minutes = np.full((5, 5), 20.0)
        minutes[1, 2] = minutes[2, 1] = 60.0
        minutes[0, 4] = minutes[4, 0] = 8.0
        with ctx.storage.write("test") as uow:
            uow.villages.save_adjacency((village(n).code, village(n + 1).code, 1000.0) for n in range(3))
            uow.record("test.river", "world", "*")
            uow.commit()

        def by_road(_router: object, points: np.ndarray) -> SimpleNamespace:
            seconds = np.zeros((len(points), len(points)))
            seconds[-5:, -5:] = minutes * 60
            return SimpleNamespace(seconds=seconds, method="embedded")

        monkeypatch.setattr(ownership_problem, "travel_matrix", by_road)
        problem = ownership_problem.build_problem(ctx, ownership_problem.read_inputs(ctx, TOWN))
        codes = [village(n).code for n in range(5)]
        assert problem.adjacent == {(codes[0], codes[1]), (codes[2], codes[3])}
        assert problem.near_by_road == {(codes[0], codes[4])}

    def test_an_agencys_trade_is_weighed_against_the_premises_of_a_village(self, ctx: Context) -> None:
        """Village 2 has the market: P0 lost the certificate's field, not the agency whose people hold it."""
        with ctx.storage.write("test") as uow:
            for number, skills in ((0, ()), (6, ()), (7, ())):
                uow.officers.replace(replace(uow.officers.get(f"P{number}"), skills=skills))
            uow.record("test.skills", "officers", "*")
            uow.commit()
        problem = ownership_problem.build_problem(ctx, ownership_problem.read_inputs(ctx, TOWN))
        people = {officer.id: officer for officer in problem.officers}
        assert people["P0"].brings("市场") == pytest.approx(0.5 * 5 / 6, abs=0.001)
        assert (people["P1"].brings("市场"), people["P6"].brings("市场")) == (1.0, 0.0)
        assert {v.code: v.premises for v in problem.villages if v.premises} == {village(2).code: 1}
        plan = assign(ctx, township_code=TOWN, actor="planner")
        lead = next(r for r in plan.responsibilities if (r.village_code, r.role) == (village(2).code, "lead"))
        assert any("1 家场所有专业要求" in message.render("zh") for message in lead.why)

    def test_scenarios_trade_short_ways_against_changes(self, ctx: Context) -> None:
        """The leads at both ends of the valley are swapped by hand: near swaps them back, stable does not."""
        change(ctx, office=OfficeSettings(min_tenure_days=0))
        plan = assign(ctx, township_code=TOWN, actor="planner")
        ends = village(0).code, village(4).code
        west, east = (plan.lead_of(code) for code in ends)
        for code, officer_id in ((ends[0], None), (ends[1], west), (ends[0], east)):
            change_lead(ctx, township_code=TOWN, village_code=code, officer_id=officer_id, actor="planner")
        publish_ownership(ctx, township_code=TOWN, actor="planner")
        found = compare_scenarios(ctx, township_code=TOWN, stop=Stop(seconds=30))
        rows = {row.scenario: row for row in found}
        assert (rows["stable"].changes, rows["near"].changes) == (0, 2)
        assert rows["near"].minutes < rows["stable"].minutes
        picked = assign(ctx, township_code=TOWN, actor="planner", scenario="near")
        assert [picked.lead_of(code) for code in ends] == [west, east]

    def test_no_officers_at_all_is_an_answer_not_a_crash(self, ctx: Context) -> None:
        """Every village is uncovered, and it says so."""
        change(ctx, officers_gone=[f"P{n}" for n in range(8)])
        plan = assign(ctx, township_code=TOWN, actor="planner")
        assert len(plan.uncovered) == 5
        assert plan.missing_officers == 3

    def test_a_second_assignment_keeps_what_was_published(self, ctx: Context) -> None:
        """Nothing moved without a reason."""
        first = assign(ctx, township_code=TOWN, actor="planner")
        publish_ownership(ctx, township_code=TOWN, actor="planner")
        second = assign(ctx, township_code=TOWN, actor="planner", seed=7)
        pairs = [{(r.village_code, r.officer_id) for r in p.responsibilities} for p in (first, second)]
        assert pairs[0] == pairs[1]

    def test_a_hand_change_is_a_new_draft_with_its_author(self, ctx: Context) -> None:
        """And an officer with two villages takes no third."""
        assign(ctx, township_code=TOWN, actor="planner")
        code = village(0).code
        plan = change_lead(
            ctx, township_code=TOWN, village_code=code, officer_id=None, actor="planner", why="回避"
        )
        assert [item.village_code for item in plan.uncovered] == [code]
        busy = next(r.officer_id for r in plan.responsibilities if r.role == "lead")
        plan = change_lead(ctx, township_code=TOWN, village_code=code, officer_id=busy, actor="planner")
        assert plan.lead_of(code) == busy
        third = next(r.village_code for r in plan.responsibilities if r.officer_id != busy)
        with pytest.raises(BadInput, match="leads two villages"):
            change_lead(ctx, township_code=TOWN, village_code=third, officer_id=busy, actor="planner")

    def test_an_unknown_township_is_named_with_the_known_ones(self, ctx: Context) -> None:
        """So that a typing mistake is seen at once."""
        with pytest.raises(NotFound, match=f"999.*{TOWN}"):
            assign(ctx, township_code="999", actor="planner")


class TestSquads:
    """From attendance to lawful teams."""

    def test_each_agency_sends_one_and_the_squad_may_enforce(self, ctx: Context) -> None:
        """Three agencies and the office; nobody recorded attendance, and the plan says so."""
        (plan,) = form_squads(ctx, township_code=TOWN, first=DAY, last=DAY, actor="planner")
        members = [m for squad in plan.squads for m in squad.members]
        with ctx.storage.read() as uow:
            agencies = [o.agency_code for o in uow.officers.get_many(members).values()]
        assert {"A1", "A2", "A3"} <= set(agencies)
        assert all(agencies.count(code) == 1 for code in ("A1", "A2", "A3"))
        assert plan.squads[0].scopes == ("市场",)
        assert plan.squads[0].vehicle == "甲A001"
        assert "squads.no_attendance" in [note.key for note in plan.notes]

    def test_who_is_on_leave_is_not_sent_and_an_empty_agency_is_named(self, ctx: Context) -> None:
        """Agency A1 has nobody that day."""
        rows = [
            Attendance(day=DAY, officer_id=f"P{n}", status="leave" if n < 2 else "on_duty") for n in range(8)
        ]
        change(ctx, attendance=rows)
        (plan,) = form_squads(ctx, township_code=TOWN, first=DAY, last=DAY, actor="planner")
        assert not {"P0", "P1"} & {m for squad in plan.squads for m in squad.members}
        assert [item.agency_code for item in plan.short] == ["A1"]

    def test_without_certificates_squads_patrol_only_and_say_why(self, ctx: Context) -> None:
        """Nothing unlawful is planned, and nobody stays at home for it."""
        with ctx.storage.write("test") as uow:
            for item in uow.officers.find():
                uow.officers.replace(replace(item, certificate_no=None))
            uow.record("test.change", "officer", "*")
            uow.commit()
        plan = planned(ctx)
        assert all(squad.patrol_only and squad.reason for squad in plan.squads)
        assert "M" not in stop_ids(plan)
        reasons = {item.stop.id: item.reason.key for item in plan.unassigned}
        assert reasons["M"] in ("reason.no_squad_with_skill", "reason.needs_lawful_squad")
        assert "village:" in "".join(stop_ids(plan))

    def test_nobody_on_duty_is_told_in_words(self, ctx: Context) -> None:
        """There is no route without a squad."""
        change(ctx, attendance=[Attendance(day=DAY, officer_id=f"P{n}", status="leave") for n in range(8)])
        with pytest.raises(NoPlan, match="Nobody is on duty"):
            planned(ctx)

    def test_turns_are_fair_over_days(self, ctx: Context) -> None:
        """Over four days both people of an agency go twice."""
        plans = form_squads(ctx, township_code=TOWN, first=DAY, last=date(2026, 3, 6), actor="planner")
        sent = [m for plan in plans for squad in plan.squads for m in squad.members]
        assert [sent.count(f"P{n}") for n in range(6)] == [2] * 6

    def test_days_in_the_wrong_order_are_refused(self, ctx: Context) -> None:
        """Rather than giving an empty roster."""
        with pytest.raises(BadInput, match="no roster"):
            form_squads(ctx, township_code=TOWN, first=DAY, last=date(2026, 3, 1), actor="planner")


class TestRoutes:
    """What is visited, when, and why not."""

    def test_everything_due_is_visited_within_its_window(self, ctx: Context) -> None:
        """Five villages and a market that closes at eleven."""
        plan = planned(ctx)
        assert stop_ids(plan) == {"M", *(f"village:{village(n).code}" for n in range(5))}
        market = next(visit for visit in plan.visits() if visit.stop.id == "M")
        assert time(9) <= market.start.timetz().replace(tzinfo=None) <= time(11)
        assert str(market.start.tzinfo) == "Asia/Shanghai"
        assert check_day(ctx, plan) == ()

    def test_a_stop_tells_how_long_nobody_came(self, ctx: Context) -> None:
        """Seen yesterday is one day ago; what nobody ever saw says so."""
        seen = village(0).code
        change(
            ctx,
            check_ins=CheckIn(
                id="c1",
                day=date(2026, 3, 2),
                township_code=TOWN,
                squad_id=None,
                officer_id="P1",
                stop_id=f"village:{seen}",
                village_code=seen,
                arrived_at=NOW,
            ),
        )
        purposes = {
            v.stop.village_code: v.stop.purpose for v in planned(ctx).visits() if v.stop.kind == "village"
        }
        assert [m.render("en") for m in purposes[seen]] == [
            "Patrol the village (risk C)",
            "Days since the last visit: 1",
        ]
        assert purposes[village(1).code][1].key == "purpose.never_visited"

    def test_without_roads_the_plan_says_how_travel_was_guessed(self, ctx: Context) -> None:
        """Straight lines are better than nothing, if they are named."""
        plan = planned(ctx)
        assert plan.travel_method == "straight"
        assert "reason.straight_line" in [note.key for note in plan.notes]

    def test_the_same_seed_gives_the_same_routes(self, ctx: Context) -> None:
        """However often it is asked."""
        first, second = planned(ctx, seed=3), planned(ctx, seed=3)
        assert first.squads == second.squads

    def test_an_urgent_incident_is_required(self, ctx: Context) -> None:
        """It is in a route, whatever it is worth."""
        incident = Incident(
            id="I1",
            reported_at=NOW,
            lon=113.645,
            lat=34.305,
            township_code=TOWN,
            urgent=True,
            description="塌方",
        )
        change(ctx, incidents=incident)
        plan = planned(ctx)
        visit = next(visit for visit in plan.visits() if visit.stop.id == "incident:I1")
        assert visit.stop.required
        assert "塌方" in visit.stop.purpose[0].render("zh")

    def test_a_shift_too_short_leaves_stops_out_with_their_reason(self, ctx: Context) -> None:
        """Each of them with a number to act on."""
        office = OfficeSettings(
            shift_start=time(8, 30), shift_end=time(9, 30), lunch_minutes=0, plan_seconds=1.0
        )
        change(ctx, office=office)
        plan = planned(ctx)
        assert plan.unassigned
        assert all(item.reason.render("zh") != item.reason.key for item in plan.unassigned)
        assert all(item.reason.render("en") != item.reason.key for item in plan.unassigned)
        assert not [item for item in plan.unassigned if TOWN in item.reason.render("zh")], "ids are no words"

    def test_what_squads_did_already_stays_where_it_was(self, ctx: Context) -> None:
        """A re-plan at noon keeps the morning."""
        planned(ctx)
        published = publish_day(ctx, township_code=TOWN, day=DAY, actor="planner")
        squad = next(squad for squad in published.squads if squad.visits)
        first = squad.visits[0]
        change(
            ctx,
            check_ins=CheckIn(
                id="c1",
                day=DAY,
                township_code=TOWN,
                squad_id=squad.id,
                officer_id=squad.leader,
                stop_id=first.stop.id,
                village_code=first.stop.village_code,
                arrived_at=first.arrive,
            ),
        )
        again = planned(ctx, seed=9)
        kept = again.squad(squad.id)
        assert kept is not None
        assert kept.visits[0].stop.id == first.stop.id
        with pytest.raises(BadInput, match="visited already"):
            preview_edit(
                ctx, township_code=TOWN, day=DAY, edit=Edit(action="forbid", stop_id=first.stop.id), actor="p"
            )

    def test_a_squad_that_left_a_stop_out_breaks_no_rule(self, ctx: Context) -> None:
        """It went to its second stop first; the plan can still be checked, changed and published."""
        planned(ctx)
        published = publish_day(ctx, township_code=TOWN, day=DAY, actor="planner")
        squad = next(squad for squad in published.squads if len(squad.visits) > 2)
        second, last = squad.visits[1], squad.visits[-1]
        change(
            ctx,
            check_ins=CheckIn(
                id="c1",
                day=DAY,
                township_code=TOWN,
                squad_id=squad.id,
                officer_id=squad.leader,
                stop_id=second.stop.id,
                village_code=second.stop.village_code,
                arrived_at=second.arrive,
            ),
        )
        assert check_stored(ctx, DAY)[0].findings == ()
        edit = Edit(action="remove", stop_id=last.stop.id)
        assert edit_day(ctx, township_code=TOWN, day=DAY, edit=edit, actor="planner").findings == ()
        publish_day(ctx, township_code=TOWN, day=DAY, actor="planner")

    def test_an_unknown_engine_is_refused(self, ctx: Context) -> None:
        """With the ones there are."""
        with pytest.raises(BadInput, match="Known: hybrid, ortools"):
            planned(ctx, engine="magic")


class TestEditing:
    """Changing the draft by hand."""

    def test_a_preview_costs_the_change_and_keeps_nothing(self, ctx: Context) -> None:
        """Taking the market out loses its prize; the draft stays."""
        plan = planned(ctx)
        preview = preview_edit(
            ctx, township_code=TOWN, day=DAY, edit=Edit(action="remove", stop_id="M"), actor="planner"
        )
        market = next(v.stop for v in plan.visits() if v.stop.id == "M")
        assert preview.prize_change == -market.prize
        assert preview.travel_seconds_change == preview.plan.travel_seconds - plan.travel_seconds
        assert "M" not in stop_ids(preview.plan)
        with ctx.storage.read() as uow:
            draft = uow.days.draft(TOWN, DAY)
        assert draft is not None
        assert draft.id == plan.id

    def test_a_moved_stop_is_pinned_and_a_replan_keeps_it(self, ctx: Context) -> None:
        """Moved to the end of the day, where the market is closed: the violation is named."""
        change(ctx, office=OfficeSettings(max_squads=1, village_visit_minutes=60, plan_seconds=1.0))
        plan = planned(ctx)
        squad = next(squad for squad in plan.squads if any(v.stop.id == "M" for v in squad.visits))
        edit = Edit(action="move", stop_id="M", squad_id=squad.id, position=99)
        moved = edit_day(ctx, township_code=TOWN, day=DAY, edit=edit, actor="planner")
        late = [f for f in moved.new_findings if f.stop_id == "M"]
        assert late, "the market is closed at the end of the day"
        assert "集市" in late[0].message.render("zh")
        with pytest.raises(NotPublishable, match="cannot be published"):
            publish_day(ctx, township_code=TOWN, day=DAY, actor="planner")
        again = planned(ctx)
        visit = next(v for v in again.visits() if v.stop.id == "M")
        assert visit.pinned
        assert check_day(ctx, again) == ()

    def test_a_forbidden_stop_stays_out_until_allowed(self, ctx: Context) -> None:
        """Over a re-plan, too."""
        planned(ctx)
        edit_day(ctx, township_code=TOWN, day=DAY, edit=Edit(action="forbid", stop_id="M"), actor="p")
        plan = planned(ctx)
        assert "M" not in stop_ids(plan)
        assert [item.stop.id for item in plan.unassigned if item.forbidden] == ["M"]
        edit_day(ctx, township_code=TOWN, day=DAY, edit=Edit(action="allow", stop_id="M"), actor="p")
        assert "M" in stop_ids(planned(ctx))

    def test_a_stop_added_on_the_map_joins_the_next_plan(self, ctx: Context) -> None:
        """It knows its village, and is worth going to."""
        planned(ctx)
        added = AddStop(name="临时检查", lon=113.635, lat=34.302)
        preview = edit_day(ctx, township_code=TOWN, day=DAY, edit=Edit(action="add", added=added), actor="p")
        left = next(item.stop for item in preview.plan.unassigned if item.stop.id == "manual:1")
        assert left.village_code == village(3).code
        assert "manual:1" in stop_ids(planned(ctx))

    def test_undo_goes_back_one_change_at_a_time(self, ctx: Context) -> None:
        """To the squads without routes, and no further than the first revision."""
        plan = planned(ctx)
        edit_day(ctx, township_code=TOWN, day=DAY, edit=Edit(action="remove", stop_id="M"), actor="p")
        assert undo_day(ctx, township_code=TOWN, day=DAY, actor="p").id == plan.id
        assert undo_day(ctx, township_code=TOWN, day=DAY, actor="p").stage == "squads"
        with pytest.raises(NoPlan, match="nothing to undo"):
            undo_day(ctx, township_code=TOWN, day=DAY, actor="p")

    def test_two_people_saving_the_same_draft_conflict_and_lose_nothing(self, ctx: Context) -> None:
        """The second is told; the first one's change stands."""
        planned(ctx)
        with ctx.storage.read() as uow:
            version = uow.days.head(TOWN, DAY).version
        mine = Edit(action="remove", stop_id="M")
        edit_day(ctx, township_code=TOWN, day=DAY, edit=mine, actor="a", expected_version=version)
        theirs = Edit(action="forbid", stop_id=f"village:{village(0).code}")
        with pytest.raises(Conflict, match="Somebody else"):
            edit_day(ctx, township_code=TOWN, day=DAY, edit=theirs, actor="b", expected_version=version)
        with ctx.storage.read() as uow:
            draft = uow.days.draft(TOWN, DAY)
        assert draft is not None
        assert (draft.created_by, "M" in stop_ids(draft)) == ("a", False)

    @pytest.mark.parametrize(
        ("edit", "error"),
        [
            (Edit(action="remove", stop_id="nowhere"), NotFound),
            (Edit(action="move", stop_id="M", squad_id="none"), NotFound),
            (Edit(action="add", added=AddStop(name=" ", lon=113.6, lat=34.3)), BadInput),
            (Edit(action="add", added=AddStop(name="x", lon=113.6, lat=34.3, minutes=999)), BadInput),
        ],
    )
    def test_a_change_that_makes_no_sense_is_refused(
        self, ctx: Context, edit: Edit, error: type[Exception]
    ) -> None:
        """Unknown stop or squad, a stop without a name, a stay of sixteen hours."""
        planned(ctx)
        with pytest.raises(error):
            preview_edit(ctx, township_code=TOWN, day=DAY, edit=edit, actor="p")


class TestPublishing:
    """What officers see."""

    def test_a_published_plan_stays_while_the_draft_changes(self, ctx: Context) -> None:
        """And the difference is told stop by stop."""
        planned(ctx)
        published = publish_day(ctx, township_code=TOWN, day=DAY, actor="p")
        edit_day(ctx, township_code=TOWN, day=DAY, edit=Edit(action="remove", stop_id="M"), actor="p")
        with ctx.storage.read() as uow:
            assert uow.days.published(TOWN, DAY) == published
            draft = uow.days.draft(TOWN, DAY)
        difference = compare_days(published, draft)
        assert [(c.stop_id, c.kind) for c in difference.changes if c.kind == "dropped"] == [("M", "dropped")]
        assert difference.visits == -1
        assert difference.prize < 0

    def test_nothing_can_be_published_before_it_is_planned(self, ctx: Context) -> None:
        """A clear word instead of an empty route on the phone."""
        with pytest.raises(NoPlan, match="nothing to publish"):
            publish_day(ctx, township_code=TOWN, day=DAY, actor="p")

    def test_verify_finds_a_certificate_that_ran_out_after_planning(self, ctx: Context) -> None:
        """The squad claims powers it has no more."""
        plan = planned(ctx)
        publish_day(ctx, township_code=TOWN, day=DAY, actor="p")
        assert check_stored(ctx, DAY)[0].findings == ()
        with ctx.storage.write("test") as uow:
            for item in uow.officers.get_many(plan.squads[0].members).values():
                uow.officers.replace(replace(item, certificate_valid_to=date(2026, 3, 1)))
            uow.record("test.change", "officer", "*")
            uow.commit()
        (check,) = check_stored(ctx, DAY)
        assert check.published
        assert any(f.hard and f.message.key == "plan.not_lawful" for f in check.findings)
