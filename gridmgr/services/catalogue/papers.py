"""What requests, offers, proposals and admissions share: numbers, who speaks for which body, finding one."""

from __future__ import annotations

import secrets
from typing import TypeVar

from gridmgr.domain.bodies import same_body
from gridmgr.domain.users import User
from gridmgr.errors import BadInput, Forbidden, NotFound
from gridmgr.services.context import Context
from gridmgr.storage import UnitOfWork
from gridmgr.texts import Message

T = TypeVar("T")


def new_id(ctx: Context) -> str:
    """A fresh number: the day in the office and eight random hex digits."""
    return f"{ctx.clock.today():%Y%m%d}-{secrets.token_hex(4)}"


def found(paper: T | None, kind: str, paper_id: str) -> T:
    """The paper.

    Raises
    ------
    NotFound
        If there is none.
    """
    if paper is None:
        raise NotFound("error.not_found", kind=Message(f"word.{kind}"), id=paper_id)
    return paper


def body_of(uow: UnitOfWork, user: User, given: str) -> str:
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
    own = department_of(uow, user)
    if own and given and not same_body(own, given):
        raise Forbidden("catalogue.other_department", body=given, own=own)
    body = given.strip() or own
    if not body:
        raise BadInput("catalogue.body_needed")
    return body


def department_of(uow: UnitOfWork, user: User) -> str:
    """The department of a user's account, empty where it names none."""
    if user.role != "department":
        return ""
    agency = uow.agencies.get(user.agency_code) if user.agency_code else None
    return agency.department if agency is not None else ""


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


def needed(words: str, key: str) -> str:
    """Words without blanks around.

    Raises
    ------
    BadInput
        With ``key`` where there are none.
    """
    if not words.strip():
        raise BadInput(key)
    return words.strip()
