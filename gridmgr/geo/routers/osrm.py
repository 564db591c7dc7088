"""Routing by an OSRM server over HTTP (its services table, route and nearest, version v1).

Every question carries ``radiuses``: without them OSRM moves a point to the nearest road however far it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridmgr.geo.earth import distances
from gridmgr.geo.routers.base import (
    DEFAULT_SNAP_LIMIT_METRES,
    Leg,
    Matrix,
    as_points,
    assembled,
    snap_problems,
)
from gridmgr.geo.routers.http import RoutingServer, blocks, overlapping_blocks

#: Places a question: two blocks stay within osrm-routed's own default limit of 100 and a URL of 4 kB.
_BLOCK = 50

Floats = NDArray[np.float64]


class _NoSegmentError(Exception):
    """Some point is farther from all roads than its radius."""


class OsrmRouter:
    """Router that asks an OSRM server.

    Parameters
    ----------
    url
        Address of ``osrm-routed``.
    profile
        The profile's name in the address; the data decide what it means.
    snap_limit_metres
        Points farther from any road are reported and not routed.
    timeout_seconds, tries, pause_seconds
        See `RoutingServer`.
    """

    method = "osrm"

    def __init__(
        self,
        url: str,
        *,
        profile: str = "driving",
        snap_limit_metres: float = DEFAULT_SNAP_LIMIT_METRES,
        timeout_seconds: float = 30.0,
        tries: int = 3,
        pause_seconds: float = 0.2,
    ) -> None:
        self._server = RoutingServer(
            url, engine="OSRM", timeout_seconds=timeout_seconds, tries=tries, pause_seconds=pause_seconds
        )
        self._profile = profile
        self.snap_limit_metres = snap_limit_metres

    @property
    def fingerprint(self) -> str:
        """Address, profile and snap limit; the server's data may change under it."""
        return f"osrm:{self._server.url}:{self._profile}:{self.snap_limit_metres}"

    def matrix(self, points: Floats, *, depot: int | None = None) -> Matrix:
        """Travel between all points; see `Router.matrix`.

        Raises
        ------
        RouterFailed
            If the server cannot be reached, refuses, or answers nonsense.
        """
        points = as_points(points)
        try:
            seconds, metres, snaps = self._table(points)
        except _NoSegmentError:
            snaps = np.array([self._nearest(point) for point in points])
            seconds = np.full((len(points), len(points)), np.nan)
            metres = seconds.copy()
            near = np.flatnonzero(snaps <= self.snap_limit_metres)
            try:
                seconds[np.ix_(near, near)], metres[np.ix_(near, near)], _ = self._table(points[near])
            except _NoSegmentError as error:
                raise self._server.refused("NoSegment") from error
        return assembled(
            seconds,
            metres,
            snap_metres=snaps,
            problems=snap_problems(snaps, limit=self.snap_limit_metres),
            method=self.method,
            depot=depot,
        )

    def route(self, points: Floats) -> tuple[Leg, ...]:
        """Ways along the real roads; see `Router.route`. Raises as `matrix` does."""
        points = as_points(points)
        legs: list[Leg] = []
        for run in overlapping_blocks(len(points), _BLOCK):
            legs.extend(self._legs(points[run.start : run.stop]))
        return tuple(legs)

    def _table(self, points: Floats) -> tuple[Floats, Floats, Floats]:
        count = len(points)
        seconds, metres = np.full((count, count), np.nan), np.full((count, count), np.nan)
        snaps = np.full(count, np.nan)
        for rows in blocks(count, _BLOCK):
            for columns in blocks(count, _BLOCK):
                answer = self._table_block(points[list(rows)], points[list(columns)], same=rows == columns)
                place, shape = np.ix_(rows, columns), (len(rows), len(columns))
                try:
                    seconds[place] = _array(answer["durations"], shape)
                    metres[place] = _array(answer["distances"], shape)
                    on_road = _array([point["location"] for point in answer["sources"]], (len(rows), 2))
                except (KeyError, TypeError, ValueError) as error:
                    raise self._server.unreadable() from error
                snaps[list(rows)] = distances(points[list(rows)], on_road)
        return seconds, metres, snaps

    def _table_block(self, sources: Floats, targets: Floats, *, same: bool) -> dict[str, Any]:
        points = sources if same else np.concatenate([sources, targets])
        first_target = 0 if same else len(sources)
        query = {
            "annotations": "duration,distance",
            "sources": _list(range(len(sources))),
            "destinations": _list(range(first_target, first_target + len(targets))),
            "radiuses": _list([self.snap_limit_metres] * len(points)),
        }
        return self._ask("table", points, query, fine=("Ok",))

    def _nearest(self, point: Floats) -> float:
        """Metres to the nearest road; infinite where the server knows none."""
        answer = self._ask(
            "nearest", point[None, :], {"number": "1", "radiuses": "unlimited"}, fine=("Ok", "NoSegment")
        )
        if answer["code"] == "NoSegment":
            return np.inf
        try:
            return float(distances(point, _array(answer["waypoints"][0]["location"], (2,))))
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise self._server.unreadable() from error

    def _legs(self, points: Floats) -> list[Leg]:
        query = {
            "overview": "false",
            "steps": "true",
            "geometries": "geojson",
            # A squad may turn round at a stop, as the matrix assumes.
            "continue_straight": "false",
            "radiuses": _list([self.snap_limit_metres] * len(points)),
        }
        try:
            answer = self._ask("route", points, query, fine=("Ok", "NoRoute"))
        except _NoSegmentError:
            answer = {"code": "NoRoute"}
        if answer["code"] == "Ok":
            return self._read_legs(answer, len(points) - 1)
        if len(points) == 2:
            return [Leg.none()]
        # One leg without a way fails the whole question: ask for each leg alone.
        return [leg for i in range(len(points) - 1) for leg in self._legs(points[i : i + 2])]

    def _read_legs(self, answer: dict[str, Any], count: int) -> list[Leg]:
        try:
            legs = [_leg(leg) for leg in answer["routes"][0]["legs"]]
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise self._server.unreadable() from error
        if len(legs) != count:
            raise self._server.unreadable()
        return legs

    def _ask(
        self, service: str, points: Floats, query: dict[str, str], *, fine: Sequence[str]
    ) -> dict[str, Any]:
        places = ";".join(f"{lon:.7f},{lat:.7f}" for lon, lat in points)
        answer = self._server.get(f"/{service}/v1/{self._profile}/{places}", query)
        code = answer.get("code") if isinstance(answer, dict) else None
        if code in fine:
            return dict(answer)
        if code == "NoSegment":
            raise _NoSegmentError
        if not isinstance(code, str):
            raise self._server.unreadable()
        raise self._server.refused(f"{code} {answer.get('message', '')}".strip())


def _list(values: Sequence[float] | range) -> str:
    return ";".join(f"{value:g}" for value in values)


def _array(values: Any, shape: tuple[int, ...]) -> Floats:
    """Numbers with null as NaN; anything of another shape would be spread over the matrix unseen."""
    array = np.array(values, dtype=np.float64)
    if array.shape != shape:
        raise ValueError(f"expected numbers of shape {shape}, got {array.shape}")
    return array


def _leg(answer: dict[str, Any]) -> Leg:
    coords = [point for step in answer["steps"] for point in step["geometry"]["coordinates"]]
    array = np.array(coords, dtype=np.float64).reshape(-1, 2)
    moved = np.ones(len(array), dtype=np.bool_)
    moved[1:] = np.any(array[1:] != array[:-1], axis=1)
    shape = array[moved] if moved.sum() > 1 else array[[0, -1]]
    return Leg(shape, round(answer["duration"]), round(answer["distance"]))
