"""The miniature township with three people an agency, a week before a month's end, and its roster."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from planning_world import TOWN, change, miniature, officer

from gridmgr.clock import fixed_clock
from gridmgr.domain.people import Attendance
from gridmgr.domain.rosters import MonthRoster
from gridmgr.domain.settings import OfficeSettings
from gridmgr.domain.swaps import SwapRequest
from gridmgr.domain.users import User
from gridmgr.services.context import Context
from gridmgr.services.rosters import ask, make_month, publish_month, read_month, ways_out
from planners.rostering import Swap

MONTH = date(2026, 3, 1)
#: Tuesday, nine in the evening in Shanghai: eight days of the month are left, today among them.
NOW = datetime(2026, 3, 24, 13, tzinfo=UTC)
TODAY = date(2026, 3, 24)
LEFT = [TODAY + timedelta(days=n) for n in range(8)]


@contextmanager
def rostering_township(folder: Path) -> Iterator[Context]:
    """Agencies A1 to A3 and the office, three officers each, two squads a day, one day of rest a week."""
    with miniature(folder) as first:
        ctx = replace(first, clock=fixed_clock(NOW))
        for number, agency in enumerate(("A1", "A2", "A3", "OF")):
            change(ctx, officers=officer(20 + number, agency))
        change(ctx, office=OfficeSettings(max_squads=2, max_days_in_row=4, rest_days_a_week=1))
        yield ctx


def made(ctx: Context, **options: object) -> MonthRoster:
    """The rest of the month, as a draft."""
    return make_month(ctx, township_code=TOWN, month=MONTH, actor="planner", **options)  # type: ignore[arg-type]


def published(ctx: Context) -> MonthRoster:
    """The rest of the month, in force."""
    made(ctx)
    return publish_month(ctx, township_code=TOWN, month=MONTH, actor="planner")


def account(officer_id: str) -> User:
    """An officer's account."""
    return User(
        name=f"u-{officer_id}",
        display_name=officer_id,
        role="officer",
        township_code=TOWN,
        officer_id=officer_id,
    )


def away(ctx: Context, officer_id: str, day: date, status: str) -> None:
    """Register ahead that somebody will be away on a day."""
    change(ctx, attendance=[Attendance(day=day, officer_id=officer_id, status=status)])


def events(ctx: Context, prefix: str) -> list[str]:
    """Actions on record that begin so, the oldest first."""
    with ctx.storage.read() as uow:
        return [
            event.action for event in reversed(uow.audit.find(limit=1000)) if event.action.startswith(prefix)
        ]


def in_force(ctx: Context) -> MonthRoster | None:
    """The published roster."""
    return read_month(ctx, township_code=TOWN, month=MONTH).published


def a_way(ctx: Context, giver: str = "P0", *, back: bool | None = None) -> Swap:
    """A lawful exchange of a duty after today."""
    person = next(o for o in read_month(ctx, township_code=TOWN, month=MONTH).staff.officers if o.id == giver)
    for day in in_force(ctx).duties(giver):
        if day <= LEFT[0]:
            continue
        for option in ways_out(ctx, officer=person, day=day).options:
            if back is None or (option.swap.back is not None) == back:
                return option.swap
    raise AssertionError("the miniature month has a lawful way out")


def asked(ctx: Context, swap: Swap, why: str = "家中有事") -> SwapRequest:
    """A request for the exchange."""
    return ask(ctx, user=account(swap.giver), taker=swap.taker, day=swap.day, back=swap.back, why=why)
