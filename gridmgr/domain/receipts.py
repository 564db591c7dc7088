"""Receipt codes of villagers' reports: sixteen digits, the last of them a check digit.

Digits only, in fours like a bank card, because codes are read aloud over the telephone. Fifteen random digits
(50 bits) behind a limit of attempts are not guessed; the check digit (Damm's algorithm, 2004) catches every
single wrong digit and every swap of neighbours, so that a misheard code is not "unknown" but "mistyped".
"""

from __future__ import annotations

import secrets
import unicodedata

LENGTH = 16
_GROUP = 4
#: Damm's totally anti-symmetric quasigroup of order ten.
_DAMM = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)


def check_digit(digits: str) -> str:
    """Damm's check digit of a row of digits."""
    interim = 0
    for digit in digits:
        interim = _DAMM[interim][int(digit)]
    return str(interim)


def new_code() -> str:
    """A fresh code, from the system's own randomness."""
    body = f"{secrets.randbelow(10 ** (LENGTH - 1)):0{LENGTH - 1}d}"
    return body + check_digit(body)


def read_code(typed: str) -> str | None:
    """The code somebody typed: blanks, dashes and full-width digits are fine; None where it cannot be one."""
    folded = unicodedata.normalize("NFKC", typed)
    bare = "".join(sign for sign in folded if not sign.isspace() and unicodedata.category(sign) != "Pd")
    if len(bare) != LENGTH or not (bare.isascii() and bare.isdigit()):
        return None
    return bare if check_digit(bare[:-1]) == bare[-1] else None


def spaced(code: str) -> str:
    """A code in groups of four, as people read it."""
    return " ".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))
