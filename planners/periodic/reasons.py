"""Why a customer got dearer days than its cheapest combination, found from the problem and the plan.

The first that explains it (parameters in brackets):

- ``week_no_squad``: on no better combination does somebody go on each of its days.
- ``week_too_far``: nobody could serve a better combination, even with nothing else to do (over: by how much
  the shortest such route is too long, where there is a road at all).
- ``week_full``: the days are full (over: least by which a route of those days would be too long, 0 where
  another rule, such as the load, is in the way).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from planners.periodic.data import Customer, Problem, Vehicle
from planners.result import Reason

Orders = Mapping[str, Sequence[str]]


def explain(problem: Problem, customer: Customer, days: tuple[int, ...], orders: Orders) -> Reason:
    """Why a customer got these days and no cheaper ones.

    Parameters
    ----------
    problem
        The days planned.
    customer, days
        Who, and the days it got.
    orders
        The final plan, customer ids by vehicle.
    """
    cost = customer.cost_of(days)
    better = [p.days for p in customer.patterns if cost is None or p.cost < cost]
    by_day: dict[int, list[Vehicle]] = {day: [] for day in range(problem.days)}
    for vehicle in problem.vehicles:
        by_day[vehicle.day].append(vehicle)
    manned = [combination for combination in better if all(by_day[day] for day in combination)]
    if not manned:
        return Reason(code="week_no_squad")
    alone = {
        day: [over for v in vehicles if (over := problem.fits_alone(customer, v)) is not None]
        for day, vehicles in by_day.items()
    }
    if not any(all(0 in alone[day] for day in combination) for combination in manned):
        overs = [over for combination in manned for day in combination for over in alone[day] if over]
        return Reason(code="week_too_far", params={"over": min(overs, default=0)})
    new_days = {day for combination in manned for day in combination} - set(days)
    overs = [_over(problem, customer, v, orders) for day in sorted(new_days) for v in by_day[day]]
    return Reason(code="week_full", params={"over": min(overs, default=0)})


def _over(problem: Problem, customer: Customer, vehicle: Vehicle, orders: Orders) -> int:
    """By how much a route is too long with the customer put in at its cheapest place."""
    visits = [problem.customer(name) for name in orders.get(vehicle.id, ())]
    nodes = [vehicle.start_node, *(visit.node for visit in visits), vehicle.end_node]
    travel = problem.travel
    takes = customer.service + sum(visit.service for visit in visits)
    takes += sum(int(travel[a, b]) for a, b in pairwise(nodes)) if visits else 0
    extras = [
        int(travel[a, customer.node] + travel[customer.node, b] - (travel[a, b] if visits else 0))
        for a, b in pairwise(nodes)
        if min(travel[a, customer.node], travel[customer.node, b]) >= 0
    ]
    if vehicle.limit is None or not extras:
        return 0
    return max(0, takes + min(extras) - vehicle.limit)
