"""The squads' phones on past days: fixes along the real roads, at most one a minute, with the usual flaws."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from gridmgr.demo.frame import FloatArray, to_degrees
from gridmgr.demo.patrols import Outing
from gridmgr.demo.travel import Travel
from gridmgr.domain.tracks import Track

#: Seconds between fixes while driving and while at a stop.
_DRIVING_SECONDS, _STANDING_SECONDS = 60, 300
#: Noise of a phone's position, metres.
_NOISE_METRES = 5.0
#: How often a phone is out for a while.
_GAP_CHANCE = 0.06


def make_track(outing: Outing, travel: Travel, *, rng: np.random.Generator) -> Track | None:
    """Track of the squad's leader on that day; None where the squad never left."""
    if not outing.reached:
        return None
    depot, _ = travel.path(0, 0)
    times: list[NDArray[np.float64]] = [np.array([outing.squad.shift_start.timestamp()])]
    places: list[FloatArray] = [depot]
    here, free = 0, outing.squad.shift_start
    for stop, arrived, left in outing.reached:
        _drive(times, places, travel, leg=(here, stop), start=_departure(travel, here, stop, free, arrived))
        _stand(times, places, begin=arrived, end=left)
        here, free = stop, left
    _drive(times, places, travel, leg=(here, 0), start=free)
    seconds, metres = np.concatenate(times), np.vstack(places)
    order = np.argsort(seconds, kind="stable")
    seconds, metres = seconds[order], metres[order]
    keep = np.concatenate([[True], np.diff(np.round(seconds)) > 0])
    if rng.uniform() < _GAP_CHANCE:
        begin = rng.uniform(seconds[0], seconds[-1])
        keep &= (seconds < begin) | (seconds > begin + rng.uniform(1200, 4200))
    metres = metres + rng.normal(0, _NOISE_METRES, metres.shape)
    return Track(
        id=f"demo-{outing.squad.id}",
        officer_id=outing.squad.leader,
        township_code=outing.township_code,
        day=outing.day,
        seconds=np.round(seconds[keep]).astype(np.int64),
        lon_lat=to_degrees(metres[keep]).round(6),
    )


def _departure(travel: Travel, here: int, stop: int, free: datetime, arrived: datetime) -> datetime:
    """Squads stay where they are and leave just in time."""
    return max(free, arrived - timedelta(seconds=travel.seconds(here, stop)))


def _drive(
    times: list[NDArray[np.float64]],
    places: list[FloatArray],
    travel: Travel,
    *,
    leg: tuple[int, int],
    start: datetime,
) -> None:
    points, passed = travel.path(*leg)
    if len(points) < 2:
        return
    at = np.append(np.arange(0, passed[-1], _DRIVING_SECONDS), passed[-1])
    x, y = (np.interp(at, passed, points[:, axis]) for axis in (0, 1))
    times.append(start.timestamp() + at)
    places.append(np.column_stack([x, y]))


def _stand(
    times: list[NDArray[np.float64]], places: list[FloatArray], *, begin: datetime, end: datetime
) -> None:
    at = np.arange(begin.timestamp() + _DRIVING_SECONDS, end.timestamp(), _STANDING_SECONDS)
    times.append(at)
    places.append(np.repeat(places[-1][-1:], len(at), axis=0))
