"""Who takes a step: a user, the villager who reported, or the system's own clock."""

from __future__ import annotations

from dataclasses import dataclass

from gridmgr.domain.users import ROLES, User
from gridmgr.domain.validate import require_choice, require_text

#: Roles of steps: those of users, the public that rates, the system that notices what is overdue.
STEP_ROLES = (*ROLES, "public", "system")


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who takes a step.

    Parameters
    ----------
    name
        User name; ``public`` or ``system`` where there is no user.
    role
        One of `STEP_ROLES`.
    township_code
        The township an officer or planner is confined to.
    department
        The county department a department user speaks for.
    officer_id
        The officer on record whose account it is.
    """

    name: str
    role: str
    township_code: str | None = None
    department: str | None = None
    officer_id: str | None = None

    def __post_init__(self) -> None:
        require_text("Actor", "name", self.name)
        require_choice("Actor", "role", self.role, STEP_ROLES)

    @classmethod
    def of(cls, user: User) -> Actor:
        """The actor a user is."""
        return cls(
            name=user.name,
            role=user.role,
            township_code=user.township_code,
            department=user.department,
            officer_id=user.officer_id,
        )

    def is_of(self, township_code: str | None) -> bool:
        """Whether the township lies in the actor's scope; planners and officers are confined to their own."""
        return self.role not in ("planner", "officer") or self.township_code == township_code


#: Whoever reported the matter, through a page without an account.
PUBLIC = Actor(name="public", role="public")
#: The worker: deadlines, reminders.
SYSTEM = Actor(name="system", role="system")
