"""Who is sent: quotas, fair turns, certificates among equals, rest."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from itertools import pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rostering_worlds import FOREVER, MONDAY, codes, day, person, problem, uncertified, vehicles

from planners.result import Status
from planners.rostering import Day, Person, Problem, Rules, solve
from planners.stop import Stop

PATIENT = Stop(seconds=200)


def roster_of(asked, seed=0):
    """The roster, which must be proven."""
    result = solve(asked, PATIENT, seed)
    assert result.status is Status.OPTIMAL
    return result.solution


def test_each_agency_sends_exactly_one_and_the_office_one_a_squad():
    """Three agencies of three and an office of five, two squads asked for."""
    people = [person(f"{agency}{n}", agency, "food") for agency in "abc" for n in range(3)]
    people += [person(f"o{n}", "office", "food", is_office=True) for n in range(5)]
    roster = roster_of(problem(people, rules=Rules(max_squads=2)))
    groups = Counter(p.group for p in people if p.id in roster.days[0].sent)
    assert groups == {"a": 1, "b": 1, "c": 1, "": 2}


def test_a_setting_lets_agencies_send_two_as_far_as_they_have_them():
    """Same-agency pairs need two of one agency."""
    people = [person("a1", "a"), person("a2", "a"), person("a3", "a"), person("b1", "b")]
    roster = roster_of(problem(people, rules=Rules(people_per_agency=2)))
    assert Counter(sent[0] for sent in roster.days[0].sent) == {"a": 2, "b": 1}


def test_who_did_least_goes_first():
    """History decides, whatever the certificate."""
    people = [person("old", "a", "food", duties_last_weeks=5), uncertified("new", "a", duties_last_weeks=3)]
    roster = roster_of(problem([*people, person("b1", "b", "food")]))
    assert "new" in roster.days[0].sent
    assert "turn_uncertified" in codes(roster.days[0].notes)


def test_the_certificate_decides_among_equals():
    """With equal history the certified one goes, so that a lawful squad is possible."""
    people = [
        uncertified("a1", "a"),
        person("a2", "a", "food"),
        uncertified("b1", "b"),
        person("b2", "b", "food"),
    ]
    roster = roster_of(problem(people))
    assert roster.days[0].sent == ("a2", "b2")
    assert roster.days[0].squads[0].scopes == {"food"}


def test_matching_scopes_decide_among_equally_certified():
    """Of two certified people the one goes whose scope pairs with another agency's."""
    people = [person("a1", "a", "fire"), person("a2", "a", "food"), person("b1", "b", "food")]
    assert roster_of(problem(people)).days[0].sent == ("a2", "b1")


def test_certificates_are_spread_over_the_days_without_breaking_the_turns():
    """Two agencies with one certified person each: these go together, so that one day of two is lawful."""
    people = [
        person("a1", "a", "food"),
        uncertified("a2", "a"),
        person("b1", "b", "food"),
        uncertified("b2", "b"),
    ]
    roster = roster_of(problem(people, days=2))
    assert sorted(d.sent for d in roster.days) == [("a1", "b1"), ("a2", "b2")]


def test_lawful_before_fair_sends_the_certified_out_of_turn():
    """The setting avoids a day without any lawful squad at the price of fairness."""
    people = [
        person("a1", "a", "food", duties_last_weeks=4),
        uncertified("a2", "a"),
        person("b1", "b", "food"),
    ]
    fair = roster_of(problem(people)).days[0]
    lawful = roster_of(problem(people, rules=Rules(lawful_before_fair=True))).days[0]
    assert fair.sent == ("a2", "b1")
    assert fair.squads[0].patrol_only
    assert lawful.sent == ("a1", "b1")
    assert not lawful.squads[0].patrol_only


def test_a_certificate_that_expires_between_days_counts_until_its_last_day():
    """Both days send the same pair, and only the first day's squad is lawful."""
    people = [person("a1", "a", "food", until=MONDAY), person("b1", "b", "food")]
    first, second = roster_of(problem(people, days=2)).days
    assert not first.squads[0].patrol_only
    assert codes(second.squads[0].reasons) == ["too_few_certified", "certificate_expired"]
    assert [(s.agency, s.reason.code) for s in second.short] == [("a", "agency_no_certificate")]
    assert first.short == ()


def test_nobody_goes_on_two_days_running_where_turns_allow_rest():
    """Four people over eight days: each goes twice, never on consecutive days."""
    roster = roster_of(problem([person(f"a{n}", "a") for n in range(4)], days=8))
    sent = [set(d.sent) for d in roster.days]
    assert set(roster.duties.values()) == {2}
    assert all(not before & after for before, after in pairwise(sent))


def test_an_agency_with_nobody_on_duty_is_reported_with_the_statuses():
    """The reason counts who is on leave, seconded, in training, sick, and unexplained."""
    people = (*(person(f"a{n}", "a") for n in range(4)), person("b1", "b"), person("c1", "c"))
    monday = Day(
        date=MONDAY,
        available=frozenset({"b1", "c1"}),
        absent={"a0": "leave", "a1": "leave", "a2": "sick"},
    )
    roster = roster_of(Problem(people=people, days=(monday,)))
    (short,) = roster.days[0].short
    assert short.agency == "a"
    assert dict(short.reason.params) == {
        "agency": "a", "people": 4, "leave": 2, "seconded": 0, "training": 0, "sick": 1, "other": 1,
    }  # fmt: skip


def test_an_agency_without_any_person_is_reported_too():
    """An agency on the list of the township that has no people at all."""
    roster = roster_of(problem([person("b1", "b"), person("c1", "c")], agencies=("ghost",)))
    assert [(s.agency, s.reason.params["people"]) for s in roster.days[0].short] == [("ghost", 0)]


