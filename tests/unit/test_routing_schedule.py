"""Times of a route, against numbers worked out by hand, for good routes and bad ones."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from routing_world import HOUR, MINUTE, NOON_LUNCH, clock, day_squad, market_street, place, township, world

from planners.routing import Problem, Schedule, schedule, score
from planners.routing.timeline import Roads, Timeline


def codes(route: Schedule) -> list[str]:
    """Codes of a route's violations."""
    return [violation.code for violation in route.violations]


def test_a_plain_route_has_the_times_of_a_bus_timetable() -> None:
    """8:30 out, ten minutes a step, half an hour a stop."""
    route = schedule(market_street(), "A", ["m1", "m2", "m4"])
    assert [(v.arrive, v.start, v.leave) for v in route.visits] == [
        (clock("8:40"), clock("8:40"), clock("9:10")),
        (clock("9:20"), clock("9:20"), clock("9:50")),
        (clock("10:10"), clock("10:10"), clock("10:40")),
    ]
    assert route.end == clock("11:20")
    assert (route.travel_seconds, route.travel_metres) == (80 * MINUTE, 80_000)
    assert (route.return_seconds, route.return_metres) == (40 * MINUTE, 40_000)
    assert route.spare_seconds == clock("16:30") - clock("11:20")
    assert route.violations == ()
    assert route.lunch is None


def test_a_squad_waits_where_it_arrives_before_opening() -> None:
    """The visit starts when the window opens and the wait is counted."""
    problem = world([place("m1", 1, windows=((clock("9:00"), clock("9:30")),))], [day_squad()])
    route = schedule(problem, "A", ["m1"])
    visit = route.visits[0]
    assert (visit.arrive, visit.start, visit.wait_seconds) == (clock("8:40"), clock("9:00"), 20 * MINUTE)
    assert route.waiting_seconds == 20 * MINUTE
    assert visit.slack_seconds == 30 * MINUTE


def test_the_second_window_serves_who_misses_the_first() -> None:
    """Arriving after the first has closed, the visit starts as the second opens."""
    windows = ((clock("8:00"), clock("8:30")), (clock("10:00"), clock("11:00")))
    route = schedule(world([place("m1", 1, windows=windows)], [day_squad()]), "A", ["m1"])
    assert route.visits[0].start == clock("10:00")
    assert route.violations == ()


def test_a_late_visit_starts_at_once_and_says_how_late() -> None:
    """Ten minutes after closing is 600 seconds late, and the rest of the route follows on."""
    problem = world([place("m1", 1, windows=((0, clock("8:30")),)), place("m2", 2)], [day_squad()])
    route = schedule(problem, "A", ["m1", "m2"])
    assert codes(route) == ["late"]
    assert route.violations[0].stop == "m1"
    assert route.violations[0].reason.params == {"seconds": 600, "minutes": 10, "latest": clock("8:30")}
    assert route.visits[0].start == clock("8:40")
    assert route.visits[0].slack_seconds == 0
    assert route.visits[1].arrive == clock("9:20")


def test_an_overrun_shift_says_by_how_much() -> None:
    """Out 8:30, back 9:20, shift ends 9:00."""
    route = schedule(market_street(end=clock("9:00")), "A", ["m1"])
    assert codes(route) == ["shift_overrun"]
    assert route.violations[0].reason.params["seconds"] == 20 * MINUTE
    assert route.spare_seconds == 0


def test_lunch_is_eaten_on_arrival_when_that_saves_waiting() -> None:
    """Free at 11:20, ten minutes' drive: on arrival it is 11:30 and nobody waits."""
    problem = world(
        [place("m1", 1, service_seconds=160 * MINUTE), place("m2", 2, service_seconds=2 * HOUR)],
        [day_squad(lunch=NOON_LUNCH)],
    )
    route = schedule(problem, "A", ["m1", "m2"])
    assert route.lunch is not None
    assert (route.lunch.start, route.lunch.leg, route.lunch.on_arrival) == (clock("11:30"), 1, True)
    assert route.visits[1].arrive == clock("11:30")
    assert route.visits[1].start == clock("12:30")
    assert route.visits[1].wait_seconds == 0


