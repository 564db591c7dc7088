"""`gridmgr contact-key`: the key that protects people's names and telephones."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from gridmgr.cli.common import Session, database_option, echo_json, json_option
from gridmgr.services.intake.keys import copy_key, drop_old, key_state, rotate


@click.group("contact-key")
def key_group() -> None:
    """The key that protects names and telephones of people who report."""


@key_group.command("show")
@json_option
@database_option
@click.pass_obj
def show_command(session: Session, as_json: bool) -> None:
    """Say where the key is and what it opens; the key itself is not told."""
    ctx = session.ctx
    with ctx.storage.read() as uow:
        state = key_state(ctx.config, uow)
    if as_json:
        echo_json(asdict(state))
        return
    where = {"file": state.path, "environment": "GRIDMGR_CONTACT_KEYS", "none": "no key yet"}[state.source]
    click.echo(f"{where}: {', '.join(state.fingerprints) or '-'} (newest first)")
    click.echo(f"opens {state.sealed - state.unopened} of {state.sealed} sealed receipts and contacts")
    click.echo(f"copied away: {state.backed_up_at or 'never'}")


@key_group.command("copy")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@database_option
@click.pass_obj
def copy_command(session: Session, file: Path) -> None:
    """Write the key into a file to be kept apart from the database's copies."""
    copy_key(session.ctx, file, actor=session.actor)
    click.echo(str(file))


@key_group.command("rotate")
@database_option
@click.pass_obj
def rotate_command(session: Session) -> None:
    """Take a new key and seal everything with it; the old one, which old copies need, stays beside it."""
    count = rotate(session.ctx, actor=session.actor)
    click.echo(f"{count} reports sealed anew; make a backup, then gridmgr contact-key drop-old")


@key_group.command("drop-old")
@database_option
@click.pass_obj
def drop_command(session: Session) -> None:
    """Remove old keys once the newest opens everything; backups made before need them still."""
    click.echo(f"{drop_old(session.ctx, actor=session.actor)} old keys removed")


COMMANDS = (key_group,)
