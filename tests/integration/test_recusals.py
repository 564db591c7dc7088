"""Recusals entered and lifted by a person, and drafts looked at again before they come into force."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from planning_world import NOW, TOWN, change, miniature, village

from gridmgr.domain.assignments import OwnershipPlan, Responsibility
from gridmgr.domain.people import Recusal
from gridmgr.domain.places import Township
from gridmgr.domain.settings import OfficeSettings
from gridmgr.errors import BadInput, NotFound
from gridmgr.services.context import Context
from gridmgr.services.planning import OwnershipNotPublishable, assign, change_lead, publish_ownership
from gridmgr.services.planning.lawful import breaches_of
from gridmgr.services.recusals import add_recusal, effect_words, lift_recusal, recusal_book

TODAY = date(2026, 3, 2)


@pytest.fixture
def ctx(tmp_path: Path) -> Iterator[Context]:
    """The miniature township."""
    with miniature(tmp_path) as context:
        yield context


def breaches(ctx: Context, plan: OwnershipPlan) -> set[tuple[str, str | None, str | None]]:
    """Kind, village and officer of everything that keeps a plan from coming into force."""
    with ctx.storage.read() as uow:
        found = breaches_of(uow, plan, TODAY)
    return {(b.message.key.removeprefix("ownership."), b.village_code, b.officer_id) for b in found}


def add(ctx: Context, held: Responsibility, **more: object) -> object:
    """A recusal of who holds a village, there."""
    given = {"kind": "relative", "reason": "岳父在村", "actor": "planner", **more}
    return add_recusal(ctx, officer_id=held.officer_id, village_code=held.village_code, **given)  # type: ignore[arg-type]


class TestBook:
    """What is on record, and what it stands against."""

    def test_a_recusal_names_the_plans_it_stands_against(self, ctx: Context) -> None:
        """The published plan, then the draft that still gives the village to the same officer."""
        plan = assign(ctx, township_code=TOWN, actor="planner")
        publish_ownership(ctx, township_code=TOWN, actor="planner")
        lead = plan.responsibilities[0]
        change_lead(
            ctx,
            township_code=TOWN,
            village_code=plan.responsibilities[1].village_code,
            officer_id=None,
            actor="planner",
        )
        view = add(ctx, lead)
        assert [(e.plan, e.role) for e in view.effects] == [("published", "lead"), ("draft", "lead")]
        said = [message.render("zh") for message in effect_words(view)]
        assert "现行方案须调整" in said[0]
        assert "不能发布" in said[1]
        assert recusal_book(ctx, township_code=TOWN).recusals == (view,)

    def test_one_that_never_touches_a_plan_has_no_effect(self, ctx: Context) -> None:
        """Another officer's village."""
        plan = assign(ctx, township_code=TOWN, actor="planner")
        free = next(r for r in plan.responsibilities if r.role == "support")
        other = next(r.village_code for r in plan.responsibilities if r.village_code != free.village_code)
        view = add(ctx, replace(free, village_code=other))
        assert view.effects == ()

    def test_it_is_audited_with_its_ground_and_what_it_replaced(self, ctx: Context) -> None:
        """The trail keeps a record that is over and was entered anew."""
        held = Responsibility(officer_id="P1", village_code=village(1).code)
        change(
            ctx,
            recusals=Recusal.of("P1", village(1).code, reason="旧事由", ends_on=TODAY - timedelta(days=1)),
        )
        add(ctx, held, starts_on=TODAY)
        with ctx.storage.read() as uow:
            event = next(e for e in uow.audit.find() if e.action == "recusal.add")
            assert [r.reason for r in uow.recusals.find()] == ["岳父在村"]
        assert (event.actor, event.why, event.detail["ground"]) == ("planner", "岳父在村", "relative")
        assert "旧事由" in event.detail["replaces"]

    def test_a_pair_has_one_record_that_is_not_over(self, ctx: Context) -> None:
        """Also where the first is yet to begin."""
        held = Responsibility(officer_id="P1", village_code=village(1).code)
        add(ctx, held, starts_on=TODAY + timedelta(days=3))
        with pytest.raises(BadInput, match="not over"):
            add(ctx, held)

    @pytest.mark.parametrize(
        ("wrong", "words"),
        [
            ({"reason": "  "}, "state the ground"),
            ({"kind": "cousin"}, "'cousin'"),
            ({"starts_on": date(2026, 4, 2), "ends_on": date(2026, 4, 1)}, "2026-04-01 comes before"),
            ({"ends_on": date(2026, 3, 1)}, "2026-03-01 is past"),
        ],
    )
    def test_what_makes_no_sense_is_refused(self, ctx: Context, wrong: dict[str, object], words: str) -> None:
        """And nothing is stored."""
        with pytest.raises(BadInput, match=words):
            add(ctx, Responsibility(officer_id="P1", village_code=village(1).code), **wrong)
        assert recusal_book(ctx, township_code=TOWN).recusals == ()

    def test_unknown_officers_and_villages_are_named(self, ctx: Context) -> None:
        """So that a typing mistake is seen."""
        with pytest.raises(NotFound, match="P99"):
            add(ctx, Responsibility(officer_id="P99", village_code=village(1).code))
        with pytest.raises(NotFound, match="nowhere"):
            add(ctx, Responsibility(officer_id="P1", village_code="nowhere"))

    def test_lifted_today_it_holds_no_more_and_stays_on_record(self, ctx: Context) -> None:
        """Its last day was yesterday; a second time there is nothing to lift."""
        held = Responsibility(officer_id="P1", village_code=village(1).code)
        add(ctx, held)
        left = lift_recusal(
            ctx, officer_id="P1", village_code=held.village_code, why="亲属已迁出", actor="planner"
        )
        assert left is not None
        assert (left.state, left.recusal.ends_on) == ("over", TODAY - timedelta(days=1))
        with pytest.raises(BadInput, match="ends on 2026-03-01 anyway"):
            lift_recusal(ctx, officer_id="P1", village_code=held.village_code, why="再", actor="planner")
        with ctx.storage.read() as uow:
            whys = [event.why for event in uow.audit.find() if event.action == "recusal.lift"]
        assert whys == ["亲属已迁出"]

    def test_lifted_before_it_began_it_is_gone(self, ctx: Context) -> None:
        """Nothing ever held."""
        held = Responsibility(officer_id="P1", village_code=village(1).code)
        add(ctx, held, starts_on=TODAY + timedelta(days=3))
        gone = lift_recusal(ctx, officer_id="P1", village_code=held.village_code, why="误登", actor="planner")
        assert gone is None
        assert recusal_book(ctx, township_code=TOWN).recusals == ()

    def test_it_cannot_be_lifted_in_the_past_nor_without_a_reason(self, ctx: Context) -> None:
        """What was done while it held stays under it."""
        held = Responsibility(officer_id="P1", village_code=village(1).code)
        add(ctx, held)
        lift = {"officer_id": "P1", "village_code": held.village_code, "actor": "planner"}
        with pytest.raises(BadInput, match="2026-03-01 is past"):
            lift_recusal(ctx, **lift, why="x", from_day=TODAY - timedelta(days=1))
        with pytest.raises(BadInput, match="say why"):
            lift_recusal(ctx, **lift, why=" ")
        with pytest.raises(NotFound):
            lift_recusal(ctx, officer_id="P2", village_code=held.village_code, why="x", actor="planner")

    def test_homes_are_shown_until_a_recusal_is_on_record(self, ctx: Context) -> None:
        """Officers 1 to 4 live on the borders of villages 0 to 4; one is enough for each."""
        before = {home.officer_id for home in recusal_book(ctx, township_code=TOWN).homes}
        assert "P1" in before
        home = next(h for h in recusal_book(ctx, township_code=TOWN).homes if h.officer_id == "P0")
        add(ctx, Responsibility(officer_id="P0", village_code=home.village_code))
        after = {(h.officer_id, h.village_code) for h in recusal_book(ctx, township_code=TOWN).homes}
        assert ("P0", home.village_code) not in after


