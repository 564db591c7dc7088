"""A row of a table once it was read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Read:
    """A row that became an object.

    Parameters
    ----------
    row
        Its number as the user counts.
    key, item
        What tells it apart, and the object.
    """

    row: int
    key: Any
    item: Any
