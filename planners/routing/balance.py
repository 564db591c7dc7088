"""Evening out how long the squads work, once prize and travel are settled.

Visits go from one squad to another, or two squads exchange a visit, as long as the squares of the working
times add up to less and all ways together stay within what the problem allows. The set of visits never
changes, so no prize and no required stop is lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from planners.routing.data import Problem, StopPoint
from planners.routing.polish import Orders, is_stuck
from planners.routing.timeline import Roads, Timeline

#: Moves made at most.
MAX_MOVES = 200

Pair = tuple[Timeline, list[StopPoint], Timeline, list[StopPoint]]


def working_seconds(line: Timeline) -> int:
    """From setting out to being back; 0 for a squad that visits nobody."""
    return line.back_at(0, line.stops, len(line.stops)) - line.squad.start if line.stops else 0


class _Balancer:
    def __init__(
        self, problem: Problem, orders: Mapping[str, Sequence[str]], cancelled: Callable[[], bool]
    ) -> None:
        self._roads = Roads(problem)
        self._cancelled = cancelled
        self.lines = {
            squad.id: Timeline(self._roads, squad, [problem.stop(name) for name in orders[squad.id]])
            for squad in problem.squads
            if not is_stuck(problem, squad)
        }
        travel = sum(self._travel(line) for line in self.lines.values())
        self._spare = int(travel * problem.balance_tolerance / 100)

    def run(self) -> None:
        for _ in range(MAX_MOVES):
            if self._cancelled() or not self._improve():
                return

    def _travel(self, line: Timeline) -> int:
        return self._roads.travel(line.squad, line.stops)

    def _improve(self) -> bool:
        """Make the first change that evens out the work of two squads, beginning with the busiest."""
        busiest = sorted(self.lines.values(), key=lambda line: (-working_seconds(line), line.squad.id))
        return any(
            self._accept(change)
            for giver in busiest
            for taker in reversed(busiest)
            if taker is not giver
            for change in (*self._gifts(giver, taker), *self._exchanges(giver, taker))
        )

    def _gifts(self, giver: Timeline, taker: Timeline) -> Iterator[Pair]:
        most = taker.squad.max_stops
        if most is not None and len(taker.stops) >= most:
            return
        for out in range(len(giver.squad.locked), len(giver.stops)):
            stop = giver.stops[out]
            if not self._roads.may_serve(stop, taker.squad):
                continue
            rest = [*giver.stops[:out], *giver.stops[out + 1 :]]
            for place in range(len(taker.squad.locked), len(taker.stops) + 1):
                if taker.fits(place, (stop,), place):
                    yield giver, rest, taker, [*taker.stops[:place], stop, *taker.stops[place:]]

    def _exchanges(self, one: Timeline, two: Timeline) -> Iterator[Pair]:
        for i in range(len(one.squad.locked), len(one.stops)):
            for j in range(len(two.squad.locked), len(two.stops)):
                here, there = one.stops[i], two.stops[j]
                able = self._roads.may_serve(here, two.squad) and self._roads.may_serve(there, one.squad)
                if able and one.fits(i, (there,), i + 1) and two.fits(j, (here,), j + 1):
                    first = [*one.stops[:i], there, *one.stops[i + 1 :]]
                    yield one, first, two, [*two.stops[:j], here, *two.stops[j + 1 :]]

    def _accept(self, change: Pair) -> bool:
        old = (change[0], change[2])
        new = tuple(
            Timeline(self._roads, line.squad, stops)
            for line, stops in ((change[0], change[1]), (change[2], change[3]))
        )
        extra = sum(map(self._travel, new)) - sum(map(self._travel, old))
        if extra > self._spare or not all(line.is_feasible() for line in new):
            return False
        if sum(working_seconds(line) ** 2 for line in new) >= sum(working_seconds(line) ** 2 for line in old):
            return False
        self._spare -= extra
        self.lines.update((line.squad.id, line) for line in new)
        return True


def balance(problem: Problem, orders: Orders, *, cancelled: Callable[[], bool] | None = None) -> Orders:
    """The same visits, spread more evenly over the squads within ``Problem.balance_tolerance``.

    Parameters
    ----------
    problem
        The day.
    orders
        A feasible plan, stop ids by squad.
    cancelled
        Asked between moves; once True the plan stays as it is.
    """
    if problem.balance_tolerance <= 0:
        return orders
    balancer = _Balancer(problem, orders, cancelled or (lambda: False))
    balancer.run()
    evened = {name: tuple(stop.id for stop in line.stops) for name, line in balancer.lines.items()}
    return {**orders, **evened}
