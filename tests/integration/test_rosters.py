"""The roster of a month: made for what is left of it, decided by hand, published, used by the day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from planning_world import TOWN, change
from roster_world import LEFT, MONTH, TODAY, away, events, made, published, rostering_township

from gridmgr.domain.people import Attendance
from gridmgr.errors import BadInput, Conflict, NoPlan, NotFound
from gridmgr.services.context import Context
from gridmgr.services.planning import form_squads, publish_day
from gridmgr.services.queries.dayview import view_day
from gridmgr.services.rosters import (
    Cell,
    cell_ways,
    make_month,
    publish_month,
    read_month,
    set_cell,
    view_month,
)
from gridmgr.services.rosters.making import broken_rules
from planners.rostering import verify


@pytest.fixture
def ctx(tmp_path: Path) -> Iterator[Context]:
    """Twelve people, eight days left of the month."""
    with rostering_township(tmp_path) as opened:
        yield opened


def rest_of(ctx: Context):
    """The month as it stands."""
    return read_month(ctx, township_code=TOWN, month=MONTH)


def formed(ctx: Context, day: date):
    """The day's squads."""
    plan = form_squads(ctx, township_code=TOWN, first=day, last=day, actor="planner")[0]
    return plan, {member for squad in plan.squads for member in squad.members} | set(plan.reserve)


def decided(ctx: Context, day: date, officer_id: str, kind: str, **more: object):
    """A cell decided by hand."""
    cell = Cell(day=day, officer_id=officer_id, kind=kind, **more)  # type: ignore[arg-type]
    return set_cell(ctx, cell, township_code=TOWN, actor="planner")


def test_what_is_left_of_the_month_is_rostered_and_nothing_is_published(ctx):
    """Every day left, proven, lawful by an independent check, with its event; officers see nothing yet."""
    roster = made(ctx)
    assert [item.day for item in roster.days] == LEFT
    assert roster.status == "OPTIMAL"
    frame = rest_of(ctx)
    assert frame.draft == roster
    assert frame.published is None
    problem = frame.problem(LEFT, roster.locks)
    assert verify(problem, frame.roster(problem, roster.days)) == ()
    assert events(ctx, "roster.") == ["roster.make"]
    turns = Counter(person for item in roster.days for person in item.sent)
    for agency in ({"P0", "P1", "P20"}, {"P2", "P3", "P21"}, {"P4", "P5", "P22"}):
        counts = [turns[person] for person in agency]
        assert max(counts) - min(counts) <= 1


@pytest.mark.parametrize("status", ["leave", "seconded", "training", "sick"])
def test_whoever_is_registered_as_away_is_not_sent(ctx, status):
    """One absence registered ahead takes nobody else out of the day."""
    for day in LEFT[1:4]:
        away(ctx, "P0", day, status)
    roster = made(ctx)
    assert not set(roster.duties("P0")) & set(LEFT[1:4])
    assert all(roster.day(day).sent & {"P1", "P20"} for day in LEFT[1:4])
    assert roster.notes[-1].key == "roster.no_attendance"
    assert roster.notes[-1].params == {"days": 8, "first": TODAY.isoformat()}


def test_days_off_can_be_left_out(ctx):
    """Without days off nobody serves on the weekend, unless attendance is on record for it."""
    saturday, sunday = LEFT[4], LEFT[5]
    change(ctx, attendance=[Attendance(day=sunday, officer_id="P0")])
    roster = made(ctx, off_days=False)
    assert saturday not in [item.day for item in roster.days]
    assert roster.day(sunday).sent == {"P0"}


def test_bad_months_and_offices_are_named(ctx):
    """A month that is over, an unknown township, a township without people, a version of yesterday."""
    with pytest.raises(BadInput) as over:
        make_month(ctx, township_code=TOWN, month=date(2026, 2, 1), actor="planner")
    assert over.value.message.params == {"first": "2026-02-01", "last": "2026-02-28"}
    with pytest.raises(NotFound):
        make_month(ctx, township_code="nowhere", month=MONTH, actor="planner")
    with pytest.raises(Conflict):
        made(ctx, expected_version=7)
    with pytest.raises(NoPlan):
        publish_month(ctx, township_code=TOWN, month=MONTH, actor="planner")
    everybody = [f"P{n}" for n in (*range(8), *range(20, 24))]
    change(ctx, officers_gone=everybody)
    with pytest.raises(NoPlan) as nobody:
        made(ctx)
    assert nobody.value.message.key == "roster.nobody"


