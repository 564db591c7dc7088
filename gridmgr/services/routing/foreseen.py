"""Before an incident is a case: cases of other bodies that are probably about the same matter.

The rules are those of joint matters. Filed, the incident would be suggested as one with them; seen before,
nobody else is sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from gridmgr.domain.cases import OFFICE, Case
from gridmgr.domain.incidents import Incident
from gridmgr.domain.nearness import box_around, metres_between
from gridmgr.domain.routing.joint import is_repeated
from gridmgr.services.context import Context
from gridmgr.services.routing.repeated import handlings, rules_of
from gridmgr.storage import UnitOfWork

#: So many are shown, the nearest first.
_MOST = 5


@dataclass(frozen=True, kw_only=True)
class AtIt:
    """A body's case that is probably about an incident's matter.

    Parameters
    ----------
    case, body
        The case, and who is or will be at it; `OFFICE` for the township's own.
    metres
        How far from the incident.
    """

    case: Case
    body: str
    metres: float


def foreseen(ctx: Context, uow: UnitOfWork, incident: Incident) -> tuple[AtIt, ...]:
    """Other bodies' cases an incident would be suggested as one matter with, the nearest first.

    Nothing for an incident that has its case: that one's joint matters are on record.
    """
    if incident.case_id is not None or not incident.is_open or incident.township_code is None:
        return ()
    rules, now = rules_of(uow.settings.office()), ctx.clock.utc_now()
    near = uow.cases.near(
        box_around(incident.lon, incident.lat, rules.metres), since=now - timedelta(days=rules.days)
    )
    mine = [case for case in near if case.township_code == incident.township_code]
    known = {case.id: case for case in mine}
    own = _as_case(incident, now)
    (would_be, *others) = handlings(uow, [own, *mine])
    found = [
        AtIt(
            case=known[other.case_id],
            body=other.body,
            metres=metres_between(incident.lon, incident.lat, other.lon, other.lat),
        )
        for other in others
        if is_repeated(would_be, other, rules)
    ]
    return tuple(sorted(found, key=lambda item: (item.metres, item.case.id))[:_MOST])


def _as_case(incident: Incident, now: datetime) -> Case:
    """The case an incident would open now, at whom the catalogue names."""
    return Case(
        id=f"?{incident.id}",
        incident_id=incident.id,
        township_code=incident.township_code,
        lon=incident.lon,
        lat=incident.lat,
        category=incident.category,
        item_code=incident.item_code,
        state="filed",
        answerable=OFFICE,
        opened_at=now,
        changed_at=now,
    )