def test_a_day_with_nobody_on_duty_has_no_squads_and_says_so():
    """The other day is rostered as usual."""
    people = (person("a1", "a", "food"), person("b1", "b", "food"))
    days = (day(people, away=["a1", "b1"]), day(people, 1))
    empty, usual = roster_of(Problem(people=people, days=days)).days
    assert (empty.sent, empty.squads, codes(empty.notes)) == ((), (), ["nobody_available"])
    assert len(usual.squads) == 1


def test_a_township_without_anybody_is_an_answer():
    """No people at all: a roster that says so, not an error."""
    roster = roster_of(problem([], agencies=("a",)))
    assert codes(roster.days[0].notes) == ["nobody_available"]
    assert [s.agency for s in roster.days[0].short] == ["a"]


@settings(max_examples=25, deadline=None)
@given(
    history=st.lists(st.integers(0, 3), min_size=3, max_size=3),
    duty=st.lists(st.lists(st.booleans(), min_size=3, max_size=3), min_size=1, max_size=5),
)
def test_the_spread_of_duties_is_the_least_that_attendance_allows(history, duty):
    """Against every possible choice of people for one agency of three."""
    people = tuple(person(f"a{n}", "a", duties_last_weeks=done) for n, done in enumerate(history))
    days = tuple(
        day(people, number, away=[p.id for p, here in zip(people, present, strict=True) if not here])
        for number, present in enumerate(duty)
    )
    duties = roster_of(Problem(people=people, days=days)).duties
    choices = product(*(sorted(d.available) for d in days if d.available))
    least = min(_spread(people, Counter(choice)) for choice in choices)
    assert _spread(people, duties) == least


def _spread(people, duties) -> int:
    totals = [p.duties_last_weeks + duties[p.id] for p in people]
    return max(totals) - min(totals)


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.lists(st.sampled_from(["", "x", "y", "xy"]), min_size=1, max_size=2), min_size=2, max_size=4)
)
def test_people_are_chosen_so_that_most_lawful_squads_can_be_formed(agencies):
    """Against every choice of one person an agency, all with equal history."""
    people = [
        person(f"a{a}p{p}", f"a{a}", *scopes)
        for a, group in enumerate(agencies)
        for p, scopes in enumerate(group)
    ]
    made = solve(problem(people), PATIENT)
    options = [[frozenset(scopes) for scopes in group] for group in agencies]
    assert made.objective == max(_most_pairs(list(choice)) for choice in product(*options))


def _most_pairs(scopes: list[frozenset[str]]) -> int:
    if len(scopes) < 2:
        return 0
    first, *rest = scopes
    best = _most_pairs(rest)
    for place, other in enumerate(rest):
        if first & other:
            best = max(best, 1 + _most_pairs(rest[:place] + rest[place + 1 :]))
    return best


def test_a_month_of_twelve_agencies_is_fair_and_proven():
    """Twelve agencies of four over thirty days: each duty count within one of its colleagues'."""
    people = tuple(
        Person(
            id=f"a{a:02}p{p}",
            agency=f"a{a:02}",
            certified_until=FOREVER if p else None,
            scopes=frozenset({f"s{(a + p) % 5}", f"s{(a + 2 * p) % 5}"}),
        )
        for a in range(12)
        for p in range(4)
    )
    days = tuple(
        day(
            people,
            number,
            away=[people[(7 * number + k) % 48].id for k in range(5)],
            vehicles=vehicles(5, 5, 5),
        )
        for number in range(30)
    )
    result = solve(Problem(people=people, days=days), Stop(seconds=280))
    assert result.solution.people_proven
    assert len(result.solution.days) == 30
    for a in range(12):
        counts = [result.solution.duties[p.id] for p in people if p.agency == f"a{a:02}"]
        assert max(counts) - min(counts) <= 1


def test_the_same_seed_gives_the_same_roster_whatever_the_order_of_people():
    """Two solves, and one with the list of people turned round, agree in everything but the list's order."""
    people = [person(f"a{a}p{p}", f"a{a}", "xyz"[(a + p) % 3]) for a in range(5) for p in range(3)]
    once, again = (solve(problem(people, days=4), PATIENT, 7).solution for _ in range(2))
    turned = solve(problem(reversed(people), days=4), PATIENT, 7).solution
    assert once == again
    assert once == turned


def test_a_cancelled_solve_names_the_first_missing_day():
    """Cancelled before it starts there is no roster, and the reason says what is missing."""
    result = solve(problem([person("a1"), person("b1")]), Stop(seconds=10, cancelled=lambda: True))
    assert result.status is Status.UNKNOWN
    assert result.solution is None
    assert dict(result.reasons[0].params) == {"done": 0, "wanted": 1, "missing": MONDAY.isoformat()}


def test_a_solve_cancelled_on_the_way_keeps_the_days_it_finished():
    """After the first day is reported the caller has enough."""
    seen = []
    stop = Stop(seconds=100, cancelled=lambda: bool(seen), progress=seen.append)
    result = solve(problem([person("a1"), person("b1")], days=3), stop)
    assert result.status is Status.TIME_LIMIT
    assert [d.date for d in result.solution.days] == [MONDAY]
    assert result.reasons[0].params["missing"] == (MONDAY + timedelta(days=1)).isoformat()


def test_progress_ends_at_one():
    """Each finished day is reported, the last as the whole."""
    seen = []
    solve(problem([person("a1"), person("b1")], days=2), Stop(seconds=100, progress=seen.append))
    assert [p.fraction for p in seen] == pytest.approx([0.5, 1.0])
