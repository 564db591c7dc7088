"""The compiled kernel: its times are the schedule's, its plans keep every rule, and it can be stopped."""

from __future__ import annotations

from itertools import permutations

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
    place,
    township,
    world,
    worth_of,
)

from planners.result import Status
from planners.routing import (
    Lunch,
    Problem,
    RoutePlan,
    SquadShift,
    StopPoint,
    default_stop,
    make_plan,
    schedule,
    solve,
    verify,
    warmup,
)
from planners.routing.kernel import compiled
from planners.routing.kernel.arrays import Arrays
from planners.routing.kernel.core import refresh
from planners.routing.kernel.crossing import Crossing
from planners.routing.kernel.search import SETTINGS, KernelSearch
from planners.routing.polish import repair
from planners.routing.search import PlanKeeper
from planners.stop import Progress, Stop

pytestmark = pytest.mark.skipif(not compiled.AVAILABLE, reason="numba is not installed")

ANY_WORLD = settings(
    max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)


def any_world(seed: int, *, most: int = 6) -> Problem:
    """A few stops and up to three squads, with every kind of rule now and then, roads not metric."""
    random = np.random.default_rng(seed)
    count, fleet = int(random.integers(1, most + 1)), int(random.integers(1, 4))
    seconds = random.integers(60, 1500, (count + 2, count + 2))
    seconds[random.random(seconds.shape) < 0.03] = -1
    seconds = _closed(seconds)
    locked = [f"s{i}" for i in range(count) if random.random() < 0.1]
    owner = int(random.integers(fleet))
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
                needs_lawful=bool(random.random() < 0.2),
                skills=frozenset("x") if random.random() < 0.2 else frozenset(),
                allowed_squads=frozenset({"q0"}) if random.random() < 0.1 else None,
                forbidden_squads=frozenset({"q0"}) if random.random() < 0.1 else frozenset(),
                pinned_squad="q0" if random.random() < 0.1 and f"s{i}" not in locked else None,
            )
        )
    squads = [_any_squad(random, k, count, tuple(locked) if k == owner else ()) for k in range(fleet)]
    return Problem(
        stops=tuple(stops), squads=tuple(squads), travel_seconds=seconds, travel_metres=seconds * 8
    )


def _any_squad(random: np.random.Generator, k: int, count: int, locked: tuple[str, ...]) -> SquadShift:
    earliest = int(random.integers(3000, 9000))
    lunch = Lunch(
        earliest_start=earliest, latest_start=earliest + int(random.choice([0, 1800])), duration_seconds=1800
    )
    return SquadShift(
        id=f"q{k}",
        start_node=count + int(random.integers(2)),
        end_node=count + int(random.integers(2)),
        start=int(random.integers(0, 3000)),
        end=int(random.integers(9000, 16_000)),
        skills=frozenset("x") if random.random() < 0.6 else frozenset(),
        patrol_only=bool(random.random() < 0.2),
        max_stops=3 if random.random() < 0.2 else None,
        lunch=lunch if random.random() < 0.8 else None,
        locked=locked,
    )


def _closed(seconds: np.ndarray) -> np.ndarray:
    """Where one place leads to a second and that to a third, a road of some length leads to the third."""
    known = seconds >= 0
    for middle in range(len(seconds)):
        known |= known[:, [middle]] & known[[middle], :]
    return np.where(known & (seconds < 0), 1500, seconds)


def kernel_plan(problem: Problem, pieces: int, seed: int = 0, *, rounds: float = 1.0) -> PlanKeeper:
    """What the kernel alone makes of the empty plan in so many pieces of work.

    ``rounds`` decides whether one plan anneals or several are crossed.
    """
    keeper = PlanKeeper(problem, repair(problem, {}))
    done = [0]

    def count() -> None:
        done[0] += 1

    KernelSearch(problem, seed, keeper, rounds=rounds).run(
        fraction=lambda: done[0] / pieces, count=count, ended=lambda: False
    )
    return keeper


@ANY_WORLD
@given(seed=st.integers(0, 100_000))
def test_the_kernels_times_call_a_route_feasible_exactly_when_the_schedule_does(seed: int) -> None:
    """Every order of up to three stops, for every squad; rules on who may serve are not its matter here."""
    problem = any_world(seed, most=4)
    arrays = Arrays(problem)
    time_rules = {"late", "lunch_late", "shift_overrun", "no_road"}
    for k, squad in enumerate(arrays.squads):
        for order in permutations(range(len(arrays.stops)), min(3, len(arrays.stops))):
            plan = arrays.empty_plan()
            plan.routes[k, : len(order) + 2] = [plan.routes[k, 0], *order, plan.routes[k, 1]]
            plan.lengths[k] = len(order)
            names = (*squad.locked, *(arrays.stops[i].id for i in order))
            found = {violation.code for violation in schedule(problem, squad.id, names).violations}
            assert refresh(arrays.world, plan, k) == (not found & time_rules)


