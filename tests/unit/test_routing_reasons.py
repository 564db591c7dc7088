"""Every reason for leaving a stop out, each produced by a world where it is the true one."""

from __future__ import annotations

import json
import string
from pathlib import Path

import numpy as np
import pytest
from routing_world import HOUR, MINUTE, NOON_LUNCH, clock, day_squad, place, world

from gridmgr.texts import LANGUAGES, text
from planners.result import Reason
from planners.routing import Problem, explain, schedule, solve
from planners.stop import Stop

TEXTS = Path(__file__).resolve().parents[2] / "gridmgr" / "texts"


def why(problem: Problem, orders: dict[str, tuple[str, ...]], name: str) -> Reason:
    """The reason given for one stop."""
    return next(item.reason for item in explain(problem, orders) if item.stop == name)


def test_no_squad() -> None:
    """There is nobody to send."""
    assert why(world([place("m", 1)], []), {}, "m") == Reason("no_squad")


def test_forbidden_everywhere() -> None:
    """Pinned to A, who is forbidden to go."""
    stop = place("m", 1, pinned_squad="A", forbidden_squads=frozenset({"A"}))
    assert why(world([stop], [day_squad("A"), day_squad("B")]), {}, "m") == Reason("forbidden_everywhere")


def test_no_squad_with_skill_names_what_the_nearest_squad_lacks() -> None:
    """A has one of two skills, B none."""
    stop = place("m", 1, skills=frozenset({"fire", "food"}))
    problem = world([stop], [day_squad("A", skills=frozenset({"fire"})), day_squad("B")])
    assert why(problem, {}, "m") == Reason("no_squad_with_skill", {"skill": "food"})


def test_needs_lawful_squad() -> None:
    """The one squad with the skill may only look."""
    stop = place("m", 1, skills=frozenset({"fire"}), needs_lawful=True)
    squads = [day_squad("A", skills=frozenset({"fire"}), patrol_only=True), day_squad("B")]
    assert why(world([stop], squads), {}, "m") == Reason("needs_lawful_squad")


@pytest.mark.parametrize("ways", [(-1, 600), (600, -1), (-1, -1)])
def test_unreachable(ways: tuple[int, int]) -> None:
    """No way there, no way back, or neither."""
    seconds = np.array([[0, ways[0]], [ways[1], 0]])
    problem = world([place("island", 1)], [day_squad()], seconds=seconds)
    assert why(problem, {}, "island") == Reason("unreachable")


def test_too_long_for_shift_says_by_how_much_the_best_squad_overruns() -> None:
    """Ten minutes there and back and eight hours' work: 20 minutes over in the longer shift."""
    problem = world(
        [place("m", 1, service_seconds=8 * HOUR)], [day_squad("A", end=clock("12:00")), day_squad("B")]
    )
    assert why(problem, {}, "m") == Reason("too_long_for_shift", {"seconds": 20 * MINUTE, "minutes": 20})


def test_window_closed_for_all_gives_the_earliest_arrival_and_the_last_opening() -> None:
    """Open until 8:35, nobody is there before 8:40."""
    problem = world([place("m", 1, windows=((0, clock("8:35")),))], [day_squad()])
    assert why(problem, {}, "m") == Reason(
        "window_closed_for_all", {"arrive": clock("8:40"), "latest": clock("8:35")}
    )


def test_a_visit_that_would_cost_the_lunch_is_closed_for_all() -> None:
    """Open only at 11:00 for three hours, while lunch must start between 11:30 and 13:00."""
    stop = place("m", 1, service_seconds=3 * HOUR, windows=((clock("11:00"), clock("11:00")),))
    problem = world([stop], [day_squad(lunch=NOON_LUNCH)])
    assert why(problem, {}, "m").code == "window_closed_for_all"


def test_no_prize() -> None:
    """Worth nothing and not required: not even tried."""
    plan = solve(world([place("m", 1, prize=0)], [day_squad()]), Stop(seconds=10, work=10)).solution
    assert plan is not None
    assert plan.unassigned[0].reason == Reason("no_prize")


