"""Routing by a Valhalla server over HTTP (its actions locate, sources_to_targets and route).

Valhalla looks for roads up to 35 km away unless told otherwise: every place carries ``search_cutoff``.
"""

from __future__ import annotations

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

#: The service's own default limits: 2,500 pairs a matrix, 20 places a route.
_MATRIX_BLOCK = 50
_ROUTE_BLOCK = 20

#: Error codes that mean: no way (170 unconnected regions, 171 no road near, 442 no path).
_NO_WAY = frozenset({170, 171, 442})

Floats = NDArray[np.float64]


class _NoWayError(Exception):
    """There is no way between some of the places asked for."""


class ValhallaRouter:
    """Router that asks a Valhalla server.

    Parameters
    ----------
    url
        Address of ``valhalla_service``.
    costing
        Costing model: ``auto``, ``motor_scooter``, ...
    snap_limit_metres
        Points farther from any road are reported and not routed.
    timeout_seconds, tries, pause_seconds
        See `RoutingServer`.
    """

    method = "valhalla"

    def __init__(
        self,
        url: str,
        *,
        costing: str = "auto",
        snap_limit_metres: float = DEFAULT_SNAP_LIMIT_METRES,
        timeout_seconds: float = 60.0,
        tries: int = 3,
        pause_seconds: float = 0.2,
    ) -> None:
        self._server = RoutingServer(
            url, engine="Valhalla", timeout_seconds=timeout_seconds, tries=tries, pause_seconds=pause_seconds
        )
        self._costing = costing
        self.snap_limit_metres = snap_limit_metres

    @property
    def fingerprint(self) -> str:
        """Address, costing and snap limit; the server's data may change under it."""
        return f"valhalla:{self._server.url}:{self._costing}:{self.snap_limit_metres}"

    def matrix(self, points: Floats, *, depot: int | None = None) -> Matrix:
        """Travel between all points; see `Router.matrix`.

        Raises
        ------
        RouterFailed
            If the server cannot be reached, refuses, or answers nonsense.
        """
        points = as_points(points)
        snaps = self._snap(points)
        near = np.flatnonzero(snaps <= self.snap_limit_metres)
        table = np.full((len(points), len(points), 2), np.nan)
        for rows in blocks(len(near), _MATRIX_BLOCK):
            for columns in blocks(len(near), _MATRIX_BLOCK):
                sources, targets = near[list(rows)], near[list(columns)]
                table[np.ix_(sources, targets)] = self._block(points[sources], points[targets])
        return assembled(
            table[..., 0],
            table[..., 1],
            snap_metres=snaps,
            problems=snap_problems(snaps, limit=self.snap_limit_metres),
            method=self.method,
            depot=depot,
        )

    def route(self, points: Floats) -> tuple[Leg, ...]:
        """Ways along the real roads; see `Router.route`. Raises as `matrix` does."""
        points = as_points(points)
        legs: list[Leg] = []
        for run in overlapping_blocks(len(points), _ROUTE_BLOCK):
            legs.extend(self._legs(points[run.start : run.stop]))
        return tuple(legs)

    def _snap(self, points: Floats) -> Floats:
        """Metres to the nearest road, infinite where none lies within the limit."""
        snaps = np.full(len(points), np.inf)
        for run in blocks(len(points), _MATRIX_BLOCK):
            body = {"locations": self._places(points[list(run)]), "costing": self._costing}
            answer = self._ask("/locate", body)
            if not isinstance(answer, list) or len(answer) != len(run):
                raise self._server.unreadable()
            for index, place in zip(run, answer, strict=True):
                snaps[index] = self._distance(points[index], place)
        return snaps

    def _distance(self, point: Floats, place: Any) -> float:
        try:
            roads = [[edge["correlated_lon"], edge["correlated_lat"]] for edge in place["edges"] or ()]
            return float(distances(point, np.array(roads, dtype=np.float64)).min()) if roads else np.inf
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise self._server.unreadable() from error

    def _block(self, sources: Floats, targets: Floats) -> Floats:
        """``(s, t, 2)`` seconds and metres, NaN where there is no way."""
        body = {
            "sources": self._places(sources),
            "targets": self._places(targets),
            "costing": self._costing,
            "units": "kilometers",
        }
        try:
            answer = self._ask("/sources_to_targets", body)
        except _NoWayError:
            return self._halved(sources, targets)
        try:
            rows = [
                [(cell["time"], cell["distance"]) for cell in row] for row in answer["sources_to_targets"]
            ]
            table = np.array(rows, dtype=np.float64)
        except (KeyError, TypeError, ValueError) as error:
            raise self._server.unreadable() from error
        if table.shape != (len(sources), len(targets), 2):
            raise self._server.unreadable()
        return table * [1.0, 1000.0]

    def _halved(self, sources: Floats, targets: Floats) -> Floats:
        """One pair without a way can fail a whole question: find the pairs that have one."""
        if len(sources) == len(targets) == 1:
            return np.full((1, 1, 2), np.nan)
        if len(sources) >= len(targets):
            middle = len(sources) // 2
            upper, lower = self._block(sources[:middle], targets), self._block(sources[middle:], targets)
            return np.concatenate([upper, lower], axis=0)
        middle = len(targets) // 2
        left, right = self._block(sources, targets[:middle]), self._block(sources, targets[middle:])
        return np.concatenate([left, right], axis=1)

    def _legs(self, points: Floats) -> list[Leg]:
        body = {
            "locations": self._places(points),
            "costing": self._costing,
            "units": "kilometers",
            "directions_type": "none",
        }
        try:
            answer = self._ask("/route", body)
        except _NoWayError:
            if len(points) == 2:
                return [Leg.none()]
            return [leg for i in range(len(points) - 1) for leg in self._legs(points[i : i + 2])]
        try:
            legs = [_leg(leg) for leg in answer["trip"]["legs"]]
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise self._server.unreadable() from error
        if len(legs) != len(points) - 1:
            raise self._server.unreadable()
        return legs

    def _places(self, points: Floats) -> list[dict[str, float]]:
        cutoff = self.snap_limit_metres
        return [{"lon": float(lon), "lat": float(lat), "search_cutoff": cutoff} for lon, lat in points]

    def _ask(self, path: str, body: dict[str, Any]) -> Any:
        answer = self._server.post(path, body)
        if not isinstance(answer, dict) or "error_code" not in answer:
            return answer
        if answer["error_code"] in _NO_WAY:
            raise _NoWayError
        raise self._server.refused(f"{answer['error_code']} {answer.get('error', '')}".strip())


