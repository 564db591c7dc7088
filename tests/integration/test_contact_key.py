"""The key of contact data: made at the start, looked at, copied, brought back, changed."""

from __future__ import annotations

import json
import shutil
import stat
from pathlib import Path

import pytest
from cli_world import Cli, office_files
from cryptography.fernet import Fernet

from gridmgr.bootstrap import build_context
from gridmgr.config import Config
from gridmgr.domain.tips import Contact
from gridmgr.services.intake.following import follow
from gridmgr.services.intake.reports import Report, take_report
from gridmgr.services.intake.vault import vault_of

CONTACT = Contact(name="王秀英", phone="13800001234")


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with villages, its key beside it."""
    folder = tmp_path_factory.mktemp("county")
    files = office_files(folder / "files")
    program = Cli(folder / "grid.db")
    assert program("init").exit_code == 0
    program.json("import", "villages", files / "villages.geojson")
    return folder


@pytest.fixture
def cli(county: Path, tmp_path: Path) -> Cli:
    """The program over a copy of the county."""
    for name in ("grid.db", "grid.db.key"):
        shutil.copy(county / name, tmp_path / name)
    return Cli(tmp_path / "grid.db")


def key_of(cli: Cli) -> Path:
    """Where its key is."""
    return cli.database.with_name(f"{cli.database.name}.key")


def tell(cli: Cli, key: str = "k1") -> str:
    """Report something; its receipt."""
    ctx = build_context(Config(database=str(cli.database)))
    report = Report(source="tip", sender_key=key, description="垃圾", place_words="桥头", contact=CONTACT)
    receipt = take_report(ctx, report).receipt
    ctx.storage.close()
    assert receipt is not None
    return receipt


def contacts(cli: Cli) -> list[str]:
    """Telephones that can be read."""
    ctx = build_context(Config(database=str(cli.database)))
    vault = vault_of(ctx)
    with ctx.storage.read() as uow:
        found = [vault.unseal(tip.contact_sealed)["phone"] for tip in uow.tips.find() if tip.contact_sealed]
    ctx.storage.close()
    return found


def finding(cli: Cli) -> tuple[str, str]:
    """What the doctor says of the key."""
    done = cli("doctor", "--json")
    found = next(item for item in json.loads(done.stdout) if item["what"] == "contact-key")
    assert (done.exit_code == 1) == (found["state"] == "bad")
    return found["state"], found["say"]


@pytest.mark.parametrize("command", [["init"], ["demo", "--no-serve", "--villages", "5", "--townships", "1"]])
def test_the_key_is_made_at_the_start_for_its_owner_only(tmp_path: Path, command: list[str]) -> None:
    """And stays the same when it is run again."""
    cli = Cli(tmp_path / "grid.db")
    assert cli(*command).exit_code == 0
    key = key_of(cli)
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    before = key.read_bytes()
    Fernet(before.strip())
    assert cli(*command).exit_code == 0
    assert key.read_bytes() == before


def test_no_file_is_made_where_the_environment_gives_the_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is used, and the doctor says where it comes from."""
    monkeypatch.setenv("GRIDMGR_CONTACT_KEYS", Fernet.generate_key().decode())
    cli = Cli(tmp_path / "grid.db")
    assert cli("init").exit_code == 0
    assert not key_of(cli).exists()
    assert cli("backup", tmp_path / "copy.db").exit_code == 0


def test_init_does_not_make_a_second_key_when_the_first_is_gone(cli: Cli) -> None:
    """It would hide that contacts cannot be opened any more."""
    tell(cli)
    key_of(cli).unlink()
    assert "key" in cli.refused("init")
    assert not key_of(cli).exists()


def test_the_doctor_says_whether_the_key_is_copied_right_and_there(cli: Cli, tmp_path: Path) -> None:
    """Each with what to do."""
    tell(cli)
    assert finding(cli)[0] == "note"
    assert "gridmgr backup" in finding(cli)[1]
    assert cli("backup", tmp_path / "copy.db").exit_code == 0
    state, said = finding(cli)
    assert state == "ok"
    assert "all 2 sealed" in said
    key = key_of(cli)
    key.chmod(0o640)
    assert finding(cli)[0] == "bad"
    assert "chmod 600" in finding(cli)[1]
    key.chmod(0o600)
    right = key.read_text()
    key.write_text(Fernet.generate_key().decode())
    assert finding(cli)[0] == "bad"
    assert "2 of 2" in finding(cli)[1]
    key.write_text("no key at all")
    assert finding(cli)[0] == "bad"
    assert "no key at all" not in finding(cli)[1]
    key.unlink()
    assert finding(cli)[0] == "bad"
    assert str(key) in finding(cli)[1]
    key.write_text(right)
    key.chmod(0o600)
    assert finding(cli)[0] == "ok"


