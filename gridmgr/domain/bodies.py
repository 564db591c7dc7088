"""Names of bodies as catalogues and rosters write them: the same body under a longer or shorter name.

A catalogue says 县市场监督管理局, the roster's agencies belong to 市场监督管理局, an official paper may say
甲县市场监督管理局: all three are one. A township's own office is named by its words, whatever stands before.
"""

from __future__ import annotations

import re

from gridmgr.domain.people import OFFICE_WORDS

#: A shorter name than this ends too many others.
_LEAST_NAME = 3
#: What may stand before a body's own name: a region, by its last sign.
_REGION = re.compile(r".*[省市县区州盟旗]")
_SPACES = re.compile(r"\s+")


def _plain(name: str) -> str:
    return _SPACES.sub("", name).casefold()


def is_office_body(name: str) -> bool:
    """Whether a name means the township's own enforcement office."""
    plain = _plain(name)
    return any(_plain(word) in plain for word in OFFICE_WORDS)


def same_body(one: str, other: str) -> bool:
    """Whether two names mean the same body: equal, or one is the other with its county before it."""
    short, long = sorted((_plain(one), _plain(other)), key=len)
    if not short:
        return False
    if is_office_body(one) and is_office_body(other):
        return True
    if short == long:
        return True
    before = long.removesuffix(short)
    return len(short) >= _LEAST_NAME and before != long and _REGION.fullmatch(before) is not None
