"""The week planner on any week: checked, repeatable, nothing lost silently, never worse for having more."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import combinations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from benchmarks.week_world import DAYS, FIRST, drawn, spot
from gridmgr.domain.settings import OfficeSettings
from gridmgr.domain.week import WeekPlan, WeekVillage, shortest_gap
from gridmgr.domain.weekrules import MOST_BUNCHING, MOST_SLACK_DAYS, MOST_WAITING, WeekRules
from gridmgr.geo.matrices import travel_matrix
from gridmgr.geo.routers.straight import StraightLineRouter
from gridmgr.services.planning.week_checking import Land, week_findings
from gridmgr.services.planning.week_cost import cost_of, patterns_of, spacing
from gridmgr.services.planning.week_inputs import WeekInputs
from gridmgr.services.planning.week_making import Stamp, make_week
from planners.periodic import Customer, Pattern, Problem, Vehicle, recoverable, solve
from planners.result import Status
from planners.stop import Stop

STAMP = Stamp(plan_id="w", at=datetime(2026, 3, 1, tzinfo=UTC), by="planner")
ROUTER = StraightLineRouter()
#: What two searches of the same week may differ by on these small weeks: a part of the cost.
NOISE = 0.02

rules = st.builds(
    dict,
    week_reserve_percent=st.integers(0, 30),
    week_slack_days=st.integers(0, MOST_SLACK_DAYS),
    week_bunching=st.integers(0, MOST_BUNCHING),
    week_waiting=st.integers(0, MOST_WAITING),
)


@st.composite
def weeks(draw: st.DrawFn) -> WeekInputs:
    """A few villages anywhere in their week: some visited, some promised, some days short of people."""
    seed = draw(st.integers(0, 10_000))
    town = drawn(draw(st.integers(1, 8)), seed=seed, squads=1, office=OfficeSettings(**draw(rules)))
    as_of = FIRST + timedelta(days=draw(st.integers(0, 6)))
    gone = [day for day in DAYS if day < as_of]
    came = {
        v.code: set(draw(st.lists(st.sampled_from(gone), max_size=2))) if gone else set()
        for v in town.villages
    }
    hours = st.lists(st.integers(0, 7 * 3600), max_size=2).map(tuple)
    closed = frozenset(draw(st.sets(st.sampled_from([day for day in DAYS if day >= as_of]), max_size=2)))
    promised = {
        v.code: frozenset(draw(st.sets(st.sampled_from(sorted(closed))))) if closed else frozenset()
        for v in town.villages
    }
    return replace(
        town.inputs(came, as_of=as_of),
        limits={day: draw(hours) for day in DAYS},
        closed=closed,
        promised=promised,
    )


def made(inputs: WeekInputs, *, seed: int = 1, work: int = 2) -> WeekPlan:
    """The week planned, which checks it."""
    return make_week(inputs, ROUTER, Stop(seconds=600, work=work), seed=seed, stamp=STAMP)


def land_of(inputs: WeekInputs) -> Land:
    """Its roads."""
    points = [(inputs.depot.lon, inputs.depot.lat), *(spot(v) for v in inputs.villages)]
    matrix = travel_matrix(ROUTER, np.array(points), depot=0)
    return Land.of(inputs.villages, matrix, visit_minutes=inputs.office.village_visit_minutes)


@settings(max_examples=40, deadline=None)
@given(inputs=weeks(), seed=st.integers(0, 99))
def test_any_week_is_checked_repeatable_and_loses_no_visit_silently(inputs: WeekInputs, seed: int) -> None:
    """Whatever is due is done, planned, or short with its reason; the reserve stays free; seeds repeat."""
    plan = made(inputs, seed=seed)
    assert week_findings(plan, land_of(inputs), visits=inputs.visits, since=inputs.since) == ()
    assert replace(made(inputs, seed=seed), seconds=plan.seconds) == plan
    for item, village in zip(plan.villages, inputs.villages, strict=True):
        assert item.village_code == village.code
        assert item.due == min(7, village.required_visits_per_week)
        missing = item.due - len(item.done) - len(item.planned)
        assert item.short == max(0, missing)
        assert missing <= 0 or item.reason is not None
    for day in plan.days:
        assert 100 * day.used_seconds <= (100 - plan.rules.reserve_percent) * day.seconds
        assert day.recoverable is None or 0 <= day.recoverable <= day.visits


@settings(max_examples=40, deadline=None)
@given(inputs=weeks(), data=st.data())
def test_tampering_with_any_week_is_found(inputs: WeekInputs, data: st.DataObject) -> None:
    """A visit left out of the routes, time not told, a debt or spacing glossed over: each is found."""
    plan = made(inputs)
    busy = [n for n, day in enumerate(plan.days) if day.visits]
    assume(busy)
    at = data.draw(st.sampled_from(busy))
    day, codes = plan.days[at], [c for route in plan.days[at].routes for c in route.villages]
    item = next(v for v in plan.villages if v.village_code == codes[0])
    emptied = replace(
        day, routes=tuple(replace(r, villages=(), seconds=0) for r in day.routes), used_seconds=0
    )
    tampered = {
        "week.check_days_differ": with_day(plan, at, emptied),
        "week.check_sum": with_day(plan, at, replace(day, used_seconds=day.used_seconds + 1)),
        "week.check_not_open": with_day(plan, at, replace(day, open=False)),
        "week.check_squads": with_day(plan, at, replace(day, squads=0)),
        "week.check_reserve": replace(plan, rules=WeekRules(reserve_percent=50, slack_days=0)),
        "week.check_debt": with_village(plan, replace(item, debt_after=item.debt_after + 1)),
        "week.check_spacing": with_village(plan, replace(item, waiting_days=item.waiting_days + 1)),
        "week.check_beyond": with_village(plan, replace(item, due=0)),
    }
    for key, other in tampered.items():
        if key == "week.check_reserve" and plan.rules.reserve_percent == 50:
            continue
        found = week_findings(other, land_of(inputs), visits=inputs.visits, since=inputs.since)
        assert key in {message.key for message in found}, key


def with_day(plan: WeekPlan, at: int, day: object) -> WeekPlan:
    """The plan with another day in the place of one."""
    days = list(plan.days)
    days[at] = day  # type: ignore[call-overload]
    return replace(plan, days=tuple(days))


def with_village(plan: WeekPlan, item: WeekVillage) -> WeekPlan:
    """The plan with another line for a village."""
    return replace(
        plan,
        villages=tuple(item if v.village_code == item.village_code else v for v in plan.villages),
    )


@settings(max_examples=60, deadline=None)
@given(inputs=weeks())
def test_a_visit_that_is_due_always_pays(inputs: WeekInputs) -> None:
    """Within the settings' bounds no bunching or waiting makes it cheaper to leave a whole visit out."""
    free = list(inputs.open_days)
    for village in inputs.villages:
        taken = inputs.visits[village.code] | inputs.promised[village.code]
        own = [day for day in free if day not in taken]
        most = inputs.due(village) - len([day for day in taken if day >= inputs.first])
        for count in range(min(most, len(own))):
            for days in combinations(own, count):
                for more in set(own) - set(days):
                    assert cost_of(inputs, village, (*days, more)) < cost_of(inputs, village, days)
        kept = {len(pattern.days) for pattern in patterns_of(inputs, village)}
        assert max(kept) == max(0, min(most, len(own)))


