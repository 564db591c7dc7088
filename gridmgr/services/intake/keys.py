"""Looking after the key of contact data: is it there, does it fit, is there a copy; changing to a new one."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path

from gridmgr.clock import Clock
from gridmgr.config import Config
from gridmgr.errors import Conflict
from gridmgr.services.context import Context
from gridmgr.services.intake.reports import RECEIPT_PURPOSE
from gridmgr.services.intake.vault import (
    Vault,
    fingerprint,
    new_key,
    read_keys,
    replace_key_file,
    write_key_file,
)
from gridmgr.storage import UnitOfWork

#: Where is kept which keys were copied away, and when.
_SETTING = "contact_key_copies"
#: Reading or writing by others than the owner.
_OTHERS = 0o077


@dataclass(frozen=True, kw_only=True)
class KeyState:
    """How the key stands.

    Parameters
    ----------
    source
        ``environment``, ``file`` or ``none``.
    path
        The key file, which need not be there.
    fingerprints
        Of all keys, newest first.
    readable_by_others
        Whether others than its owner may read or write the file.
    sealed, unopened
        How much is encrypted, and how much of that no key opens.
    backed_up_at
        When the newest key was last copied away, ISO; None where it was not.
    """

    source: str
    path: str
    fingerprints: tuple[str, ...] = ()
    readable_by_others: bool = False
    sealed: int = 0
    unopened: int = 0
    backed_up_at: str | None = None

    @property
    def fingerprint(self) -> str:
        """Of the newest key; empty where there is none."""
        return self.fingerprints[0] if self.fingerprints else ""


def key_state(config: Config, uow: UnitOfWork) -> KeyState:
    """Look at the key and at everything it should open.

    Raises
    ------
    BadInput
        If what is configured is no key.
    """
    path, keys = config.contact_key_file, read_keys(config)
    source = "none" if keys is None else "environment" if config.contact_keys else "file"
    prints = tuple(fingerprint(key) for key in keys or ())
    sealed, unopened = opened_by(Vault(keys) if keys else None, uow)
    copies = uow.settings.get(_SETTING) or {}
    return KeyState(
        source=source,
        path=str(path),
        fingerprints=prints,
        readable_by_others=source == "file" and _is_open(path),
        sealed=sealed,
        unopened=unopened,
        backed_up_at=copies.get(prints[0]) if prints else None,
    )


def opened_by(vault: Vault | None, uow: UnitOfWork) -> tuple[int, int]:
    """How much is encrypted, and how much of that a vault does not open."""
    sealed = unopened = 0
    for value in uow.tips.sealed():
        sealed += 1
        unopened += vault is None or not vault.opens(value)
    return sealed, unopened


def note_copy(clock: Clock, uow: UnitOfWork, keys: list[str]) -> None:
    """Keep in mind that keys were copied away; the caller records and commits."""
    copies = dict(uow.settings.get(_SETTING) or {})
    now = clock.now().isoformat()
    uow.settings.put(_SETTING, copies | {fingerprint(key): now for key in keys})


def copy_key(ctx: Context, target: Path, *, actor: str) -> None:
    """Write the keys into a file of their own, to be kept apart from the database.

    Raises
    ------
    Conflict
        If there is no key yet, or the file exists.
    """
    keys = read_keys(ctx.config)
    if keys is None:
        raise Conflict("intake.key_missing", path=str(ctx.config.contact_key_file))
    if target.exists():
        raise Conflict("upkeep.file_exists", path=str(target))
    write_key_file(target, keys)
    with ctx.storage.write(actor) as uow:
        note_copy(ctx.clock, uow, keys)
        uow.record("contact_key.copy", "contact_key", fingerprint(keys[0]))
        uow.commit()


def rotate(ctx: Context, *, actor: str) -> int:
    """Take a new key and seal everything with it; the old ones stay beside it until they are dropped.

    Keys that the environment gives are changed there; then this seals everything with the first of them.

    Returns
    -------
    int
        How many reports were sealed anew.

    Raises
    ------
    Conflict
        If there is no key yet, or something cannot be opened: nothing is changed then.
    """
    keys = read_keys(ctx.config)
    if keys is None:
        raise Conflict("intake.key_missing", path=str(ctx.config.contact_key_file))
    with ctx.storage.read() as uow:
        if opened_by(Vault(keys), uow)[1]:
            raise Conflict("intake.wrong_key")
    if not ctx.config.contact_keys:
        # The file first: whatever is sealed with the new key can be opened from then on.
        keys = [new_key(), *keys]
        replace_key_file(ctx.config.contact_key_file, keys)
    with ctx.storage.write(actor) as uow:
        count = _reseal(uow, Vault(keys))
        uow.record("contact_key.rotate", "contact_key", fingerprint(keys[0]), reports=count)
        uow.commit()
    return count


def drop_old(ctx: Context, *, actor: str) -> int:
    """Keep the newest key alone, once it opens everything.

    Returns
    -------
    int
        How many keys went.

    Raises
    ------
    Conflict
        If there is none, the environment gives them, or an old one is still needed.
    """
    keys = read_keys(ctx.config)
    if keys is None:
        raise Conflict("intake.key_missing", path=str(ctx.config.contact_key_file))
    if ctx.config.contact_keys:
        raise Conflict("intake.keys_in_environment")
    if len(keys) == 1:
        return 0
    with ctx.storage.write(actor) as uow:
        if opened_by(Vault(keys[:1]), uow)[1]:
            raise Conflict("intake.old_key_needed")
        replace_key_file(ctx.config.contact_key_file, keys[:1])
        uow.record("contact_key.drop_old", "contact_key", fingerprint(keys[0]), dropped=len(keys) - 1)
        uow.commit()
    return len(keys) - 1


def _reseal(uow: UnitOfWork, vault: Vault) -> int:
    count = 0
    for tip in uow.tips.find():
        changed = tip
        if tip.receipt_sealed is not None:
            code = str(vault.unseal(tip.receipt_sealed)["code"])
            changed = replace(
                changed,
                receipt_sealed=vault.resealed(tip.receipt_sealed),
                receipt_lookup=vault.lookup(RECEIPT_PURPOSE, code),
            )
        if tip.contact_sealed is not None:
            changed = replace(changed, contact_sealed=vault.resealed(tip.contact_sealed))
        if changed is not tip:
            uow.tips.replace(changed)
            count += 1
    return count


def _is_open(path: Path) -> bool:
    """Whether others may read the file; where permissions mean nothing (Windows) nobody is accused."""
    return os.name == "posix" and bool(path.stat().st_mode & _OTHERS)
