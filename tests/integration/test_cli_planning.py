"""`gridmgr assign`, `roster`, `plan`, `verify`, `report`, `map`: documents, files and exit codes."""

from __future__ import annotations

import json
import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from cli_world import TODAY, VILLAGES, Cli, office_files

from gridmgr.bootstrap import build_context
from gridmgr.config import Config

DAY = TODAY.isoformat()
NEXT = (TODAY + timedelta(days=1)).isoformat()
TOWNSHIP = "419921100"
#: Long enough for twelve villages; the engine's own limit of work ends sooner.
SECONDS = ("--seconds", "2")


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with everything imported and nothing planned."""
    folder = tmp_path_factory.mktemp("imported")
    cli = Cli(folder / "grid.db")
    cli.import_all(office_files(folder / "files"))
    return cli.database


@pytest.fixture(scope="module")
def planned(imported: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Cli, dict[str, Any]]:
    """The same with ownership, two days of squads and a day of routes, and what the commands printed."""
    cli = copy_of(imported, tmp_path_factory.mktemp("planned"))
    printed = {
        "assign": cli.json("assign", "--publish"),
        "roster": cli.json("roster", "--from", DAY, "--to", NEXT),
        "plan": cli.json("plan", "--date", DAY, *SECONDS, "--publish"),
    }
    return cli, printed


def copy_of(database: Path, folder: Path) -> Cli:
    """The program over a copy of a database."""
    return Cli(Path(shutil.copy(database, folder / "grid.db")))


@pytest.fixture
def cli(imported: Path, tmp_path: Path) -> Cli:
    """The program over a copy of the imported database."""
    return copy_of(imported, tmp_path)


def attendance(folder: Path, status: str, *officers: str, day: str = DAY) -> Path:
    """A table that gives officers the same status on a day."""
    rows = [f"{day},{officer},{status}" for officer in officers]
    path = folder / "attendance.csv"
    path.write_text("\n".join(["date,officer_id,status", *rows]), encoding="utf-8")
    return path


def officers_of(files: Path) -> list[str]:
    """Ids of all officers in the import files."""
    lines = (files / "officers.csv").read_text(encoding="utf-8-sig").splitlines()
    return [line.split(",")[0] for line in lines[1:]]


def test_every_village_has_one_lead_in_the_document(planned: tuple[Cli, dict[str, Any]]) -> None:
    """With the proof: optimal, objective equal to the bound."""
    (township,) = planned[1]["assign"]["townships"]
    assert set(township) >= {
        "township",
        "status",
        "objective",
        "bound",
        "seconds",
        "responsibilities",
        "unassigned",
        "why",
    }
    assert (township["township"], township["status"]) == (TOWNSHIP, "OPTIMAL")
    assert township["bound"] == pytest.approx(township["objective"], rel=1e-3)
    assert {item["role"] for item in township["responsibilities"]} <= {"lead", "support"}
    leads = [item["village"] for item in township["responsibilities"] if item["role"] == "lead"]
    uncovered = [item["village"] for item in township["unassigned"]]
    assert len(set(leads)) == len(leads)
    assert len(leads) + len(uncovered) == VILLAGES
    assert all(item["reason"] for item in township["unassigned"])


def test_the_roster_has_a_document_a_day(planned: tuple[Cli, dict[str, Any]]) -> None:
    """Squads with a leader among their members, and the agencies that sent nobody."""
    days = planned[1]["roster"]["days"]
    assert [(day["date"], day["township"]) for day in days] == [(DAY, TOWNSHIP), (NEXT, TOWNSHIP)]
    for day in days:
        assert day["squads"]
        assert all({"agency", "reason"} <= set(item) for item in day["short"])
        for squad in day["squads"]:
            assert squad["leader"] in squad["members"]
            assert squad["patrol_only"] == (squad["reason"] is not None)


def test_the_plan_has_routes_with_times_that_carry_their_offset(planned: tuple[Cli, dict[str, Any]]) -> None:
    """Arrive, start, leave in order; squads those of the roster; what is left out with reason and remedy."""
    plan = planned[1]["plan"]
    (township,) = plan["townships"]
    assert plan["date"] == DAY
    assert set(township) >= {
        "township",
        "status",
        "seed",
        "engine",
        "prize",
        "travel_minutes",
        "squads",
        "unassigned",
    }
    assert township["seed"] == 1
    assert township["travel_minutes"] > 0
    rostered = {squad["id"]: squad["members"] for squad in planned[1]["roster"]["days"][0]["squads"]}
    assert {squad["id"]: squad["members"] for squad in township["squads"]} == rostered
    visits = [visit for squad in township["squads"] for visit in squad["visits"]]
    assert len(visits) > VILLAGES / 2
    for visit in visits:
        times = [datetime.fromisoformat(visit[name]) for name in ("arrive", "start", "leave")]
        assert times == sorted(times)
        assert all(moment.utcoffset() == timedelta(hours=8) for moment in times)
    for item in township["unassigned"]:
        assert item["reason"]
        assert item["relax"]
        assert all(isinstance(words, str) and words for words in item["relax"])


def test_a_plan_varied_on_purpose_is_lawful_and_says_what_it_gave_up(
    planned: tuple[Cli, dict[str, Any]], tmp_path: Path
) -> None:
    """Within the bound, with departures later than the shift's begin; `verify` finds nothing."""
    cli = copy_of(planned[0].database, tmp_path)
    ctx = build_context(Config(database=str(cli.database)))
    with ctx.storage.write("test") as uow:
        # What is drawn depends on the office's secret.
        uow.settings.put("unpredictability", "ab" * 32)
        uow.record("test.secret", "settings", "unpredictability")
        uow.commit()
    ctx.storage.close()
    (township,) = cli.json("plan", "--date", DAY, *SECONDS, "--vary", "5", "--publish")["townships"]
    assert any("at most 5 %" in note for note in township["notes"])
    departures = [datetime.fromisoformat(s["departs"]) for s in township["squads"] if s["departs"]]
    assert departures
    assert all(moment.utcoffset() == timedelta(hours=8) for moment in departures)
    assert all(squad["departs"] is None for squad in planned[1]["plan"]["townships"][0]["squads"])
    (checked,) = cli.json("verify", "--date", DAY)["townships"]
    assert (checked["valid"], checked["findings"]) == (True, [])
    for wrong in ("10.5", "-1", "nan"):
        assert cli("plan", "--date", DAY, "--vary", wrong).exit_code == 2