def few(required: int, last: int, **options: object) -> WeekInputs:
    """One village, last seen so many days before the week."""
    town = drawn(1, seed=1, squads=1, office=OfficeSettings(week_reserve_percent=0, **options))  # type: ignore[arg-type]
    inputs = town.inputs({"v000": ()})
    village = replace(inputs.villages[0], risk="C", required_visits_per_week=required)
    return replace(
        inputs, villages=(village,), visits={village.code: frozenset({FIRST - timedelta(days=last)})}
    )


def offsets(days: Collection[date]) -> list[int]:
    """Days of the week from 0."""
    return sorted((day - FIRST).days for day in days)


def test_visits_too_close_are_avoided_by_their_price() -> None:
    """Seen yesterday and due once: Monday where closeness is free, not before Thursday where it costs."""
    inputs = few(1, 1, week_bunching=0, week_waiting=2, week_slack_days=0)
    assert spacing(inputs, inputs.villages[0], [FIRST]).close_days == 3
    (item,) = made(replace(inputs, office=replace(inputs.office, week_bunching=2))).villages
    assert (offsets(item.planned), item.close_days, item.waiting_days) == ([3], 0, 0)
    cheap = {p.days: p.cost for p in patterns_of(inputs, inputs.villages[0])}
    assert cheap[(0,)] == min(cheap.values())


def test_a_due_visit_comes_early_and_the_last_day_stays_free() -> None:
    """Seen a week ago: Monday where waiting costs; any day but Friday where only the slack day does."""
    (item,) = made(few(1, 7, week_waiting=1, week_slack_days=0)).villages
    assert offsets(item.planned) == [0]
    lazy = few(1, 3, week_waiting=0, week_slack_days=1)
    costs = {p.days: p.cost for p in patterns_of(lazy, lazy.villages[0]) if p.days}
    assert {days for days, cost in costs.items() if cost == min(costs.values())} == {(1,), (2,), (3,)}
    assert costs[(4,)] == min(costs.values()) + 1


