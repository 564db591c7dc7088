"""Half-hours of arrival: how well one who watches a place could guess them, and which are wanted today.

A violator who writes down when the squad comes can prepare for the hour it comes most often. What that is
worth to him is the chance that his best guess is right; how far he is from knowing is the entropy.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from planners.routing.data import Problem

#: Width of the slots in which arrivals are counted, seconds.
SLOT_SECONDS = 1800
_SLOTS = 24 * 3600 // SLOT_SECONDS

#: How far chance outweighs the past. With none, one who knows all past arrivals could work out the next.
_CHANCE = 0.5


def slot(seconds: int) -> int:
    """Number of the half-hour a moment lies in; moments past midnight count as the day's last."""
    return min(_SLOTS - 1, max(0, seconds) // SLOT_SECONDS)


def entropy_bits(arrivals: Sequence[int]) -> float:
    """Shannon entropy, in bits, of the half-hours of these arrivals; 0 for one half-hour or none at all.

    Parameters
    ----------
    arrivals
        Seconds since midnight, one a visit.
    """
    counts = Counter(map(slot, arrivals)).values()
    total = len(arrivals)
    return sum(-(n / total) * math.log2(n / total) for n in counts) + 0.0


def guess_chance(arrivals: Sequence[int]) -> float:
    """How often the best single guess of the half-hour is right, 0 to 1; 0 without arrivals."""
    if not arrivals:
        return 0.0
    return max(Counter(map(slot, arrivals)).values()) / len(arrivals)


class Wishes:
    """How little each half-hour is wanted today at each stop: much where it was used of late, and by chance.

    Parameters
    ----------
    problem
        The day.
    history
        Past arrivals, seconds since midnight, by stop id; a stop may be missing.
    random
        What chance is drawn with.
    """

    def __init__(
        self, problem: Problem, history: Mapping[str, Sequence[int]], random: np.random.Generator
    ) -> None:
        self._cost: dict[str, list[float]] = {}
        used = _hours_used(problem)
        for stop in problem.stops:
            cost = _past(history.get(stop.id, ())) - _CHANCE * random.gumbel(size=_SLOTS)
            # Measured against the stop's own average, so that visiting it or not weighs the same.
            self._cost[stop.id] = (cost - cost[used].mean()).tolist()

    def cost(self, stop_id: str, arrive: int) -> float:
        """How little this arrival is wanted; less is better, 0 is neither here nor there."""
        return self._cost[stop_id][slot(arrive)]


def _past(arrivals: Sequence[int]) -> NDArray[np.float64]:
    counts = np.zeros(_SLOTS)
    for arrive in arrivals:
        counts[slot(arrive)] += 1
    return np.log1p(counts)


def _hours_used(problem: Problem) -> NDArray[np.bool_]:
    """The half-hours in which some squad is out."""
    used = np.zeros(_SLOTS, dtype=bool)
    for squad in problem.squads:
        used[slot(squad.start) : slot(squad.end) + 1] = True
    if not used.any():
        used[:] = True
    return used
