"""Routing data refuses what makes no sense, and says which field and value."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from routing_world import NOON_LUNCH, clock, day_squad, market_street, place, world

from planners.routing import Lunch, Problem, SquadShift, StopPoint


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"id": ""}, "StopPoint.id must not be empty"),
        ({"node": -1}, "StopPoint.node of 'x' must be at least 0, got -1"),
        ({"prize": -5}, "StopPoint.prize of 'x' must be at least 0, got -5"),
        ({"service_seconds": -1}, "service_seconds of 'x' must be at least 0, got -1"),
        ({"windows": ((20, 10),)}, "earliest 20 is after latest 10"),
        ({"windows": ((-1, 10),)}, "must not begin before 0, got -1"),
        ({"windows": ((0, 10), (10, 20))}, "must ascend and not overlap"),
    ],
)
def test_a_stop_that_makes_no_sense_is_refused_by_field_and_value(changes: dict, message: str) -> None:
    """Each rule on a stop has a message of its own."""
    with pytest.raises(ValueError, match=message.replace("(", r"\(")):
        StopPoint(**{"id": "x", "node": 0, **changes})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"id": ""}, "SquadShift.id must not be empty"),
        ({"start_node": -1}, "start_node and end_node of 'A' must be at least 0, got -1 and 0"),
        ({"start": -1}, "SquadShift.start of 'A' must be at least 0, got -1"),
        ({"end": 5}, "SquadShift.end of 'A' is before its start"),
        ({"max_stops": -1}, "max_stops of 'A' must be at least 0, got -1"),
        ({"locked": ("m", "m")}, "locked of 'A' names 'm' more than once"),
    ],
)
def test_a_squad_that_makes_no_sense_is_refused_by_field_and_value(changes: dict, message: str) -> None:
    """Each rule on a squad has a message of its own."""
    with pytest.raises(ValueError, match=message):
        SquadShift(**{"id": "A", "start_node": 0, "end_node": 0, "start": 10, "end": 20, **changes})


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ((-1, 5, 5), "Lunch.earliest_start must be at least 0, got -1"),
        ((10, 5, 5), "Lunch.latest_start 5 is before earliest_start 10"),
        ((1, 5, 0), "Lunch.duration_seconds must be positive, got 0"),
    ],
)
def test_a_lunch_that_makes_no_sense_is_refused(values: tuple[int, int, int], message: str) -> None:
    """Each rule on a lunch has a message of its own."""
    with pytest.raises(ValueError, match=message):
        Lunch(earliest_start=values[0], latest_start=values[1], duration_seconds=values[2])


def test_a_problem_names_all_its_faults_at_once() -> None:
    """A repeated stop, a node outside the matrices and an unknown squad come in one message."""
    stops = (place("m1", 0), place("m1", 0), place("far", 9), place("m2", 0, pinned_squad="ghost"))
    with pytest.raises(ValueError, match="m1") as caught:
        Problem(
            stops=stops,
            squads=(day_squad(),),
            travel_seconds=np.zeros((2, 2), dtype=int),
            travel_metres=np.zeros((2, 2), dtype=int),
        )
    message = str(caught.value)
    assert "'far' is 9, the matrices have 2 places" in message
    assert "names squad 'ghost'" in message


@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        (np.zeros((2, 3), dtype=int), "must be square, got shape"),
        (np.zeros((2, 2)), "must hold whole numbers, got float64"),
    ],
)
def test_a_matrix_of_the_wrong_kind_is_refused(matrix: np.ndarray, message: str) -> None:
    """Shape and number type are named."""
    with pytest.raises(ValueError, match=message):
        Problem(stops=(), squads=(), travel_seconds=matrix, travel_metres=np.zeros((2, 2), dtype=int))


def test_matrices_of_different_size_are_refused() -> None:
    """Seconds and metres must speak of the same places."""
    with pytest.raises(ValueError, match="travel_metres has shape"):
        Problem(
            stops=(),
            squads=(),
            travel_seconds=np.zeros((2, 2), dtype=int),
            travel_metres=np.zeros((3, 3), dtype=int),
        )


@pytest.mark.parametrize(
    ("squads", "message"),
    [
        ([day_squad(locked=("ghost",))], "names 'ghost', which is not in Problem.stops"),
        (
            [day_squad("A", locked=("m",)), day_squad("B", locked=("m",))],
            "'m' is locked to more than one squad",
        ),
        ([day_squad("A", locked=("p",)), day_squad("B")], "'p', which is pinned to 'B'"),
        ([day_squad("B"), day_squad("B")], "Problem.squads names 'B' more than once"),
    ],
)
def test_squads_that_contradict_the_stops_are_refused(squads: list[SquadShift], message: str) -> None:
    """Locks must name a stop, once, and not against its pin."""
    with pytest.raises(ValueError, match=message):
        world([place("m", 1), place("p", 1, pinned_squad="B")], squads)


def test_the_matrices_of_a_problem_cannot_be_changed_from_outside() -> None:
    """They are copied and read-only."""
    seconds = np.array([[0, 60], [60, 0]])
    problem = world([place("m", 1)], [day_squad()], seconds=seconds)
    seconds[0, 1] = 7
    assert problem.travel_seconds[0, 1] == 60
    with pytest.raises(ValueError, match="read-only"):
        problem.travel_seconds[0, 1] = 7


@pytest.mark.parametrize(
    ("start", "end", "owed"),
    [
        ("8:30", "16:30", True),
        ("8:30", "12:30", False),
        ("8:30", "12:31", True),
        ("13:00", "17:00", False),
        ("12:40", "17:00", True),
    ],
)
def test_lunch_is_owed_only_by_a_shift_that_spans_it(start: str, end: str, owed: bool) -> None:
    """Lunch may start 11:30 to 13:00 and takes an hour."""
    squad = day_squad(start=clock(start), end=clock(end), lunch=NOON_LUNCH)
    assert (squad.lunch_due is not None) is owed


def test_a_squad_without_a_lunch_owes_none() -> None:
    """No lunch given, none due."""
    assert day_squad().lunch_due is None


def test_a_problem_finds_its_stops_and_squads_by_id() -> None:
    """Lookups know what is there and what is not."""
    problem = market_street()
    assert problem.stop("m2").node == 2
    assert problem.squad("A").end == clock("16:30")
    assert problem.has_stop("m4")
    assert not problem.has_stop("m5")
    assert not problem.has_squad("B")
    with pytest.raises(KeyError):
        problem.stop("m5")


def test_changing_a_stop_by_replace_checks_it_again() -> None:
    """`replace` goes through the same rules."""
    with pytest.raises(ValueError, match="prize"):
        replace(place("m", 1), prize=-1)


def test_a_group_without_a_name_is_refused() -> None:
    """No group is None, not an empty name that all such stops would share."""
    with pytest.raises(ValueError, match=r"StopPoint\.group of 'x' must not be empty"):
        place("x", 1, group="")


def test_a_problem_knows_the_rivals_of_each_stop() -> None:
    """A group of one has none."""
    stops = [place("a", 1, group="g"), place("b", 1, group="g"), place("c", 1, group="alone"), place("d", 1)]
    problem = world(stops, [day_squad()])
    assert problem.grouped == {"g": ("a", "b")}
    assert problem.rivals == {"a": frozenset("b"), "b": frozenset("a")}
