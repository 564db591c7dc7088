"""How alike two short texts are: pairs of neighbouring characters, which need no dictionary of Chinese.

The measure is the Sørensen-Dice coefficient over the multisets of character pairs. Signs and spaces are
dropped first, letters folded, full-width forms made half-width. A text of one character counts as itself.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from functools import lru_cache


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """Letters and digits of a text, folded; nothing else."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign for sign in folded if sign.isalnum())


@lru_cache(maxsize=4096)
def pairs(text: str) -> Counter[str]:
    """Pairs of neighbouring characters of the plain text with their counts; not to be changed."""
    letters = plain(text)
    if len(letters) == 1:
        return Counter([letters])
    return Counter(letters[i : i + 2] for i in range(len(letters) - 1))


def likeness(one: str, other: str) -> float:
    """Share of common character pairs, 0 to 1; 0 where either text says nothing. Symmetric."""
    first, second = pairs(one), pairs(other)
    total = first.total() + second.total()
    if not first or not second:
        return 0.0
    if len(first) > len(second):
        first, second = second, first
    common = sum(min(count, second[pair]) for pair, count in first.items() if pair in second)
    return 2 * common / total
