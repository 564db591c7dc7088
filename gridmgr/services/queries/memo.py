"""Remembers answers that cost time and stay right until something changes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

from gridmgr.services.context import Context

T = TypeVar("T")


class Memo(Generic[T]):
    """The answers asked for last, by key; safe to share between threads.

    Parameters
    ----------
    size
        How many to keep.
    """

    def __init__(self, size: int) -> None:
        if size < 1:
            raise ValueError(f"Memo.size must be at least 1, got {size!r}")
        self._size = size
        self._kept: OrderedDict[Hashable, T] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """The answer of a key, made now where it is not remembered.

        Two threads that ask at once may both make it: waiting for each other would let one slow answer hold
        up every other.
        """
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        made = make()
        with self._lock:
            self._kept[key] = made
            self._kept.move_to_end(key)
            if len(self._kept) > self._size:
                self._kept.popitem(last=False)
        return made


def state_key(ctx: Context) -> tuple[str, str]:
    """Same key, same data: every change of the office's data lengthens the audit trail in its transaction."""
    with ctx.storage.read() as uow:
        return ctx.config.database, uow.audit.last_hash()
