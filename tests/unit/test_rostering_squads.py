"""Which squads the people sent form: lawful first, everybody placed, mixed, balanced, led, driven."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rostering_worlds import FOREVER, codes, day, person, problem, uncertified, vehicles

from planners.result import Status
from planners.rostering import PairRule, Person, Problem, Rules, pair_key, solve
from planners.stop import Stop

PATIENT = Stop(seconds=100)


def monday(people, rules=None, **more):
    """The roster of one day on which everybody is on duty."""
    people = tuple(people)
    asked = Problem(people=people, days=(day(people, **more),), rules=rules or Rules())
    result = solve(asked, PATIENT)
    assert result.status is Status.OPTIMAL
    return result.solution.days[0]


def test_two_lawful_squads_are_formed_rather_than_one():
    """Two for food and two for fire make two squads, and breadth keeps both scopes."""
    made = monday(
        [
            person("a", None, "food"),
            person("b", None, "fire"),
            person("c", None, "food"),
            person("d", None, "fire"),
        ]
    )
    assert [sorted(s.members) for s in made.squads] == [["a", "c"], ["b", "d"]]
    assert {scope for s in made.squads for scope in s.scopes} == {"food", "fire"}


def test_no_patrol_only_squad_is_split_off_while_everybody_finds_a_lawful_place():
    """Five people with one pair: one lawful squad of five, not a lawful two and an idle three."""
    made = monday([person("a", None, "food"), person("b", None, "food"), *(uncertified(x) for x in "cde")])
    assert len(made.squads) == 1
    assert len(made.squads[0].members) == 5


def test_people_beyond_the_lawful_squads_patrol():
    """Seven people with one pair and squads of five at most: a second squad patrols, with its reason."""
    made = monday([person("a", None, "food"), person("b", None, "food"), *(uncertified(x) for x in "cdefg")])
    assert sorted(s.patrol_only for s in made.squads) == [False, True]
    assert made.reserve == ()
    (patrol,) = (s for s in made.squads if s.patrol_only)
    assert codes(patrol.reasons) == ["too_few_certified"]


def test_a_day_on_which_no_squad_can_be_lawful_is_rostered_with_reasons():
    """Nobody certified: everybody patrols, each squad says why, no lawful squad is counted."""
    result = solve(problem([uncertified(f"p{n}") for n in range(8)]), PATIENT)
    squads = result.solution.days[0].squads
    assert result.objective == result.bound == 0
    assert len(squads) == 2
    assert all(s.patrol_only and codes(s.reasons) == ["too_few_certified"] for s in squads)


def test_scopes_nobody_shares_make_patrol_only_squads():
    """Certified, yet each in a field of his own; pooling makes the same people lawful."""
    people = [person("a", None, "food"), person("b", None, "fire"), person("c", None, "water")]
    strict = monday(people)
    pooled = monday(people, Rules(pair_rule=PairRule.POOLED))
    assert codes(strict.squads[0].reasons) == ["no_shared_scope"]
    assert pooled.squads[0].scopes == {"food", "fire", "water"}


def test_same_agency_pairs_are_kept_together():
    """Two agencies sending two each form two lawful squads under the same-agency rule."""
    people = [
        person("a1", "a", "food"),
        person("b1", "b", "fire"),
        person("a2", "a", "food"),
        person("b2", "b", "fire"),
    ]
    made = monday(people, Rules(pair_rule=PairRule.SAME_AGENCY, people_per_agency=2))
    assert [sorted(s.members) for s in made.squads] == [["a1", "a2"], ["b1", "b2"]]


@settings(max_examples=40, deadline=None)
@given(
    scopes=st.lists(st.sampled_from([None, "", "x", "y", "z", "xy", "yz"]), min_size=1, max_size=6),
    rule=st.sampled_from([PairRule.SCOPE, PairRule.POOLED]),
    least=st.integers(1, 3),
    squads=st.integers(1, 3),
)
def test_the_number_of_lawful_squads_is_the_most_possible(scopes, rule, least, squads):
    """Against every way to put at most six people into at most three squads."""
    people = [
        uncertified(f"p{n}") if own is None else person(f"p{n}", None, *own) for n, own in enumerate(scopes)
    ]
    rules = Rules(pair_rule=rule, min_members=least, max_members=3, max_squads=squads)
    result = solve(problem(people, rules=rules), PATIENT)
    assert result.status is Status.OPTIMAL
    assert result.objective == result.bound == _most_lawful(scopes, rule, least, squads)


def _most_lawful(scopes, rule, least, squads) -> int:
    best = 0
    for places in product(range(squads + 1), repeat=len(scopes)):
        teams = [
            [own for own, place in zip(scopes, places, strict=True) if place == k] for k in range(squads)
        ]
        if all(not team or least <= len(team) <= 3 for team in teams):
            best = max(best, sum(_is_lawful(team, rule) for team in teams))
    return best


def _is_lawful(team, rule) -> bool:
    certified = [own for own in team if own is not None]
    if rule is PairRule.POOLED:
        return len(certified) >= 2 and any(certified)
    return any(sum(scope in own for own in certified) >= 2 for scope in "xyz")


def test_squads_are_mixed_rather_than_all_office():
    """Two office people do not share a squad where each squad can have one."""
    people = [
        person("o1", "office", "food", is_office=True),
        person("o2", "office", "food", is_office=True),
        person("a", "a", "food"),
        person("b", "b", "food"),
    ]
    made = monday(people, Rules(max_squads=2))
    assert all(len({m[0] for m in s.members} & {"o"}) == 1 and len(s.members) == 2 for s in made.squads)


def test_squads_are_of_equal_size():
    """Nine people in three squads are three each."""
    made = monday([person(f"p{n}", None, "food") for n in range(9)])
    assert [len(s.members) for s in made.squads] == [3, 3, 3]


def test_recent_pairs_are_parted():
    """Who was together lately gets somebody else."""
    people = [person(name, None, "food") for name in "abcd"]
    together = {pair_key("a", "b"): 3, pair_key("c", "d"): 3, pair_key("a", "c"): 3, pair_key("b", "d"): 3}
    asked = problem(people, rules=Rules(max_squads=2), recent_pairs=together)
    squads = solve(asked, PATIENT).solution.days[0].squads
    assert sorted(sorted(s.members) for s in squads) == [["a", "d"], ["b", "c"]]


def test_pairs_change_from_day_to_day():
    """Four people in two squads over three days: all three ways to pair them come up."""
    people = [person(name, None, "food") for name in "abcd"]
    roster = solve(problem(people, days=3, rules=Rules(max_squads=2)), PATIENT).solution
    pairings = {frozenset(frozenset(s.members) for s in d.squads) for d in roster.days}
    assert len(pairings) == 3


def test_the_certified_office_member_leads():
    """Certified comes first, then who may lead, then the office."""
    people = [
        person("o1", "office", "food", is_office=True),
        person("a", "a", "food", seniority_years=30),
        uncertified("b", seniority_years=40),
    ]
    squad = monday(people, Rules(max_squads=1)).squads[0]
    assert squad.leader == "o1"
    assert squad.members == ("o1", "a", "b")


def test_leading_goes_round():
    """Two who can lead take turns over two days; who led before lets the other begin."""
    people = [person("a", None, "food", led_last_weeks=1), person("b", None, "food")]
    roster = solve(problem(people, days=4), PATIENT).solution
    assert [d.squads[0].leader for d in roster.days] == ["b", "a", "b", "a"]


def test_each_squad_gets_somebody_who_can_lead_and_somebody_who_can_drive():
    """Two leaders and two drivers are shared out; a squad without a driver would say so."""
    people = [
        Person(
            id=f"p{n}",
            agency=f"a{n}",
            certified_until=FOREVER,
            scopes=frozenset({"food"}),
            can_lead=n in (0, 1),
            can_drive=n in (0, 2),
        )
        for n in range(4)
    ]
    made = monday(people, Rules(max_squads=2), vehicles=vehicles(5, 5))
    assert {s.leader for s in made.squads} == {"p0", "p1"}
    assert all(s.notes == () for s in made.squads)


def test_a_squad_without_driver_or_leader_says_so():
    """Nobody drives and nobody qualifies as leader: formed all the same, with notes."""
    people = [person(f"p{n}", None, "food", can_lead=False, can_drive=False) for n in range(2)]
    (squad,) = monday(people, vehicles=vehicles(5)).squads
    assert codes(squad.notes) == ["no_driver", "leader_not_qualified"]


def test_fewer_vehicles_mean_fewer_squads():
    """Six people, three squads wanted, two cars: two squads, each with its own."""
    made = monday([person(f"p{n}", None, "food") for n in range(6)], vehicles=vehicles(5, 5))
    assert sorted(s.vehicle for s in made.squads) == ["v1", "v2"]
    assert codes(made.notes) == ["fewer_vehicles"]


def test_without_any_vehicle_recorded_squads_go_without_and_say_so():
    """No car is no reason to stay at home."""
    made = monday([person(f"p{n}", None, "food") for n in range(6)])
    assert len(made.squads) == 3
    assert all(s.vehicle is None and codes(s.notes) == ["no_vehicle"] for s in made.squads)


def test_seats_bound_a_squad_and_the_rest_stay_in_reserve():
    """One car of three seats for five people: two in reserve, and the seats are the reason."""
    made = monday([person(f"p{n}", None, "food") for n in range(5)], vehicles=vehicles(3))
    assert len(made.squads[0].members) == 3
    assert [r.reason.code for r in made.reserve] == ["reserve_no_seat"] * 2
    assert {*made.squads[0].members, *(r.person for r in made.reserve)} == set(made.sent)


def test_the_smallest_vehicle_that_fits_is_taken():
    """A squad of two does not take the bus."""
    made = monday(
        [person("a", None, "food"), person("b", None, "food")], Rules(max_squads=1), vehicles=vehicles(20, 5)
    )
    assert made.squads[0].vehicle == "v2"


def test_a_vehicle_too_small_for_any_squad_is_set_aside():
    """The motorcycle is named; squads of three then go without."""
    made = monday([person(f"p{n}") for n in range(3)], Rules(min_members=3), vehicles=vehicles(2))
    assert codes(made.notes) == ["vehicle_too_small"]
    assert made.squads[0].vehicle is None


def test_people_beyond_full_squads_stay_in_reserve():
    """One squad of at most three for five people, with the number of places as the reason."""
    made = monday([person(f"p{n}", None, "food") for n in range(5)], Rules(max_squads=1, max_members=3))
    assert [dict(r.reason.params) for r in made.reserve] == [{"squads": 1, "places": 3}] * 2


def test_too_few_people_for_a_squad_stay_in_reserve():
    """One person is no squad of two."""
    made = monday([person("a", None, "food")])
    assert made.squads == ()
    assert [(r.person, r.reason.code) for r in made.reserve] == [("a", "reserve_too_few_people")]
    assert codes(made.notes) == ["too_few_people"]


@pytest.mark.parametrize(("asked", "formed"), [(1, 1), (2, 2), (4, 4)])
def test_a_day_can_ask_for_its_own_number_of_squads(asked, formed):
    """The day's wish goes before the rule of three."""
    made = monday([person(f"p{n}", None, "food") for n in range(8)], Rules(max_members=8), squads=asked)
    assert len(made.squads) == formed


def test_a_large_day_of_thirty_people_is_answered():
    """Thirty people and six cars: six lawful squads, everybody placed, proven as to their number."""
    people = [person(f"p{n:02}", None, "uvwxyz"[n % 6], "uvwxyz"[(5 * n + 1) % 6]) for n in range(30)]
    asked = Problem(
        people=tuple(people), days=(day(people, vehicles=vehicles(*[5] * 6)),), rules=Rules(max_squads=6)
    )
    result = solve(asked, PATIENT)
    assert result.objective == result.bound == 6
    assert result.status in (Status.OPTIMAL, Status.FEASIBLE)
    assert result.solution.days[0].reserve == ()


def test_every_day_gets_its_squads_even_where_the_best_are_not_proven():
    """Five days of twenty-four agencies: every day is formed and nobody stays in reserve."""
    people = [person(f"p{n:02}", f"a{n % 24}", "uvwxyz"[n % 6], "uvwxyz"[(5 * n + 1) % 6]) for n in range(30)]
    asked = problem(people, days=5, rules=Rules(max_squads=6))
    result = solve(asked, Stop(seconds=30))
    assert len(result.solution.days) == 5
    assert all(made.squads and not made.reserve for made in result.solution.days)
