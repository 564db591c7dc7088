"""A township's month as the office looks at it: people by days, what each bears, what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from gridmgr.domain.people import ON_DUTY, Officer
from gridmgr.domain.rosters import MonthRoster, RosterDay, Share, month_of, share_of
from gridmgr.errors import NoPlan
from gridmgr.services.context import Context, require_township
from gridmgr.services.planning.staff import HISTORY_DAYS
from gridmgr.services.rosters.board import days_off
from gridmgr.services.rosters.figures import Company, company_of
from gridmgr.services.rosters.frame import MonthFrame, day_of
from gridmgr.services.rosters.making import findings
from gridmgr.storage import UnitOfWork
from gridmgr.texts import Message


@dataclass(frozen=True, kw_only=True)
class RosterPerson:
    """Somebody's line of the month.

    Parameters
    ----------
    officer, agency_name
        Who.
    is_office
        Whether of the township's own office.
    share, before
        What they bear in the month, and bore in the weeks before it.
    away
        Why they are away, by day: one of `gridmgr.domain.people.ATTENDANCE`.
    """

    officer: Officer
    agency_name: str
    is_office: bool
    share: Share
    before: Share
    away: Mapping[date, str]


@dataclass(frozen=True, kw_only=True)
class MonthView:
    """A month.

    Parameters
    ----------
    frame
        As read.
    roster
        The draft or the published roster that is shown; None where there is none.
    is_published
        Whether that is the one in force.
    people
        Everybody, office first, then agency by agency.
    weekends, holidays
        Days off.
    open_days
        Days that can still be changed.
    broken, unfair
        What the shown roster breaks, and where it could be fairer, by what is known now.
    company
        Who serves with whom, and who leads.
    """

    frame: MonthFrame
    roster: MonthRoster | None
    is_published: bool
    people: tuple[RosterPerson, ...]
    weekends: frozenset[date]
    holidays: Mapping[date, str]
    makeup: frozenset[date]
    open_days: frozenset[date]
    broken: tuple[Message, ...]
    unfair: tuple[Message, ...]
    company: Company

    @property
    def state(self) -> str:
        """``none``, ``draft``, ``published``, or ``changed``: published, with a draft that differs."""
        head = self.frame.head
        if head.published_id is None:
            return "none" if head.draft_id is None else "draft"
        return "published" if head.draft_id == head.published_id else "changed"


def view_month(
    ctx: Context, *, township_code: str, month: date, published: bool = False, check: bool = True
) -> MonthView:
    """A month as the office looks at it.

    Parameters
    ----------
    ctx
        The wired parts.
    township_code, month
        Whose month, any day of it.
    published
        Show what is in force instead of the draft.
    check
        Whether to look for what it breaks.

    Raises
    ------
    NotFound
        Unknown township.
    """
    month = month_of(month)
    with ctx.storage.read() as uow:
        require_township(uow, township_code)
        frame = MonthFrame.read(uow, township_code=township_code, month=month, today=ctx.clock.today())
        before = _before(uow, frame)
        away = _away(uow, frame)
    roster = frame.published if published else frame.draft
    broken, unfair = findings(frame, roster) if roster and check else ([], [])
    calendar = frame.staff.calendar
    weekends, holidays = days_off(frame)
    return MonthView(
        frame=frame,
        roster=roster,
        is_published=roster is not None and roster.id == frame.head.published_id,
        people=_people(frame, roster, before, away),
        weekends=weekends,
        holidays={day: calendar.days[day].name for day in sorted(holidays)},
        makeup=frozenset(
            day for day in frame.dates if day in calendar.days and calendar.days[day].kind == "makeup"
        ),
        open_days=frozenset(frame.open_days()),
        broken=tuple(broken),
        unfair=tuple(unfair),
        company=company_of(
            roster.days if roster else (), {o.id: o.agency_code for o in frame.staff.officers}
        ),
    )


def published_month(ctx: Context, *, township_code: str, month: date) -> MonthView:
    """The month in force.

    Raises
    ------
    NotFound, NoPlan
        Unknown township; nothing is published.
    """
    view = view_month(ctx, township_code=township_code, month=month, published=True, check=False)
    if view.roster is None:
        raise NoPlan("swap.no_roster", month=f"{month:%Y-%m}")
    return view


def _before(uow: UnitOfWork, frame: MonthFrame) -> list[RosterDay]:
    """Days of the weeks before the month: as their plans were published, else as rostered."""
    first = frame.month - timedelta(days=HISTORY_DAYS)
    last = frame.month - timedelta(days=1)
    plans = uow.days.published_between(first, last, township_code=frame.township_code)
    found = {plan.day: day_of(plan) for plan in plans}
    for roster in frame.around:
        for item in roster.days:
            if first <= item.day <= last:
                found.setdefault(item.day, item)
    return [found[day] for day in sorted(found)]


def _away(uow: UnitOfWork, frame: MonthFrame) -> dict[str, dict[date, str]]:
    rows = uow.attendance.find(frame.month, frame.dates[-1], township_code=frame.township_code)
    found: dict[str, dict[date, str]] = {}
    for row in rows:
        if row.status != ON_DUTY:
            found.setdefault(row.officer_id, {})[row.day] = row.status
    return found


def _people(
    frame: MonthFrame,
    roster: MonthRoster | None,
    before: list[RosterDay],
    away: Mapping[str, Mapping[date, str]],
) -> tuple[RosterPerson, ...]:
    agencies = frame.staff.agencies
    calendar = frame.staff.calendar
    weekends, holidays = days_off(frame)
    earlier_off = frozenset(item.day for item in before if not calendar.is_working(item.day))
    earlier_holidays = frozenset(
        day for day in earlier_off if day in calendar.days and calendar.days[day].kind == "holiday"
    )
    rows = []
    for officer in frame.staff.officers:
        agency = agencies.get(officer.agency_code)
        rows.append(
            RosterPerson(
                officer=officer,
                agency_name=agency.name if agency else officer.agency_code,
                is_office=agency is not None and agency.is_office,
                share=share_of(
                    roster.days if roster else (), officer.id, weekends=weekends, holidays=holidays
                ),
                before=share_of(
                    before, officer.id, weekends=earlier_off - earlier_holidays, holidays=earlier_holidays
                ),
                away=away.get(officer.id, {}),
            )
        )
    return tuple(sorted(rows, key=lambda row: (not row.is_office, row.officer.agency_code, row.officer.id)))
