"""Varied plans keep every rule and the bound on the prize, and are harder to foresee than the best plan."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from statistics import fmean

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import entropy
from planners.routing import (
    Limits,
    Problem,
    RoutePlan,
    UnverifiedPlanError,
    default_stop,
    entropy_bits,
    guess_chance,
    make_plan,
    score,
    solve,
    vary,
    verify,
)
from tests.unit.routing_world import HOUR, MINUTE, day_squad, market_street, place, township, world

MOVES = 400


def planned(problem: Problem) -> RoutePlan:
    """A good plan by OR-Tools, quickly."""
    stop = replace(default_stop(len(problem.stops), seconds=20.0), work=30)
    plan = solve(problem, stop, 1, engine="ortools").solution
    assert plan is not None
    return plan


@pytest.fixture(scope="module")
def day() -> tuple[Problem, RoutePlan]:
    """Three squads among thirty stops, more than they can visit."""
    problem = township(30, 3, seed=4)
    return problem, planned(problem)


@settings(max_examples=25, deadline=None)
@given(
    world_seed=st.integers(0, 3),
    seed=st.integers(0, 2**32),
    percent=st.floats(0, 10, allow_nan=False),
    late=st.integers(0, 3 * HOUR),
)
def test_the_bound_is_never_exceeded_and_every_rule_is_kept(
    world_seed: int, seed: int, percent: float, late: int
) -> None:
    """Prize, driving and departures, on any day with any seed."""
    problem = township(12, 2, seed=world_seed)
    best = solve(problem, replace(default_stop(12, seconds=20.0), work=5), 1, engine="ortools").solution
    assert best is not None
    limits = Limits(prize_percent=percent, travel_percent=30, latest_departure_seconds=late)
    varied = vary(problem, best, seed=seed, limits=limits, moves=MOVES)
    assert verify(varied.problem, varied.plan) == ()
    assert varied.plan.prize >= best.prize * (1 - percent / 100) - 1e-6
    assert varied.lost_percent == pytest.approx(100 * (1 - varied.plan.prize / best.prize))
    assert varied.plan.travel_seconds <= best.travel_seconds * 1.3
    for squad in problem.squads:
        start = varied.problem.squad(squad.id).start
        assert start == varied.departures.get(squad.id, squad.start)
        assert squad.start <= start <= squad.start + late


def test_a_bound_of_nothing_leaves_the_plan_as_it_is(day: tuple[Problem, RoutePlan]) -> None:
    """Off is off: the very plan and problem, nobody leaves later."""
    problem, best = day
    varied = vary(problem, best, seed=5, limits=Limits(prize_percent=0))
    assert (varied.plan, varied.problem, dict(varied.departures)) == (best, problem, {})


def test_the_same_seed_gives_the_same_plan_and_another_seed_another(day: tuple[Problem, RoutePlan]) -> None:
    """Reproducible for whoever knows the seed only."""
    first, again, other = (vary(*day, seed=seed, moves=MOVES) for seed in (7, 7, 8))
    assert first.plan == again.plan
    assert first.departures == again.departures
    assert first.plan.routes != other.plan.routes
    assert first.plan.routes != day[1].routes


@pytest.mark.parametrize("seed", range(5))
def test_required_stops_pins_and_locks_stay(day: tuple[Problem, RoutePlan], seed: int) -> None:
    """A required stop of no worth, one stop pinned to its squad, two visits already made."""
    problem, best = day
    orders = best.orders
    (first, required), second, third = orders["q0"][:2], orders["q1"][0], orders["q2"][:2]
    problem = replace(
        problem,
        stops=tuple(
            replace(
                stop,
                prize=0 if stop.id in (first, required) else stop.prize,
                required=stop.id in (first, required),
                pinned_squad="q1" if stop.id == second else None,
            )
            for stop in problem.stops
        ),
        squads=tuple(replace(s, locked=third if s.id == "q2" else ()) for s in problem.squads),
    )
    varied = vary(
        problem, make_plan(problem, orders), seed=seed, limits=Limits(prize_percent=10), moves=MOVES
    )
    now = varied.plan.orders
    assert {first, required} <= {name for order in now.values() for name in order}
    assert now["q2"][:2] == third
    assert "q2" not in varied.departures
    assert second not in now["q0"] + now["q2"]


def test_arrivals_are_spread_where_the_best_plan_comes_at_one_hour(day: tuple[Problem, RoutePlan]) -> None:
    """Over twelve days on which nothing else changes; a wider bound is harder to foresee."""
    problem, best = day
    months = [
        entropy.month(problem, best, percent=percent, days=12, seed=1, moves=300)
        for percent in (0.0, 1.0, 5.0)
    ]
    spread = [fmean(map(entropy_bits, month.arrivals.values())) for month in months]
    chance = [fmean(map(guess_chance, month.arrivals.values())) for month in months]
    assert spread[0] == 0
    assert chance[0] == 1
    assert 0.5 < spread[1] < spread[2]
    assert chance[2] < chance[1] < 0.8
    assert all(month.valid for month in months)


def test_half_hours_used_of_late_are_avoided() -> None:
    """One stop, free all day, visited at nine for a month: of fifty days few come at that half-hour again."""
    problem = market_street()
    best = planned(problem)
    at_nine = {"m1": [9 * HOUR + 5 * MINUTE] * 30}
    limits = Limits(prize_percent=3, travel_percent=0)

    def days_at_nine(history: dict[str, list[int]]) -> int:
        found = 0
        for seed in range(50):
            plan = vary(problem, best, seed=seed, limits=limits, history=history, moves=100).plan
            (arrive,) = (v.arrive for route in plan.routes for v in route.visits if v.stop == "m1")
            found += 9 * HOUR <= arrive < 9.5 * HOUR
        return found

    assert days_at_nine(at_nine) < days_at_nine({})


def test_a_later_departure_is_known_to_the_score_and_missed_without_it(
    day: tuple[Problem, RoutePlan],
) -> None:
    """The problem that comes back carries it; checked against the day as it was, times do not follow."""
    problem, best = day
    varied = next(v for v in (vary(problem, best, seed=s, moves=60) for s in range(20)) if v.departures)
    assert score(varied.problem, varied.plan.orders).routes == varied.plan.routes
    assert "wrong_time" in {violation.code for violation in verify(problem, varied.plan)}


def test_a_squad_that_would_leave_after_its_lunch_leaves_in_time() -> None:
    """A delay never takes away the break a shift owes."""
    problem = township(8, 1, seed=2)
    late = replace(problem, squads=(replace(problem.squads[0], start=12 * HOUR + 50 * MINUTE),))
    best = planned(late)
    for seed in range(20):
        varied = vary(late, best, seed=seed, moves=30)
        assert varied.problem.squads[0].lunch_due is not None


def test_a_day_without_visits_stays_empty() -> None:
    """Nothing to vary is not a fault."""
    problem = world([place("far", 1, skills=frozenset({"fire"}))], [day_squad()])
    varied = vary(problem, planned(problem), seed=1)
    assert varied.plan.prize == 0
    assert varied.lost_percent == 0


def test_a_plan_that_breaks_a_rule_is_not_varied(day: tuple[Problem, RoutePlan]) -> None:
    """It would be taken for lawful else."""
    problem, _ = day
    everybody = make_plan(problem, {"q0": tuple(stop.id for stop in problem.stops)})
    with pytest.raises(UnverifiedPlanError, match="shift_overrun"):
        vary(problem, everybody, seed=1)


@pytest.mark.parametrize(
    ("field", "value"),
    [("prize_percent", -1), ("prize_percent", 101), ("prize_percent", float("nan")), ("travel_percent", -1),
     ("travel_percent", float("nan")), ("latest_departure_seconds", -1)],
)  # fmt: skip
def test_bad_limits_are_named(field: str, value: float) -> None:
    """Field and value."""
    with pytest.raises(ValueError, match=rf"Limits\.{field} must be .*{value}"):
        Limits(**{field: value})  # type: ignore[arg-type]


def test_entropy_and_best_guess_of_known_arrivals() -> None:
    """Four half-hours alike are two bits, and a guess is right one time in four."""
    evenly = [9 * HOUR, 10 * HOUR, 11 * HOUR, 12 * HOUR + 29 * MINUTE]
    assert (entropy_bits(evenly), guess_chance(evenly)) == (2.0, 0.25)
    assert (entropy_bits([9 * HOUR, 9 * HOUR + 1799]), guess_chance([9 * HOUR] * 3)) == (0.0, 1.0)
    assert (entropy_bits([]), guess_chance([])) == (0.0, 0.0)
    assert entropy.foretold([9 * HOUR, 9 * HOUR, 10 * HOUR]) == 0.5


def test_the_benchmark_prints_a_checked_line_a_bound(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the machine last."""
    arguments = [
        "entropy",
        "--days",
        "6",
        "--stops",
        "12",
        "--seconds",
        "2",
        "--engine",
        "ortools",
        "--bounds",
        "0,3",
    ]
    monkeypatch.setattr(sys, "argv", arguments)
    entropy.main()
    off, on, machine = (json.loads(row) for row in capsys.readouterr().out.splitlines())
    assert (off["entropy_bits"], off["best_guess"], off["lost_percent_worst"]) == (0, 1, 0)
    assert on["entropy_bits"] > 0.5
    assert on["lost_percent_worst"] <= 3
    assert off["valid"]
    assert on["valid"]
    assert "cores" in machine["machine"]


def test_numbers_of_half_hours_fit_any_day() -> None:
    """A visit past midnight counts as the last half-hour of its day instead of failing."""
    problem = world([place("m1", 1)], [day_squad(start=23 * HOUR, end=26 * HOUR)], seconds=np.array(
        [[0, 2 * HOUR], [10 * MINUTE, 0]]
    ))  # fmt: skip
    varied = vary(problem, planned(problem), seed=3, moves=20)
    assert [visit.stop for visit in varied.plan.routes[0].visits] == ["m1"]
