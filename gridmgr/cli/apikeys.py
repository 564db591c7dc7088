"""`gridmgr apikey`: keys by which other programs send reports over Open311."""

from __future__ import annotations

import click

from gridmgr.cli.common import Session, database_option, echo_json, json_option
from gridmgr.domain.apikeys import DEFAULT_PER_DAY, MOST_PER_DAY, ApiKey
from gridmgr.services.apikeys import add_key, list_keys, revoke_key


@click.group("apikey")
def apikey_group() -> None:
    """Keys of other programs."""


@apikey_group.command("add")
@click.argument("name")
@click.option("--per-day", type=click.IntRange(1, MOST_PER_DAY), default=DEFAULT_PER_DAY, show_default=True)
@json_option
@database_option
@click.pass_obj
def add_command(session: Session, name: str, per_day: int, as_json: bool) -> None:
    """Give out a key; it is shown this once."""
    made = add_key(session.ctx, name, actor=session.actor, per_day=per_day)
    if as_json:
        echo_json(_shown(made.key) | {"key": made.text})
    else:
        click.echo(made.text)


@apikey_group.command("list")
@json_option
@database_option
@click.pass_obj
def list_command(session: Session, as_json: bool) -> None:
    """List all keys, without their secrets."""
    keys = list_keys(session.ctx)
    if as_json:
        echo_json([_shown(key) for key in keys])
        return
    for key in keys:
        used = "never used" if key.last_used_at is None else f"used {key.last_used_at:%Y-%m-%d}"
        state = "good" if key.is_good else f"revoked by {key.revoked_by}"
        click.echo(f"{key.id}  {key.name}  {key.per_day}/day  {used}  {state}")


@apikey_group.command("revoke")
@click.argument("key_id", metavar="ID")
@database_option
@click.pass_obj
def revoke_command(session: Session, key_id: str) -> None:
    """Take a key back."""
    key = revoke_key(session.ctx, key_id, actor=session.actor)
    click.echo(f"{key.id}: revoked ({key.name})")


def _shown(key: ApiKey) -> dict[str, object]:
    return {
        "id": key.id,
        "name": key.name,
        "per_day": key.per_day,
        "created_at": key.created_at.isoformat(),
        "created_by": key.created_by,
        "revoked_at": key.revoked_at.isoformat() if key.revoked_at else None,
        "last_used_at": key.last_used_at.isoformat() if key.last_used_at else None,
    }


COMMANDS = (apikey_group,)
