"""What would become of a day's visits, were nobody able to go out on that day: room on the later ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from planners.periodic.data import Customer, Problem, Vehicle


def recoverable(problem: Problem, routes: Mapping[str, Sequence[str]], day: int) -> tuple[str, ...]:
    """Customers of a day who could be visited on a later one beside all that is planned there.

    They are put in one by one, those with most at stake first, each at its cheapest place; so it may be that
    a better arrangement finds room for more, never for fewer.

    Parameters
    ----------
    problem
        The days.
    routes
        A lawful plan, customer ids in order by vehicle.
    day
        The day lost.
    """
    later = {v.id: list(routes.get(v.id, ())) for v in problem.vehicles if v.day > day}
    lost = [name for v in problem.vehicles if v.day == day for name in routes.get(v.id, ())]
    lost.sort(key=lambda name: (-_stake(problem.customer(name)), name))
    return tuple(name for name in lost if _put_in(problem, later, problem.customer(name)))


def _stake(customer: Customer) -> int:
    """What is lost where the customer gets no visit at all."""
    costs = {pattern.days: pattern.cost for pattern in customer.patterns}
    return costs.get((), max(costs.values()) + 1) - min(costs.values())


def _put_in(problem: Problem, routes: dict[str, list[str]], customer: Customer) -> bool:
    """Put a customer in where it takes least time; whether there was a place."""
    taken = {problem.vehicle(name).day for name, order in routes.items() if customer.id in order}
    places = [
        (extra, name, at)
        for name, order in routes.items()
        if problem.vehicle(name).day not in taken
        for extra, at in _places(problem, problem.vehicle(name), order, customer)
    ]
    if not places:
        return False
    _, name, at = min(places)
    routes[name].insert(at, customer.id)
    return True


def _places(
    problem: Problem, vehicle: Vehicle, order: Sequence[str], customer: Customer
) -> list[tuple[int, int]]:
    """Extra travel and position of every place in a route that keeps its limits."""
    visits = [problem.customer(name) for name in order]
    nodes = [vehicle.start_node, *(visit.node for visit in visits), vehicle.end_node]
    ways = [int(problem.travel[a, b]) for a, b in pairwise(nodes)] if visits else [0]
    lasts = sum(ways) + sum(visit.service for visit in visits) + customer.service
    load = sum(visit.demand for visit in visits) + customer.demand
    if vehicle.capacity is not None and load > vehicle.capacity:
        return []
    found = []
    for at, (before, after) in enumerate(pairwise(nodes)):
        there, onward = (
            int(problem.travel[a, b]) for a, b in ((before, customer.node), (customer.node, after))
        )
        extra = there + onward - ways[at]
        if min(there, onward) >= 0 and (vehicle.limit is None or lasts + extra <= vehicle.limit):
            found.append((extra, at))
    return found
