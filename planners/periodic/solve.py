"""The planner itself: several days in, a verified plan out."""

from __future__ import annotations

from itertools import pairwise

from planners.periodic.data import Customer, Problem
from planners.periodic.kernel.arrays import Arrays, Orders
from planners.periodic.plan import PeriodicPlan, Route, Short
from planners.periodic.reasons import explain
from planners.periodic.search import Watch, search
from planners.periodic.verify import UnverifiedPlanError, verify
from planners.result import Reason, Result, Status
from planners.routing.kernel import compiled
from planners.stop import Stop


def solve(problem: Problem, stop: Stop, seed: int = 0) -> Result[PeriodicPlan]:
    """Choose days and routes for all customers: least cost of the days first, then least travel.

    Parameters
    ----------
    problem
        The days.
    stop
        When to stop. ``work`` counts `planners.periodic.search.ROUNDS_PER_WORK` rounds; with it the same
        problem, work and seed give the same plan on any machine that is done before ``seconds``.
    seed
        Varies the search among equals.

    Returns
    -------
    Result[PeriodicPlan]
        FEASIBLE when the work was done, TIME_LIMIT when the clock or the caller ended it. ``objective`` is
        the cost of the days, ``bound`` the cost were everybody given the cheapest. INFEASIBLE, with reasons,
        where a customer that must be served cannot be even alone; UNKNOWN where no place was found for one.

    Raises
    ------
    UnverifiedPlanError
        If the plan found breaks a rule: a fault of this planner, and never returned.
    """
    watch = Watch(stop)
    engine = "periodic kernel" if compiled.AVAILABLE else "periodic kernel, not compiled"
    if impossible := _impossible(problem):
        return Result(
            status=Status.INFEASIBLE,
            solution=None,
            reasons=impossible,
            seconds=watch.seconds,
            engine=engine,
            seed=seed,
        )
    orders = search(Arrays(problem), {}, seed, watch)
    days = _days(problem, orders)
    if left_out := _left_out(problem, days, orders):
        return Result(
            status=Status.UNKNOWN,
            solution=None,
            reasons=left_out,
            seconds=watch.seconds,
            engine=engine,
            seed=seed,
        )
    plan = _make_plan(problem, orders, days)
    if broken := verify(problem, plan):
        raise UnverifiedPlanError(broken)
    done = stop.work is not None and watch.work >= stop.work and not watch.was_cancelled
    return Result(
        status=Status.FEASIBLE if done else Status.TIME_LIMIT,
        solution=plan,
        objective=float(plan.cost),
        bound=float(sum(min(p.cost for p in c.patterns) for c in problem.customers)),
        seconds=watch.seconds,
        engine=engine,
        seed=seed,
    )


def _impossible(problem: Problem) -> tuple[Reason, ...]:
    able = {
        customer.id: {v.day for v in problem.vehicles if problem.fits_alone(customer, v) == 0}
        for customer in problem.customers
    }
    stuck = [
        customer
        for customer in problem.customers
        if not any(set(pattern.days) <= able[customer.id] for pattern in customer.patterns)
    ]
    return tuple(_named(customer, explain(problem, customer, (), {})) for customer in stuck)


def _left_out(problem: Problem, days: dict[str, tuple[int, ...]], orders: Orders) -> tuple[Reason, ...]:
    return tuple(
        _named(customer, explain(problem, customer, (), orders))
        for customer in problem.customers
        if customer.cost_of(days[customer.id]) is None
    )


def _named(customer: Customer, reason: Reason) -> Reason:
    return Reason(code=reason.code, params={**reason.params, "customer": customer.id})


def _days(problem: Problem, orders: Orders) -> dict[str, tuple[int, ...]]:
    days: dict[str, list[int]] = {customer.id: [] for customer in problem.customers}
    for vehicle in problem.vehicles:
        for name in orders.get(vehicle.id, ()):
            days[name].append(vehicle.day)
    return {name: tuple(sorted(chosen)) for name, chosen in days.items()}


def _make_plan(problem: Problem, orders: Orders, days: dict[str, tuple[int, ...]]) -> PeriodicPlan:
    routes = tuple(_route(problem, vehicle.id, orders.get(vehicle.id, ())) for vehicle in problem.vehicles)
    costs = {customer.id: customer.cost_of(days[customer.id]) or 0 for customer in problem.customers}
    short = tuple(
        Short(
            customer=customer.id,
            days=days[customer.id],
            cost=costs[customer.id],
            reason=explain(problem, customer, days[customer.id], orders),
        )
        for customer in problem.customers
        if costs[customer.id] > min(pattern.cost for pattern in customer.patterns)
    )
    return PeriodicPlan(
        routes=routes,
        days=days,
        cost=sum(costs.values()),
        travel=sum(route.travel for route in routes),
        short=short,
    )


def _route(problem: Problem, name: str, order: tuple[str, ...]) -> Route:
    vehicle = problem.vehicle(name)
    visits = [problem.customer(customer) for customer in order]
    nodes = [vehicle.start_node, *(visit.node for visit in visits), vehicle.end_node]
    steps = pairwise(nodes) if visits else ()
    travel = sum(int(problem.travel[here, there]) for here, there in steps)
    return Route(
        vehicle=name,
        customers=tuple(order),
        load=sum(visit.demand for visit in visits),
        travel=travel,
        duration=travel + sum(visit.service for visit in visits),
    )
