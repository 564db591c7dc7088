"""Routes met along the way, packed anew: the best plan that can be put together from all of them.

Plans that annealed apart hold good routes of different places. Which of them go together, each stop once and
one route a squad, is a small exact problem that CP-SAT settles in a moment; the search by ruin would have to
come upon it by chance. Routes are taken from good plans only: a route is as good as what it leaves for the
others.
"""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from ortools.sat.python import cp_model

from planners.routing.kernel.arrays import Arrays
from planners.routing.kernel.core import TRAVEL, WORTH, Plan, refresh
from planners.routing.kernel.crossing import visits

#: Routes are kept of plans that are worth at least this part of the best one.
_GOOD = 0.97
#: How many routes are kept at the most, how many stay when there are more, and how many are packed.
_MOST, _STAY, _PACKED = 6000, 3000, 2000
#: CP-SAT's own count of work for one packing, about as many seconds.
_EFFORT = 0.15


class _Known(NamedTuple):
    """A route of the pool: what the best plan with it is worth, its own worth, its visits.

    Travel is what it adds to that of a squad without visits, seconds.
    """

    plan_worth: int
    worth: int
    travel: int
    visits: tuple[int, ...]


class RoutePool:
    """Keeps routes and packs them.

    Parameters
    ----------
    arrays
        The problem.
    """

    def __init__(self, arrays: Arrays) -> None:
        self._arrays = arrays
        self._kinds = _kinds(arrays)
        # A squad whose locked visits lead away from its end drives there even if it visits nobody else.
        self._anyway = arrays.empty_plan().sums[:, TRAVEL].tolist()
        self._known: dict[tuple[int, frozenset[int]], _Known] = {}
        self._best_worth = 0

    def add(self, plan: Plan) -> None:
        """Keep the routes of a plan, if it is a good one."""
        worth = int(plan.sums[:, WORTH].sum())
        self._best_worth = max(self._best_worth, worth)
        if worth < _GOOD * self._best_worth:
            return
        for k, kind in enumerate(self._kinds):
            route = visits(plan, k)
            if not route:
                continue
            key = (kind, frozenset(route))
            travel = int(plan.sums[k, TRAVEL]) - self._anyway[k]
            known = self._known.get(key)
            if known is None or travel < known.travel:
                best_with = max(worth, known.plan_worth if known else 0)
                self._known[key] = _Known(best_with, int(plan.sums[k, WORTH]), travel, tuple(route))
            elif worth > known.plan_worth:
                self._known[key] = known._replace(plan_worth=worth)
        if len(self._known) > _MOST:
            self._known = dict(self._best(_STAY))

    def _best(self, count: int) -> list[tuple[tuple[int, frozenset[int]], _Known]]:
        """Routes of the best plans; among equals those found first, as sorting keeps their order."""
        return sorted(self._known.items(), key=lambda item: -item[1].plan_worth)[:count]

    def pack(self) -> Plan | None:
        """The plan worth most, then of least travel, from the routes kept; None if none was found in time."""
        routes = self._best(_PACKED)
        if not routes:
            return None
        model = cp_model.CpModel()
        chosen = [model.new_bool_var("") for _ in routes]
        by_stop: dict[int, list[cp_model.IntVar]] = defaultdict(list)
        by_kind: dict[int, list[cp_model.IntVar]] = defaultdict(list)
        for taken, ((kind, stops), _) in zip(chosen, routes, strict=True):
            by_kind[kind].append(taken)
            for stop in sorted(stops):
                by_stop[self._matter(stop)].append(taken)
        for takers in by_stop.values():
            model.add_at_most_one(takers)
        for kind, takers in by_kind.items():
            model.add(sum(takers) <= self._kinds.count(kind))
        # Worth first: all routes together cannot travel as far as one of worth counts.
        unit = 1 + sum(sorted((abs(route.travel) for _, route in routes), reverse=True)[: len(self._kinds)])
        model.maximize(
            sum(
                taken * (route.worth * unit - route.travel)
                for taken, (_, route) in zip(chosen, routes, strict=True)
            )
        )
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.max_deterministic_time = _EFFORT
        if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return None
        return self._plan(
            [
                (kind, route.visits)
                for taken, ((kind, _), route) in zip(chosen, routes, strict=True)
                if solver.value(taken)
            ]
        )

    def _matter(self, stop: int) -> int:
        """Of a group one stop is visited at most: all its members count as the one of lowest number."""
        rivals: list[int] = self._arrays.world.rivals[stop].tolist()
        return min([stop, *(rival for rival in rivals if rival >= 0)])

    def _plan(self, routes: list[tuple[int, tuple[int, ...]]]) -> Plan:
        plan = self._arrays.empty_plan()
        count, squads = len(plan.where), len(self._kinds)
        free = list(range(squads))
        for kind, route in routes:
            k = next(k for k in free if self._kinds[k] == kind)
            free.remove(k)
            plan.routes[k, : len(route) + 2] = [count + k, *route, count + squads + k]
            plan.lengths[k] = len(route)
            plan.where[list(route)] = k
            refresh(self._arrays.world, plan, k)
        return plan


def _kinds(arrays: Arrays) -> list[int]:
    """By squad, the first squad that may drive the same routes in the same times."""
    world = arrays.world
    count, squads = world.near.shape[0], world.squads.shape[0]
    first: dict[tuple[bytes, ...], int] = {}
    kinds = []
    for k in range(squads):
        begin, end = count + k, count + squads + k
        looks = (
            world.squads[k].tobytes(),
            world.may[k].tobytes(),
            world.travel[begin, :count].tobytes(),
            world.travel[:count, end].tobytes(),
        )
        kinds.append(first.setdefault(looks, k))
    return kinds
