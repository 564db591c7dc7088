"""The week benchmark's judge walks every answer by itself, and all who plan are put on the same footing."""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from benchmarks import week as benchmark
from benchmarks.week_world import DAYS, FIRST, OPEN_DAYS, Week, drawn, judge, on_land
from gridmgr.domain.coverage import village_coverage

MONDAY, TUESDAY = OPEN_DAYS[:2]


@pytest.fixture(scope="module")
def town() -> Week:
    """Six villages and one squad."""
    return drawn(6, seed=1, squads=1)


def test_debt_is_counted_as_coverage_defines_it(town: Week) -> None:
    """Nobody goes anywhere: what is owed is the sum of the villages' own debts."""
    told = judge(town, {})
    since = FIRST - timedelta(days=14)
    debts = [
        village_coverage(v, town.history[v.code], as_of=DAYS[-1], since=since).debt for v in town.villages
    ]
    assert told["debt"] == pytest.approx(sum(debts), abs=0.01)
    assert (told["made"], told["valid"], told["km"]) == (0, True, 0.0)


def test_visits_are_counted_with_the_days_between(town: Week) -> None:
    """Two days running are too close for a village due once; the visit beyond what was asked is told."""
    code = next(v.code for v in town.villages if v.required_visits_per_week == 1)
    told = judge(town, {MONDAY: {"q": (code,)}, TUESDAY: {"q": (code,)}})
    assert (told["made"], told["beyond"], told["least_spacing"]) == (1, 1, 1)
    assert told["close_days"] >= 3  # type: ignore[operator]


@pytest.mark.parametrize("wrong", ["twice", "two squads", "at the weekend", "on a lost day", "too long"])
def test_an_impossible_week_is_told(town: Week, wrong: str) -> None:
    """Each breaks one rule."""
    a, b = (village.code for village in town.villages[:2])
    orders = {
        "twice": {MONDAY: {"q": (a, a)}},
        "two squads": {MONDAY: {"q": (a,), "r": (b,)}},
        "at the weekend": {DAYS[5]: {"q": (a,)}},
        "on a lost day": {TUESDAY: {"q": (a,)}},
        "too long": {MONDAY: {"q": (a, b) * 9}},
    }[wrong]
    lost = {TUESDAY} if wrong == "on a lost day" else set()
    assert judge(town, orders, lost=lost)["valid"] is False
    assert judge(town, {MONDAY: {"q": (a, b)}}, lost=lost)["valid"] is True


def test_all_plan_the_same_week_and_every_answer_is_valid(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ours and the peers, with a day lost on the way; the week planner owes least of ours."""
    pytest.importorskip("pyvrp", reason="pyvrp is a development-only peer")
    pytest.importorskip("vroom", reason="pyvroom is a development-only peer")
    options = ["--sizes", "12", "--seeds", "1", "--seconds", "0.8", "--lose", "2"]
    monkeypatch.setattr(sys, "argv", ["week", *options, "--against", "ortools,pyvrp,vroom"])
    benchmark.main()
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["solver"] for line in lines] == [
        "gridmgr",
        "gridmgr-days-of-week",
        "gridmgr-day-by-day",
        "ortools-day-by-day",
        "pyvrp-day-by-day",
        "vroom-day-by-day",
    ]
    assert all(line["valid"] and line["lost_days"] == 1 for line in lines)
    assert len({line["asked"] for line in lines}) == 1
    assert all(line["made"] + line["beyond"] > 0 for line in lines)
    assert lines[0]["debt_by_risk"] <= lines[2]["debt_by_risk"]


def test_villages_of_a_file_are_taken(tmp_path: Path) -> None:
    """By township where it is named; an unknown township is told."""
    square = [[0, 0], [0.01, 0], [0.01, 0.01], [0, 0.01], [0, 0]]
    rows = [
        {
            "type": "Feature",
            "properties": {"code": f"43010210{town}00{n}", "name": f"n{n}"},
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[113 + 0.01 * n + x, 28 + y] for x, y in square]],
            },
        }
        for n, town in enumerate((1, 1, 2))
    ]
    path = tmp_path / "land.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": rows}), encoding="utf-8")
    assert len(on_land(path, seed=1).villages) == 3
    assert len(on_land(path, seed=1, township="430102101").villages) == 2
    with pytest.raises(ValueError, match="no villages of 7"):
        on_land(path, seed=1, township="7")
