"""Facts that are no code: calendars by year, laws and their limits, each with its source.

They are defaults. What an installation imports or sets for itself goes before them.
"""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Any


@cache
def load(name: str) -> Any:
    """The content of a data file of this package, by its name without the ending."""
    return json.loads((resources.files(__package__) / f"{name}.json").read_text(encoding="utf-8"))
