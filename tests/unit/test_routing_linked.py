"""Stops for several squads at once, and stops that follow others: times by hand, plans, checks, reasons."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module

import pytest
from routing_world import HOUR, MINUTE, NOON_LUNCH, clock, day_squad, market_street, place, township, world

from planners.result import Reason, Status
from planners.routing import (
    ENGINES,
    Engine,
    Problem,
    RoutePlan,
    explain,
    make_plan,
    score,
    solve,
    vary,
    verify,
)
from planners.routing.linked import repair_linked
from planners.stop import Stop


def planned(problem: Problem, *, engine: Engine = "hybrid", warm: RoutePlan | None = None) -> RoutePlan:
    """A plan after a little counted work."""
    plan = solve(problem, Stop(seconds=60, work=8), 1, engine=engine, warm=warm).solution
    assert plan is not None
    return plan


def why(problem: Problem, orders: dict[str, tuple[str, ...]], name: str) -> Reason:
    """The reason given for one stop."""
    return next(item.reason for item in explain(problem, orders) if item.stop == name)


def meeting(**changes: object) -> Problem:
    """A at 0, B at 3, and a raid at 1 that needs both; ten minutes a step."""
    stop = place("raid", 1, squads_needed=2, **changes)
    return world([stop, place("m2", 2)], [day_squad("A"), day_squad("B", start_node=3)])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"squads_needed": 0}, "squads_needed of 'm' must be at least 1, got 0"),
        ({"squads_needed": 2, "pinned_squad": "A"}, "needs 2 squads and is pinned to 'A' alone"),
        ({"after": ("m",)}, "names the stop itself"),
        ({"after": ("x", "x")}, "names 'x' more than once"),
    ],
)
def test_a_stop_that_contradicts_itself_is_refused(changes: dict[str, object], words: str) -> None:
    """With the field and the value."""
    with pytest.raises(ValueError, match=words):
        place("m", 1, **changes)


def test_links_to_nowhere_in_a_circle_and_locks_of_too_many_are_refused() -> None:
    """All of it is known before anything is planned."""
    with pytest.raises(ValueError, match="after of 'm' names 'ghost'"):
        world([place("m", 1, after=("ghost",))], [day_squad()])
    with pytest.raises(ValueError, match="goes round in a circle"):
        world([place("m", 1, after=("n",)), place("n", 1, after=("m",))], [day_squad()])
    locked = [day_squad(name, locked=("raid",)) for name in "ABC"]
    with pytest.raises(ValueError, match="'raid' is locked to more than the 2 squads it needs"):
        world([place("raid", 1, squads_needed=2)], locked)
    with pytest.raises(ValueError, match="'raid' is locked to more than one squad"):
        world([place("raid", 1)], locked[:2])
    with pytest.raises(ValueError, match="locked lets squads wait for one another in a circle"):
        world(
            [place("x", 1, squads_needed=2), place("y", 2, squads_needed=2)],
            [day_squad("A", locked=("x", "y")), day_squad("B", locked=("y", "x"))],
        )


def test_squads_that_meet_start_when_the_last_is_there() -> None:
    """A is there at 8:40, B at 8:50: both start 8:50, A has waited, and the prize counts once."""
    scored = score(meeting(), {"A": ("raid",), "B": ("raid", "m2")})
    assert scored.violations == ()
    a, b = scored.routes[0].visits[0], scored.routes[1].visits[0]
    assert (a.arrive, b.arrive) == (clock("8:40"), clock("8:50"))
    assert a.start == b.start == clock("8:50")
    assert (a.wait_seconds, b.wait_seconds) == (10 * MINUTE, 0)
    assert scored.prize == 20


def test_slack_of_a_meeting_is_that_of_the_squad_with_less_of_it() -> None:
    """B is back at 10:20, its shift ends 10:25: A, who has all day, has five minutes at the raid too."""
    problem = meeting()
    problem = replace(problem, squads=(problem.squads[0], replace(problem.squads[1], end=clock("10:25"))))
    routes = score(problem, {"A": ("raid",), "B": ("raid", "m2")}).routes
    assert routes[1].end == clock("10:20")
    assert routes[0].visits[0].slack_seconds == routes[1].visits[0].slack_seconds == 5 * MINUTE


def test_one_squad_alone_at_a_meeting_is_told_with_both_numbers() -> None:
    """One came, two are needed; the same by the independent check."""
    orders = {"A": ("raid",), "B": ("m2",)}
    assert [v.reason for v in score(meeting(), orders).violations] == [
        Reason("joint_squads", {"needed": 2, "count": 1})
    ]
    assert [v.code for v in verify(meeting(), make_plan(meeting(), orders))] == ["joint_squads"]


def test_a_squad_that_comes_late_makes_the_meeting_late_by_its_minutes() -> None:
    """The raid must start by 8:45, B is there at 8:50."""
    problem = meeting(windows=((0, clock("8:45")),))
    broken = score(problem, {"A": ("raid",), "B": ("raid",)}).violations
    assert {v.code for v in broken} == {"late"}
    assert {v.reason.params["minutes"] for v in broken} == {5}


def test_a_stop_that_follows_another_waits_for_the_other_squad() -> None:
    """A is done at m1 at 9:10; B is at m2 at 8:50 and waits for it."""
    problem = world([place("m1", 1), place("m2", 2, after=("m1",))], [day_squad("A"), day_squad("B")])
    scored = score(problem, {"A": ("m1",), "B": ("m2",)})
    assert scored.violations == ()
    visit = scored.routes[1].visits[0]
    assert (visit.arrive, visit.start, visit.wait_seconds) == (clock("8:50"), clock("9:10"), 20 * MINUTE)


def test_a_stop_without_its_predecessor_is_a_violation_and_left_out_by_the_planner() -> None:
    """The predecessor is open before anybody is there."""
    problem = world([place("m1", 1, windows=((0, 1),)), place("m2", 2, after=("m1",))], [day_squad("A")])
    broken = score(problem, {"A": ("m2",)}).violations
    assert [(v.stop, v.reason) for v in broken] == [("m2", Reason("predecessor_left_out", {"other": "m1"}))]
    assert [v.code for v in verify(problem, make_plan(problem, {"A": ("m2",)}))] == ["predecessor_left_out"]
    plan = planned(problem)
    assert plan.orders["A"] == ()
    assert {i.stop: i.reason.code for i in plan.unassigned} == {
        "m1": "window_closed_for_all", "m2": "predecessor_left_out",
    }  # fmt: skip


def test_a_worthless_predecessor_is_visited_for_the_sake_of_what_follows() -> None:
    """Nobody would go to m1 otherwise."""
    problem = world([place("m1", 1, prize=0), place("m2", 2, after=("m1",))], [day_squad("A")])
    assert planned(problem).orders["A"] == ("m1", "m2")


def test_squads_that_wait_for_each_other_are_told_so() -> None:
    """A wants to meet at x and then y, B at y and then x."""
    stops = [place("x", 1, squads_needed=2), place("y", 2, squads_needed=2)]
    problem = world(stops, [day_squad("A"), day_squad("B")])
    broken = score(problem, {"A": ("x", "y"), "B": ("y", "x")}).violations
    assert [v.code for v in broken] == ["waiting_cycle"]
    assert verify(problem, make_plan(problem, {"A": ("x", "y"), "B": ("y", "x")})) != ()
    assert score(problem, {"A": ("x", "y"), "B": ("x", "y")}).violations == ()


def test_one_squad_cannot_visit_a_stop_before_what_it_follows() -> None:
    """The wrong way round in one route is a circle too."""
    problem = world([place("m1", 1), place("m2", 2, after=("m1",))], [day_squad("A")])
    assert [v.code for v in score(problem, {"A": ("m2", "m1")}).violations] == ["waiting_cycle"]


def test_verify_finds_a_meeting_apart_and_a_start_too_early() -> None:
    """Times moved by hand after the plan was made."""
    stops = [place("raid", 1, squads_needed=2), place("m2", 2, after=("raid",))]
    problem = world(stops, [day_squad("A"), day_squad("B")])
    plan = make_plan(problem, {"A": ("raid",), "B": ("raid", "m2")})
    assert verify(problem, plan) == ()
    route = plan.routes[0]
    visit = route.visits[0]
    late = replace(visit, start=visit.start + 120, leave=visit.leave + 120, wait_seconds=120)
    moved = replace(plan, routes=(replace(route, visits=(late,), end=route.end + 120), plan.routes[1]))
    found = {v.code: v.reason.params for v in verify(problem, moved)}
    assert found["joint_apart"]["seconds"] == 120
    plain = world([place("m1", 1), place("m2", 2)], [day_squad("A"), day_squad("B")])
    unheeded = make_plan(plain, {"A": ("m1",), "B": ("m2",)})
    ruled = replace(plain, stops=(plain.stops[0], replace(plain.stops[1], after=("m1",))))
    assert [v.reason for v in verify(ruled, unheeded)] == [
        Reason("before_predecessor", {"other": "m1", "seconds": 20 * MINUTE, "minutes": 20})
    ]


def test_reasons_for_stops_that_squads_should_meet_at() -> None:
    """Too few squads; no common moment; and a plan by hand in which it would fit."""
    alone = world([place("raid", 1, squads_needed=2)], [day_squad("A")])
    assert why(alone, {}, "raid") == Reason("joint_needs_squads", {"needed": 2, "able": 1})
    at_nine = ((clock("9:00"), clock("9:00")),)
    stops = [
        place("raid", 1, squads_needed=2, service_seconds=2 * HOUR, windows=at_nine),
        place("market", 1, windows=((clock("9:30"), clock("9:30")),)),
    ]
    problem = world(stops, [day_squad("A"), day_squad("B")])
    assert why(problem, {"B": ("market",)}, "raid") == Reason("joint_no_moment", {"needed": 2})
    assert why(problem, {}, "raid") == Reason("not_chosen", {"squad": "A, B"})


def test_a_predecessor_that_ends_too_late_is_the_reason() -> None:
    """m1 opens at 16:00 until 16:30, m2 is open until noon."""
    stops = [
        place("m1", 1, windows=((clock("15:00"), clock("15:00")),)),
        place("m2", 2, after=("m1",), windows=((0, clock("12:00")),)),
    ]
    problem = world(stops, [day_squad("A")])
    assert why(problem, {"A": ("m1",)}, "m2") == Reason("predecessor_too_late", {"other": "m1"})
    assert planned(problem).orders["A"] == ("m1",)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_township_day_with_everything_keeps_every_rule_and_is_the_same_by_seed(engine: Engine) -> None:
    """Meetings, order, lunch, windows, locks, groups and skills at once; plain stops fill the day around."""
    problem = township(30, 3, seed=5)
    changes: dict[str, dict[str, object]] = {
        "s0": {"squads_needed": 2, "required": True, "skills": frozenset(), "windows": ()},
        "s1": {"after": ("s0",), "windows": (), "skills": frozenset(), "prize": 40},
        "s2": {"squads_needed": 3, "prize": 60, "windows": (), "skills": frozenset(), "service_seconds": 900},
        "s3": {"group": "g"},
        "s4": {"group": "g", "after": ("s9",)},
        "s5": {"skills": frozenset(), "windows": ()},
        "s6": {"squads_needed": 2, "after": ("s5",), "skills": frozenset(), "required": True},
    }
    stops = tuple(replace(stop, **changes.get(stop.id, {})) for stop in problem.stops)
    squads = (problem.squads[0], replace(problem.squads[1], locked=("s5",)), problem.squads[2])
    problem = replace(problem, stops=stops, squads=squads)
    plan = planned(problem, engine=engine)
    assert verify(problem, plan) == ()
    assert score(problem, plan.orders).routes == plan.routes
    visited = [name for order in plan.orders.values() for name in order]
    assert (visited.count("s0"), visited.count("s6"), visited.count("s5")) == (2, 2, 1)
    assert len(set(visited)) > 12
    assert planned(problem, engine=engine) == plan
    assert planned(problem, engine=engine, warm=plan).prize >= plan.prize


def test_a_meeting_not_worth_it_is_left_out() -> None:
    """Ten stops by two squads all day, or a long meeting worth one."""
    at_nine = ((clock("9:00"), clock("9:00")),)
    raid = place("raid", 1, squads_needed=2, prize=1, service_seconds=7 * HOUR, windows=at_nine)
    stops = [raid, *(place(f"m{i}", 1) for i in range(10))]
    plan = planned(world(stops, [day_squad("A"), day_squad("B")]))
    assert plan.prize == 100
    assert [(i.stop, i.reason.code) for i in plan.unassigned] == [("raid", "joint_no_moment")]


def test_of_two_meetings_only_the_one_worth_its_time_is_kept() -> None:
    """Either takes both squads; a short one worth 100, and three hours worth 1 that would cost ten visits."""
    short = place("short", 1, squads_needed=2, prize=100)
    long = place("long", 1, squads_needed=2, prize=1, service_seconds=3 * HOUR)
    stops = [short, long, *(place(f"m{i}", 1) for i in range(26))]
    plan = planned(world(stops, [day_squad("A"), day_squad("B")]))
    assert plan.prize == 100 + 26 * 10
    assert [item.stop for item in plan.unassigned] == ["long"]


def test_a_cancel_still_gives_a_lawful_plan_of_what_was_there() -> None:
    """Cancelled before anything was done, with and without an old plan."""
    problem = meeting()
    old = make_plan(problem, {"A": ("raid",), "B": ("raid", "m2")})
    stop = Stop(seconds=5, work=5, cancelled=lambda: True)
    for warm, prize in ((None, 0), (old, 20)):
        result = solve(problem, stop, warm=warm)
        assert result.status is Status.TIME_LIMIT
        assert result.solution is not None
        assert result.solution.prize == prize
        assert verify(problem, result.solution) == ()


def test_the_same_squad_twice_is_not_two_squads() -> None:
    """Neither judge is taken in."""
    broken = score(meeting(), {"A": ("raid", "raid"), "B": ()}).violations
    assert {v.code for v in broken} == {"duplicate_stop", "joint_squads"}
    good = make_plan(meeting(), {"A": ("raid",), "B": ("raid",)})
    route = good.routes[0]
    twice = replace(good, routes=(replace(route, visits=route.visits * 2), good.routes[1]))
    assert "duplicate_stop" in {v.code for v in verify(meeting(), twice)}


def test_a_lunch_is_put_where_it_holds_up_nobody() -> None:
    """A has an hour's wait for B before the raid, and eats in it."""
    squads = [day_squad("A", lunch=NOON_LUNCH), day_squad("B", start=clock("12:40"))]
    problem = world([place("raid", 1, squads_needed=2)], squads)
    route = score(problem, {"A": ("raid",), "B": ("raid",)}).routes[0]
    assert route.violations == ()
    assert route.lunch is not None
    assert route.lunch.start == clock("11:30")
    assert route.visits[0].start == clock("12:50")


