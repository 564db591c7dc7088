"""The command line over one small township: 12 villages and everything an office would import."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from gridmgr.cli import main
from gridmgr.demo import build_county
from gridmgr.demo.files import write_files
from gridmgr.domain.patrols import DayPlan
from gridmgr.services.context import Context
from gridmgr.services.planning.drafts import day_of

VILLAGES = 12
#: The first day that is not past in the files; a Monday.
TODAY = date(2026, 3, 2)
#: In the order an office imports them.
TABLES = ("agencies", "officers", "catalogue", "places", "attendance", "incidents")


def office_files(folder: Path) -> Path:
    """Write an office's import files for one township."""
    write_files(build_county(seed=1, villages=VILLAGES, townships=1, today=TODAY), folder)
    return folder


@dataclass(frozen=True)
class Cli:
    """The program over one database.

    Parameters
    ----------
    database
        Path of the SQLite file.
    """

    database: Path

    def __call__(self, *words: object, language: str = "en", answer: str | None = None) -> Result:
        """Run a command within this process; what it did not expect is raised."""
        args = ["--db", str(self.database), "--lang", language, *map(str, words)]
        return CliRunner().invoke(main, args, input=answer, catch_exceptions=False)

    def json(self, *words: object) -> Any:
        """What a command prints as its one JSON document; it has to succeed."""
        done = self(*words, "--json")
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    def refused(self, *words: object) -> str:
        """What a command says on stderr when it refuses; nothing may be on stdout."""
        done = self(*words)
        assert done.exit_code == 1, done.output
        assert done.stdout == ""
        return done.stderr

    def process(self, *words: object, **options: Any) -> subprocess.CompletedProcess[str]:
        """Run a command as a process of its own."""
        args = [sys.executable, "-m", "gridmgr", "--db", str(self.database), *map(str, words)]
        return subprocess.run(args, capture_output=True, text=True, timeout=120, check=False, **options)

    def import_all(self, files: Path) -> None:
        """Set up the database and import everything."""
        assert self("init").exit_code == 0
        self.json("import", "villages", files / "villages.geojson")
        for kind in TABLES:
            self.json("import", kind, files / f"{kind}.csv")
        self.json("import", "roads", files / "roads.osm.gz")


def published_day(folder: Path) -> Path:
    """A database in the folder with everything an office imports, and today planned and published."""
    cli = Cli(folder / "grid.db")
    cli.import_all(office_files(folder / "files"))
    # The first solve of a process loads the compiled kernel, which may use up its time; not the one kept.
    cli.json("plan", "--date", TODAY, "--seconds", "1")
    cli.json("plan", "--date", TODAY, "--seconds", "1", "--publish")
    return cli.database


def town(ctx: Context) -> str:
    """The one township."""
    with ctx.storage.read() as uow:
        return uow.townships.find()[0].code


def published(ctx: Context) -> DayPlan:
    """What officers see today."""
    plan = day_of(ctx, town(ctx), TODAY)[2]
    assert plan is not None
    return plan