def test_a_cell_decided_by_hand_is_kept_when_the_month_is_solved_anew(ctx):
    """Free and on duty; the neighbour who steps in is named; opening the cell takes the lock away."""
    first = made(ctx)
    day = first.duties("P0")[0]
    done = decided(ctx, day, "P0", "free")
    assert day not in done.roster.duties("P0")
    assert done.judged.lawful
    assert done.judged.swap.giver == "P0"
    assert done.judged.swap.taker in {"P1", "P20"}
    assert day in done.roster.duties(done.judged.swap.taker)
    anew = made(ctx)
    assert day not in anew.duties("P0")
    assert anew.lock(day, "P0").kind == "free"
    back = decided(ctx, day, "P0", "duty")
    assert day in back.roster.duties("P0")
    assert day in made(ctx, seed=2).duties("P0")
    opened = decided(ctx, day, "P0", "open")
    assert opened.roster.locks == ()
    assert opened.judged is None
    assert events(ctx, "roster.cell") == ["roster.cell"] * 3


def test_a_cell_that_no_lawful_exchange_can_make_so_is_refused_with_the_rule(ctx):
    """Training cannot be rostered, nor a day that is over; nothing is stored."""
    roster = made(ctx)
    day = next(item.day for item in roster.days if "P0" not in item.sent)
    away(ctx, "P0", day, "training")
    with pytest.raises(BadInput) as refused:
        decided(ctx, day, "P0", "duty")
    assert "培训" in str(refused.value.render("zh"))
    assert "员0" in refused.value.render("zh")
    with pytest.raises(BadInput) as closed:
        decided(ctx, date(2026, 3, 2), "P0", "duty")
    assert closed.value.message.key == "roster.day_closed"
    with pytest.raises(NotFound):
        decided(ctx, day, "ghost", "duty")
    assert rest_of(ctx).draft == roster


def test_a_draft_that_broke_meanwhile_cannot_be_published(ctx):
    """Somebody rostered goes on training: the page lists it, publishing refuses, a new solve mends it."""
    roster = made(ctx)
    away(ctx, "P0", roster.duties("P0")[0], "training")
    frame = rest_of(ctx)
    assert len(broken_rules(frame, roster)) >= 1
    with pytest.raises(NoPlan) as refused:
        publish_month(ctx, township_code=TOWN, month=MONTH, actor="planner")
    assert refused.value.message.key == "roster.not_publishable"
    mended = published(ctx)
    assert rest_of(ctx).published == mended
    assert broken_rules(rest_of(ctx), mended) == []


def test_the_day_takes_the_people_and_squads_of_the_published_roster(ctx):
    """Same squads, said so; a draft roster binds nobody."""
    roster = published(ctx)
    plan, sent = formed(ctx, LEFT[1])
    rostered = roster.day(LEFT[1])
    assert sent == rostered.sent
    assert [set(squad.members) for squad in plan.squads] == [set(squad.members) for squad in rostered.squads]
    assert [squad.leader for squad in plan.squads] == [squad.leader for squad in rostered.squads]
    assert plan.notes[1].key == "squads.by_roster"


def test_somebody_sick_is_replaced_and_everybody_else_rostered_still_goes(ctx):
    """Only the sick one is missing; a colleague of the agency fills up."""
    roster = published(ctx)
    rostered = roster.day(LEFT[2]).sent
    sick = sorted(rostered & {"P0", "P1", "P20"})[0]
    away(ctx, sick, LEFT[2], "sick")
    _, sent = formed(ctx, LEFT[2])
    assert rostered - sent == {sick}
    assert sent & {"P0", "P1", "P20"}


def test_published_days_stay_as_they_are_when_the_month_is_made_anew(ctx):
    """A day whose plan is published is shown as it was published, and not solved again."""
    published(ctx)
    plan, sent = formed(ctx, LEFT[1])
    publish_day(ctx, township_code=TOWN, day=LEFT[1], actor="planner")
    anew = made(ctx, seed=5)
    day = anew.day(LEFT[1])
    assert day.fixed
    assert day.sent == sent
    assert [squad.leader for squad in day.squads] == [squad.leader for squad in plan.squads]
    with pytest.raises(BadInput):
        decided(ctx, LEFT[1], "P0", "free")


def test_rest_reaches_over_the_month_s_end(ctx):
    """A published last week counts for the first days of the month after."""
    roster = published(ctx)
    april = make_month(ctx, township_code=TOWN, month=date(2026, 4, 1), actor="planner", off_days=False)
    served = {
        person: set(roster.duties(person)) | set(april.duties(person)) for person in ("P0", "P2", "P4", "P6")
    }
    for days in served.values():
        for start in LEFT:
            row = [start + timedelta(days=n) for n in range(5)]
            assert not set(row) <= days, "more than four days in a row over the month's end"


def test_the_same_seed_makes_the_same_month(ctx):
    """Day by day, squad by squad."""
    first = made(ctx, seed=3)
    again = made(ctx, seed=3)
    assert first.days == again.days
    assert again.notes == first.notes


def test_leave_registered_ahead_is_seen_on_the_day_and_takes_nobody_else_off(ctx):
    """The day says there is no attendance yet; the one on leave is away, the others count as on duty."""
    away(ctx, "P0", LEFT[3], "leave")
    view = view_day(ctx, township_code=TOWN, day=LEFT[3])
    assert not view.attendance_on_record
    assert {person: item.status for person, item in view.people.items() if item.status != "on_duty"} == {
        "P0": "leave"
    }
    _, sent = formed(ctx, LEFT[3])
    assert "P0" not in sent
    assert sent


