"""A squad's route as every format tells it: names instead of ids, local times."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, kw_only=True)
class StopRow:
    """One stop.

    Parameters
    ----------
    id, number, name, kind, village, purpose
        What it is, where in the order, what to do there.
    lon, lat
        WGS84 degrees.
    arrive, start, leave
        Aware, in the office's zone.
    """

    id: str
    number: int
    name: str
    kind: str
    lon: float
    lat: float
    village: str
    arrive: datetime
    start: datetime
    leave: datetime
    purpose: str


@dataclass(frozen=True, kw_only=True)
class SquadRoute:
    """One squad's day.

    Parameters
    ----------
    id, revision, made_at
        Of squad and plan.
    day, township, title, number, leader, members, vehicle
        Who drives when.
    travel_minutes, travel_km
        Of the whole route.
    line
        From the depot over the stops and back, (lon, lat) in WGS84 degrees.
    stops
        In order.
    """

    id: str
    revision: str
    made_at: datetime
    day: date
    township: str
    title: str
    number: int
    leader: str
    members: tuple[str, ...]
    vehicle: str
    travel_minutes: float
    travel_km: float
    line: tuple[tuple[float, float], ...]
    stops: tuple[StopRow, ...]
