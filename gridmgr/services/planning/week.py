"""Planning a township's week at once: read, solve, store; each day is then planned from it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from gridmgr.domain.coverage import WEEK
from gridmgr.domain.week import WeekPlan
from gridmgr.errors import BadInput, NoPlan
from gridmgr.services.context import Context, require_township
from gridmgr.services.planning.drafts import new_revision_id
from gridmgr.services.planning.week_inputs import read_week
from gridmgr.services.planning.week_making import Stamp, make_week
from planners.stop import Stop

#: Solving time where none is given.
WEEK_SECONDS = 5.0
#: Counted pieces of work a second of solving time stands for.
_WORK_PER_SECOND = 100
#: The clock is a safety net for machines so many times slower.
_SLOWER = 4.0


def plan_week(
    ctx: Context,
    *,
    township_code: str,
    first: date,
    actor: str,
    days: int = WEEK,
    as_of: date | None = None,
    seconds: float | None = None,
    seed: int = 1,
    stop: Stop | None = None,
) -> WeekPlan:
    """Plan which villages are visited on which days of a week, and store it as the week's plan.

    Visits that were made and routes that are published stay; the rest of the week is chosen anew.

    Parameters
    ----------
    ctx
        The wired parts.
    township_code, first, actor
        Whose week, from which day on, who plans.
    days
        1 to 7.
    as_of
        The first day to choose for; today, or the week's first day if that is later.
    seconds
        Solving time. The work is counted, so that the same seed gives the same plan.
    seed
        Varies the search.
    stop
        For cancelling and progress; its ``seconds`` and ``work`` are set from ``seconds``.

    Raises
    ------
    NotFound, BadInput, NoPlan, Conflict
        Unknown township; impossible days; no village; somebody else planned the week meanwhile.
    UnverifiedWeekError
        If the plan made breaks a rule: a fault of this program; nothing is stored.
    """
    last = _last_day(first, days)
    start = max(first, as_of or ctx.clock.today())
    if start > last:
        raise BadInput("week.over", first=first.isoformat(), last=last.isoformat(), day=start.isoformat())
    with ctx.storage.read() as uow:
        require_township(uow, township_code)
        if not uow.villages.count(township_code=township_code):
            raise NoPlan("week.no_villages", township=township_code)
        inputs = read_week(uow, township_code=township_code, first=first, days=days, as_of=start)
    solving = seconds or WEEK_SECONDS
    limits = Stop(seconds=_SLOWER * solving, work=max(1, round(_WORK_PER_SECOND * solving)))
    wanted = replace(stop, seconds=limits.seconds, work=limits.work) if stop else limits
    stamp = Stamp(plan_id=new_revision_id(), at=ctx.clock.utc_now(), by=actor)
    plan = make_week(inputs, ctx.router(), wanted, seed=seed, stamp=stamp)
    with ctx.storage.write(actor) as uow:
        uow.weeks.add(plan)
        uow.record(
            "week_plan.make",
            "week_plan",
            f"{township_code}/{first}",
            revision=plan.id,
            number=plan.number,
            seed=seed,
            cost=plan.cost,
        )
        uow.commit()
    return plan


def week_of(ctx: Context, *, township_code: str, day: date) -> WeekPlan | None:
    """The week plan in force on a day, None where none was made.

    Raises
    ------
    NotFound
        Unknown township.
    """
    with ctx.storage.read() as uow:
        require_township(uow, township_code)
        return uow.weeks.current(township_code, day)


def _last_day(first: date, days: int) -> date:
    if not 1 <= days <= WEEK:
        raise BadInput("week.bad_days", days=days, most=WEEK)
    return first + timedelta(days=days - 1)
