"""The clock, handed to whoever needs the time, so that tests can set it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

DEFAULT_ZONE = "Asia/Shanghai"


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Clock:
    """Tells the time.

    Parameters
    ----------
    zone
        Where the office is; days begin and end there.
    utc_now
        Gives the present moment, aware.
    """

    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo(DEFAULT_ZONE))
    utc_now: Callable[[], datetime] = _utc_now

    def now(self) -> datetime:
        """The present moment in the office's zone."""
        return self.utc_now().astimezone(self.zone)

    def today(self) -> date:
        """The present day in the office's zone."""
        return self.now().date()

    def midnight(self, day: date) -> datetime:
        """When a day begins in the office."""
        return datetime.combine(day, time(), self.zone)


def fixed_clock(moment: datetime, zone: str = DEFAULT_ZONE) -> Clock:
    """A clock that stands still; for tests and for reproducible demos."""
    if moment.tzinfo is None:
        raise ValueError(f"a fixed clock needs an aware time, got {moment!r}")
    return Clock(zone=ZoneInfo(zone), utc_now=lambda: moment)


def clock_in(zone: str) -> Clock:
    """The machine's clock, read in the given zone."""
    return Clock(zone=ZoneInfo(zone))
