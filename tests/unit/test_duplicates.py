"""Which reports look like the same matter: the rules, the order, merging and taking it back."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gridmgr.domain.cases import Actor, Case, Step, advanced, refusals, transition_for
from gridmgr.domain.nearness import box_around, metres_between
from gridmgr.domain.routing.duplicates import DuplicateRules, Told, lag_days, resemblance, suggested
from gridmgr.domain.similarity import shared_words
from gridmgr.texts import LANGUAGES

NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)
RULES = DuplicateRules()
RUBBISH = "老槐树旁有人倾倒生活垃圾，臭气熏天"


def told(name: str = "a", *, metres: float = 0.0, days: float = 0.0, **fields: object) -> Told:
    """A report so many metres north and days after the first one."""
    made = Told(
        id=name,
        lon=113.0,
        lat=34.0 + metres / 111_320.0,
        at=NOW + timedelta(days=days),
        category="乱堆乱放",
        words=RUBBISH,
    )
    return replace(made, **fields)  # type: ignore[arg-type]


reports = st.builds(
    told,
    st.sampled_from("abcdefgh"),
    metres=st.floats(-400, 400),
    days=st.floats(-20, 20),
    category=st.sampled_from(("", "乱堆乱放", "占道经营")),
    item_code=st.sampled_from((None, "CG003", "CG001")),
    words=st.sampled_from(("", RUBBISH, "槐树下垃圾成堆没人清", "摊贩占了人行道", "rubbish by the tree")),
    over_at=st.one_of(st.none(), st.floats(0, 30).map(lambda days: NOW + timedelta(days=days))),
)


def test_other_words_for_the_same_thing_at_the_same_corner_are_suggested_with_reasons() -> None:
    """In both languages."""
    other = told("b", metres=40, days=1, words="大槐树边上垃圾堆了一大堆，味道很大")
    (found,) = suggested(told(), [other, told("a")], RULES)
    assert found.id == "b"
    for language in LANGUAGES:
        words = [reason.render(language) for reason in found.reasons]
        assert all(words)
        assert not any("routing." in word for word in words)
    assert [reason.key for reason in found.reasons[:3]] == [
        "routing.metres_apart",
        "routing.days_apart",
        "routing.kind_same",
    ]


@pytest.mark.parametrize(
    ("other", "rules"),
    [
        (told("b", metres=201), RULES),
        (told("b", days=8, over_at=NOW + timedelta(days=9)), RULES),
        (told("b", words="摊贩占了人行道，没法走", category=""), RULES),
        (told("b", words="秸秆着火冒烟"), replace(RULES, text_percent=20)),
        (told("b", metres=90), replace(RULES, percent=90)),
    ],
    ids=["too far", "too late", "other words", "less alike than the office asks", "too low a score"],
)
def test_each_rule_keeps_something_out(other: Told, rules: DuplicateRules) -> None:
    """The first report was over by then."""
    first = told(over_at=NOW + timedelta(hours=1))
    assert resemblance(first, other, rules) is None
    wide = DuplicateRules(metres=5000, days=90, text_percent=0, percent=0)
    assert resemblance(first, other, wide) is not None


def test_what_is_still_open_is_the_same_matter_for_longer() -> None:
    """Not counted from the report but from the day it was dealt with; yet not for ever."""
    later = told("b", days=30)
    assert resemblance(told(), later, RULES) is not None
    assert resemblance(told(over_at=NOW + timedelta(days=25)), later, RULES) is not None
    assert resemblance(told(over_at=NOW + timedelta(days=2)), later, RULES) is None
    assert resemblance(told(), told("b", days=91), RULES) is None


def test_a_report_of_photos_only_is_judged_by_place_time_and_kind() -> None:
    """And the reasons say that there were no words."""
    found = resemblance(told(words=""), told("b", metres=20), replace(RULES, text_percent=90))
    assert found is not None
    assert found.words is None
    assert found.reasons[-1].key == "routing.no_words"


@given(reports, reports)
def test_it_does_not_matter_which_of_two_is_asked_about(one: Told, other: Told) -> None:
    """Score, distance and lag are symmetric."""
    there, back = resemblance(one, other, RULES), resemblance(other, one, RULES)
    assert (there is None) == (back is None)
    if there is not None and back is not None:
        assert there.score == pytest.approx(back.score)
        assert (there.metres, there.days) == pytest.approx((back.metres, back.days))


@given(reports, st.lists(reports, max_size=8), st.integers(1, 3))
def test_suggestions_are_the_best_within_the_rules(one: Told, others: list[Told], most: int) -> None:
    """Sorted, no more than asked for, and never itself."""
    found = suggested(one, others, RULES, most=most)
    everything = suggested(one, others, RULES, most=len(others) + 1)
    assert found == everything[:most]
    assert [item.score for item in everything] == sorted((i.score for i in everything), reverse=True)
    for item in everything:
        assert item.id != one.id
        assert item.metres <= RULES.metres
        assert RULES.percent <= item.score <= 100.0001


@given(reports, reports)
def test_looser_rules_never_lose_a_suggestion_by_words_or_score(one: Told, other: Told) -> None:
    """So that a setting does what its name says."""
    if resemblance(one, other, RULES) is not None:
        assert resemblance(one, other, replace(RULES, percent=10)) is not None
        assert resemblance(one, other, replace(RULES, text_percent=0)) is not None


@given(reports, reports)
def test_a_lag_is_never_longer_than_what_lies_between_the_reports(one: Told, other: Told) -> None:
    """And never negative."""
    between = abs(one.at - other.at) / timedelta(days=1)
    assert -1e-9 <= lag_days(one, other) <= between + 1e-9


@given(st.floats(-179, 179), st.floats(-85, 85), st.floats(1, 5000), st.floats(0, 6.283), st.floats(0, 1))
def test_the_box_around_a_point_holds_everything_near(
    lon: float, lat: float, metres: float, angle: float, share: float
) -> None:
    """What the index leaves out is farther away."""
    north = share * metres * math.sin(angle) / 111_320.0
    east = share * metres * math.cos(angle) / (111_320.0 * math.cos(math.radians(lat + north / 2)))
    assume(metres_between(lon, lat, lon + east, lat + north) <= metres)
    west, south, right, top = box_around(lon, lat, metres)
    assert west <= lon + east <= right
    assert south <= lat + north <= top


@given(st.text(max_size=30), st.text(max_size=30))
def test_shared_words_are_symmetric_and_a_share(one: str, other: str) -> None:
    """A text has everything in common with itself; nothing is said of an empty one."""
    found = shared_words(one, other)
    assert found == shared_words(other, one)
    assert found is None or 0 <= found <= 1
    same = shared_words(one, one)
    assert same is None or same == pytest.approx(1.0)


PLANNER = Actor(name="planner", role="planner", township_code="T")


@given(
    st.sampled_from(("reported", "verified", "filed", "dispatched", "escalated")),
    st.sampled_from((None, "水利局")),
    st.sampled_from((None, "s1")),
    st.integers(0, 3),
)
def test_merging_and_taking_it_back_is_nothing(
    state: str, department: str | None, squad: str | None, supervised: int
) -> None:
    """But for the version and the moment, which tell that something happened."""
    case = Case(
        id="AJ-1",
        incident_id="1",
        township_code="T",
        lon=113.0,
        lat=34.0,
        state=state,
        department=department,
        squad_id=squad,
        supervised=supervised,
        opened_at=NOW,
        filed_at=None if state == "reported" else NOW,
        changed_at=NOW,
    )
    merged = advanced(case, Step(action="mark_duplicate", original="AJ-2"), PLANNER, at=NOW)
    assert (merged.state, merged.duplicate_of, merged.merged_from) == ("duplicate", "AJ-2", state)
    back = advanced(merged, Step(action="undo_duplicate"), PLANNER, at=NOW)
    assert replace(back, version=case.version) == case


def test_only_the_office_takes_a_merging_back_and_only_of_a_duplicate() -> None:
    """By the transition table."""
    row = transition_for("undo_duplicate", "duplicate")
    assert row is not None
    assert row.roles == {"planner", "admin"}
    case = Case(id="1", incident_id="1", township_code="T", lon=0, lat=0, opened_at=NOW, changed_at=NOW)
    assert [item.kind for item in refusals(case, Step(action="undo_duplicate"), PLANNER)] == ["state"]
    with pytest.raises(ValueError, match="merged_from"):
        replace(case, merged_from="filed")