class TestPublishing:
    """A draft that has become unlawful since it was made is refused, with the reasons."""

    def test_a_fresh_plan_is_lawful(self, ctx: Context) -> None:
        """Nothing to say."""
        assert breaches(ctx, assign(ctx, township_code=TOWN, actor="planner")) == set()

    @pytest.mark.parametrize("role", ["lead", "support"])
    def test_a_recusal_entered_since_stops_it(self, ctx: Context, role: str) -> None:
        """The old plan stays in force; lifted, the same draft may come into force."""
        first = assign(ctx, township_code=TOWN, actor="planner")
        held = next(r for r in first.responsibilities if r.role == role)
        add(ctx, held)
        with pytest.raises(OwnershipNotPublishable) as refused:
            publish_ownership(ctx, township_code=TOWN, actor="planner")
        (breach,) = refused.value.breaches
        assert breach.message.key == f"ownership.bad_recused_{role}"
        assert (breach.officer_id, breach.village_code) == (held.officer_id, held.village_code)
        assert "岳父" not in refused.value.render("zh")
        with ctx.storage.read() as uow:
            assert uow.ownership.published(TOWN) is None
        lift_recusal(
            ctx, officer_id=held.officer_id, village_code=held.village_code, why="迁出", actor="planner"
        )
        assert publish_ownership(ctx, township_code=TOWN, actor="planner").id == first.id

    def test_one_that_begins_later_does_not(self, ctx: Context) -> None:
        """It is asked what holds today."""
        plan = assign(ctx, township_code=TOWN, actor="planner")
        add(ctx, plan.responsibilities[0], starts_on=TODAY + timedelta(days=1))
        assert breaches(ctx, plan) == set()

    def test_an_officer_who_left_stops_it(self, ctx: Context) -> None:
        """Moved to another township, or gone altogether."""
        plan = assign(ctx, township_code=TOWN, actor="planner")
        one, other = (r for r in plan.responsibilities[:2])
        change(ctx, townships=Township(code="T2", name="邻镇", county_code="419001", county_name="甲县"))
        with ctx.storage.write("test") as uow:
            uow.officers.replace(replace(uow.officers.get(one.officer_id), township_code="T2"))
            uow.officers.delete(other.officer_id)
            uow.record("test.left", "officers", "*")
            uow.commit()
        assert breaches(ctx, plan) == {
            ("bad_officer_left", one.village_code, one.officer_id),
            ("bad_officer_left", other.village_code, other.officer_id),
        }
        with pytest.raises(OwnershipNotPublishable, match="breaks 2 rules"):
            publish_ownership(ctx, township_code=TOWN, actor="planner")

    def test_villages_that_came_or_went_stop_it(self, ctx: Context) -> None:
        """A new one nobody answers for, and one that was given to another township."""
        plan = assign(ctx, township_code=TOWN, actor="planner")
        with ctx.storage.write("test") as uow:
            uow.villages.add(village(7))
            uow.townships.add(Township(code="T2", name="邻镇", county_code="419001", county_name="甲县"))
            uow.villages.replace(replace(village(0), township_code="T2"))
            uow.record("test.villages", "villages", "*")
            uow.commit()
        assert breaches(ctx, plan) == {
            ("bad_village_missing", village(7).code, None),
            ("bad_village_gone", village(0).code, None),
        }

    def test_office_staff_who_are_not_to_own_villages_any_more_stop_it(self, ctx: Context) -> None:
        """The rule was changed after the plan was made."""
        plan = assign(ctx, township_code=TOWN, actor="planner")
        change(ctx, office=OfficeSettings(office_owns_villages=False))
        staff = {
            (r.village_code, r.officer_id) for r in plan.responsibilities if r.officer_id in ("P6", "P7")
        }
        assert staff
        assert breaches(ctx, plan) == {("bad_office_staff", code, person) for code, person in staff}

    def test_three_villages_are_too_many(self, ctx: Context) -> None:
        """However the plan came about."""
        plan = assign(ctx, township_code=TOWN, actor="planner")
        leads = [r for r in plan.responsibilities if r.role == "lead"]
        greedy = leads[0].officer_id
        more = tuple(replace(r, officer_id=greedy) if r in leads[:3] else r for r in plan.responsibilities)
        assert breaches(ctx, replace(plan, responsibilities=more)) == {("bad_too_many", None, greedy)}

    def test_a_fixed_tenure_stops_a_change_by_hand(self, ctx: Context) -> None:
        """Unless the officer had to stand aside, or is gone."""
        assign(ctx, township_code=TOWN, actor="planner")
        first = publish_ownership(ctx, township_code=TOWN, actor="planner")
        change(ctx, office=OfficeSettings(tenure_rule="fixed", min_tenure_days=365))
        held = first.responsibilities[0]
        draft = change_lead(
            ctx, township_code=TOWN, village_code=held.village_code, officer_id=None, actor="planner"
        )
        assert breaches(ctx, draft) == {("bad_tenure", held.village_code, held.officer_id)}
        with pytest.raises(OwnershipNotPublishable, match="since 2026-03-02, less than the 365 days"):
            publish_ownership(ctx, township_code=TOWN, actor="planner")
        add(ctx, held)
        assert breaches(ctx, draft) == set()
        publish_ownership(ctx, township_code=TOWN, actor="planner")
        assert NOW.date() == TODAY
