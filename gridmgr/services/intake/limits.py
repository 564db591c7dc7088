"""What keeps a public form from being flooded, without asking anybody to read crooked letters.

Counted in the database, so that all processes of an installation count together and a restart forgets
nothing.
"""

from __future__ import annotations

from datetime import timedelta

from gridmgr.errors import TooMany
from gridmgr.services.context import Context
from gridmgr.services.intake.reports import Report, sender_hash, text_hash
from gridmgr.services.intake.vault import vault_of

#: The same words are taken so often a day: neighbours copy from one another, programs copy more.
SAME_TEXT_A_DAY = 5


def check_flood(ctx: Context, report: Report) -> None:
    """Refuse a report that comes on top of too many others of its source.

    A report that is there already is no further one: sending it again is always fine.

    Raises
    ------
    TooMany
        Saying which limit is reached.
    """
    vault = vault_of(ctx)
    words = text_hash(report.description)
    with ctx.storage.read() as uow:
        if uow.tips.by_sender_key(report.source, report.sender_key) is not None:
            return
        office = uow.settings.office()
        today, a_day_ago = ctx.clock.midnight(ctx.clock.today()), ctx.clock.utc_now() - timedelta(days=1)
        if uow.tips.count_since(today, source=report.source) >= office.tip_daily_cap:
            raise TooMany("intake.daily_cap")
        if report.sender_address is not None:
            sender = sender_hash(ctx, vault, report.sender_address)
            if uow.tips.count_since(today, sender_hash=sender) >= office.tip_address_cap:
                raise TooMany("intake.address_cap")
        if words and uow.tips.count_since(a_day_ago, text_hash=words) >= SAME_TEXT_A_DAY:
            raise TooMany("intake.same_text")