@ANY_WORLD
@given(seed=st.integers(0, 100_000))
def test_any_world_is_planned_within_every_rule(seed: int) -> None:
    """Checked by `verify`, which shares no rule with the kernel; no stop is lost without a reason."""
    problem = any_world(seed, most=12)
    plan = solve(problem, Stop(seconds=60, work=4), seed).solution
    assert plan is not None
    assert verify(problem, plan) == ()
    named = {stop for order in plan.orders.values() for stop in order} | {u.stop for u in plan.unassigned}
    assert named == {stop.id for stop in problem.stops}


@ANY_WORLD
@given(seed=st.integers(0, 100_000))
def test_the_kernel_never_proposes_what_has_to_be_repaired(seed: int) -> None:
    """Each of its routes stands before the schedule as it is, unless only locked visits are in it."""
    problem = any_world(seed, most=12)
    arrays = Arrays(problem)
    keeper = kernel_plan(problem, 3, seed)
    plan = arrays.plan_of(keeper.orders)
    assert arrays.orders_of(plan) == keeper.orders
    for squad in arrays.squads:
        assert schedule(problem, squad.id, keeper.orders[squad.id]).violations == ()


@settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 100_000))
def test_the_kernel_alone_finds_the_best_of_all_plans_of_tiny_worlds(seed: int) -> None:
    """Required stops and prize equal the best of all orders there are."""
    random = np.random.default_rng(seed)
    seconds = random.integers(300, 1500, (6, 6))
    windows = [int(random.integers(0, 9000)) for _ in range(5)]
    stops = [
        place(
            f"s{i}",
            i,
            prize=int(random.integers(1, 10)),
            required=bool(random.random() < 0.2),
            windows=((opens, opens + 1500), (opens + 3000, opens + 4000)) if opens % 2 else (),
        )
        for i, opens in enumerate(windows)
    ]
    lunch = Lunch(earliest_start=4000, latest_start=5000, duration_seconds=1800)
    squads = [
        SquadShift(id=f"q{k}", start_node=5, end_node=5, start=0, end=9000 + 2000 * k, lunch=lunch)
        for k in range(2)
    ]
    problem = world(stops, squads, seconds=seconds)
    best = best_worth_by_trying_everything(problem)
    assert kernel_plan(problem, 8, seed).key[:2] == best
    assert kernel_plan(problem, 30, seed, rounds=1e9).key[:2] == best


@settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 100_000))
def test_crossed_plans_keep_every_rule_and_the_same_seed_crosses_them_alike(seed: int) -> None:
    """Locks, skills, limits and roads that are missing included; children inherit from two plans."""
    problem = any_world(seed, most=9)
    once, again = (kernel_plan(problem, 25, seed, rounds=1e9).orders for _ in range(2))
    assert once == again
    assert verify(problem, make_plan(problem, once)) == ()
    arrays = Arrays(problem)
    if not arrays.is_worthwhile:
        return
    state = np.array([seed + 1], dtype=np.uint64)
    crossing = Crossing(arrays, SETTINGS, state, np.random.default_rng(seed))
    queue = np.arange(len(arrays.stops), dtype=np.int64)
    parents = [arrays.plan_of(once), crossing.child(arrays.empty_plan(), arrays.plan_of(once), queue)]
    for _ in range(10):
        child = crossing.child(parents[0], parents[1], queue)
        assert verify(problem, make_plan(problem, arrays.orders_of(child))) == ()
        parents = [parents[1], child]


def test_a_required_stop_of_no_worth_is_kept_before_a_great_prize() -> None:
    """Only one of them fits."""
    problem = world(
        [place("rich", 1, prize=10**6), place("urgent", 3, prize=0, required=True)],
        [day_squad(end=clock("10:10"))],
    )
    assert kernel_plan(problem, 4).orders == {"A": ("urgent",)}


def test_a_squad_with_locked_visits_goes_on_from_where_they_end() -> None:
    """Locked late and out of order, they stay first; what follows is counted from there."""
    stops = [place(f"m{i}", i) for i in range(1, 5)]
    problem = world(stops, [day_squad(locked=("m3", "m1"), max_stops=3, lunch=NOON_LUNCH)])
    order = kernel_plan(problem, 4).orders["A"]
    assert order[:2] == ("m3", "m1")
    assert len(order) == 3


