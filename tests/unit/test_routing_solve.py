"""Solving: worlds whose best plan is known, promises about required stops, pins and locks, and stopping."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from routing_world import (
    HOUR,
    MINUTE,
    NOON_LUNCH,
    best_worth_by_trying_everything,
    clock,
    day_squad,
    market_street,
    place,
    township,
    world,
    worth_of,
)

from planners.result import Result, Status
from planners.routing import Lunch, Problem, RoutePlan, SquadShift, StopPoint, default_stop, solve, verify
from planners.routing.pace import worth_seconds
from planners.stop import Progress, Stop

QUICK = Stop(seconds=20, work=40)


def plan_of(problem: Problem, stop: Stop = QUICK, seed: int = 0, **options: RoutePlan) -> RoutePlan:
    """The plan, checked again here."""
    plan = solve(problem, stop, seed, **options).solution
    assert plan is not None
    assert verify(problem, plan) == ()
    return plan


def test_everything_is_visited_in_the_order_of_the_road_when_time_allows() -> None:
    """Four stops along one road cost eighty minutes of driving, there and back."""
    plan = plan_of(market_street(lunch=NOON_LUNCH))
    assert sorted(plan.orders["A"]) == ["m1", "m2", "m3", "m4"]
    assert plan.travel_seconds == 80 * MINUTE
    assert plan.unassigned == ()
    assert plan.prize == 40


def test_prize_decides_before_travel() -> None:
    """The far stop of worth 11 is chosen over the near one of 10 when only one fits."""
    problem = world([place("near", 1), place("far", 3, prize=11)], [day_squad(end=clock("10:10"))])
    plan = plan_of(problem)
    assert plan.orders["A"] == ("far",)
    assert [item.stop for item in plan.unassigned] == ["near"]


def test_a_required_stop_goes_before_any_prize() -> None:
    """A required stop of no worth takes the place of the best one."""
    problem = world(
        [place("rich", 1, prize=1000), place("urgent", 3, prize=0, required=True)],
        [day_squad(end=clock("10:10"))],
    )
    plan = plan_of(problem)
    assert plan.orders["A"] == ("urgent",)


def test_a_required_stop_that_cannot_be_visited_comes_back_with_its_reason() -> None:
    """It is never silently lost, and the others are planned all the same."""
    problem = world([place("m1", 1), place("urgent", 9, required=True)], [day_squad(end=clock("9:30"))])
    plan = plan_of(problem)
    assert plan.orders["A"] == ("m1",)
    assert [(item.stop, item.required, item.reason.code) for item in plan.unassigned] == [
        ("urgent", True, "too_long_for_shift")
    ]


def test_of_two_required_stops_that_exclude_each_other_one_is_kept() -> None:
    """Both are open only at the same minute, a drive apart."""
    window = ((clock("9:00"), clock("9:00")),)
    stops = [place("u1", 1, required=True, windows=window), place("u2", 2, required=True, windows=window)]
    plan = plan_of(world(stops, [day_squad()]))
    assert len(plan.orders["A"]) == 1
    assert [item.required for item in plan.unassigned] == [True]


def test_a_pin_sends_a_stop_to_its_squad_even_the_long_way() -> None:
    """Squad B starts far away and still serves the stop beside squad A's door."""
    squads = [day_squad("A"), day_squad("B", start_node=4, end_node=4)]
    plan = plan_of(world([place("m1", 1, pinned_squad="B"), place("m3", 3)], squads))
    assert "m1" in plan.orders["B"]


def test_allowed_and_forbidden_squads_are_kept_to() -> None:
    """One stop only for B, one not for B."""
    stops = [place("b", 1, allowed_squads=frozenset({"B"})), place("a", 1, forbidden_squads=frozenset({"B"}))]
    plan = plan_of(world(stops, [day_squad("A"), day_squad("B")]))
    assert (plan.orders["A"], plan.orders["B"]) == (("a",), ("b",))


