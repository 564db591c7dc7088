"""Driving the compiled search: in short pieces, with the clock, the caller and the progress bar in between.

First stops are chosen, annealing on travel and prize together: in one long cooling where time is short, else
in several short ones whose plans are then crossed with one another. The last tenth begins at the best plan
and weighs prize so high that none is lost: it shortens the ways.

How far the search has come is told by counted work where there is a limit on it, and by the clock elsewhere.
Only then is the plan the same on a slow and on a fast machine.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planners.routing.data import Problem, SquadShift, StopPoint
from planners.routing.kernel.arrays import Arrays
from planners.routing.kernel.core import (
    NEVER,
    TRAVEL,
    WORTH,
    Floats,
    Ints,
    Plan,
    Settings,
    anneal,
    is_better,
)
from planners.routing.kernel.crossing import Crossing
from planners.routing.kernel.pool import RoutePool
from planners.routing.search import PlanKeeper

#: Rounds of the kernel that count as one piece of work: about what OR-Tools needs for one solution.
ROUNDS_PER_WORK = 250
#: Number of rounds times squared number of stops that take about 50 ms on a slow machine.
_ROUNDS_BY_SQUARED_STOPS = 4_000_000
#: Part of the search that only shortens ways.
_SHORTENING = 0.1
#: Worth of a visit of average prize, in average ways to a near stop.
_WAYS_PER_AVERAGE_PRIZE = 15.0
#: Heat at the begin and at the end, in visits of average prize.
_HOT, _COLD = 1.0, 0.005
#: Heat at the begin of annealing a child of two plans, in the same unit.
_WARM = 0.3
#: Part of the search in which plans anneal apart from each other, where there are several.
_EXPLORING = 0.6
#: How many plans anneal apart at the most, and how many it takes to be worth it.
_MOST_PARENTS, _FEWEST_PARENTS = 4, 3
#: Rounds a stop that a plan needs to become good enough for crossing.
_ROUNDS_A_STOP = 14.0
#: Children made.
_CHILDREN = 6
#: The same for shortening, in average ways to a near stop.
_HOT_WAYS, _COLD_WAYS = 0.3, 0.003
#: How many near stops make up an average way.
_NEAR = 10
#: Orders to put stops in that are held ready, and how many of them are drawn anew with each piece.
_QUEUES, _NEW_QUEUES = 128, 4

SETTINGS = Settings(removed=10.0, longest=10.0, blink=0.01, split=0.5, skip=0.5, window=40, far=0.1)


class Queues:
    """Orders in which stops are put in again.

    Parameters
    ----------
    arrays
        The problem.
    near_way
        Average way to a near stop, seconds.
    random
        What they are drawn with.
    """

    def __init__(self, arrays: Arrays, near_way: float, random: np.random.Generator) -> None:
        self._random = random
        self._near_way = near_way
        self._required = np.array([stop.required for stop in arrays.stops])
        self._prize = np.array([stop.prize for stop in arrays.stops], dtype=np.float64)
        self._service = arrays.world.service.astype(np.float64)
        self._closes = arrays.world.closes.max(axis=1).astype(np.float64)
        self.table: Ints = np.stack([self._draw() for _ in range(_QUEUES)])

    def renew(self) -> None:
        """Draw some of them anew."""
        for row in self._random.integers(_QUEUES, size=_NEW_QUEUES):
            self.table[row] = self._draw()

    def _draw(self) -> Ints:
        """Required stops first; the others by chance, by prize, by prize for the time, or by closing."""
        count = len(self._prize)
        kind = self._random.random()
        blur = np.exp(self._random.normal(0.0, 0.3, count))
        if kind < 0.3:
            key = self._random.random(count)
        elif kind < 0.5:
            key = -self._prize * blur
        elif kind < 0.9:
            key = -self._prize * blur / (self._service + 0.3 * self._near_way + 1.0)
        else:
            key = self._closes * blur
        order: Ints = np.lexsort((key, ~self._required)).astype(np.int64)
        return order


class _Stage(NamedTuple):
    """One cooling: what stops bring, how hot it begins and ends, and which part of the search it is."""

    gain: Floats
    hot: float
    cold: float
    begins: float
    ends: float


class _Driver(NamedTuple):
    """What the caller told `KernelSearch.run`; see there."""

    fraction: Callable[[], float]
    counted: Callable[[], None]
    ended: Callable[[], bool]


class KernelSearch:
    """Improves the keeper's plan with the compiled kernel.

    Parameters
    ----------
    problem
        The day.
    seed
        Of everything drawn at random.
    keeper
        Holds a feasible plan to begin with and is offered what is found.
    rounds
        About how many rounds there will be: how many plans anneal apart from each other depends on it.
    """

    def __init__(self, problem: Problem, seed: int, keeper: PlanKeeper, *, rounds: float) -> None:
        self._keeper = keeper
        self._arrays = Arrays(problem)
        if not self._arrays.is_worthwhile:
            return
        words = np.random.SeedSequence(seed).generate_state(1, np.uint64)
        self._state: NDArray[np.uint64] = words | np.uint64(1)
        self._random = np.random.default_rng(seed)
        self._near_way = _near_way(self._arrays)
        self._queues = Queues(self._arrays, self._near_way, self._random)
        self._crossing = Crossing(self._arrays, SETTINGS, self._state, self._random)
        self._best = self._arrays.plan_of(keeper.orders)
        count = len(self._arrays.stops)
        self._piece = max(1, min(ROUNDS_PER_WORK, _ROUNDS_BY_SQUARED_STOPS // count**2))
        self._parents = int(min(_MOST_PARENTS, rounds / (_ROUNDS_A_STOP * count)))
        worth = self._arrays.world.worth.astype(np.float64)
        prizes = np.array([stop.prize for stop in self._arrays.stops], dtype=np.float64)
        self._visit = _WAYS_PER_AVERAGE_PRIZE * self._near_way
        self._choose: Floats = worth * (self._visit / max(1.0, float(prizes.mean())))
        # More than all ways together, so that no prize is given up.
        self._keep: Floats = worth * float(self._near_way * 1000 * count)

    def run(
        self, *, fraction: Callable[[], float], count: Callable[[], None], ended: Callable[[], bool]
    ) -> None:
        """Search until the fraction reaches 1 or ``ended`` is true.

        Parameters
        ----------
        fraction
            How far the search is, 0 to 1.
        count
            Called after each piece of work.
        ended
            Asked between pieces of at most about 50 ms.
        """
        if not self._arrays.is_worthwhile:
            return
        driver = _Driver(fraction, count, ended)
        turn = 1.0 - _SHORTENING
        if self._parents < _FEWEST_PARENTS:
            self._anneal(self._best, self._stage(_HOT, 0.0, turn), driver)
        else:
            pool = RoutePool(self._arrays)
            self._evolve(self._explore(driver, pool), driver, pool)
        way = self._near_way
        self._anneal(self._best, _Stage(self._keep, _HOT_WAYS * way, _COLD_WAYS * way, turn, 1.0), driver)

    def _stage(self, hot: float, begins: float, ends: float) -> _Stage:
        """A cooling in which stops are chosen."""
        return _Stage(self._choose, hot * self._visit, _COLD * self._visit, begins, ends)

    def _explore(self, driver: _Driver, pool: RoutePool) -> list[Plan]:
        """Good plans that know nothing of each other, but that the first begins at the keeper's."""
        each = _EXPLORING / self._parents
        parents = []
        for number in range(self._parents):
            begin = self._best if number == 0 else self._arrays.empty_plan()
            stage = self._stage(_HOT, each * number, each * (number + 1))
            parents.append(self._anneal(begin, stage, driver, pool))
        return parents

    def _evolve(self, parents: list[Plan], driver: _Driver, pool: RoutePool) -> None:
        """Cross two plans, anneal the child a little, and let it take the place of the worst.

        Before and after it the routes met so far are packed anew, which may give a plan better than all.
        """
        parents.sort(key=_key, reverse=True)
        self._join(parents, self._pack(pool))
        each = (1.0 - _SHORTENING - _EXPLORING) / _CHILDREN
        for number in range(_CHILDREN):
            one, other = self._random.choice(len(parents), 2, replace=False)
            queue = self._queues.table[int(self._random.integers(_QUEUES))]
            child = self._crossing.child(parents[one], parents[other], queue)
            begins = _EXPLORING + each * number
            stage = self._stage(_WARM, begins, begins + each)
            self._join(parents, self._anneal(child, stage, driver, pool))
        self._pack(pool)

    def _join(self, parents: list[Plan], plan: Plan) -> None:
        """Let a plan take the place of the worst, unless it is there already.

        Plans that are worth the same are taken for the same plan: copies would crowd out the others.
        """
        if _key(plan) > _key(parents[-1]) and all(_key(plan) != _key(other) for other in parents):
            parents[-1] = plan
            parents.sort(key=_key, reverse=True)

    def _pack(self, pool: RoutePool) -> Plan:
        """The best plan from the routes met so far."""
        packed = pool.pack()
        if packed is None:
            return self._best
        self._keep_best(packed)
        return packed

    def _keep_best(self, plan: Plan) -> None:
        if is_better(plan, self._best):
            self._best = self._arrays.copy_of(plan)
            self._keeper.offer(self._arrays.orders_of(plan))

    def _anneal(self, begin: Plan, stage: _Stage, driver: _Driver, pool: RoutePool | None = None) -> Plan:
        """The best plan met while cooling; the pool, where there is one, keeps the routes of those met."""
        arrays = self._arrays
        current, plan, best = (arrays.copy_of(begin) for _ in range(3))
        while (done := driver.fraction()) < stage.ends and not driver.ended():
            part = max(0.0, done - stage.begins) / (stage.ends - stage.begins)
            heat = stage.hot * (stage.cold / stage.hot) ** part
            left = ROUNDS_PER_WORK
            while left > 0 and not driver.ended():
                rounds = min(left, self._piece)
                anneal(
                    arrays.world,
                    plan,
                    current,
                    best,
                    stage.gain,
                    self._queues.table,
                    SETTINGS,
                    self._state,
                    rounds,
                    heat,
                )
                left -= rounds
            self._queues.renew()
            self._keep_best(best)
            if pool is not None:
                pool.add(current)
            driver.counted()
        if pool is not None:
            pool.add(best)
        return best


