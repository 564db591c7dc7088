"""The ownership benchmark prints what the contract says and fails where a township is not proven."""

from __future__ import annotations

import json

import pytest

from benchmarks.assignment import main, make_county

CONTRACT = {
    "villages", "officers", "townships", "status", "objective", "bound", "gap", "cpu_s", "wall_s", "machine",
}  # fmt: skip


def test_one_json_line_a_size_with_every_figure(capsys: pytest.CaptureFixture[str]) -> None:
    """Two sizes, two lines, all proven, exit code 0."""
    assert main(["--villages", "12,40", "--seed", "1"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["villages"] for line in lines] == [12, 40]
    for line in lines:
        assert line.keys() >= CONTRACT
        assert line["status"] == "OPTIMAL"
        assert line["gap"] == 0.0
        assert line["valid"] is True


def test_a_township_that_is_not_proven_fails_the_benchmark(capsys: pytest.CaptureFixture[str]) -> None:
    """With no time at all nothing is proven, and the exit code says so."""
    assert main(["--villages", "40", "--seed", "1", "--seconds", "1e-9"]) == 1
    assert json.loads(capsys.readouterr().out)["status"] == "NOT_PROVEN"


def test_a_county_has_as_many_villages_as_asked() -> None:
    """500 villages make 12 townships of 41 or 42."""
    county = make_county(villages=500, seed=3)
    assert len(county) == 12
    assert sum(len(problem.villages) for problem in county) == 500