def test_a_day_without_links_never_enters_the_linked_search(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither search nor times nor reasons."""

    def never(*_: object) -> None:
        raise AssertionError("entered")

    monkeypatch.setattr(import_module("planners.routing.solve"), "LinkedSearch", never)
    monkeypatch.setattr(import_module("planners.routing.together"), "_Together", never)
    monkeypatch.setattr(import_module("planners.routing.explain"), "_LinkedExplainer", never)
    assert planned(market_street()).prize == 40


def test_what_is_left_of_an_old_plan_loses_a_meeting_that_one_squad_can_no_longer_make() -> None:
    """B starts at 16:00; m2 stays with A."""
    problem = meeting()
    problem = replace(problem, squads=(problem.squads[0], replace(problem.squads[1], start=clock("16:00"))))
    assert repair_linked(problem, {"A": ("raid", "m2"), "B": ("raid",)}) == {"A": ("m2",), "B": ()}


def test_a_varied_plan_keeps_its_meetings() -> None:
    """At a bounded loss of prize."""
    problem = township(12, 2, seed=3)
    joint = replace(problem.stops[0], squads_needed=2, skills=frozenset(), windows=(), required=True)
    problem = replace(problem, stops=(joint, *problem.stops[1:]))
    plan = planned(problem)
    varied = vary(problem, plan, seed=4, moves=300)
    assert verify(varied.problem, varied.plan) == ()
    assert [name for order in varied.plan.orders.values() for name in order].count("s0") == 2
    assert varied.plan.prize >= 0.97 * plan.prize
