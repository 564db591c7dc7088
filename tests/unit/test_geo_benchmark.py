"""The geo benchmark runs on any village file and prints one JSON line a step."""

import json
import subprocess
import sys
from pathlib import Path

import geo_world as world

PROJECT = Path(__file__).resolve().parents[2]


def _run(path: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "benchmarks.geo", str(path)]
    return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)


def test_every_step_is_a_json_line_with_times_and_machine(tmp_path: Path) -> None:
    """On the miniature county: four villages, four pairs."""
    done = _run(world.write_geojson(tmp_path / "a.geojson"))
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    steps = {line["step"]: line for line in lines}
    assert list(steps) == ["read", "check", "adjacency", "import", "repair", "simplify", "total"]
    assert all(line["rows"] == 4 and line["cpu_s"] >= 0 and line["machine"] for line in lines)
    assert steps["adjacency"]["pairs"] == 4
    assert done.returncode == 0


def test_a_bad_row_shows_in_the_exit_code(tmp_path: Path) -> None:
    """One village without a border."""
    done = _run(world.write_geojson(tmp_path / "a.geojson", world.features(a={"geometry": None})))
    assert done.returncode == 1
    assert json.loads(done.stdout.splitlines()[1])["bad"] == 1
