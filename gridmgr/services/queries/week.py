"""What the pages of a week ask for: the plan by rows, the sums, and who is visited when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from gridmgr.domain.places import Village
from gridmgr.domain.week import WeekPlan, WeekVillage
from gridmgr.services.context import Context
from gridmgr.services.planning.week import week_of
from gridmgr.services.planning.week_standing import week_changes
from gridmgr.texts import Message

MONDAY = 0


@dataclass(frozen=True, kw_only=True)
class WeekRow:
    """A village's line of the week."""

    village: Village
    item: WeekVillage


@dataclass(frozen=True, kw_only=True)
class WeekView:
    """A township's week as the office looks at it.

    Parameters
    ----------
    first
        The week's first day: the plan's own, else the Monday before the day asked for.
    plan
        In force on the day, None where none was made.
    rows
        Villages that stay short first, then those at risk, then by name.
    changes
        What has happened that the plan does not know of yet.
    """

    first: date
    plan: WeekPlan | None
    rows: tuple[WeekRow, ...] = ()
    changes: tuple[Message, ...] = ()

    @property
    def due(self) -> int:
        """Visits due within the week."""
        return sum(row.item.due for row in self.rows)

    @property
    def done(self) -> int:
        """Visits made before the plan was."""
        return sum(len(row.item.done) for row in self.rows)

    @property
    def planned(self) -> int:
        """Visits planned."""
        return sum(len(row.item.planned) for row in self.rows)

    @property
    def short(self) -> int:
        """Visits due that the week has no room for."""
        return sum(row.item.short for row in self.rows)

    @property
    def close(self) -> int:
        """Days by which visits are too close together."""
        return sum(row.item.close_days for row in self.rows)

    @property
    def waiting(self) -> int:
        """Days of work on which a planned visit could have been made and is not."""
        return sum(row.item.waiting_days for row in self.rows)

    @property
    def debt_before(self) -> float:
        """Coverage debt on the eve of the week, in visits."""
        return sum(row.item.debt_before for row in self.rows)

    @property
    def debt_after(self) -> float:
        """Coverage debt on its last day if all goes as planned, in visits."""
        return sum(row.item.debt_after for row in self.rows)


def village_names(ctx: Context, township_code: str) -> dict[str, str]:
    """Names of a township's villages by code."""
    with ctx.storage.read() as uow:
        return {village.code: village.name for village in uow.villages.find(township_code=township_code)}


def view_week(ctx: Context, *, township_code: str, day: date) -> WeekView:
    """The week plan in force on a day, by rows.

    Raises
    ------
    NotFound
        Unknown township.
    """
    plan = week_of(ctx, township_code=township_code, day=day)
    if plan is None:
        return WeekView(first=day - timedelta(days=(day.weekday() - MONDAY) % 7), plan=None)
    with ctx.storage.read() as uow:
        villages = {village.code: village for village in uow.villages.find(township_code=township_code)}
        changes = week_changes(uow, plan, today=ctx.clock.today())
    rows = [
        WeekRow(village=villages[item.village_code], item=item)
        for item in plan.villages
        if item.village_code in villages
    ]
    rows.sort(key=lambda row: (-row.item.short, row.village.risk, row.village.name))
    return WeekView(first=plan.first, plan=plan, rows=tuple(rows), changes=changes)
