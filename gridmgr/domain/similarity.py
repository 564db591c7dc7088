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


#: Signs of Chinese that join and colour sentences; two texts that share only these share nothing.
_FUNCTION_SIGNS = frozenset("的了在有是和也都就很还到上下着把被去来不没人一个这那里请我你您好看们吗呢吧啊")
_FIRST_HAN, _LAST_HAN = "\u4e00", "\u9fff"
#: Share of single signs in `shared_words`; the rest is pairs.
_SINGLE = 0.7


@lru_cache(maxsize=4096)
def signs(text: str) -> Counter[str]:
    """Chinese characters that carry meaning, with their counts; not to be changed."""
    return Counter(
        sign for sign in plain(text) if _FIRST_HAN <= sign <= _LAST_HAN and sign not in _FUNCTION_SIGNS
    )


def shared_words(one: str, other: str) -> float | None:
    """How much two people's words for a thing have in common, 0 to 1; None where one says nothing. Symmetric.

    Who tells the same in other words keeps characters rather than pairs of them (垃圾堆着, 一堆垃圾), so
    single characters count for `_SINGLE` and pairs for the rest. Texts without Chinese count by pairs only.
    """
    if not plain(one) or not plain(other):
        return None
    first, second = signs(one), signs(other)
    if not first or not second:
        return likeness(one, other)
    common = sum(min(count, second[sign]) for sign, count in first.items() if sign in second)
    single = 2 * common / (first.total() + second.total())
    return _SINGLE * single + (1 - _SINGLE) * likeness(one, other)