def test_skills_and_lawfulness_decide_who_goes() -> None:
    """The patrol-only squad takes what needs neither skill nor law only if that saves travel."""
    stops = [place("fire", 1, skills=frozenset({"fire"})), place("law", 2, needs_lawful=True)]
    squads = [day_squad("A", patrol_only=True, skills=frozenset({"fire"})), day_squad("B")]
    plan = plan_of(world(stops, squads))
    assert (plan.orders["A"], plan.orders["B"]) == (("fire",), ("law",))


def test_squads_of_different_shifts_and_doors_each_stay_within_their_own() -> None:
    """The morning squad starts at one end, the afternoon squad at the other."""
    squads = [
        day_squad("morning", end=clock("9:30")),
        day_squad("afternoon", start=clock("13:30"), start_node=4, end_node=4),
    ]
    stops = [
        place("early", 1, windows=((clock("8:30"), clock("9:00")),)),
        place("late", 3, windows=((clock("14:00"), clock("15:00")),)),
    ]
    plan = plan_of(world(stops, squads))
    assert (plan.orders["morning"], plan.orders["afternoon"]) == (("early",), ("late",))


def test_the_limit_of_visits_is_kept() -> None:
    """Two of four, the dearest two."""
    stops = [place(f"m{i}", i, prize=i) for i in range(1, 5)]
    plan = plan_of(world(stops, [day_squad(max_stops=2)]))
    assert sorted(plan.orders["A"]) == ["m3", "m4"]


def test_locked_visits_stay_first_and_in_their_order() -> None:
    """However bad the order is, and however late they are."""
    stops = [place(f"m{i}", i) for i in range(1, 5)]
    stops[2] = place("m3", 3, windows=((0, 60),))
    plan = plan_of(
        world(stops, [day_squad(locked=("m3", "m1"), lunch=NOON_LUNCH), day_squad("B", locked=("m4",))])
    )
    assert plan.orders["A"][:2] == ("m3", "m1")
    assert plan.orders["B"][0] == "m4"
    assert plan.unassigned == ()


def test_a_squad_whose_locked_visits_overrun_keeps_them_and_gets_no_more() -> None:
    """What is frozen is kept; the rest goes to the others."""
    problem = world(
        [place("long", 1, service_seconds=9 * HOUR), place("m2", 2)],
        [day_squad("A", locked=("long",)), day_squad("B")],
    )
    plan = plan_of(problem)
    assert (plan.orders["A"], plan.orders["B"]) == (("long",), ("m2",))


def test_a_stop_without_a_road_is_never_routed() -> None:
    """Not even when it is required and dear."""
    seconds = np.array([[0, 600, -1], [600, 0, -1], [-1, -1, 0]])
    stops = [place("m1", 1), place("island", 2, prize=1000, required=True)]
    plan = plan_of(world(stops, [day_squad()], seconds=seconds))
    assert plan.orders["A"] == ("m1",)
    assert plan.unassigned[0].reason.code == "unreachable"


def test_a_one_way_road_is_driven_only_one_way() -> None:
    """The ring 0 -> 1 -> 2 -> 0 is left in one direction."""
    seconds = np.array([[0, 600, 1200], [1200, 0, 600], [600, 1200, 0]])
    plan = plan_of(world([place("m1", 1), place("m2", 2)], [day_squad()], seconds=seconds))
    assert plan.orders["A"] == ("m1", "m2")


@pytest.mark.parametrize("latest", ["12:00", "13:00"])
def test_lunch_is_kept_to_the_minute_or_within_its_span(latest: str) -> None:
    """Fixed at noon or with an hour to choose, every squad eats in time."""
    lunch = Lunch(earliest_start=clock("12:00"), latest_start=clock(latest), duration_seconds=HOUR)
    stops = [place(f"m{i}", 1 + i % 4, prize=i + 1) for i in range(14)]
    plan = plan_of(world(stops, [day_squad(lunch=lunch)]))
    taken = plan.routes[0].lunch
    assert taken is not None
    assert clock("12:00") <= taken.start <= clock(latest)
    assert len(plan.orders["A"]) >= 9


