"""Who may see whose figures. Figures of persons are for the county lead, the administrator, and oneself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gridmgr.domain.evaluation import GROUPS, Entry
from gridmgr.domain.users import User
from gridmgr.errors import BadInput, Forbidden
from gridmgr.texts import Message

#: Roles that see every body's figures, and decide on appeals.
ALL_ROWS = frozenset({"lead", "admin"})
#: What the others may group by; a role that is not here sees nothing.
_GROUPS: Mapping[str, tuple[str, ...]] = {
    "lead": GROUPS,
    "admin": GROUPS,
    "planner": ("township", "agency", "department"),
    "department": ("department",),
    "officer": ("officer",),
}


def groups_for(user: User) -> tuple[str, ...]:
    """What a user may group figures by, the usual one first."""
    return _GROUPS.get(user.role, ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What of a grouping a user sees.

    Parameters
    ----------
    group
        One of `GROUPS`.
    body
        The only body shown; None for all.
    township_code
        The only township whose bodies are shown; for departments, whose matters alone are counted.
    """

    group: str
    body: str | None = None
    township_code: str | None = None

    def counts(self, entry: Entry) -> bool:
        """Whether an entry is part of what is compared."""
        if entry.group != self.group:
            return False
        return self.group != "department" or self.township_code in (None, entry.township_code)

    def shows(self, body: str, township_of: Mapping[str, str]) -> bool:
        """Whether a body has a row; ``township_of`` says where agencies and officers serve."""
        if self.body is not None:
            return body == self.body
        if self.township_code is None or self.group == "department":
            return True
        return (body if self.group == "township" else township_of.get(body)) == self.township_code


def sight_of(user: User, *, group: str, township_code: str | None = None) -> Sight:
    """What a user sees of a grouping.

    Raises
    ------
    BadInput
        If there is no such grouping.
    Forbidden
        If these figures are not for this user.
    """
    if group not in GROUPS:
        known = ", ".join(GROUPS)
        raise BadInput("evaluation.no_such_group", group=group, known=known)
    if group not in groups_for(user):
        raise Forbidden("evaluation.group_refused", group=Message(f"evaluation.by_{group}"))
    if user.role in ALL_ROWS:
        return Sight(group=group, township_code=township_code)
    if user.role == "planner":
        return _own_township(user, group, township_code)
    own = user.department if user.role == "department" else user.officer_id
    if not own:
        raise Forbidden("evaluation.nobody")
    return Sight(group=group, body=own)


def _own_township(user: User, group: str, township_code: str | None) -> Sight:
    if user.township_code is None or township_code not in (None, user.township_code):
        raise Forbidden("evaluation.other_township")
    return Sight(group=group, township_code=user.township_code)
