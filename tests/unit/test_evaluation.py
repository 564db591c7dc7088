"""Indices of the flow: rates no number of cases raises, with intervals, and appeals that take cases out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import groupby

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridmgr.domain.evaluation import (
    FEWEST,
    INDICES,
    Appeal,
    Entry,
    excused,
    index_of,
    ranked,
    scores_of,
    tallied,
    wilson,
)
from gridmgr.domain.evaluation.intervals import shrunk

AT = datetime(2026, 3, 2, 1, tzinfo=UTC)
BODIES = ("a", "b", "c")

entries = st.builds(
    lambda index, body, outcome, subject: Entry(
        index=index,
        group="township",
        body=body,
        subject=f"AJ-{subject}",
        is_case=True,
        outcome=outcome,
        reason="appeal" if outcome == "excluded" else "",
        reported_at=AT,
        township_code=body,
    ),
    st.sampled_from([index.id for index in INDICES]),
    st.sampled_from(BODIES),
    st.sampled_from(["hit", "miss", "miss", "waiting", "excluded"]),
    st.integers(0, 30),
)


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [(8, 10, 0.4902, 0.9433), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (45, 100, 0.3561, 0.5476)],
)
def test_wilsons_interval_is_what_the_tables_say(hits: int, of: int, low: float, high: float) -> None:
    """Values as published calculators give them, to four places."""
    found = wilson(hits, of)
    assert found == pytest.approx((low, high), abs=5e-5)


def test_nothing_has_no_interval() -> None:
    """No case, no rate."""
    assert wilson(0, 0) is None


@given(hits=st.integers(0, 500), more=st.integers(0, 500), times=st.integers(2, 20))
def test_more_of_the_same_narrows_the_interval_and_leaves_the_rate(hits: int, more: int, times: int) -> None:
    """The rate lies within, and the same mix told more often only makes it surer."""
    of = hits + more
    if of == 0:
        return
    once, often = wilson(hits, of), wilson(hits * times, of * times)
    assert once is not None
    assert often is not None
    assert 0 <= once[0] <= hits / of <= once[1] <= 1
    assert once[0] - 1e-12 <= often[0]
    assert often[1] <= once[1] + 1e-12


@given(hits=st.integers(0, 200), misses=st.integers(0, 200), times=st.integers(2, 50), common=st.floats(0, 1))
def test_sheer_numbers_never_carry_a_body_past_its_own_rate(
    hits: int, misses: int, times: int, common: float
) -> None:
    """What bodies are ordered by goes towards the own rate with more cases, and never beyond."""
    of = hits + misses
    if of == 0:
        return
    rate = hits / of
    few, many = shrunk(hits, of, towards=common), shrunk(hits * times, of * times, towards=common)
    low, high = sorted((rate, common))
    assert low - 1e-12 <= few <= high + 1e-12
    assert abs(many - rate) <= abs(few - rate) + 1e-12


@settings(max_examples=100, deadline=None)
@given(found=st.lists(entries, max_size=80))
def test_rates_lie_in_their_intervals_and_bodies_add_up_to_everybody(found: list[Entry]) -> None:
    """For every index, whatever was judged; what waits or is left out is in no rate."""
    scores, common = scores_of(found, group="township")
    for index in INDICES:
        mine = [scores[body][index.id] for body in scores]
        assert sum(score.tally.hits for score in mine) == common[index.id].tally.hits
        assert sum(score.tally.of for score in mine) == common[index.id].tally.of
        for score in (*mine, common[index.id]):
            assert (score.tally.rate is None) == (score.low is None)
            if score.tally.rate is not None:
                assert score.low <= score.tally.rate <= score.high
                assert (score.standing == "few") == (score.tally.of < FEWEST)
        order = ranked(scores, index)
        assert sorted(order) == sorted(scores)
    counting = [entry for entry in found if entry.counts]
    alone, _ = scores_of(counting, group="township")
    for body in alone:
        for index in INDICES:
            assert alone[body][index.id].tally.rate == scores[body][index.id].tally.rate


@settings(max_examples=60, deadline=None)
@given(found=st.lists(entries, min_size=1, max_size=60), times=st.integers(2, 5))
def test_reporting_the_same_many_times_puts_nobody_before_others(found: list[Entry], times: int) -> None:
    """Every body's rate stays when all its cases are told several times; only the interval narrows."""
    scores, _ = scores_of(found, group="township")
    more, _ = scores_of(found * times, group="township")
    for body, by_index in scores.items():
        for index_id, score in by_index.items():
            assert more[body][index_id].tally.rate == score.tally.rate


