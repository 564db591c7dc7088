"""Putting names in the place of ids in stored reasons, at the moment somebody reads them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from gridmgr.domain.assignments import OwnershipPlan
from gridmgr.services.context import Context
from gridmgr.storage import UnitOfWork
from gridmgr.texts import Message

#: Parameters of ownership reasons that hold an officer's id or a village's code.
_OFFICER_FIELDS = ("officer", "other")
_VILLAGE_FIELDS = ("village", "with", "other")


def named(ctx: Context, plan: OwnershipPlan) -> OwnershipPlan:
    """The plan with names in its reasons."""
    with ctx.storage.read() as uow:
        return named_within(uow, plan)


def named_within(uow: UnitOfWork, plan: OwnershipPlan) -> OwnershipPlan:
    """As `named`, within a transaction."""
    people = {o.id: o.name for o in uow.officers.find(township_code=plan.township_code)}
    villages = {v.code: v.name for v in uow.villages.find(township_code=plan.township_code)}
    return replace(
        plan,
        responsibilities=tuple(
            replace(r, why=tuple(_named(message, people, villages) for message in r.why))
            for r in plan.responsibilities
        ),
        uncovered=tuple(
            replace(item, reason=_named(item.reason, people, villages)) for item in plan.uncovered
        ),
        why=tuple(_named(message, people, villages) for message in plan.why),
    )


def _named(message: Message, people: Mapping[str, str], villages: Mapping[str, str]) -> Message:
    values = dict(message.params)
    for field in _OFFICER_FIELDS:
        if values.get(field) in people:
            values[field] = people[values[field]]
    for field in _VILLAGE_FIELDS:
        if values.get(field) in villages:
            values[field] = villages[values[field]]
    return Message(message.key, values)