def test_verify_finds_the_stored_plan_valid(planned: tuple[Cli, dict[str, Any]]) -> None:
    """And a day nobody planned empty."""
    cli, _ = planned
    checked = cli.json("verify", "--date", DAY)
    assert checked["townships"] == [{"township": TOWNSHIP, "published": True, "valid": True, "findings": []}]
    assert cli.json("verify", "--date", "2026-04-01") == {"date": "2026-04-01", "townships": []}
    assert "nothing is planned" in cli("verify", "--date", "2026-04-01").stdout


def test_verify_fails_when_a_hard_rule_is_broken(planned: tuple[Cli, dict[str, Any]], tmp_path: Path) -> None:
    """A leader who fell ill after publishing is still in a squad: exit 1, and the squad is named."""
    cli = copy_of(planned[0].database, tmp_path)
    squad = planned[1]["plan"]["townships"][0]["squads"][0]
    cli.json("import", "attendance", attendance(tmp_path, "病假", squad["leader"]), "--update")
    done = cli("verify", "--date", DAY, "--json")
    (township,) = json.loads(done.stdout)["townships"]
    assert done.exit_code == 1
    assert township["valid"] is False
    assert squad["id"] in [finding["squad"] for finding in township["findings"] if finding["hard"]]
    assert "1 rules broken" in cli("verify", "--date", DAY).stdout


def test_a_plan_file_is_scored_without_being_kept(
    planned: tuple[Cli, dict[str, Any]], tmp_path: Path
) -> None:
    """What `plan --json` printed scores as printed; a stop done twice is a hard finding and exit 1."""
    cli, printed = planned
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(printed["plan"]), encoding="utf-8")
    found = cli.json("score", "--date", DAY, "--township", TOWNSHIP, file)
    (township,) = printed["plan"]["townships"]
    assert found["valid"] is True
    assert found["violations"] == []
    assert (found["prize"], found["travel_minutes"]) == (township["prize"], township["travel_minutes"])
    squad = next(squad for squad in township["squads"] if squad["visits"])
    place = squad["visits"][0]["place"]
    file.write_text(json.dumps({"squads": [{"id": squad["id"], "stops": [place, place]}]}), encoding="utf-8")
    done = cli("score", "--date", DAY, "--township", TOWNSHIP, file, "--json")
    assert done.exit_code == 1
    assert ("duplicate_stop", squad["id"], place) in [
        (item["code"], item["squad"], item["stop"]) for item in json.loads(done.stdout)["violations"]
    ]
    assert cli.json("score", "--date", DAY, "--township", TOWNSHIP)["prize"] == township["prize"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[", "not valid JSON"),
        ("[]", "has no squads"),
        ('{"townships": [{"township": "other", "squads": []}]}', "has no squads"),
        ('{"squads": [{"id": 3, "stops": []}]}', "Squad 1: id 3"),
        ('{"squads": [{"id": "a", "stops": []}, {"id": "a", "stops": []}]}', "Squad 2: id 'a'"),
        ('{"squads": [{"id": "a", "stops": ["x", 7]}]}', "Squad 1: stop 7"),
        ('{"squads": [{"id": "a", "stops": "x"}]}', "Squad 1: stop 'x'"),
    ],
)
def test_a_file_that_is_no_plan_is_refused_with_its_place(
    planned: tuple[Cli, dict[str, Any]], tmp_path: Path, content: str, said: str
) -> None:
    """Which squad, which value."""
    file = tmp_path / "plan.json"
    file.write_text(content, encoding="utf-8")
    assert said in planned[0].refused("score", "--date", DAY, "--township", TOWNSHIP, file)


