"""Tiny townships solved a second time by trying every plan."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, permutations

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planners.assignment import Officer, Problem, Village, Weights, solve
from planners.result import Status
from planners.stop import Stop

Choice = dict[int, tuple[int, ...]]  # officer number to village numbers
TRADES = ("fire", "food")


@st.composite
def townships(draw: st.DrawFn) -> Problem:
    """Up to five villages and four officers with everything that costs."""
    count = draw(st.integers(1, 5))
    people = draw(st.integers(0, 4))
    codes = [f"V{i}" for i in range(count)]
    skills = st.sets(st.sampled_from(TRADES))
    hours = st.integers(1, 12).map(float)
    led = draw(st.lists(st.integers(-1, max(people - 1, -1)), min_size=count, max_size=count))
    borders = [pair for pair in combinations(codes, 2) if draw(st.booleans())]
    minutes = draw(
        st.lists(st.integers(0, 60), min_size=people * count, max_size=people * count).map(
            lambda values: np.array(values, dtype=float).reshape(people, count)
        )
    )
    return Problem(
        villages=tuple(
            Village(
                code=code,
                workload=draw(hours),
                risk=draw(st.sampled_from((1.0, 1.5, 2.0))),
                needs={skill: draw(st.sampled_from((0.25, 1.0))) for skill in sorted(draw(skills))},
            )
            for code in codes
        ),
        officers=tuple(
            Officer(
                id=f"O{i}",
                capacity=draw(st.integers(1, 2)),
                skills=frozenset(draw(skills)),
                trades=draw(st.dictionaries(st.sampled_from(TRADES), st.sampled_from((0.25, 0.5, 1.0)))),
                previous=tuple(code for code, lead in zip(codes, led, strict=True) if lead == i),
                certified=draw(st.booleans()),
                young=frozenset(
                    code for code, lead in zip(codes, led, strict=True) if lead == i and draw(st.booleans())
                ),
                recused=frozenset(draw(st.sets(st.sampled_from(codes), max_size=2))),
            )
            for i in range(people)
        ),
        adjacent=frozenset(borders),
        weights=draw(st.sampled_from((Weights(), Weights(load=0.0), Weights(travel=1.0, change=0.0)))),
        require_adjacent_pairs=draw(st.booleans()),
        travel_minutes=minutes,
        near_by_road=frozenset(pair for pair in combinations(codes, 2) if draw(st.integers(0, 4)) == 0),
        keep_young=draw(st.booleans()),
    )


def must_keep(problem: Problem, number: int) -> set[int]:
    """Villages the officer may not lose, by the words of `Problem.keep_young`."""
    officer = problem.officers[number]
    codes = [village.code for village in problem.villages]
    young = [c for c in officer.previous if c in officer.young and c not in officer.recused and c in codes]
    return {codes.index(code) for code in young[: officer.capacity]} if problem.keep_young else set()


def plans(problem: Problem, officer: int = 0, taken: frozenset[int] = frozenset()) -> Iterator[Choice]:
    """Yield every lawful choice of villages by officers, complete or not."""
    if officer == len(problem.officers):
        yield {}
        return
    free = [v for v in range(len(problem.villages)) if v not in taken]
    options: list[tuple[int, ...]] = [(), *((v,) for v in free)]
    if problem.officers[officer].capacity == 2:
        held = must_keep(problem, officer)
        options += [p for p in combinations(free, 2) if may_share(problem, *p) or set(p) == held]
    options = [option for option in options if may_lead(problem, officer, option)]
    for option in options:
        for rest in plans(problem, officer + 1, taken | set(option)):
            yield {officer: option, **rest}


def may_share(problem: Problem, one: int, other: int) -> bool:
    """Whether two villages may have the same lead."""
    codes = (problem.villages[one].code, problem.villages[other].code)
    return not problem.require_adjacent_pairs or problem.borders(*codes)


def may_lead(problem: Problem, officer: int, option: tuple[int, ...]) -> bool:
    """Whether recusal and what must be kept allow an officer these villages."""
    recused = problem.officers[officer].recused
    others = range(len(problem.officers))
    kept_by_others = {v for other in others if other != officer for v in must_keep(problem, other)}
    if any(v in kept_by_others or problem.villages[v].code in recused for v in option):
        return False
    return must_keep(problem, officer) <= set(option)


def weight(problem: Problem, plan: Choice) -> int:
    """Coverage weight of a plan."""
    return sum(problem.villages[v].coverage_weight for option in plan.values() for v in option)


def cost(problem: Problem, plan: Choice) -> float:
    """Points of a plan by the words of `Weights`."""
    weights = problem.weights
    points = 0.0
    for number, option in plan.items():
        officer = problem.officers[number]
        load = sum(problem.villages[v].workload for v in option)
        points += weights.load * (load / problem.target_load - 1) ** 2
        if len(option) == 2 and not problem.borders(*(problem.villages[v].code for v in option)):
            points += weights.apart
        for v in option:
            village = problem.villages[v]
            points += weights.travel * problem.minutes[number, v]
            lacking = {s: w for s, w in village.needs.items() if s not in officer.skills}
            points += weights.skill * sum(w * (1 - officer.trades.get(s, 0)) for s, w in lacking.items())
            points += weights.change * (problem.previous_leads.get(village.code, officer.id) != officer.id)
            early = any(village.code in other.young for other in problem.officers if other != officer)
            points += weights.tenure * early
            points += weights.uncertified * (not officer.certified)
    return points


def missing(problem: Problem) -> int:
    """Fewest officers with room for two to add until some plan covers all, by adding one after the other."""
    everything = sum(village.coverage_weight for village in problem.villages)
    for extra in range(len(problem.villages) + 1):
        added = tuple(Officer(id=f"extra{i}") for i in range(extra))
        minutes = np.zeros((len(problem.officers) + extra, len(problem.villages)))
        larger = Problem(
            villages=problem.villages,
            officers=problem.officers + added,
            adjacent=problem.adjacent,
            require_adjacent_pairs=problem.require_adjacent_pairs,
            travel_minutes=minutes,
            near_by_road=problem.near_by_road,
            keep_young=problem.keep_young,
        )
        if any(weight(larger, plan) == everything for plan in plans(larger)):
            return extra
    raise AssertionError("one officer a village always covers all")


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(townships())
def test_no_plan_covers_more_or_costs_less(problem: Problem) -> None:
    """The planner's coverage is the most, and its proven cost the least among plans that cover as much."""
    result = solve(problem, Stop(seconds=60))
    assert result.status is Status.OPTIMAL
    assert result.solution is not None
    everything = list(plans(problem))
    most = max(weight(problem, plan) for plan in everything)
    assert result.solution.covered_weight == most
    least = min(cost(problem, plan) for plan in everything if weight(problem, plan) == most)
    assert result.objective is not None
    assert math.isclose(result.objective, least, abs_tol=0.001 * (1 + len(problem.officers)))
    assert result.bound == result.objective


