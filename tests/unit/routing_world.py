"""Named miniature worlds for the routing tests, small enough to work out by hand.

All times are seconds since midnight; ``clock("8:30")`` reads them from a clock face.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import permutations

import numpy as np

from planners.routing import Lunch, Problem, SquadShift, StopPoint, schedule

MINUTE = 60
HOUR = 3600


def clock(face: str) -> int:
    """Seconds since midnight of a time like ``8:30``."""
    hours, minutes = face.split(":")
    return int(hours) * HOUR + int(minutes) * MINUTE


NOON_LUNCH = Lunch(earliest_start=clock("11:30"), latest_start=clock("13:00"), duration_seconds=HOUR)


def line_matrix(places: int, *, minutes: int = 10) -> np.ndarray:
    """Places along one road, neighbours ``minutes`` apart; seconds."""
    at = np.arange(places)
    return np.abs(at[:, None] - at[None, :]) * minutes * MINUTE


def day_squad(name: str = "A", **changes: object) -> SquadShift:
    """A squad that works 8:30 to 16:30 from place 0, without a lunch unless asked."""
    base = SquadShift(id=name, start_node=0, end_node=0, start=clock("8:30"), end=clock("16:30"))
    return replace(base, **changes)


def place(name: str, node: int, **changes: object) -> StopPoint:
    """A stop worth 10 that takes half an hour."""
    return replace(StopPoint(id=name, node=node, prize=10, service_seconds=30 * MINUTE), **changes)


def world(
    stops: Sequence[StopPoint], squads: Sequence[SquadShift], *, seconds: np.ndarray | None = None
) -> Problem:
    """Stops and squads along one road of ten minutes a step, a kilometre a minute, or on given roads."""
    if seconds is None:
        last = max([s.node for s in stops] + [max(q.start_node, q.end_node) for q in squads] + [0])
        seconds = line_matrix(last + 1)
    metres = np.where(seconds < 0, -1, seconds // MINUTE * 1000)
    return Problem(stops=tuple(stops), squads=tuple(squads), travel_seconds=seconds, travel_metres=metres)


def market_street(**squad: object) -> Problem:
    """Squad A at 0 and four half-hour stops m1 to m4, ten minutes apart on one road."""
    return world([place(f"m{i}", i) for i in range(1, 5)], [day_squad(**squad)])


def township(stops: int, squads: int, *, seed: int) -> Problem:
    """A random township: scattered stops, a third with windows, some with skills, squads with a lunch."""
    random = np.random.default_rng(seed)
    points = random.uniform(0, 20_000, (stops + 1, 2))
    metres = np.hypot(*(points[:, None, :] - points[None, :, :]).transpose(2, 0, 1)) * 1.3
    seconds = (metres / 10).astype(np.int64)
    places = []
    for i in range(stops):
        opens = int(random.integers(clock("8:30"), clock("14:00")))
        places.append(
            StopPoint(
                id=f"s{i}",
                node=i,
                prize=int(random.integers(1, 31)),
                service_seconds=int(random.integers(10, 41)) * MINUTE,
                windows=((opens, opens + 2 * HOUR),) if random.random() < 0.33 else (),
                skills=frozenset({"fire"}) if random.random() < 0.2 else frozenset(),
            )
        )
    crews = [
        day_squad(
            f"q{k}",
            start_node=stops,
            end_node=stops,
            lunch=NOON_LUNCH,
            skills=frozenset({"fire"} if k == 0 else ()),
        )
        for k in range(squads)
    ]
    return Problem(
        stops=tuple(places),
        squads=tuple(crews),
        travel_seconds=seconds,
        travel_metres=metres.astype(np.int64),
    )


def worth_of(problem: Problem, orders: Mapping[str, Sequence[str]]) -> tuple[int, int]:
    """Required stops visited, and prize."""
    stops = [problem.stop(name) for order in orders.values() for name in order]
    return sum(stop.required for stop in stops), sum(stop.prize for stop in stops)


def best_worth_by_trying_everything(problem: Problem) -> tuple[int, int]:
    """The most required stops and prize any plan of one or two squads can have, by trying every order."""
    names = [stop.id for stop in problem.stops]
    possible: list[set[frozenset[str]]] = []
    for squad in problem.squads:
        sets = {
            frozenset(order)
            for count in range(len(names) + 1)
            for order in permutations(names, count)
            if not schedule(problem, squad.id, order).violations
        }
        possible.append(sets)
    pairs = ((a, b) for a in possible[0] for b in (possible[1] if len(possible) > 1 else {frozenset()}))
    return max(worth_of(problem, {"a": tuple(a), "b": tuple(b)}) for a, b in pairs if not a & b)
