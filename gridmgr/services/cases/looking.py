"""Opening the words of a case: names and numbers in them are masked until whoever handles it needs them."""

from __future__ import annotations

from gridmgr.domain.cases import Actor, Case
from gridmgr.domain.users import User
from gridmgr.errors import Forbidden
from gridmgr.services.cases.reading import CaseView, readable_case, view
from gridmgr.services.context import Context
from gridmgr.services.discretion import reads_plain


def may_look(case: Case, *, user: User | Actor) -> bool:
    """Whether a user handles the case: an officer of its township, a department that has it or helps."""
    if user.role == "officer":
        return user.township_code == case.township_code
    return user.role == "department" and user.department in (
        case.department,
        case.answerable,
        *case.cooperating,
    )


def look(ctx: Context, case_id: str, *, user: User | Actor) -> CaseView:
    """A case with people's words as they are; that somebody looked is on record before they see it.

    Raises
    ------
    NotFound, Forbidden
        If there is none, it is another's, or the user does not handle it.
    """
    if not reads_plain(user):
        with ctx.storage.write(user.name) as uow:
            case = readable_case(uow, case_id, user)
            if not may_look(case, user=user):
                raise Forbidden("error.forbidden")
            uow.record("case.look", "case", case_id)
            uow.commit()
    return view(ctx, case_id, user=user, plain=True)
