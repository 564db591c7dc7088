"""Drawing a plan near to the one that was followed, also where squads meet or wait for one another."""

from __future__ import annotations

from collections.abc import Callable

from planners.routing.disturbance import Judge
from planners.routing.fixed import fixed_day
from planners.routing.polish import Orders, repair
from planners.routing.restore import Restorer
from planners.routing.together import schedules


def draw_near(judge: Judge, orders: Orders, rest: Orders, *, ended: Callable[[], bool]) -> Orders:
    """The plan with needless changes taken back and filled up where something still fits.

    Parameters
    ----------
    judge
        Knows what was followed and compares plans; no stop for several squads is locked in its day.
    orders
        A feasible plan.
    rest
        What is left of the old plan.
    ended
        Asked between moves; once True the plan stays as it is.
    """
    problem = judge.problem
    if not problem.linked:
        return Restorer(judge, orders, rest, ended=ended).run()
    # Visits on which other squads hang stay where and when they are; all the others are plain.
    routes, _ = schedules(problem, orders)
    day = fixed_day(problem, routes)
    inner = Judge(day.problem, judge.followed.within(day, orders), prize_per_change=judge.price)
    old = repair(day.problem, day.orders(rest))
    return day.own_orders(Restorer(inner, day.orders(orders), old, ended=ended).run())
