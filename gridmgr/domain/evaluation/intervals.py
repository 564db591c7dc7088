"""How sure a rate is: Wilson's interval, and a rate drawn towards everybody's by the cases it lacks."""

from __future__ import annotations

import math

#: Of intervals, two-sided.
CONFIDENCE = 0.95
#: The normal deviate of `CONFIDENCE`.
_Z = 1.959963984540054
#: As many cases at everybody's rate are added to a body's own before bodies are put in order.
PRIOR_CASES = 20


def wilson(hits: int, of: int) -> tuple[float, float] | None:
    """Wilson's score interval of a rate; None of nothing.

    It stays within 0 and 1 and is no point at none or all of few (Wilson 1927, J. Am. Stat. Assoc. 22:209).

    Parameters
    ----------
    hits, of
        So many of so many.
    """
    if of == 0:
        return None
    share, square = hits / of, _Z * _Z
    middle = (share + square / (2 * of)) / (1 + square / of)
    half = _Z * math.sqrt(share * (1 - share) / of + square / (4 * of * of)) / (1 + square / of)
    # At the ends the formula gives exactly 0 and 1, but for rounding.
    low = 0.0 if hits == 0 else max(0.0, middle - half)
    high = 1.0 if hits == of else min(1.0, middle + half)
    return low, high


def shrunk(hits: int, of: int, *, towards: float) -> float:
    """A rate drawn towards another by `PRIOR_CASES` cases: the fewer its own, the closer to the other.

    More cases of the same mix bring it nearer to the body's own rate and never beyond.
    """
    return (hits + PRIOR_CASES * towards) / (of + PRIOR_CASES)
