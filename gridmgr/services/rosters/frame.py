"""A township's month as it stands, and its translation to the rostering planner and back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from gridmgr.domain.patrols import DayPlan, ShortAgency
from gridmgr.domain.rosters import (
    MonthRoster,
    RosterDay,
    RosterHead,
    RosterLock,
    RosterSquad,
    last_of,
    month_of,
    next_month,
)
from gridmgr.services.planning.rostered import team
from gridmgr.services.planning.squads import Names
from gridmgr.services.planning.staff import HISTORY_DAYS, Staff
from gridmgr.storage import UnitOfWork
from planners import rostering

_DAY = timedelta(days=1)
HAND = frozenset({"hand"})
EVERY_LOCK = frozenset({"hand", "swap"})


@dataclass(frozen=True, kw_only=True)
class MonthFrame:
    """What a month's roster is made of and held against.

    Parameters
    ----------
    township_code, month, today
        Whose month, its first day, the present day.
    staff
        Who and what there is, from the first day that can still be rostered on.
    head, draft, published
        Where the month stands.
    plans
        Published plans of the month's days.
    around
        Rosters in force of the month before and the month after.
    """

    township_code: str
    month: date
    today: date
    staff: Staff
    head: RosterHead
    draft: MonthRoster | None
    published: MonthRoster | None
    plans: Mapping[date, DayPlan]
    around: tuple[MonthRoster, ...]

    @classmethod
    def read(cls, uow: UnitOfWork, *, township_code: str, month: date, today: date) -> MonthFrame:
        """Read it."""
        month, last = month_of(month), last_of(month)
        head = uow.rosters.head(township_code, month)
        standing = uow.days.standing_between(month, last, township_code=township_code)
        rosters = uow.rosters.published_between(
            month_of(month - _DAY), next_month(month), township_code=township_code
        )
        return cls(
            township_code=township_code,
            month=month,
            today=today,
            staff=Staff.read(uow, township_code=township_code, first=min(max(month, today), last), last=last),
            head=head,
            draft=uow.rosters.get(head.draft_id),
            published=uow.rosters.get(head.published_id),
            plans={plan.day: plan for plan, published in standing if published},
            around=tuple(item for item in rosters if item.month != month),
        )

    @property
    def names(self) -> Names:
        """Puts names in the place of ids."""
        return Names(self.staff.officers, self.staff.agencies.values())

    @property
    def dates(self) -> list[date]:
        """Every day of the month."""
        return [self.month + n * _DAY for n in range((last_of(self.month) - self.month).days + 1)]

    def open_days(self, *, off_days: bool = True) -> list[date]:
        """Days that can still be rostered: not over, no published plan.

        Parameters
        ----------
        off_days
            Whether days off without any attendance on record are among them.
        """
        known = self.staff.attended
        return [
            day
            for day in self.dates
            if day >= self.today
            and day not in self.plans
            and (off_days or day in known or self.staff.calendar.is_working(day))
        ]

    def problem(
        self,
        days: Collection[date],
        locks: Iterable[RosterLock],
        *,
        sources: frozenset[str] = EVERY_LOCK,
        settled: MonthRoster | None = None,
    ) -> rostering.Problem:
        """The planner's problem of some days of the month.

        Parameters
        ----------
        days
            Which, at least one.
        locks, sources
            Cells to be kept, as far as they come from these sources.
        settled
            The roster whose other days stand; what is published by default.
        """
        dates = sorted(days)
        kept = [lock for lock in locks if lock.source in sources]
        asked = [self._day(day, [lock for lock in kept if lock.day == day]) for day in dates]
        base = self.staff.problem(asked, township_code=self.township_code)
        served = self._served(frozenset(dates), settled or self.published)
        return replace(base, people=tuple(self._person(p, served, dates) for p in base.people))

    def _day(self, day: date, locks: list[RosterLock]) -> rostering.Day:
        asked, _ = self.staff.day(day)
        known = {officer.id for officer in self.staff.officers}
        free = {lock.officer_id for lock in locks if lock.kind == "free"} & asked.available
        return replace(
            asked,
            available=asked.available - free,
            absent={**asked.absent, **dict.fromkeys(sorted(free), "other")},
            locked=frozenset(lock.officer_id for lock in locks if lock.kind == "duty") & known,
        )

    def _served(self, asked: frozenset[date], settled: MonthRoster | None) -> list[RosterDay]:
        """Days that stand though the staff's history does not have them: rostered, or published ahead."""
        known = {plan.day for plan in (*self.staff.history, *self.staff.standing)}
        ahead = [day_of(plan) for day, plan in self.plans.items() if day not in known]
        rosters = [*self.around, *([settled] if settled else [])]
        rostered = [item for roster in rosters for item in roster.days]
        settled_days = known | self.plans.keys() | asked
        return ahead + [item for item in rostered if item.day not in settled_days]

    def _person(
        self, person: rostering.Person, served: list[RosterDay], dates: list[date]
    ) -> rostering.Person:
        mine = [item for item in served if person.id in item.sent]
        if not mine:
            return person
        counted = [
            item
            for item in mine
            if dates[0] - timedelta(days=HISTORY_DAYS) <= item.day <= last_of(self.month)
        ]
        off = sum(not self.staff.calendar.is_working(item.day) for item in counted)
        led = sum(squad.leader == person.id for item in counted for squad in item.squads)
        return replace(
            person,
            duties_last_weeks=person.duties_last_weeks + len(counted),
            off_duties_last_weeks=person.off_duties_last_weeks + off,
            led_last_weeks=person.led_last_weeks + led,
            other_duties=(person.other_duties | {item.day for item in mine}) - set(dates),
        )

    def roster(self, problem: rostering.Problem, days: Iterable[RosterDay]) -> rostering.Roster:
        """Stored days as the planner takes them, judged by what is known now."""
        stored = {item.day: item for item in days}
        made = tuple(
            rostering.restate_day(problem, day, map(team, stored[day.date].squads), stored[day.date].sent)
            for day in problem.days
            if day.date in stored
        )
        duties = {person.id: sum(person.id in one.sent for one in made) for person in problem.people}
        return rostering.Roster(days=made, duties=duties, people_proven=False)

    def told(self, made: rostering.DayRoster) -> RosterDay:
        """A day of the planner's as it is stored."""
        notes = [*made.notes, *(note for squad in made.squads for note in squad.notes)]
        return RosterDay(
            day=made.date,
            squads=tuple(
                RosterSquad(
                    number=squad.number,
                    leader=squad.leader,
                    members=squad.members,
                    vehicle=squad.vehicle,
                    scopes=tuple(sorted(squad.scopes)),
                    patrol_only=squad.patrol_only,
                    reason=self.names.words(squad.reasons[0]) if squad.reasons else None,
                )
                for squad in made.squads
            ),
            reserve=tuple(item.person for item in made.reserve),
            short=tuple(
                ShortAgency(agency_code=s.agency, reason=self.names.words(s.reason)) for s in made.short
            ),
            notes=tuple(self.names.words(note) for note in notes),
        )

    def fixed_days(self) -> list[RosterDay]:
        """Days of the month that are over or published, as they were."""
        rostered = {item.day: item for item in self.published.days} if self.published else {}
        found = []
        for day in self.dates:
            if day in self.plans:
                found.append(day_of(self.plans[day]))
            elif day < self.today and day in rostered:
                found.append(replace(rostered[day], fixed=True))
        return found


def day_of(plan: DayPlan) -> RosterDay:
    """A published day as a day of the roster."""
    return RosterDay(
        day=plan.day,
        squads=tuple(
            RosterSquad(
                number=squad.number,
                leader=squad.leader,
                members=squad.members,
                vehicle=squad.vehicle,
                scopes=squad.scopes,
                patrol_only=squad.patrol_only,
                reason=squad.reason,
            )
            for squad in plan.squads
        ),
        reserve=plan.reserve,
        short=plan.short,
        fixed=True,
    )
