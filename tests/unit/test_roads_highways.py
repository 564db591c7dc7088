"""What the tags of a way say to a driver."""

from __future__ import annotations

import pytest

from gridmgr.geo.highways import CLASS_SPEEDS_KMH, LIMIT_SHARE, average_speed, driving, parse_maxspeed


@pytest.mark.parametrize(
    ("value", "kmh"),
    [
        ("50", 50.0),
        ("50 km/h", 50.0),
        ("30 mph", 48.28032),
        ("30mph", 48.28032),
        ("CN:urban", 50.0),
        ("CN:rural", 70.0),
        ("cn:motorway", 120.0),
        ("CN:zone30", 30.0),
        ("DE:zone:20", 20.0),
        ("60;40", 40.0),
        ("60|80", 60.0),
        (" 22.5 ", 22.5),
        ("walk", 6.0),
    ],
)
def test_a_posted_limit_is_read_in_kilometres_an_hour(value: str, kmh: float) -> None:
    """Numbers, units, zones and lists all become km/h."""
    assert parse_maxspeed(value) == pytest.approx(kmh)


@pytest.mark.parametrize(
    "value", ["none", "signals", "variable", "", "fast", "0", "9999", "30 leagues", "CN:zone0"]
)
def test_a_limit_that_is_no_number_counts_as_unknown(value: str) -> None:
    """The class's usual speed is then taken."""
    assert parse_maxspeed(value) is None
    assert average_speed("primary", value) == CLASS_SPEEDS_KMH["primary"]


def test_a_posted_limit_sets_the_average_speed() -> None:
    """Not all of a limit is kept between junctions."""
    assert average_speed("primary", "100") == pytest.approx(100 * LIMIT_SHARE)
    assert average_speed("residential", "30") == pytest.approx(30 * LIMIT_SHARE)


def test_a_posted_limit_never_makes_a_track_faster() -> None:
    """Its surface sets the pace, a lower limit still counts."""
    assert average_speed("track", "80") == CLASS_SPEEDS_KMH["track"]
    assert average_speed("service", "10") == pytest.approx(10 * LIMIT_SHARE)


@pytest.mark.parametrize("tags", [{"oneway": "yes"}, {"oneway": "1"}, {"junction": "roundabout"}])
def test_one_way_streets_and_roundabouts_go_one_way(tags: dict[str, str]) -> None:
    """Roundabouts are one-way without saying so."""
    rules = driving({"highway": "residential", **tags})
    assert rules is not None
    assert (rules.oneway, rules.backwards) == (True, False)


def test_a_motorway_is_one_way_unless_it_says_no() -> None:
    """Implied by the class, overruled by the tag."""
    implied, told = driving({"highway": "motorway"}), driving({"highway": "motorway", "oneway": "no"})
    assert implied is not None
    assert told is not None
    assert (implied.oneway, told.oneway) == (True, False)


def test_oneway_minus_one_is_driven_against_the_order_of_nodes() -> None:
    """The rarely used value -1."""
    rules = driving({"highway": "residential", "oneway": "-1"})
    assert rules is not None
    assert rules.oneway
    assert rules.backwards


@pytest.mark.parametrize("access", ["no", "private"])
def test_closed_to_the_public_is_not_driven(access: str) -> None:
    """Gated compounds stay out of the graph."""
    assert driving({"highway": "service", "access": access}) is None


@pytest.mark.parametrize("access", ["destination", "permit", "permissive", "yes", "delivery"])
def test_access_with_a_reason_is_driven(access: str) -> None:
    """An enforcement squad has its reason."""
    assert driving({"highway": "service", "access": access}) is not None


def test_what_is_said_of_cars_overrules_what_is_said_of_everybody() -> None:
    """Most specific key first."""
    assert driving({"highway": "track", "access": "no", "motor_vehicle": "yes"}) is not None
    assert driving({"highway": "track", "access": "yes", "motorcar": "no"}) is None


@pytest.mark.parametrize(
    "tags",
    [
        {"route": "ferry"},
        {"highway": "footway"},
        {"highway": "proposed"},
        {"highway": "construction"},
        {"highway": "service", "area": "yes"},
        {},
    ],
)
def test_ferries_footways_and_roads_not_yet_built_are_not_driven(tags: dict[str, str]) -> None:
    """Only what a car can use today."""
    assert driving(tags) is None
