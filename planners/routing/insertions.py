"""Where each of many stops could come into one route, reckoned for all of them at once.

The same rules as `Timeline.least_back`, with a number for each stop and each place in the route: a plan with
two hundred stops left out is explained while somebody drags a stop over the map.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from planners.routing.data import Lunch, StopPoint
from planners.routing.timeline import NEVER, Labels, Roads, Timeline

Moments = npt.NDArray[np.int64]
#: Open for ever: whoever comes at all, even at `NEVER`, is served on arrival.
_ALWAYS = (0, 4 * NEVER)
_CLOSED = (0, -1)


class _Both(NamedTuple):
    """`Labels` of many places at once."""

    hungry: Moments
    fed: Moments


class Insertions:
    """What reaching the next visit would be with each stop put before it.

    Parameters
    ----------
    roads
        The problem's roads.
    line
        The route.
    stops
        What may be put into it.
    places
        Places in the route to look at: before visit ``place``, or at the end.
    """

    def __init__(self, roads: Roads, line: Timeline, stops: Sequence[StopPoint], places: range) -> None:
        self._line = line
        self._places = places
        self._row = {stop.id: row for row, stop in enumerate(stops)}
        reached = _reached(roads, line, stops, places)
        bounds = self._bounds(reached) if line.stops else _ends(reached, line.lunch)
        self._hungry, self._fed = reached.hungry.tolist(), reached.fed.tolist()
        self._bound = bounds.tolist()
        self._order = np.argsort(bounds, axis=1, kind="stable").tolist()

    def least_back(self, stop: StopPoint, *, before: int) -> int:
        """As `Timeline.least_back`."""
        row = self._row[stop.id]
        hungry, fed, bound = self._hungry[row], self._fed[row], self._bound[row]
        best = before
        for column in self._order[row]:
            if bound[column] >= best:
                break
            if not self._line.stops:
                return int(bound[column])
            labels = Labels(hungry[column], fed[column])
            best = min(best, self._line.back_from(labels, self._places[column]))
        return best if best < before else NEVER

    def _bounds(self, reached: _Both) -> Moments:
        """No return is earlier than this after reaching those visits then."""
        ahead = np.array([self._line.ahead(place) for place in self._places], dtype=np.int64)
        hungry = reached.hungry + ahead
        lunch = self._line.lunch
        if lunch is not None:
            hungry = np.where(hungry > lunch.latest_start, hungry + lunch.duration_seconds, hungry)
        return np.asarray(np.minimum(reached.fed + ahead, hungry))


def _ends(reached: _Both, lunch: Lunch | None) -> Moments:
    """When a squad is back that has nothing left to do then."""
    latest = -1 if lunch is None else lunch.latest_start
    return np.asarray(np.minimum(reached.fed, np.where(reached.hungry <= latest, reached.hungry, NEVER)))


def _reached(roads: Roads, line: Timeline, stops: Sequence[StopPoint], places: range) -> _Both:
    """Times of reaching what comes after each place (column) with each stop (row) put in there."""
    nodes = [line.squad.start_node, *(stop.node for stop in line.stops), line.squad.end_node]
    here = np.array([nodes[place] for place in places], dtype=np.int64)
    then = np.array([nodes[place + 1] for place in places], dtype=np.int64)
    at = np.array([stop.node for stop in stops], dtype=np.int64)
    ready = [line.ready_after(place) for place in places]
    hungry = np.array([[labels.hungry for labels in ready]], dtype=np.int64)
    fed = np.array([[labels.fed for labels in ready]], dtype=np.int64)
    there = roads.array[here[None, :], at[:, None]]
    onward = roads.array[at[:, None], then[None, :]]
    arrived = _travel(_Both(hungry, fed), there, line.lunch)
    windows = _windows(roads, stops)
    service = np.array([[stop.service_seconds] for stop in stops], dtype=np.int64)
    served = _Both(*(_served(moments, windows, service) for moments in arrived))
    return _travel(served, onward, line.lunch)


def _travel(ready: _Both, way: Moments, lunch: Lunch | None) -> _Both:
    fed = ready.fed + way
    if lunch is None:
        return _Both(np.full_like(fed, NEVER), fed)
    reached = ready.hungry + way
    for moment, rest in ((ready.hungry, way), (reached, 0)):
        start = np.maximum(moment, lunch.earliest_start)
        eaten = np.where(start <= lunch.latest_start, start + lunch.duration_seconds + rest, 2 * NEVER)
        fed = np.minimum(fed, eaten)
    return _Both(np.where(ready.hungry >= NEVER, NEVER, reached), fed)


def _windows(roads: Roads, stops: Sequence[StopPoint]) -> list[tuple[Moments, Moments]]:
    """First and last start of each stop's windows (rows), a pair a window, the last window first."""
    spans = [roads.windows[stop.id] or (_ALWAYS,) for stop in stops]
    most = max((len(span) for span in spans), default=0)
    padded = [[*span, *[_CLOSED] * (most - len(span))] for span in spans]
    grid = np.array(padded, dtype=np.int64).reshape(len(stops), most, 2)
    return [(grid[:, k, 0, None], grid[:, k, 1, None]) for k in reversed(range(most))]


def _served(arrive: Moments, windows: Sequence[tuple[Moments, Moments]], service: Moments) -> Moments:
    start = np.full_like(arrive, NEVER)
    for first, last in windows:
        start = np.where(arrive <= last, np.maximum(arrive, first), start)
    return np.asarray(np.where(start >= NEVER, NEVER, start + service))
