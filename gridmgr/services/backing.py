"""Copying an installation and putting a copy back: the database, and beside it the key of contact data.

The copy of the database alone tells nobody's name or telephone. The key is written into a file of its own
beside it, so that nothing is lost by default and whoever wants can keep the two apart.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from gridmgr.clock import clock_in
from gridmgr.config import Config
from gridmgr.errors import BadInput, Conflict
from gridmgr.services.context import Context
from gridmgr.services.intake.keys import note_copy, opened_by
from gridmgr.services.intake.vault import (
    Vault,
    keys_of_file,
    read_keys,
    replace_key_file,
    write_key_file,
)
from gridmgr.storage import open_storage
from gridmgr.storage.maintenance import copy_sqlite


@dataclass(frozen=True, kw_only=True)
class Restored:
    """What a restored copy holds.

    Parameters
    ----------
    sealed, opened
        How many receipts and contacts are encrypted in it, and how many of them open again.
    """

    sealed: int
    opened: int


def key_beside(copy: Path) -> Path:
    """Where the key belongs that is copied along."""
    return copy.with_name(f"{copy.name}.key")


def backup(ctx: Context, target: Path, *, actor: str, with_key: bool = True) -> Path | None:
    """Copy the SQLite database into a file, consistently and while it is in use, and the key beside it.

    Parameters
    ----------
    ctx
        The wired parts.
    target
        A file that is not there yet.
    actor
        Who copies.
    with_key
        Whether to write the key of contact data into ``<target>.key``.

    Returns
    -------
    Path or None
        The key's file; None without one.

    Raises
    ------
    Conflict
        If one of the files exists.
    BadInput
        If the database is no SQLite file.
    """
    keys = read_keys(ctx.config) if with_key else None
    beside = key_beside(target)
    for path in (target, *([beside] if keys else [])):
        if path.exists():
            raise Conflict("upkeep.file_exists", path=str(path))
    copy_sqlite(ctx.storage, target)
    if keys:
        write_key_file(beside, keys)
    with ctx.storage.write(actor) as uow:
        if keys:
            note_copy(ctx.clock, uow, keys)
        uow.record("installation.backup", "installation", target.name, key=bool(keys))
        uow.commit()
    return beside if keys else None


def restore(
    config: Config,
    source: Path,
    *,
    actor: str,
    overwrite: bool,
    key_file: Path | None = None,
    without_contacts: bool = False,
) -> Restored:
    """Put a backup in the place of the database, and its key in the place of the key.

    Keys that are there stay beside the backup's own: another copy may need them.

    Parameters
    ----------
    config
        Of the installation.
    source
        The copy.
    actor
        Who restores.
    overwrite
        Whether a database that is there may go.
    key_file
        Where the copy's key is; ``<source>.key`` by default, where there is one.
    without_contacts
        Whether to restore although contacts cannot be opened.

    Raises
    ------
    BadInput
        If the file is no usable backup, the database is no SQLite file, or its contacts stay closed.
    Conflict
        If the database exists and is not to be overwritten.
    """
    if "://" in config.database:
        raise BadInput("upkeep.only_sqlite")
    if not source.is_file():
        raise BadInput("import.no_file", path=str(source))
    target = Path(config.database)
    keys = _keys_for(config, source, key_file)
    done = _examined(config, source, keys)
    if done.opened < done.sealed and not without_contacts:
        closed = done.sealed - done.opened
        raise BadInput("upkeep.contacts_stay_closed", closed=closed, sealed=done.sealed)
    if target.exists() and not overwrite:
        raise Conflict("upkeep.database_exists", path=str(target))
    if keys and not config.contact_keys:
        config.contact_key_file.parent.mkdir(parents=True, exist_ok=True)
        replace_key_file(config.contact_key_file, keys)
    _put(source, target)
    _record(config, source, done, actor=actor, keys=keys if key_beside(source).is_file() or key_file else [])
    return done


def _keys_for(config: Config, source: Path, key_file: Path | None) -> list[str]:
    """Keys the installation will have: the copy's, then its own; from the environment only its own."""
    own = read_keys(config) or []
    if config.contact_keys:
        return own
    if key_file is not None and not key_file.is_file():
        raise BadInput("import.no_file", path=str(key_file))
    given = key_file or key_beside(source)
    copied = keys_of_file(given) if given.is_file() else []
    return list(dict.fromkeys((*copied, *own)))


def _examined(config: Config, source: Path, keys: list[str]) -> Restored:
    storage = open_storage(str(source), clock_in(config.zone))
    try:
        if not (storage.is_readable() and storage.is_current()):
            raise BadInput("upkeep.no_backup", path=str(source))
        with storage.read() as uow:
            sealed, unopened = opened_by(Vault(keys) if keys else None, uow)
    finally:
        storage.close()
    return Restored(sealed=sealed, opened=sealed - unopened)


def _put(source: Path, target: Path) -> None:
    beside = target.with_name(target.name + ".restoring")
    shutil.copyfile(source, beside)
    for suffix in ("-wal", "-shm"):
        Path(f"{target}{suffix}").unlink(missing_ok=True)
    beside.replace(target)


def _record(config: Config, source: Path, done: Restored, *, actor: str, keys: list[str]) -> None:
    storage = open_storage(config.database, clock_in(config.zone))
    try:
        with storage.write(actor) as uow:
            if keys:
                note_copy(storage.clock, uow, keys)
            uow.record(
                "installation.restore", "installation", source.name, sealed=done.sealed, opened=done.opened
            )
            uow.commit()
    finally:
        storage.close()
