"""A township's week planned at once: which village is visited on which days, and why some stay short."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from gridmgr.domain.coverage import WEEK
from gridmgr.domain.validate import require_at_least, require_aware, require_text
from gridmgr.domain.weekrules import WeekRules
from gridmgr.texts import Message


def shortest_gap(visits_per_week: int) -> int:
    """Least days between visits of a village that are not too close; 0 where none are required."""
    return math.ceil(WEEK / min(visits_per_week, WEEK) / 2) if visits_per_week else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekRoute:
    """One squad's day as the week plan sees it.

    Parameters
    ----------
    villages
        Codes in order.
    seconds
        How long driving and visits take.
    limit
        Seconds the plan may fill: the squad's working time less the reserve.
    """

    villages: tuple[str, ...]
    seconds: int
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekDay:
    """What one day of the week can hold.

    Parameters
    ----------
    day
        Which.
    squads
        How many go out; 0 for a day off.
    open
        Whether the week plan still chose who is visited; days gone by and published days are not.
    seconds, used_seconds
        Working time of all squads together without lunch, and what the plan fills of it (open days only).
    routes
        What each squad does on an open day; empty in plans made before routes were kept.
    recoverable
        Visits of an open day for which there would be room on the later days, were nobody able to go out;
        None where there are no visits or the plan was made before this was looked at.
    """

    day: date
    squads: int
    open: bool
    seconds: int = 0
    used_seconds: int = 0
    routes: tuple[WeekRoute, ...] = ()
    recoverable: int | None = None

    @property
    def visits(self) -> int:
        """Visits on the day's routes."""
        return sum(len(route.villages) for route in self.routes)


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekVillage:
    """A village in the week.

    Parameters
    ----------
    village_code
        Which.
    due
        Visits it has to get within the week.
    done
        Days it was visited on, before the plan was made.
    planned
        Days it is to be visited on.
    debt_before, debt_after
        Coverage debt on the eve of the week, and on its last day if all goes as planned; in visits.
    close_days
        Days by which its visits of the week are closer to the visit before than half its interval.
    waiting_days
        Days of work on which its planned visits could have been made and are not.
    reason
        Why it gets no more visits, or visits so close together; None where neither is so.
    """

    village_code: str
    due: int
    done: tuple[date, ...] = ()
    planned: tuple[date, ...] = ()
    debt_before: float = 0.0
    debt_after: float = 0.0
    close_days: int = 0
    waiting_days: int = 0
    reason: Message | None = None

    def __post_init__(self) -> None:
        require_text("WeekVillage", "village_code", self.village_code)
        require_at_least("WeekVillage", "due", self.due, 0)
        both = set(self.done) & set(self.planned)
        if both:
            raise ValueError(
                f"WeekVillage {self.village_code}: {min(both)} is done already and cannot be planned"
            )

    @property
    def short(self) -> int:
        """Visits that are due and neither done nor planned."""
        return max(0, self.due - len(self.done) - len(self.planned))

    def next_planned(self, day: date, visits: Collection[date] = ()) -> date | None:
        """The first day from `day` on that still waits for its visit, None where there is none.

        Parameters
        ----------
        day
            From when on.
        visits
            Days of the week on which somebody came, as far as known: a visit on a day that was not planned,
            and that the plan did not know of, stands for one that was.
        """
        ahead = [planned for planned in self.planned if planned >= day]
        return next(iter(ahead[max(0, -self._behind(day, visits)) :]), None)

    def missed(self, day: date, visits: Collection[date]) -> int:
        """Planned visits of days before `day` that were neither made then nor on another day.

        Parameters
        ----------
        day, visits
            As above.
        """
        return max(0, self._behind(day, visits))

    def ahead(self, day: date, visits: Collection[date]) -> int:
        """Planned visits from `day` on that are not needed any more, as others were made in their place.

        Parameters
        ----------
        day, visits
            As above.
        """
        coming = sum(planned >= day for planned in self.planned)
        return min(coming, max(0, -self._behind(day, visits)))

    def _behind(self, day: date, visits: Collection[date]) -> int:
        """Planned days gone by without a visit less visits on days not planned."""
        gone = {planned for planned in self.planned if planned < day}
        unplanned = {visit for visit in visits if visit < day} - gone - set(self.done)
        return len(gone - set(visits)) - len(unplanned)


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekPlan:
    """A township's week; plans are never edited, a later number takes the place of the earlier ones.

    Parameters
    ----------
    id, number
        Id, and the township's count of week plans.
    township_code, first
        Whose week, its first day.
    as_of
        The first day the plan could still choose for.
    created_at, created_by
        When (aware), by whom.
    status, engine, seed, seconds
        Of the solve.
    cost, bound
        What the week leaves undone (see `gridmgr.services.planning.week_problem`), and what it would were
        everybody given the best days.
    travel_seconds
        Driving time of the open days.
    days, villages
        Every day of the week and every village of the township, by date and code.
    rules
        The office's rules it was made by.
    notes
        What to know about the plan as a whole.
    """

    id: str
    number: int
    township_code: str
    first: date
    as_of: date
    created_at: datetime
    created_by: str
    status: str
    engine: str
    seed: int
    seconds: float
    cost: int
    bound: int
    travel_seconds: int
    days: tuple[WeekDay, ...]
    villages: tuple[WeekVillage, ...]
    rules: WeekRules = field(default_factory=WeekRules)
    notes: tuple[Message, ...] = ()

    def __post_init__(self) -> None:
        require_text("WeekPlan", "id", self.id)
        require_at_least("WeekPlan", "number", self.number, 1)
        require_aware("WeekPlan", "created_at", self.created_at)
        wanted = [self.first + timedelta(days=n) for n in range(len(self.days))]
        if not 1 <= len(self.days) <= WEEK or [item.day for item in self.days] != wanted:
            raise ValueError(f"WeekPlan.days must be 1 to {WEEK} days from {self.first} on")

    @property
    def last(self) -> date:
        """The week's last day."""
        return self.days[-1].day

    def village(self, code: str) -> WeekVillage | None:
        """What the plan says of a village, None where it did not know it."""
        return next((item for item in self.villages if item.village_code == code), None)
