"""What a whole plan made by hand is worth and what it breaks.

Codes of violations beside those of `planners.routing.schedule` and `planners.routing.together`:
``unknown_squad`` (squad), ``duplicate_stop``, ``group_twice`` (group, other).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from planners.result import Reason
from planners.routing.data import Problem
from planners.routing.plan import Schedule, Scored, Violation
from planners.routing.together import schedules


def _group_violations(problem: Problem, routes: Sequence[Schedule]) -> Iterator[Violation]:
    """Visits to a stop although another of its group is visited; what is locked is not judged again."""
    seen = set(problem.locked_to)
    for route in routes:
        for stop_id in route.order:
            rivals = problem.rivals.get(stop_id, frozenset()) & seen
            if rivals and stop_id not in problem.locked_to:
                params = {"group": problem.stop(stop_id).group or "", "other": min(rivals)}
                yield Violation(reason=Reason("group_twice", params), squad=route.squad, stop=stop_id)
            seen.add(stop_id)


def score(problem: Problem, orders: Mapping[str, Sequence[str]]) -> Scored:
    """What a whole plan is worth and what it breaks; never raises for a bad plan.

    Parameters
    ----------
    problem
        The day.
    orders
        Stop ids in order, by squad id. A squad left out has an empty route.
    """
    routes, between = schedules(problem, orders)
    broken = [violation for route in routes for violation in route.violations]
    broken += between
    broken += [
        Violation(reason=Reason("unknown_squad", {"squad": name}), squad=name)
        for name in orders
        if not problem.has_squad(name)
    ]
    visited: set[str] = set()
    for route in routes:
        broken += [
            Violation(reason=Reason("duplicate_stop"), squad=route.squad, stop=stop_id)
            for stop_id in route.order
            if stop_id in visited and problem.stop(stop_id).squads_needed == 1
        ]
        visited.update(route.order)
    broken += _group_violations(problem, routes)
    return Scored(
        routes=routes,
        prize=sum(stop.prize for stop in problem.stops if stop.id in visited),
        travel_seconds=sum(route.travel_seconds for route in routes),
        travel_metres=sum(route.travel_metres for route in routes),
        violations=tuple(broken),
        unassigned=tuple(stop.id for stop in problem.stops if stop.id not in visited),
    )
