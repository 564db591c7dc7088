"""Driving the compiled search: in short pieces, with the clock, the caller and the progress bar in between.

The heat falls from an average way to next to nothing over the time, or the work, given. In the first stage
cost and travel are weighed against each other; in the second, from the best plan found, no travel outweighs
any cost.
"""

from __future__ import annotations

import time
from typing import NamedTuple

import numpy as np

from planners.periodic.kernel.arrays import Arrays, Orders
from planners.periodic.kernel.core import NEVER, Plan, Settings, anneal
from planners.stop import Progress, Stop

#: Rounds of the kernel that count as one piece of work: about a hundredth of a second on 75 customers.
ROUNDS_PER_WORK = 500

#: How many near customers make up an average way.
_NEAR = 10

SETTINGS = Settings(removed=10.0, longest=10.0, blink=0.01, split=0.5, whole=0.3, single=0.1, join=0.5)


class Stage(NamedTuple):
    """A part of the search.

    Parameters
    ----------
    begins, ends
        Fractions of the whole.
    hot, cold
        Heat at both, in average ways.
    keep
        Whether cost weighs more than all ways together, so that none is ever given up.
    """

    begins: float
    ends: float
    hot: float
    cold: float
    keep: bool


STAGES = (Stage(0.0, 0.85, 1.0, 0.01, False), Stage(0.85, 1.0, 0.1, 0.005, True))


class Watch:
    """Clock, counted work and the caller's wish in one.

    Parameters
    ----------
    stop
        When to stop.
    """

    def __init__(self, stop: Stop) -> None:
        self._stop = stop
        self._begin = time.perf_counter()
        self.work = 0
        self.was_cancelled = False
        self.best: float | None = None

    @property
    def seconds(self) -> float:
        """Since the beginning."""
        return time.perf_counter() - self._begin

    def fraction(self) -> float:
        """How far the search is, 0 to 1."""
        if self._stop.work is not None:
            return min(1.0, self.work / self._stop.work)
        return min(1.0, self.seconds / self._stop.seconds)

    def ended(self) -> bool:
        """Whether to end before all is done; tells the caller how far it is."""
        self._stop.progress(Progress(fraction=self.fraction(), best=self.best))
        self.was_cancelled = self.was_cancelled or self._stop.cancelled()
        return self.was_cancelled or self.seconds >= self._stop.seconds


def search(arrays: Arrays, begin: Orders, seed: int, watch: Watch) -> Orders:
    """The best orders found.

    Parameters
    ----------
    arrays
        The problem.
    begin
        Orders to begin with, lawful; may be empty.
    seed
        Varies the search.
    watch
        When to stop.
    """
    best = arrays.plan_of(begin)
    if arrays.is_worthwhile:
        _Search(arrays, best, seed, watch).run()
    return arrays.orders_of(best)


class _Search:
    def __init__(self, arrays: Arrays, best: Plan, seed: int, watch: Watch) -> None:
        self._arrays = arrays
        self._best = best
        self._watch = watch
        words = np.random.SeedSequence(seed).generate_state(1, np.uint64)
        self._state = words | np.uint64(1)
        self._room = arrays.room()
        self._way = _near_way(arrays)

    def run(self) -> None:
        for stage in STAGES:
            self._run_stage(stage)

    def _gain(self, stage: Stage) -> float:
        """Travel that one unit of cost is worth."""
        world = self._arrays.world
        known = world.travel[world.travel < NEVER]
        longest = float(known.max(initial=1))
        if stage.keep:
            visits = sum(max(len(p.days) for p in c.patterns) for c in self._arrays.customers)
            return 2.0 * longest * (visits + len(self._arrays.vehicles) + 1)
        stake = [c[:n].max() - c[:n].min() for c, n in zip(world.costs, world.counts, strict=True)]
        most = float(np.mean([s for s in stake if s > 0] or [1.0]))
        return 2.0 * longest / most

    def _run_stage(self, stage: Stage) -> None:
        arrays, watch = self._arrays, self._watch
        gain = self._gain(stage)
        current, plan = (arrays.plan_of(arrays.orders_of(self._best)) for _ in range(2))
        over = False
        # Each stage runs once at least: without the last one cost would not come before travel.
        while not over:
            done = watch.fraction()
            part = min(1.0, max(0.0, done - stage.begins) / (stage.ends - stage.begins))
            heat = self._way * stage.hot * (stage.cold / stage.hot) ** part
            anneal(
                arrays.world,
                plan,
                current,
                self._best,
                self._room,
                gain,
                SETTINGS,
                self._state,
                ROUNDS_PER_WORK,
                heat,
            )
            watch.work += 1
            watch.best = float(self._best.totals[0])
            over = watch.ended() or watch.fraction() >= stage.ends


def _near_way(arrays: Arrays) -> float:
    """Average way to a near customer, at least 1."""
    count = len(arrays.customers)
    ways = np.sort(arrays.world.travel[:count, :count], axis=1)[:, 1 : _NEAR + 1]
    known = ways[ways < NEVER]
    return max(1.0, float(known.mean())) if known.size else 1.0
