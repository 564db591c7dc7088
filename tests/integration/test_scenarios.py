"""Ownership by several weights side by side."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_world import VILLAGES, Cli, office_files


@pytest.fixture(scope="module")
def cli(tmp_path_factory: pytest.TempPathFactory) -> Cli:
    """A township with ownership in force, planned for short ways."""
    folder = tmp_path_factory.mktemp("scenarios")
    cli = Cli(Path(folder / "grid.db"))
    cli.import_all(office_files(folder / "files"))
    cli.json("assign", "--scenario", "near", "--publish")
    return cli


def test_each_scenario_is_best_at_what_it_is_for(cli: Cli) -> None:
    """Stability changes nothing, even loads are no less even, near is no farther; all cover as much."""
    rows = {row["scenario"]: row for row in cli.json("assign", "--scenarios")["scenarios"]}
    assert set(rows) == {"usual", "even", "stable", "near"}
    assert {row["status"] for row in rows.values()} == {"OPTIMAL"}
    assert {row["led"] + row["uncovered"] for row in rows.values()} == {VILLAGES}
    assert len({row["led"] for row in rows.values()}) == 1
    assert rows["stable"]["changes"] == 0
    assert rows["stable"]["changes"] <= rows["usual"]["changes"]
    assert rows["near"]["minutes"] <= rows["even"]["minutes"]


def test_the_scenario_picked_becomes_the_draft(cli: Cli) -> None:
    """What was compared is what is planned: the stable one keeps every lead in force."""
    before = cli.json("assign", "--scenario", "stable")["townships"][0]["responsibilities"]
    again = cli.json("assign", "--scenario", "stable", "--publish")["townships"][0]["responsibilities"]
    assert [(r["officer"], r["village"]) for r in before] == [(r["officer"], r["village"]) for r in again]
