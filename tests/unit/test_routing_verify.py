"""The verifier finds each way a good plan can be broken, and finds nothing wrong with a good one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from importlib import import_module

import pytest
from routing_world import MINUTE, NOON_LUNCH, clock, day_squad, market_street, place, township, world

from planners.result import Reason
from planners.routing import Problem, RoutePlan, Schedule, UnverifiedPlanError, make_plan, solve, verify
from planners.stop import Stop


def busy_world() -> Problem:
    """Two squads with lunches; stops with windows, skills, law, pins and locks, one of them out of reach."""
    stops = [
        place("done", 1),
        place("timed", 2, windows=((clock("9:00"), clock("11:00")),)),
        place("skilled", 3, skills=frozenset({"fire"})),
        place("lawful", 1, needs_lawful=True),
        place("pinned", 2, pinned_squad="B"),
        place("long", 4, service_seconds=3 * 3600, prize=1),
        place("away", 60),
    ]
    squads = [
        day_squad("A", skills=frozenset({"fire"}), lunch=NOON_LUNCH, locked=("done",), max_stops=4),
        day_squad("B", lunch=NOON_LUNCH),
    ]
    return world(stops, squads)


ORDERS = {"A": ("done", "timed", "skilled", "lawful"), "B": ("pinned", "long")}


def good_plan() -> RoutePlan:
    """A plan of the busy world that keeps every rule."""
    return make_plan(busy_world(), ORDERS)


def codes(plan: RoutePlan, problem: Problem | None = None) -> set[str]:
    """Codes of what the verifier finds."""
    return {violation.code for violation in verify(problem or busy_world(), plan)}


def with_route(plan: RoutePlan, change: Callable[[Schedule], Schedule], squad: str = "A") -> RoutePlan:
    """The plan with one squad's route changed, its sums left as they are."""
    routes = tuple(change(route) if route.squad == squad else route for route in plan.routes)
    return replace(plan, routes=routes)


def test_a_good_plan_breaks_nothing() -> None:
    """So that the tests below break it only where they mean to."""
    assert verify(busy_world(), good_plan()) == ()


@pytest.mark.parametrize(
    ("orders", "code"),
    [
        ({"A": ("timed", "done"), "B": ("pinned",)}, "lock_broken"),
        ({"A": (), "B": ("done",)}, "locked_elsewhere"),
        ({"A": ("done", "pinned")}, "pinned_elsewhere"),
        ({"A": ("done",), "B": ("skilled",)}, "missing_skill"),
        ({"A": ("done", "long", "timed")}, "late"),
        ({"A": ("done", "away")}, "shift_overrun"),
        ({"A": ("done", "long"), "B": ("long",)}, "duplicate_stop"),
        ({"A": ("done", "timed", "skilled", "lawful", "long")}, "too_many_stops"),
    ],
)
def test_a_plan_whose_orders_break_a_rule_is_found_out(orders: dict[str, tuple[str, ...]], code: str) -> None:
    """The times and sums are right; the order is not allowed."""
    assert code in codes(make_plan(busy_world(), orders))


@pytest.mark.parametrize(
    ("stop", "squad", "code"),
    [
        ({"needs_lawful": True}, {"patrol_only": True}, "needs_lawful_squad"),
        ({"forbidden_squads": frozenset({"A"})}, {}, "squad_not_allowed"),
        ({"allowed_squads": frozenset()}, {}, "squad_not_allowed"),
    ],
)
def test_a_squad_that_may_not_serve_a_stop_is_found_out(stop: dict, squad: dict, code: str) -> None:
    """One stop, one squad, one rule."""
    problem = world([place("m", 1, **stop)], [day_squad(**squad)])
    assert codes(make_plan(problem, {"A": ("m",)}), problem) == {code}


def test_a_way_without_a_road_is_found_out() -> None:
    """The road was there when the plan was made."""
    plan = make_plan(market_street(), {"A": ("m1", "m2", "m3", "m4")})
    seconds = market_street().travel_seconds.copy()
    seconds[1, 2] = -1
    assert codes(plan, replace(market_street(), travel_seconds=seconds)) == {"no_road"}


def test_changed_roads_are_found_out() -> None:
    """A minute more on one way makes the stored travel wrong."""
    plan = make_plan(market_street(), {"A": ("m1", "m2", "m3", "m4")})
    seconds = market_street().travel_seconds.copy()
    seconds[1, 2] += MINUTE
    assert codes(plan, replace(market_street(), travel_seconds=seconds)) == {"wrong_travel"}


