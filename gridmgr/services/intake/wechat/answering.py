"""What a follower is answered."""

from __future__ import annotations

import re

from gridmgr.services.context import Context
from gridmgr.services.intake.wechat.messages import Inbound
from gridmgr.storage import UnitOfWork
from gridmgr.storage.repositories.places import VillageName
from gridmgr.texts import Message

_OWNER = re.compile(r"(?:谁负责|who)\s*[:：]?\s*(.{1,40})", re.IGNORECASE)
#: More villages of like names are not told in one answer.
_MOST_VILLAGES = 5


def answer(ctx: Context, inbound: Inbound) -> tuple[Message, ...]:
    """What to say, line by line; nothing to who left."""
    if inbound.event == "unsubscribe":
        return ()
    if inbound.event == "subscribe":
        return (Message("wechat.welcome"), Message("wechat.help"))
    asked = _OWNER.fullmatch(inbound.said.text.strip()) if inbound.said.kind == "text" else None
    if asked is None:
        return (Message("wechat.help"),)
    with ctx.storage.read() as uow:
        return owners_of(uow, asked[1].strip())


def owners_of(uow: UnitOfWork, name: str) -> tuple[Message, ...]:
    """Who answers for the villages of that name, or of a name that holds it."""
    found = uow.villages.called(name, most=_MOST_VILLAGES + 1)
    if not found:
        return (Message("wechat.no_village", {"name": name}),)
    if len(found) > _MOST_VILLAGES:
        return (Message("wechat.many_villages", {"name": name, "most": _MOST_VILLAGES}),)
    return tuple(_owner(uow, village) for village in found)


def _owner(uow: UnitOfWork, village: VillageName) -> Message:
    plan = uow.ownership.published(village.township_code)
    duties = plan.responsibilities if plan else ()
    lead = next((r for r in duties if r.village_code == village.code and r.role == "lead"), None)
    officer = uow.officers.get(lead.officer_id) if lead else None
    where = f"{village.township_name} {village.name}"
    if officer is None:
        return Message("wechat.no_owner", {"village": where})
    agency = uow.agencies.get(officer.agency_code)
    unit = agency.name if agency else ""
    return Message("wechat.owner", {"village": where, "officer": officer.name, "agency": unit})