def test_the_exchange_to_carry_out_can_be_chosen(ctx):
    """Every lawful way is offered, the fairest first; the one named is carried out, not another."""
    roster = made(ctx)
    day = roster.duties("P0")[0]
    ways = cell_ways(ctx, township_code=TOWN, day=day, officer_id="P0")
    assert ways.on_duty
    assert [way.unfairness for way in ways.options] == sorted(way.unfairness for way in ways.options)
    chosen = next(way.swap for way in ways.options if way.swap.back is not None)
    done = decided(ctx, day, "P0", "free", other=chosen.taker, back=chosen.back)
    assert done.judged.swap == chosen
    assert chosen.back in done.roster.duties("P0")
    with pytest.raises(BadInput) as nobody:
        decided(ctx, day, "P0", "duty", other="P7")
    assert nobody.value.message.key == "roster.nobody_instead"


def test_ways_in_name_who_cannot_and_why(ctx):
    """Somebody in training cannot come in: each colleague is named with it."""
    roster = made(ctx)
    day = next(item.day for item in roster.days if "P0" not in item.sent)
    away(ctx, "P0", day, "training")
    ways = cell_ways(ctx, township_code=TOWN, day=day, officer_id="P0")
    assert not ways.on_duty
    assert ways.options == ()
    assert {name for _, name, _ in ways.barred} <= {"员1", "员20"}
    assert all("培训" in words.render("zh") for _, _, words in ways.barred)


def test_a_cell_changed_alone_is_a_draft_that_says_what_it_breaks(ctx):
    """Somebody in training put on duty: kept, the breach listed, not published; taken off it is sound."""
    roster = made(ctx)
    day = next(item.day for item in roster.days if "P0" not in item.sent)
    away(ctx, "P0", day, "training")
    done = decided(ctx, day, "P0", "duty", alone=True)
    assert done.judged is None
    assert done.roster.day(day).sent == roster.day(day).sent | {"P0"}
    broken = broken_rules(rest_of(ctx), done.roster)
    assert any("员0" in words.render("zh") for words in broken)
    with pytest.raises(NoPlan):
        publish_month(ctx, township_code=TOWN, month=MONTH, actor="planner")
    back = decided(ctx, day, "P0", "free", alone=True)
    assert back.roster.day(day).sent == roster.day(day).sent
    assert broken_rules(rest_of(ctx), back.roster) == []


def test_a_squad_that_loses_its_leader_alone_gets_another(ctx):
    """Nobody comes in; the others stay together, and the gap is told as unfair, not as unlawful."""
    roster = made(ctx)
    item = next(item for item in roster.days if item.day > TODAY and len(item.squads[0].members) > 2)
    squad = item.squads[0]
    done = decided(ctx, item.day, squad.leader, "free", alone=True)
    after = next(s for s in done.roster.day(item.day).squads if s.number == squad.number)
    assert set(after.members) == set(squad.members) - {squad.leader}
    assert after.leader in after.members
    view = view_month(ctx, township_code=TOWN, month=MONTH)
    assert view.broken == ()
    assert view.unfair


def test_the_view_counts_what_everybody_bears(ctx):
    """Shares of the shown roster by its own days; pairs and leaders against a count by hand."""
    roster = published(ctx)
    away(ctx, "P7", LEFT[6], "leave")
    view = view_month(ctx, township_code=TOWN, month=MONTH)
    assert (view.state, view.is_published, len(view.people)) == ("published", True, 12)
    assert [person.officer.id for person in view.people][:3] == ["P23", "P6", "P7"]
    for person in view.people:
        assert person.share.days == len(roster.duties(person.officer.id))
        assert person.share.weekends == len({LEFT[4], LEFT[5]} & set(roster.duties(person.officer.id)))
    assert view.weekends & set(LEFT) == {LEFT[4], LEFT[5]}
    assert {p.officer.id: dict(p.away) for p in view.people if p.away} == {"P7": {LEFT[6]: "leave"}}
    company = view.company
    squads = [squad for item in roster.days for squad in item.squads]
    assert company.squads == len(squads)
    assert sum(company.led.values()) == len(squads)
    (one, other), times = company.pairs[0]
    assert times == sum({one, other} <= set(squad.members) for squad in squads)
    assert sum(count for _, count in company.spread) == len(company.pairs)


@pytest.mark.parametrize("more", [{"back": LEFT[1]}, {"alone": True, "other": "P1"}, {"kind": "maybe"}])
def test_a_cell_that_contradicts_itself_cannot_be_made(more):
    """A day in return from nobody, nobody in exchange with somebody, an unknown kind."""
    with pytest.raises(ValueError, match="Cell"):
        Cell(**{"day": LEFT[0], "officer_id": "P0", "kind": "duty", **more})
