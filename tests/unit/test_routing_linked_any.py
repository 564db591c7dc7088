"""Any tiny or random day with meetings and order: the best of all plans, verified, the same by seed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import permutations, product

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from routing_world import worth_of
from test_routing_any import any_day

from planners.routing import (
    ENGINES,
    Engine,
    Lunch,
    Problem,
    RoutePlan,
    SquadShift,
    StopPoint,
    make_plan,
    score,
    solve,
    verify,
)
from planners.stop import Stop

TINY = settings(
    max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
SEEDS = st.integers(0, 1_000_000)
ENGINE = st.sampled_from(ENGINES)
Orders = dict[str, tuple[str, ...]]


def tiny_day(seed: int) -> Problem:
    """Two squads and two to four stops, some for both, some after others; lunch, windows, groups, locks."""
    random = np.random.default_rng(seed)
    count = int(random.integers(2, 5))
    points = random.uniform(0, 12_000, (count + 2, 2))
    seconds = np.ceil(np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1)) / 8).astype(np.int64)
    locked = int(random.integers(count)) if random.random() < 0.25 else -1
    stops = tuple(_stop(random, i, is_locked=i == locked) for i in range(count))
    squads = tuple(
        SquadShift(
            id=f"q{k}",
            start_node=count + k,
            end_node=count + k,
            start=int(random.integers(0, 3000)),
            end=int(random.integers(6000, 13_000)),
            lunch=Lunch(earliest_start=3600, latest_start=6000, duration_seconds=1500)
            if random.random() < 0.6
            else None,
            max_stops=2 if random.random() < 0.2 else None,
            locked=(f"s{locked}",) if k == 0 and locked >= 0 else (),
        )
        for k in range(2)
    )
    return Problem(stops=stops, squads=squads, travel_seconds=seconds, travel_metres=seconds * 8)


def _stop(random: np.random.Generator, i: int, *, is_locked: bool) -> StopPoint:
    opens = int(random.integers(0, 8000))
    return StopPoint(
        id=f"s{i}",
        node=i,
        prize=int(random.integers(0, 10)),
        service_seconds=int(random.integers(300, 2000)),
        windows=((opens, opens + 2500),) if random.random() < 0.4 else (),
        required=bool(random.random() < 0.2),
        group="g" if random.random() < 0.3 else None,
        squads_needed=2 if not is_locked and random.random() < 0.4 else 1,
        after=(f"s{int(random.integers(i))}",) if i and random.random() < 0.4 else (),
    )


def all_plans(problem: Problem) -> Iterator[Orders]:
    """Every way to give stops to the two squads, in every order, locked visits first."""
    a, b = problem.squads
    choices = [_choices(stop, problem) for stop in problem.stops]
    for chosen in product(*choices):
        to_a = [s.id for s, where in zip(problem.stops, chosen, strict=True) if "a" in where]
        to_b = [s.id for s, where in zip(problem.stops, chosen, strict=True) if "b" in where]
        for first in permutations(to_a):
            for second in permutations(to_b):
                yield {a.id: a.locked + first, b.id: b.locked + second}


def _choices(stop: StopPoint, problem: Problem) -> tuple[str, ...]:
    if stop.id in problem.locked_to:
        return ("",)
    return ("", "ab") if stop.squads_needed == 2 else ("", "a", "b")


def keeps_the_rules(problem: Problem, orders: Orders) -> bool:
    """Nothing is broken, locked visits alone not judged."""
    return all(
        violation.squad is not None and orders[violation.squad] == problem.squad(violation.squad).locked
        for violation in score(problem, orders).violations
    )


def real_worth(problem: Problem, orders: Orders) -> tuple[int, int]:
    """Required stops visited and prize, a stop for both squads counted once."""
    return worth_of(problem, {"all": tuple({name for order in orders.values() for name in order})})


def plan_of(problem: Problem, seed: int, engine: Engine, warm: RoutePlan | None = None) -> RoutePlan:
    """A plan after a little counted work."""
    plan = solve(problem, Stop(seconds=60, work=4), seed, engine=engine, warm=warm).solution
    assert plan is not None
    return plan


@TINY
@given(seed=SEEDS, engine=ENGINE)
def test_a_tiny_day_gets_the_best_of_all_plans(seed: int, engine: Engine) -> None:
    """Required stops and prize, by trying every plan there is."""
    problem = tiny_day(seed)
    best = max(real_worth(problem, o) for o in all_plans(problem) if keeps_the_rules(problem, o))
    plan = plan_of(problem, seed, engine)
    assert verify(problem, plan) == ()
    assert real_worth(problem, plan.orders) == best
    assert plan.prize == best[1]


@TINY
@given(seed=SEEDS)
def test_the_two_judges_agree_on_every_plan_of_a_tiny_day(seed: int) -> None:
    """The walk and the independent check call the same plans lawful."""
    problem = tiny_day(seed)
    plans = list(all_plans(problem))
    for orders in [plans[i] for i in np.random.default_rng(seed).integers(len(plans), size=12)]:
        assert (verify(problem, make_plan(problem, orders)) == ()) is keeps_the_rules(problem, orders)


def any_linked_day(seed: int) -> Problem:
    """Up to twelve stops and three squads with every feature there is, some of the stops linked."""
    random = np.random.default_rng(seed)
    problem = any_day(seed)
    stops = []
    for i, stop in enumerate(problem.stops):
        joint = stop.pinned_squad is None and stop.id not in problem.locked_to and random.random() < 0.25
        after = {f"s{int(random.integers(i))}" for _ in range(2)} if i and random.random() < 0.25 else set()
        stops.append(
            replace(
                stop, squads_needed=int(random.integers(2, 4)) if joint else 1, after=tuple(sorted(after))
            )
        )
    return replace(problem, stops=tuple(stops))


@TINY
@given(seed=SEEDS, engine=ENGINE)
def test_any_linked_day_is_planned_within_every_rule_the_same_by_seed_and_with_reasons(
    seed: int, engine: Engine
) -> None:
    """Each stop is in as many routes as it needs or left out by name; more work never gives less."""
    problem = any_linked_day(seed)
    plan = plan_of(problem, seed, engine)
    assert verify(problem, plan) == ()
    assert plan_of(problem, seed, engine) == plan
    visited = [name for order in plan.orders.values() for name in order]
    named = {item.stop: item for item in plan.unassigned}
    for stop in problem.stops:
        assert visited.count(stop.id) == (0 if stop.id in named else stop.squads_needed)
        if stop.required and stop.id in named:
            assert named[stop.id].reason.code not in ("", "no_prize")
    again = plan_of(problem, seed + 1, engine, warm=plan)
    assert real_worth(problem, again.orders) >= real_worth(problem, plan.orders)


@pytest.mark.parametrize("seed", range(12))
def test_a_start_moved_by_its_slack_still_keeps_every_rule(seed: int) -> None:
    """Slack of a meeting is what may be added to its start for all who come."""
    problem = tiny_day(seed)
    plan = plan_of(problem, seed, "hybrid")
    for visit in (visit for route in plan.routes for visit in route.visits):
        stop = problem.stop(visit.stop)
        if visit.stop in problem.locked_to or any(r.violations for r in plan.routes):
            continue
        delayed = replace(stop, windows=((visit.start + visit.slack_seconds,) * 2,))
        day = replace(problem, stops=tuple(delayed if s.id == stop.id else s for s in problem.stops))
        assert score(day, plan.orders).violations == ()