def test_lunch_is_eaten_before_a_drive_that_would_end_too_late() -> None:
    """Free at 12:55 with lunch to start by 13:00: eaten there, then on."""
    problem = world(
        [place("m1", 1, service_seconds=255 * MINUTE), place("m2", 2)], [day_squad(lunch=NOON_LUNCH)]
    )
    route = schedule(problem, "A", ["m1", "m2"])
    assert route.lunch is not None
    assert (route.lunch.start, route.lunch.leg, route.lunch.on_arrival) == (clock("12:55"), 1, False)
    assert route.visits[1].arrive == clock("14:05")
    assert route.violations == ()


def test_waiting_for_lunch_after_a_visit_is_counted() -> None:
    """Free at 11:00 with a two hours' drive ahead, the squad waits half an hour to eat."""
    seconds = np.array([[0, 600, 7200], [600, 0, 7200], [7200, 7200, 0]])
    stops = [
        place("m1", 1, service_seconds=140 * MINUTE),
        place("m2", 2, windows=((clock("14:30"), clock("15:00")),)),
    ]
    route = schedule(
        world(stops, [day_squad(end=clock("18:00"), lunch=NOON_LUNCH)], seconds=seconds), "A", ["m1", "m2"]
    )
    assert route.lunch is not None
    assert (route.lunch.start, route.lunch.on_arrival) == (clock("11:30"), False)
    assert route.visits[1].start == clock("14:30")
    assert route.waiting_seconds == 30 * MINUTE


def test_a_squad_back_by_noon_eats_after_its_patrol() -> None:
    """The lunch is on record, and the end of the patrol is not delayed by it."""
    route = schedule(market_street(lunch=NOON_LUNCH), "A", ["m1"])
    assert route.end == clock("9:20")
    assert route.lunch is not None
    assert (route.lunch.start, route.lunch.leg, route.lunch.on_arrival) == (clock("11:30"), 1, True)


def test_a_lunch_that_cannot_be_in_time_is_as_little_late_as_may_be() -> None:
    """A visit from 8:40 to 13:20 leaves lunch 20 minutes late."""
    problem = world(
        [place("m1", 1, service_seconds=280 * MINUTE), place("m2", 2)], [day_squad(lunch=NOON_LUNCH)]
    )
    route = schedule(problem, "A", ["m1", "m2"])
    assert codes(route) == ["lunch_late"]
    assert route.violations[0].reason.params["minutes"] == 20


def test_an_empty_route_goes_nowhere_and_has_no_lunch() -> None:
    """No way is driven even if start and end differ."""
    problem = world([place("m1", 1)], [day_squad(end_node=1, lunch=NOON_LUNCH)])
    route = schedule(problem, "A", [])
    assert (route.end, route.travel_seconds, route.lunch, route.violations) == (clock("8:30"), 0, None, ())


def test_every_rule_on_who_may_serve_is_reported_without_raising() -> None:
    """A squad without the skill, the law, the leave and the pin hears of each."""
    stops = [
        place("skill", 1, skills=frozenset({"fire", "food"})),
        place("law", 1, needs_lawful=True),
        place("forbidden", 1, forbidden_squads=frozenset({"A"})),
        place("others", 1, allowed_squads=frozenset({"B"})),
        place("pinned", 1, pinned_squad="B"),
        place("locked", 1),
    ]
    problem = world(
        stops, [day_squad("A", patrol_only=True, max_stops=5), day_squad("B", locked=("locked",))]
    )
    route = schedule(problem, "A", [stop.id for stop in stops])
    assert codes(route) == [
        "missing_skill",
        "needs_lawful_squad",
        "squad_not_allowed",
        "squad_not_allowed",
        "pinned_elsewhere",
        "locked_elsewhere",
        "too_many_stops",
    ]
    assert route.violations[0].reason.params["skill"] == "fire, food"


def test_unknown_and_repeated_stops_are_reported_and_left_out() -> None:
    """The rest of the route is scheduled all the same."""
    route = schedule(market_street(), "A", ["m1", "ghost", "m1", "m2"])
    assert route.order == ("m1", "m2")
    assert codes(route) == ["unknown_stop", "duplicate_stop"]


def test_a_missing_road_is_reported_with_both_ends() -> None:
    """The other times stay readable."""
    seconds = np.array([[0, 600, -1], [600, 0, -1], [-1, -1, 0]])
    route = schedule(
        world([place("m1", 1), place("island", 2)], [day_squad()], seconds=seconds), "A", ["m1", "island"]
    )
    assert codes(route) == ["no_road", "no_road"]
    assert route.violations[0].reason.params == {"from": "m1", "to": "island"}