@cache
def prepare() -> None:
    """Compile, or read from disk, all that a search calls, once a process.

    It takes half a second, or half a minute where nothing is kept on disk: a plan that was given five seconds
    shall not find them used up before its first round.
    """
    ways = np.array([[0, 60, 60], [60, 0, 60], [60, 60, 0]])
    problem = Problem(
        stops=(StopPoint(id="a", node=1), StopPoint(id="b", node=2)),
        squads=tuple(SquadShift(id=k, start_node=0, end_node=0, start=0, end=3600) for k in "AB"),
        travel_seconds=ways,
        travel_metres=ways,
    )
    pieces = iter(range(1000))
    KernelSearch(problem, 0, PlanKeeper(problem, {"A": (), "B": ()}), rounds=1e9).run(
        fraction=lambda: next(pieces) / 30, count=lambda: None, ended=lambda: False
    )


def _key(plan: Plan) -> tuple[int, int]:
    """What plans are compared by: worth, then travel."""
    return int(plan.sums[:, WORTH].sum()), -int(plan.sums[:, TRAVEL].sum())


def _near_way(arrays: Arrays) -> float:
    """Average way to a near stop, seconds, at least 1."""
    count = len(arrays.stops)
    ways = np.sort(arrays.world.travel[:count, :count], axis=1)[:, 1 : _NEAR + 1]
    known = ways[ways < NEVER]
    return max(1.0, float(known.mean())) if known.size else 1.0
