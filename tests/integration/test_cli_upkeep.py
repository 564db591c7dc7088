"""`gridmgr init`, `user`, `doctor`, `backup`, `restore`, `demo`, and help for every command."""

from __future__ import annotations

import json
import re
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
import pytest
from cli_world import Cli, office_files

from gridmgr.bootstrap import build_context
from gridmgr.cli import main
from gridmgr.config import Config
from gridmgr.services.accounts import list_users, log_in

GOOD = "Walk-the-walk-99"
#: Commands CONTRACT names that Step 1 has.
PROMISED = (
    "init",
    "demo",
    "import villages",
    "import agencies",
    "import officers",
    "import catalogue",
    "import places",
    "import attendance",
    "import incidents",
    "import roads",
    "templates",
    "assign",
    "roster",
    "plan",
    "verify",
    "report coverage",
    "map",
    "user add",
    "serve",
    "worker",
    "doctor",
    "backup",
    "restore",
)


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    """The program over an empty database."""
    program = Cli(tmp_path / "grid.db")
    assert program("init").exit_code == 0
    return program


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Cli, str]:
    """A small demo, and what building it printed."""
    program = Cli(tmp_path_factory.mktemp("demo") / "demo.db")
    done = program("demo", "--no-serve", "--villages", "12", "--townships", "1", "--seed", "4")
    assert done.exit_code == 0
    return program, done.stdout


def leaves(command: click.Command, name: str = "") -> list[tuple[str, click.Command]]:
    """Every command that does something, by its whole name."""
    if not isinstance(command, click.Group):
        return [(name.strip(), command)]
    return [leaf for word, sub in command.commands.items() for leaf in leaves(sub, f"{name} {word}")]


LEAVES = dict(leaves(main))


@pytest.mark.parametrize("name", PROMISED)
def test_every_promised_command_exists(name: str) -> None:
    """Other people's scripts hold on to these names."""
    assert name in LEAVES


@pytest.mark.parametrize("name", LEAVES)
def test_every_command_has_help(cli: Cli, name: str) -> None:
    """What it does in a sentence; every option but --help explains or names itself."""
    done = cli(*name.split(), "--help")
    assert done.exit_code == 0
    assert "Usage: " in done.stdout
    assert re.search(r"^  [A-Z].*", done.stdout, re.MULTILINE)
    assert LEAVES[name].get_short_help_str()


@pytest.mark.parametrize("name", [name for name in LEAVES if name not in ("templates",)])
def test_every_command_takes_the_database_after_its_name(name: str) -> None:
    """``--db URL`` everywhere but where no database is used."""
    assert "--db" in [text for param in LEAVES[name].params for text in param.opts]


def test_the_database_may_be_named_after_the_command(tmp_path: Path, cli: Cli) -> None:
    """It wins over the one before."""
    other = tmp_path / "other.db"
    assert cli("init", "--db", other).exit_code == 0
    assert other.is_file()


def test_init_may_be_run_again(cli: Cli) -> None:
    """Nothing in the database is lost."""
    add_admin(cli)
    assert cli("init").exit_code == 0
    assert users(cli) == ["boss"]


def add_admin(cli: Cli) -> None:
    """An administrator named boss."""
    assert cli("user", "add", "boss", "--role", "admin", "--password", GOOD).exit_code == 0


def users(cli: Cli) -> list[str]:
    """Names of all accounts."""
    ctx = build_context(Config(database=str(cli.database)))
    try:
        return [user.name for user in list_users(ctx)]
    finally:
        ctx.storage.close()


def test_a_user_can_log_in_with_the_password_given(cli: Cli) -> None:
    """Asked for twice when not given on the line."""
    done = cli("user", "add", "boss", "--role", "admin", answer=f"{GOOD}\n{GOOD}\n")
    assert done.exit_code == 0
    assert GOOD not in done.output
    ctx = build_context(Config(database=str(cli.database)))
    assert log_in(ctx, "boss", GOOD).user.role == "admin"
    ctx.storage.close()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--role", "planner"], "township_code"),
        (["--role", "planner", "--township", "nowhere"], "nowhere"),
        (["--role", "department", "--agency", "no-such-agency"], "no-such-agency"),
        (["--role", "lead", "--password", "short"], "short"),
    ],
)
def test_a_user_that_cannot_be_is_refused(cli: Cli, words: list[str], said: str) -> None:
    """Nobody is added."""
    password = [] if "--password" in words else ["--password", GOOD]
    assert said in cli.refused("user", "add", "zhang", *words, *password)
    assert users(cli) == []


