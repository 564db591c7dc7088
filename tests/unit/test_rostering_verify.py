"""The check of a roster finds each way in which a roster can be wrong."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rostering_worlds import codes, day, person, uncertified, vehicles

from planners.rostering import Problem, Reserve, Rules, solve, verify
from planners.rostering.reasons import because
from planners.stop import Stop

PEOPLE = (
    *(person(f"{agency}{n}", agency, "food", "fire") for agency in "abcd" for n in (1, 2)),
    person("o1", "office", "food", is_office=True),
    person("o2", "office", "food", is_office=True),
    uncertified("e1", "e"),
)
ASKED = Problem(
    people=PEOPLE,
    days=tuple(day(PEOPLE, number, away=["c2"], vehicles=vehicles(5, 4, 3)) for number in range(2)),
    rules=Rules(max_squads=2),
)


@pytest.fixture(scope="module")
def roster():
    """Two days of four agencies, an office and an agency without certificates, as solved."""
    return solve(ASKED, Stop(seconds=100)).solution


def with_day(roster, **changes):
    """The roster with its first day changed."""
    first, *rest = roster.days
    return replace(roster, days=(replace(first, **changes), *rest))


def with_squad(roster, **changes):
    """The roster with the first squad of its first day changed."""
    first, *rest = roster.days[0].squads
    return with_day(roster, squads=(replace(first, **changes), *rest))


def found(roster, asked=ASKED):
    """Codes of what is found."""
    return set(codes(verify(asked, roster)))


def test_a_solved_roster_holds(roster):
    """Nothing is found in what the planner made."""
    assert found(roster) == set()
    assert len(roster.days[0].squads) == 2


def test_the_first_days_of_a_stopped_roster_hold(roster):
    """A roster of the first day only is right about itself."""
    duties = {p.id: int(p.id in roster.days[0].sent) for p in PEOPLE}
    assert found(replace(roster, days=roster.days[:1], duties=duties)) == set()


BREAKS = {
    "verify_day_missing": lambda r: replace(r, days=r.days[1:]),
    "verify_day_twice": lambda r: replace(r, days=(r.days[0], r.days[0])),
    "verify_day_unknown": lambda r: with_day(r, date=r.days[0].date.replace(year=2020)),
    "verify_person_unknown": lambda r: with_day(r, sent=(*r.days[0].sent, "nobody")),
    "verify_not_available": lambda r: with_day(r, sent=(*r.days[0].sent, "c2")),
    "verify_agency_count": lambda r: with_day(r, sent=tuple(p for p in r.days[0].sent if p != "c1")),
    "verify_office_count": lambda r: with_day(r, sent=tuple(p for p in r.days[0].sent if p != "o1")),
    "verify_person_lost": lambda r: with_squad(r, members=r.days[0].squads[0].members[:-1]),
    "verify_person_not_sent": lambda r: with_day(
        r, reserve=(Reserve(person="c2", reason=because("reserve_no_seat", squads=1, seats=1)),)
    ),
    "verify_person_twice": lambda r: with_squad(r, members=r.days[0].squads[1].members),
    "verify_too_many_squads": lambda r: with_day(r, squads=r.days[0].squads * 2),
    "verify_squad_number": lambda r: with_squad(r, number=7),
    "verify_squad_rule": lambda r: with_squad(r, leader="c2"),
    "verify_scopes_wrong": lambda r: with_squad(r, scopes=frozenset({"water"})),
    "verify_patrol_only_wrong": lambda r: with_squad(r, patrol_only=True),
    "verify_reason_missing": lambda r: with_squad(r, patrol_only=True, reasons=()),
    "verify_vehicle_unknown": lambda r: with_squad(r, vehicle="tank"),
    "verify_vehicle_twice": lambda r: with_squad(r, vehicle=r.days[0].squads[1].vehicle),
    "verify_vehicle_missing": lambda r: with_squad(r, vehicle=None),
    "verify_short_missing": lambda r: with_day(r, short=()),
    "verify_duties_wrong": lambda r: replace(r, duties={**r.duties, "a1": 9}),
}


@pytest.mark.parametrize("code", BREAKS)
def test_each_breach_is_found(roster, code):
    """One change to a right roster, one finding that names it."""
    assert code in found(BREAKS[code](roster))


def test_an_unfair_turn_is_found(roster):
    """The same person of an agency of two on both days."""
    days = tuple(
        replace(
            made,
            sent=tuple("a1" if p == "a2" else p for p in made.sent),
            squads=tuple(
                replace(
                    s,
                    leader="a1" if s.leader == "a2" else s.leader,
                    members=tuple("a1" if p == "a2" else p for p in s.members),
                )
                for s in made.squads
            ),
        )
        for made in roster.days
    )
    duties = {**roster.duties, "a1": 2, "a2": 0}
    assert found(replace(roster, days=days, duties=duties)) == {"verify_unfair_turn"}


def test_an_expired_certificate_is_found_in_a_stored_roster(roster):
    """The same roster, judged after the certificates of all but two turned out to be false."""
    fewer = tuple(replace(p, certified_until=None) if p.id[0] in "abcd" else p for p in PEOPLE)
    assert "verify_scopes_wrong" in found(roster, replace(ASKED, people=fewer))
