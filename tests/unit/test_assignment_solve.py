"""The ownership planner on miniature townships whose best plan is known by looking."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest

from planners.assignment import Officer, Ownership, Problem, Role, Village, Weights, solve, solve_many, verify
from planners.result import Result, Status
from planners.stop import Progress, Stop

STOP = Stop(seconds=60)


def row_of_villages(count: int, *, workload: float = 4.0) -> tuple[Village, ...]:
    """Villages V0, V1, ... one kilometre apart along a valley."""
    return tuple(Village(code=f"V{i}", workload=workload, position=(1000.0 * i, 0.0)) for i in range(count))


def valley(count: int, officers: tuple[Officer, ...], **changes: object) -> Problem:
    """Villages along a valley, each bordering the next."""
    return Problem(
        **{
            "villages": row_of_villages(count),
            "officers": officers,
            "adjacent": frozenset((f"V{i}", f"V{i + 1}") for i in range(count - 1)),
            **changes,
        }  # type: ignore[arg-type]
    )


def at(name: str, kilometre: float, **changes: object) -> Officer:
    """Build an officer who lives beside the valley road."""
    return Officer(id=name, position=(1000.0 * kilometre, 0.0), **changes)  # type: ignore[arg-type]


def plan_of(result: Result[Ownership]) -> Ownership:
    """Solution of a result that must have one."""
    assert result.solution is not None
    return result.solution


def codes(problem: Problem, village: str, role: Role = Role.LEAD) -> set[str]:
    """Reason codes beside one responsibility of the solved problem."""
    plan = plan_of(solve(problem, STOP))
    return {
        reason.code
        for r in plan.responsibilities
        if r.village == village and r.role is role
        for reason in r.why
    }


def test_everybody_leads_the_village_next_door() -> None:
    """With equal work and as many people as villages, the way decides."""
    result = solve(valley(3, (at("A", 2), at("B", 0), at("C", 1))), STOP)
    assert result.status is Status.OPTIMAL
    assert plan_of(result).leads == {"V0": "B", "V1": "C", "V2": "A"}
    assert result.objective == result.bound == 0.0


def test_two_officers_share_four_villages_in_bordering_pairs() -> None:
    """Only bordering villages go together, so the valley is cut in the middle."""
    plan = plan_of(solve(valley(4, (at("A", 0), at("B", 3))), STOP))
    assert plan.villages_led_by("A") == ("V0", "V1")
    assert plan.villages_led_by("B") == ("V2", "V3")
    assert plan.uncovered == ()
    assert plan.missing_officers == 0


def test_an_officer_with_room_for_one_leads_one() -> None:
    """Capacity is a hard limit."""
    plan = plan_of(solve(valley(3, (at("A", 0, capacity=1), at("B", 2))), STOP))
    assert plan.villages_led_by("A") == ("V0",)
    assert plan.villages_led_by("B") == ("V1", "V2")


def test_heavy_villages_stay_alone_and_light_ones_share() -> None:
    """Loads are balanced: the two light villages make one load, though it means a longer way."""
    hours = (8.0, 4.0, 4.0, 8.0)
    villages = tuple(replace(v, workload=h) for v, h in zip(row_of_villages(4), hours, strict=True))
    plan = plan_of(solve(valley(4, (at("A", 0), at("B", 0), at("C", 0)), villages=villages), STOP))
    loads = {name: plan.villages_led_by(name) for name in "ABC"}
    assert sorted(loads.values()) == [("V0",), ("V1", "V2"), ("V3",)]


def test_skills_outweigh_a_short_way() -> None:
    """The fire officer crosses the valley to the village with the fireworks."""
    villages = (replace(row_of_villages(2)[0], needs={"fire": 1.0}), row_of_villages(2)[1])
    problem = valley(2, (at("A", 0), at("B", 1, skills=frozenset({"fire"}))), villages=villages)
    assert plan_of(solve(problem, STOP)).leads == {"V0": "B", "V1": "A"}
    assert "own_skills" in codes(problem, "V0")


def test_the_last_plan_is_kept_although_another_would_be_nearer() -> None:
    """Trust grown in a village is worth more than five minutes."""
    officers = (at("A", 0, previous=("V1",)), at("B", 1, previous=("V0",)))
    assert plan_of(solve(valley(2, officers), STOP)).leads == {"V0": "B", "V1": "A"}
    assert "own_kept" in codes(valley(2, officers), "V0")


def test_without_a_price_on_change_the_nearer_officer_gets_the_village() -> None:
    """The same township with change for free swaps the two."""
    officers = (at("A", 0, previous=("V1",)), at("B", 1, previous=("V0",)))
    problem = valley(2, officers, weights=Weights(change=0.0))
    assert plan_of(solve(problem, STOP)).leads == {"V0": "A", "V1": "B"}
    assert "own_changed" in codes(problem, "V0")


def test_one_officer_leaving_changes_few_villages() -> None:
    """When one of six goes, the others keep all they led; only the freed villages find a new lead."""
    before = valley(8, tuple(at(f"O{i}", 1.4 * i) for i in range(6)))
    old = plan_of(solve(before, STOP))
    stay = tuple(replace(o, previous=old.villages_led_by(o.id)) for o in before.officers if o.id != "O2")
    new = plan_of(solve(replace(before, officers=stay), STOP))
    assert new.uncovered == ()
    moved = [v for v, lead in old.leads.items() if lead != "O2" and new.leads[v] != lead]
    assert len(moved) <= 1


def test_an_uncertified_officer_leads_only_where_it_cannot_be_helped() -> None:
    """With one more officer than villages, the one without certificate supports."""
    plan = plan_of(solve(valley(2, (at("A", 0, certified=False), at("B", 1), at("C", 1))), STOP))
    assert set(plan.leads.values()) == {"B", "C"}
    assert plan.supports.keys() == {"A"}


def test_too_few_people_leave_the_least_risky_villages_uncovered() -> None:
    """One officer, four villages: the bordering pair with most risk is covered, two more people are due."""
    villages = tuple(
        replace(village, risk=risk)
        for village, risk in zip(row_of_villages(4), (1.0, 1.0, 3.0, 2.0), strict=True)
    )
    result = solve(valley(4, (at("A", 0),), villages=villages), STOP)
    plan = plan_of(result)
    assert result.status is Status.OPTIMAL
    assert result.objective == result.bound
    assert plan.leads == {"V2": "A", "V3": "A"}
    assert [item.village for item in plan.uncovered] == ["V0", "V1"]
    assert {item.reason.code for item in plan.uncovered} == {"own_no_officer_left"}
    assert plan.missing_officers == 1
    assert plan.covered_weight == 2000
    assert [(r.code, r.params["missing"]) for r in result.reasons] == [("own_officers_missing", 1)]


def test_a_star_needs_an_officer_for_every_ray_but_one() -> None:
    """Five outlying villages border only the middle: one pair, four singles, so three of five are missing."""
    villages = row_of_villages(6)
    star = frozenset(("V0", f"V{i}") for i in range(1, 6))
    result = solve(valley(6, (at("A", 0), at("B", 0)), villages=villages, adjacent=star), STOP)
    plan = plan_of(result)
    assert len(plan.uncovered) == 3
    assert plan.missing_officers == 3
    assert {item.reason.code for item in plan.uncovered} == {"own_no_adjacent_officer"}


def test_the_same_star_with_free_pairs_misses_one_officer() -> None:
    """Where pairs need not border, three officers lead six villages."""
    star = frozenset(("V0", f"V{i}") for i in range(1, 6))
    problem = valley(6, (at("A", 0), at("B", 0)), adjacent=star, require_adjacent_pairs=False)
    plan = plan_of(solve(problem, STOP))
    assert len(plan.uncovered) == 2
    assert plan.missing_officers == 1


def test_pairs_apart_cost_where_they_are_allowed() -> None:
    """A soft border still keeps neighbours together."""
    plan = plan_of(solve(valley(4, (at("A", 0), at("B", 3)), require_adjacent_pairs=False), STOP))
    assert plan.villages_led_by("A") == ("V0", "V1")


def test_no_officers_leave_every_village_uncovered_with_that_reason() -> None:
    """Nothing is infeasible: the empty plan is the best partial plan."""
    result = solve(valley(5, ()), STOP)
    plan = plan_of(result)
    assert result.status is Status.OPTIMAL
    assert len(plan.uncovered) == 5
    assert {item.reason.code for item in plan.uncovered} == {"own_no_officers"}
    assert plan.missing_officers == 3


def test_no_villages_need_nobody() -> None:
    """A township without villages is solved at once and says so."""
    result = solve(Problem(villages=(), officers=(at("A", 0),)), STOP)
    assert result.status is Status.OPTIMAL
    assert plan_of(result).responsibilities == ()
    assert [reason.code for reason in result.reasons] == ["own_no_villages"]


def test_more_officers_than_villages_become_supports_heavy_villages_first() -> None:
    """Three idle officers, two villages: one each, and the second one to the heavier village."""
    villages = (replace(row_of_villages(2)[0], workload=3.0), row_of_villages(2)[1])
    result = solve(valley(2, tuple(at(f"O{i}", i / 4) for i in range(5)), villages=villages), STOP)
    plan = plan_of(result)
    supported = sorted(plan.supports.values())
    assert supported == ["V0", "V1", "V1"]
    assert set(plan.supports) | set(plan.leads.values()) == {f"O{i}" for i in range(5)}
    assert ("own_supports", 3) in [(r.code, r.params.get("officers")) for r in result.reasons]


def test_a_support_brings_the_skill_the_lead_lacks() -> None:
    """Of two equally near idle officers the one with the missing trade supports the village that needs it."""
    villages = (replace(row_of_villages(2)[0], needs={"food": 1.0}), row_of_villages(2)[1])
    officers = (
        at("A", 0, previous=("V0",)),
        at("B", 1, previous=("V1",)),
        at("C", 0.5),
        at("D", 0.5, skills=frozenset({"food"})),
    )
    problem = valley(2, officers, villages=villages, weights=Weights(change=50.0))
    assert plan_of(solve(problem, STOP)).supports == {"C": "V1", "D": "V0"}
    assert "own_fills_skills" in codes(problem, "V0", Role.SUPPORT)


def test_a_support_of_the_last_plan_stays() -> None:
    """Supports are kept like leads."""
    officers = (
        at("A", 0, previous=("V0",)),
        at("B", 1, previous=("V1",)),
        at("C", 0, previous_support=("V1",)),
        at("D", 1, previous_support=("V0",)),
    )
    assert plan_of(solve(valley(2, officers), STOP)).supports == {"C": "V1", "D": "V0"}


def test_why_states_the_load_against_the_target() -> None:
    """8 hours for A where 4 are the target are 200 percent."""
    problem = valley(2, (at("A", 0),), villages=row_of_villages(2, workload=5.0))
    plan = plan_of(solve(problem, STOP))
    loads = [r.params for r in plan.responsibilities[0].why if r.code == "own_load"]
    assert loads == [{"load": 10.0, "target": 10.0, "percent": 100}]


def test_the_margin_is_never_more_than_what_another_lead_really_costs() -> None:
    """Forbidding the chosen officer a village by a long way raises the cost at least by the stated margin."""
    rng = np.random.default_rng(5)
    problem = valley(
        7,
        tuple(at(f"O{i}", 1.5 * i) for i in range(5)),
        travel_minutes=rng.uniform(1, 30, (5, 7)),
    )
    result = solve(problem, STOP)
    checked = 0
    for r in plan_of(result).responsibilities:
        margins = [float(w.params["points"]) for w in r.why if w.code == "own_margin"]
        if not margins:
            continue
        minutes = problem.minutes.copy()
        minutes[int(r.officer[1:]), int(r.village[1:])] = 10_000.0
        other = solve(replace(problem, travel_minutes=minutes), STOP)
        assert other.objective is not None
        assert result.objective is not None
        assert other.objective >= result.objective + margins[0] - 0.011
        checked += 1
    assert checked >= 3


def random_township(seed: int, villages: int, officers: int) -> Problem:
    """Build a ladder of villages with equal work, where ties abound."""
    rng = random.Random(seed)
    rails = {(f"{i:02}", f"{i + 2:02}") for i in range(villages - 2)}
    rungs = {(f"{i:02}", f"{i + 1:02}") for i in range(0, villages - 1, 2)}
    return Problem(
        villages=tuple(
            Village(code=f"{i:02}", workload=4.0, position=(1000.0 * (i // 2), 1000.0 * (i % 2)))
            for i in range(villages)
        ),
        officers=tuple(
            Officer(id=f"o{i:02}", position=(1000.0 * rng.randint(0, villages // 2), 500.0))
            for i in range(officers)
        ),
        adjacent=frozenset(rails | rungs),
    )


def test_the_same_problem_and_seed_give_the_same_answer() -> None:
    """Twice the same, with the reasons, in a township full of ties."""
    first = solve(random_township(1, 20, 13), STOP, seed=4)
    second = solve(random_township(1, 20, 13), STOP, seed=4)
    assert first.solution == second.solution


def test_the_answer_does_not_depend_on_the_order_of_the_input() -> None:
    """Shuffled villages, officers and reversed borders give the same plan."""
    problem = random_township(2, 20, 13)
    shuffled = replace(
        problem,
        villages=tuple(random.Random(0).sample(problem.villages, 20)),
        officers=tuple(reversed(problem.officers)),
        adjacent=frozenset((b, a) for a, b in problem.adjacent),
    )
    assert solve(problem, STOP).solution == solve(shuffled, STOP).solution


def test_the_seed_changes_ties_but_never_the_cost() -> None:
    """Different seeds find plans of the same proven cost, and not always the same plan."""
    results = [solve(random_township(3, 20, 13), STOP, seed=seed) for seed in range(6)]
    assert len({result.objective for result in results}) == 1
    assert all(result.status is Status.OPTIMAL for result in results)
    assert len({tuple(sorted(plan_of(result).leads.items())) for result in results}) > 1


def test_nearly_everybody_in_pairs_is_still_proven() -> None:
    """Thirty villages for sixteen officers: almost a perfect matching."""
    problem = random_township(4, 30, 16)
    result = solve(problem, STOP)
    assert result.status is Status.OPTIMAL
    assert plan_of(result).uncovered == ()
    assert verify(problem, plan_of(result)) == ()


def test_a_cancelled_solve_gives_an_honest_status() -> None:
    """Cancelled at once nothing is proven; where people suffice a lawful plan still comes back."""
    cancelled = Stop(seconds=60, cancelled=lambda: True)
    short = solve(random_township(1, 20, 13), cancelled)
    assert short.status is Status.UNKNOWN
    assert short.solution is None
    assert [reason.code for reason in short.reasons] == ["own_out_of_time"]
    rich = random_township(1, 10, 13)
    result = solve(rich, cancelled)
    assert result.status is Status.TIME_LIMIT
    assert result.bound is None
    assert verify(rich, plan_of(result)) == ()


def test_a_cancel_after_the_coverage_keeps_the_first_plan() -> None:
    """Cancelled once coverage is known: all that can be covered is covered, without proof of cost."""
    reports: list[Progress] = []
    stop = Stop(seconds=60, cancelled=lambda: bool(reports), progress=reports.append)
    problem = random_township(1, 20, 13)
    result = solve(problem, stop)
    assert result.status is Status.TIME_LIMIT
    assert plan_of(result).uncovered == ()
    assert verify(problem, plan_of(result)) == ()
    best = solve(problem, STOP).objective
    assert best is not None
    assert result.objective is not None
    assert result.objective >= best


def test_progress_rises_to_one() -> None:
    """A planner watching the bar sees it fill."""
    reports: list[Progress] = []
    solve(random_township(1, 12, 8), Stop(seconds=60, progress=reports.append))
    fractions = [report.fraction for report in reports]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0


@pytest.mark.parametrize("workers", [1, 2])
def test_many_townships_come_back_in_order_and_as_if_alone(workers: int) -> None:
    """A county is its townships one by one, whatever the number of workers."""
    county = [random_township(seed, 10, 7) for seed in range(4)]
    together = list(solve_many(county, STOP, seed=2, workers=workers))
    assert [r.solution for r in together] == [solve(p, STOP, seed=2).solution for p in county]


def test_many_townships_need_a_worker() -> None:
    """Zero workers is a mistake, not an empty answer."""
    with pytest.raises(ValueError, match="workers must be at least 1, got 0"):
        list(solve_many([], STOP, workers=0))


def test_solving_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    """Stdout belongs to the command line's JSON; HiGHS would print a banner."""
    solve(random_township(1, 12, 8), STOP)
    assert capfd.readouterr().out == ""
