"""The whole chain on real land: 70 barangays and real roads of Legazpi City, by command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from examples.legazpi import write_tables
from gridmgr.cli import main
from gridmgr.cli.common import Day
from gridmgr.geo.villages import read_villages

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "legazpi"
DAY = "2026-03-02"

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not SHARED.is_dir(), reason="real data of Legazpi is not beside the project"),
]


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., Any]:
    """Runs a command on a database of its own; with --json gives the document."""

    def call(*words: str) -> Any:
        result = CliRunner().invoke(main, ["--db", str(tmp_path / "city.db"), *words])
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout) if "--json" in words else result.stdout

    return call


def test_from_real_polygons_to_published_routes_and_a_gap_report(
    run: Callable[..., Any], tmp_path: Path
) -> None:
    """Import, assign, roster, plan, publish, verify, report; each step's answer is looked at."""
    villages = read_villages(SHARED / "barangays.geojson").villages
    run("init")
    report = run("import", "villages", str(SHARED / "barangays.geojson"), "--json")
    assert (report["read"], report["imported"], report["rejected"]) == (70, 70, [])
    assert report["adjacent_pairs"] > 100
    assert run("import", "roads", str(SHARED / "roads.osm.pbf"), "--json")["imported"] > 2000
    day = Day().convert(DAY, None, None)
    for path in write_tables(villages, tmp_path / "tables", day=day):
        assert run("import", path.stem, str(path), "--json")["rejected"] == []

    ownership = run("assign", "--publish", "--json")["townships"][0]
    leads = [r["village"] for r in ownership["responsibilities"] if r["role"] == "lead"]
    assert ownership["status"] == "OPTIMAL"
    assert sorted(leads) == sorted(village.code for village in villages)

    roster = run("roster", "--from", DAY, "--to", DAY, "--json")["days"][0]
    assert roster["squads"]
    assert not any(squad["patrol_only"] for squad in roster["squads"])

    plan = run("plan", "--date", DAY, "--seconds", "2", "--publish", "--json")["townships"][0]
    assert plan["travel_method"] == "embedded"
    visited = [visit["place"] for squad in plan["squads"] for visit in squad["visits"]]
    assert len(visited) == len(set(visited)) > 20
    assert all(item["reason"] for item in plan["unassigned"])
    assert plan["squads"][0]["visits"][0]["arrive"].endswith("+08:00")

    check = run("verify", "--date", DAY, "--json")["townships"][0]
    assert (check["published"], check["valid"]) == (True, True)

    out = tmp_path / "coverage.html"
    run("report", "coverage", "--from", "2026-02-23", "--to", DAY, "--out", str(out))
    assert villages[0].name in out.read_text(encoding="utf-8")
