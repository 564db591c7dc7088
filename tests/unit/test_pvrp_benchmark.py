"""The periodic benchmark reads Cordeau's files right and judges answers by their numbers alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.pvrp import read
from planners.periodic import solve
from planners.stop import Stop

FILE = """1 1 2 3
0 10
0 10
0 10
 0 0 0 0 0 0 0
 1 3 4 0 6 1 2 4 1
 2 0 5 0 5 2 1 3
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file of two customers on three days."""
    path = tmp_path / "p99"
    path.write_text(FILE, encoding="ascii")
    return path


def test_the_first_day_is_the_highest_bit(path: Path) -> None:
    """Bits 100 are the first day, 011 the other two."""
    first, second = read(path).problem().customers
    assert [pattern.days for pattern in first.patterns] == [(0,), (2,)]
    assert [pattern.days for pattern in second.patterns] == [(1, 2)]


def test_an_answer_is_walked_in_the_numbers_of_the_file(path: Path) -> None:
    """Load keeps the two customers apart: out and back three times, ten long each."""
    instance = read(path)
    plan = solve(instance.problem(), Stop(seconds=60, work=2)).solution
    assert plan is not None
    assert instance.walk(plan) == (pytest.approx(30.0), True)
    overloaded = [
        replace(r, customers=("1", "2") if r.vehicle == "2/0" else r.customers) for r in plan.routes
    ]
    assert instance.walk(replace(plan, routes=tuple(overloaded)))[1] is False
    assert instance.walk(replace(plan, routes=plan.routes[:2]))[1] is False


def test_a_bad_row_is_named(path: Path) -> None:
    """By file and line."""
    path.write_text(FILE.replace("0 5 0 5 2", "0 x 0 5 2"), encoding="ascii")
    with pytest.raises(ValueError, match="p99, line 7"):
        read(path)