def test_without_squads_every_stop_is_left_with_that_reason() -> None:
    """Nothing to solve, still an answer."""
    result = solve(world([place("m1", 1)], []), QUICK)
    assert result.status is Status.FEASIBLE
    assert result.solution is not None
    assert result.solution.routes == ()
    assert [item.reason.code for item in result.solution.unassigned] == ["no_squad"]


def test_without_stops_every_squad_has_an_empty_route() -> None:
    """Nothing to visit, still an answer."""
    result = solve(world([], [day_squad()]), QUICK)
    assert result.solution is not None
    assert result.solution.orders == {"A": ()}
    assert (result.objective, result.bound) == (0, 0)


def tiny_world(seed: int) -> Problem:
    """Up to five scattered stops and one or two squads, with every kind of rule now and then."""
    random = np.random.default_rng(seed)
    count, fleet = int(random.integers(1, 6)), int(random.integers(1, 3))
    points = random.uniform(0, 10_000, (count + 1, 2))
    seconds = (np.hypot(*(points[:, None, :] - points[None, :, :]).transpose(2, 0, 1)) / 8).astype(np.int64)
    stops = []
    for i in range(count):
        opens = int(random.integers(0, 14_000))
        windows = ((opens, opens + 2000), (opens + 4000, opens + 5000)) if random.random() < 0.5 else ()
        stops.append(
            StopPoint(
                id=f"s{i}",
                node=i,
                prize=int(random.integers(0, 10)),
                service_seconds=int(random.integers(300, 2400)),
                windows=windows,
                required=bool(random.random() < 0.15),
                skills=frozenset("x") if random.random() < 0.2 else frozenset(),
                pinned_squad="q0" if random.random() < 0.1 else None,
            )
        )
    earliest = int(random.integers(3000, 9000))
    lunch = Lunch(
        earliest_start=earliest, latest_start=earliest + int(random.choice([0, 1800])), duration_seconds=1800
    )
    squads = [
        SquadShift(
            id=f"q{k}",
            start_node=count,
            end_node=count,
            start=0,
            end=int(random.integers(9000, 16_000)),
            skills=frozenset("x") if random.random() < 0.6 else frozenset(),
            max_stops=3 if random.random() < 0.2 else None,
            lunch=lunch if random.random() < 0.8 else None,
        )
        for k in range(fleet)
    ]
    return Problem(
        stops=tuple(stops), squads=tuple(squads), travel_seconds=seconds, travel_metres=seconds * 8
    )


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 100_000))
def test_tiny_worlds_are_planned_as_well_as_by_trying_everything(seed: int) -> None:
    """Required stops and prize equal the best of all plans there are."""
    problem = tiny_world(seed)
    plan = plan_of(problem, Stop(seconds=30, work=300))
    assert worth_of(problem, plan.orders) == best_worth_by_trying_everything(problem)


def test_the_same_problem_work_and_seed_give_the_same_plan() -> None:
    """To the second."""
    problem = township(20, 2, seed=5)
    stop = Stop(seconds=120, work=60)
    first, second = solve(problem, stop, 3), solve(problem, stop, 3)
    assert first.solution == second.solution
    assert first.status is Status.FEASIBLE
    assert first.seed == 3


def test_another_seed_searches_elsewhere() -> None:
    """Of six seeds not all end at the same plan."""
    problem = township(40, 3, seed=6)
    plans = {str(plan_of(problem, Stop(seconds=60, work=30), seed).orders) for seed in range(6)}
    assert len(plans) > 1


def test_the_bound_is_the_prize_within_reach_and_no_plan_exceeds_it() -> None:
    """A stop nobody can serve alone does not count, one crowded out does."""
    stops = [place("m1", 1), place("m2", 2), place("skilled", 1, prize=99, skills=frozenset({"fire"}))]
    result = solve(world(stops, [day_squad(end=clock("9:45"))]), QUICK)
    assert (result.objective, result.bound) == (10, 20)


