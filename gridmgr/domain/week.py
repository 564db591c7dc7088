"""A township's week planned at once: which village is visited on which days, and why some stay short."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from gridmgr.domain.coverage import WEEK
from gridmgr.domain.validate import require_at_least, require_aware, require_text
from gridmgr.texts import Message


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
    """

    day: date
    squads: int
    open: bool
    seconds: int = 0
    used_seconds: int = 0


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
    reason
        Why it gets no more or better days; None where it gets what suits it best.
    """

    village_code: str
    due: int
    done: tuple[date, ...] = ()
    planned: tuple[date, ...] = ()
    debt_before: float = 0.0
    debt_after: float = 0.0
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

    def next_planned(self, day: date) -> date | None:
        """The first planned day from `day` on, None where there is none."""
        return min((planned for planned in self.planned if planned >= day), default=None)


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

    def next_planned(self, village_code: str, day: date) -> date | None:
        """The first day from `day` on that the plan sends a squad to the village."""
        found = (item.next_planned(day) for item in self.villages if item.village_code == village_code)
        return next(found, None)
