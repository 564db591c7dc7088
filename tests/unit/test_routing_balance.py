"""Balance: squads work about as long as each other, within the travel that may be spent on it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from routing_world import day_squad, place, township, world

from planners.routing import Problem, RoutePlan, solve, verify
from planners.stop import Stop


def plan_of(problem: Problem, tolerance: float, *, seed: int = 1) -> RoutePlan:
    """A plan with so many per cent of travel to spend on balance."""
    stop = Stop(seconds=60, work=25)
    plan = solve(replace(problem, balance_tolerance=tolerance), stop, seed).solution
    assert plan is not None
    return plan


def squares(plan: RoutePlan) -> int:
    """What balance makes small."""
    return sum((route.end - route.start) ** 2 for route in plan.routes)


@pytest.mark.parametrize("per_cent", [-1, 101])
def test_a_tolerance_out_of_range_is_refused(per_cent: float) -> None:
    """By name and value."""
    with pytest.raises(ValueError, match=f"balance_tolerance must be 0 to 100 per cent, got {per_cent}"):
        replace(world([place("a", 1)], [day_squad()]), balance_tolerance=per_cent)


def test_work_is_shared_only_where_the_longer_way_is_allowed() -> None:
    """Four stops at one place: a second squad drives the whole way again."""
    stops = [place(name, 1) for name in "abcd"]
    problem = world(stops, [day_squad("A"), day_squad("B")])
    for tolerance, shares in ((0, [0, 4]), (99, [0, 4]), (100, [2, 2])):
        plan = plan_of(problem, tolerance)
        assert sorted(len(route.visits) for route in plan.routes) == shares
        assert plan.prize == 40


def test_locks_pins_skills_and_limits_hold_while_work_is_shared() -> None:
    """What may not move stays, however uneven it is."""
    stops = [
        place("locked", 1),
        place("pinned", 1, pinned_squad="A"),
        place("skilled", 1, skills=frozenset({"fire"})),
        place("free", 1),
        place("free too", 1),
    ]
    squads = [
        day_squad("A", locked=("locked",), skills=frozenset({"fire"})),
        day_squad("B", max_stops=1),
    ]
    plan = plan_of(world(stops, squads), 100)
    assert plan.prize == 50
    assert {"locked", "pinned", "skilled"} <= set(plan.orders["A"])
    assert len(plan.orders["B"]) == 1


@settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 10_000), tolerance=st.sampled_from([1.0, 10.0, 50.0]))
def test_balance_keeps_the_visits_and_stays_within_its_travel(seed: int, tolerance: float) -> None:
    """Against the same plan without balance: same stops, bounded ways, no more uneven, the same each time."""
    problem = township(18, 3, seed=seed)
    plain, even = plan_of(problem, 0, seed=seed), plan_of(problem, tolerance, seed=seed)
    visited, evened = ({s for order in plan.orders.values() for s in order} for plan in (plain, even))
    assert evened == visited
    assert even.travel_seconds <= plain.travel_seconds * (1 + tolerance / 100)
    assert squares(even) <= squares(plain)
    assert not verify(problem, even)
    assert plan_of(problem, tolerance, seed=seed).orders == even.orders
