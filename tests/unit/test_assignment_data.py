"""An ownership problem checks itself when it is built and names the field and the value that is wrong."""

from __future__ import annotations

import math
from dataclasses import FrozenInstanceError
from typing import Any

import numpy as np
import pytest

from planners.assignment import Officer, Problem, Village, Weights

HERE = (0.0, 0.0)


def village(code: str = "V1", **changes: Any) -> Village:
    """One hour of work at the origin."""
    return Village(**{"code": code, "workload": 1.0, "position": HERE, **changes})


def officer(name: str = "A", **changes: Any) -> Officer:
    """Room for two at the origin."""
    return Officer(**{"id": name, "position": HERE, **changes})


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"code": ""}, "Village.code"),
        ({"workload": 0.0}, "Village.workload of V1"),
        ({"workload": -2.0}, "Village.workload of V1"),
        ({"workload": math.nan}, "Village.workload of V1"),
        ({"risk": 0.0}, "Village.risk of V1"),
        ({"risk": math.inf}, "Village.risk of V1"),
        ({"needs": {"fire": 1.5}}, "Village.needs\\['fire'\\] of V1"),
        ({"position": (math.inf, 0.0)}, "Village.position of V1"),
    ],
)
def test_a_wrong_village_is_refused_by_field(changes: dict[str, Any], field: str) -> None:
    """The message names the field and, where there is one, the village."""
    with pytest.raises(ValueError, match=field):
        village(**changes)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "Officer.id"),
        ({"capacity": 0}, "Officer.capacity of A.*got 0"),
        ({"capacity": 3}, "Officer.capacity of A.*got 3"),
        ({"position": (0.0, math.nan)}, "Officer.position of A"),
    ],
)
def test_a_wrong_officer_is_refused_by_field(changes: dict[str, Any], field: str) -> None:
    """The message names the field and, where there is one, the officer."""
    with pytest.raises(ValueError, match=field):
        officer(**changes)


@pytest.mark.parametrize("field", ["load", "travel", "skill", "change", "uncertified", "apart"])
def test_a_negative_weight_is_refused_by_field(field: str) -> None:
    """A negative weight would turn a cost into a gain."""
    with pytest.raises(ValueError, match=f"Weights.{field}.*-1"):
        Weights(**{field: -1.0})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"villages": (village("V1"), village("V1"))}, "Problem.villages has V1 more than once"),
        ({"officers": (officer("A"), officer("A"))}, "Problem.officers has A more than once"),
        ({"adjacent": frozenset({("V1", "V1")})}, "pairs V1 with itself"),
        ({"adjacent": frozenset({("V1", "V9")})}, "names V9"),
        (
            {"officers": (officer("A", previous=("V1",)), officer("B", previous=("V1",)))},
            "Officer.previous has V1 more than once",
        ),
        ({"villages": (village("V1", position=None),)}, "missing for V1"),
        ({"officers": (officer("A", position=None),)}, "missing for A"),
        ({"metres_per_minute": 0.0}, "Problem.metres_per_minute"),
        ({"travel_minutes": np.zeros((2, 2))}, r"shape \(1, 1\), got \(2, 2\)"),
        ({"travel_minutes": np.array([[np.inf]])}, "got inf from A to V1"),
        ({"travel_minutes": np.array([[-1.0]])}, "got -1.0 from A to V1"),
    ],
)
def test_a_wrong_problem_is_refused(changes: dict[str, Any], message: str) -> None:
    """Contradictions between villages, officers and matrices are found before any solving."""
    with pytest.raises(ValueError, match=message):
        Problem(**{"villages": (village(),), "officers": (officer(),), **changes})


def test_positions_may_be_missing_where_travel_minutes_are_given() -> None:
    """A service with road minutes needs no projection."""
    problem = Problem(
        villages=(village(position=None),),
        officers=(officer(position=None),),
        travel_minutes=np.array([[7.0]]),
    )
    assert problem.minutes[0, 0] == 7.0


def test_the_minutes_a_caller_gave_are_copied_and_read_only() -> None:
    """A caller who reuses the matrix does not change the problem."""
    given = np.array([[7.0]])
    problem = Problem(villages=(village(),), officers=(officer(),), travel_minutes=given)
    given[0, 0] = 9.0
    assert problem.minutes[0, 0] == 7.0
    with pytest.raises(ValueError, match="read-only"):
        problem.minutes[0, 0] = 1.0


def test_a_problem_cannot_be_changed_in_place() -> None:
    """Changes go through replace, which checks again."""
    problem = Problem(villages=(), officers=())
    with pytest.raises(FrozenInstanceError):
        problem.officers = (officer(),)  # type: ignore[misc]


def test_straight_line_minutes_follow_the_speed() -> None:
    """A village 5 km away at 500 m a minute is ten minutes away."""
    problem = Problem(
        villages=(village(position=(3000.0, 4000.0)),), officers=(officer(),), metres_per_minute=500.0
    )
    assert problem.minutes[0, 0] == pytest.approx(10.0)


def test_coverage_weight_counts_hundredths_of_risk_weighted_hours() -> None:
    """Two and a half hours at risk 2 weigh 500; nothing weighs less than 1."""
    assert village(workload=2.5, risk=2.0).coverage_weight == 500
    assert village(workload=0.001).coverage_weight == 1


def test_the_target_load_spreads_what_can_be_covered_over_who_is_there() -> None:
    """Two officers with room for three of four villages of 2 h each should carry 3 h each."""
    villages = tuple(village(f"V{i}", workload=2.0) for i in range(4))
    officers = (officer("A"), officer("B", capacity=1))
    assert Problem(villages=villages, officers=officers).target_load == pytest.approx(3.0)


def test_previous_villages_of_another_township_are_passed_over() -> None:
    """A village that moved away between two plans is no error."""
    problem = Problem(villages=(village(),), officers=(officer(previous=("GONE", "V1")),))
    assert problem.previous_leads == {"V1": "A"}
