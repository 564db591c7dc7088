"""Recusal, tenure and neighbours by road on townships whose best plan is known by looking."""

from __future__ import annotations

from dataclasses import replace

import pytest

from planners.assignment import Officer, Ownership, Problem, Responsibility, Role, Village, solve, verify
from planners.result import Result, Status
from planners.stop import Stop

STOP = Stop(seconds=60)


def valley(*officers: Officer, villages: int = 2, **rules: object) -> Problem:
    """Villages V0, V1, ... one kilometre apart, each bordering the next."""
    return Problem(
        villages=tuple(
            Village(code=f"V{i}", workload=4.0, position=(1000.0 * i, 0.0)) for i in range(villages)
        ),
        officers=officers,
        adjacent=frozenset((f"V{i}", f"V{i + 1}") for i in range(villages - 1)),
        **rules,  # type: ignore[arg-type]
    )


def at(name: str, kilometre: float, **values: object) -> Officer:
    """Build an officer who lives beside the valley road."""
    return Officer(id=name, position=(1000.0 * kilometre, 0.0), **values)  # type: ignore[arg-type]


def plan_of(problem: Problem) -> tuple[Result[Ownership], Ownership]:
    """Solve to proof."""
    result = solve(problem, STOP)
    assert result.status is Status.OPTIMAL
    assert result.solution is not None
    return result, result.solution


def why(plan: Ownership, village: str) -> set[str]:
    """Reason codes beside a village's lead."""
    return {w.code for r in plan.responsibilities if r.village == village for w in r.why}


def test_nobody_leads_the_village_of_his_relatives_however_near() -> None:
    """A lives in V0 and is recused from it: the two swap, and the plan says that somebody was passed over."""
    _, plan = plan_of(valley(at("A", 0, recused=frozenset({"V0"})), at("B", 1)))
    assert plan.leads == {"V0": "B", "V1": "A"}
    assert "own_others_recused" in why(plan, "V0")


def test_a_village_from_which_all_with_room_are_recused_stays_open_and_says_so() -> None:
    """Both officers are recused from V1; one more is missing, although there are as many as villages."""
    recused = frozenset({"V1"})
    result, plan = plan_of(valley(at("A", 0, recused=recused), at("B", 1, recused=recused)))
    assert [(item.village, item.reason.code) for item in plan.uncovered] == [("V1", "own_all_recused")]
    assert plan.missing_officers == 1
    assert next(reason.code for reason in result.reasons) == "own_officers_missing"


def test_nobody_supports_a_village_recused_from() -> None:
    """Two are idle and due one each; C, recused from V0, and D, recused too, both help V1."""
    recused = frozenset({"V0"})
    idle = (at("C", 0, recused=recused), at("D", 0, recused=recused))
    problem = valley(at("A", 0, previous=("V0",)), at("B", 1, previous=("V1",)), *idle)
    _, plan = plan_of(problem)
    leads = set(plan.leads.values())
    assert all(plan.supports[o] == "V1" for o in ("C", "D") if o not in leads)
    assert verify(problem, plan) == ()


def test_an_officer_recused_everywhere_stays_without_a_village() -> None:
    """Nothing to lead and nothing to support breaks no rule."""
    problem = valley(at("A", 0), at("B", 1), at("C", 0, recused=frozenset({"V0", "V1"})))
    _, plan = plan_of(problem)
    assert {r.officer for r in plan.responsibilities} == {"A", "B"}


def swapped(**rules: object) -> Problem:
    """A and B each led the far village, 20 km off: worth changing, unless the tenure is young."""
    young = bool(rules.pop("young", False))
    officers = tuple(
        at(name, km, previous=(village,), young=frozenset({village} if young else ()))
        for name, km, village in (("A", 0, "V1"), ("B", 20, "V0"))
    )
    base = valley(*officers, **rules)
    far = replace(base.villages[1], position=(20_000.0, 0.0))
    return replace(base, villages=(base.villages[0], far))


def test_a_young_responsibility_is_moved_only_at_a_further_price() -> None:
    """Ten minutes of travel saved outweigh a change, but not a change before the tenure is over."""
    _, old = plan_of(swapped())
    assert old.leads == {"V0": "A", "V1": "B"}
    _, young = plan_of(swapped(young=True))
    assert young.leads == {"V0": "B", "V1": "A"}


def test_an_early_change_that_still_pays_is_named() -> None:
    """With a small price on tenure the plan changes and says before which time."""
    problem = swapped(young=True)
    cheap = replace(problem, weights=replace(problem.weights, tenure=0.5))
    _, plan = plan_of(cheap)
    assert "own_changed_early" in why(plan, "V0")


