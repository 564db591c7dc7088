"""Any day with meetings and order once it is under way, what lets more into it, and more to plan with."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from routing_world import MINUTE, clock, day_squad, place, world
from test_routing_any import with_more
from test_routing_linked_any import any_linked_day, plan_of, real_worth

from planners.routing import (
    ENGINES,
    Engine,
    Followed,
    Problem,
    Replan,
    RoutePlan,
    SquadShift,
    StopPoint,
    make_plan,
    relaxations,
    replan,
    verify,
)
from planners.routing.relax import relaxed
from planners.stop import Stop

ANY = settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
SEEDS = st.integers(0, 1_000_000)


def rest_of(problem: Problem, plan: RoutePlan, *, seed: int = 0, price: int = 0) -> Replan:
    """The rest of the day after a little counted work."""
    made = replan(problem, Followed.of(plan), Stop(seconds=60, work=6), seed, prize_per_change=price).solution
    assert made is not None
    return made


def under_way(problem: Problem, plan: RoutePlan, at: int) -> Problem:
    """The day with every visit begun by that moment locked to those who made it."""
    squads = []
    for squad in problem.squads:
        route = plan.route(squad.id)
        begun = tuple(visit.stop for visit in route.visits if visit.start <= at)
        squads.append(replace(squad, locked=begun if len(begun) > len(squad.locked) else squad.locked))
    return replace(problem, squads=tuple(squads))


def happening(problem: Problem, seed: int) -> Problem:
    """Something happens: an urgent matter more, and the last squad not allowed to enforce any more."""
    random = np.random.default_rng(seed)
    urgent = StopPoint(
        id="urgent",
        node=0,
        prize=20,
        service_seconds=900,
        required=True,
        squads_needed=int(random.integers(1, 3)),
    )
    *others, last = problem.squads
    return replace(problem, stops=(*problem.stops, urgent), squads=(*others, replace(last, patrol_only=True)))


@ANY
@given(seed=SEEDS, at=st.integers(0, 14_000), price=st.sampled_from([0, 3]))
def test_the_rest_of_any_linked_day_keeps_its_rules_and_what_was_done(seed: int, at: int, price: int) -> None:
    """Never worth less than what is left, the same by seed, every stop told of once for each squad."""
    day = any_linked_day(seed)
    old = plan_of(day, seed, "hybrid")
    problem = happening(under_way(day, old, at), seed)
    answer = rest_of(problem, old, seed=seed, price=price)
    assert verify(problem, answer.plan) == ()
    assert verify(problem, answer.rest) == ()
    assert real_worth(problem, answer.plan.orders) >= real_worth(problem, answer.rest.orders)
    assert rest_of(problem, old, seed=seed, price=price) == answer
    for squad in problem.squads:
        order = answer.plan.orders[squad.id]
        assert order[: len(squad.locked)] == squad.locked
    made = {(squad, name) for squad, order in answer.plan.orders.items() for name in order}
    told = {(change.squad_after, change.stop) for change in answer.changes if change.squad_after is not None}
    assert told == made
    named = {change.stop for change in answer.changes}
    assert {name for order in old.orders.values() for name in order} <= named
    left = {item.stop for item in answer.plan.unassigned}
    assert left | {name for _, name in made} == {stop.id for stop in problem.stops}


@ANY
@given(seed=SEEDS, at=st.sampled_from([-1, 4000]))
def test_what_lets_a_stop_into_any_linked_day_is_tried_and_lawful(seed: int, at: int) -> None:
    """With the change the plan is within every rule of the day, the stop is in it, and its worth is told."""
    day = any_linked_day(seed)
    before = plan_of(day, seed, "hybrid")
    problem = under_way(day, before, at)
    plan = make_plan(problem, before.orders)
    found = relaxations(problem, plan.orders, Stop(seconds=60, work=2), seed)
    assert set(found) == {item.stop for item in plan.unassigned}
    for name, items in found.items():
        for item in items:
            assert item.effect is not None
            changed = relaxed(problem, item)
            made = make_plan(changed, item.effect.orders)
            assert verify(changed, made) == ()
            count = sum(name in order for order in made.orders.values())
            assert count == problem.stop(name).squads_needed
            assert made.prize == plan.prize + item.effect.prize + item.effect.anyway


@ANY
@given(seed=SEEDS, engine=st.sampled_from(ENGINES), kind=st.sampled_from(["squad", "shift", "skill"]))
def test_more_people_time_or_skill_on_a_linked_day_never_gives_less(
    seed: int, engine: Engine, kind: str
) -> None:
    """Beginning at the old plan, so that there is no noise to allow for."""
    problem = any_linked_day(seed)
    old = plan_of(problem, seed, engine)
    more = with_more(problem, kind)
    new = plan_of(more, seed, engine, warm=old)
    assert verify(more, new) == ()
    assert real_worth(more, new.orders) >= real_worth(problem, old.orders)


@ANY
@given(seed=SEEDS, engine=st.sampled_from(ENGINES))
def test_meetings_that_cannot_be_and_what_follows_them_are_named_with_the_cause(
    seed: int, engine: Engine
) -> None:
    """More squads are asked for than there are, and every other stop follows such a meeting."""
    problem = any_linked_day(seed)
    many = len(problem.squads) + 1
    stops = tuple(
        StopPoint(id=s.id, node=s.node, required=s.required, squads_needed=many)
        if i == 0
        else StopPoint(id=s.id, node=s.node, required=s.required, after=("s0",))
        for i, s in enumerate(problem.stops)
    )
    squads = tuple(replace(squad, locked=(), max_stops=None) for squad in problem.squads)
    ways = np.abs(problem.travel_seconds)
    problem = Problem(stops=stops, squads=squads, travel_seconds=ways, travel_metres=ways)
    plan = plan_of(problem, seed, engine)
    causes = {item.stop: item.reason for item in plan.unassigned}
    assert set(causes) == {stop.id for stop in stops}
    assert causes.pop("s0").code in ("joint_needs_squads", "too_long_for_shift", "no_squad_with_skill")
    assert {reason.code for reason in causes.values()} <= {"predecessor_left_out", "too_long_for_shift"}


def street(*squads: SquadShift) -> Problem:
    """A raid of two squads in the middle of a street, a stop at either end."""
    stops = [place("raid", 2, squads_needed=2), place("m0", 0), place("m4", 4)]
    return world(stops, list(squads))


def test_an_officer_ill_at_a_meeting_lets_another_squad_come_to_it() -> None:
    """B is not out any more; C, who had nothing to do, comes to the raid and sees to B's other stop."""
    squads = [day_squad("A"), day_squad("B", start_node=4, end_node=4), day_squad("C", start_node=3)]
    day = street(*squads)
    old = make_plan(day, {"A": ("raid", "m0"), "B": ("raid", "m4"), "C": ()})
    now = replace(day, squads=(squads[0], squads[2]))
    answer = rest_of(now, old)
    assert set(answer.plan.orders["A"]) == {"raid", "m0"}
    assert set(answer.plan.orders["C"]) == {"raid", "m4"}
    assert set(answer.rest.orders["A"]) == {"m0"}
    assert (answer.plan.prize, answer.rest.prize) == (30, 10)


