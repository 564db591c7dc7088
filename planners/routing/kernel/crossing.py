"""Crossing two good plans: a child that has part of its visits from each, filled up again.

One annealing run wins early and stalls late. Plans that annealed apart from each other are good in different
places, and a child of two of them is a better place to go on from than either (Vidal et al., Operations
Research 60, 2012, for routes; here what is not visited is inherited as well).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from planners.routing.kernel.arrays import Arrays
from planners.routing.kernel.core import MOST, Ints, Plan, Settings, fill, refresh

#: Chance of passing on whole routes rather than a region of the map.
_WHOLE_ROUTES = 0.5
#: Smallest and largest region, as parts of all stops.
_SMALLEST, _LARGEST = 0.1, 0.5


class Crossing:
    """Makes children.

    Parameters
    ----------
    arrays
        The problem.
    settings
        Of filling up.
    state
        Of the compiled random numbers; changed.
    random
        Draws what is passed on.
    """

    def __init__(
        self, arrays: Arrays, settings: Settings, state: NDArray[np.uint64], random: np.random.Generator
    ) -> None:
        self._arrays = arrays
        self._settings = settings
        self._state = state
        self._random = random

    def child(self, one: Plan, other: Plan, queue: Ints) -> Plan:
        """A feasible plan with visits of both; ``queue`` is the order in which stops fill it up."""
        if self._random.random() < _WHOLE_ROUTES and len(one.lengths) > 1:
            plan = self._plan(self._some_routes(one, other))
        else:
            plan = self._plan_with_region(one, other)
        fill(self._arrays.world, plan, queue, self._settings, self._state)
        return plan

    def _some_routes(self, one: Plan, other: Plan) -> list[list[int]]:
        """Some routes of one plan and, for the other squads, what the other plan has and is not doubled."""
        squads = len(one.lengths)
        kept = self._random.permutation(squads)[: self._random.integers(1, squads)].tolist()
        routes = {k: visits(one, k) for k in kept}
        used = {stop for route in routes.values() for stop in route}
        theirs = [visits(other, k) for k in range(squads)]
        # Squads may be alike: each of those left takes the route that shares least with what is kept.
        theirs.sort(key=lambda route: sum(stop in used for stop in route))
        for k in range(squads):
            if k not in routes:
                route = next((r for r in theirs if self._may(k, r)), [])
                if route in theirs:
                    theirs.remove(route)
                routes[k] = [stop for stop in route if stop not in used]
                used.update(route)
        return [routes[k] for k in range(squads)]

    def _may(self, squad: int, route: Sequence[int]) -> bool:
        return bool(self._arrays.world.may[squad, route].all()) if route else True

    def _plan_with_region(self, one: Plan, other: Plan) -> Plan:
        """One plan, but what the other visits within a region of the map."""
        near = self._arrays.world.near
        count = len(near)
        size = int(self._random.integers(max(1, round(_SMALLEST * count)), round(_LARGEST * count) + 2))
        region = set(near[int(self._random.integers(count)), :size].tolist())
        squads = range(len(one.lengths))
        plan = self._plan([[stop for stop in visits(one, k) if stop not in region] for k in squads])
        wanted = [stop for k in squads for stop in visits(other, k) if stop in region]
        fill(self._arrays.world, plan, np.array(wanted, dtype=np.int64), self._settings, self._state)
        return plan

    def _plan(self, routes: Sequence[Sequence[int]]) -> Plan:
        plan = self._arrays.empty_plan()
        world = self._arrays.world
        count, squads = len(plan.where), len(routes)
        for k, route in enumerate(routes):
            free = [
                stop
                for stop in route
                if not (plan.where[world.rivals[stop][world.rivals[stop] >= 0]] >= 0).any()
            ]
            wanted = free[: max(0, int(world.squads[k, MOST]))]
            self._set(plan, k, wanted, count=count, squads=squads)
            if not refresh(world, plan, k):
                # Leaving out a visit may make another late where rounded ways break the triangle rule.
                self._set(plan, k, [], count=count, squads=squads)
                refresh(world, plan, k)
        return plan

    def _set(self, plan: Plan, k: int, route: list[int], *, count: int, squads: int) -> None:
        plan.where[plan.where == k] = -1
        plan.routes[k, : len(route) + 2] = [count + k, *route, count + squads + k]
        plan.lengths[k] = len(route)
        plan.where[route] = k


def visits(plan: Plan, k: int) -> list[int]:
    """Stops of a route."""
    found: list[int] = plan.routes[k, 1 : plan.lengths[k] + 1].tolist()
    return found