def test_not_chosen_in_a_plan_made_by_hand() -> None:
    """It would fit as things stand."""
    problem = world([place("m1", 1), place("m2", 2)], [day_squad()])
    assert why(problem, {"A": ("m1",)}, "m2") == Reason("not_chosen", {"squad": "A"})


def test_stops_full() -> None:
    """The squad has its one visit."""
    problem = world([place("m1", 1), place("m2", 2)], [day_squad(max_stops=1)])
    assert why(problem, {"A": ("m1",)}, "m2") == Reason("stops_full", {"squad": "A", "max": 1})


def test_shift_full_says_how_much_longer_a_shift_would_do() -> None:
    """m1 alone is back at 9:20; with m2 it would be 10:10, and the shift ends 9:45."""
    problem = world([place("m1", 1), place("m2", 2)], [day_squad(end=clock("9:45"))])
    reason = why(problem, {"A": ("m1",)}, "m2")
    assert reason == Reason("shift_full", {"squad": "A", "seconds": 25 * MINUTE, "minutes": 25})


def test_the_extra_time_named_is_enough_and_no_less_would_do() -> None:
    """With a shift that much longer the plan with the stop keeps every rule."""
    stops = [place("m1", 1), place("m2", 2)]
    for extra, good in ((25 * MINUTE, True), (25 * MINUTE - 1, False)):
        problem = world(stops, [day_squad(end=clock("9:45") + extra)])
        assert (schedule(problem, "A", ["m1", "m2"]).violations == ()) is good


def test_lower_prize_names_the_visit_it_gave_way_to() -> None:
    """Both are open only at 9:00, places apart."""
    window = ((clock("9:00"), clock("9:00")),)
    stops = [place("cheap", 1, prize=3, windows=window), place("dear", 2, prize=8, windows=window)]
    plan = solve(world(stops, [day_squad()]), Stop(seconds=10, work=20)).solution
    assert plan is not None
    assert plan.orders["A"] == ("dear",)
    assert plan.unassigned[0].reason == Reason(
        "lower_prize", {"squad": "A", "other": "dear", "prize": 3, "other_prize": 8}
    )


def test_no_gap_when_even_one_visit_less_would_not_do() -> None:
    """A long visit spans the noon of two short ones on either side of it."""
    stops = [
        place("early", 1, service_seconds=10 * MINUTE, windows=((clock("9:00"), clock("9:00")),)),
        place("late", 1, service_seconds=10 * MINUTE, windows=((clock("10:00"), clock("10:00")),)),
        place("long", 1, service_seconds=2 * HOUR, windows=((clock("9:00"), clock("9:05")),)),
    ]
    problem = world(stops, [day_squad()])
    assert why(problem, {"A": ("early", "late")}, "long").code == "no_gap"


def test_every_code_has_words_in_both_languages_that_its_numbers_fill() -> None:
    """The fields of the words are among the parameters the code carries."""
    params = {
        "squad": "A", "skill": "fire", "seconds": 60, "minutes": 1, "arrive": 1, "latest": 2, "max": 3,
        "count": 4, "other": "m", "prize": 5, "other_prize": 6, "squads": 7, "routes": 8,
        "needed": 2, "able": 1,
    }  # fmt: skip
    for language in LANGUAGES:
        words = json.loads((TEXTS / language / "reason_routing.json").read_text(encoding="utf-8"))
        for key, template in words.items():
            fields = {name for _, name, _, _ in string.Formatter().parse(template) if name}
            assert fields <= params.keys(), key
            assert text(key, language, **params) != key


def test_both_languages_have_words_for_the_same_codes_and_fields() -> None:
    """A missing one would show as a bare code."""
    zh, en = (
        json.loads((TEXTS / language / "reason_routing.json").read_text(encoding="utf-8"))
        for language in ("zh", "en")
    )
    assert zh.keys() == en.keys()
    for key in zh:
        names = [{n for _, n, _, _ in string.Formatter().parse(words[key]) if n} for words in (zh, en)]
        assert names[0] == names[1], key
