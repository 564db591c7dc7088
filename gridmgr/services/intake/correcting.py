"""Correcting a report whose sender's own record was changed, before anybody acted on it."""

from __future__ import annotations

from dataclasses import asdict, replace

from gridmgr.domain.tips import Tip
from gridmgr.services.context import Context
from gridmgr.services.intake.reports import (
    Report,
    become_incident,
    clean,
    is_placed,
    placed,
    text_hash,
)
from gridmgr.services.intake.standing import incident_of
from gridmgr.services.intake.vault import Vault
from gridmgr.storage import UnitOfWork


def may_correct(uow: UnitOfWork, tip: Tip) -> bool:
    """Whether nobody acted on it yet, and its personal data is still there."""
    incident = incident_of(uow, tip)
    untouched = incident is None or (incident.case_id is None and incident.is_open)
    return tip.state != "spam" and tip.erased_at is None and untouched


def correct_within(ctx: Context, uow: UnitOfWork, tip: Tip, report: Report, *, vault: Vault) -> Tip:
    """Put what is told now in the place of what was told; the caller commits.

    A report that has its place keeps it; one that waits for it may get it by the new words.
    """
    told = replace(
        tip,
        reported_at=report.reported_at or tip.reported_at,
        category=report.category.strip(),
        description=clean(report.description),
        place_words=clean(report.place_words),
        urgent=report.urgent,
        due_at=report.due_at,
        contact_sealed=vault.seal(asdict(report.contact)) if report.contact else None,
        content_hash=report.told_hash or tip.content_hash,
        text_hash=text_hash(report.description),
    )
    incident = incident_of(uow, tip)
    if incident is None:
        told = placed(uow, report, told)
    else:
        same = ("reported_at", "category", "description", "urgent")
        uow.incidents.replace(replace(incident, **{name: getattr(told, name) for name in same}))
    uow.tips.replace(told)
    if incident is None and is_placed(told):
        told = become_incident(ctx, uow, told)
    uow.record("tip.correct", "tip", tip.id, incident=told.incident_id)
    return told
