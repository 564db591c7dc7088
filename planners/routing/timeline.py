"""Quick answers about a route: whether a change fits, and when the squad would be back.

A route with a break has two earliest times at each place, one with the lunch still to come and one with it
eaten, and likewise two latest times. With both kept for every position, any piece put between two positions
is checked by walking the piece alone. The rules are those of `planners.routing.schedule`, for routes
without any lateness.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from planners.routing.data import Lunch, Problem, SquadShift, StopPoint
from planners.routing.rules import eligibility_breaches, enforced_windows, latest_start, service_start

#: Later than any moment: a time that cannot be met, and the way where there is no road.
NEVER = 10**12


class Labels(NamedTuple):
    """Two moments at one place: with the lunch still to come, and with it eaten (or none owed)."""

    hungry: int
    fed: int


class Roads:
    """What the checks ask of a problem again and again, worked out once."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        ways = np.asarray(problem.travel_seconds, dtype=np.int64)
        #: Seconds from place to place; `NEVER` where there is no road.
        self.array = np.where(ways >= 0, ways, NEVER)
        self.seconds: list[list[int]] = self.array.tolist()
        self.windows = {stop.id: enforced_windows(problem, stop) for stop in problem.stops}
        self._may_serve = {
            stop.id: frozenset(
                squad.id for squad in problem.squads if not eligibility_breaches(problem, stop, squad)
            )
            for stop in problem.stops
        }

    def may_serve(self, stop: StopPoint, squad: SquadShift) -> bool:
        """Whether every rule but time lets the squad serve the stop."""
        return squad.id in self._may_serve[stop.id]

    def travel(self, squad: SquadShift, stops: Sequence[StopPoint]) -> int:
        """Seconds on the road for the route; 0 for an empty one, at least `NEVER` where a road is missing."""
        if not stops:
            return 0
        nodes = [squad.start_node, *(stop.node for stop in stops), squad.end_node]
        return sum(self.seconds[here][there] for here, there in pairwise(nodes))


