"""Routes met along the way are packed anew into the best plan they make together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from routing_world import clock, day_squad, place, world
from test_kernel_rules import any_world

from planners.routing import Problem, schedule
from planners.routing.kernel import compiled
from planners.routing.kernel.arrays import Arrays
from planners.routing.kernel.core import TRAVEL, WORTH, Plan
from planners.routing.kernel.pool import RoutePool
from planners.routing.polish import repair

pytestmark = pytest.mark.skipif(not compiled.AVAILABLE, reason="numba is not installed")

Routes = Mapping[str, Sequence[str]]


def packed(problem: Problem, *plans: Routes) -> dict[str, tuple[str, ...]]:
    """What is packed from the routes of some plans."""
    arrays = Arrays(problem)
    pool = RoutePool(arrays)
    for orders in plans:
        pool.add(arrays.plan_of(orders))
    plan = pool.pack()
    assert plan is not None
    return arrays.orders_of(plan)


def sums_of(plan: Plan) -> tuple[int, int]:
    """Worth and travel, travel negative: the more, the better."""
    return int(plan.sums[:, WORTH].sum()), -int(plan.sums[:, TRAVEL].sum())


def test_the_good_halves_of_two_plans_make_one_plan() -> None:
    """Neither plan visits all four stops; a route of each does."""
    problem = world([place(f"m{i}", i) for i in range(1, 5)], [day_squad("A"), day_squad("B")])
    first = {"A": ("m1", "m2"), "B": ("m3",)}
    second = {"A": ("m1",), "B": ("m3", "m4")}
    plan = packed(problem, first, second)
    assert {frozenset(route) for route in plan.values()} == {frozenset({"m1", "m2"}), frozenset({"m3", "m4"})}


def test_of_two_orders_of_the_same_stops_the_shorter_is_kept() -> None:
    """The same set of visits is one route, driven the best way it was seen."""
    problem = world([place(f"m{i}", i) for i in range(1, 4)], [day_squad("A")])
    assert packed(problem, {"A": ("m2", "m1", "m3")}, {"A": ("m1", "m2", "m3")})["A"] == ("m1", "m2", "m3")


def test_a_route_is_driven_by_a_squad_that_may_drive_it() -> None:
    """Squads alike may change routes, a squad that works longer keeps its own."""
    long_day = day_squad("B", end=clock("20:00"))
    problem = world([place(f"m{i}", i) for i in range(1, 4)], [day_squad("A"), long_day])
    assert packed(problem, {"B": ("m1",)}, {"B": ("m2", "m3")}) == {"A": (), "B": ("m2", "m3")}
    alike = world([place(f"m{i}", i) for i in range(1, 4)], [day_squad("A"), day_squad("B")])
    plan = packed(alike, {"B": ("m1",), "A": ()}, {"B": ("m2", "m3"), "A": ()}, {"A": ("m1",), "B": ("m2",)})
    assert sorted(plan.values()) == [("m1",), ("m2", "m3")]


def test_of_a_group_only_one_stop_is_packed() -> None:
    """Two routes that each visit another stop of the matter do not go together."""
    stops = [place("near", 1, group="g", prize=5), place("far", 3, group="g", prize=9), place("other", 2)]
    problem = world(stops, [day_squad("A"), day_squad("B")])
    first, second = {"A": ("near", "other"), "B": ()}, {"A": ("far",), "B": ("other",)}
    assert {stop for route in packed(problem, first, second).values() for stop in route} == {"far", "other"}


def test_routes_of_much_worse_plans_are_not_kept() -> None:
    """A route is as good as what it leaves for the others."""
    stops = [place("dear", 1, prize=100), place("m2", 2, prize=1), place("m3", 3, prize=1)]
    problem = world(stops, [day_squad("A"), day_squad("B")])
    assert packed(problem, {"A": ("dear",)}, {"A": ("m2",), "B": ("m3",)}) == {"A": ("dear",), "B": ()}


def test_nothing_kept_gives_no_plan() -> None:
    """Before any plan was met there is nothing to pack."""
    assert RoutePool(Arrays(world([place("m1", 1)], [day_squad("A")]))).pack() is None


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 100_000), plans=st.integers(1, 6))
def test_a_packed_plan_is_feasible_and_no_worse_than_each_it_was_made_from(seed: int, plans: int) -> None:
    """On any world: times by the schedule, each stop once, and equal to the best choice by trying all."""
    problem = any_world(seed, most=9)
    random = np.random.default_rng(seed + 1)
    arrays = Arrays(problem)
    pool, met = RoutePool(arrays), []
    for _ in range(plans):
        met.append(arrays.plan_of(repair(problem, _any_orders(problem, random))))
    # The best first, so that none is too poor to be kept only because a better one came later.
    met.sort(key=sums_of, reverse=True)
    for plan in met:
        pool.add(plan)
    made = pool.pack()
    if made is None:
        assert all(sums_of(plan)[0] == 0 for plan in met)
        return
    assert sums_of(made) >= sums_of(met[0])
    orders = arrays.orders_of(made)
    stops = [stop for route in orders.values() for stop in route]
    assert len(stops) == len(set(stops))
    for squad in arrays.squads:
        assert schedule(problem, squad.id, orders[squad.id]).violations == ()
    kept = [plan for plan in met if sums_of(plan)[0] >= 0.97 * sums_of(met[0])[0]]
    assert sums_of(made) >= _best_by_trying(arrays, kept)


def _any_orders(problem: Problem, random: np.random.Generator) -> dict[str, list[str]]:
    """Every stop with some squad, in any order."""
    orders: dict[str, list[str]] = {squad.id: [] for squad in problem.squads}
    names = [squad.id for squad in problem.squads]
    for number in random.permutation(len(problem.stops)):
        orders[names[int(random.integers(len(names)))]].append(problem.stops[number].id)
    return orders


def _best_by_trying(arrays: Arrays, plans: list[Plan]) -> tuple[int, int]:
    """Every choice of one plan's route for each squad, as far as no stop comes twice."""
    best = (0, 0)
    for choice in product(plans, repeat=len(arrays.squads)):
        routes = [plan.routes[k, 1 : plan.lengths[k] + 1].tolist() for k, plan in enumerate(choice)]
        stops = [stop for route in routes for stop in route]
        if len(stops) == len(set(stops)):
            worth = sum(int(plan.sums[k, WORTH]) for k, plan in enumerate(choice))
            travel = sum(int(plan.sums[k, TRAVEL]) for k, plan in enumerate(choice))
            best = max(best, (worth, -travel))
    return best
