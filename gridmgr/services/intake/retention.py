"""Deleting personal data when its time is over: contacts of closed reports, spam, movement tracks.

How long each is kept is the office's setting. Right to do twice, and after a long time without.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from gridmgr.domain.cases import Case
from gridmgr.domain.incidents import Incident
from gridmgr.domain.settings import OfficeSettings
from gridmgr.domain.tips import Tip
from gridmgr.services.context import Context
from gridmgr.services.intake.erasing import erase
from gridmgr.services.intake.standing import outcomes_of, state_from
from gridmgr.storage import UnitOfWork

#: States of a report in which nobody needs to reach its sender any more.
_OVER = frozenset({"done", "closed", "cancelled"})
_RULE = "rule"


@dataclass(frozen=True, kw_only=True)
class Purged:
    """What was deleted.

    Parameters
    ----------
    reports
        Closed reports whose contact data went.
    spam
        Reports marked as spam whose contact data and photos went.
    tracks
        Movement tracks.
    """

    reports: int = 0
    spam: int = 0
    tracks: int = 0

    @property
    def anything(self) -> bool:
        """Whether there was something to delete."""
        return bool(self.reports or self.spam or self.tracks)


def purge(ctx: Context, *, actor: str = "system") -> Purged:
    """Delete what has been kept long enough; each report and the tracks as a whole are on record."""
    now = ctx.clock.utc_now()
    with ctx.storage.read() as uow:
        office = uow.settings.office()
        due = {tip.id for tip in _due(uow, uow.tips.unerased(), office, now)}
        oldest = ctx.clock.today() - timedelta(days=office.track_keep_days)
        any_track = bool(office.track_keep_days) and uow.tracks.any_before(oldest)
    if not due and not any_track:
        return Purged()
    reports = spam = tracks = 0
    with ctx.storage.write(actor) as uow:
        # Somebody may have asked for it, or reopened the case, since it was read.
        kept = [tip for tip in uow.tips.unerased() if tip.id in due]
        for tip in _due(uow, kept, office, now):
            is_spam = tip.state == "spam"
            erase(ctx, uow, tip, why=_RULE, photos=is_spam)
            spam, reports = spam + is_spam, reports + (not is_spam)
        if any_track:
            tracks = uow.tracks.delete_before(oldest)
        done = Purged(reports=reports, spam=spam, tracks=tracks)
        if done.anything:
            uow.record("privacy.purge", "privacy", "*", why=_RULE, **asdict(done))
            uow.commit()
    return done


def _due(uow: UnitOfWork, tips: Sequence[Tip], office: OfficeSettings, now: datetime) -> list[Tip]:
    """Reports whose personal data has been kept long enough."""
    outcomes = outcomes_of(uow, tips)
    due = []
    for tip in tips:
        if tip.state == "spam":
            since, days = tip.checked_at, office.spam_keep_days
        else:
            since, days = _over_since(tip, *outcomes[tip.id]), office.contact_keep_days
        if since is not None and since <= now - timedelta(days=days):
            due.append(tip)
    return due


def _over_since(tip: Tip, incident: Incident | None, case: Case | None) -> datetime | None:
    """When the report's matter was over; None while it is not."""
    if state_from(tip, incident, case) not in _OVER:
        return None
    ended = case.closed_at if case is not None else None
    return ended or (incident.settled_at if incident is not None else None)
