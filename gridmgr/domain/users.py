"""Who may use the system, in which role, for which township."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gridmgr.domain.validate import require_choice, require_text

ROLES = ("planner", "officer", "department", "lead", "admin")


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """An account.

    Parameters
    ----------
    name
        Login name, unique.
    display_name
        What others read.
    role
        One of `ROLES`.
    township_code
        The township a planner or officer is confined to; None for county-wide roles.
    agency_code, officer_id
        Links to the people on record.
    department
        The county department a department user speaks for; sees and handles its cases only.
    language
        Interface language.
    active
        Whether the account may log in.
    failed_logins, locked_until
        Lockout after wrong passwords.
    """

    name: str
    display_name: str
    role: str
    township_code: str | None = None
    agency_code: str | None = None
    officer_id: str | None = None
    department: str | None = None
    language: str = "zh"
    active: bool = True
    failed_logins: int = 0
    locked_until: datetime | None = None

    def __post_init__(self) -> None:
        require_text("User", "name", self.name)
        require_choice("User", "role", self.role, ROLES)
        if self.role in ("planner", "officer") and not self.township_code:
            raise ValueError(f"User.township_code is needed for role {self.role!r} (user {self.name!r})")

    def may_see(self, township_code: str) -> bool:
        """Whether the township lies in the user's scope."""
        if self.role in ("admin", "lead", "department"):
            return True
        return self.township_code == township_code
