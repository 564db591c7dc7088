"""The planner of several days: against brute force, its rules, its reasons, its seed."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain, combinations, permutations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planners.periodic import Customer, Pattern, PeriodicPlan, Problem, Vehicle, solve, verify
from planners.result import Status
from planners.stop import Stop


def week(seed: int, customers: int, days: int, limit: int) -> Problem:
    """Random optional customers, one vehicle a day, every combination of days with a random cost."""
    random = np.random.default_rng(seed)
    points = random.integers(0, 50, (customers + 1, 2))
    gaps = points[:, None] - points[None]
    travel = np.rint(np.hypot(gaps[..., 0], gaps[..., 1])).astype(np.int64)
    sets = list(chain.from_iterable(combinations(range(days), k) for k in range(days + 1)))
    return Problem(
        days=days,
        customers=tuple(
            Customer(
                id=str(i),
                node=i,
                service=5,
                patterns=tuple(
                    Pattern(days=chosen, cost=int(random.integers(0, 9)) if chosen else 10) for chosen in sets
                ),
            )
            for i in range(1, customers + 1)
        ),
        vehicles=tuple(
            Vehicle(id=f"d{d}", day=d, start_node=0, end_node=0, limit=limit) for d in range(days)
        ),
        travel=travel,
    )


def brute_force(problem: Problem) -> tuple[int, int]:
    """Least cost, and least travel at that cost, by trying everything."""
    shortest = {}
    for size in range(len(problem.customers) + 1):
        for chosen in combinations(problem.customers, size):
            tours = (
                sum(int(problem.travel[a, b]) for a, b in zip((0, *tour), (*tour, 0), strict=True))
                for tour in permutations([c.node for c in chosen])
            )
            shortest[frozenset(c.id for c in chosen)] = min(tours) if chosen else 0
    best = (10**9, 10**9)
    for picked in product(*(customer.patterns for customer in problem.customers)):
        cost, travel = sum(pattern.cost for pattern in picked), 0
        for vehicle in problem.vehicles:
            there = frozenset(
                c.id for c, p in zip(problem.customers, picked, strict=True) if vehicle.day in p.days
            )
            takes = shortest[there]
            if takes + 5 * len(there) > (vehicle.limit or 0):
                travel = 10**9
                break
            travel += takes
        if travel < 10**9:
            best = min(best, (cost, travel))
    return best


@pytest.mark.parametrize("seed", range(8))
def test_finds_what_brute_force_finds(seed: int) -> None:
    """Finds what brute force finds."""
    problem = week(seed, customers=4, days=2, limit=90)
    plan = solve(problem, Stop(seconds=60, work=20), seed).solution
    assert plan is not None
    assert (plan.cost, plan.travel) == brute_force(problem)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), limit=st.integers(0, 200), customers=st.integers(1, 7))
def test_any_week_is_verified_and_who_falls_short_has_a_reason(seed: int, limit: int, customers: int) -> None:
    """Any week is verified and who falls short has a reason."""
    problem = week(seed, customers=customers, days=3, limit=limit)
    plan = solve(problem, Stop(seconds=60, work=2), seed).solution
    assert plan is not None
    assert verify(problem, plan) == ()
    cheapest = {c.id: min(p.cost for p in c.patterns) for c in problem.customers}
    assert {s.customer for s in plan.short} == {
        c.id for c in problem.customers if c.cost_of(plan.days[c.id]) != cheapest[c.id]
    }


def test_same_work_and_seed_give_the_same_plan() -> None:
    """Same work and seed give the same plan."""
    problem = week(3, customers=12, days=4, limit=120)
    first, second = (solve(problem, Stop(seconds=60, work=4), 7).solution for _ in range(2))
    assert first == second


def line_of(patterns: tuple[Pattern, ...], limit: int, days: int = 3) -> Problem:
    """Line of."""
    return Problem(
        days=days,
        customers=(Customer(id="a", node=1, patterns=patterns, service=1),),
        vehicles=tuple(
            Vehicle(id=f"d{d}", day=d, start_node=0, end_node=0, limit=limit) for d in range(days)
        ),
        travel=np.array([[0, 10], [10, 0]]),
    )


def test_debt_comes_before_travel_and_spacing_is_kept() -> None:
    """Debt comes before travel and spacing is kept."""
    patterns = (Pattern(days=(), cost=2), Pattern(days=(0, 1), cost=1), Pattern(days=(0, 2), cost=0))
    plan = solve(line_of(patterns, 30), Stop(seconds=60, work=1)).solution
    assert plan is not None
    assert (plan.days["a"], plan.travel) == ((0, 2), 40)


def test_a_customer_out_of_reach_is_named_with_what_is_missing() -> None:
    """A customer out of reach is named with what is missing."""
    result = solve(line_of((Pattern(days=(0,)),), 15), Stop(seconds=60, work=1))
    assert result.status is Status.INFEASIBLE
    assert [(r.code, dict(r.params)) for r in result.reasons] == [
        ("week_too_far", {"over": 6, "customer": "a"})
    ]


def test_cancel_ends_with_a_lawful_plan() -> None:
    """Cancel ends with a lawful plan."""
    problem = week(1, customers=6, days=3, limit=100)
    result = solve(problem, Stop(seconds=60, work=50, cancelled=lambda: True))
    assert result.status is Status.TIME_LIMIT
    assert result.solution is not None
    assert verify(problem, result.solution) == ()


def broken_codes(problem: Problem, plan: PeriodicPlan) -> set[str]:
    """Broken codes."""
    return {violation.code for violation in verify(problem, plan)}


def test_verify_finds_what_was_tampered_with() -> None:
    """Verify finds what was tampered with."""
    problem = line_of((Pattern(days=(0,)), Pattern(days=(1,))), 30)
    plan = solve(problem, Stop(seconds=60, work=1)).solution
    assert plan is not None
    assert broken_codes(problem, replace(plan, travel=1)) == {"wrong_sum"}
    assert broken_codes(problem, replace(plan, routes=plan.routes[1:])) == {"missing_route"}
    both = tuple(replace(r, customers=("a",), travel=20, duration=21) for r in plan.routes)
    assert "no_such_pattern" in broken_codes(problem, replace(plan, routes=both))
    tight = replace(problem, vehicles=tuple(replace(v, limit=20) for v in problem.vehicles))
    assert broken_codes(tight, plan) == {"over_limit"}


def test_a_pattern_beyond_the_last_day_is_refused() -> None:
    """A pattern beyond the last day is refused."""
    with pytest.raises(ValueError, match=r"customer 'a' go beyond the last day 2, got \(3,\)"):
        line_of((Pattern(days=(3,)),), 30)
