"""Shaking a plan: strings of neighbouring visits are taken out, and stops are put in again one by one.

The idea is slack induction by string removals (Christiaens and Vanden Berghe, Transportation Science 54,
2020), widened to stops that need not be visited: whatever is out, old or new, competes for the room that
was made.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from planners.routing.data import Problem, SquadShift, StopPoint
from planners.routing.polish import Orders, is_stuck
from planners.routing.timeline import NEVER, Roads, Timeline

#: Visits taken out at one shake, on average.
AVERAGE_REMOVED = 10
#: Longest string taken from one route.
LONGEST_STRING = 10
#: Chance of overlooking a place when putting a stop in, so that the cheapest is not always taken.
BLINK = 0.02
#: Added to a visit's duration when prizes are compared by the time they take.
TYPICAL_DRIVE_SECONDS = 600


def _nearest_first(ways: Sequence[int], own: int) -> list[int]:
    return sorted(range(len(ways)), key=lambda other: (other != own, ways[other]))


def _by_chance(stop: StopPoint) -> float:
    return 0


def _by_prize(stop: StopPoint) -> float:
    return -stop.prize


def _by_prize_for_time(stop: StopPoint) -> float:
    return -stop.prize / (stop.service_seconds + TYPICAL_DRIVE_SECONDS)


def _by_closing(stop: StopPoint) -> float:
    return stop.windows[-1][1] if stop.windows else NEVER


#: Orders in which stops are put in again, and how often each is drawn.
_RANKS = (_by_chance, _by_prize, _by_prize_for_time, _by_closing)
_RANK_CHANCES = (0.3, 0.2, 0.4, 0.1)


class Shaker:
    """Ruins plans and fills them again.

    Parameters
    ----------
    problem
        The day.
    seed
        Of everything drawn at random.
    """

    def __init__(self, problem: Problem, seed: int) -> None:
        self._problem = problem
        self._roads = Roads(problem)
        self._random = np.random.default_rng(seed)
        self._squads = [squad for squad in problem.squads if not is_stuck(problem, squad)]
        self._free = [stop for stop in problem.stops if stop.id not in problem.locked_to]
        self._near = self._neighbours()

    def _neighbours(self) -> list[list[int]]:
        """For each free stop, the free stops by the way there and back, itself first."""
        nodes = [stop.node for stop in self._free]
        seconds = self._roads.seconds
        both = [[seconds[here][there] + seconds[there][here] for there in nodes] for here in nodes]
        return [_nearest_first(row, i) for i, row in enumerate(both)]

    def shake(self, orders: Mapping[str, Sequence[str]]) -> Orders:
        """Another feasible plan near the one given; the same again if there is nothing to shake."""
        routes = {squad.id: [self._problem.stop(name) for name in orders[squad.id]] for squad in self._squads}
        if self._free:
            self._take_out(routes)
            self._put_in(routes)
        shaken = {name: tuple(stop.id for stop in route) for name, route in routes.items()}
        return {squad.id: shaken.get(squad.id, squad.locked) for squad in self._problem.squads}

    def _take_out(self, routes: dict[str, list[StopPoint]]) -> None:
        route_of = {stop.id: squad for squad in self._squads for stop in routes[squad.id]}
        used = [len(route) for route in routes.values() if route]
        if not used:
            return
        longest = min(LONGEST_STRING, max(1, round(sum(used) / len(used))))
        most = max(1.0, 4 * AVERAGE_REMOVED / (1 + longest) - 1)
        strings = int(self._random.uniform(1, most + 1))
        shaken: set[str] = set()
        for near in self._near[int(self._random.integers(len(self._free)))]:
            stop = self._free[near]
            squad = route_of.get(stop.id)
            if squad is None or squad.id in shaken:
                continue
            shaken.add(squad.id)
            routes[squad.id] = self._without_string(squad, routes[squad.id], stop, longest)
            if len(shaken) >= strings:
                return

    def _without_string(
        self, squad: SquadShift, route: list[StopPoint], around: StopPoint, longest: int
    ) -> list[StopPoint]:
        """The route without a string of visits around one of them; as it was where rounding forbids that."""
        locked = len(squad.locked)
        length = int(self._random.integers(1, min(longest, len(route) - locked) + 1))
        at = route.index(around)
        first = int(self._random.integers(max(locked, at - length + 1), min(at, len(route) - length) + 1))
        rest = [*route[:first], *route[first + length :]]
        return rest if Timeline(self._roads, squad, rest).is_feasible() else route

    def _put_in(self, routes: dict[str, list[StopPoint]]) -> None:
        lines = {squad.id: Timeline(self._roads, squad, routes[squad.id]) for squad in self._squads}
        visited = {stop.id for route in routes.values() for stop in route}
        waiting = [stop for stop in self._free if stop.id not in visited and (stop.required or stop.prize)]
        rivals = self._problem.rivals
        seen = visited | set(self._problem.locked_to)
        for stop in self._queue(waiting):
            if stop.id in rivals and rivals[stop.id] & seen:
                continue
            found = self._cheapest(stop, lines)
            if found is not None:
                seen.add(stop.id)
                squad, place = found
                routes[squad.id].insert(place, stop)
                lines[squad.id] = Timeline(self._roads, squad, routes[squad.id])

    def _queue(self, waiting: list[StopPoint]) -> list[StopPoint]:
        """Required stops first, the others by one of several orders drawn by chance."""
        draw = self._random.random(len(waiting))
        rank = _RANKS[int(self._random.choice(len(_RANKS), p=_RANK_CHANCES))]
        order = sorted(
            range(len(waiting)), key=lambda i: (not waiting[i].required, rank(waiting[i]), draw[i])
        )
        return [waiting[i] for i in order]

    def _cheapest(self, stop: StopPoint, lines: Mapping[str, Timeline]) -> tuple[SquadShift, int] | None:
        best: tuple[SquadShift, int] | None = None
        least = NEVER
        seconds = self._roads.seconds
        for line in lines.values():
            squad = line.squad
            full = squad.max_stops is not None and len(line.stops) >= squad.max_stops
            if full or not self._roads.may_serve(stop, squad):
                continue
            nodes = [squad.start_node, *(visit.node for visit in line.stops), squad.end_node]
            blinks = self._random.random(len(nodes)) < BLINK
            for place in range(len(squad.locked), len(line.stops) + 1):
                here, there = nodes[place], nodes[place + 1]
                extra = seconds[here][stop.node] + seconds[stop.node][there]
                extra -= seconds[here][there] if line.stops else 0
                if extra < least and not blinks[place] and line.fits(place, (stop,), place):
                    best, least = (squad, place), extra
        return best
