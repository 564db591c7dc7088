"""Rates of departments: decided turns only, each counted for whom it was started, and no share of too few."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridmgr.domain.cases import CaseStep
from gridmgr.domain.deadlines import CaseClock, DeadlineRule
from gridmgr.domain.rates import LEAST, Rate, clocks_by_body, rates_of

NOW = datetime(2026, 3, 20, 2, tzinfo=UTC)
RULE = DeadlineRule(amount=1, unit="working_day")
DAY = timedelta(days=1)


def clock(
    number: int, phase: str, *, due: float | None, done: float | None = None, stop: str = "done"
) -> CaseClock:
    """A clock due and done so many days before now; not over without ``done``."""
    return CaseClock(
        id=f"c{number}.{phase}.1",
        case_id=f"c{number}",
        township_code="1",
        phase=phase,
        answers="department",
        rule=RULE,
        started_at=NOW - 30 * DAY,
        due_at=None if due is None else NOW - due * DAY,
        stopped_at=None if done is None else NOW - done * DAY,
        stop="" if done is None else stop,
    )


def test_each_rate_counts_what_its_words_say() -> None:
    """In time, late, overdue and running, waiting, standing still, void."""
    respond = [
        clock(1, "respond", due=20, done=21),
        clock(2, "respond", due=20, done=19),
        clock(3, "respond", due=1),
        clock(4, "respond", due=-1),
        clock(5, "respond", due=20, done=25, stop="void"),
    ]
    solve = [
        clock(1, "solve", due=10, done=12),
        clock(2, "solve", due=10, done=3),
        clock(3, "solve", due=1),
        clock(4, "solve", due=None),
    ]
    found = rates_of([*respond, *solve, clock(9, "handle", due=5)], NOW)
    assert found.response == Rate(hits=1, of=3, waiting=1)
    assert found.solution == Rate(hits=2, of=3, waiting=1)
    assert found.on_time == Rate(hits=1, of=3, waiting=1)


def test_a_clock_is_its_starters_wherever_the_case_goes_later() -> None:
    """Sent to one, objected, sent to another: each has its own response."""

    def step(seq: int, action: str, body: str, day: int) -> CaseStep:
        at = NOW - day * DAY
        return CaseStep(
            case_id="c1", seq=seq, action=action, source="filed", target="escalated",
            at=at, recorded_at=at, actor="x", role="planner", body=body,
        )  # fmt: skip

    steps = [
        step(1, "escalate", "水利局", 9),
        step(2, "object", "水利局", 8),
        step(3, "escalate", "市监局", 7),
    ]
    clocks = [
        CaseClock(
            id=f"c1.respond.{n}", case_id="c1", township_code="1", phase="respond", answers="department",
            rule=RULE, started_at=NOW - day * DAY,
        )
        for n, day in ((1, 9), (2, 7))
    ]  # fmt: skip
    found = clocks_by_body(steps, {"c1": clocks})
    assert found == {"水利局": clocks[:1], "市监局": clocks[1:]}


@given(st.lists(st.tuples(st.floats(-5, 20), st.one_of(st.none(), st.floats(0.1, 25)))))
def test_rates_never_exceed_what_there_is(turns: list[tuple[float, float | None]]) -> None:
    """On time is at most solved, all decided and waiting add up, and few have no share."""
    clocks = [clock(n, "solve", due=due, done=done) for n, (due, done) in enumerate(turns)]
    found = rates_of(clocks, NOW)
    assert found.on_time.of == found.solution.of
    assert found.on_time.hits <= found.solution.hits
    assert found.solution.of + found.solution.waiting == len(turns)
    assert (found.solution.share is None) == (found.solution.of < LEAST)


def test_an_impossible_rate_is_refused() -> None:
    """More hits than cases."""
    with pytest.raises(ValueError, match="hits <= of"):
        Rate(hits=2, of=1)
