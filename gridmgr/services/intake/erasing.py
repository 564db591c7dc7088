"""Deleting personal data of reports: by rule of time, and when their senders ask."""

from __future__ import annotations

from dataclasses import replace

from gridmgr.domain.privacy import mask
from gridmgr.domain.tips import Tip
from gridmgr.services.context import Context
from gridmgr.services.intake.reports import INCIDENT_SUBJECT, PENDING_SUBJECT
from gridmgr.storage import UnitOfWork

#: Sources whose keys name a person's account or message, not a document of another office.
_PERSONAL_KEYS = frozenset({"wechat", "open311"})


def erase(ctx: Context, uow: UnitOfWork, tip: Tip, *, why: str, photos: bool) -> Tip:
    """Delete contact data, mask what the words tell of people, and delete photos if asked.

    Photos stay once somebody has acted on them: then they are evidence of the office's own.

    Parameters
    ----------
    tip
        As stored.
    why
        ``request`` or ``rule``, for the trail.
    photos
        Whether to delete photos.

    Returns
    -------
    Tip
        As stored now; the caller commits.
    """
    now = ctx.clock.utc_now()
    erased = replace(
        tip.reworded(mask),
        contact_sealed=None,
        sender_key=f"erased-{tip.id}" if tip.source in _PERSONAL_KEYS else tip.sender_key,
        sender_hash=None,
        erased_at=now,
    )
    uow.tips.replace(erased)
    _mask_incident(uow, tip)
    subject = erasable_photos(uow, tip) if photos else None
    deleted = 0 if subject is None else uow.attachments.delete_of(*subject)
    had_contact = tip.contact_sealed is not None
    uow.record("tip.erase", "tip", tip.id, why=why, contact=had_contact, photos=deleted)
    return erased


def _mask_incident(uow: UnitOfWork, tip: Tip) -> None:
    incident = uow.incidents.get(tip.incident_id) if tip.incident_id else None
    if incident is not None:
        uow.incidents.replace(replace(incident, description=mask(incident.description)))


def erasable_photos(uow: UnitOfWork, tip: Tip) -> tuple[str, str] | None:
    """Kind and id of what the report's photos belong to, None once they are evidence."""
    if tip.incident_id is None:
        return PENDING_SUBJECT, tip.id
    incident = uow.incidents.get(tip.incident_id)
    untouched = incident is not None and incident.case_id is None and incident.state == "reported"
    return (INCIDENT_SUBJECT, tip.incident_id) if tip.state == "spam" or untouched else None
