"""Exchanges on a stored roster: tried, put in words with their numbers, and carried out on a revision."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from gridmgr.domain.rosters import MonthRoster, RosterDay, RosterLock, Share, share_of
from gridmgr.services.rosters.frame import HAND, MonthFrame
from gridmgr.texts import Message
from planners import rostering
from planners.result import Reason


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What an exchange does to one officer's month."""

    officer_id: str
    name: str
    before: Share
    after: Share


@dataclass(frozen=True, kw_only=True)
class Judged:
    """An exchange as the office reads it.

    Parameters
    ----------
    swap
        The exchange.
    broken
        What it breaks; empty where it is lawful.
    notes
        What it changes besides.
    effects
        The month of giver and taker before and after.
    unfairness
        Above 0 where the agency's turns become less even, below where they become more even.
    days
        The days concerned as they would be.
    unsettled
        Whether it may come out lawful once squads are formed anew, which was not tried.
    """

    swap: rostering.Swap
    broken: tuple[Message, ...]
    notes: tuple[Message, ...]
    effects: tuple[Effect, ...]
    unfairness: int
    days: tuple[RosterDay, ...]
    unsettled: bool = False

    @property
    def lawful(self) -> bool:
        """Whether it breaks no rule."""
        return not self.broken


class Board:
    """A roster of a month on which exchanges are tried.

    Parameters
    ----------
    frame
        The month as it stands.
    roster
        Draft or published.
    days
        Days that may be exchanged, those of the roster at most.
    """

    def __init__(self, frame: MonthFrame, roster: MonthRoster, days: Iterable[date]) -> None:
        self.frame = frame
        self.roster = roster
        rostered = {item.day for item in roster.days}
        self.days = frozenset(days) & rostered
        self._board: rostering.SwapBoard | None = None
        if self.days:
            locks = [lock for lock in roster.locks if lock.day in self.days]
            problem = frame.problem(self.days, locks, sources=HAND, settled=roster)
            self._board = rostering.SwapBoard(problem, frame.roster(problem, roster.days), seed=1)

    def judge(self, swap: rostering.Swap) -> Judged:
        """Judge one exchange, squads formed anew where that keeps them lawful."""
        if self._board is None:
            broken = (self.words(Reason("swap_day_unknown", {"day": swap.day.isoformat()})),)
            return Judged(swap=swap, broken=broken, notes=(), effects=(), unfairness=0, days=())
        return self._judged(self._board.check(swap))

    def glance(self, swap: rostering.Swap) -> Judged:
        """Judge one exchange without forming squads anew: quick, and may leave it unsettled."""
        if self._board is None:
            return self.judge(swap)
        return self._judged(self._board.check(swap, reform=False))

    def options(self, day: date, giver: str) -> list[Judged]:
        """Every way to hand a duty over that is lawful, the fairest first; then what is not settled yet."""
        known = self._board is not None and any(o.id == giver for o in self.frame.staff.officers)
        if self._board is None or not known:
            return []
        return [self._judged(check) for check in self._board.options(day, giver, reform=False)]

    def barred(self, swap: rostering.Swap) -> Message | None:
        """What an exchange breaks for certain; None where it is lawful or not settled."""
        judged = self.glance(swap)
        return None if judged.lawful or judged.unsettled else judged.broken[0]

    def colleagues(self, giver: str) -> list[str]:
        """Ids of everybody else of the agency."""
        if self._board is None or all(o.id != giver for o in self.frame.staff.officers):
            return []
        return [person.id for person in self._board.colleagues(giver)]

    def words(self, reason: Reason) -> Message:
        """A reason in words, with names, and with absences and rules spelled out."""
        values = dict(reason.params)
        if "why" in values:
            values["why"] = Message(f"roster.absent.{values['why']}")  # type: ignore[assignment]
        if "rule" in values:
            values["rule"] = Message(f"roster.rule.{values['rule']}")  # type: ignore[assignment]
        return self.frame.names.words(Reason(reason.code, values))

    def carried_out(self, judged: Judged, *, locks: Iterable[RosterLock]) -> MonthRoster:
        """The roster with the exchange made; ``locks`` take the place of those of the same cells."""
        changed = {item.day: item for item in judged.days}
        new = {(lock.day, lock.officer_id): lock for lock in locks}
        kept = [lock for lock in self.roster.locks if (lock.day, lock.officer_id) not in new]
        return replace(
            self.roster,
            days=tuple(changed.get(item.day, item) for item in self.roster.days),
            locks=tuple(sorted([*kept, *new.values()], key=lambda lock: (lock.day, lock.officer_id))),
        )

    def _judged(self, check: rostering.SwapCheck) -> Judged:
        days = tuple(self.frame.told(made) for made in check.days)
        return Judged(
            swap=check.swap,
            broken=tuple(self.words(reason) for reason in check.broken),
            notes=tuple(self.words(reason) for reason in check.notes),
            effects=self._effects(check.swap, days),
            unfairness=sum(check.unfairness),
            days=days,
            unsettled=check.unsettled,
        )

    def _effects(self, swap: rostering.Swap, days: tuple[RosterDay, ...]) -> tuple[Effect, ...]:
        if not days:
            return ()
        changed = {item.day: item for item in days}
        after = [changed.get(item.day, item) for item in self.roster.days]
        names = {officer.id: officer.name for officer in self.frame.staff.officers}
        weekends, holidays = days_off(self.frame)
        return tuple(
            Effect(
                officer_id=person,
                name=names.get(person, person),
                before=share_of(self.roster.days, person, weekends=weekends, holidays=holidays),
                after=share_of(after, person, weekends=weekends, holidays=holidays),
            )
            for person in (swap.giver, swap.taker)
        )


def days_off(frame: MonthFrame) -> tuple[frozenset[date], frozenset[date]]:
    """Weekends that are off, and public holidays, of the month."""
    calendar = frame.staff.calendar
    off = [day for day in frame.dates if not calendar.is_working(day)]
    holidays = frozenset(day for day in off if day in calendar.days and calendar.days[day].kind == "holiday")
    return frozenset(off) - holidays, holidays
