"""`gridmgr init`, `user add`, `doctor`, `backup`, `restore`."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path

import click

from gridmgr.bootstrap import build_context
from gridmgr.cli.common import Session, database_option, echo_json, json_option
from gridmgr.domain.users import ROLES, User
from gridmgr.errors import BadInput
from gridmgr.services.accounts import add_user
from gridmgr.services.intake.retention import purge
from gridmgr.services.upkeep import backup, examine, restore


@click.command("init")
@database_option
@click.pass_obj
def init_command(session: Session) -> None:
    """Set up the database, or bring it to the newest schema. May be run again."""
    ctx = session.use(build_context(session.config, must_exist=False))
    ctx.storage.migrate()
    click.echo(f"{session.config.database}: ready")


@click.group("user")
def user_group() -> None:
    """Accounts."""


@user_group.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), required=True)
@click.option("--township", metavar="CODE")
@click.option("--agency", metavar="CODE")
@click.option(
    "--department", metavar="NAME", help="Whom a department user speaks for; the agency's by default."
)
@click.option("--officer", metavar="ID", help="The officer this account belongs to.")
@click.option("--display-name", metavar="TEXT")
@click.password_option(help="Asked for when not given.")
@database_option
@click.pass_obj
def user_add_command(
    session: Session,
    name: str,
    role: str,
    township: str | None,
    agency: str | None,
    department: str | None,
    officer: str | None,
    display_name: str | None,
    password: str,
) -> None:
    """Create an account."""
    try:
        user = User(
            name=name,
            display_name=display_name or name,
            role=role,
            township_code=township,
            agency_code=agency,
            department=department,
            officer_id=officer,
        )
    except ValueError as error:
        raise BadInput("import.invalid", reason=str(error)) from error
    add_user(session.ctx, user, password, actor=session.actor)
    click.echo(f"{name}: added as {role}")


@click.command("doctor")
@json_option
@database_option
@click.pass_obj
def doctor_command(session: Session, as_json: bool) -> None:
    """Look whether everything is there that is needed; exit 1 where something is wrong."""
    findings = examine(session.config)
    if as_json:
        echo_json(
            [{"what": f.what, "state": f.state, "say": f.say.render(session.language)} for f in findings]
        )
    else:
        for finding in findings:
            click.echo(f"{finding.state:<5} {finding.what}: {finding.say.render(session.language)}")
    if any(finding.state == "bad" for finding in findings):
        sys.exit(1)


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@database_option
@click.pass_obj
def backup_command(session: Session, file: Path) -> None:
    """Copy the whole SQLite database into a file, while it is in use."""
    backup(session.ctx, file)
    click.echo(str(file))


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--yes", is_flag=True, help="Overwrite a database that exists.")
@database_option
@click.pass_obj
def restore_command(session: Session, file: Path, yes: bool) -> None:
    """Put a backup in the place of the database; stop the server first."""
    restore(session.config, file, overwrite=yes)
    click.echo(f"{session.config.database}: restored from {file}")


@click.group("privacy")
def privacy_group() -> None:
    """Personal data."""


@privacy_group.command("purge")
@json_option
@database_option
@click.pass_obj
def purge_command(session: Session, as_json: bool) -> None:
    """Delete personal data kept long enough, as the worker does every hour."""
    done = purge(session.ctx, actor=session.actor)
    if as_json:
        echo_json(asdict(done))
    else:
        click.echo(
            f"deleted: contacts of {done.reports} closed reports, {done.spam} spam, {done.tracks} tracks"
        )


COMMANDS = (privacy_group, init_command, user_group, doctor_command, backup_command, restore_command)
