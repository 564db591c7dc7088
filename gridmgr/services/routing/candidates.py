"""What is advised for an incident: officers, today's squads and bodies, ranked, and who is at it already."""

from __future__ import annotations

from dataclasses import dataclass

from gridmgr.domain.cases import Case
from gridmgr.domain.catalogue import CatalogueItem
from gridmgr.domain.incidents import Incident
from gridmgr.domain.routing.candidates import Candidate
from gridmgr.domain.users import User
from gridmgr.errors import Forbidden
from gridmgr.services.asking import existing
from gridmgr.services.catalogue.listing import Listing, listing_of
from gridmgr.services.context import Context
from gridmgr.services.routing.foreseen import AtIt, foreseen
from gridmgr.services.routing.matters import Matter

#: So many of each kind are shown.
MOST_SHOWN = 5


@dataclass(frozen=True, kw_only=True)
class Advice:
    """Who could deal with an incident.

    Parameters
    ----------
    incident, case
        The matter.
    item
        Its item in the version of the incident's day, None where it has none.
    listing
        Whether the duty is on the township's list.
    officers, squads, bodies
        The best first; `OFFICE` among the bodies is the township's own office.
    at_it
        Cases of other bodies that are probably about the same matter, for an incident that is no case yet.
    """

    incident: Incident
    case: Case | None
    item: CatalogueItem | None
    listing: Listing | None
    officers: tuple[Candidate, ...]
    squads: tuple[Candidate, ...]
    bodies: tuple[Candidate, ...]
    at_it: tuple[AtIt, ...] = ()


def candidates(ctx: Context, incident_id: str, *, user: User) -> Advice:
    """Who could deal with an incident.

    Raises
    ------
    NotFound, Forbidden
        If there is no such incident, or it is another township's.
    """
    with ctx.storage.read() as uow:
        incident = existing(uow.incidents.get(incident_id), "word.incident", incident_id)
        if incident.township_code is None or not user.may_see(incident.township_code):
            raise Forbidden("case.refuse_township")
        case = uow.cases.get(incident.case_id) if incident.case_id else None
        matter = Matter(ctx, uow, incident, case)
        return Advice(
            incident=incident,
            case=case,
            item=matter.item,
            listing=listing_of(
                uow, item_code=matter.item_code, township_code=incident.township_code, day=matter.day
            ),
            officers=matter.officers()[:MOST_SHOWN],
            squads=matter.squads()[:MOST_SHOWN],
            bodies=matter.bodies()[:MOST_SHOWN],
            at_it=foreseen(ctx, uow, incident),
        )
