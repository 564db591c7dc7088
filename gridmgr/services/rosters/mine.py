"""An officer's own month: duties of the published roster, with whom, and requests to exchange them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from gridmgr.domain.people import Officer
from gridmgr.domain.rosters import RosterDay, Share, month_of
from gridmgr.domain.users import User
from gridmgr.services.context import Context
from gridmgr.services.fieldwork import officer_of
from gridmgr.services.rosters.swap_checks import SwapView, swaps_of_officer, tradable
from gridmgr.services.rosters.view import MonthView, view_month


@dataclass(frozen=True, kw_only=True)
class MyDuty:
    """A duty.

    Parameters
    ----------
    day
        When.
    squad
        Number of the squad; None for the reserve.
    leads, leader_name, with_names
        Whether the officer leads; who does; the other members.
    open
        Whether it can still be handed over.
    """

    day: date
    squad: int | None
    leads: bool
    leader_name: str | None
    with_names: tuple[str, ...]
    open: bool


@dataclass(frozen=True, kw_only=True)
class MyMonth:
    """The officer's month.

    Parameters
    ----------
    officer, month, published
        Whose, its first day, whether a roster is in force.
    view
        The month as the office sees it.
    duties, share
        The officer's own.
    swaps
        Requests of and to him, the latest first.
    """

    officer: Officer
    month: date
    published: bool
    view: MonthView
    duties: tuple[MyDuty, ...]
    share: Share
    swaps: tuple[SwapView, ...]

    @property
    def to_answer(self) -> list[SwapView]:
        """Requests that wait for this officer's answer."""
        mine = self.officer.id
        return [v for v in self.swaps if v.request.state == "asked" and v.request.taker == mine]


def my_month(ctx: Context, *, user: User, month: date) -> MyMonth:
    """The officer's month.

    Raises
    ------
    Forbidden
        The account is no officer's.
    """
    officer = officer_of(ctx, user)
    view = view_month(
        ctx, township_code=officer.township_code, month=month_of(month), published=True, check=False
    )
    days = view.roster.days if view.roster else ()
    names = {person.officer.id: person.officer.name for person in view.people}
    open_days = frozenset(tradable(view.frame))
    mine = next(person for person in view.people if person.officer.id == officer.id)
    return MyMonth(
        officer=officer,
        month=view.frame.month,
        published=view.roster is not None,
        view=view,
        duties=tuple(_duty(item, officer.id, names, open_days) for item in days if officer.id in item.sent),
        share=mine.share,
        swaps=tuple(swaps_of_officer(ctx, officer)),
    )


def _duty(item: RosterDay, officer_id: str, names: dict[str, str], open_days: frozenset[date]) -> MyDuty:
    squad = item.squad_of(officer_id)
    members = squad.members if squad else ()
    return MyDuty(
        day=item.day,
        squad=squad.number if squad else None,
        leads=squad is not None and squad.leader == officer_id,
        leader_name=names.get(squad.leader, squad.leader) if squad else None,
        with_names=tuple(names.get(member, member) for member in members if member != officer_id),
        open=item.day in open_days and not item.fixed,
    )
