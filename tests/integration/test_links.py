"""Links of a day: squads that meet, one visit before another, one of several; kept through every change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from planning_world import DAY, TOWN, change, miniature, officer, stop_ids, village

from gridmgr.domain.incidents import Incident
from gridmgr.domain.links import StopLink
from gridmgr.domain.patrols import DayPlan, Visit
from gridmgr.domain.people import Agency
from gridmgr.domain.places import Place, Vehicle
from gridmgr.domain.settings import OfficeSettings
from gridmgr.errors import BadInput, Conflict, NoPlan, NotFound
from gridmgr.services.context import Context
from gridmgr.services.planning import (
    AddStop,
    Edit,
    LinkWish,
    add_link,
    check_day,
    compare_days,
    edit_day,
    form_squads,
    plan_routes,
    preview_edit,
    publish_day,
    remove_link,
    score_day,
    undo_day,
)
from gridmgr.services.planning.drafts import save_draft
from gridmgr.services.planning.publishing import NotPublishable
from gridmgr.services.queries.linkview import link_views

OFFICE = OfficeSettings(squad_min=2, max_squads=3, plan_seconds=1.0)
V0, V1, V2, V3, V4 = (f"village:{village(n).code}" for n in range(5))


@pytest.fixture
def ctx(tmp_path: Path) -> Iterator[Context]:
    """The miniature township, with people and vehicles for three squads; two go out."""
    with miniature(tmp_path) as context:
        for number in (4, 5, 6):
            agency = Agency(code=f"A{number}", name=f"{number}所", department="局", township_code=TOWN)
            change(context, agencies=agency, officers=officer(4 + number, agency.code))
            change(context, vehicles=Vehicle(id=f"甲A00{number}", township_code=TOWN, seats=5))
        change(context, office=replace(OFFICE, max_squads=2))
        yield context


def ask(ctx: Context, kind: str, *stops: str, **options: object) -> DayPlan:
    """Ask for a link; gives the new draft."""
    wish = LinkWish(kind=kind, stops=stops, **options)  # type: ignore[arg-type]
    plan, _ = add_link(ctx, township_code=TOWN, day=DAY, wish=wish, actor="planner")
    return plan


def planned(ctx: Context) -> DayPlan:
    """The day with routes; so few stops take no longer."""
    return plan_routes(ctx, township_code=TOWN, day=DAY, actor="planner", seconds=0.2)


def hard(ctx: Context, plan: DayPlan) -> list[str]:
    """Codes of what keeps the plan from being published."""
    return [finding.code for finding in check_day(ctx, plan) if finding.hard]


def visits_to(plan: DayPlan, stop_id: str) -> list[Visit]:
    """All visits to a stop."""
    return [visit for visit in plan.visits() if visit.stop.id == stop_id]


class TestMeeting:
    """Squads at one stop at the same time."""

    def test_both_squads_begin_together_and_the_plan_can_be_published(self, ctx: Context) -> None:
        planned(ctx)
        broken = ask(ctx, "meet", "M")
        assert hard(ctx, broken) == ["joint_squads"]
        with pytest.raises(NotPublishable):
            publish_day(ctx, township_code=TOWN, day=DAY, actor="planner")
        plan = planned(ctx)
        one, other = visits_to(plan, "M")
        assert one.start == other.start
        assert hard(ctx, plan) == []
        assert plan.links == broken.links
        (view,) = link_views(plan)
        assert view.state == "kept"
        assert {item.squad.number for item in view.coming} == {1, 2}
        assert publish_day(ctx, township_code=TOWN, day=DAY, actor="planner").links == plan.links

    def test_its_prize_counts_once(self, ctx: Context) -> None:
        form_squads(ctx, township_code=TOWN, first=DAY, last=DAY, actor="planner")
        ask(ctx, "meet", "M")
        plan = planned(ctx)
        assert plan.prize == sum({v.stop.id: v.stop.prize for v in plan.visits()}.values())
        assert score_day(ctx, township_code=TOWN, day=DAY).prize == plan.prize

    def test_only_the_squads_named_come(self, ctx: Context) -> None:
        change(ctx, office=OFFICE)
        squads = planned(ctx).squads
        assert len(squads) == 3
        ask(ctx, "meet", V4, squads=("1", "3"))
        plan = planned(ctx)
        assert [s.number for s in plan.squads if V4 in {v.stop.id for v in s.visits}] == [1, 3]
        assert all(visit.pinned for visit in visits_to(plan, V4))

    def test_one_that_cannot_be_held_is_named_with_its_reason(self, ctx: Context) -> None:
        (formed,) = form_squads(ctx, township_code=TOWN, first=DAY, last=DAY, actor="planner")
        fewer = tuple(replace(squad, scopes=()) if squad.number == 2 else squad for squad in formed.squads)
        save_draft(
            ctx,
            replace(formed, id="fewer", parent_id=formed.id, squads=fewer),
            expected_version=1,
            action="day_plan.squad",
        )
        ask(ctx, "meet", "M")
        plan = planned(ctx)
        (left,) = [item for item in plan.unassigned if item.stop.id == "M"]
        assert left.reason.key == "reason.joint_needs_squads"
        assert left.reason.params == {"needed": 2, "able": 1}
        assert [view.state for view in link_views(plan)] == ["left_out"]

    def test_a_place_that_is_not_due_may_be_asked_for(self, ctx: Context) -> None:
        factory = Place(
            id="F", name="厂", kind="enterprise", lon=113.635, lat=34.305, township_code=TOWN, priority=0
        )
        change(ctx, places=factory)
        form_squads(ctx, township_code=TOWN, first=DAY, last=DAY, actor="planner")
        ask(ctx, "meet", "F")
        plan = planned(ctx)
        assert len(visits_to(plan, "F")) == 2
        assert hard(ctx, plan) == []

    def test_taking_it_back_leaves_one_squad_there(self, ctx: Context) -> None:
        form_squads(ctx, township_code=TOWN, first=DAY, last=DAY, actor="planner")
        link = ask(ctx, "meet", "M").links[0]
        planned(ctx)
        plan = remove_link(ctx, township_code=TOWN, day=DAY, link_id=link.id, actor="planner")
        assert plan.links == ()
        assert len(visits_to(plan, "M")) == 1
        assert hard(ctx, plan) == []


class TestOrder:
    """One visit before another."""

    @pytest.mark.parametrize(("first", "second"), [(V0, V4), (V4, V0)])
    def test_the_later_visit_waits_for_the_earlier_one(self, ctx: Context, first: str, second: str) -> None:
        planned(ctx)
        ask(ctx, "before", first, second)
        plan = planned(ctx)
        (early,), (late,) = visits_to(plan, first), visits_to(plan, second)
        assert early.leave <= late.start
        assert hard(ctx, plan) == []

    def test_the_draft_at_once_says_what_it_breaks(self, ctx: Context) -> None:
        plan = planned(ctx)
        squad = max(plan.squads, key=lambda item: len(item.visits))
        one, two = (visit.stop.id for visit in squad.visits[:2])
        broken = ask(ctx, "before", two, one)
        assert "waiting_cycle" in hard(ctx, broken)
        assert [view.state for view in link_views(broken)] == ["broken"]

    def test_without_the_earlier_visit_the_later_one_is_left_out_and_says_so(self, ctx: Context) -> None:
        planned(ctx)
        ask(ctx, "before", V0, V4)
        planned(ctx)
        edit_day(ctx, township_code=TOWN, day=DAY, edit=Edit(action="forbid", stop_id=V0), actor="planner")
        plan = planned(ctx)
        (left,) = [item for item in plan.unassigned if item.stop.id == V4]
        assert left.reason.key == "reason.predecessor_left_out"
        assert left.reason.params["other"] == "第0村"
        assert left.fixes == ()
        with ctx.storage.read() as uow:
            draft = uow.days.draft(TOWN, DAY)
        assert draft is not None
        moved = Edit(action="move", stop_id=V4, squad_id=draft.squads[0].id)
        found = preview_edit(ctx, township_code=TOWN, day=DAY, edit=moved, actor="planner").findings
        assert "predecessor_left_out" in {finding.code for finding in found}


class TestChoice:
    """One of several is enough."""

    def test_one_is_visited_and_the_others_say_which(self, ctx: Context) -> None:
        planned(ctx)
        ask(ctx, "one_of", V0, V1, V2)
        plan = planned(ctx)
        (seen,) = stop_ids(plan) & {V0, V1, V2}
        name = visits_to(plan, seen)[0].stop.name
        left = {item.stop.id: item.reason for item in plan.unassigned}
        for other in {V0, V1, V2} - {seen}:
            assert left[other].key == "reason.group_visited"
            assert left[other].params["other"] == name
        assert hard(ctx, plan) == []


#: Kind, stops, options; and what is wrong beside a meeting, a choice and two orders.
REFUSED: tuple[tuple[str, tuple[str, ...], dict[str, Any], str], ...] = (
    ("swap", (V0, V1), {}, "link.unknown_kind"),
    ("meet", (V0, V1), {}, "link.stops.meet"),
    ("before", (V0,), {}, "link.stops.before"),
    ("one_of", (V0,), {}, "link.stops.one_of"),
    ("before", (V0, V0), {}, "link.same_stop"),
    ("one_of", (V0, V1), {"squads": ("1",)}, "link.squads_only_meet"),
    ("meet", (V0,), {"squads": ("1", "2"), "squads_needed": 3}, "link.squads_count"),
    ("meet", (V0,), {"squads_needed": 3}, "link.squads_needed"),
    ("meet", (V0,), {"squads": ("1",)}, "link.squads_needed"),
    ("meet", (V0,), {"squads": ("1", "1")}, "link.same_squad"),
    ("meet", (V4,), {}, "link.meets_already"),
    ("one_of", (V2, V3), {}, "link.grouped_already"),
    ("before", (V0, V1), {}, "link.ordered_already"),
    ("before", (V2, V0), {}, "link.circle"),
)


class TestRefused:
    """Links that make no sense, each with what is wrong about it."""

    def test_says_why(self, ctx: Context) -> None:
        form_squads(ctx, township_code=TOWN, first=DAY, last=DAY, actor="planner")
        for known in (("meet", V4), ("one_of", V3, V4), ("before", V0, V1), ("before", V1, V2)):
            ask(ctx, *known)
        for kind, stops, options, key in REFUSED:
            with pytest.raises(BadInput) as refused:
                ask(ctx, kind, *stops, **options)
            assert refused.value.message.key == key

    def test_unknown_stops_and_squads_are_named(self, ctx: Context) -> None:
        with pytest.raises(NoPlan):
            ask(ctx, "meet", V0)
        form_squads(ctx, township_code=TOWN, first=DAY, last=DAY, actor="planner")
        for options in ({"stop": "nowhere"}, {"stop": "D"}, {"stop": V0, "squads": ("1", "9")}):
            stop = str(options.pop("stop"))
            with pytest.raises(NotFound):
                ask(ctx, "meet", stop, **options)
        with pytest.raises(NotFound):
            remove_link(ctx, township_code=TOWN, day=DAY, link_id="L9", actor="planner")

    def test_somebody_else_was_faster(self, ctx: Context) -> None:
        form_squads(ctx, township_code=TOWN, first=DAY, last=DAY, actor="planner")
        wish = LinkWish(kind="meet", stops=(V0,))
        with pytest.raises(Conflict):
            add_link(ctx, township_code=TOWN, day=DAY, wish=wish, actor="planner", expected_version=7)

    def test_a_link_checks_itself(self) -> None:
        with pytest.raises(ValueError, match="kind"):
            StopLink(id="L1", kind="swap", stops=("a",))
        with pytest.raises(ValueError, match="different stops"):
            StopLink(id="L1", kind="before", stops=("a", "a"))
        with pytest.raises(ValueError, match="squads_needed"):
            StopLink(id="L1", kind="meet", stops=("a",))
        with pytest.raises(ValueError, match="squads"):
            StopLink(id="L1", kind="meet", stops=("a",), squads_needed=2, squads=("s",))


class TestKept:
    """What was asked goes with the day through every change."""

    def test_every_change_is_in_the_audit_trail(self, ctx: Context) -> None:
        form_squads(ctx, township_code=TOWN, first=DAY, last=DAY, actor="planner")
        link = ask(ctx, "meet", "M", why="联合执法").links[0]
        remove_link(ctx, township_code=TOWN, day=DAY, link_id=link.id, actor="lead", why="改期")
        with ctx.storage.read() as uow:
            events = {event.action: event for event in uow.audit.find(limit=10)}
        assert (events["day_plan.link"].why, events["day_plan.link"].actor) == ("联合执法", "planner")
        assert events["day_plan.link"].detail["stops"] == ["M"]
        assert (events["day_plan.unlink"].why, events["day_plan.unlink"].actor) == ("改期", "lead")

    def test_squads_formed_anew_keep_it_and_undo_takes_it_back(self, ctx: Context) -> None:
        planned(ctx)
        ask(ctx, "meet", V1, squads=("1", "2"))
        added = AddStop(name="临时点", lon=113.645, lat=34.305)
        edit_day(ctx, township_code=TOWN, day=DAY, edit=Edit(action="add", added=added), actor="planner")
        before = ask(ctx, "before", "manual:1", V1)
        (anew,) = form_squads(ctx, township_code=TOWN, first=DAY, last=DAY, actor="planner")
        assert anew.links == before.links
        plan = planned(ctx)
        assert len(visits_to(plan, V1)) == 2
        (first,) = visits_to(plan, "manual:1")
        assert first.leave <= visits_to(plan, V1)[0].start
        for _ in range(5):
            plan = undo_day(ctx, township_code=TOWN, day=DAY, actor="planner")
        assert plan.links == ()

    def test_a_settled_incident_ends_its_link_with_a_note(self, ctx: Context) -> None:
        incident = Incident(
            id="I1",
            reported_at=ctx.clock.utc_now(),
            source="hotline",
            category="占道经营",
            lon=113.615,
            lat=34.305,
            township_code=TOWN,
            village_code=village(1).code,
        )
        change(ctx, incidents=incident)
        form_squads(ctx, township_code=TOWN, first=DAY, last=DAY, actor="planner")
        ask(ctx, "meet", "incident:I1")
        assert len(visits_to(planned(ctx), "incident:I1")) == 2
        with ctx.storage.write("test") as uow:
            uow.incidents.replace(replace(incident, state="settled"))
            uow.record("test.change", "world", "*")
            uow.commit()
        plan = planned(ctx)
        assert plan.links == ()
        assert "plan.link_over" in {note.key for note in plan.notes}

    def test_planning_again_gives_the_same_linked_day(self, ctx: Context) -> None:
        form_squads(ctx, township_code=TOWN, first=DAY, last=DAY, actor="planner")
        ask(ctx, "meet", "M")
        ask(ctx, "before", V4, "M")
        ask(ctx, "one_of", V0, V1)
        one, two = planned(ctx), planned(ctx)
        assert [squad.visits for squad in one.squads] == [squad.visits for squad in two.squads]
        assert [item.stop.id for item in one.unassigned] == [item.stop.id for item in two.unassigned]


class TestByHand:
    """A meeting changed by hand."""

    @pytest.fixture
    def met(self, ctx: Context) -> DayPlan:
        """Three squads, two of which meet in the last village."""
        change(ctx, office=OFFICE)
        form_squads(ctx, township_code=TOWN, first=DAY, last=DAY, actor="planner")
        ask(ctx, "meet", V4)
        plan = planned(ctx)
        assert len(plan.squads) == 3
        return plan

    def who(self, plan: DayPlan) -> set[str]:
        """Ids of the squads that meet."""
        return {squad.id for squad in plan.squads if V4 in {visit.stop.id for visit in squad.visits}}

    def edit(self, ctx: Context, action: str, **options: object) -> DayPlan:
        """Make a change to the meeting and keep it."""
        change_ = Edit(action=action, stop_id=V4, **options)  # type: ignore[arg-type]
        return edit_day(ctx, township_code=TOWN, day=DAY, edit=change_, actor="planner").plan

    def test_a_squad_takes_another_ones_place_and_is_named_from_then_on(
        self, ctx: Context, met: DayPlan
    ) -> None:
        (third,) = {squad.id for squad in met.squads} - self.who(met)
        gone, stays = sorted(self.who(met))
        with pytest.raises(BadInput) as refused:
            self.edit(ctx, "move", squad_id=third)
        assert refused.value.message.key == "link.whose_visit"
        plan = self.edit(ctx, "move", squad_id=third, from_squad_id=gone)
        assert self.who(plan) == {third, stays} == set(plan.links[0].squads)
        assert hard(ctx, plan) == []
        assert self.who(planned(ctx)) == {third, stays}
        assert self.edit(ctx, "unpin").links[0].squads == ()

    def test_taking_one_squad_out_breaks_it_and_another_may_join(self, ctx: Context, met: DayPlan) -> None:
        gone, stays = sorted(self.who(met))
        plan = self.edit(ctx, "remove", from_squad_id=gone)
        assert self.who(plan) == {stays}
        assert hard(ctx, plan) == ["joint_squads"]
        with pytest.raises(BadInput) as refused:
            self.edit(ctx, "pin")
        assert refused.value.message.key == "link.pin_incomplete"
        assert hard(ctx, self.edit(ctx, "move", squad_id=gone)) == []

    def test_moving_it_later_in_one_squad_makes_the_other_one_wait(self, ctx: Context, met: DayPlan) -> None:
        squad = max((s for s in met.squads if s.id in self.who(met)), key=lambda item: len(item.visits))
        last = len(squad.visits) - 1
        plan = self.edit(ctx, "move", squad_id=squad.id, position=last)
        one, other = visits_to(plan, V4)
        assert one.start == other.start
        for route in plan.squads:
            assert all(a.leave <= b.arrive for a, b in pairwise(route.visits))

    def test_who_comes_and_goes_shows_in_the_difference(self, ctx: Context, met: DayPlan) -> None:
        (third,) = {squad.id for squad in met.squads} - self.who(met)
        gone, _ = sorted(self.who(met))
        publish_day(ctx, township_code=TOWN, day=DAY, actor="planner")
        plan = self.edit(ctx, "move", squad_id=third, from_squad_id=gone)
        (moved,) = [c for c in compare_days(met, plan).changes if c.stop_id == V4 and c.kind == "moved"]
        numbers = {squad.id: squad.number for squad in plan.squads}
        assert (moved.squad_before, moved.squad_after) == (numbers[gone], numbers[third])
        assert compare_days(met, plan).visits == 0
        fewer = self.edit(ctx, "remove", from_squad_id=third)
        assert [c.kind for c in compare_days(plan, fewer).changes if c.stop_id == V4][-1] == "dropped"

    def test_score_mode_names_what_a_plan_of_ones_own_breaks(self, ctx: Context, met: DayPlan) -> None:
        orders = {squad.id: [visit.stop.id for visit in squad.visits] for squad in met.squads}
        assert score_day(ctx, township_code=TOWN, day=DAY, orders=orders).lawful
        gone, _ = sorted(self.who(met))
        orders[gone].remove(V4)
        score = score_day(ctx, township_code=TOWN, day=DAY, orders=orders)
        (finding,) = [finding for finding in score.findings if finding.stop_id == V4]
        assert finding.code == "joint_squads"
        assert finding.numbers == {"needed": 2, "count": 1}
