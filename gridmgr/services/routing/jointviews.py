"""Joint matters as they are shown: with their cases, and who had best lead."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from gridmgr.domain.bodies import same_body
from gridmgr.domain.cases import OFFICE, Case
from gridmgr.domain.routing.joint import JointMatter
from gridmgr.domain.users import User
from gridmgr.errors import Forbidden
from gridmgr.services.asking import existing
from gridmgr.services.cases.scope import bodies
from gridmgr.services.context import Context
from gridmgr.storage import UnitOfWork

#: What is shown as a list: what waits for a decision and what was joined.
LISTED = ("suggested", "joined")
#: Who decides; so does a county lead, who settles disputes between bodies.
DECIDERS = frozenset({"planner", "lead", "admin"})


@dataclass(frozen=True, kw_only=True)
class JointView:
    """A joint matter with its cases, and where the lead stands by the catalogue.

    Parameters
    ----------
    matter, cases
        The matter and its cases in its order.
    proposed
        The body that had best lead: the lead body of the earliest case's item, else who was at it first.
    leads
        Bodies that may lead.
    township, village
        Names; the village of the first case, None where it lies in none.
    decided_by
        Name of whoever decided last, None before anybody did.
    """

    matter: JointMatter
    cases: tuple[Case, ...]
    proposed: str
    leads: tuple[str, ...]
    township: str
    village: str | None
    decided_by: str | None


def listed(
    ctx: Context, *, township_code: str | None, user: User, states: Collection[str] = LISTED
) -> list[JointView]:
    """Joint matters, those found last first; of a department's liaison those it is concerned with."""
    with ctx.storage.read() as uow:
        found = uow.joint.search(township_code=township_code, states=states)
        mine = [item for item in found if user.role != "department" or user.department in item.bodies]
        return [_view(uow, item) for item in mine]


def views_of(uow: UnitOfWork, case_id: str) -> tuple[JointView, ...]:
    """Joint matters a case is part of or may be, within a transaction."""
    return tuple(_view(uow, item) for item in uow.joint.of_cases([case_id], states=LISTED))


def find(ctx: Context, matter_id: str, *, user: User) -> JointView:
    """One joint matter.

    Raises
    ------
    NotFound, Forbidden
        If there is none, or it is another's.
    """
    with ctx.storage.read() as uow:
        return _view(uow, matter_of(uow, matter_id, user))


def _view(uow: UnitOfWork, matter: JointMatter) -> JointView:
    known = uow.cases.get_many(matter.cases)
    cases = tuple(known[case_id] for case_id in matter.cases if case_id in known)
    town = uow.townships.get(matter.township_code)
    code = cases[0].village_code if cases else None
    village = uow.villages.get(code) if code else None
    who = uow.users.get(matter.decided_by) if matter.decided_by else None
    return JointView(
        matter=matter,
        cases=cases,
        proposed=_proposed(uow, matter, cases),
        leads=tuple(dict.fromkeys((*matter.bodies, OFFICE, *bodies(uow)))),
        township=town.name if town else matter.township_code,
        village=village.name if village else None,
        decided_by=who.display_name if who else matter.decided_by,
    )


def _proposed(uow: UnitOfWork, matter: JointMatter, cases: Sequence[Case]) -> str:
    if matter.lead is not None:
        return matter.lead
    for case in sorted(cases, key=lambda case: (case.opened_at, case.id)):
        item = uow.catalogue.of_case(case)
        if item is None:
            continue
        if item.is_led_by_office(matter.township_code) and OFFICE in matter.bodies:
            return OFFICE
        for body in matter.bodies:
            if same_body(body, item.lead_body):
                return body
    return matter.bodies[0]


def matter_of(uow: UnitOfWork, matter_id: str, user: User, *, decides: bool = False) -> JointMatter:
    """A joint matter the user may see, or decide on, within a transaction.

    Raises
    ------
    NotFound, Forbidden
        If there is none, or it is another's.
    """
    matter = existing(uow.joint.get(matter_id), "word.joint_matter", matter_id)
    if not user.may_see(matter.township_code):
        raise Forbidden("case.refuse_township")
    if user.role == "department" and user.department not in matter.bodies:
        raise Forbidden("case.refuse_department")
    if decides and user.role not in DECIDERS:
        raise Forbidden("error.forbidden")
    return matter
