"""A township's ownership as the desk shows it, names in its reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from gridmgr.domain.assignments import OwnershipPlan
from gridmgr.services.context import Context, require_township
from gridmgr.services.planning.lawful import Breach, breaches_of
from gridmgr.services.queries.dayview import Owners, owners_of
from gridmgr.services.queries.naming import Names
from gridmgr.storage import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class OwnershipView:
    """Who answers for which village.

    Parameters
    ----------
    owners
        Draft and published plan, with names in their reasons.
    villages
        Names by code.
    breaches
        What keeps the draft from being lawful today; the plan in force where there is no draft.
    """

    owners: Owners
    villages: Mapping[str, str]
    breaches: tuple[Breach, ...]


def view_ownership(ctx: Context, *, township_code: str) -> OwnershipView:
    """Read a township's ownership.

    Raises
    ------
    NotFound
        If there is no such township.
    """
    with ctx.storage.read() as uow:
        require_township(uow, township_code)
        names = _names(uow, township_code)
        owners = owners_of(uow, township_code, names.officers)
        plan = owners.draft or owners.published
        breaches = breaches_of(uow, plan, ctx.clock.today()) if plan else ()
    shown = replace(
        owners,
        draft=names.ownership(owners.draft) if owners.draft else None,
        published=names.ownership(owners.published) if owners.published else None,
    )
    return OwnershipView(owners=shown, villages=names.villages, breaches=breaches)


def named(ctx: Context, plan: OwnershipPlan) -> OwnershipPlan:
    """A plan with names in its reasons."""
    with ctx.storage.read() as uow:
        return _names(uow, plan.township_code).ownership(plan)


def _names(uow: UnitOfWork, township_code: str) -> Names:
    return Names(
        officers={officer.id: officer.name for officer in uow.officers.find(township_code=township_code)},
        villages={village.code: village.name for village in uow.villages.find(township_code=township_code)},
        agencies={},
    )
