"""The `gridmgr` command and its options for all subcommands."""

from __future__ import annotations

import sys
from dataclasses import replace

import click

from gridmgr import __version__
from gridmgr.cli import (
    apikeys,
    closures,
    contactkeys,
    deadlines,
    exports,
    imports,
    links,
    planning,
    replanning,
    reports,
    scoring,
    serving,
    upkeep,
    week,
)
from gridmgr.cli.common import Session
from gridmgr.config import Config
from gridmgr.errors import GridmgrError, NoPlan
from gridmgr.texts import text

#: What the shell sees.
REFUSED, NO_PLAN = 1, 3


class _Commands(click.Group):
    """Turns errors a user can mend into a message and an exit code."""

    def invoke(self, context: click.Context) -> object:
        try:
            return super().invoke(context)
        except GridmgrError as error:
            language = _language(context)
            click.echo(f"gridmgr: {error.render(language)}", err=True)
            for problem in getattr(error, "problems", ()):
                click.echo(f"  {problem.render(language)}", err=True)
            sys.exit(NO_PLAN if isinstance(error, NoPlan) else REFUSED)
        except BrokenPipeError:
            # Whoever reads our output has seen enough; click ends quietly.
            raise
        except OSError as error:
            if error.filename is None:
                raise
            detail = {"path": error.filename, "detail": error.strerror or type(error).__name__}
            click.echo(f"gridmgr: {text('upkeep.cannot_use', _language(context), **detail)}", err=True)
            sys.exit(REFUSED)


def _language(context: click.Context) -> str:
    session: Session | None = context.find_object(Session)
    return session.language if session else "en"


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="gridmgr")
@click.option("--db", "database", metavar="URL", help="Database (default: GRIDMGR_DB or ./gridmgr.db).")
@click.option(
    "--lang",
    "language",
    type=click.Choice(["en", "zh"]),
    default="en",
    show_default=True,
    help="Of messages.",
)
@click.pass_context
def main(context: click.Context, database: str | None, language: str) -> None:
    """Grid management and joint patrol planning for township enforcement offices."""
    config = Config.from_environment()
    context.obj = Session(replace(config, database=database) if database else config, language)
    context.call_on_close(context.obj.close)


for _group in (
    imports,
    planning,
    links,
    week,
    scoring,
    replanning,
    closures,
    reports,
    deadlines,
    exports,
    serving,
    upkeep,
    apikeys,
    contactkeys,
):
    for _command in _group.COMMANDS:
        main.add_command(_command)
