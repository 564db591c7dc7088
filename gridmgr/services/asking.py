"""What every service does with what it is asked: find it, see that words were given, number what is new."""

from __future__ import annotations

import secrets
from typing import TypeVar

from gridmgr.errors import BadInput, NotFound
from gridmgr.services.context import Context
from gridmgr.texts import Message

T = TypeVar("T")


def existing(thing: T | None, kind: str, thing_id: str) -> T:
    """The thing that was looked up.

    Parameters
    ----------
    thing
        As found, None where there is none.
    kind
        Key of the word for such things.
    thing_id
        What was asked for.

    Raises
    ------
    NotFound
        If there is none.
    """
    if thing is None:
        raise NotFound("error.not_found", kind=Message(kind), id=thing_id)
    return thing


def needed(words: str, key: str) -> str:
    """Words without blanks around.

    Raises
    ------
    BadInput
        With ``key`` where there are none.
    """
    if not words.strip():
        raise BadInput(key)
    return words.strip()


def new_number(ctx: Context) -> str:
    """A fresh number: the day in the office and eight random hex digits."""
    return f"{ctx.clock.today():%Y%m%d}-{secrets.token_hex(4)}"