def test_the_last_part_of_the_search_shortens_the_ways() -> None:
    """All eight stops on one road fit in many orders; only there and back once is shortest."""
    problem = world(
        [place(f"m{i}", i, service_seconds=10 * MINUTE) for i in range(1, 9)], [day_squad(lunch=NOON_LUNCH)]
    )
    required, prize, travel = kernel_plan(problem, 10).key
    assert (required, prize, -travel) == (0, 80, 160 * MINUTE)


def test_the_same_work_and_seed_give_the_same_plan_and_another_seed_another_search() -> None:
    """To the second, locks and lunch included."""
    problem = township(40, 3, seed=5)
    stop = Stop(seconds=120, work=6)
    plans = [solve(problem, stop, seed).solution for seed in (3, 3, 4, 5)]
    assert plans[0] == plans[1]
    assert len({str(plan.orders) for plan in plans if plan}) > 1


def test_the_kernel_stops_between_pieces_when_it_is_told() -> None:
    """Asked once a piece; nothing of what was found till then is lost."""
    problem = township(40, 3, seed=7)
    asked: list[int] = []

    def cancelled() -> bool:
        asked.append(1)
        return len(asked) > 30

    result = solve(problem, Stop(seconds=250, cancelled=cancelled))
    assert result.status is Status.TIME_LIMIT
    assert result.solution is not None
    assert result.solution.prize > 0
    assert result.seconds < 125
    assert verify(problem, result.solution) == ()


def test_a_large_problem_is_searched_in_smaller_pieces() -> None:
    """So that a cancel is heard as soon as in a small one."""
    asked: list[int] = []

    def fraction() -> float:
        return 1.0 if len(asked) > 10 else 0.0

    def ended() -> bool:
        asked.append(1)
        return False

    counted: list[int] = []
    problem = township(300, 2, seed=1)
    KernelSearch(problem, 0, PlanKeeper(problem, repair(problem, {})), rounds=1).run(
        fraction=fraction, count=lambda: counted.append(1), ended=ended
    )
    assert len(asked) >= 3 * len(counted)


def test_a_warm_start_is_never_lost_even_with_hardly_any_work() -> None:
    """The kernel begins at the old plan and keeps the best."""
    problem = township(60, 3, seed=10)
    old = solve(problem, Stop(seconds=60, work=20)).solution
    assert old is not None
    for seed in range(4):
        new = solve(problem, Stop(seconds=60, work=1), seed, warm=old).solution
        assert new is not None
        assert (new.prize, -new.travel_seconds) >= (old.prize, -old.travel_seconds)


def test_progress_rises_and_the_best_never_falls_while_the_kernel_works() -> None:
    """By counted work; the last report says 1."""
    seen: list[Progress] = []
    problem = township(150, 4, seed=9)
    result = solve(problem, Stop(seconds=60, work=30, progress=seen.append))
    best = [report.best for report in seen if report.best is not None]
    assert [r.fraction for r in seen] == sorted(r.fraction for r in seen)
    assert (best, best[-1], seen[-1].fraction) == (sorted(best), result.objective, 1.0)


def test_without_numba_ortools_plans_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Same rules, same answer's form; the engine's name tells why it is not the hybrid."""
    monkeypatch.setattr(compiled, "AVAILABLE", False)
    problem = township(20, 2, seed=3)
    result = solve(problem, Stop(seconds=60, work=40))
    assert "no kernel without numba" in result.engine
    assert result.solution is not None
    assert verify(problem, result.solution) == ()
    assert warmup.warm_up() is False
    assert default_stop(150).work == default_stop(150, engine="ortools").work


def test_the_hybrid_names_both_its_parts_and_an_unknown_engine_is_refused() -> None:
    """For the record of a plan; and so that a slip is not planned by another engine unnoticed."""
    problem = township(10, 1, seed=3)
    assert solve(problem, Stop(seconds=60, work=2)).engine.startswith("hybrid kernel + ortools-routing")
    with pytest.raises(ValueError, match="engine must be one of hybrid, ortools, got 'magic'"):
        solve(problem, Stop(seconds=60, work=2), engine="magic")  # type: ignore[arg-type]


def test_a_stop_with_several_windows_is_reached_in_the_second_when_the_first_is_missed() -> None:
    """It waits for the second opening, lunch in between."""
    windows = ((clock("8:30"), clock("8:35")), (clock("14:00"), clock("14:30")))
    problem = world([place("far", 2, windows=windows)], [day_squad(lunch=NOON_LUNCH, end=clock("16:30"))])
    plan: RoutePlan | None = solve(problem, Stop(seconds=60, work=2)).solution
    assert plan is not None
    assert plan.routes[0].visits[0].start == clock("14:00")
    assert worth_of(problem, plan.orders) == (0, 10)
    assert plan.routes[0].end <= 16 * HOUR + 30 * MINUTE
