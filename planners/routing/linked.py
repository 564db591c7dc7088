"""Planning days on which squads meet or visits follow one another.

First `planners.routing.meeting` settles squads and order of the linked stops, together with those they
follow and the required ones; on a small day of all stops. Then their visits are held where and when they
fall, and the plain search plans everything else around them. On a larger day this is done with as many of
them as can be, with those that bring as much for their time as other stops do, and with none; what is left
of an older plan is gone on from as well. Then, in several rounds, those that are still left out are put into
the best plan so far where what they displace is worth least (`planners.routing.joining`), and the rest is
planned around them again. The best of all these plans is the answer.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from planners.routing.data import Problem, StopPoint
from planners.routing.fixed import fixed_day
from planners.routing.joining import Joiner
from planners.routing.meeting import MeetingModel
from planners.routing.plan import Violation
from planners.routing.polish import Orders
from planners.routing.score import score
from planners.routing.together import schedules
from planners.stop import Progress, Stop

#: Up to so many stops all of them are settled at once.
SMALL_DAY = 9

#: Part of the seconds, and effort of CP-SAT for each second, with which linked stops are settled.
#: A unit of effort was measured to take well over a second, and the clock must not be what ends it.
_MEETING_SHARE, _EFFORT_PER_SECOND = 0.25, 0.06
#: Effort at least, in which the smallest days are settled, and at most, so that long limits leave the time to
#: the plain search.
_LEAST_EFFORT, _MOST_EFFORT = 0.06, 5.0
#: Part of the counted work for the plain search: what settling may take, twice, is not counted.
_PLAIN_WORK = 1 - 2 * _MEETING_SHARE - 0.1
#: What a stop that just fails to fit brings for its time, as a part of what the plan brings on average.
_MARGINAL = 0.5
#: Parts of the work for the first plans and for each round after them, and what the visits that a linked stop
#: displaces may be worth in each round, as a part of its own prize: more than all of it, since some find
#: another place.
_FIRST_SHARE, _ROUND_SHARE, _MOST_LOST = 0.4, 0.2, (1.6, 1.0, 1.3)
#: Part of the seconds by which all must be over but reasons and checks.
_UNTIL = 0.92

#: Plans a day without links from a plan of it: routes, and whether the work was done.
Plain = Callable[[Problem, Stop, Orders], tuple[Orders, bool]]
_Key = tuple[int, int, int]


def repair_linked(problem: Problem, orders: Mapping[str, Sequence[str]]) -> Orders:
    """The feasible rest of an old plan; what breaks a rule, or has lost those it needs, is left out.

    Every route begins with the squad's locked visits; the others follow in the old order.
    """
    kept = _with_locks_first(problem, orders)
    while broken := _broken(problem, kept):
        fewer = [_without(problem, kept, out) for out in _suspects(problem, kept, broken[0])]
        kept = min(fewer, key=lambda orders: len(_broken(problem, orders)))
    return kept


def _without(problem: Problem, orders: Orders, out: str) -> Orders:
    return {
        name: (*problem.squad(name).locked, *(s for s in _free(problem, name, order) if s != out))
        for name, order in orders.items()
    }


def _with_locks_first(problem: Problem, orders: Mapping[str, Sequence[str]]) -> Orders:
    seen: set[str] = set()
    kept: Orders = {}
    for squad in problem.squads:
        free = []
        for name in dict.fromkeys(orders.get(squad.id, ())):
            if not problem.has_stop(name) or name in problem.locked_to:
                continue
            if name not in seen or problem.stop(name).squads_needed > 1:
                free.append(name)
                seen.add(name)
        kept[squad.id] = (*squad.locked, *free)
    return kept


def _free(problem: Problem, squad: str, order: Sequence[str]) -> Sequence[str]:
    return order[len(problem.squad(squad).locked) :]


def _broken(problem: Problem, orders: Orders) -> list[Violation]:
    """What the plan breaks; locked visits alone are not judged."""
    return [
        violation
        for violation in score(problem, orders).violations
        if violation.squad is None or _free(problem, violation.squad, orders[violation.squad])
    ]


def _suspects(problem: Problem, orders: Orders, violation: Violation) -> list[str]:
    """Stops one of which to leave out: what is complained of, the squads' last, and what they wait for."""
    suspects = []
    if violation.stop is not None and violation.stop not in problem.locked_to:
        suspects.append(violation.stop)
    for name in [violation.squad] if violation.squad is not None else list(orders):
        free = _free(problem, name, orders[name])
        suspects += [*free[-1:], *(s for s in free if s in problem.linked)]
    return list(dict.fromkeys(suspects))


