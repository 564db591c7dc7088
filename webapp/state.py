"""What a view reaches for: the services' context, who is asking, and the parts of this application."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from argon2 import PasswordHasher
from flask import current_app
from flask_limiter import Limiter
from flask_login import current_user

from gridmgr.domain.users import User
from gridmgr.services.context import Context


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What `create_app` wired together.

    Parameters
    ----------
    ctx
        Handed to every service.
    hasher
        Of passwords.
    limiter
        Counts attempts.
    upload_folder
        Where uploads wait; None for the system's temporary folder.
    """

    ctx: Context
    hasher: PasswordHasher
    limiter: Limiter
    upload_folder: Path | None


def parts() -> Parts:
    """The current application's parts."""
    found: Parts = current_app.extensions["gridmgr"]
    return found


def ctx() -> Context:
    """The context to call services with."""
    return parts().ctx


def me_or_none() -> User | None:
    """Who is logged in, None for a stranger."""
    return current_user.user if current_user.is_authenticated else None


def me() -> User:
    """Who is logged in; only for views behind a guard.

    Raises
    ------
    RuntimeError
        In a public view, where nobody may be logged in.
    """
    user = me_or_none()
    if user is None:
        raise RuntimeError("me() needs a logged-in user: guard the view with @requires")
    return user
