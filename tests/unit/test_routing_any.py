"""Any random day, both engines: verified, the same by seed, nothing lost silently, more is never less.

"More" begins at the old plan, so there is no noise to allow for. Ways are rounded up from the map, which
keeps the triangle rule; a longer shift that comes to owe a lunch is no longer one and is left out.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from routing_world import worth_of

from planners.routing import ENGINES, Engine, Lunch, Problem, RoutePlan, SquadShift, StopPoint, solve, verify
from planners.routing.insertions import Insertions
from planners.routing.timeline import NEVER, Roads, Timeline
from planners.stop import Stop

ANY = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
SEEDS = st.integers(0, 1_000_000)
ENGINE = st.sampled_from(ENGINES)


def plan_of(
    problem: Problem, seed: int, engine: Engine, *, work: int = 12, warm: RoutePlan | None = None
) -> RoutePlan:
    """A plan after a little counted work."""
    plan = solve(problem, Stop(seconds=60, work=work), seed, engine=engine, warm=warm).solution
    assert plan is not None
    return plan


def any_day(seed: int) -> Problem:
    """Up to twelve stops and three squads with every feature there is, now and then."""
    random = np.random.default_rng(seed)
    count, fleet = int(random.integers(1, 13)), int(random.integers(1, 4))
    points = random.uniform(0, 12_000, (count + 2, 2))
    seconds = np.ceil(np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1)) / 8).astype(np.int64)
    island = int(random.integers(count))
    if random.random() < 0.2:
        seconds[island], seconds[:, island] = -1, -1
    locked = [f"s{i}" for i in range(count) if i != island and random.random() < 0.06]
    stops = tuple(_stop(random, i, fleet, free=f"s{i}" not in locked) for i in range(count))
    squads = tuple(_squad(random, k, count, tuple(locked) if k == 0 else ()) for k in range(fleet))
    return Problem(
        stops=stops,
        squads=squads,
        travel_seconds=seconds,
        travel_metres=np.where(seconds < 0, -1, seconds * 8),
        balance_tolerance=float(random.choice([0, 10])),
    )


def _stop(random: np.random.Generator, i: int, fleet: int, *, free: bool) -> StopPoint:
    opens = int(random.integers(0, 14_000))
    windows = ((opens, opens + 2000), (opens + 4000, opens + 5000)) if random.random() < 0.4 else ()
    return StopPoint(
        id=f"s{i}",
        node=i,
        prize=int(random.integers(0, 10)),
        service_seconds=int(random.integers(300, 2400)),
        windows=windows,
        required=bool(random.random() < 0.2),
        needs_lawful=bool(random.random() < 0.2),
        skills=frozenset("x") if random.random() < 0.2 else frozenset(),
        allowed_squads=frozenset({"q0"}) if random.random() < 0.1 else None,
        forbidden_squads=frozenset({"q0"}) if random.random() < 0.1 else frozenset(),
        pinned_squad=f"q{fleet - 1}" if free and random.random() < 0.1 else None,
        group=str(random.choice(["g", "h"])) if random.random() < 0.3 else None,
    )


def _squad(random: np.random.Generator, k: int, count: int, locked: tuple[str, ...]) -> SquadShift:
    earliest = int(random.integers(3000, 9000))
    lunch = Lunch(earliest_start=earliest, latest_start=earliest + 1800, duration_seconds=1800)
    return SquadShift(
        id=f"q{k}",
        start_node=count + int(random.integers(2)),
        end_node=count + int(random.integers(2)),
        start=int(random.integers(0, 3000)),
        end=int(random.integers(9000, 16_000)),
        skills=frozenset("x") if random.random() < 0.5 else frozenset(),
        patrol_only=bool(random.random() < 0.2),
        max_stops=3 if random.random() < 0.2 else None,
        lunch=lunch if random.random() < 0.7 else None,
        locked=locked,
    )


@ANY
@given(seed=SEEDS, engine=ENGINE)
def test_any_day_is_planned_within_every_rule_and_the_same_by_seed(seed: int, engine: Engine) -> None:
    """Checked by arithmetic of its own, and planned twice."""
    problem = any_day(seed)
    plan = plan_of(problem, seed, engine)
    assert verify(problem, plan) == ()
    assert plan_of(problem, seed, engine) == plan


@ANY
@given(seed=SEEDS, engine=ENGINE)
def test_a_required_stop_is_visited_or_left_out_with_a_reason(seed: int, engine: Engine) -> None:
    """Each exactly once, in a route or by name."""
    problem = any_day(seed)
    plan = plan_of(problem, seed, engine)
    visited = [name for order in plan.orders.values() for name in order]
    named = {item.stop: item for item in plan.unassigned}
    for stop in problem.stops:
        assert visited.count(stop.id) + (stop.id in named) == 1
        if stop.required and stop.id in named:
            assert named[stop.id].required
            assert named[stop.id].reason.code not in ("", "no_prize", "not_chosen")


def with_more(problem: Problem, kind: str) -> Problem:
    """The day with one squad more, longer shifts, or every skill."""
    squads = problem.squads
    if kind == "squad":
        squads = (*squads, replace(squads[0], id="extra", locked=()))
    elif kind == "shift":
        longer = [replace(squad, end=squad.end + 1800) for squad in squads]
        squads = tuple(
            new if new.lunch_due == old.lunch_due else old for old, new in zip(squads, longer, strict=True)
        )
    else:
        squads = tuple(replace(squad, skills=frozenset("x"), patrol_only=False) for squad in squads)
    return replace(problem, squads=squads)


@ANY
@given(seed=SEEDS, engine=ENGINE, kind=st.sampled_from(["squad", "shift", "skill"]))
def test_more_to_plan_with_never_gives_less(seed: int, engine: Engine, kind: str) -> None:
    """Required stops and prize, beginning at the old plan."""
    problem = any_day(seed)
    old = plan_of(problem, seed, engine)
    more = with_more(problem, kind)
    new = plan_of(more, seed, engine, work=3, warm=old)
    assert worth_of(more, new.orders) >= worth_of(problem, old.orders)


@ANY
@given(
    seed=SEEDS,
    engine=ENGINE,
    cause=st.sampled_from(
        ["no_squad", "no_squad_with_skill", "unreachable", "window_closed_for_all", "too_long_for_shift"]
    ),
)
def test_a_day_that_cannot_be_is_answered_with_its_cause(seed: int, engine: Engine, cause: str) -> None:
    """Every stop is named with what keeps it from being visited, and the bound knows it."""
    problem = impossible(any_day(seed), cause)
    result = solve(problem, Stop(seconds=60, work=3), seed, engine=engine)
    assert result.solution is not None
    assert {item.reason.code for item in result.solution.unassigned} == {cause}
    assert len(result.solution.unassigned) == len(problem.stops)
    assert result.bound == 0


def impossible(problem: Problem, cause: str) -> Problem:
    """The day's stops without any rule but the one that keeps everybody away."""
    ways = np.abs(problem.travel_seconds)
    changes: dict[str, dict[str, object]] = {
        "no_squad_with_skill": {"skills": frozenset({"diving"})},
        "window_closed_for_all": {"windows": ((0, 0),)},
        "too_long_for_shift": {"service_seconds": 100_000},
    }
    stops = tuple(
        StopPoint(**{"id": s.id, "node": s.node, "required": s.required, **changes.get(cause, {})})
        for s in problem.stops
    )
    squads = tuple(
        SquadShift(id=s.id, start_node=s.start_node, end_node=s.end_node, start=s.start + 1, end=s.end)
        for s in problem.squads
    )
    if cause == "unreachable":
        ways = np.full_like(ways, -1)
    return Problem(
        stops=stops,
        squads=() if cause == "no_squad" else squads,
        travel_seconds=ways,
        travel_metres=ways,
    )


@settings(ANY, max_examples=300)
@given(seed=SEEDS)
def test_the_least_delay_found_by_its_bound_is_that_of_trying_every_place(seed: int) -> None:
    """Skipping places by their bound loses none, whatever is looked for."""
    problem, random = any_day(seed), np.random.default_rng(seed)
    roads = Roads(problem)
    for squad in problem.squads:
        behind = [
            problem.stop(str(name)) for name in random.permutation([stop.id for stop in problem.stops])[:6]
        ]
        route = [
            *(problem.stop(name) for name in squad.locked),
            *(s for s in behind if s.id not in squad.locked),
        ]
        line = Timeline(roads, squad, route, shift_end=NEVER // 2)
        places = range(len(squad.locked), len(route) + 1)
        together = Insertions(roads, line, problem.stops, places)
        for stop in problem.stops:
            least = min(min(line.back_at(at, (stop,), at), NEVER) for at in places)
            for way in (line, together):
                assert way.least_back(stop, before=NEVER) == least
                assert way.least_back(stop, before=least + 1) == least
                assert way.least_back(stop, before=least) == NEVER