def first_visit(**changes: int) -> Callable[[Schedule], Schedule]:
    """A change to the first visit of a route."""
    return lambda route: replace(route, visits=(replace(route.visits[0], **changes), *route.visits[1:]))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (first_visit(arrive=clock("8:39")), "wrong_time"),
        (first_visit(start=clock("8:39")), "wrong_time"),
        (first_visit(leave=clock("9:00")), "wrong_time"),
        (first_visit(travel_seconds=1), "wrong_travel"),
        (first_visit(travel_metres=1), "wrong_travel"),
        (lambda route: replace(route, start=clock("8:00")), "wrong_time"),
        (lambda route: replace(route, end=route.end - 1), "wrong_time"),
        (lambda route: replace(route, return_seconds=route.return_seconds + 1), "wrong_travel"),
        (lambda route: replace(route, travel_seconds=route.travel_seconds + 1), "wrong_sum"),
        (lambda route: replace(route, travel_metres=route.travel_metres + 1), "wrong_sum"),
        (lambda route: replace(route, lunch=None), "lunch_missing"),
        (lambda route: replace(route, lunch=replace(route.lunch, end=route.lunch.end - 1)), "wrong_lunch"),
        (lambda route: replace(route, lunch=replace(route.lunch, start=1, end=3601)), "wrong_lunch"),
        (
            lambda route: replace(
                route, lunch=replace(route.lunch, start=clock("13:01"), end=clock("14:01"))
            ),
            "lunch_late",
        ),
        (lambda route: replace(route, squad="Z"), "unknown_squad"),
        (lambda route: replace(route, squad="B"), "missing_squad"),
        (lambda route: replace(route, visits=route.visits[1:]), "lost_stop"),
        (lambda route: replace(route, visits=route.visits[:1] * 2), "duplicate_stop"),
    ],
)
def test_a_plan_with_a_changed_number_is_found_out(change: Callable[[Schedule], Schedule], code: str) -> None:
    """One number of a good route is altered at a time."""
    assert code in codes(with_route(good_plan(), change))


def test_a_start_outside_the_window_is_found_out() -> None:
    """The second visit is put two hours later, with all that hangs on it wrong too."""

    def delayed(route: Schedule) -> Schedule:
        visit = replace(route.visits[1], start=clock("11:01"))
        return replace(route, visits=(route.visits[0], visit, *route.visits[2:]))

    assert "late" in codes(with_route(good_plan(), delayed))


@pytest.mark.parametrize("sums", [{"prize": 1}, {"travel_seconds": 1}, {"travel_metres": 1}])
def test_a_wrong_total_is_found_out(sums: dict[str, int]) -> None:
    """Each of the plan's own sums."""
    assert codes(replace(good_plan(), **sums)) == {"wrong_sum"}


def test_a_stop_nobody_mentions_is_found_out() -> None:
    """It is neither visited nor among the unassigned."""
    assert codes(replace(good_plan(), unassigned=())) == {"lost_stop"}


def test_a_stop_both_visited_and_left_out_is_found_out() -> None:
    """It cannot be both."""
    plan = good_plan()
    twice = replace(plan.unassigned[0], stop="timed")
    assert codes(replace(plan, unassigned=(*plan.unassigned, twice))) == {"duplicate_stop"}


def test_a_stop_that_does_not_exist_is_found_out() -> None:
    """Among the unassigned it would only mislead."""
    plan = good_plan()
    ghost = replace(plan.unassigned[0], stop="ghost")
    assert codes(replace(plan, unassigned=(*plan.unassigned, ghost))) == {"unknown_stop"}


@pytest.mark.parametrize("change", [{"required": True}, {"reason": Reason("")}])
def test_a_stop_left_out_without_reason_or_with_a_wrong_mark_is_found_out(change: dict) -> None:
    """A required stop must not pass for an ordinary one, and each needs a reason."""
    plan = good_plan()
    assert codes(replace(plan, unassigned=(replace(plan.unassigned[0], **change),))) == {
        "required_without_reason"
    }


def test_a_lunch_nobody_owes_is_found_out() -> None:
    """The problem gives the squad no lunch, the route has one."""
    problem = replace(busy_world(), squads=tuple(replace(s, lunch=None) for s in busy_world().squads))
    assert "wrong_lunch" in codes(good_plan(), problem)


def test_an_empty_route_that_drives_is_found_out() -> None:
    """Nobody visited, nothing driven."""
    problem = world([place("m", 60)], [day_squad()])
    plan = make_plan(problem, {})
    driven = replace(plan.routes[0], travel_seconds=5, return_seconds=5)
    assert "wrong_travel" in codes(replace(plan, routes=(driven,), travel_seconds=5), problem)


def test_locked_visits_alone_may_overrun() -> None:
    """They are done or the planner's own decision; with another visit beside them they may not."""
    problem = world(
        [place("long", 1, service_seconds=9 * 3600), place("m", 1)], [day_squad(locked=("long",))]
    )
    assert codes(make_plan(problem, {"A": ("long",)}), problem) == set()
    assert codes(make_plan(problem, {"A": ("long", "m")}), problem) == {"shift_overrun"}


def test_the_planner_refuses_to_return_a_plan_that_does_not_verify(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a schedule that loses a minute, the solve ends in an error that says what is wrong."""
    broken = with_route(make_plan(market_street(), {"A": ("m1",)}), lambda r: replace(r, end=r.end - MINUTE))
    # The package's name for the module is taken by the function, so the module is found by its full name.
    monkeypatch.setattr(import_module("planners.routing.solve"), "make_plan", lambda *_: broken)
    with pytest.raises(UnverifiedPlanError, match="wrong_time squad=A"):
        solve(market_street(), Stop(seconds=10, work=5))


@pytest.mark.parametrize("seed", range(4))
def test_solved_townships_verify(seed: int) -> None:
    """Lunches, windows and skills together, as the solver leaves them."""
    problem = township(25, 2, seed=seed)
    plan = solve(problem, Stop(seconds=60, work=60), seed).solution
    assert plan is not None
    assert verify(problem, plan) == ()
    assert all(not route.violations for route in plan.routes)