class Timeline:
    """Earliest and latest times along one squad's route.

    Parameters
    ----------
    roads
        The problem's roads.
    squad
        Whose route.
    stops
        The route.
    shift_end
        When the squad must be back, seconds since midnight; None means the shift's own end.
    """

    def __init__(
        self, roads: Roads, squad: SquadShift, stops: Sequence[StopPoint], *, shift_end: int | None = None
    ) -> None:
        self._roads = roads
        self._lunch = squad.lunch_due
        self.squad = squad
        self.stops = list(stops)
        self.shift_end = squad.end if shift_end is None else shift_end
        self._ready = self._forward()
        self._due = self._backward()

    def ready_after(self, count: int) -> Labels:
        """Earliest moments of leaving after the first ``count`` visits."""
        return self._ready[count]

    def is_feasible(self) -> bool:
        """Whether the route as it stands keeps every time rule; an empty one always does."""
        return not self.stops or self.fits(0, self.stops, len(self.stops))

    def fits(self, first: int, piece: Sequence[StopPoint], last: int) -> bool:
        """Whether the route holds with visits ``first`` up to before ``last`` replaced by ``piece``."""
        reached = self._reach(first, piece, last)
        due = self._due[last]
        return reached.hungry <= due.hungry or reached.fed <= due.fed

    def back_at(self, first: int, piece: Sequence[StopPoint], last: int) -> int:
        """When the squad is back with that change, whatever its shift; `NEVER` if it breaks another rule."""
        reached = self._reach(first, [*piece, *self.stops[last:]], len(self.stops))
        return min(reached.fed, reached.hungry if reached.hungry <= self._hungry_limit() else NEVER)

    def least_back(self, stop: StopPoint, *, before: int) -> int:
        """When the squad is back if the stop is put where it delays least, behind what is locked.

        Only answers below ``before`` are looked for; `NEVER` if there is none. Places are tried in the
        order of a bound that knows no waiting, so that most need not be followed to the end.
        """
        best = before
        places = range(len(self.squad.locked), len(self.stops) + 1)
        reached = {place: self._reach(place, (stop,), place) for place in places}
        bounds = {place: self._back_bound(labels, place) for place, labels in reached.items()}
        for place in sorted(places, key=bounds.__getitem__):
            if bounds[place] >= best:
                break
            best = min(best, self.back_from(reached[place], place))
        return best if best < before else NEVER

    @property
    def lunch(self) -> Lunch | None:
        """The lunch the squad still has to take."""
        return self._lunch

    def ahead(self, place: int) -> int:
        """Seconds of service and way that are left on reaching visit ``place``, or the end."""
        return self._ahead[place]

    def _back_bound(self, reached: Labels, place: int) -> int:
        """No return is earlier than this after reaching visit ``place`` (or the end) at these moments."""
        ahead = self._ahead[place]
        hungry = reached.hungry + ahead
        if self._lunch and hungry > self._hungry_limit():
            hungry += self._lunch.duration_seconds
        return min(reached.fed + ahead, hungry)

    def back_from(self, reached: Labels, place: int) -> int:
        """When the squad is back after reaching visit ``place`` (or the end) at these moments."""
        for here, stop in enumerate(self.stops[place:], start=place):
            ready = self._serve(stop, reached)
            if ready.hungry >= NEVER and ready.fed >= NEVER:
                return NEVER
            reached = self._travel(ready, self._ways[here])
        return min(reached.fed, reached.hungry if reached.hungry <= self._hungry_limit() else NEVER)

    @cached_property
    def _ways(self) -> list[int]:
        """Seconds from each visit to the one after it, or to the end."""
        nodes = [*(stop.node for stop in self.stops), self.squad.end_node]
        return [self._roads.seconds[here][there] for here, there in pairwise(nodes)]

    @cached_property
    def _ahead(self) -> list[int]:
        """Seconds of service and way that are left on reaching each visit, and the end last."""
        left = [0]
        for stop, way in zip(reversed(self.stops), reversed(self._ways), strict=True):
            left.append(left[-1] + stop.service_seconds + way)
        return left[::-1]

    def _hungry_limit(self) -> int:
        return self._lunch.latest_start if self._lunch else -1

    def _reach(self, first: int, piece: Sequence[StopPoint], last: int) -> Labels:
        """Times of reaching visit ``last`` (or the end) after the piece."""
        node = self.stops[first - 1].node if first else self.squad.start_node
        ready = self._ready[first]
        for stop in piece:
            ready = self._serve(stop, self._travel(ready, self._roads.seconds[node][stop.node]))
            if ready.hungry >= NEVER and ready.fed >= NEVER:
                return ready
            node = stop.node
        goal = self.stops[last].node if last < len(self.stops) else self.squad.end_node
        return self._travel(ready, self._roads.seconds[node][goal])

    def _travel(self, ready: Labels, way: int) -> Labels:
        fed = ready.fed + way
        lunch = self._lunch
        if lunch is None or ready.hungry >= NEVER:
            return Labels(NEVER, fed)
        before = max(ready.hungry, lunch.earliest_start)
        if before <= lunch.latest_start:
            fed = min(fed, before + lunch.duration_seconds + way)
        reached = ready.hungry + way
        after = max(reached, lunch.earliest_start)
        if after <= lunch.latest_start:
            fed = min(fed, after + lunch.duration_seconds)
        return Labels(reached, fed)

    def _serve(self, stop: StopPoint, reached: Labels) -> Labels:
        windows = self._roads.windows[stop.id]
        hungry = service_start(windows, reached.hungry)
        fed = service_start(windows, reached.fed)
        return Labels(
            NEVER if hungry is None else hungry + stop.service_seconds,
            NEVER if fed is None else fed + stop.service_seconds,
        )

    def _forward(self) -> list[Labels]:
        start = self.squad.start
        ready = [Labels(start, NEVER) if self._lunch else Labels(NEVER, start)]
        node = self.squad.start_node
        for stop in self.stops:
            ready.append(self._serve(stop, self._travel(ready[-1], self._roads.seconds[node][stop.node])))
            node = stop.node
        return ready

    def _backward(self) -> list[Labels]:
        """Latest moments of reaching each visit, and the end last, with the rest still in time."""
        due = [Labels(min(self.shift_end, self._hungry_limit()), self.shift_end)]
        node = self.squad.end_node
        for stop in reversed(self.stops):
            way = self._roads.seconds[stop.node][node]
            due.append(self._due_at(stop, due[-1], way))
            node = stop.node
        return due[::-1]

    def _due_at(self, stop: StopPoint, then: Labels, way: int) -> Labels:
        windows = self._roads.windows[stop.id]
        fed = _latest_arrival(windows, then.fed - way - stop.service_seconds)
        if self._lunch is None:
            return Labels(-1, fed)
        leave_hungry = max(then.hungry - way, _latest_lunch(self._lunch, then.fed - way))
        hungry = _latest_arrival(windows, leave_hungry - stop.service_seconds)
        return Labels(max(hungry, _latest_lunch(self._lunch, fed)), fed)


def _latest_arrival(windows: tuple[tuple[int, int], ...], not_after: int) -> int:
    latest = latest_start(windows, not_after)
    return -1 if latest is None else latest


def _latest_lunch(lunch: Lunch, done_by: int) -> int:
    """The latest moment to turn up for a lunch that must be over by ``done_by``; -1 if it cannot be."""
    start = min(lunch.latest_start, done_by - lunch.duration_seconds)
    return start if start >= lunch.earliest_start else -1
