"""`gridmgr import` and `templates`: what they print, twice changes nothing, all or nothing, exit codes."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from cli_world import TABLES, VILLAGES, Cli, office_files

from gridmgr.bootstrap import build_context
from gridmgr.config import Config

#: What CONTRACT promises of every import's document; villages add one more.
KEYS = {"read", "imported", "rejected", "repaired", "warnings"}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office's import files."""
    return office_files(tmp_path_factory.mktemp("office"))


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    """The program over an empty database."""
    program = Cli(tmp_path / "grid.db")
    assert program("init").exit_code == 0
    return program


def spoilt(files: Path, kind: str, folder: Path, **values: str) -> Path:
    """A copy of a table whose second row has other values."""
    with (files / f"{kind}.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    rows[1].update(values)
    path = folder / f"{kind}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def spoilt_villages(files: Path, folder: Path) -> Path:
    """The villages, the second without a border."""
    collection = json.loads((files / "villages.geojson").read_text(encoding="utf-8"))
    collection["features"][1]["geometry"] = None
    path = folder / "villages.geojson"
    path.write_text(json.dumps(collection), encoding="utf-8")
    return path


def counts(cli: Cli) -> dict[str, int]:
    """How many of everything the database holds."""
    ctx = build_context(Config(database=str(cli.database)))
    with ctx.storage.read() as uow:
        found = {
            "villages": uow.villages.count(),
            "agencies": uow.agencies.count(),
            "officers": uow.officers.count(),
            "places": uow.places.count(),
        }
    ctx.storage.close()
    return found


def test_importing_everything_twice_changes_nothing(cli: Cli, files: Path) -> None:
    """Each file says first that all is imported, then that all is unchanged."""
    paths = {"villages": files / "villages.geojson", **{kind: files / f"{kind}.csv" for kind in TABLES}}
    paths["roads"] = files / "roads.osm.gz"
    first = {kind: cli.json("import", kind, path) for kind, path in paths.items()}
    held = counts(cli)
    second = {kind: cli.json("import", kind, path) for kind, path in paths.items()}
    for kind in paths:
        assert set(first[kind]) >= KEYS, kind
        assert first[kind]["rejected"] == []
        assert first[kind]["imported"] == first[kind]["read"] > 0, kind
        assert (second[kind]["imported"], second[kind]["unchanged"]) == (0, first[kind]["read"]), kind
    assert first["villages"]["read"] == VILLAGES
    assert first["villages"]["adjacent_pairs"] > VILLAGES
    assert counts(cli) == held


def test_a_dry_run_says_what_would_happen_and_writes_nothing(cli: Cli, files: Path) -> None:
    """For villages, tables and roads."""
    villages = cli.json("import", "villages", files / "villages.geojson", "--dry-run")
    assert (villages["imported"], villages["dry_run"]) == (VILLAGES, True)
    assert cli.json("import", "roads", files / "roads.osm.gz", "--dry-run")["imported"] > 0
    assert counts(cli)["villages"] == 0
    cli.json("import", "villages", files / "villages.geojson")
    assert cli.json("import", "agencies", files / "agencies.csv", "--dry-run")["imported"] > 0
    assert counts(cli)["agencies"] == 0
    assert "roads" in cli("doctor").stdout
    assert "note  roads" in cli("doctor").stdout


def test_one_bad_village_keeps_all_out_and_is_named(cli: Cli, files: Path, tmp_path: Path) -> None:
    """Exit 1, imported 0, the row and the reason in the document."""
    done = cli("import", "villages", spoilt_villages(files, tmp_path), "--json")
    assert done.exit_code == 1
    report = json.loads(done.stdout)
    assert report["imported"] == 0
    assert [set(item) >= {"row", "code", "reason"} for item in report["rejected"]] == [True]
    assert report["rejected"][0]["row"] == 2
    assert report["rejected"][0]["code"]
    assert counts(cli)["villages"] == 0


def test_skip_bad_takes_the_good_villages_and_lists_the_rest(cli: Cli, files: Path, tmp_path: Path) -> None:
    """Exit 0: what was asked for was done."""
    report = cli.json("import", "villages", spoilt_villages(files, tmp_path), "--skip-bad")
    assert (report["imported"], len(report["rejected"])) == (VILLAGES - 1, 1)
    assert counts(cli)["villages"] == VILLAGES - 1


@pytest.mark.parametrize(
    ("kind", "values", "named"),
    [
        ("officers", {"派驻机构代码": "no-such-agency"}, "no-such-agency"),
        ("officers", {"乡镇代码": "999999999"}, "999999999"),
        ("places", {"经度": "0", "纬度": "0"}, "0"),
        ("attendance", {"日期": "2026-02-30"}, "2026-02-30"),
        ("catalogue", {"类别": "其他"}, "其他"),
        ("incidents", {"上报时间": "yesterday"}, "yesterday"),
    ],
)
def test_one_bad_row_keeps_a_table_out_and_is_named(
    cli: Cli, files: Path, tmp_path: Path, kind: str, values: dict[str, str], named: str
) -> None:
    """With its row and value; --skip-bad then takes the others."""
    cli.json("import", "villages", files / "villages.geojson")
    for before in TABLES[: TABLES.index(kind)]:
        cli.json("import", before, files / f"{before}.csv")
    path = spoilt(files, kind, tmp_path, **values)
    done = cli("import", kind, path, "--json")
    report = json.loads(done.stdout)
    assert (done.exit_code, report["imported"], report["rejected"][0]["row"]) == (1, 0, 2)
    assert named in str(report["rejected"][0]["value"]) + report["rejected"][0]["reason"]
    words = cli("import", kind, path)
    assert "nothing was imported" in words.stderr
    skipped = cli.json("import", kind, path, "--skip-bad")
    assert skipped["imported"] == skipped["read"] - 1


def test_rows_are_named_in_chinese_for_who_wants_it(cli: Cli, files: Path, tmp_path: Path) -> None:
    """``--lang zh`` puts reasons into Chinese."""
    done = cli("import", "villages", spoilt_villages(files, tmp_path), "--json", language="zh")
    reason = json.loads(done.stdout)["rejected"][0]["reason"]
    assert any("\u4e00" <= sign <= "\u9fff" for sign in reason)


@pytest.mark.parametrize("kind", ["villages", "roads", *TABLES])
def test_a_file_that_is_not_there_is_refused(cli: Cli, kind: str, tmp_path: Path) -> None:
    """In words, with the path, and nothing on stdout, be it --json or not."""
    missing = tmp_path / "missing.csv"
    for words in ([], ["--json"]):
        assert "missing.csv" in cli.refused("import", kind, missing, *words)


@pytest.mark.parametrize("kind", ["villages", "roads", *TABLES])
def test_an_empty_file_is_refused(cli: Cli, kind: str, tmp_path: Path) -> None:
    """Of whatever kind."""
    suffix = {"villages": "geojson", "roads": "osm"}.get(kind, "csv")
    empty = tmp_path / f"empty.{suffix}"
    empty.touch()
    assert cli.refused("import", kind, empty, "--json").startswith("gridmgr: ")


def test_columns_and_crs_can_be_named(cli: Cli, files: Path, tmp_path: Path) -> None:
    """--map takes our field and the file's column, --crs what the file does not say."""
    collection = json.loads((files / "villages.geojson").read_text(encoding="utf-8"))
    for feature in collection["features"]:
        feature["properties"]["SOMETHING"] = feature["properties"].pop("name", None) or feature[
            "properties"
        ].pop("村名称")
    path = tmp_path / "villages.geojson"
    path.write_text(json.dumps(collection), encoding="utf-8")
    assert cli("import", "villages", path).exit_code == 1
    report = cli.json("import", "villages", path, "--map", "name=SOMETHING", "--crs", "EPSG:4326")
    assert report["imported"] == VILLAGES
    assert "target=column" in cli.refused("import", "villages", path, "--map", "nonsense")


def test_templates_are_written_and_filled_ones_can_be_imported(cli: Cli, files: Path, tmp_path: Path) -> None:
    """A workbook for every table, with the headers the import reads."""
    done = cli("templates", tmp_path / "empty")
    assert done.exit_code == 0
    written = {Path(line).stem: Path(line) for line in done.stdout.split()}
    assert set(TABLES) <= set(written)
    cli.json("import", "villages", files / "villages.geojson")
    report = fill(written["agencies"], files / "agencies.csv", cli)
    assert report["imported"] == report["read"] > 0
    assert report["unknown_columns"] == []


def fill(template: Path, table: Path, cli: Cli) -> dict[str, Any]:
    """Write a table's rows below the template's headers and import it."""
    book = openpyxl.load_workbook(template)
    sheet = book.worksheets[0]
    headers = [cell.value for cell in sheet[1]]
    with table.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    for at, row in enumerate(rows, start=2):
        for column, header in enumerate(headers, start=1):
            sheet.cell(at, column, row.get(str(header)) or None)
    book.save(template)
    report: dict[str, Any] = cli.json("import", template.stem, template)
    return report


def test_templates_can_have_english_headers(cli: Cli, tmp_path: Path) -> None:
    """For offices that keep their tables in English."""
    cli("templates", tmp_path, "--headers", "en")
    header = [cell.value for cell in openpyxl.load_workbook(tmp_path / "officers.xlsx").worksheets[0][1]]
    assert {"id", "name", "agency_code"} <= set(header)


def test_templates_in_a_place_that_cannot_be_are_refused(cli: Cli, tmp_path: Path) -> None:
    """Below a file there is no directory; a path that is a file is wrong usage."""
    file = tmp_path / "file"
    file.touch()
    assert str(file / "x") in cli.refused("templates", file / "x")
    assert cli("templates", file).exit_code == 2
