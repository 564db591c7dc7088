"""The planner itself: a problem in, a verified route plan out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import ortools

from planners.result import Result, Status
from planners.routing.data import Problem
from planners.routing.plan import RoutePlan
from planners.routing.polish import Orders, Polisher, repair
from planners.routing.reasons import explain
from planners.routing.schedule import schedule
from planners.routing.search import PlanKeeper, Search, Watch
from planners.routing.verify import UnverifiedPlanError, verify
from planners.stop import Stop

ENGINE = f"ortools-routing {ortools.__version__}"

#: Work done in a second, times the squared number of stops, at half the speed measured on a shared core.
_WORK_PER_SECOND = 400_000

#: Reasons that hold whatever else the squads do: the prize of such a stop is out of reach.
_OUT_OF_REACH = frozenset(
    {
        "no_squad",
        "forbidden_everywhere",
        "no_squad_with_skill",
        "needs_lawful_squad",
        "unreachable",
        "window_closed_for_all",
        "too_long_for_shift",
    }
)


def solve(problem: Problem, stop: Stop, seed: int = 0, *, warm: RoutePlan | None = None) -> Result[RoutePlan]:
    """Choose and order the stops of all squads: most required stops, then most prize, then least travel.

    Parameters
    ----------
    problem
        The day.
    stop
        When to stop. ``work`` counts solutions the solver passes; with it the same problem, work and seed
        give the same plan on any machine that is done before ``seconds``. See `default_stop`.
    seed
        Varies the search among equals.
    warm
        The plan so far, on a re-plan. Whatever of it still fits is where the search begins, so the answer
        is never worth less.

    Returns
    -------
    Result[RoutePlan]
        FEASIBLE when the work was done, TIME_LIMIT when the clock or the caller ended it; the plan is there
        in both cases. ``objective`` is the plan's prize, ``bound`` the prize of all stops that some squad
        could visit if it had nothing else to do (no plan has more). Required stops that are left out stand
        in ``RoutePlan.unassigned`` with the reason.

    Raises
    ------
    UnverifiedPlanError
        If the plan found breaks a rule: a fault of this planner, and never returned.
    """
    begin = repair(problem, {} if warm is None else warm.orders)
    keeper = PlanKeeper(problem, begin)
    watch = Watch(stop, keeper)
    keeper.offer(Polisher(problem, begin, cancelled=watch.should_end).run())
    done = Search(problem, stop, seed, keeper, watch).run()
    keeper.offer(Polisher(problem, keeper.orders, cancelled=watch.should_end).run())
    plan = make_plan(problem, keeper.orders)
    if broken := verify(problem, plan):
        raise UnverifiedPlanError(broken)
    watch.finish()
    return Result(
        status=Status.FEASIBLE if done and not watch.was_cancelled else Status.TIME_LIMIT,
        solution=plan,
        objective=float(plan.prize),
        bound=float(_reachable_prize(problem, plan)),
        seconds=watch.seconds,
        engine=ENGINE,
        seed=seed,
    )


def make_plan(problem: Problem, orders: Mapping[str, Sequence[str]]) -> RoutePlan:
    """A route plan with times and reasons from orders that keep the rules; nothing is checked here."""
    complete: Orders = {squad.id: tuple(orders.get(squad.id, ())) for squad in problem.squads}
    routes = tuple(schedule(problem, squad_id, order) for squad_id, order in complete.items())
    visited = {stop_id for order in complete.values() for stop_id in order}
    return RoutePlan(
        routes=routes,
        unassigned=explain(problem, complete),
        prize=sum(stop.prize for stop in problem.stops if stop.id in visited),
        travel_seconds=sum(route.travel_seconds for route in routes),
        travel_metres=sum(route.travel_metres for route in routes),
    )


def _reachable_prize(problem: Problem, plan: RoutePlan) -> int:
    out = {item.stop for item in plan.unassigned if item.reason.code in _OUT_OF_REACH}
    return sum(stop.prize for stop in problem.stops if stop.id not in out)


def default_stop(n_stops: int, *, seconds: float = 5.0) -> Stop:
    """A stop whose work ends well inside the seconds on a usual machine, so that the seed alone decides.

    Parameters
    ----------
    n_stops
        Number of stops in the problem.
    seconds
        The safety limit.
    """
    return Stop(seconds=seconds, work=max(20, int(seconds * _WORK_PER_SECOND / max(35, n_stops) ** 2)))