def test_a_kept_responsibility_stays_whatever_it_costs() -> None:
    """The hard rule holds even where tenure and change are free."""
    problem = swapped(young=True, keep_young=True)
    free = replace(problem, weights=replace(problem.weights, tenure=0.0, change=0.0))
    _, plan = plan_of(free)
    assert plan.leads == {"V0": "B", "V1": "A"}
    assert "own_kept_tenure" in why(plan, "V0")


def test_recusal_goes_before_tenure() -> None:
    """A village kept by an officer who has become recused from it is free for others."""
    held = at("A", 0, previous=("V0",), young=frozenset({"V0"}), recused=frozenset({"V0"}))
    _, plan = plan_of(valley(held, at("B", 1), keep_young=True))
    assert plan.leads["V0"] == "B"


def test_two_kept_villages_that_do_not_border_stay_together() -> None:
    """What was lawful when it was given is not torn apart."""
    held = at("A", 0, previous=("V0", "V2"), young=frozenset({"V0", "V2"}))
    _, plan = plan_of(valley(held, at("B", 1), villages=3, keep_young=True))
    assert plan.villages_led_by("A") == ("V0", "V2")


def test_a_bridge_makes_neighbours_of_villages_without_a_common_border() -> None:
    """One officer, two banks of a river: only with the bridge are both villages led."""
    apart = replace(valley(at("A", 0)), adjacent=frozenset())
    _, without = plan_of(apart)
    assert len(without.uncovered) == 1
    _, bridged = plan_of(replace(apart, near_by_road=frozenset({("V1", "V0")})))
    assert bridged.villages_led_by("A") == ("V0", "V1")
    assert "own_pair_by_road" in why(bridged, "V0")


@pytest.mark.parametrize("role", Role)
def test_the_check_finds_a_recused_officer(role: Role) -> None:
    """As lead and as support."""
    problem = valley(at("A", 0, recused=frozenset({"V0"})), at("B", 1))
    wrong = Ownership(responsibilities=(Responsibility(officer="A", village="V0", role=role),))
    assert "own_bad_recused" in {reason.code for reason in verify(problem, wrong)}


def test_the_check_finds_a_kept_village_taken_away() -> None:
    """V1 must stay with A."""
    problem = swapped(young=True, keep_young=True)
    leads = (("A", "V0"), ("B", "V1"))
    wrong = Ownership(
        responsibilities=tuple(Responsibility(officer=o, village=v, role=Role.LEAD) for o, v in leads)
    )
    assert "own_bad_tenure" in {reason.code for reason in verify(problem, wrong)}


def test_a_young_village_never_held_is_refused() -> None:
    """The error names officer and village."""
    with pytest.raises(ValueError, match=r"Officer\.young of A names V1"):
        at("A", 0, young=frozenset({"V1"}))


def test_the_agencys_trade_decides_between_two_without_the_certificate() -> None:
    """V0 has premises of the food trade; B's agency is of it, and the plan says so with the score."""
    base = valley(at("A", 0), at("B", 1, trades={"food": 0.5}))
    food = replace(base.villages[0], needs={"food": 1.0}, premises=6)
    problem = replace(base, villages=(food, base.villages[1]))
    _, plan = plan_of(problem)
    assert plan.leads == {"V0": "B", "V1": "A"}
    said = {w.code: w.params for r in plan.responsibilities if r.village == "V0" for w in r.why}
    assert said["own_fit"] == {"premises": 6, "percent": 50}
    assert said["own_trade"] == {"skills": "food"}
    assert "own_skills_missing" not in said


def test_an_own_certificate_goes_before_the_agencys_trade() -> None:
    """A holds it, B's agency is of the trade: A leads V0 though B lives there."""
    base = valley(at("A", 1, skills=frozenset({"food"})), at("B", 0, trades={"food": 0.5}))
    food = replace(base.villages[0], needs={"food": 1.0}, premises=2)
    _, plan = plan_of(replace(base, villages=(food, base.villages[1])))
    assert plan.leads == {"V0": "A", "V1": "B"}
    said = {w.code: w.params for r in plan.responsibilities if r.village == "V0" for w in r.why}
    assert said["own_fit"]["percent"] == 100


def test_a_trade_out_of_bounds_is_refused() -> None:
    """Officer, trade and value are named."""
    with pytest.raises(ValueError, match=r"Officer\.trades\['food'\] of A .* 1\.5"):
        at("A", 0, trades={"food": 1.5})
