"""Duties locked by hand: kept, made room for fairly, or refused with the lock that cannot be."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rostering_worlds import codes, person, problem

from planners.result import Status
from planners.rostering import Rules, solve, verify
from planners.stop import Stop

PATIENT = Stop(seconds=200)


def locked(asked, *locks):
    """The problem with people locked on its days: (number of the day, id)."""
    days = tuple(
        replace(day, locked=frozenset(name for at, name in locks if at == number))
        for number, day in enumerate(asked.days)
    )
    return replace(asked, days=days)


def township(*, days=6, rules=None):
    """Two agencies of three, certified, and two of the office."""
    people = [person(f"{agency}{n}", agency, "food") for agency in "ab" for n in range(3)]
    people += [person(f"o{n}", "office", "food", is_office=True) for n in range(2)]
    return problem(people, days=days, rules=rules or Rules(max_squads=1))


def test_a_locked_duty_is_kept_and_the_others_share_the_rest_fairly():
    """One person locked on three days of six serves those alone; his colleagues share the other three."""
    asked = locked(township(), (0, "a0"), (1, "a0"), (2, "a0"))
    result = solve(asked, PATIENT)
    assert result.status is Status.OPTIMAL
    assert verify(asked, result.solution) == ()
    assert all("a0" in made.sent for made in result.solution.days[:3])
    assert Counter(p for made in result.solution.days for p in made.sent if p[0] == "a")["a0"] == 3
    assert sorted(result.solution.duties[p] for p in ("a1", "a2")) == [1, 2]


def test_a_lock_holds_where_rest_rules_leave_no_fair_flow():
    """Rest makes the fairest plans impossible; the lock still stands."""
    asked = locked(township(days=7, rules=Rules(max_squads=1, max_days_in_row=2)), (2, "a1"), (3, "a1"))
    result = solve(asked, PATIENT)
    assert result.status is Status.OPTIMAL
    assert all("a1" in result.solution.days[number].sent for number in (2, 3))
    assert verify(asked, result.solution) == ()


def test_verify_finds_a_lock_that_was_not_kept():
    """A roster made without the lock."""
    plain = township(days=1)
    roster = solve(plain, PATIENT).solution
    (absent, *_) = sorted({p.id for p in plain.people if p.agency == "a"} - set(roster.days[0].sent))
    assert "verify_lock_broken" in codes(verify(locked(plain, (0, absent)), roster))


def test_locks_that_cannot_be_are_named():
    """Absent, too many of an agency and of the office, too many days in a row, too many in a week."""
    asked = township(rules=Rules(max_squads=1, max_days_in_row=2, rest_days_a_week=5))
    first = replace(asked.days[0], available=asked.days[0].available - {"b0"}, absent={"b0": "training"})
    asked = replace(asked, days=(first, *asked.days[1:]))
    asked = locked(
        asked, (0, "b0"), (1, "a0"), (1, "a1"), (1, "o0"), (1, "o1"), (3, "b1"), (4, "b1"), (5, "b1")
    )
    result = solve(asked, PATIENT)
    assert (result.status, result.solution) == (Status.INFEASIBLE, None)
    assert codes(result.reasons) == [
        "lock_not_available",
        "lock_too_many_office",
        "lock_too_many",
        "lock_days_in_row",
        "lock_rest_days",
    ]
    assert result.reasons[3].params == {"person": "b1", "day": "2026-03-05", "days": 3, "allowed": 2}
    assert result.reasons[4].params == {
        "person": "b1",
        "monday": "2026-03-02",
        "duties": 3,
        "allowed": 2,
    }


def test_a_lock_on_somebody_unknown_is_refused():
    """At construction, with the day."""
    with pytest.raises(ValueError, match=r"2026-03-02: people who are not in the problem: .*ghost"):
        locked(township(), (0, "ghost"))


LOCKS = st.lists(
    st.tuples(st.integers(0, 6), st.sampled_from(["a0", "a1", "a2", "b0", "b1", "o0", "o1"])), max_size=8
)


@settings(max_examples=40, deadline=None)
@given(
    locks=LOCKS,
    longest=st.sampled_from([None, 2, 3]),
    rest=st.integers(0, 3),
    lawful_first=st.booleans(),
    seed=st.integers(0, 5),
)
def test_any_locks_are_kept_or_refused_with_their_cause(locks, longest, rest, lawful_first, seed):
    """Never a roster that breaks one, never a refusal without the reason, the same answer again."""
    rules = Rules(
        max_squads=1, max_days_in_row=longest, rest_days_a_week=rest, lawful_before_fair=lawful_first
    )
    asked = locked(township(days=7, rules=rules), *locks)
    result = solve(asked, PATIENT, seed)
    if result.solution is None:
        assert result.status is Status.INFEASIBLE
        assert result.reasons
        assert all(code.startswith("lock_") for code in codes(result.reasons))
    else:
        assert verify(asked, result.solution) == ()
        pairs = zip(asked.days, result.solution.days, strict=True)
        assert all(day.locked <= set(made.sent) for day, made in pairs)
    again = solve(asked, PATIENT, seed)
    assert (again.status, again.solution, again.reasons) == (result.status, result.solution, result.reasons)
