"""Groups: of several stops of one matter at most one is visited, whatever plans, scores or checks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import permutations, product

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from routing_world import clock, day_squad, place, world, worth_of

from planners.routing import (
    ENGINES,
    Engine,
    Problem,
    RoutePlan,
    SquadShift,
    StopPoint,
    make_plan,
    score,
    solve,
    verify,
)
from planners.routing.kernel.arrays import Arrays
from planners.routing.kernel.crossing import Crossing
from planners.routing.kernel.search import SETTINGS
from planners.routing.polish import Polisher, repair
from planners.routing.ruin import Shaker
from planners.stop import Stop


def two_doors(**squad: object) -> Problem:
    """A matter that may be seen to at a near or at a far door, and a stop beyond."""
    stops = [
        place("near", 1, group="matter", prize=5),
        place("far", 3, group="matter", prize=9),
        place("other", 2),
    ]
    return world(stops, [day_squad(**squad)])


def plan_of(problem: Problem, engine: Engine = "hybrid", *, work: int = 60, seed: int = 1) -> RoutePlan:
    """A plan after so much work."""
    plan = solve(problem, Stop(seconds=60, work=work), seed, engine=engine).solution
    assert plan is not None
    return plan


@pytest.mark.parametrize("engine", ENGINES)
def test_the_dearest_stop_of_a_group_is_visited_and_the_other_named_as_seen_to(engine: Engine) -> None:
    """With time for both, still one visit, and the reason names it."""
    result = solve(two_doors(), Stop(seconds=60, work=60), 1, engine=engine)
    assert result.solution is not None
    assert set(result.solution.orders["A"]) == {"far", "other"}
    left = result.solution.unassigned
    assert [(item.stop, item.reason.code) for item in left] == [("near", "group_visited")]
    assert left[0].reason.params == {"other": "far", "group": "matter"}
    assert result.bound == result.objective == 19


def test_the_other_hour_of_a_matter_is_taken_when_the_dearer_one_is_closed() -> None:
    """A group is an alternative, not a ban."""
    stops = [
        place("morning", 1, group="g", prize=9, windows=((clock("6:00"), clock("7:00")),)),
        place("evening", 1, group="g", prize=4),
    ]
    plan = plan_of(world(stops, [day_squad()]))
    assert plan.orders["A"] == ("evening",)
    assert plan.unassigned[0].reason.code == "window_closed_for_all"


def test_what_is_locked_already_is_the_visit_of_its_group() -> None:
    """Nothing else of the group is visited, by whichever squad."""
    problem = two_doors(locked=("near",))
    problem = replace(problem, squads=(*problem.squads, day_squad("B")))
    plan = plan_of(problem)
    assert {name for order in plan.orders.values() for name in order} == {"near", "other"}
    assert [stop.id for stop in Arrays(problem).stops] == ["other"]


def test_two_locked_stops_of_one_group_are_not_judged_again() -> None:
    """Done is done; a third is one too many."""
    stops = [place(name, i, group="g") for i, name in enumerate("abc", start=1)]
    problem = world(stops, [day_squad(locked=("a", "b"))])
    done, more = {"A": ("a", "b")}, {"A": ("a", "b", "c")}
    assert not score(problem, done).violations
    assert not verify(problem, make_plan(problem, done))
    assert [(v.code, v.stop) for v in score(problem, more).violations] == [("group_twice", "c")]
    assert [(v.code, v.stop) for v in verify(problem, make_plan(problem, more))] == [("group_twice", "c")]


def test_a_second_visit_of_a_group_is_a_violation_that_names_the_first() -> None:
    """In one route, and between two."""
    problem = two_doors()
    problem = replace(problem, squads=(*problem.squads, day_squad("B")))
    for orders in ({"A": ("near", "far")}, {"A": ("near",), "B": ("far",)}):
        (broken,) = score(problem, orders).violations
        assert (broken.code, broken.stop) == ("group_twice", "far")
        assert broken.reason.params == {"group": "matter", "other": "near"}
        (found,) = verify(problem, make_plan(problem, orders))
        assert (found.code, found.stop) == ("group_twice", "far")


def test_a_repaired_plan_keeps_the_first_visit_of_a_group() -> None:
    """As when a stop joins a group after the old plan was made."""
    assert repair(two_doors(), {"A": ("near", "other", "far")}) == {"A": ("near", "other")}


def test_polishing_puts_the_dearer_stop_of_a_group_in_the_place_of_the_cheaper() -> None:
    """The exchange of rivals is the one way in."""
    assert set(Polisher(two_doors(), {"A": ("near", "other")}).run()["A"]) == {"far", "other"}


def test_a_pinned_required_stop_goes_before_its_dearer_rival() -> None:
    """Groups hold together with pins and required stops."""
    problem = two_doors()
    near = replace(problem.stop("near"), required=True, pinned_squad="A")
    assert "near" in plan_of(replace(problem, stops=(near, *problem.stops[1:]))).orders["A"]


def test_the_arrays_name_each_stops_rivals() -> None:
    """What the kernel reads: numbers of the other stops of the group, -1 for none."""
    arrays = Arrays(two_doors())
    names = [stop.id for stop in arrays.stops]
    rivals = {
        name: [names[number] for number in row if number >= 0]
        for name, row in zip(names, arrays.world.rivals.tolist(), strict=True)
    }
    assert rivals == {"near": ["far"], "far": ["near"], "other": []}


def test_filling_and_crossing_never_visit_two_of_a_group() -> None:
    """Inside the kernel, before anything else could take the second out."""
    problem = two_doors()
    arrays = Arrays(problem)
    state = np.array([7], dtype=np.uint64)
    crossing = Crossing(arrays, SETTINGS, state, np.random.default_rng(1))
    queue = np.arange(len(arrays.stops), dtype=np.int64)
    parents = [crossing.child(arrays.empty_plan(), arrays.empty_plan(), row) for row in (queue, queue[::-1])]
    for _ in range(20):
        plan = crossing.child(parents[0], parents[1], queue)
        visited = {name for order in arrays.orders_of(plan).values() for name in order}
        assert len(visited & {"near", "far"}) == 1
        parents = [parents[1], plan]


def grouped_world(seed: int) -> Problem:
    """Up to five stops in groups or none, one or two squads, windows, skills and limits now and then."""
    random = np.random.default_rng(seed)
    count, fleet = int(random.integers(2, 6)), int(random.integers(1, 3))
    seconds = random.integers(60, 1500, (count + 1, count + 1))
    stops = []
    for i in range(count):
        opens = int(random.integers(0, 8000))
        stops.append(
            StopPoint(
                id=f"s{i}",
                node=i,
                prize=int(random.integers(1, 10)),
                service_seconds=int(random.integers(300, 2400)),
                windows=((opens, opens + 2000),) if random.random() < 0.4 else (),
                required=bool(random.random() < 0.15),
                skills=frozenset("x") if random.random() < 0.2 else frozenset(),
                group=str(random.choice(["g", "h"])) if random.random() < 0.7 else None,
            )
        )
    squads = [
        SquadShift(
            id=f"q{k}",
            start_node=count,
            end_node=count,
            start=int(random.integers(0, 1000)),
            end=int(random.integers(4000, 12_000)),
            skills=frozenset("x") if random.random() < 0.6 else frozenset(),
            max_stops=2 if random.random() < 0.3 else None,
        )
        for k in range(fleet)
    ]
    return Problem(
        stops=tuple(stops), squads=tuple(squads), travel_seconds=seconds, travel_metres=seconds * 8
    )


def every_plan(problem: Problem) -> Iterator[Mapping[str, tuple[str, ...]]]:
    """All plans there are, unlawful ones too."""
    names = [squad.id for squad in problem.squads]
    for homes in product([None, *names], repeat=len(problem.stops)):
        members = {
            name: [s.id for s, h in zip(problem.stops, homes, strict=True) if h == name] for name in names
        }
        for routes in product(*(permutations(members[name]) for name in names)):
            yield dict(zip(names, routes, strict=True))


@settings(max_examples=24, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 100_000), engine=st.sampled_from(ENGINES))
def test_tiny_worlds_with_groups_are_planned_as_well_as_by_trying_everything(
    seed: int, engine: Engine
) -> None:
    """Required stops and prize equal the best of all plans there are."""
    problem = grouped_world(seed)
    plan = plan_of(problem, engine, work=150)
    assert not verify(problem, plan)
    groups = [problem.stop(s).group for order in plan.orders.values() for s in order]
    assert all(group is None or groups.count(group) == 1 for group in groups)
    best = max(worth_of(problem, orders) for orders in every_plan(problem) if keeps_rules(problem, orders))
    assert worth_of(problem, plan.orders) == best


def keeps_rules(problem: Problem, orders: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether a plan breaks nothing, groups counted here anew."""
    groups = [problem.stop(s).group for order in orders.values() for s in order]
    if any(group is not None and groups.count(group) > 1 for group in groups):
        return False
    return not score(problem, orders).violations


@settings(max_examples=15, deadline=None, derandomize=True)
@given(seed=st.integers(0, 100_000))
def test_shaken_plans_keep_groups(seed: int) -> None:
    """However often a plan is shaken, and whatever the hybrid makes of it."""
    problem = grouped_world(seed)
    shaker, orders = Shaker(problem, seed), repair(problem, {})
    for _ in range(10):
        orders = shaker.shake(orders)
        assert not [v for v in score(problem, orders).violations if v.code == "group_twice"]
    plan = plan_of(problem, work=20, seed=seed)
    assert not verify(problem, plan)
    assert plan.orders == plan_of(problem, work=20, seed=seed).orders