def test_a_meeting_under_way_holds_both_squads_until_it_ends() -> None:
    """A waited from 8:50 for B, who came at 9:30: neither goes on before 10:00."""
    late = day_squad("B", start_node=4, end_node=4, start=clock("9:10"), locked=("raid",))
    day = street(day_squad("A", locked=("raid",)), late)
    old = make_plan(day, {"A": ("raid", "m0"), "B": ("raid", "m4")})
    answer = rest_of(day, old)
    raids = [r.visits[0] for r in answer.plan.routes]
    assert {visit.start for visit in raids} == {clock("9:30")}
    assert {visit.leave for visit in raids} == {clock("10:00")}
    assert raids[0].wait_seconds == 40 * MINUTE
    assert answer.plan.prize == 30
    assert answer.disturbed == 0


@pytest.mark.parametrize(("end", "minutes"), [("10:10", 10), ("9:45", 35)])
def test_the_minutes_a_squad_must_stay_for_a_meeting_are_told_exactly(end: str, minutes: int) -> None:
    """A and B are at the raid at 8:50; with half an hour at m5 after it B is back at 10:20."""
    short = day_squad("B", start_node=4, end_node=5, end=clock(end))
    day = world([place("raid", 2, squads_needed=2), place("m5", 5)], [day_squad("A"), short])
    orders = {"A": (), "B": ("m5",)}
    assert make_plan(day, orders).unassigned[0].stop == "raid"
    found = {r.kind: r for r in relaxations(day, orders, Stop(seconds=60, work=4))["raid"]}
    assert (found["longer_shift"].squad, found["longer_shift"].minutes) == ("B", minutes)