def changes(problem: Problem, plan: Choice) -> int:
    """Villages taken from a lead of the last plan who is still here."""
    before = problem.previous_leads
    return sum(
        before.get(problem.villages[v].code, problem.officers[number].id) != problem.officers[number].id
        for number, option in plan.items()
        for v in option
    )


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(townships(), st.integers(0, 4))
def test_within_a_limit_of_changes_no_plan_costs_less(problem: Problem, most: int) -> None:
    """The cheapest of those plans that cover the most and keep within it; without one it says so."""
    result = solve(replace(problem, most_changes=most), Stop(seconds=60))
    everything = list(plans(problem))
    covered = max(weight(problem, plan) for plan in everything)
    within = [p for p in everything if weight(problem, p) == covered and changes(problem, p) <= most]
    if not within:
        assert result.status is Status.INFEASIBLE
        assert result.solution is None
        assert [reason.code for reason in result.reasons] == ["own_too_few_changes"]
        return
    assert result.status is Status.OPTIMAL
    assert result.objective is not None
    least = min(cost(problem, plan) for plan in within)
    assert math.isclose(result.objective, least, abs_tol=0.001 * (1 + len(problem.officers)))
    assert result.bound == result.objective


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(townships())
def test_the_number_of_missing_officers_is_exact(problem: Problem) -> None:
    """Adding that many officers covers all, adding one fewer does not."""
    result = solve(problem, Stop(seconds=60))
    assert result.solution is not None
    assert result.solution.missing_officers == missing(problem)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(st.integers(0, 50), min_size=2, max_size=2), min_size=3, max_size=6))
def test_supports_take_the_shortest_ways_in_all(minutes: list[list[int]]) -> None:
    """With leads fixed by the last plan, no other even spread of the idle officers has less travel."""
    problem = Problem(
        villages=(Village(code="V0", workload=2.0), Village(code="V1", workload=1.0)),
        officers=tuple(
            Officer(id=f"O{i}", capacity=1, previous=(f"V{i}",) if i < 2 else ()) for i in range(len(minutes))
        ),
        travel_minutes=np.array(minutes, dtype=float),
        weights=Weights(change=1000.0),
    )
    result = solve(problem, Stop(seconds=60))
    assert result.solution is not None
    assert result.solution.leads == {"V0": "O0", "V1": "O1"}
    idle = range(2, len(minutes))
    slots = [0, 1, 0, 1][: len(idle)]
    least = min(
        sum(0.1 * minutes[o][v] for o, v in zip(order, slots, strict=True)) for order in permutations(idle)
    )
    assert math.isclose(result.solution.support_cost, least, abs_tol=0.01)
