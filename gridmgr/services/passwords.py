"""Passwords: how they are hashed, what makes one good enough, and how strict an installation is.

Rules follow OWASP ASVS 5.0 section 6.2 and, because GB/T 22239-2019 (MLPS) asks for it, can be made stricter.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from gridmgr.domain.validate import require_at_least
from gridmgr.errors import BadInput

#: OWASP's first choice for argon2id: 19 MiB, two passes, one lane.
STANDARD_HASHER = PasswordHasher(memory_cost=19 * 1024, time_cost=2, parallelism=1)
#: Longer passwords are refused: hashing them would cost an attacker nothing and the server much.
LONGEST_PASSWORD = 128
#: Letters and digits that cannot be mistaken for one another when read aloud or copied from paper.
_READABLE = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ23456789"
#: Names from this length on may not stand in a password.
_TELLING_NAME = 4
_COMMON_PASSWORDS = frozenset(
    {"password", "12345678", "1234567890", "qwertyuiop", "password123", "admin123456", "88888888", "iloveyou"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRules:
    """How strict an installation is with accounts.

    Parameters
    ----------
    max_failures
        Wrong passwords in a row before the account is locked.
    lock_minutes
        How long it stays locked.
    idle_minutes
        A session not used for so long is over.
    absolute_hours
        A session older than this is over, used or not.
    min_password_length
        Characters.
    min_character_kinds
        Of lower case, upper case, digits and others, how many a password must mix (1-4).
    """

    max_failures: int = 5
    lock_minutes: int = 15
    idle_minutes: int = 480
    absolute_hours: int = 168
    min_password_length: int = 8
    min_character_kinds: int = 2

    def __post_init__(self) -> None:
        require_at_least("AccountRules", "max_failures", self.max_failures, 3)
        require_at_least("AccountRules", "lock_minutes", self.lock_minutes, 1)
        require_at_least("AccountRules", "idle_minutes", self.idle_minutes, 5)
        require_at_least("AccountRules", "absolute_hours", self.absolute_hours, 1)
        require_at_least("AccountRules", "min_password_length", self.min_password_length, 8)
        require_at_least("AccountRules", "min_character_kinds", self.min_character_kinds, 1)
        if self.min_character_kinds > 4:
            raise ValueError(
                f"AccountRules.min_character_kinds must be at most 4, got {self.min_character_kinds}"
            )


def check_password(rules: AccountRules, password: str, *, user_name: str) -> None:
    """Refuse a password that is too short, too long, too plain, common, or holds the user's name.

    Raises
    ------
    BadInput
        Naming the rule.
    """
    if len(password) < rules.min_password_length:
        raise BadInput("error.password_short", least=rules.min_password_length)
    if len(password) > LONGEST_PASSWORD:
        raise BadInput("error.password_long", most=LONGEST_PASSWORD)
    if _character_kinds(password) < rules.min_character_kinds:
        raise BadInput("error.password_plain", kinds=rules.min_character_kinds)
    lowered = password.lower()
    # A name of a letter or two stands in many a good password.
    holds_name = len(user_name) >= _TELLING_NAME and user_name.lower() in lowered
    if lowered in _COMMON_PASSWORDS or len(set(lowered)) < 3 or holds_name:
        raise BadInput("error.password_common")


def readable_password(rules: AccountRules) -> str:
    """A random password that satisfies the rules and can be read aloud."""
    length = max(rules.min_password_length, 12)
    while True:
        password = "".join(secrets.choice(_READABLE) for _ in range(length))
        # A fourth kind of character is only needed under the strictest rule.
        password = password if rules.min_character_kinds < 4 else f"{password[:-1]}+"
        if _character_kinds(password) >= rules.min_character_kinds:
            return password


def matches(hasher: PasswordHasher, stored: str, password: str) -> bool:
    """Whether this is the password of the stored hash."""
    if len(password) > LONGEST_PASSWORD:
        return False
    try:
        return hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


@lru_cache(maxsize=4)
def decoy(hasher: PasswordHasher) -> str:
    """A hash nobody knows the password of: an unknown name costs as much as a known one."""
    return hasher.hash(secrets.token_urlsafe(32))


def _character_kinds(password: str) -> int:
    tests = (str.islower, str.isupper, str.isdigit, lambda c: not c.isalnum())
    return sum(any(test(c) for c in password) for test in tests)