def test_the_same_seed_gives_the_same_owners_and_squads(cli: Cli) -> None:
    """From the same data; routes promise it only where the clock does not end their search."""
    first, second = (
        [
            cli.json("assign", "--seed", "3")["townships"][0],
            cli.json("roster", "--from", DAY, "--to", DAY, "--seed", "3")["days"],
        ]
        for _ in range(2)
    )
    assert first[0].pop("seconds") > 0
    assert second[0].pop("seconds") > 0
    assert first == second


def test_plan_forms_the_squads_itself_where_there_is_no_roster(cli: Cli) -> None:
    """And says so where it takes everybody as on duty, for want of attendance."""
    (township,) = cli.json("plan", "--date", "2026-05-04", *SECONDS)["townships"]
    assert township["squads"]
    spoken = cli("plan", "--date", "2026-05-04", *SECONDS)
    assert spoken.exit_code == 0
    assert "2 squads" in spoken.stdout
    assert any("attendance" in note for note in township["notes"])


def test_nobody_on_duty_is_no_feasible_plan(cli: Cli, imported: Path, tmp_path: Path) -> None:
    """Exit 3, the reason on stderr, and with --json a document without that township."""
    everybody = officers_of(imported.parent / "files")
    cli.json("import", "attendance", attendance(tmp_path, "休假", *everybody), "--update")
    done = cli("plan", "--date", DAY, *SECONDS, "--json")
    assert done.exit_code == 3
    assert json.loads(done.stdout) == {"date": DAY, "townships": []}
    assert done.stderr.startswith("gridmgr: ")
    assert cli("plan", "--date", DAY, *SECONDS).exit_code == 3


def test_a_township_without_officers_names_who_is_missing(cli: Cli, tmp_path: Path) -> None:
    """Ownership of nobody is an answer, not a crash; a day without people is none."""
    bare = Cli(tmp_path / "bare.db")
    bare("init")
    office = office_files(tmp_path / "files")
    bare.json("import", "villages", office / "villages.geojson")
    (township,) = bare.json("assign")["townships"]
    assert township["responsibilities"] == []
    assert len(township["unassigned"]) == VILLAGES
    assert township["missing_officers"] >= VILLAGES / 2
    assert bare("plan", "--date", DAY, "--json").exit_code == 3


@pytest.mark.parametrize(
    "words",
    [
        ["assign"],
        ["roster", "--from", DAY, "--to", DAY],
        ["plan", "--date", DAY],
        ["verify", "--date", DAY],
        ["report", "coverage", "--from", DAY, "--to", DAY, "--out", "unused.html"],
        ["map", "--date", DAY, "--out", "unused.html"],
    ],
    ids=lambda words: words[0],
)
def test_an_unknown_township_is_refused(cli: Cli, words: list[str]) -> None:
    """Exit 1, naming it and those that exist."""
    said = cli.refused(*words, "--township", "nowhere")
    assert "nowhere" in said
    assert TOWNSHIP in said