def test_what_is_restored_elsewhere_opens_again(cli: Cli, tmp_path: Path) -> None:
    """Receipts and telephones; the copy of the database alone tells nothing."""
    receipt = tell(cli)
    copy = tmp_path / "copies" / "copy.db"
    copy.parent.mkdir()
    done = cli("backup", copy)
    assert done.exit_code == 0
    assert "keep it apart" in done.stderr
    key = copy.with_name("copy.db.key")
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert b"13800001234" not in copy.read_bytes()
    assert key.read_bytes().strip() not in copy.read_bytes()
    moved = Cli(tmp_path / "elsewhere" / "moved.db")
    moved.database.parent.mkdir()
    back = moved("restore", copy)
    assert back.exit_code == 0, back.output
    assert "2 of 2 sealed receipts and contacts open again" in back.stdout
    assert contacts(moved) == ["13800001234"]
    assert stat.S_IMODE(key_of(moved).stat().st_mode) == 0o600
    ctx = build_context(Config(database=str(moved.database)))
    assert follow(ctx, receipt).state == "received"
    ctx.storage.close()
    assert finding(moved)[0] == "ok"


def test_a_copy_whose_key_is_missing_is_refused_unless_contacts_are_given_up(
    cli: Cli, tmp_path: Path
) -> None:
    """Nothing is replaced; the key may also be named."""
    tell(cli)
    copy, apart = tmp_path / "copy.db", tmp_path / "safe" / "key"
    apart.parent.mkdir()
    assert cli("backup", copy, "--no-key").exit_code == 0
    assert not (tmp_path / "copy.db.key").exists()
    assert cli("contact-key", "copy", apart).exit_code == 0
    moved = Cli(tmp_path / "moved.db")
    assert "2 of 2 sealed values" in moved.refused("restore", copy)
    assert not moved.database.exists()
    assert not key_of(moved).exists()
    assert moved("restore", copy, "--key-file", apart).exit_code == 0
    assert contacts(moved) == ["13800001234"]
    bare = Cli(tmp_path / "bare.db")
    assert "0 of 2" in bare("restore", copy, "--without-contacts").stdout
    assert finding(bare)[0] == "bad"


def test_an_older_copy_comes_back_over_a_database_with_another_key(cli: Cli, tmp_path: Path) -> None:
    """Both keys are there then, the copy's first."""
    tell(cli)
    copy = tmp_path / "copy.db"
    cli("backup", copy)
    other = Cli(tmp_path / "other.db")
    assert other("init").exit_code == 0
    own = key_of(other).read_text().strip()
    assert other("restore", copy, "--yes").exit_code == 0
    assert contacts(other) == ["13800001234"]
    assert key_of(other).read_text().split() == [key_of(cli).read_text().strip(), own]


def test_changing_the_key_loses_nothing_and_ends_the_old_one(cli: Cli, tmp_path: Path) -> None:
    """Receipts are still found; the old copy still opens with its own key."""
    receipt = tell(cli)
    old = key_of(cli).read_text().strip()
    cli("backup", tmp_path / "before.db")
    assert "1 reports" in cli("contact-key", "rotate").stdout
    new, kept = key_of(cli).read_text().split()
    assert kept == old
    assert finding(cli)[0] == "note"
    assert "1 old keys removed" in cli("contact-key", "drop-old").stdout
    assert key_of(cli).read_text().split() == [new]
    assert stat.S_IMODE(key_of(cli).stat().st_mode) == 0o600
    assert contacts(cli) == ["13800001234"]
    ctx = build_context(Config(database=str(cli.database)))
    assert follow(ctx, receipt).state == "received"
    with ctx.storage.read() as uow:
        actions = {event.action for event in uow.audit.find()}
    ctx.storage.close()
    assert actions >= {"contact_key.rotate", "contact_key.drop_old", "installation.backup"}
    moved = Cli(tmp_path / "moved.db")
    assert moved("restore", tmp_path / "before.db").exit_code == 0
    assert contacts(moved) == ["13800001234"]


def test_an_old_key_that_is_needed_is_not_removed(cli: Cli) -> None:
    """Keys put into the file by hand, nothing sealed anew yet."""
    tell(cli)
    old = key_of(cli).read_text().strip()
    key_of(cli).write_text(f"{Fernet.generate_key().decode()}\n{old}\n")
    assert "rotate" in cli.refused("contact-key", "drop-old")
    assert old in key_of(cli).read_text()


def test_no_command_prints_a_key(cli: Cli, tmp_path: Path) -> None:
    """Only fingerprints."""
    tell(cli)
    key = key_of(cli).read_text().strip()
    runs = [
        cli("contact-key", "show"),
        cli("contact-key", "show", "--json"),
        cli("contact-key", "copy", tmp_path / "k"),
        cli("doctor"),
        cli("backup", tmp_path / "copy.db"),
        cli("contact-key", "rotate"),
    ]
    assert all(run.exit_code == 0 for run in runs)
    assert not any(key in run.output + run.stderr for run in runs)
    assert (tmp_path / "k").read_text().strip() == key
