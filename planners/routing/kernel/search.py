"""Driving the compiled search: in short pieces, with the clock, the caller and the progress bar in between.

Two stages. The first anneals on travel and prize together and makes the choice of stops. The second, the
last tenth, begins at the best plan and weighs prize so high that none is lost: it shortens the ways.

How far the search has come is told by counted work where there is a limit on it, and by the clock elsewhere.
Only then is the plan the same on a slow and on a fast machine.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planners.routing.data import Problem
from planners.routing.kernel.arrays import Arrays
from planners.routing.kernel.core import NEVER, Floats, Ints, Settings, anneal
from planners.routing.search import PlanKeeper

#: Rounds of the kernel that count as one piece of work: about what OR-Tools needs for one solution.
ROUNDS_PER_WORK = 250
#: Number of rounds times squared number of stops that take about 50 ms on a slow machine.
_ROUNDS_BY_SQUARED_STOPS = 4_000_000
#: Part of the search that only shortens ways.
_SHORTENING = 0.1
#: Worth of a visit of average prize, in average ways to a near stop.
_WAYS_PER_AVERAGE_PRIZE = 5.0
#: Heat at the begin and at the end, in visits of average prize.
_HOT, _COLD = 1.0, 0.005
#: The same for shortening, in average ways to a near stop.
_HOT_WAYS, _COLD_WAYS = 0.3, 0.003
#: How many near stops make up an average way.
_NEAR = 10
#: Orders to put stops in that are held ready, and how many of them are drawn anew with each piece.
_QUEUES, _NEW_QUEUES = 128, 4

SETTINGS = Settings(removed=10.0, longest=10.0, blink=0.01, split=0.5, skip=0.5)


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
    """

    def __init__(self, problem: Problem, seed: int, keeper: PlanKeeper) -> None:
        self._keeper = keeper
        self._arrays = Arrays(problem)
        if not self._arrays.is_worthwhile:
            return
        words = np.random.SeedSequence(seed).generate_state(1, np.uint64)
        self._state: NDArray[np.uint64] = words | np.uint64(1)
        self._near_way = _near_way(self._arrays)
        self._queues = Queues(self._arrays, self._near_way, np.random.default_rng(seed))
        self._best = self._arrays.plan_of(keeper.orders)
        squared = len(self._arrays.stops) ** 2
        self._piece = max(1, min(ROUNDS_PER_WORK, _ROUNDS_BY_SQUARED_STOPS // squared))

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
        for stage in self._stages():
            self._run_stage(stage, fraction, count, ended)

    def _stages(self) -> tuple[_Stage, _Stage]:
        worth = self._arrays.world.worth.astype(np.float64)
        prizes = np.array([stop.prize for stop in self._arrays.stops], dtype=np.float64)
        visit = _WAYS_PER_AVERAGE_PRIZE * self._near_way
        choose = worth * (visit / max(1.0, float(prizes.mean())))
        # More than all ways together, so that no prize is given up.
        keep = worth * float(self._near_way * 1000 * len(prizes))
        turn = 1.0 - _SHORTENING
        return (
            _Stage(choose, _HOT * visit, _COLD * visit, 0.0, turn),
            _Stage(keep, _HOT_WAYS * self._near_way, _COLD_WAYS * self._near_way, turn, 1.0),
        )

    def _run_stage(
        self,
        stage: _Stage,
        fraction: Callable[[], float],
        count: Callable[[], None],
        ended: Callable[[], bool],
    ) -> None:
        arrays = self._arrays
        current, plan = (arrays.plan_of(arrays.orders_of(self._best)) for _ in range(2))
        while (done := fraction()) < stage.ends and not ended():
            part = max(0.0, done - stage.begins) / (stage.ends - stage.begins)
            heat = stage.hot * (stage.cold / stage.hot) ** part
            left, found = ROUNDS_PER_WORK, 0
            while left > 0 and not ended():
                rounds = min(left, self._piece)
                found += anneal(
                    arrays.world,
                    plan,
                    current,
                    self._best,
                    stage.gain,
                    self._queues.table,
                    SETTINGS,
                    self._state,
                    rounds,
                    heat,
                )
                left -= rounds
            self._queues.renew()
            if found:
                self._keeper.offer(arrays.orders_of(self._best))
            count()


def _near_way(arrays: Arrays) -> float:
    """Average way to a near stop, seconds, at least 1."""
    count = len(arrays.stops)
    ways = np.sort(arrays.world.travel[:count, :count], axis=1)[:, 1 : _NEAR + 1]
    known = ways[ways < NEVER]
    return max(1.0, float(known.mean())) if known.size else 1.0
