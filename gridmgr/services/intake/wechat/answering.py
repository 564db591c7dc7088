"""Answers to what followers ask at any time: who is responsible, how far a report is, what can be sent."""

from __future__ import annotations

from gridmgr.domain.conversation import Command
from gridmgr.domain.receipts import read_code, spaced
from gridmgr.domain.tips import Tip
from gridmgr.services.catalogue.publishing import name_for_public, read_public_page
from gridmgr.services.context import Context
from gridmgr.services.intake.reports import RECEIPT_PURPOSE
from gridmgr.services.intake.vault import Vault
from gridmgr.storage import UnitOfWork
from gridmgr.storage.repositories.places import VillageName
from gridmgr.texts import Message

#: More villages of like names are not told in one answer.
_MOST_VILLAGES = 5


def owners_of(uow: UnitOfWork, name: str) -> tuple[Message, ...]:
    """Who answers for the villages of that name, or of a name that holds it."""
    if not name:
        return (Message("wechat.which_village"),)
    found = uow.villages.called(name, most=_MOST_VILLAGES + 1)
    if not found:
        return (Message("wechat.no_village", {"name": name}),)
    if len(found) > _MOST_VILLAGES:
        return (Message("wechat.many_villages", {"name": name, "most": _MOST_VILLAGES}),)
    return tuple(_owner(uow, village) for village in found)


def status_of(
    ctx: Context, uow: UnitOfWork, command: Command, *, vault: Vault, latest: str | None
) -> tuple[Message, ...]:
    """How far a report is: the one of the receipt code, or the follower's latest."""
    if not command.argument:
        tip = uow.tips.get(latest) if latest else None
        return (_progress(ctx, uow, tip),) if tip else (Message("wechat.which_code"),)
    code = read_code(command.argument)
    if code is None:
        return (Message("wechat.mistyped_code"),)
    tip = uow.tips.by_lookup(vault.lookups(RECEIPT_PURPOSE, code))
    return (_progress(ctx, uow, tip),) if tip else (Message("wechat.no_such_code", {"code": spaced(code)}),)


def _progress(ctx: Context, uow: UnitOfWork, tip: Tip) -> Message:
    """State in plain words; nothing of what was told, for the code may be in other hands."""
    incident = uow.incidents.get(tip.incident_id) if tip.incident_id else None
    state = f"wechat.state_{incident.state}" if incident else f"wechat.state_{tip.state}"
    told = tip.received_at.astimezone(ctx.clock.zone).strftime("%Y-%m-%d %H:%M")
    return Message("wechat.progress", {"at": told, "state": Message(state)})


def _owner(uow: UnitOfWork, village: VillageName) -> Message:
    plan = uow.ownership.published(village.township_code)
    duties = plan.responsibilities if plan else ()
    lead = next((r for r in duties if r.village_code == village.code and r.role == "lead"), None)
    officer = uow.officers.get(lead.officer_id) if lead else None
    where = f"{village.township_name} {village.name}"
    if officer is None:
        return Message("wechat.no_owner", {"village": where})
    rule = read_public_page(uow).officer_name
    if rule == "office":
        offices = uow.agencies.find(township_code=village.township_code)
        office = next((item.name for item in offices if item.is_office), village.township_name)
        return Message("wechat.owner_office", {"village": where, "office": office})
    agency = uow.agencies.get(officer.agency_code)
    values = {
        "village": where,
        "officer": name_for_public(officer, rule),
        "agency": agency.name if agency else "",
    }
    return Message("wechat.owner", values)
