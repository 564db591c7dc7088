"""Saving revisions: new ids, the version check, the audit event."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from gridmgr.domain.patrols import DayHead, DayPlan
from gridmgr.errors import Conflict
from gridmgr.services.context import Context
from gridmgr.storage import UnitOfWork
from gridmgr.texts import Message
from planners.result import Reason


def new_revision_id() -> str:
    """An id nobody can guess or take twice."""
    return secrets.token_hex(8)


def words(reason: Reason) -> Message:
    """A planner's reason as a message of the text catalogue."""
    return Message(f"reason.{reason.code}", dict(reason.params))


def day_of(ctx: Context, township_code: str, day: date) -> tuple[DayHead, DayPlan | None, DayPlan | None]:
    """Head, draft and published plan of a township's day."""
    with ctx.storage.read() as uow:
        head = uow.days.head(township_code, day)
        return head, uow.days.get(head.draft_id), uow.days.get(head.published_id)


def save_draft(
    ctx: Context,
    plan: DayPlan,
    *,
    expected_version: int,
    action: str,
    why: str = "",
    detail: Mapping[str, object] | None = None,
) -> DayHead:
    """Store a revision and make it the draft.

    Raises
    ------
    Conflict
        If the day is not at ``expected_version`` any more; nothing is stored then.
    """
    with ctx.storage.write(plan.created_by) as uow:
        head = move_draft(uow, plan, expected_version=expected_version)
        uow.record(
            action,
            "day_plan",
            f"{plan.township_code}/{plan.day}",
            why=why,
            revision=plan.id,
            **(detail or {}),
        )
        uow.commit()
    return head


def move_draft(uow: UnitOfWork, plan: DayPlan, *, expected_version: int) -> DayHead:
    """Store a revision and point the head at it, within a transaction.

    Raises
    ------
    Conflict
        If the day is not at ``expected_version`` any more.
    """
    head = uow.days.head(plan.township_code, plan.day)
    # Asked before the revision is stored: one that was kept already must be a conflict, not a double.
    if head.version != expected_version:
        raise Conflict("error.draft_changed")
    uow.days.add(plan)
    return uow.days.move_head(replace(head, draft_id=plan.id), expected_version=expected_version)