def test_a_user_is_added_once_and_a_role_has_to_exist(cli: Cli) -> None:
    """1 for a name that is taken, 2 for a role there is not."""
    add_admin(cli)
    assert "boss" in cli.refused("user", "add", "boss", "--role", "lead", "--password", GOOD)
    assert cli("user", "add", "king", "--role", "king", "--password", GOOD).exit_code == 2
    assert users(cli) == ["boss"]


def test_doctor_finds_everything_in_place(demo: tuple[Cli, str]) -> None:
    """Python, SQLite, front-end files, database, audit trail, roads, key."""
    findings = demo[0].json("doctor")
    assert {f["what"]: f["state"] for f in findings if f["what"] != "sqlite"} == {
        "python": "ok",
        "front-end": "ok",
        "database": "ok",
        "audit": "ok",
        "roads": "ok",
        "wechat": "ok",
        # The demo's key was not copied anywhere.
        "contact-key": "note",
    }
    assert all(set(f) == {"what", "state", "say"} and f["say"] for f in findings)


@pytest.mark.parametrize("words", ["doctor", "doctor --json"])
def test_doctor_fails_without_a_database(tmp_path: Path, words: str) -> None:
    """Missing, or a file that is something else; it never makes one."""
    missing = Cli(tmp_path / "none.db")
    assert missing(*words.split()).exit_code == 1
    assert not missing.database.exists()
    missing.database.write_text("something else, long enough to be looked at " * 20)
    done = missing(*words.split())
    assert done.exit_code == 1
    assert "database" in done.stdout


def test_doctor_sees_that_the_audit_trail_was_altered(demo: tuple[Cli, str], tmp_path: Path) -> None:
    """Exit 1, and which event is the first."""
    cli = Cli(Path(shutil.copy(demo[0].database, tmp_path / "altered.db")))
    ctx = build_context(Config(database=str(cli.database)))
    with ctx.storage.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE audit_event SET actor = 'nobody' WHERE seq = 2")
    ctx.storage.close()
    done = cli("doctor", "--json")
    assert done.exit_code == 1
    assert {f["what"]: f["state"] for f in json.loads(done.stdout)}["audit"] == "bad"


def test_a_backup_brings_everything_back(cli: Cli, tmp_path: Path) -> None:
    """What came later is gone, what was there is there; elsewhere it becomes the same database."""
    add_admin(cli)
    copy = tmp_path / "copy.db"
    assert cli("backup", copy).exit_code == 0
    cli("user", "add", "later", "--role", "lead", "--password", GOOD)
    assert "--yes" in cli.refused("restore", copy)
    assert users(cli) == ["boss", "later"]
    assert cli("restore", copy, "--yes").exit_code == 0
    assert users(cli) == ["boss"]
    moved = Cli(tmp_path / "moved.db")
    assert moved("restore", copy).exit_code == 0
    assert users(moved) == ["boss"]
    assert cli("doctor").exit_code == 0


def test_a_backup_never_overwrites_a_file(cli: Cli, tmp_path: Path) -> None:
    """Nor is one left half-written where it cannot be."""
    taken = tmp_path / "taken"
    taken.write_text("precious")
    assert "taken" in cli.refused("backup", taken)
    assert taken.read_text() == "precious"
    assert "nowhere" in cli.refused("backup", tmp_path / "nowhere" / "copy.db")


@pytest.mark.parametrize("content", [None, b"", b"something else " * 100])
def test_what_is_no_backup_is_refused_and_the_database_kept(
    cli: Cli, tmp_path: Path, content: bytes | None
) -> None:
    """A missing, an empty and a foreign file."""
    add_admin(cli)
    source = tmp_path / "source"
    if content is not None:
        source.write_bytes(content)
    assert "source" in cli.refused("restore", source, "--yes")
    assert users(cli) == ["boss"]


