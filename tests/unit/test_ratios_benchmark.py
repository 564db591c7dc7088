"""Summing up benchmark lines: ratios case by case, void runs left out, gaps over the same cases."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import ratios


def run(
    solver: str, prize: int, *, instance: str = "c1", seconds: float = 5.0, **other: object
) -> dict[str, object]:
    """One line as `benchmarks.toptw` prints it."""
    return {
        "instance": instance, "m": 2, "solver": solver, "seed": 1, "seconds": seconds, "prize": prize,
        "travel": 10.0, "cpu_s": 5.0, "wall_s": 5.0, "valid": True, **other,
    }  # fmt: skip


def test_ratios_are_taken_case_by_case_and_the_worst_is_named() -> None:
    """1.1 and 0.9 on two instances: mean 1, worst 0.9 on the second."""
    lines = [run("gridmgr", 110), run("pyvrp", 100)]
    lines += [run("gridmgr", 90, instance="c2"), run("pyvrp", 100, instance="c2")]
    (found,) = ratios.compare(lines, "pyvrp")
    assert (found["prize_mean_ratio"], found["prize_worst_ratio"], found["cases"]) == (1.0, 0.9, 2)
    assert "c2" in str(found["worst_case"])


def test_a_run_that_did_not_have_its_core_is_void() -> None:
    """It is counted as void and weighs on nothing."""
    lines = [run("gridmgr", 110), run("pyvrp", 100, cpu_s=3.0)]
    (found,) = ratios.compare(lines, "pyvrp")
    assert (found["void"], found["cases"], found["prize_mean_ratio"]) == (1, 0, None)


def test_travel_is_compared_where_both_collect_the_same() -> None:
    """A plan that collects more may drive more."""
    lines = [run("gridmgr", 100, travel=9.0), run("vroom", 100, travel=10.0)]
    (found,) = ratios.compare(lines, "vroom")
    assert (found["equal"], found["travel_ratio_where_equal"]) == (1, 0.9)


def test_gaps_over_time_count_only_cases_that_all_ran() -> None:
    """The second instance was run by one solver only."""
    lines = [
        run("gridmgr", 99, seconds=1.0),
        run("pyvrp", 90, seconds=1.0),
        run("gridmgr", 100),
        run("pyvrp", 95),
    ]
    lines.append(run("gridmgr", 7, instance="c2"))
    curves = ratios.gaps_over_time(lines)
    assert {solver: [round(gap, 6) for _, gap in points] for solver, points in curves.items()} == {
        "gridmgr": [1.0, 0.0],
        "pyvrp": [10.0, 5.0],
    }


def test_an_invalid_answer_stops_the_summing_up_and_a_good_file_is_printed_and_drawn(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is summed up over a plan that breaks rules."""
    good, bad = tmp_path / "good.jsonl", tmp_path / "bad.jsonl"
    good.write_text(
        "\n".join(json.dumps(line) for line in (run("gridmgr", 2), run("vroom", 1))), encoding="utf-8"
    )
    bad.write_text(json.dumps(run("gridmgr", 1, valid=False)), encoding="utf-8")
    ratios.main([str(good), "--plot", str(tmp_path / "gap.svg")])
    assert json.loads(capsys.readouterr().out)["prize_mean_ratio"] == 2.0
    assert "<svg" in (tmp_path / "gap.svg").read_text(encoding="utf-8")
    with pytest.raises(ValueError, match="not valid"):
        ratios.main([str(bad)])
