"""What commands share: the session over one database, options, and how answers are printed."""

from __future__ import annotations

import getpass
import json
import math
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Any, TypeVar

import click

from gridmgr.bootstrap import build_context
from gridmgr.config import Config
from gridmgr.services.context import Context
from planners.stop import Progress, Stop

F = TypeVar("F", bound=Callable[..., Any])


class Session:
    """One call of the program.

    Parameters
    ----------
    config
        Settings of the installation.
    language
        Of messages.
    """

    def __init__(self, config: Config, language: str) -> None:
        self.config = config
        self.language = language
        self._ctx: Context | None = None

    @property
    def ctx(self) -> Context:
        """The wired parts over an existing database."""
        if self._ctx is None:
            self._ctx = build_context(self.config)
        return self._ctx

    def use(self, ctx: Context) -> Context:
        """Use parts that were wired elsewhere (`init`, `demo`)."""
        self._ctx = ctx
        return ctx

    @property
    def actor(self) -> str:
        """Who works at this terminal, for the audit trail."""
        return f"cli:{getpass.getuser()}"

    def close(self) -> None:
        """Give back the database."""
        if self._ctx is not None:
            self._ctx.storage.close()


#: ``--seed N``: what every engine takes.
SEED = click.IntRange(min=0, max=2**31 - 1)
#: Years that can be meant; computing around others leaves the calendar.
_YEARS = range(1990, 2200)


class _Measure(click.FloatRange):
    """A number of some unit."""

    unit = ""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read it; NaN is neither too small nor too large, and refused all the same."""
        number: float = super().convert(value, param, ctx)
        if math.isnan(number):
            self.fail(f"{value!r} is not a number of {self.unit}", param, ctx)
        return number


class Seconds(_Measure):
    """A length of time that is a number."""

    unit = "seconds"


class Percent(_Measure):
    """A share that is a number."""

    unit = "percent"


class Day(click.ParamType[date]):
    """A date written like 2026-03-02."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Read the date or say how it is written."""
        if isinstance(value, date):
            return value
        try:
            day = datetime.strptime(value, "%Y-%m-%d").date()  # noqa: DTZ007  a calendar day has no zone
        except ValueError:
            self.fail(f"{value!r} is not a date; write it like 2026-03-02", param, ctx)
        if day.year not in _YEARS:
            self.fail(f"{value!r} lies outside the years {_YEARS[0]} to {_YEARS[-1]}", param, ctx)
        return day


def database_option(command: F) -> F:
    """Take ``--db URL`` behind the command's name as well as before it."""

    def choose(context: click.Context, _option: click.Parameter, value: str | None) -> None:
        session = context.find_object(Session)
        if value and session is not None:
            session.config = replace(session.config, database=value)

    return click.option(
        "--db", metavar="URL", expose_value=False, callback=choose, help="Database to work on."
    )(command)


def json_option(command: F) -> F:
    """``--json``: one JSON document on stdout and nothing else there."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")(command)


def echo_json(value: Any) -> None:
    """Print a JSON document."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def stop_with_bar(label: str, *, seconds: float, quiet: bool) -> Stop:
    """A stop whose progress is drawn on a terminal, and nowhere else."""
    if quiet or not sys.stderr.isatty():
        return Stop(seconds=seconds)

    def draw(progress: Progress) -> None:
        done = round(20 * min(1.0, progress.fraction))
        best = "" if progress.best is None else f" best {progress.best:g}"
        click.echo(f"\r{label} [{'#' * done}{'.' * (20 - done)}]{best} ", nl=False, err=True)
        if progress.fraction >= 1:
            click.echo(err=True)

    return Stop(seconds=seconds, progress=draw)
