"""Planning the rest of a day anew: nothing of the old plan's worth is lost and little of it disturbed."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from routing_world import MINUTE, clock, day_squad, line_matrix, place, township, world, worth_of

from planners.routing import Followed, Problem, Replan, make_plan, replan, schedule, verify
from planners.routing.disturbance import Judge, changes
from planners.routing.polish import repair
from planners.routing.restore import Restorer
from planners.stop import Stop

QUICK = Stop(seconds=30, work=12)


def told(problem: Problem, orders: dict[str, tuple[str, ...]]) -> Followed:
    """What the squads of a plan were told."""
    return Followed.of(make_plan(problem, orders))


def answered(problem: Problem, followed: Followed, **options: int) -> Replan:
    """A quick re-plan."""
    solution = replan(problem, followed, QUICK, 1, **options).solution
    assert solution is not None
    return solution


def what_became(answer: Replan) -> dict[str, str]:
    """Kind of change by stop."""
    return {change.stop: change.kind for change in answer.changes}


@pytest.fixture
def two_ends() -> Problem:
    """Squads A and B at either end of a road, two stops near each."""
    stops = [place("a1", 1), place("a2", 2), place("b1", 8), place("b2", 7)]
    return world(stops, [day_squad("A"), day_squad("B", start_node=9, end_node=9)], seconds=line_matrix(10))


OLD = {"A": ("a1", "a2"), "B": ("b1", "b2")}


def test_nothing_happened_nothing_changes(two_ends: Problem) -> None:
    """The old plan is as good as any, so it stays, stop by stop."""
    answer = answered(two_ends, told(two_ends, OLD))
    assert dict(answer.plan.orders) == OLD
    assert answer.counts == {"kept": 4}
    assert (answer.disturbed, answer.late_seconds) == (0, 0)


def test_an_old_order_is_kept_though_a_better_one_is_as_worthy(two_ends: Problem) -> None:
    """Squads were told a detour; equal prize is no reason to turn them around."""
    detour = {"A": ("a2", "a1"), "B": ("b2", "b1")}
    assert dict(answered(two_ends, told(two_ends, detour)).plan.orders) == detour


def test_an_urgent_incident_is_taken_in_and_the_rest_stays(two_ends: Problem) -> None:
    """It is added; nobody changes squads or order for it."""
    urgent = place("fire", 3, required=True)
    now = replace(two_ends, stops=(*two_ends.stops, urgent))
    answer = answered(now, told(two_ends, OLD))
    assert what_became(answer)["fire"] == "added"
    assert answer.disturbed == 0
    assert "fire" in answer.plan.orders["A"]


def test_a_late_squads_visits_are_told_their_minutes(two_ends: Problem) -> None:
    """Forty minutes later at each of its stops, the other squad as before."""
    squads = (replace(two_ends.squad("A"), start=clock("9:10")), two_ends.squad("B"))
    answer = answered(replace(two_ends, squads=squads), told(two_ends, OLD))
    minutes = {change.stop: change.minutes for change in answer.changes}
    assert minutes == {"a1": 40, "a2": 40, "b1": 0, "b2": 0}
    assert answer.counts == {"retimed": 2, "kept": 2}
    assert answer.late_seconds == 2 * 40 * MINUTE


def test_stops_of_a_squad_that_is_gone_move_to_the_others(two_ends: Problem) -> None:
    """B is broken up; A has time for its stops."""
    answer = answered(replace(two_ends, squads=(two_ends.squad("A"),)), told(two_ends, OLD))
    moved = {change.stop: (change.squad_before, change.squad_after) for change in answer.changes[2:]}
    assert sorted(answer.plan.orders["A"]) == ["a1", "a2", "b1", "b2"]
    assert set(moved.values()) == {("B", "A")}
    assert answer.counts["moved"] == 2


def test_a_squad_that_may_not_enforce_any_more_gives_its_inspections_away(two_ends: Problem) -> None:
    """Only the stop that needs a lawful squad moves."""
    stops = tuple(replace(s, needs_lawful=s.id == "a1") for s in two_ends.stops)
    squads = (replace(two_ends.squad("A"), patrol_only=True), two_ends.squad("B"))
    answer = answered(replace(two_ends, stops=stops, squads=squads), told(two_ends, OLD))
    assert what_became(answer) == {"a1": "moved", "a2": "retimed", "b1": "kept", "b2": "kept"}


def test_a_stop_nobody_can_reach_after_a_closure_is_dropped_with_its_reason(two_ends: Problem) -> None:
    """Places 0 to 7 on one side, 8 and 9 on the other: b2 goes to A; without A it is unreachable."""
    seconds = line_matrix(10)
    seconds[:8, 8:] = seconds[8:, :8] = -1
    both = world(two_ends.stops, two_ends.squads, seconds=seconds)
    assert what_became(answered(both, told(two_ends, OLD)))["b2"] == "moved"
    alone = replace(both, squads=(both.squad("B"),))
    answer = answered(alone, told(two_ends, {"B": ("b1", "b2")}))
    dropped = {change.stop: change.reason for change in answer.changes if change.kind == "dropped"}
    assert list(dropped) == ["b2"]
    assert dropped["b2"] is not None
    assert dropped["b2"].code == "unreachable"


def test_a_stop_taken_off_the_list_is_dropped_as_withdrawn(two_ends: Problem) -> None:
    """And does not count as a disturbance somebody chose."""
    now = replace(two_ends, stops=two_ends.stops[:-1])
    answer = answered(now, told(two_ends, OLD))
    gone = answer.changes[-1]
    assert (gone.stop, gone.kind, gone.reason and gone.reason.code) == ("b2", "dropped", "withdrawn")
    assert answer.disturbed == 0


def test_done_stops_come_first_and_are_called_done(two_ends: Problem) -> None:
    """Locked visits stay where they are whatever the search would like."""
    squads = (replace(two_ends.squad("A"), locked=("a2",)), two_ends.squad("B"))
    answer = answered(replace(two_ends, squads=squads), told(two_ends, {**OLD, "A": ("a2", "a1")}))
    assert answer.plan.orders["A"][0] == "a2"
    assert what_became(answer)["a2"] == "done"


def test_one_stop_brought_forward_is_one_stop_in_another_order() -> None:
    """Not four: the fewest stops that explain the new order count."""
    day = world([place(f"m{i}", i) for i in range(1, 6)], [day_squad()])
    followed = told(day, {"A": ("m1", "m2", "m3", "m4", "m5")})
    plan = make_plan(day, {"A": ("m5", "m1", "m2", "m3", "m4")})
    kinds = Counter(change.kind for change in changes(day, followed, plan))
    assert kinds == {"reordered": 1, "retimed": 4}


def test_a_price_keeps_changes_that_bring_too_little(two_ends: Problem) -> None:
    """A stop worth one more than a told one takes its place for nothing, but not at a price of five."""
    squads = tuple(replace(squad, max_stops=2) for squad in two_ends.squads)
    better = place("better", 3, prize=11)
    now = replace(two_ends, stops=(*two_ends.stops, better), squads=squads)
    followed = told(two_ends, OLD)
    assert what_became(answered(now, followed))["better"] == "added"
    calm = answered(now, followed, prize_per_change=5)
    assert dict(calm.plan.orders) == OLD
    assert answered(now, followed, prize_per_change=0).plan.prize == calm.plan.prize + 1


def test_a_negative_price_is_refused(two_ends: Problem) -> None:
    """By name and value."""
    with pytest.raises(ValueError, match="prize_per_change must be at least 0, got -1"):
        replan(two_ends, told(two_ends, OLD), QUICK, prize_per_change=-1)


def test_a_stop_told_twice_is_refused() -> None:
    """It could not be said where it was."""
    with pytest.raises(ValueError, match="names 'x' more than once"):
        Followed(orders={"A": ("x",), "B": ("x",)})


def test_a_cancel_gives_at_least_the_rest_of_the_old_plan(two_ends: Problem) -> None:
    """Cancelled before it began."""
    stop = Stop(seconds=30, work=12, cancelled=lambda: True)
    solution = replan(two_ends, told(two_ends, OLD), stop, 1).solution
    assert solution is not None
    assert worth_of(two_ends, solution.plan.orders) == worth_of(two_ends, OLD)


@pytest.fixture(scope="module")
def noon() -> tuple[Problem, Followed]:
    """A random township whose squads are on their way, with two incidents new at noon."""
    day = township(22, 3, seed=5)
    morning = repair(day, _dealt(day))
    followed = told(day, morning)
    done = {v.stop for r in make_plan(day, morning).routes for v in r.visits if v.start < clock("11:00")}
    squads = tuple(
        replace(s, start=clock("12:00"), lunch=None, locked=(), start_node=int(i))
        for i, s in enumerate(day.squads)
    )
    stops = tuple(replace(s, required=s.id in ("s3", "s7")) for s in day.stops if s.id not in done)
    return replace(day, squads=squads, stops=stops), followed


def _dealt(day: Problem) -> dict[str, tuple[str, ...]]:
    """Stops dealt out to squads one by one."""
    names = [squad.id for squad in day.squads]
    return {name: tuple(s.id for s in day.stops[i :: len(names)]) for i, name in enumerate(names)}


def test_the_same_seed_and_work_give_the_same_plan(noon: tuple[Problem, Followed]) -> None:
    """Counted work, not the clock, decides."""
    first, second = (replan(*noon, QUICK, 3).solution for _ in range(2))
    assert first == second


def test_taking_changes_back_never_makes_a_plan_worse(noon: tuple[Problem, Followed]) -> None:
    """By the key it is compared by, and the routes stay feasible."""
    problem, followed = noon
    judge = Judge(problem, followed)
    start = repair(problem, dict(reversed(list(_dealt(problem).items()))))
    restorer = Restorer(judge, start, repair(problem, followed.orders))
    before = restorer.key
    after = restorer.run()
    assert judge.key(after) == restorer.key > before
    assert verify(problem, make_plan(problem, after)) == ()


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    seed=st.integers(0, 10_000),
    late=st.integers(0, 180),
    gone=st.booleans(),
    closed=st.booleans(),
    urgent=st.integers(0, 3),
    price=st.sampled_from([0, 5]),
)
def test_whatever_happens_no_worth_of_the_old_rest_is_lost(
    seed: int, late: int, gone: bool, closed: bool, urgent: int, price: int
) -> None:
    """Done stops first, every told stop accounted for once, and at least the feasible rest's worth."""
    day = township(14, 3, seed=seed)
    morning = repair(day, _dealt(day))
    followed = told(day, morning)
    random = np.random.default_rng(seed)
    squads = [
        replace(squad, locked=morning[squad.id][: int(random.integers(3))])
        for squad in day.squads[: 2 if gone else 3]
    ]
    squads[0] = replace(squads[0], start=squads[0].start + late * MINUTE)
    seconds = day.travel_seconds.copy()
    if closed:
        seconds[:5, 5:] = seconds[5:, :5] = -1
    chosen = {stop.id for stop in day.stops[:urgent]}
    stops = tuple(replace(stop, required=stop.id in chosen) for stop in day.stops)
    now = replace(day, squads=tuple(squads), stops=stops, travel_seconds=seconds)
    answer = answered(now, followed, prize_per_change=price)
    assert verify(now, answer.plan) == ()
    assert worth_of(now, answer.plan.orders) >= worth_of(now, answer.rest.orders)
    assert answer.plan.prize >= answer.rest.prize
    for squad in squads:
        assert answer.plan.orders[squad.id][: len(squad.locked)] == squad.locked
    names = Counter(change.stop for change in answer.changes)
    assert set(names.values()) <= {1}
    assert set(names) >= set(followed.places)
    for change in answer.changes:
        if change.squad_after is not None:
            starts = {
                v.stop: v.start
                for v in schedule(now, change.squad_after, answer.plan.orders[change.squad_after]).visits
            }
            assert change.start_after == starts[change.stop]
        else:
            assert change.reason is not None
