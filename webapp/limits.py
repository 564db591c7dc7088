"""Counting what strangers and programs ask, and refusing too much of it."""

from __future__ import annotations

from collections.abc import Callable

from flask_limiter.util import get_remote_address

from webapp.state import parts


def count(limit: str, *, by: Callable[[], str] = get_remote_address) -> None:
    """Count this request; by the network address it comes from unless told otherwise.

    Raises
    ------
    TooManyRequests
        If there were too many of the same.
    """
    with parts().limiter.limit(limit, key_func=by):
        pass
