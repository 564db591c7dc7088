"""Whether a duty may be dispatched to a township: only what is on the list, or was admitted to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from gridmgr.domain.bodies import is_office_body, same_body
from gridmgr.domain.cases import Case, Step
from gridmgr.domain.catalogue import CatalogueItem
from gridmgr.errors import Conflict
from gridmgr.services.context import Context
from gridmgr.storage import UnitOfWork
from gridmgr.texts import Message


@dataclass(frozen=True, kw_only=True)
class Listing:
    """How a duty stands on a township's list.

    Parameters
    ----------
    item
        The version in force, None where none is.
    problem
        Why it is not the township's to do; None where it is.
    refused
        Whether the office's rule refuses dispatching it, rather than only warning.
    """

    item: CatalogueItem | None
    problem: Message | None = None
    refused: bool = False


def listing_of(uow: UnitOfWork, *, item_code: str | None, township_code: str, day: date) -> Listing:
    """Look a duty up in the list that holds for a township on a day.

    A matter without an item is not refused, as nobody has said yet which duty it is; the warning says so.
    An item which the township neither leads nor helps with is on nobody's list there.
    """
    if item_code is None:
        return Listing(item=None, problem=Message("catalogue.unclassified"))
    refused = uow.settings.office().unlisted_duty == "refuse"
    item = uow.catalogue.on(item_code, day)
    if item is None:
        return Listing(item=None, problem=_not_listed(uow, item_code, day), refused=refused)
    agencies = uow.agencies.find(township_code=township_code)
    if _is_theirs(item, township_code, [agency.department for agency in agencies]):
        return Listing(item=item)
    problem = Message("catalogue.not_theirs", {"item": item.name, "body": item.lead_body})
    return Listing(item=item, problem=problem, refused=refused)


def _is_theirs(item: CatalogueItem, township_code: str, departments: list[str]) -> bool:
    if item.is_led_by_office(township_code) or any(map(is_office_body, item.cooperating_bodies)):
        return True
    bodies = (item.lead_body, *item.cooperating_bodies)
    return any(same_body(department, body) for department in departments for body in bodies if department)


def _not_listed(uow: UnitOfWork, code: str, day: date) -> Message:
    for admission in uow.admissions.find({"asked", "reviewed", "refused"}):
        if admission.item.code == code:
            state = Message(f"catalogue.admission_state_{admission.state}")
            return Message("catalogue.not_admitted", {"code": code, "state": state})
    return Message("catalogue.not_listed", {"code": code, "day": day.isoformat()})


def require_listed(
    uow: UnitOfWork, *, item_code: str | None, township_code: str, day: date
) -> Message | None:
    """Refuse dispatching what is not the township's to do; gives the warning where the rule only warns.

    Raises
    ------
    Conflict
        Where the office's rule refuses it.
    """
    found = listing_of(uow, item_code=item_code, township_code=township_code, day=day)
    if found.problem is not None and found.refused:
        raise Conflict("catalogue.dispatch_refused", problem=found.problem)
    return found.problem


def check_dispatch(ctx: Context, uow: UnitOfWork, case: Case, step: Step) -> None:
    """Refuse sending a township's people for what is not on its list, where the office's rule says so.

    The list of the day the case was opened counts: a case keeps the catalogue it began under.

    Raises
    ------
    Conflict
        If the duty was neither on the list nor admitted.
    """
    if step.action != "dispatch" or case.township_code is None:
        return
    day = case.opened_at.astimezone(ctx.clock.zone).date()
    require_listed(uow, item_code=case.item_code, township_code=case.township_code, day=day)
