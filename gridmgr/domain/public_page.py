"""What the office shows to everybody: how officers are named, and which telephone to call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from gridmgr.domain.surnames import COMPOUND_SURNAMES
from gridmgr.domain.validate import require_choice

#: ``full`` name, ``surname`` only, or the ``office`` and nobody by name.
NAME_RULES = ("full", "surname", "office")
MOST_PHONE = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicPage:
    """The office's choice.

    Parameters
    ----------
    officer_name
        One of `NAME_RULES`.
    phone
        Telephone to call, where a township has none of its own; may be empty.
    phones
        Telephones of townships' offices, by township code.
    """

    officer_name: str = "full"
    phone: str = ""
    phones: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        require_choice("PublicPage", "officer_name", self.officer_name, NAME_RULES)
        for number in (self.phone, *self.phones.values()):
            if len(number) > MOST_PHONE:
                raise ValueError(f"PublicPage.phone must have at most {MOST_PHONE} signs, got {number!r}")

    def phone_of(self, township_code: str) -> str:
        """The telephone of a township's office, empty where none was given."""
        return self.phones.get(township_code, "") or self.phone


def surname_of(name: str) -> str:
    """The surname of a Chinese name; the last word of one in letters."""
    plain = name.strip()
    if plain.isascii():
        return plain.split()[-1] if plain else ""
    return plain[:2] if plain[:2] in COMPOUND_SURNAMES and len(plain) > 2 else plain[:1]
