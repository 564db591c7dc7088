"""`gridmgr report evaluation` over an office's imported files."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_world import Cli, office_files


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Cli:
    """A database with everything an office imports."""
    folder = tmp_path_factory.mktemp("evaluation")
    cli = Cli(folder / "grid.db")
    cli.import_all(office_files(folder / "files"))
    return cli


PERIOD = ("--from", "2026-02-01", "--to", "2026-03-01")


@pytest.mark.parametrize(
    ("form", "begins"),
    [("html", b"<!doctype"), ("pdf", b"%PDF"), ("docx", b"PK"), ("xlsx", b"PK"), ("csv", b"\xef\xbb\xbf")],
)
def test_the_evaluation_is_written_in_every_form(
    office: Cli, tmp_path: Path, form: str, begins: bytes
) -> None:
    """Each as its kind of file, and a line on what is in it."""
    out = tmp_path / f"evaluation.{form}"
    done = office("report", "evaluation", *PERIOD, "--by", "township", "--out", out)
    assert done.exit_code == 0, done.output
    assert out.read_bytes().lower().startswith(begins.lower())
    assert "disposed of in time" in done.output


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--from", "2026-03-01", "--to", "2026-02-01", "--out", "x.csv"), "2026-03-01"),
        ((*PERIOD, "--out", "x.odt"), ".odt"),
        ((*PERIOD, "--township", "999", "--out", "x.csv"), "999"),
    ],
)
def test_what_cannot_be_evaluated_is_refused_and_nothing_written(
    office: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], told: str
) -> None:
    """A period turned round, an unknown form, a township there is not."""
    monkeypatch.chdir(tmp_path)
    assert told in office.refused("report", "evaluation", *words)
    assert list(tmp_path.iterdir()) == []
