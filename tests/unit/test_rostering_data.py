"""Rostering problems are validated where they are made, and say which value is wrong."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from rostering_worlds import MONDAY, day, person, problem, vehicles

from planners.rostering import Day, Person, Problem, Rules, Vehicle, Weights, pair_key


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Person(id="", agency="a"), "Person.id must not be empty"),
        (lambda: Person(id="li", agency=""), "'li': agency must not be empty"),
        (lambda: person("li", "a", ""), "'li': scopes must not hold an empty name"),
        (lambda: person("li", seniority_years=-1), "seniority_years must not be negative, got -1"),
        (lambda: person("li", duties_last_weeks=-2), "duties_last_weeks must not be negative, got -2"),
        (lambda: person("li", led_last_weeks=-3), "led_last_weeks must not be negative, got -3"),
        (lambda: Vehicle(id="", seats=5), "Vehicle.id must not be empty"),
        (lambda: Vehicle(id="v", seats=0), "'v': seats must be at least 1, got 0"),
        (lambda: Weights(mixed=-1), "Weights.mixed must not be negative, got -1"),
        (lambda: Rules(min_members=0), "min_members must be at least 1, got 0"),
        (lambda: Rules(min_members=4, max_members=3), "at least min_members 4, got 3"),
        (lambda: Rules(max_squads=0), "max_squads must be at least 1, got 0"),
        (lambda: Rules(people_per_agency=0), "people_per_agency must be at least 1, got 0"),
        (lambda: Rules(office_per_squad=-1), "office_per_squad must not be negative, got -1"),
    ],
)
def test_a_wrong_value_is_refused_with_its_name(make, message):
    """Each rule of construction names the field and the value."""
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"absent": {"wang": "asleep"}}, r"absent\['wang'\] must be one of .* got 'asleep'"),
        ({"absent": {"li": "leave"}}, r"available and absent at once: \['li'\]"),
        ({"vehicles": vehicles(5) + vehicles(7)}, r"vehicles listed twice: \['v1'\]"),
        ({"squads": 0}, "squads must be at least 1, got 0"),
    ],
)
def test_a_day_that_contradicts_itself_is_refused(more, message):
    """A day checks its attendance, vehicles and number of squads."""
    with pytest.raises(ValueError, match=message):
        day([person("li")], **more)


def test_people_listed_twice_are_refused():
    """Ids of people are unique."""
    with pytest.raises(ValueError, match=r"ids listed twice: \['li'\]"):
        problem([person("li"), person("li")])


def test_a_problem_needs_a_day():
    """An empty period is a mistake of the caller."""
    with pytest.raises(ValueError, match="at least one day"):
        Problem(people=(), days=())


def test_days_out_of_order_are_refused():
    """Days come in order, none twice."""
    people = (person("li"),)
    with pytest.raises(ValueError, match="in order of date"):
        Problem(people=people, days=(day(people, 1), day(people, 0)))
    with pytest.raises(ValueError, match="in order of date"):
        Problem(people=people, days=(day(people), day(people)))


def test_attendance_of_somebody_unknown_is_refused():
    """A day may only name people of the problem, present or absent."""
    known = (person("li"),)
    with pytest.raises(
        ValueError, match=r"2026-03-02: people who are not in the problem: \['wang', 'zhao'\]"
    ):
        Problem(
            people=known,
            days=(Day(date=MONDAY, available=frozenset({"li", "wang"}), absent={"zhao": "sick"}),),
        )


def test_recent_pairs_are_keyed_in_order_and_counted():
    """A pair's key is the same whichever way round the two come; counts are not negative."""
    people = [person("li"), person("wang")]
    assert pair_key("wang", "li") == ("li", "wang")
    with pytest.raises(ValueError, match="two different people"):
        pair_key("li", "li")
    with pytest.raises(ValueError, match="two different ids in order"):
        problem(people, recent_pairs={("wang", "li"): 1})
    with pytest.raises(ValueError, match="must not be negative, got -1"):
        problem(people, recent_pairs={("li", "wang"): -1})


def test_a_certificate_is_valid_through_its_last_day():
    """The last day counts, the next does not, and without a certificate no day does."""
    holder = person("li", until=MONDAY)
    assert holder.certified_on(MONDAY)
    assert not holder.certified_on(MONDAY + timedelta(days=1))
    assert not person("wang", until=None).certified_on(date.min)
