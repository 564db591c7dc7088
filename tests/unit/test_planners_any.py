"""Any township, ownership and roster: verified, the same by seed, more people or papers never less.

Of a further officer only what is covered can be promised: with more hands each should carry less, so the
target of even loads moves and costs of the two plans do not compare. A fair turn comes before certificates,
so that of a further person only one from an agency of his own is sure not to take a colleague's turn.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from rostering_worlds import person
from test_assignment_brute_force import townships as ownerships
from test_rostering_any import townships as rosters

from planners import assignment, rostering
from planners.result import Result, Status
from planners.stop import Stop

ANY = settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
SCOPES = ("food", "fire", "water")
LONG = Stop(seconds=100)
#: Rounding of costs to the units the engine counts in.
TINY = 1e-4


def owned(problem: assignment.Problem, seed: int = 1) -> assignment.Ownership:
    """The proven plan, which the independent check finds nothing wrong with."""
    result = assignment.solve(problem, LONG, seed)
    assert result.status is Status.OPTIMAL
    assert result.solution is not None
    assert assignment.verify(problem, result.solution) == ()
    return result.solution


def lawful(problem: rostering.Problem) -> float:
    """Lawful squads of all days, proven."""
    result = rostering.solve(problem, LONG, seed=3)
    assert result.status is Status.OPTIMAL
    assert result.objective is not None
    return result.objective


def stripped(result: Result) -> Result:
    """The result without the clock's reading."""
    return replace(result, seconds=0.0)


def index_of(data: st.DataObject, items: tuple) -> int:
    """One of them, by number."""
    assume(items)
    return data.draw(st.integers(0, len(items) - 1))


@ANY
@given(ownerships(), st.integers(0, 2**31 - 1))
def test_the_same_seed_gives_the_same_owners(problem: assignment.Problem, seed: int) -> None:
    """Reasons, bounds and all; another seed covers and costs the same."""
    first, again = (assignment.solve(problem, LONG, seed) for _ in range(2))
    assert stripped(first) == stripped(again)
    other = assignment.solve(problem, LONG, seed + 1)
    assert first.solution is not None
    assert other.solution is not None
    assert other.solution.covered_weight == first.solution.covered_weight
    assert other.objective == pytest.approx(first.objective, abs=TINY)


@ANY
@given(ownerships())
def test_every_village_has_its_lead_or_its_cause(problem: assignment.Problem) -> None:
    """None is lost silently; where hands are missing the number is told, and so many do suffice."""
    made = owned(problem)
    uncovered = {item.village: item.reason for item in made.uncovered}
    assert set(made.leads) | set(uncovered) == {village.code for village in problem.villages}
    assert not set(made.leads) & set(uncovered)
    assert all(reason.code.startswith("own_") for reason in uncovered.values())
    assert made.missing_officers is not None
    assert bool(made.missing_officers) == bool(uncovered)
    helped = problem
    for number in range(made.missing_officers):
        helped = with_officer(helped, f"new{number}")
    assert owned(helped).uncovered == ()


def with_officer(problem: assignment.Problem, name: str) -> assignment.Problem:
    """The township with one more officer, twenty minutes from everywhere."""
    return replace(
        problem,
        officers=(*problem.officers, assignment.Officer(id=name)),
        travel_minutes=np.vstack([problem.minutes, np.full((1, len(problem.villages)), 20.0)]),
    )


@ANY
@given(ownerships())
def test_one_more_officer_never_covers_less(problem: assignment.Problem) -> None:
    """And fewer further ones are missing then, by one at most."""
    before, after = owned(problem), owned(with_officer(problem, "new"))
    assert after.covered_weight >= before.covered_weight
    assert before.missing_officers is not None
    assert after.missing_officers is not None
    assert max(0, before.missing_officers - 1) <= after.missing_officers <= before.missing_officers


@ANY
@given(ownerships(), st.data())
def test_one_more_certificate_or_skill_never_makes_a_worse_plan(
    problem: assignment.Problem, data: st.DataObject
) -> None:
    """As much is covered, at no higher cost."""
    chosen = index_of(data, problem.officers)
    officers = list(problem.officers)
    officers[chosen] = data.draw(
        st.sampled_from(
            [
                replace(officers[chosen], certified=True),
                replace(officers[chosen], skills=frozenset({"fire", "food"})),
            ]
        )
    )
    before, after = owned(problem), owned(replace(problem, officers=tuple(officers)))
    assert after.covered_weight == before.covered_weight
    assert after.lead_cost <= before.lead_cost + TINY


@ANY
@given(rosters(), st.integers(0, 2**31 - 1))
def test_the_same_seed_gives_the_same_roster(problem: rostering.Problem, seed: int) -> None:
    """People, squads, leaders, vehicles and words."""
    first, again = (rostering.solve(problem, LONG, seed) for _ in range(2))
    assert stripped(first) == stripped(again)


@ANY
@given(rosters(), st.data())
def test_one_more_certificate_never_makes_fewer_lawful_squads(
    problem: rostering.Problem, data: st.DataObject
) -> None:
    """Whoever gets it, for every scope."""
    chosen = index_of(data, problem.people)
    people = list(problem.people)
    people[chosen] = replace(people[chosen], certified_until=date.max, scopes=frozenset(SCOPES))
    assert lawful(replace(problem, people=tuple(people))) >= lawful(problem)


@ANY
@given(rosters())
def test_one_more_certified_person_never_makes_fewer_lawful_squads(problem: rostering.Problem) -> None:
    """On duty every day, from an agency of his own."""
    new = person("new", None, *SCOPES)
    days = tuple(replace(day, available=day.available | {"new"}) for day in problem.days)
    assert lawful(replace(problem, people=(*problem.people, new), days=days)) >= lawful(problem)


@ANY
@given(rosters())
def test_a_day_without_a_lawful_squad_says_why(problem: rostering.Problem) -> None:
    """Each agency that sends too few by name, each squad that may only patrol, or nobody on duty."""
    result = rostering.solve(problem, LONG, seed=3)
    assert result.solution is not None
    assert rostering.verify(problem, result.solution) == ()
    for made in result.solution.days:
        if any(not squad.patrol_only for squad in made.squads):
            continue
        causes = [reason for squad in made.squads for reason in squad.reasons]
        assert causes or made.notes or made.short
        assert all(reason.code in rostering.CODES for reason in (*causes, *made.notes))
