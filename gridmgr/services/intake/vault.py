"""Contact data is kept encrypted, and the key is not in the database.

Fernet (AES-128-CBC with HMAC-SHA256) of the ``cryptography`` library. Keys come from the environment or from
a file beside the database that only its owner reads; several keys let an installation change over: the first
encrypts, all of them decrypt. From the same keys come the keyed hashes by which receipts are found and
senders counted.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from gridmgr.config import Config
from gridmgr.errors import BadInput, Conflict
from gridmgr.services.context import Context

_SEPARATORS = re.compile(r"[\s,]+")


class Vault:
    """Seals and opens what only some may read.

    Parameters
    ----------
    keys
        Fernet keys, newest first.
    """

    def __init__(self, keys: list[str]) -> None:
        self._fernet = MultiFernet([Fernet(key) for key in keys])
        self._keys = [key.encode() for key in keys]

    def seal(self, values: Mapping[str, Any]) -> bytes:
        """Encrypt JSON values."""
        return self._fernet.encrypt(json.dumps(dict(values), ensure_ascii=False).encode())

    def unseal(self, sealed: bytes) -> dict[str, Any]:
        """Decrypt what `seal` gave.

        Raises
        ------
        Conflict
            If none of the keys fits.
        """
        try:
            values: dict[str, Any] = json.loads(self._fernet.decrypt(sealed))
        except InvalidToken as error:
            raise Conflict("intake.wrong_key") from error
        return values

    def opens(self, sealed: bytes) -> bool:
        """Whether one of the keys fits."""
        try:
            self._fernet.decrypt(sealed)
        except InvalidToken:
            return False
        return True

    def resealed(self, sealed: bytes) -> bytes:
        """The same under the newest key."""
        try:
            return self._fernet.rotate(sealed)
        except InvalidToken as error:
            raise Conflict("intake.wrong_key") from error

    def lookup(self, purpose: str, text: str) -> str:
        """Keyed hash under the newest key; other purposes give other hashes."""
        return self.lookups(purpose, text)[0]

    def lookups(self, purpose: str, text: str) -> list[str]:
        """Keyed hashes under every key, newest first."""
        body = f"{purpose}\0{text}".encode()
        return [hmac.new(key, body, hashlib.sha256).hexdigest() for key in self._keys]


def vault_of(ctx: Context) -> Vault:
    """The installation's vault; its key file is made the first time it is needed.

    Raises
    ------
    Conflict
        If there is no key any more although something is sealed with one.
    BadInput
        If a key is none.
    """
    found = load_vault(ctx.config)
    if found is not None:
        return found
    with ctx.storage.read() as uow:
        if uow.tips.any_sealed():
            raise Conflict("intake.key_missing", path=str(ctx.config.contact_key_file))
    make_key_file(ctx.config.contact_key_file)
    found = load_vault(ctx.config)
    if found is None:
        raise Conflict("intake.key_missing", path=str(ctx.config.contact_key_file))
    return found


def load_vault(config: Config) -> Vault | None:
    """The vault of the configured keys, None where there is no key yet.

    Raises
    ------
    BadInput
        Naming the setting that holds something else than keys.
    """
    keys = read_keys(config)
    return None if keys is None else Vault(keys)


def read_keys(config: Config) -> list[str] | None:
    """The configured keys, newest first; None where there is none yet.

    Raises
    ------
    BadInput
        Naming the setting that holds something else than keys.
    """
    if config.contact_keys:
        return _sound_keys(config.contact_keys, "GRIDMGR_CONTACT_KEYS", "***")
    path = config.contact_key_file
    return keys_of_file(path) if path.is_file() else None


def keys_of_file(path: Path) -> list[str]:
    """The keys of a file, newest first.

    Raises
    ------
    BadInput
        If it holds something else.
    """
    text = path.read_text(encoding="ascii", errors="replace")
    return _sound_keys(text, "GRIDMGR_KEY_FILE", str(path))


def _sound_keys(text: str, name: str, shown: str) -> list[str]:
    keys = [key for key in _SEPARATORS.split(text) if key]
    try:
        if not keys:
            raise ValueError("no key")
        Vault(keys)
    except ValueError as error:
        # The value itself is a secret, or a secret with a slip in it.
        reason = "must be Fernet keys: 32 bytes each in URL-safe base64"
        raise BadInput("error.setting", name=name, value=shown, reason=reason) from error
    return keys


def new_key() -> str:
    """A fresh key."""
    return Fernet.generate_key().decode()


def make_key_file(path: Path) -> bool:
    """Make a key file that only its owner reads; False where there is one already."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        write_key_file(path, [new_key()])
        return True
    return False


def write_key_file(path: Path, keys: Sequence[str]) -> None:
    """Write keys into a new file that only its owner reads, safe on the disk.

    Raises
    ------
    FileExistsError
        If there is such a file.
    """
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write("".join(f"{key}\n" for key in keys))
        file.flush()
        os.fsync(file.fileno())


def replace_key_file(path: Path, keys: Sequence[str]) -> None:
    """Put keys in the place of a file's, all or nothing."""
    beside = path.with_name(f"{path.name}.new")
    beside.unlink(missing_ok=True)
    write_key_file(beside, keys)
    beside.replace(path)


def fingerprint(key: str) -> str:
    """What tells keys apart without telling them: eight hex digits."""
    return hashlib.sha256(b"fingerprint\0" + key.encode()).hexdigest()[:8]
