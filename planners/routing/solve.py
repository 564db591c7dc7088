"""The planner itself: a problem in, a verified route plan out."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

import ortools

from planners.result import Result, Status
from planners.routing.balance import balance
from planners.routing.data import Problem
from planners.routing.explain import explain
from planners.routing.kernel import compiled
from planners.routing.kernel.search import ROUNDS_PER_WORK, KernelSearch, prepare
from planners.routing.linked import LinkedSearch
from planners.routing.pace import ENGINES, Engine, has_kernel, kernel_pace, worth_seconds
from planners.routing.parts import split_locks
from planners.routing.plan import RoutePlan
from planners.routing.polish import Orders, Polisher, repair
from planners.routing.search import PlanKeeper, Search, Watch, time_to_finish
from planners.routing.together import schedules
from planners.routing.verify import UnverifiedPlanError, verify
from planners.stop import Progress, Stop

_ORTOOLS = f"ortools-routing {ortools.__version__}"

#: Part of the time, and of the work, that the kernel gets. A piece of work takes OR-Tools several times as
#: long on a large plan, and after the kernel it was measured to find little.
_KERNEL_TIME, _KERNEL_WORK = 0.95, 0.98

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
        "joint_needs_squads",
    }
)


def solve(
    problem: Problem,
    stop: Stop,
    seed: int = 0,
    *,
    engine: Engine = "hybrid",
    warm: RoutePlan | None = None,
) -> Result[RoutePlan]:
    """Choose and order the stops of all squads: most required stops, then most prize, then least travel.

    What travel ``Problem.balance_tolerance`` leaves over is then spent to even out the squads' work.

    Parameters
    ----------
    problem
        The day.
    stop
        When to stop; compiling the kernel, once a process, does not count. ``work`` counts solutions OR-Tools
        passes, or `ROUNDS_PER_WORK` rounds of the kernel, which take about as long; with it the same problem,
        work and seed give the same plan on any machine that is done before ``seconds``. See
        `planners.routing.pace.default_stop`.
    seed
        Varies the search among equals.
    engine
        ``hybrid``: the compiled kernel proposes a plan and OR-Tools routing works it over. Without numba
        there is no kernel; then OR-Tools does it alone and ``Result.engine`` says so. ``ortools``: OR-Tools
        alone. Where stops need several squads or follow others, CP-SAT settles those first, and the engine
        plans the rest around them.
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
    ValueError
        If there is no such engine.
    UnverifiedPlanError
        If the plan found breaks a rule: a fault of this planner, and never returned.
    """
    if engine not in ENGINES:
        raise ValueError(f"engine must be one of {', '.join(ENGINES)}, got {engine!r}")
    if has_kernel(engine):
        prepare()
    start = {} if warm is None else warm.orders
    if problem.linked:
        return _solve_linked(problem, stop, seed, engine, start)
    orders, done, watch = _search(problem, stop, seed, engine, start)
    plan = make_plan(problem, orders)
    if broken := verify(problem, plan):
        raise UnverifiedPlanError(broken)
    watch.finish()
    return Result(
        status=Status.FEASIBLE if done and not watch.was_cancelled else Status.TIME_LIMIT,
        solution=plan,
        objective=float(plan.prize),
        bound=float(_reachable_prize(problem, plan)),
        seconds=watch.seconds,
        engine=_engine_name(engine),
        seed=seed,
    )


def _solve_linked(
    problem: Problem, stop: Stop, seed: int, engine: Engine, start: Mapping[str, Sequence[str]]
) -> Result[RoutePlan]:
    """Stops for several squads or after others first, then the plain search around them."""

    def plain(day: Problem, part: Stop, begin: Orders) -> tuple[Orders, bool]:
        orders, done, watch = _search(day, part, seed, engine, begin)
        return orders, done and not watch.was_cancelled

    began = time.monotonic()
    day = split_locks(problem)
    done = True
    if day.problem.linked:
        seconds = worth_seconds(stop, len(problem.stops), engine)
        search = LinkedSearch(day.problem, stop, seed, plain, seconds)
        orders = search.run(day.orders(start))
        done = search.is_done
    else:
        orders, done = plain(day.problem, stop, day.orders(start))
    plan = make_plan(problem, day.own_orders(orders))
    if broken := verify(problem, plan):
        raise UnverifiedPlanError(broken)
    stop.progress(Progress(fraction=1.0, best=float(plan.prize)))
    return Result(
        status=Status.FEASIBLE if done else Status.TIME_LIMIT,
        solution=plan,
        objective=float(plan.prize),
        bound=float(_reachable_prize(problem, plan)),
        seconds=time.monotonic() - began,
        engine=f"{_engine_name(engine)} + CP-SAT for linked stops",
        seed=seed,
    )


def _search(
    problem: Problem, stop: Stop, seed: int, engine: Engine, start: Mapping[str, Sequence[str]]
) -> tuple[Orders, bool, Watch]:
    """Routes of a day without links, whether the work was done, and the watch it was done by."""
    begin = repair(problem, start)
    keeper = PlanKeeper(problem, begin)
    watch = Watch(stop, keeper)
    if has_kernel(engine):
        _run_kernel(problem, stop, seed, keeper, watch)
    else:
        keeper.offer(Polisher(problem, begin, cancelled=watch.should_end).run())
    done = Search(problem, stop, seed, keeper, watch).run()
    # The reasons are worked out after it, and want their part of the time too.
    last_move = stop.seconds - time_to_finish(stop, len(problem.stops)) / 2

    def is_late() -> bool:
        return watch.seconds >= last_move or watch.is_cancelled()

    keeper.offer(Polisher(problem, keeper.orders, cancelled=is_late).run())
    return balance(problem, keeper.orders, cancelled=is_late), done, watch


def _run_kernel(problem: Problem, stop: Stop, seed: int, keeper: PlanKeeper, watch: Watch) -> None:
    seconds = _KERNEL_TIME * (stop.seconds - time_to_finish(stop, len(problem.stops)))
    work = None if stop.work is None else max(1, round(_KERNEL_WORK * stop.work))

    def fraction() -> float:
        return watch.seconds / seconds if work is None else watch.work_done / work

    def count() -> None:
        watch.work_done += 1

    def ended() -> bool:
        return watch.beat() or watch.is_cancelled() or watch.seconds >= seconds

    pieces = seconds * kernel_pace(len(problem.stops)) if work is None else work
    search = KernelSearch(problem, seed, keeper, rounds=ROUNDS_PER_WORK * pieces)
    search.run(fraction=fraction, count=count, ended=ended)


def _engine_name(engine: Engine) -> str:
    if engine == "ortools":
        return _ORTOOLS
    return f"hybrid kernel + {_ORTOOLS}" if compiled.AVAILABLE else f"{_ORTOOLS} (no kernel without numba)"


def make_plan(problem: Problem, orders: Mapping[str, Sequence[str]]) -> RoutePlan:
    """A route plan with times and reasons from orders that keep the rules; nothing is checked here."""
    complete: Orders = {squad.id: tuple(orders.get(squad.id, ())) for squad in problem.squads}
    routes, _ = schedules(problem, complete)
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
    best: dict[tuple[bool, str], int] = {}
    for stop in problem.stops:
        if stop.id not in out:
            # Of a group the dearest alone counts, unless what is locked holds more than one.
            alone = stop.group is None or stop.id in problem.locked_to
            matter = (alone, stop.id if alone else str(stop.group))
            best[matter] = max(best.get(matter, 0), stop.prize)
    return sum(best.values())
