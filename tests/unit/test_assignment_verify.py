"""The ownership check finds each way in which a plan that was right can be broken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from planners.assignment import Officer, Ownership, Problem, Responsibility, Role, Uncovered, Village, verify
from planners.result import Reason

LEAD, SUPPORT = Role.LEAD, Role.SUPPORT


@pytest.fixture
def township() -> Problem:
    """Three villages in a row, V1 bordering V0 and V2; A has room for two, B for one, C helps."""
    return Problem(
        villages=tuple(Village(code=f"V{i}", workload=2.0 + i, position=(400.0 * i, 0.0)) for i in range(3)),
        officers=(
            Officer(id="A", position=(0.0, 0.0)),
            Officer(id="B", position=(800.0, 0.0), capacity=1),
            Officer(id="C", position=(0.0, 0.0), capacity=1),
        ),
        adjacent=frozenset({("V0", "V1"), ("V2", "V1")}),
    )


def who(officer: str, village: str, role: Role = LEAD) -> Responsibility:
    """Shorten a responsibility."""
    return Responsibility(officer=officer, village=village, role=role)


@pytest.fixture
def plan() -> Ownership:
    """By hand: target 3 h; A leads 5 h and travels 1 minute, B 4 h, C supports V2 at 2 minutes."""
    squares = (5 / 3 - 1) ** 2 + (4 / 3 - 1) ** 2 + 1
    return Ownership(
        responsibilities=(who("A", "V0"), who("A", "V1"), who("B", "V2"), who("C", "V2", SUPPORT)),
        covered_weight=900,
        lead_cost=10 * squares + 0.1,
        support_cost=0.2,
    )


def found(problem: Problem, plan: Ownership) -> set[str]:
    """Codes of the breaches."""
    return {reason.code for reason in verify(problem, plan)}


def test_a_right_plan_has_no_breach(township: Problem, plan: Ownership) -> None:
    """Figures reckoned by hand agree with the check."""
    assert verify(township, plan) == ()


def with_leads(*pairs: tuple[str, str]) -> Callable[[Ownership], Ownership]:
    """Replace all leads."""

    def change(plan: Ownership) -> Ownership:
        supports = tuple(r for r in plan.responsibilities if r.role is SUPPORT)
        return replace(plan, responsibilities=tuple(who(*pair) for pair in pairs) + supports)

    return change


def with_supports(*pairs: tuple[str, str]) -> Callable[[Ownership], Ownership]:
    """Replace all supports."""

    def change(plan: Ownership) -> Ownership:
        leads = tuple(r for r in plan.responsibilities if r.role is LEAD)
        return replace(plan, responsibilities=leads + tuple(who(o, v, SUPPORT) for o, v in pairs))

    return change


def uncovering(*villages: str) -> Callable[[Ownership], Ownership]:
    """List villages as uncovered."""
    listed = tuple(Uncovered(village=v, reason=Reason("own_no_officer_left")) for v in villages)
    return lambda plan: replace(plan, uncovered=listed)


BREAKS = {
    "an unknown officer": (with_leads(("X", "V0")), "own_bad_officer"),
    "an unknown village": (with_leads(("A", "V9")), "own_bad_village"),
    "an unknown uncovered village": (uncovering("V9"), "own_bad_village"),
    "a village with two leads": (
        with_leads(("A", "V0"), ("A", "V1"), ("B", "V2"), ("C", "V2")),
        "own_bad_two_leads",
    ),
    "a village forgotten": (with_leads(("A", "V0"), ("B", "V2")), "own_bad_no_lead"),
    "a led village listed as uncovered": (uncovering("V0"), "own_bad_uncovered"),
    "an officer over capacity": (
        with_leads(("A", "V0"), ("B", "V1"), ("B", "V2")),
        "own_bad_capacity",
    ),
    "a pair that does not border": (with_leads(("A", "V0"), ("A", "V2"), ("B", "V1")), "own_bad_pair"),
    "a support who also leads": (with_supports(("C", "V2"), ("B", "V1")), "own_bad_support"),
    "a support of two villages": (with_supports(("C", "V2"), ("C", "V1")), "own_bad_support"),
    "an officer without anything": (with_supports(), "own_bad_idle"),
    "a support at the lighter village": (with_supports(("C", "V0")), "own_bad_spread"),
    "a wrong covered weight": (lambda plan: replace(plan, covered_weight=899), "own_bad_weight"),
    "a wrong lead cost": (lambda plan: replace(plan, lead_cost=plan.lead_cost - 0.1), "own_bad_cost"),
    "a wrong support cost": (lambda plan: replace(plan, support_cost=0.0), "own_bad_cost"),
    "missing officers though all is covered": (
        lambda plan: replace(plan, missing_officers=1),
        "own_bad_missing",
    ),
}


@pytest.mark.parametrize(("change", "code"), BREAKS.values(), ids=BREAKS.keys())
def test_a_broken_plan_is_caught(
    township: Problem, plan: Ownership, change: Callable[[Ownership], Ownership], code: str
) -> None:
    """Each break is reported under its own code."""
    assert code in found(township, change(plan))


def test_a_village_left_out_though_somebody_has_room_is_caught(township: Problem, plan: Ownership) -> None:
    """A leads V0 alone and could take V1, which borders it."""
    broken = uncovering("V1")(with_leads(("A", "V0"), ("B", "V2"))(plan))
    assert "own_bad_needless" in found(township, broken)


def test_a_village_nobody_with_room_borders_is_not_needless(township: Problem, plan: Ownership) -> None:
    """V2 does not border V0, so A cannot take it; C leads V1 and is full."""
    away = replace(township, officers=tuple(o for o in township.officers if o.id != "B"))
    partial = uncovering("V2")(with_leads(("A", "V0"), ("C", "V1"))(with_supports()(plan)))
    assert "own_bad_needless" not in found(away, partial)


def test_nobody_missing_though_a_village_is_uncovered_is_caught(township: Problem, plan: Ownership) -> None:
    """Uncovered villages and nobody missing contradict each other."""
    broken = uncovering("V1")(with_leads(("A", "V0"), ("B", "V2"))(plan))
    assert "own_bad_missing" in found(township, broken)


def test_a_pair_apart_is_lawful_where_borders_are_soft(township: Problem, plan: Ownership) -> None:
    """The rule is the problem's, not the check's."""
    soft = replace(township, require_adjacent_pairs=False)
    moved = with_leads(("A", "V0"), ("A", "V2"), ("B", "V1"))(plan)
    assert "own_bad_pair" not in found(soft, moved)


def test_more_changes_than_allowed_are_a_breach(township: Problem, plan: Ownership) -> None:
    """C, who is still here, led V0 before; one change may be, none may not."""
    before = tuple(replace(o, previous=("V0",)) if o.id == "C" else o for o in township.officers)
    changed = replace(township, officers=before)
    assert "own_bad_changes" in found(replace(changed, most_changes=0), plan)
    assert "own_bad_changes" not in found(replace(changed, most_changes=1), plan)


def test_a_limit_of_changes_is_no_negative_number(township: Problem) -> None:
    """Its field and the value are named."""
    with pytest.raises(ValueError, match=r"Problem\.most_changes.*-1"):
        replace(township, most_changes=-1)
