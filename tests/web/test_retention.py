"""Personal data goes when its time is over, and not a day before."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
from conftest import EAST, NOW, TODAY, MovableNow
from test_intake_reports import CONTACT, photo, report

from gridmgr.domain.settings import OfficeSettings
from gridmgr.domain.tips import Tip
from gridmgr.domain.tracks import Track
from gridmgr.services.context import Context
from gridmgr.services.intake.reports import take_report
from gridmgr.services.intake.retention import Purged, purge


def settle(ctx: Context, tip: Tip) -> None:
    """The report's incident is settled at once."""
    with ctx.storage.write("test") as uow:
        incident = uow.incidents.get(tip.incident_id or "")
        assert incident is not None
        uow.incidents.replace(replace(incident, state="settled", settled_at=NOW))
        uow.record("test.settle", "incident", incident.id)
        uow.commit()


def stored(ctx: Context, tip: Tip) -> Tip:
    """The report as it is now."""
    with ctx.storage.read() as uow:
        found = uow.tips.get(tip.id)
    assert found is not None
    return found


def test_a_contact_goes_after_its_days_and_only_of_what_is_over(ctx: Context, now: MovableNow) -> None:
    """Ninety days after it was settled; an open report keeps it; a second time changes nothing."""
    words = "请打13800001234找我"
    over = take_report(ctx, report(contact=CONTACT, description=words, photos=(photo(),))).tip
    still_open = take_report(ctx, report(sender_key="k2", contact=CONTACT, description="河边有烟")).tip
    settle(ctx, over)
    now.advance(timedelta(days=90) - timedelta(seconds=1))
    assert purge(ctx) == Purged()
    now.advance(timedelta(seconds=1))
    assert purge(ctx) == Purged(reports=1)
    gone = stored(ctx, over)
    assert gone.contact_sealed is None
    assert "13800001234" not in gone.description
    with ctx.storage.read() as uow:
        incident = uow.incidents.get(over.incident_id or "")
        assert incident is not None
        assert "13800001234" not in incident.description
        assert len(uow.attachments.find("incident", incident.id)) == 1
        assert [event.action for event in uow.audit.find(limit=2)] == ["privacy.purge", "tip.erase"]
    assert stored(ctx, still_open).contact_sealed is not None
    assert purge(ctx) == Purged()


def test_spam_loses_contact_and_photos_after_its_own_days(ctx: Context, now: MovableNow) -> None:
    """Counted from when the office marked it."""
    tip = take_report(ctx, report(lon=None, lat=None, contact=CONTACT, photos=(photo(),))).tip
    with ctx.storage.write("test") as uow:
        uow.tips.replace(replace(tip, state="spam", checked_at=NOW, checked_by="planner"))
        uow.record("test.spam", "tip", tip.id)
        uow.commit()
    now.advance(timedelta(days=29))
    assert not purge(ctx).anything
    now.advance(timedelta(days=1))
    assert purge(ctx) == Purged(spam=1)
    assert stored(ctx, tip).contact_sealed is None


def test_tracks_go_by_their_day_and_stay_where_the_office_keeps_them(ctx: Context) -> None:
    """Older than the setting's days; never with 0."""
    kept = Track(
        id="t1",
        officer_id="o1",
        township_code=EAST,
        day=TODAY - timedelta(days=30),
        seconds=np.array([0, 60]),
        lon_lat=np.array([[113.0, 34.0], [113.001, 34.0]]),
    )
    with ctx.storage.write("test") as uow:
        uow.tracks.add_many([kept, replace(kept, id="t2", day=TODAY - timedelta(days=31))])
        uow.settings.save_office(OfficeSettings(track_keep_days=0))
        uow.record("test.tracks", "track", "*")
        uow.commit()
    assert purge(ctx) == Purged()
    with ctx.storage.write("test") as uow:
        uow.settings.save_office(OfficeSettings(track_keep_days=30))
        uow.record("test.rules", "settings", "office")
        uow.commit()
    assert purge(ctx) == Purged(tracks=1)
    with ctx.storage.read() as uow:
        assert [track.id for track in uow.tracks.between(TODAY - timedelta(days=99), TODAY)] == ["t1"]
