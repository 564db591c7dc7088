"""Ways to plan ownership in order, each once, and those that no other beats."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from gridmgr.domain.assignments import OwnershipPlan, Responsibility
from gridmgr.domain.scenarios import ScenarioPoint, ScenarioResult, ranked
from gridmgr.services.planning.scenarios import MOST_LIMITS, _limits

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)


def point(
    lead: str, changes: int, spread: float, name: str = "front", most: int | None = None
) -> ScenarioPoint:
    """A way of planning one village."""
    plan = OwnershipPlan(
        id="r",
        township_code="T",
        created_at=NOW,
        created_by="p",
        status="OPTIMAL",
        responsibilities=(Responsibility(officer_id=lead, village_code="V"),),
    )
    result = ScenarioResult(
        township_code="T",
        scenario=name,
        status="OPTIMAL",
        led=1,
        uncovered=0,
        changes=changes,
        early_changes=0,
        heaviest_hours=1.0,
        lightest_hours=1.0,
        minutes=1.0,
        spread_percent=spread,
    )
    return ScenarioPoint(id="x", names=(name,), most_changes=most, best=False, result=result, plan=plan)


def test_the_same_plan_by_two_names_is_one_point() -> None:
    """It keeps both names and the smaller limit."""
    found = ranked([point("A", 3, 9.0, "usual"), point("A", 3, 9.0, most=5), point("A", 3, 9.0, most=3)])
    assert [(p.id, p.names, p.most_changes) for p in found] == [("p1", ("usual", "front"), 3)]


def test_a_point_is_beaten_by_one_that_is_better_in_one_and_no_worse_in_the_other() -> None:
    """As many changes and less even; or as even with more changes."""
    found = ranked([point("A", 2, 9.0), point("B", 2, 10.0), point("C", 4, 9.0), point("D", 5, 3.0)])
    assert [(p.result.changes, p.result.spread_percent, p.best) for p in found] == [
        (2, 9.0, True),
        (2, 10.0, False),
        (4, 9.0, False),
        (5, 3.0, True),
    ]


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=9))
def test_best_points_fall_and_every_other_has_one_that_beats_it(places: list[tuple[int, int]]) -> None:
    """The line through them is the price of evenness."""
    found = ranked([point(f"O{n}", changes, float(y)) for n, (changes, y) in enumerate(places)])
    best = [(p.result.changes, p.result.spread_percent) for p in found if p.best]
    distinct = sorted(set(best))
    assert distinct
    assert all(b[0] > a[0] and b[1] < a[1] for a, b in pairwise(distinct))
    for p in found:
        here = (p.result.changes, p.result.spread_percent)
        beaten = any(b != here and b[0] <= here[0] and b[1] <= here[1] for b in best)
        assert beaten is not p.best


@given(st.integers(0, 60), st.integers(0, 60))
def test_limits_lie_between_the_ends_and_hold_both(low: int, more: int) -> None:
    """A few of them, each once."""
    found = _limits(low, low + more)
    assert found == sorted(set(found))
    assert (found[0], found[-1]) == (low, low + more)
    assert len(found) <= MOST_LIMITS