def test_a_lost_day_can_be_made_up_as_far_as_there_is_room() -> None:
    """Two places on Monday; Tuesday has room for one more, and for none where it is full."""
    travel = np.array([[0, 10, 10], [10, 0, 5], [10, 5, 0]])
    both = tuple(
        Customer(id=name, node=node, service=1, patterns=(Pattern(days=(0,)), Pattern(days=(1,), cost=cost)))
        for name, node, cost in (("a", 1, 1), ("b", 2, 5))
    )

    def town(tuesday: int) -> Problem:
        vehicles = [
            Vehicle(id=str(d), day=d, start_node=0, end_node=0, limit=n) for d, n in ((0, 99), (1, tuesday))
        ]
        return Problem(days=2, customers=both, vehicles=tuple(vehicles), travel=travel)

    routes = {"0": ("a", "b")}
    assert recoverable(town(27), routes, 0) == ("b", "a")
    assert recoverable(town(26), routes, 0) == ("b",)
    assert recoverable(town(20), routes, 0) == ()
    assert recoverable(town(99), {"0": ("a",), "1": ("a",)}, 0) == ()
    assert recoverable(town(99), routes, 1) == ()


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), count=st.integers(1, 7), hours=st.integers(1, 6), extra=st.integers(1, 3))
def test_more_squads_time_or_days_leave_no_more_debt(seed: int, count: int, hours: int, extra: int) -> None:
    """With nothing weighed but debt and spacing, more is never worse, but for the search's noise."""
    office = OfficeSettings(week_reserve_percent=0, week_slack_days=0, week_waiting=0)
    town = drawn(count, seed=seed, squads=1, office=office)
    inputs = town.inputs({v.code: () for v in town.villages})
    limit = hours * 3600
    base = replace(inputs, limits={day: (limit,) if day in DAYS[:3] else () for day in DAYS})
    least = made(base, work=4).cost
    more = (
        {day: (limit,) * (1 + extra) if day in DAYS[:3] else () for day in DAYS},
        {day: (limit + 1800 * extra,) if day in DAYS[:3] else () for day in DAYS},
        {day: (limit,) if day in DAYS[: 3 + extra] else () for day in DAYS},
    )
    for limits in more:
        assert made(replace(base, limits=limits), work=4).cost <= least * (1 + NOISE)
    assert made(base, work=8).cost <= least * (1 + NOISE)


@settings(max_examples=25, deadline=None)
@given(way=st.integers(1, 50), service=st.integers(0, 20), limit=st.integers(0, 119))
def test_what_nobody_can_do_is_answered_with_its_cause(way: int, service: int, limit: int) -> None:
    """A compulsory visit longer than any day: by how much; without squads or roads: just that."""

    def asked(limit: int, road: int, day: int) -> Problem:
        return Problem(
            days=2,
            customers=(Customer(id="far", node=1, service=service, patterns=(Pattern(days=(0,)),)),),
            vehicles=(Vehicle(id="q", day=day, start_node=0, end_node=0, limit=limit),),
            travel=np.array([[0, road], [road, 0]]),
        )

    over = 2 * way + service - limit
    result = solve(asked(limit, way, 0), Stop(seconds=60, work=1))
    if over <= 0:
        assert result.status is Status.FEASIBLE
    else:
        assert result.status is Status.INFEASIBLE
        assert [(r.code, dict(r.params)) for r in result.reasons] == [
            ("week_too_far", {"over": over, "customer": "far"})
        ]
    no_road = solve(asked(limit, -1, 0), Stop(seconds=60, work=1))
    assert [(r.code, r.params["over"]) for r in no_road.reasons] == [("week_too_far", 0)]
    nobody = solve(asked(limit, way, 1), Stop(seconds=60, work=1))
    assert [r.code for r in nobody.reasons] == ["week_no_squad"]


def test_a_week_without_squads_says_so_for_every_village() -> None:
    """No plan is refused; each village is short, and the plan has a note."""
    town = drawn(5, seed=3, squads=1)
    inputs = town.inputs({v.code: () for v in town.villages}, lost=DAYS)
    plan = made(inputs)
    assert [note.key for note in plan.notes] == ["week.no_open_day"]
    assert {item.reason.key for item in plan.villages if item.reason} == {"reason.week_no_squad"}
    assert all(item.short == item.due for item in plan.villages)


@pytest.mark.parametrize(("required", "days"), [(0, 0), (1, 4), (2, 2), (3, 2), (4, 1), (7, 1), (9, 1)])
def test_half_the_interval_is_too_close(required: int, days: int) -> None:
    """Rounded up to whole days."""
    assert shortest_gap(required) == days


def item_of(*planned: int, done: tuple[int, ...] = ()) -> WeekVillage:
    """A village's line with visits planned and done on those days of the week."""
    return WeekVillage(
        village_code="v",
        due=3,
        done=tuple(DAYS[n] for n in done),
        planned=tuple(DAYS[n] for n in planned),
    )


@pytest.mark.parametrize(
    ("visits", "day", "coming", "missed"),
    [
        ((), 0, 1, 0),
        ((0,), 1, 3, 0),  # came on Monday in the place of Tuesday
        ((1,), 2, 3, 0),
        ((), 2, 3, 1),  # nobody came on Tuesday
        ((2,), 3, 3, 0),  # a day late
        ((0, 1), 2, None, 0),  # both visits made already
    ],
)
def test_a_visit_on_another_day_stands_for_a_planned_one(
    visits: tuple[int, ...], day: int, coming: int | None, missed: int
) -> None:
    """Planned on Tuesday and Thursday."""
    item, came = item_of(1, 3), [DAYS[n] for n in visits]
    assert item.next_planned(DAYS[day], came) == (None if coming is None else DAYS[coming])
    assert item.missed(DAYS[day], came) == missed