def test_more_work_brings_more_than_none() -> None:
    """The solver improves on the plan it begins with."""
    problem = township(30, 2, seed=11)
    begun = plan_of(problem, Stop(seconds=60, work=1))
    searched = plan_of(problem, Stop(seconds=60, work=300))
    assert (searched.prize, -searched.travel_seconds) > (begun.prize, -begun.travel_seconds)


def test_a_cancel_ends_the_search_with_the_best_so_far() -> None:
    """Cancelled at the first question after a plan is there, long before the clock."""
    asked: list[int] = []

    def cancelled() -> bool:
        asked.append(1)
        return len(asked) > 12

    result = solve(township(40, 3, seed=7), Stop(seconds=250, cancelled=cancelled))
    assert result.status is Status.TIME_LIMIT
    assert result.solution is not None
    assert result.solution.prize > 0
    assert result.seconds < 125


def test_a_cancel_before_the_start_still_gives_a_lawful_plan() -> None:
    """It may be an empty one."""
    problem = township(20, 2, seed=8)
    result = solve(problem, Stop(seconds=100, cancelled=lambda: True))
    assert result.status is Status.TIME_LIMIT
    assert result.solution is not None
    assert verify(problem, result.solution) == ()


def test_the_clock_ends_a_search_without_work_limit() -> None:
    """TIME_LIMIT says that it was the clock."""
    result = solve(township(20, 2, seed=8), Stop(seconds=0.5))
    assert result.status is Status.TIME_LIMIT
    assert result.solution is not None


def test_progress_rises_to_one_and_never_shows_a_worse_best() -> None:
    """What the desk draws while it waits."""
    seen: list[Progress] = []
    result = solve(township(30, 2, seed=9), Stop(seconds=60, work=150, progress=seen.append))
    fractions = [report.fraction for report in seen]
    best = [report.best for report in seen if report.best is not None]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0
    assert best == sorted(best)
    assert best[-1] == result.objective


def test_a_replan_from_the_old_plan_is_never_worth_less() -> None:
    """Even with hardly any work."""
    problem = township(40, 3, seed=10)
    old = plan_of(problem, Stop(seconds=60, work=200))
    new = plan_of(problem, Stop(seconds=60, work=1), 4, warm=old)
    assert (new.prize, -new.travel_seconds) >= (old.prize, -old.travel_seconds)


def test_a_replan_leaves_out_what_is_gone_and_takes_in_the_urgent() -> None:
    """Stops of the old plan that no longer exist or fit are dropped, a new required one is visited."""
    old_problem = world([place("m1", 1), place("gone", 2), place("m3", 3)], [day_squad()])
    old = plan_of(old_problem)
    stops = [place("m1", 1), place("m3", 3), place("urgent", 4, required=True)]
    new = plan_of(world(stops, [day_squad(start=clock("13:00"), locked=("m1",))]), warm=old)
    assert new.orders["A"][0] == "m1"
    assert set(new.orders["A"]) == {"m1", "m3", "urgent"}


def test_the_default_stop_limits_work_and_gives_less_for_more_stops() -> None:
    """Larger plans pass fewer solutions a second."""
    small, large = default_stop(25), default_stop(150, seconds=5)
    assert small.work is not None
    assert large.work is not None
    assert small.work > large.work
    assert large.seconds == 5


def test_a_default_stop_for_a_busy_machine_has_the_same_work_and_more_time() -> None:
    """The work says when to end, so a clock four times as long changes no plan."""
    usual, busy = default_stop(60, seconds=1.0), default_stop(60, seconds=1.0, slower=4.0)
    assert (busy.work, busy.seconds) == (usual.work, 4.0)
    assert worth_seconds(busy, 60, "hybrid") == worth_seconds(usual, 60, "hybrid") <= 1.0


def test_a_result_says_what_solved_it() -> None:
    """Engine and version for the record."""
    result: Result[RoutePlan] = solve(market_street(), QUICK, engine="ortools")
    assert result.engine.startswith("ortools-routing 9.")
    assert result.seconds > 0