class LinkedSearch:
    """Plans one day.

    Parameters
    ----------
    problem
        The day.
    stop
        When to stop.
    seed
        Varies the search among equals.
    plain
        Plans a day without links, beginning at routes that keep its rules.
    seconds
        What the stop's work is worth, its clock apart.
    """

    def __init__(self, problem: Problem, stop: Stop, seed: int, plain: Plain, seconds: float) -> None:
        self._problem = problem
        self._stop = stop
        self._effort = min(_MOST_EFFORT, max(_LEAST_EFFORT, _EFFORT_PER_SECOND * seconds))
        self._seed = seed
        self._plain = plain
        self._began = time.monotonic()
        self._best: tuple[_Key, Orders] | None = None
        self.is_done = True

    def run(self, old: Mapping[str, Sequence[str]]) -> Orders:
        """The best plan found.

        Parameters
        ----------
        old
            Routes of an older plan, to begin at; may be empty.
        """
        rest = repair_linked(self._problem, old)
        self._offer(rest)
        if not self._stop.cancelled():
            settled, is_best = self._settle()
            if is_best and len(self._core()) == len(self._free_stops()):
                self._around(settled, 1.0, 0.0)
            else:
                self._try_all(settled, rest)
        self.is_done = self.is_done and not self._stop.cancelled()
        assert self._best is not None
        return self._best[1]

    def _try_all(self, settled: Orders, rest: Orders) -> None:
        """Plan around as many linked visits as can be, none, those worth their time, and the old ones."""
        has_old = any(name in self._problem.linked for order in rest.values() for name in order)
        share = _FIRST_SHARE / (3 + has_old)
        self._around(self._without_links(rest), share, 0.0)
        worthwhile, _ = self._settle(price=self._prize_per_second())
        self._around(worthwhile, share, share)
        self._around(settled, share, 2 * share)
        if has_old:
            self._around(rest, share, 3 * share)
        for number, most_lost in enumerate(_MOST_LOST):
            assert self._best is not None
            joined = Joiner(self._problem, self._best[1]).run(most_lost=most_lost)
            self._around(joined, _ROUND_SHARE, _FIRST_SHARE + number * _ROUND_SHARE)

    def _settle(self, *, price: float = 0.0) -> tuple[Orders, bool]:
        """Routes of the linked stops and what goes with them, and whether none are better."""
        orders, is_best = MeetingModel(self._problem, self._core(), price=price).solve(
            effort=self._effort,
            seconds=_MEETING_SHARE * self._stop.seconds,
            seed=self._seed,
            cancelled=self._stop.cancelled,
        )
        settled = repair_linked(self._problem, orders)
        return settled, is_best and settled == orders

    def _prize_per_second(self) -> float:
        """What a second more of a squad's work would bring beside the best plan so far."""
        assert self._best is not None
        routes = score(self._problem, self._best[1]).routes
        return _MARGINAL * self._best[0][1] / max(1, sum(route.end - route.start for route in routes))

    def _free_stops(self) -> list[StopPoint]:
        return [stop for stop in self._problem.stops if stop.id not in self._problem.locked_to]

    def _core(self) -> list[StopPoint]:
        """Linked stops, those they follow, and required ones; on a small day all."""
        stops = self._free_stops()
        if len(stops) <= SMALL_DAY:
            return stops
        linked = self._problem.linked | self._problem.awaited
        return [stop for stop in stops if stop.required or stop.id in linked]

    def _without_links(self, orders: Orders) -> Orders:
        gone = self._problem.linked - self._problem.locked_to.keys()
        return {squad: tuple(s for s in order if s not in gone) for squad, order in orders.items()}

    def _around(self, orders: Orders, share: float, begins: float) -> None:
        """Plan everything else around the linked visits of a plan."""
        self._offer(orders)
        left = _UNTIL * self._stop.seconds - (time.monotonic() - self._began)
        if left <= 0 or self._stop.cancelled():
            self.is_done = False
            return
        routes, _ = schedules(self._problem, orders)
        day = fixed_day(self._problem, routes)
        part = replace(
            self._stop,
            seconds=left * share / (1 - begins),
            work=None if self._stop.work is None else max(1, round(share * _PLAIN_WORK * self._stop.work)),
            progress=lambda done: self._stop.progress(
                Progress(fraction=begins + share * done.fraction, best=done.best)
            ),
        )
        around, done = self._plain(day.problem, part, day.orders(orders))
        self.is_done = self.is_done and done
        if day.holds(around):
            self._offer(day.own_orders(around), instead_of=orders)

    def _offer(self, orders: Orders, *, instead_of: Orders | None = None) -> None:
        """Keep a plan if it is better; one that was evened out replaces an equal one it came from."""
        if _broken(self._problem, orders):
            return
        scored = score(self._problem, orders)
        visited = {name for order in orders.values() for name in order}
        required = sum(stop.required for stop in self._problem.stops if stop.id in visited)
        key = (required, scored.prize, -scored.travel_seconds)
        came_from = self._best is not None and self._best[1] == instead_of
        if self._best is None or key > self._best[0] or (came_from and key[:2] == self._best[0][:2]):
            self._best = (key, orders)
