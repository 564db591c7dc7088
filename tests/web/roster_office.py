"""More people for the tiny county's east township, six days before a month's end."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from conftest import EAST, PASSWORD, MovableNow

from gridmgr.domain.people import Agency, Officer
from gridmgr.domain.users import User
from gridmgr.services.context import Context
from webapp import CHEAP_HASHER

MONTH = date(2026, 3, 1)
#: From Thursday to Tuesday.
DAYS = tuple(date(2026, 3, 26) + timedelta(days=n) for n in range(6))
#: Thursday, 10:00 in the office.
THURSDAY = datetime(2026, 3, 26, 2, tzinfo=UTC)


def staffed(ctx: Context, now: MovableNow) -> None:
    """Let it be Thursday; add two agencies of three and an account of officer o2."""
    now.moment = THURSDAY
    with ctx.storage.write("test") as uow:
        for code, first in (("a3", 21), ("a4", 31)):
            uow.agencies.add(Agency(code=code, name=f"{code}所", department="城管局", township_code=EAST))
            for number in range(first, first + 3):
                uow.officers.add(
                    Officer(
                        id=f"o{number}",
                        name=f"执法员{number}",
                        agency_code=code,
                        township_code=EAST,
                        certificate_no=f"41{number:04}",
                        skills=("market",),
                    )
                )
        account = User(
            name="officer_two", display_name="执法员乙", role="officer", township_code=EAST, officer_id="o2"
        )
        uow.users.add(account, password_hash=CHEAP_HASHER.hash(PASSWORD))
        uow.settings.save_office(replace(uow.settings.office(), max_squads=2))
        uow.record("test.staff", "county", "*")
        uow.commit()
