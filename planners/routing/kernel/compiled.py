"""The one place that knows numba: marks functions as compiled, with what they compile to kept on disk.

Numba is asked for politely: where it cannot be imported, `AVAILABLE` is False, functions stay plain Python
(far too slow to plan with, right all the same) and `planners.routing.solve` uses OR-Tools alone.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., object])

#: Whether functions are really compiled.
AVAILABLE = find_spec("numba") is not None


def compiled(function: F) -> F:
    """The function, compiled at its first call and read from the cache ever after."""
    if not AVAILABLE:
        return function
    import numba

    made: Any
    try:
        made = numba.njit(cache=True, nogil=True, error_model="numpy")(function)
    except RuntimeError:
        # Neither the program's folder nor the user's cache can be written; each process compiles anew.
        made = numba.njit(nogil=True, error_model="numpy")(function)
    result: F = made
    return result
