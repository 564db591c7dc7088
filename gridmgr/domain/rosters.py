"""A township's roster of a month: who is on duty on which day, in which squad. Revisions are never edited.

Draft and published are pointers to revisions, as those of a day (`gridmgr.domain.patrols`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from gridmgr.domain.patrols import ShortAgency
from gridmgr.domain.validate import require_at_least, require_aware, require_choice, require_text
from gridmgr.texts import Message

LOCK_KINDS = frozenset({"duty", "free"})
#: Who decided a lock: the office by hand, or an exchange that was approved.
LOCK_SOURCES = frozenset({"hand", "swap"})


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterLock:
    """A cell of the roster that solving must keep.

    Parameters
    ----------
    day, officer_id
        Which cell.
    kind
        One of `LOCK_KINDS`.
    source
        One of `LOCK_SOURCES`.
    """

    day: date
    officer_id: str
    kind: str
    source: str = "hand"

    def __post_init__(self) -> None:
        require_text("RosterLock", "officer_id", self.officer_id)
        require_choice("RosterLock", "kind", self.kind, LOCK_KINDS)
        require_choice("RosterLock", "source", self.source, LOCK_SOURCES)


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterSquad:
    """A squad of a day to come; see `gridmgr.domain.patrols.Squad`."""

    number: int
    leader: str
    members: tuple[str, ...]
    vehicle: str | None = None
    scopes: tuple[str, ...] = ()
    patrol_only: bool = False
    reason: Message | None = None

    def __post_init__(self) -> None:
        if self.leader not in self.members:
            raise ValueError(f"RosterSquad.leader {self.leader!r} must be among {self.members!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterDay:
    """One day.

    Parameters
    ----------
    day
        Which.
    squads, reserve
        Squads, and who is on duty outside them.
    short, notes
        Agencies that send too few, and what else to know.
    fixed
        The day was over or its plan published when the roster was made: it is shown as it was.
    """

    day: date
    squads: tuple[RosterSquad, ...] = ()
    reserve: tuple[str, ...] = ()
    short: tuple[ShortAgency, ...] = ()
    notes: tuple[Message, ...] = ()
    fixed: bool = False

    @property
    def sent(self) -> frozenset[str]:
        """Everybody on duty."""
        return frozenset(member for squad in self.squads for member in squad.members) | set(self.reserve)

    def squad_of(self, officer_id: str) -> RosterSquad | None:
        """The squad the officer serves in."""
        return next((squad for squad in self.squads if officer_id in squad.members), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthRoster:
    """One revision of a township's month.

    Parameters
    ----------
    id, parent_id
        Revision id and the one it was made from.
    based_on
        What was published when this work began; publishing asks whether it still is.
    township_code, month
        Whose month, its first day.
    created_at, created_by, change
        When (aware), by whom, what this revision changed.
    status, engine, seed, seconds
        Of the last solve.
    days
        In order, within the month; days that are not rostered are left out.
    locks
        Cells solving must keep.
    notes
        What to know about the month.
    """

    id: str
    parent_id: str | None = None
    based_on: str | None = None
    township_code: str
    month: date
    created_at: datetime
    created_by: str
    change: Message
    status: str = "FEASIBLE"
    engine: str = ""
    seed: int = 0
    seconds: float = 0.0
    days: tuple[RosterDay, ...] = ()
    locks: tuple[RosterLock, ...] = ()
    notes: tuple[Message, ...] = ()

    def __post_init__(self) -> None:
        require_text("MonthRoster", "id", self.id)
        require_aware("MonthRoster", "created_at", self.created_at)
        if self.month.day != 1:
            raise ValueError(f"MonthRoster.month must be the first of a month, got {self.month}")
        dates = [item.day for item in self.days]
        if dates != sorted(set(dates)):
            raise ValueError("MonthRoster.days must be in order of date without repeats")
        if dates and not (self.month <= dates[0] and dates[-1] <= last_of(self.month)):
            raise ValueError(f"MonthRoster.days must lie in the month of {self.month}")
        cells = Counter((lock.day, lock.officer_id) for lock in self.locks)
        if cells and max(cells.values()) > 1:
            raise ValueError("MonthRoster.locks must name each cell once")

    def day(self, day: date) -> RosterDay | None:
        """That day, None where it is not rostered."""
        return next((item for item in self.days if item.day == day), None)

    def lock(self, day: date, officer_id: str) -> RosterLock | None:
        """The lock of a cell."""
        return next((item for item in self.locks if (item.day, item.officer_id) == (day, officer_id)), None)

    def duties(self, officer_id: str) -> list[date]:
        """Days on which the officer is on duty."""
        return [item.day for item in self.days if officer_id in item.sent]


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterHead:
    """Where a township's month stands; see `gridmgr.domain.patrols.DayHead`."""

    township_code: str
    month: date
    version: int = 0
    draft_id: str | None = None
    published_id: str | None = None
    published_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What an officer bears in a month.

    Parameters
    ----------
    days, weekends, holidays
        Duties in all, those on weekends, and those on public holidays.
    led
        Squads led.
    """

    days: int = 0
    weekends: int = 0
    holidays: int = 0
    led: int = 0

    def __post_init__(self) -> None:
        for field in ("days", "weekends", "holidays", "led"):
            require_at_least("Share", field, getattr(self, field), 0)


def month_of(day: date) -> date:
    """The first day of the day's month."""
    return day.replace(day=1)


def last_of(month: date) -> date:
    """The last day of the month that begins on ``month``."""
    return next_month(month) - timedelta(days=1)


def next_month(month: date) -> date:
    """The first day of the following month."""
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)


def share_of(
    days: Iterable[RosterDay], officer_id: str, *, weekends: frozenset[date], holidays: frozenset[date]
) -> Share:
    """Count what an officer bears.

    Parameters
    ----------
    days
        Of the month.
    weekends, holidays
        Days off by the office's calendar: public holidays, and weekends that are none.
    """
    went = [item for item in days if officer_id in item.sent]
    return Share(
        days=len(went),
        weekends=sum(item.day in weekends for item in went),
        holidays=sum(item.day in holidays for item in went),
        led=sum(squad.leader == officer_id for item in went for squad in item.squads),
    )
