"""Checks a plan of several days against every rule, by arithmetic of its own.

Codes: ``unknown_vehicle``, ``missing_route``, ``duplicate_route``, ``unknown_customer``, ``twice_a_day``,
``days_differ``, ``no_such_pattern``, ``no_road``, ``wrong_travel``, ``wrong_duration``, ``wrong_load``,
``over_capacity``, ``over_limit``, ``wrong_cost``, ``wrong_sum``, ``short_without_reason``.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from planners.periodic.data import Problem
from planners.periodic.plan import PeriodicPlan, Route, Violation


class UnverifiedPlanError(RuntimeError):
    """A plan that breaks a rule was about to be returned.

    Parameters
    ----------
    violations
        What `verify` found.
    """

    def __init__(self, violations: Sequence[Violation]) -> None:
        self.violations = tuple(violations)
        listed = "; ".join(f"{v.code} {dict(v.params)}" for v in violations)
        super().__init__(f"the plan breaks {len(self.violations)} rules: {listed}")


def verify(problem: Problem, plan: PeriodicPlan) -> tuple[Violation, ...]:
    """Every rule the plan breaks; empty for a good plan.

    Parameters
    ----------
    problem
        The days.
    plan
        The plan as stored.
    """
    found = [*_check_vehicles(problem, plan)]
    known = {customer.id for customer in problem.customers}
    for route in plan.routes:
        strangers = [name for name in route.customers if name not in known]
        found += [Violation(code="unknown_customer", params={"customer": name}) for name in strangers]
        if not strangers and any(vehicle.id == route.vehicle for vehicle in problem.vehicles):
            found += _check_route(problem, route)
    if not found:
        found = [*_check_days(problem, plan), *_check_sums(problem, plan)]
    return tuple(found)


def _check_vehicles(problem: Problem, plan: PeriodicPlan) -> Iterator[Violation]:
    given = Counter(route.vehicle for route in plan.routes)
    wanted = {vehicle.id for vehicle in problem.vehicles}
    for name, times in given.items():
        if name not in wanted:
            yield Violation(code="unknown_vehicle", params={"vehicle": name})
        if times > 1:
            yield Violation(code="duplicate_route", params={"vehicle": name})
    for name in sorted(wanted - set(given)):
        yield Violation(code="missing_route", params={"vehicle": name})


def _check_route(problem: Problem, route: Route) -> Iterator[Violation]:
    vehicle = problem.vehicle(route.vehicle)
    at, travel, load, service = vehicle.start_node, 0, 0, 0
    stations = [problem.customer(name) for name in route.customers]
    steps = [station.node for station in stations]
    for node in [*steps, vehicle.end_node] if steps else []:
        way = int(problem.travel[at][node])
        if way < 0:
            yield Violation(code="no_road", params={"vehicle": vehicle.id, "from": at, "to": node})
        travel += way
        at = node
    for station in stations:
        load += station.demand
        service += station.service
    facts = {
        "wrong_travel": route.travel != travel,
        "wrong_duration": route.duration != travel + service,
        "wrong_load": route.load != load,
        "over_capacity": vehicle.capacity is not None and load > vehicle.capacity,
        "over_limit": vehicle.limit is not None and bool(steps) and travel + service > vehicle.limit,
    }
    for code, broken in facts.items():
        if broken:
            yield Violation(code=code, params={"vehicle": vehicle.id})


def _check_days(problem: Problem, plan: PeriodicPlan) -> Iterator[Violation]:
    visits: defaultdict[str, list[int]] = defaultdict(list)
    for route in plan.routes:
        for name in route.customers:
            visits[name].append(problem.vehicle(route.vehicle).day)
    explained = {item.customer: item for item in plan.short}
    for customer in problem.customers:
        days = sorted(visits[customer.id])
        if len(set(days)) < len(days):
            yield Violation(code="twice_a_day", params={"customer": customer.id})
        if tuple(days) != plan.days.get(customer.id):
            yield Violation(code="days_differ", params={"customer": customer.id})
        costs = {pattern.days: pattern.cost for pattern in customer.patterns}
        cost = costs.get(tuple(days))
        if cost is None:
            yield Violation(code="no_such_pattern", params={"customer": customer.id})
        elif cost > min(costs.values()):
            item = explained.get(customer.id)
            if item is None:
                yield Violation(code="short_without_reason", params={"customer": customer.id})
            elif (item.cost, item.days) != (cost, tuple(days)):
                yield Violation(code="wrong_cost", params={"customer": customer.id})


def _check_sums(problem: Problem, plan: PeriodicPlan) -> Iterator[Violation]:
    cost = 0
    for customer in problem.customers:
        days = plan.days.get(customer.id)
        cost += sum(pattern.cost for pattern in customer.patterns if pattern.days == days)
    if cost != plan.cost:
        yield Violation(code="wrong_sum", params={"what": "cost", "is": plan.cost, "should": cost})
    travel = sum(route.travel for route in plan.routes)
    if travel != plan.travel:
        yield Violation(code="wrong_sum", params={"what": "travel", "is": plan.travel, "should": travel})
