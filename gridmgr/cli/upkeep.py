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
from gridmgr.services.backing import backup, restore
from gridmgr.services.intake.retention import purge
from gridmgr.services.intake.vault import vault_of
from gridmgr.services.upkeep import examine


@click.command("init")
@database_option
@click.pass_obj
def init_command(session: Session) -> None:
    """Set up the database, or bring it to the newest schema. May be run again."""
    ctx = session.use(build_context(session.config, must_exist=False))
    ctx.storage.migrate()
    # Refused where the key is gone that protects what is there already: nothing new is to be sealed then.
    vault_of(ctx)
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
@click.option("--no-key", is_flag=True, help="Leave the key of contact data out; it is kept elsewhere.")
@database_option
@click.pass_obj
def backup_command(session: Session, file: Path, no_key: bool) -> None:
    """Copy the whole SQLite database into FILE, while it is in use, and its key into FILE.key."""
    key = backup(session.ctx, file, actor=session.actor, with_key=not no_key)
    click.echo(str(file))
    if key is not None:
        click.echo(f"{key}: keep it apart from the database's copy; who has both reads contacts", err=True)


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--yes", is_flag=True, help="Overwrite a database that exists.")
@click.option(
    "--key-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The copy's key; FILE.key where it is there.",
)
@click.option("--without-contacts", is_flag=True, help="Restore although the contacts cannot be opened.")
@database_option
@click.pass_obj
def restore_command(
    session: Session, file: Path, yes: bool, key_file: Path | None, without_contacts: bool
) -> None:
    """Put a backup and its key in the place of the database; stop the server first."""
    done = restore(
        session.config,
        file,
        actor=session.actor,
        overwrite=yes,
        key_file=key_file,
        without_contacts=without_contacts,
    )
    click.echo(f"{session.config.database}: restored from {file}")
    click.echo(f"{done.opened} of {done.sealed} sealed receipts and contacts open again")


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
