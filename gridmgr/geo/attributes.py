"""Values of a village file's cells: codes as text whatever the file stores, kinds, risks, visits a week.

Codes are text. Spreadsheets and DBF files make numbers of them; they come back as the digits they were:
``330102001001.0`` and ``3.30102001001E+11`` are both ``330102001001``.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

_WHOLE = re.compile(r"(\d+)[.,]0+")
_SCIENTIFIC = re.compile(r"\d(?:\.(\d+))?[eE]\+?(\d+)")
#: Doubles hold every integer up to here exactly.
_EXACT = 2.0**53

KINDS = {
    "village": ("village", "村", "行政村", "建制村", "村委会", "村民委员会", "乡村", "嘎查", "rural"),
    "community": (
        "community",
        "社区",
        "居委会",
        "居民委员会",
        "社区居委会",
        "居民区",
        "town",
        "urban",
        "城镇",
    ),
}
RISKS = {
    "A": ("a", "a级", "a类", "高", "高风险", "high"),
    "B": ("b", "b级", "b类", "中", "中风险", "medium"),
    "C": ("c", "c级", "c类", "低", "低风险", "low"),
}
#: Three a day, every day of the week.
MAX_VISITS_PER_WEEK = 21
_COMMUNITY_ENDINGS = ("社区", "居委会", "居民委员会")
_KIND_OF = {word: kind for kind, words in KINDS.items() for word in words}
_RISK_OF = {word: risk for risk, words in RISKS.items() for word in words}


def code_texts(values: NDArray[Any]) -> list[str]:
    """Codes as text, blank where the cell is empty."""
    if values.dtype.kind in "iu":
        return [str(value) for value in values.tolist()]
    if values.dtype.kind == "f":
        return [_float_text(value) for value in values.tolist()]
    return [_code_text(value) for value in values.tolist()]


def texts(values: NDArray[Any]) -> list[str]:
    """Cells as text without blanks around, blank where the cell is empty."""
    if values.dtype.kind == "O":
        return [value.strip() if isinstance(value, str) else _code_text(value) for value in values.tolist()]
    return code_texts(values)


def lost_digits(values: NDArray[Any]) -> list[int]:
    """Positions of codes written like ``3.3E+11`` with fewer digits than they had: their end was lost."""
    if values.dtype.kind != "O":
        return []
    found = []
    for position, value in enumerate(values.tolist()):
        match = _SCIENTIFIC.fullmatch(value.strip()) if isinstance(value, str) else None
        if match and len(match[1] or "") < int(match[2]):
            found.append(position)
    return found


def _float_text(value: float) -> str:
    if np.isnan(value):
        return ""
    return f"{value:.0f}" if value.is_integer() and abs(value) <= _EXACT else repr(value)


def _code_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return _float_text(value)
    text = unicodedata.normalize("NFKC", str(value)).strip()
    if whole := _WHOLE.fullmatch(text):
        return whole[1]
    scientific = _SCIENTIFIC.fullmatch(text)
    if scientific and 8 <= int(scientific[2]) <= 20:
        return f"{Decimal(text):.0f}"
    return text


def kind_of(text: str, *, name: str) -> str | None:
    """``village`` or ``community``, from the end of the name for a blank; None if the word is not known."""
    if not text:
        return "community" if name.endswith(_COMMUNITY_ENDINGS) else "village"
    return _KIND_OF.get(_folded(text))


def risk_of(text: str) -> str | None:
    """``A``, ``B`` or ``C``; C for a blank; None if the word is not known."""
    return _RISK_OF.get(_folded(text)) if text else "C"


def visits_of(text: str) -> int | None:
    """Whole number of visits a week, 0 to `MAX_VISITS_PER_WEEK`; None if it is not one."""
    whole = _WHOLE.fullmatch(unicodedata.normalize("NFKC", text))
    digits = whole[1] if whole else unicodedata.normalize("NFKC", text)
    if not digits.isascii() or not digits.isdigit() or len(digits) > 3:
        return None
    return int(digits) if int(digits) <= MAX_VISITS_PER_WEEK else None


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().casefold()
