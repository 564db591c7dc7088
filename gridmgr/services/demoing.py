"""Loading the demo county into a database of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from gridmgr.demo import DemoCounty, build_county, demo_users
from gridmgr.demo.accounts import DEMO_NAMES, DEMO_PASSWORD
from gridmgr.domain.settings import OfficeSettings
from gridmgr.domain.users import User
from gridmgr.errors import Conflict
from gridmgr.geo.adjacency import named_pairs
from gridmgr.services.accounts import add_user
from gridmgr.services.context import Context
from gridmgr.services.demo_cases import save_cases
from gridmgr.services.demo_told import save_inbox, save_shared
from gridmgr.services.intake.vault import vault_of
from gridmgr.storage import UnitOfWork

_SETTINGS_KEY = "demo"
#: The demo's rules: a fifth more driving is allowed so that no squad has the whole day and another nothing.
OFFICE = OfficeSettings(balance_percent=20)
_ACTOR = "system"


def demo_of(ctx: Context) -> dict[str, Any] | None:
    """What the demo in this database was made from, None where there is none."""
    with ctx.storage.read() as uow:
        found: dict[str, Any] | None = uow.settings.get(_SETTINGS_KEY)
    return found


def load_demo(
    ctx: Context, *, seed: int, villages: int, townships: int | None, today: date
) -> list[tuple[User, str]]:
    """Build the demo county and store it.

    Parameters
    ----------
    ctx
        The wired parts, over an empty database.
    seed, villages, townships, today
        What to build; see `gridmgr.demo.build_county`.

    Returns
    -------
    list of (User, str)
        Accounts and their plain passwords.

    Raises
    ------
    Conflict
        If the database holds villages already: a demo never mixes with an office's own data.
    """
    with ctx.storage.read() as uow:
        if uow.villages.count():
            raise Conflict("demo.database_in_use", url=ctx.config.database)
    county = build_county(seed=seed, villages=villages, townships=townships, today=today)
    made_from: dict[str, Any] = {
        "seed": seed,
        "villages": villages,
        "townships": townships,
        "today": today.isoformat(),
    }
    pairs = named_pairs(county.villages)
    vault = vault_of(ctx)
    with ctx.storage.write(_ACTOR) as uow:
        _save_places(uow, county, pairs)
        _save_people(uow, county)
        _save_past(uow, county)
        save_cases(ctx, uow, county.passed_up)
        save_shared(ctx, uow, county.shared)
        save_inbox(uow, county.reports, vault=vault)
        uow.settings.save_office(OFFICE)
        uow.settings.put(_SETTINGS_KEY, made_from)
        uow.record("demo.load", "county", county.townships[0].county_code, **made_from)
        uow.commit()
    users = demo_users(county)
    for user, password in users:
        add_user(ctx, user, password, actor=_ACTOR)
    return users


def demo_accounts(ctx: Context) -> list[tuple[User, str]]:
    """The accounts of a demo loaded earlier, with their public passwords."""
    with ctx.storage.read() as uow:
        users = {user.name: user for user in uow.users.find()}
    return [(users[name], DEMO_PASSWORD) for name in DEMO_NAMES if name in users]


def _save_places(uow: UnitOfWork, county: DemoCounty, pairs: Sequence[tuple[str, str, float]]) -> None:
    uow.townships.add_many(county.townships)
    uow.villages.add_many(county.villages)
    uow.villages.save_adjacency(pairs)
    uow.places.add_many(county.places)
    uow.catalogue.add_many(county.catalogue)
    graph = county.roads.graph()
    at = uow.now()
    uow.roads.save(name="demo", content_hash=graph.content_hash, imported_at=at, data=graph.to_bytes())


def _save_people(uow: UnitOfWork, county: DemoCounty) -> None:
    uow.agencies.add_many(county.agencies)
    uow.officers.add_many(county.officers)
    uow.vehicles.add_many(county.vehicles)
    uow.attendance.save(county.attendance)


def _save_past(uow: UnitOfWork, county: DemoCounty) -> None:
    for ownership in county.ownership:
        uow.ownership.add(ownership)
        owner = uow.ownership.head(ownership.township_code)
        pointed = replace(
            owner, draft_id=ownership.id, published_id=ownership.id, published_at=ownership.created_at
        )
        uow.ownership.move_head(pointed, expected_version=owner.version)
    for plan in county.day_plans:
        uow.days.add(plan)
        head = uow.days.head(plan.township_code, plan.day)
        shown = replace(head, draft_id=plan.id, published_id=plan.id, published_at=plan.created_at)
        uow.days.move_head(shown, expected_version=head.version)
    uow.check_ins.add_many(county.check_ins)
    uow.tracks.add_many(county.tracks)
    uow.incidents.add_many(county.incidents)
    uow.inspections.add_many(county.inspections)
    uow.inspection_requests.add_many(county.inspection_requests)
    uow.inspection_limits.add_many(county.inspection_limits)
