"""Cases an officer has to see to: sent to the officer or the squad, and to be checked in the own villages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from gridmgr.domain.cases import Case
from gridmgr.domain.people import Officer
from gridmgr.domain.users import User
from gridmgr.services.context import Context
from gridmgr.services.queries.patrol import find_officer
from gridmgr.storage import UnitOfWork
from gridmgr.storage.repositories.cases import CaseFilter

_UNDER_WAY = frozenset({"dispatched", "en_route", "on_scene"})
_TO_CHECK = frozenset({"settled", "handled"})
#: A department has the case and asked the township for help.
_HELPING = frozenset({"accepted"})


@dataclass(frozen=True, kw_only=True)
class OfficerCases:
    """What an officer has to see to.

    Parameters
    ----------
    mine
        Sent to the officer or to the squad of the day, urgent ones first.
    to_check
        Settled or handled in villages the officer answers for, by others.
    """

    mine: tuple[Case, ...]
    to_check: tuple[Case, ...]

    @property
    def count(self) -> int:
        """How many in all."""
        return len(self.mine) + len(self.to_check)


def officer_cases(ctx: Context, *, user: User, day: date) -> OfficerCases:
    """Read them.

    Raises
    ------
    NotFound
        If the account's officer is not on record.
    """
    with ctx.storage.read() as uow:
        officer = find_officer(uow, user.officer_id or "")
        plan = uow.days.published(officer.township_code, day)
        squad = plan.squad_of(officer.id) if plan else None
        own = _villages(uow, officer)
        found = uow.cases.search(
            CaseFilter(township_code=officer.township_code, states=_UNDER_WAY | _TO_CHECK | _HELPING)
        )
    sent = [
        case
        for case in found
        if (case.state in _UNDER_WAY or (case.state in _HELPING and case.help == "assigned"))
        and (case.officer_id == officer.id or (squad is not None and case.squad_id == squad.id))
    ]
    check = [
        case
        for case in found
        if case.state in _TO_CHECK and case.village_code in own and case.handler != user.name
    ]
    return OfficerCases(
        mine=tuple(sorted(sent, key=lambda case: (not case.urgent, case.changed_at, case.id))),
        to_check=tuple(sorted(check, key=lambda case: (case.changed_at, case.id))),
    )


def _villages(uow: UnitOfWork, officer: Officer) -> frozenset[str]:
    plan = uow.ownership.published(officer.township_code)
    own = plan.responsibilities if plan else ()
    return frozenset(item.village_code for item in own if item.officer_id == officer.id)


def fellow_officers(ctx: Context, *, user: User, day: date) -> list[tuple[Officer, bool]]:
    """Who may sign a penalty with the officer, the squad's members first and marked as such."""
    with ctx.storage.read() as uow:
        officer = find_officer(uow, user.officer_id or "")
        plan = uow.days.published(officer.township_code, day)
        squad = plan.squad_of(officer.id) if plan else None
        everybody = uow.officers.find(township_code=officer.township_code)
    mates = set(squad.members) if squad else set()
    others = [item for item in everybody if item.id != officer.id and item.certified_on(day)]
    return [(item, item.id in mates) for item in sorted(others, key=lambda o: (o.id not in mates, o.id))]