def test_a_few_lucky_cases_do_not_rank_before_many_good_ones() -> None:
    """Two of two is not better than 95 of 100: too few are not ranked, and little is drawn to everybody's."""

    def made(body: str, hits: int, misses: int) -> list[Entry]:
        base = Entry(
            index="on_time",
            group="township",
            body=body,
            subject="AJ",
            is_case=True,
            outcome="hit",
            reported_at=AT,
            township_code=body,
        )
        return [base] * hits + [replace(base, outcome="miss")] * misses

    found = made("lucky", 2, 0) + made("good", 95, 5) + made("poor", 20, 60) + made("short", 10, 0)
    scores, _ = scores_of(found, group="township")
    index = index_of("on_time")
    assert index is not None
    assert ranked(scores, index) == ["good", "short", "poor", "lucky"]
    assert scores["good"]["on_time"].standing == "better"
    assert scores["poor"]["on_time"].standing == "worse"
    assert scores["lucky"]["on_time"].standing == "few"


def appeal(state: str = "upheld", **changes: object) -> Appeal:
    """An appeal of body a about one case."""
    made = Appeal(
        id="SS-1",
        subject="AJ-1",
        township_code="a",
        index="",
        group="township",
        body="a",
        ground="wrong_record",
        reason="记录有误",
        asked_by="planner",
        asked_at=AT,
    )
    if state != "asked":
        made = replace(
            made, state=state, decided_by="lead", decided_at=AT + timedelta(hours=1), note="经核实"
        )
    return replace(made, **changes)  # type: ignore[arg-type]


@settings(max_examples=100, deadline=None)
@given(found=st.lists(entries, max_size=60), ground=st.sampled_from(["wrong_record", "force_majeure"]))
def test_an_upheld_appeal_takes_out_what_it_names_and_nothing_else(found: list[Entry], ground: str) -> None:
    """Force majeure relieves everybody of the case, other grounds whoever appealed."""
    after = list(excused(found, [appeal(ground=ground)]))
    assert len(after) == len(found)
    for before, now in zip(found, after, strict=True):
        named = before.subject == "AJ-1" and (ground == "force_majeure" or before.body == "a")
        if named and before.outcome != "excluded":
            assert (now.outcome, now.reason) == (
                "excluded",
                "force_majeure" if ground == "force_majeure" else "appeal",
            )
        else:
            assert now == before
    misses = [entry for entry in found if entry.outcome == "miss"]
    for body, mine in groupby(sorted(misses, key=lambda e: e.body), key=lambda e: e.body):
        kept = tallied(e for e in excused(list(mine), [appeal(ground=ground)]) if e.body == body)
        assert kept.of <= len([e for e in misses if e.body == body])


@pytest.mark.parametrize("state", ["asked", "refused", "withdrawn"])
def test_an_appeal_that_is_not_upheld_changes_nothing(state: str) -> None:
    """Only a decision counts."""
    miss = Entry(
        index="on_time",
        group="township",
        body="a",
        subject="AJ-1",
        is_case=True,
        outcome="miss",
        reported_at=AT,
        township_code="a",
    )
    assert list(excused([miss], [appeal(state)])) == [miss]