@pytest.mark.parametrize("words", ["init", "assign", "backup copy.db", "worker", "demo --no-serve"])
def test_a_database_that_is_none_is_refused_in_words(tmp_path: Path, words: str) -> None:
    """A file that is something else, a folder that is not there, an address of nothing."""
    junk = tmp_path / "junk.db"
    junk.write_text("something else, long enough to be looked at " * 20)
    for database in (junk, tmp_path / "no" / "such.db", "foo://bar"):
        said = Cli(database)(*words.split())  # type: ignore[arg-type]  # an address is no path
        assert said.exit_code == 1
        assert said.stderr.startswith("gridmgr: ")
        assert str(database) in said.stderr
    assert "something else" in junk.read_text()


def test_the_demo_plans_its_day_and_prints_its_logins(demo: tuple[Cli, str]) -> None:
    """One for every role, with its password; today's plan is lawful."""
    cli, said = demo
    for name in ("planner", "officer", "department", "lead", "admin"):
        assert re.search(rf"^  {name} +\S+ +{name}", said, re.MULTILINE), name
    assert re.search(r"[1-9]\d* squads, [1-9]\d* stops planned and published", said)
    assert "Serving" not in said
    ctx = build_context(Config(database=str(cli.database)))
    today = ctx.clock.today()
    ctx.storage.close()
    (township,) = cli.json("verify", "--date", today)["townships"]
    assert (township["published"], township["valid"]) == (True, True)


def test_the_demo_is_built_once(demo: tuple[Cli, str], tmp_path: Path) -> None:
    """The same again is there already; another one takes its place."""
    cli = Cli(Path(shutil.copy(demo[0].database, tmp_path / "demo.db")))
    same = cli("demo", "--no-serve", "--villages", "12", "--townships", "1", "--seed", "4")
    assert "there already" in same.stdout
    assert "Demo logins" in same.stdout
    other = cli("demo", "--no-serve", "--villages", "10", "--townships", "1", "--seed", "4")
    assert "Building the demo county of 10 villages" in other.stdout
    assert len(past(cli)["villages"]) == 10


def test_the_same_seed_builds_the_same_demo(demo: tuple[Cli, str], tmp_path: Path) -> None:
    """Villages, people and four weeks of past, to the last digit; another seed another one."""
    again = Cli(tmp_path / "again.db")
    again("demo", "--no-serve", "--villages", "12", "--townships", "1", "--seed", "4")
    assert past(again) == past(demo[0])
    other = Cli(tmp_path / "other.db")
    other("demo", "--no-serve", "--villages", "12", "--townships", "1", "--seed", "5")
    assert past(other)["officers"] != past(demo[0])["officers"]


def past(cli: Cli) -> dict[str, Any]:
    """What the demo is made of."""
    ctx = build_context(Config(database=str(cli.database)))
    with ctx.storage.read() as uow:
        today = ctx.clock.today()
        found = {
            "villages": uow.villages.find(),
            "officers": uow.officers.find(),
            "places": uow.places.find(),
            "check_ins": uow.check_ins.between(today - timedelta(days=60), today),
            "incidents": uow.incidents.search(),
        }
    ctx.storage.close()
    assert all(found.values())
    return found


def test_the_demo_does_not_mix_with_an_offices_data(cli: Cli, tmp_path: Path) -> None:
    """Refused, and nothing is lost."""
    files = office_files(tmp_path / "files")
    cli.json("import", "villages", files / "villages.geojson")
    assert "demo" in cli.refused("demo", "--no-serve", "--villages", "12")
    assert cli.json("import", "villages", files / "villages.geojson")["unchanged"] == 12


@pytest.mark.parametrize(
    "words", ["--villages 1", "--villages many", "--seed -1", "--townships 0", "--port 0", "--port 70000"]
)
def test_a_demo_that_cannot_be_is_wrong_usage(cli: Cli, words: str) -> None:
    """Exit 2."""
    assert cli("demo", "--no-serve", *words.split()).exit_code == 2