def test_locked_visits_must_come_first_and_are_not_judged_again() -> None:
    """A locked visit may be late and beyond the squad's skills; moving it breaks the lock."""
    closed = place("m1", 1, windows=((0, 60),), skills=frozenset({"fire"}))
    problem = world([closed, place("m2", 2)], [day_squad(locked=("m1",))])
    assert schedule(problem, "A", ["m1", "m2"]).violations == ()
    assert codes(schedule(problem, "A", ["m2", "m1"])) == ["lock_broken"]


def test_an_unknown_squad_is_an_error_of_the_caller() -> None:
    """There is nothing to schedule."""
    with pytest.raises(KeyError):
        schedule(market_street(), "Z", [])


def test_the_score_of_a_plan_sums_routes_and_names_what_is_wrong_between_them() -> None:
    """A stop visited by two squads counts once and is reported, as is a squad nobody knows."""
    stops = [place("m1", 1), place("m2", 2, prize=7), place("m3", 3)]
    problem = world(stops, [day_squad("A"), day_squad("B")])
    scored = score(problem, {"A": ["m1", "m2"], "B": ["m2"], "Z": ["m3"]})
    assert scored.prize == 17
    assert scored.travel_seconds == 80 * MINUTE
    assert scored.unassigned == ("m3",)
    assert [(v.code, v.squad) for v in scored.violations] == [("unknown_squad", "Z"), ("duplicate_stop", "B")]


def test_a_squad_left_out_of_a_plan_breaks_its_locks() -> None:
    """An order that is not given is an empty route."""
    problem = world([place("m1", 1)], [day_squad(locked=("m1",))])
    assert [v.code for v in score(problem, {}).violations] == ["lock_broken"]


def random_route(seed: int, length: int) -> tuple[Problem, list[str]]:
    """A township and a random order of some of its stops."""
    problem = township(12, 1, seed=seed)
    order = np.random.default_rng(seed).permutation(12)[:length]
    return problem, [f"s{i}" for i in order]


@given(seed=st.integers(0, 10_000), length=st.integers(1, 8))
def test_the_day_adds_up(seed: int, length: int) -> None:
    """From setting out to coming back every second is driving, serving, eating or waiting."""
    problem, order = random_route(seed, length)
    route = schedule(problem, "q0", order)
    serving = sum(problem.stop(name).service_seconds for name in order)
    after_patrol = route.lunch is not None and route.lunch.on_arrival and route.lunch.leg == length
    eating = 0 if route.lunch is None or after_patrol else HOUR
    assert route.end - route.start == route.travel_seconds + serving + eating + route.waiting_seconds


@given(seed=st.integers(0, 10_000), length=st.integers(1, 8))
def test_the_quick_check_and_the_schedule_agree_on_what_is_in_time(seed: int, length: int) -> None:
    """Two ways of working out the same rules: labels in both directions, and trying the lunch everywhere."""
    problem, order = random_route(seed, length)
    stops = [problem.stop(name) for name in order]
    squad = problem.squad("q0")
    in_time = not {"late", "lunch_late", "shift_overrun"} & set(codes(schedule(problem, "q0", order)))
    roads = Roads(problem)
    for split in range(length + 1):
        line = Timeline(roads, squad, [*stops[:split], *stops[split + 1 :]])
        assert line.fits(split, stops[split : split + 1], split) is in_time


@given(seed=st.integers(0, 10_000), length=st.integers(1, 6))
def test_a_visit_can_be_delayed_by_its_slack(seed: int, length: int) -> None:
    """With the first stop open only from its start plus its slack, the route still breaks nothing."""
    problem, order = random_route(seed, length)
    route = schedule(problem, "q0", order)
    assume(not route.violations)
    first = route.visits[0]
    opening = first.start + first.slack_seconds
    stops = tuple(
        replace(stop, windows=((opening, opening),)) if stop.id == first.stop else stop
        for stop in problem.stops
    )
    delayed = schedule(replace_stops(problem, stops), "q0", order)
    assert delayed.violations == ()
    assert delayed.visits[0].start == opening


def replace_stops(problem: Problem, stops: tuple) -> Problem:
    """The same day with other stops."""
    return Problem(
        stops=stops,
        squads=problem.squads,
        travel_seconds=problem.travel_seconds,
        travel_metres=problem.travel_metres,
    )