def _leg(answer: dict[str, Any]) -> Leg:
    summary = answer["summary"]
    return Leg(decode_polyline(answer["shape"]), round(summary["time"]), round(summary["length"] * 1000.0))


def decode_polyline(text: str, *, digits: int = 6) -> Floats:
    """Read an encoded polyline.

    The format: each number is the difference to the one before, its sign moved to the lowest bit, cut into
    groups of five bits from the low end, each written as a character 63 higher, 32 more while others follow.

    Parameters
    ----------
    text
        Latitudes and longitudes in turn.
    digits
        Decimal places kept; Valhalla keeps 6.

    Returns
    -------
    ndarray
        ``(k, 2)`` longitude and latitude in degrees.

    Raises
    ------
    ValueError
        If the text ends in the middle of a number or of a pair, or has a character of no meaning.
    """
    numbers: list[int] = []
    value = shift = 0
    for character in text:
        group = ord(character) - 63
        if not 0 <= group < 64:
            raise ValueError(f"polyline has a character of no meaning: {character!r}")
        value |= (group & 31) << shift
        shift += 5
        if group < 32:
            numbers.append(~(value >> 1) if value & 1 else value >> 1)
            value = shift = 0
    if shift or len(numbers) % 2:
        raise ValueError("polyline ends in the middle of a number or of a pair")
    steps = np.array(numbers, dtype=np.int64).reshape(-1, 2)
    return np.cumsum(steps, axis=0)[:, ::-1] / 10.0**digits
