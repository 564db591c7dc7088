"""What requests, offers, proposals and admissions share: who speaks for which body, which townships exist."""

from __future__ import annotations

from gridmgr.domain.bodies import same_body
from gridmgr.domain.users import User
from gridmgr.errors import BadInput, Forbidden
from gridmgr.storage import UnitOfWork


def body_of(user: User, given: str) -> str:
    """The department a user speaks for.

    Parameters
    ----------
    given
        What was filled in; a department's user whose account names one need not, and cannot name another.

    Raises
    ------
    BadInput
        If neither says.
    Forbidden
        If a department's user names another department.
    """
    own = user.department or ""
    if own and given and not same_body(own, given):
        raise Forbidden("catalogue.other_department", body=given, own=own)
    body = given.strip() or own
    if not body:
        raise BadInput("catalogue.body_needed")
    return body


def require_townships(uow: UnitOfWork, codes: tuple[str, ...]) -> None:
    """Refuse townships that do not exist.

    Raises
    ------
    BadInput
        Naming them.
    """
    unknown = sorted(set(codes) - {township.code for township in uow.townships.find()})
    if unknown:
        raise BadInput("catalogue.unknown_townships", townships=", ".join(unknown))
