"""What would let a stop in: each relaxation is lawful, the least of its kind, and its effect is real."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from routing_world import HOUR, MINUTE, NOON_LUNCH, clock, day_squad, place, township, world

from gridmgr.texts import Message
from planners.routing import Problem, Relaxation, make_plan, relaxations, solve, verify
from planners.routing.relax import KINDS, burden, relaxed
from planners.routing.relief import Relief, is_lawful
from planners.stop import Stop

SEARCH = Stop(seconds=120, work=2)


def lightest(problem: Problem, orders: dict[str, tuple[str, ...]], stop: str) -> Relaxation:
    """What is offered first for a stop."""
    return relaxations(problem, orders, SEARCH)[stop][0]


def kinds(problem: Problem, orders: dict[str, tuple[str, ...]], stop: str) -> dict[str, Relaxation]:
    """Everything that is found for a stop, by kind."""
    return {
        found.relaxation.kind: found.relaxation for found in Relief(problem, orders).of(problem.stop(stop))
    }


def test_a_shift_that_is_ten_minutes_short_is_told_so_to_the_minute() -> None:
    """m1 takes 8:30 to 9:10 and back by 9:20; m2 beside it until 10:00, back by 10:20."""
    problem = world([place("m1", 1), place("m2", 2)], [day_squad(end=clock("10:00"))])
    found = lightest(problem, {"A": ("m1",)}, "m2")
    assert (found.kind, found.squad, found.minutes) == ("longer_shift", "A", 10)
    assert found.effect is not None
    assert found.effect.prize == 10
    assert found.effect.takes_in == ("m2",)


def test_a_missing_skill_a_missing_certificate_and_a_pin_are_named() -> None:
    """Each keeps the only squad from a stop that would fit."""
    problem = world(
        [
            place("fire", 1, skills=frozenset({"fire"})),
            place("law", 2, needs_lawful=True),
            place("pinned", 3, pinned_squad="B"),
        ],
        [day_squad("A", patrol_only=True), day_squad("B", end=clock("8:40"))],
    )
    plan: dict[str, tuple[str, ...]] = {"A": (), "B": ()}
    assert kinds(problem, plan, "fire")["skill"].skill == "fire"
    assert kinds(problem, plan, "law")["certified"].squad == "A"
    assert kinds(problem, plan, "pinned")["unpin"].squad == "A"


def test_a_window_is_widened_by_the_least_that_helps() -> None:
    """Twenty minutes away from 8:30 on, a stop that closes at 8:45 must stay open five minutes more."""
    problem = world([place("early", 2, windows=((clock("8:00"), clock("8:45")),))], [day_squad()])
    assert kinds(problem, {"A": ()}, "early")["open_longer"].minutes == 5


def test_a_visit_worth_less_is_named_as_what_could_be_given_up() -> None:
    """Only one fits; the cheaper is planned."""
    problem = world([place("cheap", 1, prize=3), place("dear", 2, prize=9)], [day_squad(end=clock("9:40"))])
    found = kinds(problem, {"A": ("cheap",)}, "dear")["give_up"]
    assert found.other == "cheap"


def test_giving_up_a_dearer_stop_is_offered_after_a_skill() -> None:
    """The day would lose by it."""
    problem = world([place("cheap", 1, prize=3), place("dear", 2, prize=9)], [day_squad(end=clock("9:40"))])
    give_up = kinds(problem, {"A": ("dear",)}, "cheap")["give_up"]
    skill = Relaxation(kind="skill", stop="cheap", squad="A", skill="fire")
    certified = Relaxation(kind="certified", stop="cheap", squad="A")
    assert burden(problem, skill) < burden(problem, certified) < burden(problem, give_up)


def test_a_stop_whose_group_is_visited_needs_nothing() -> None:
    """The other place of the same matter will do."""
    problem = world([place("front", 1, group="shop"), place("back", 2, group="shop")], [day_squad()])
    assert relaxations(problem, {"A": ("front",)}, SEARCH)["back"] == ()


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 100_000))
def test_every_relaxation_found_is_lawful_and_a_minute_less_does_not_fit(seed: int) -> None:
    """On days drawn by chance, planned with too little time."""
    problem = township(14, 2, seed=seed)
    problem = replace(problem, squads=tuple(replace(s, end=s.end - 4 * HOUR) for s in problem.squads))
    plan = solve(problem, Stop(seconds=120, work=2), seed).solution
    assert plan is not None
    relief = Relief(problem, plan.orders)
    for item in plan.unassigned:
        for found in relief.of(problem.stop(item.stop)):
            one = found.relaxation
            assert is_lawful(relaxed(problem, one), found.orders)
            assert any(one.stop in order for order in found.orders.values())
            if one.kind == "longer_shift" and one.minutes > 1:
                less = relaxed(problem, replace(one, minutes=one.minutes - 1))
                order = plan.orders[one.squad]
                for at in range(len(order) + 1):
                    tried = {**plan.orders, one.squad: (*order[:at], one.stop, *order[at:])}
                    assert not is_lawful(less, tried)


@settings(max_examples=6, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 100_000))
def test_the_effect_is_the_prize_of_a_plan_that_verify_accepts(seed: int) -> None:
    """Searched anew with the relaxation; the same call gives the same answer."""
    problem = township(14, 2, seed=seed)
    problem = replace(problem, squads=tuple(replace(s, end=s.end - 4 * HOUR) for s in problem.squads))
    plan = solve(problem, Stop(seconds=120, work=2), seed).solution
    assert plan is not None
    once, again = (relaxations(problem, plan.orders, SEARCH, seed) for _ in range(2))
    assert once == again
    prizes = {stop.id: stop.prize for stop in problem.stops}
    for offers in once.values():
        for one in offers:
            effect = one.effect
            assert effect is not None
            wider = relaxed(problem, one)
            assert verify(wider, make_plan(wider, effect.orders)) == ()
            total = sum(prizes[name] for order in effect.orders.values() for name in order)
            assert effect.prize == total - plan.prize - effect.anyway


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_kind_has_words(kind: str, language: str) -> None:
    """With its numbers and names."""
    params: dict[str, str | int | float | Message] = {
        "squad": 2,
        "minutes": 30,
        "other": "Mill",
        "skill": "fire",
    }
    assert not Message(f"fix.{kind}", params).render(language).startswith("fix.")


def test_lunch_and_windows_hold_under_a_longer_shift() -> None:
    """A longer shift may owe a lunch the shorter did not; what is offered has counted it."""
    problem = world(
        [place(f"m{i}", i) for i in range(1, 8)],
        [day_squad(end=clock("12:20"), lunch=NOON_LUNCH)],
        seconds=np.full((8, 8), 10 * MINUTE) - np.diag([10 * MINUTE] * 8),
    )
    plan = solve(problem, Stop(seconds=120, work=3)).solution
    assert plan is not None
    relief = Relief(problem, plan.orders)
    offers = [found for item in plan.unassigned for found in relief.of(problem.stop(item.stop))]
    longer = [found for found in offers if found.relaxation.kind == "longer_shift"]
    assert longer
    assert all(is_lawful(relaxed(problem, found.relaxation), found.orders) for found in longer)
