"""What an installation keeps for itself: the key that signs its cookies."""

from __future__ import annotations

import secrets

from gridmgr.services.context import Context

_KEY = "secret_key"


def secret_key(ctx: Context) -> bytes:
    """The installation's signing key, made the first time it is asked for.

    It lives in the database, so that every process of an installation has the same and a restart logs
    nobody out.
    """
    with ctx.storage.read() as uow:
        stored: str | None = uow.settings.get(_KEY)
    if stored is None:
        with ctx.storage.write("system") as uow:
            # Somebody may have been quicker.
            stored = uow.settings.get(_KEY) or secrets.token_hex(32)
            uow.settings.put(_KEY, stored)
            uow.record("installation.key", "installation", _KEY)
            uow.commit()
    return bytes.fromhex(stored)
