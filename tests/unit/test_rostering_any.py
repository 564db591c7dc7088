"""Any township at all gets an answer that holds: random people, attendance, vehicles and rules."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from rostering_worlds import MONDAY, vehicles

from planners.result import Status
from planners.rostering import ABSENCES, Day, PairRule, Person, Problem, Rules, solve, verify
from planners.stop import Stop

PEOPLE = st.builds(
    Person,
    id=st.just("x"),
    agency=st.sampled_from("abcd"),
    is_office=st.booleans(),
    certified_until=st.sampled_from([None, MONDAY, date.max]),
    scopes=st.frozensets(st.sampled_from(["food", "fire", "water"])),
    can_lead=st.booleans(),
    can_drive=st.booleans(),
    duties_last_weeks=st.integers(0, 5),
)
RULES = st.builds(
    Rules,
    pair_rule=st.sampled_from(PairRule),
    min_members=st.integers(1, 3),
    max_members=st.integers(3, 5),
    max_squads=st.integers(1, 3),
    people_per_agency=st.integers(1, 2),
    office_per_squad=st.integers(0, 2),
    lawful_before_fair=st.booleans(),
)


@st.composite
def townships(draw) -> Problem:
    """Up to ten people over up to three days, in any state."""
    drawn = draw(st.lists(PEOPLE, max_size=10))
    people = tuple(Person(**{**vars(one), "id": f"p{number}"}) for number, one in enumerate(drawn))
    days = []
    for number in range(draw(st.integers(1, 3))):
        states = [draw(st.sampled_from(["", "", "", *ABSENCES])) for _ in people]
        days.append(
            Day(
                date=MONDAY + timedelta(days=number),
                available=frozenset(p.id for p, state in zip(people, states, strict=True) if not state),
                absent={p.id: state for p, state in zip(people, states, strict=True) if state},
                vehicles=vehicles(*draw(st.lists(st.integers(1, 7), max_size=4))),
            )
        )
    return Problem(people=people, days=tuple(days), rules=draw(RULES), agencies=("ghost",))


@settings(max_examples=60, deadline=None)
@given(townships())
def test_any_township_gets_a_roster_that_holds_and_loses_nobody(asked):
    """Proven, verified, everybody sent is placed or in reserve, every patrol-only squad has its reason."""
    result = solve(asked, Stop(seconds=100), seed=3)
    assert result.status is Status.OPTIMAL
    assert verify(asked, result.solution) == ()
    for made in result.solution.days:
        placed = [member for squad in made.squads for member in squad.members]
        assert sorted(placed + [reserve.person for reserve in made.reserve]) == sorted(made.sent)
        assert all(bool(squad.reasons) == squad.patrol_only for squad in made.squads)
        assert "ghost" in {short.agency for short in made.short}
    assert result.objective <= result.bound