@pytest.mark.parametrize(
    "words",
    [
        ["plan", "--date", "2026-02-30"],
        ["plan", "--date", "02.03.2026"],
        ["plan", "--date", "0001-01-01"],
        ["plan", "--date", "9999-12-31"],
        ["plan", "--date", DAY, "--seconds", "nan"],
        ["plan", "--date", DAY, "--seconds", "0"],
        ["plan", "--date", DAY, "--seed", "-1"],
        ["plan", "--date", DAY, "--seed", "99999999999999999999"],
        ["plan", "--date", DAY, "--engine", "magic"],
        ["plan", "--date", DAY, "--all", "--township", TOWNSHIP],
        ["plan"],
        ["verify", "--date", "today"],
        ["roster", "--from", "2026-13-01", "--to", DAY],
        ["roster", "--from", DAY],
        ["assign", "--seed", "one"],
        ["report", "coverage", "--from", "x", "--to", DAY, "--out", "x.html"],
        ["report", "coverage", "--from", DAY, "--to", DAY],
        ["map", "--date", "x", "--out", "x.html"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_exit_2(cli: Cli, words: list[str]) -> None:
    """Dates that are none, numbers that are none, options that exclude each other or are missing."""
    done = cli(*words)
    assert done.exit_code == 2
    assert done.stdout == ""
    assert "Usage:" in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["roster", "--from", NEXT, "--to", DAY], "in order"),
        (["roster", "--from", DAY, "--to", "2026-12-31"], "at most 62"),
        (["report", "coverage", "--from", NEXT, "--to", DAY, "--out", "x.html"], "before its start"),
        (["report", "coverage", "--from", "2199-01-01", "--to", "2199-01-02", "--out", "x.html"], "2199"),
        (["report", "coverage", "--from", DAY, "--to", DAY, "--out", "x.pdf"], ".geojson"),
        (["report", "coverage", "--from", DAY, "--to", DAY, "--out", "no/such/x.html"], "no/such/x.html"),
        (["map", "--date", DAY, "--out", "x.png"], ".html"),
        (["map", "--date", DAY, "--out", "no/such/x.html"], "no/such/x.html"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else value,
)
def test_what_cannot_be_done_is_refused_in_words(cli: Cli, words: list[str], said: str) -> None:
    """Exit 1 and why."""
    assert said in cli.refused(*words)


def test_an_empty_database_says_what_to_do_first(tmp_path: Path) -> None:
    """Commands for all townships need one."""
    cli = Cli(tmp_path / "empty.db")
    cli("init")
    for words in (["assign"], ["plan", "--date", DAY], ["roster", "--from", DAY, "--to", DAY]):
        assert "import" in cli.refused(*words, "--json").lower()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_coverage_report_comes_as_page_workbook_and_map_data(
    planned: tuple[Cli, dict[str, Any]], tmp_path: Path, language: str
) -> None:
    """Each form holds every village."""
    period = ("--from", "2026-02-23", "--to", DAY, "--language", language)
    paths = {form: tmp_path / f"gaps.{form}" for form in ("html", "xlsx", "geojson")}
    for path in paths.values():
        done = planned[0]("report", "coverage", *period, "--out", path)
        assert done.exit_code == 0
        assert "gaps from 2026-02-23 to 2026-03-02" in done.stdout
    page = paths["html"].read_text(encoding="utf-8")
    assert ('<html lang="en">' in page) == (language == "en")
    features = json.loads(paths["geojson"].read_text(encoding="utf-8"))["features"]
    names = {f["properties"]["name"] for f in features if f["geometry"]["type"] != "Point"}
    cells = {
        cell.value
        for sheet in openpyxl.load_workbook(paths["xlsx"])
        for row in sheet.iter_rows()
        for cell in row
    }
    assert len(names) == VILLAGES
    assert names <= cells
    assert all(name in page for name in names)


def test_the_map_is_one_file_with_the_published_routes_and_the_roads(
    planned: tuple[Cli, dict[str, Any]], tmp_path: Path
) -> None:
    """Nothing is fetched from anywhere."""
    out = tmp_path / "day.html"
    done = planned[0]("map", "--date", DAY, "--township", TOWNSHIP, "--out", out)
    visits = [v for s in planned[1]["plan"]["townships"][0]["squads"] for v in s["visits"]]
    assert done.exit_code == 0
    assert f"{len(visits)} stops" in done.stdout
    page = out.read_text(encoding="utf-8")
    assert all(visit["name"] in page for visit in visits)
    assert "道路" in page
    assert "以直线示意" not in page
    assert "<script src" not in page
    assert "<link" not in page


def test_a_map_of_a_day_that_is_not_published_says_so(
    planned: tuple[Cli, dict[str, Any]], tmp_path: Path
) -> None:
    """A draft is nobody's plan yet: the page has no routes, and stderr tells why."""
    done = planned[0]("map", "--date", NEXT, "--out", tmp_path / "day.html")
    assert done.exit_code == 0
    assert "nothing is published" in done.stderr
