"""Small routing servers on 127.0.0.1 that answer as OSRM's and Valhalla's documentation describes.

Their world is flat land where everything is driven straight at 10 m/s, with a sea south of `SHORE` where no
road is within reach, and an island east of `STRAIT` that no bridge leads to.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np

from gridmgr.geo.earth import distances

SHORE = 29.95
STRAIT = 110.5
METRES_PER_SECOND = 10.0

#: What a server does with a question: path, query and JSON body in, status and raw answer out.
Answer = Callable[[str, dict[str, str], Any], tuple[int, bytes]]


@contextmanager
def served(answer: Answer) -> Iterator[str]:
    """Serve answers on a free port; gives the address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _reply(self) -> None:
            parts = urlsplit(self.path)
            query = {key: values[0] for key, values in parse_qs(parts.query, separator="&").items()}
            length = int(self.headers.get("Content-Length", 0))
            body = json.loads(self.rfile.read(length)) if length else None
            status, content = answer(parts.path, query, body)
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = _reply  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Keep the test's output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _reply(content: Any, status: int = 200) -> tuple[int, bytes]:
    return status, json.dumps(content).encode()


def _sea_metres(points: np.ndarray) -> np.ndarray:
    """Distance from the shore for points in the sea, 11 m for those on land."""
    return np.where(points[:, 1] < SHORE, (SHORE - points[:, 1]) * 110_850.0, 11.085)


def _apart(start: np.ndarray, end: np.ndarray) -> bool:
    """Whether the strait lies between two places."""
    return bool((start[0] > STRAIT) != (end[0] > STRAIT))


class FakeOsrm:
    """OSRM's table, route and nearest; remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []

    def __call__(self, path: str, query: dict[str, str], body: Any) -> tuple[int, bytes]:
        """Answer one question."""
        _, service, version, _profile, places = path.split("/")
        points = np.array([[float(n) for n in place.split(",")] for place in places.split(";")])
        self.asked.append((service, len(points)))
        radiuses = query.get("radiuses", "").split(";")
        if version != "v1" or len(radiuses) != len(points) or len(points) > 100:
            return _reply({"code": "InvalidQuery", "message": "bad version, radiuses or size"}, 400)
        limits = np.array([np.inf if radius == "unlimited" else float(radius) for radius in radiuses])
        if (_sea_metres(points) > limits).any():
            return _reply({"code": "NoSegment", "message": "Could not find a matching segment"}, 400)
        return {"table": self._table, "nearest": self._nearest, "route": self._route}[service](points, query)

    def _waypoint(self, point: np.ndarray) -> dict[str, Any]:
        north = max(point[1], SHORE) if point[1] < SHORE else point[1] + 0.0001
        return {"name": "", "location": [point[0], north]}

    def _table(self, points: np.ndarray, query: dict[str, str]) -> tuple[int, bytes]:
        assert query["annotations"] == "duration,distance"
        sources = points[[int(i) for i in query["sources"].split(";")]]
        targets = points[[int(i) for i in query["destinations"].split(";")]]
        metres = [[None if _apart(s, t) else float(distances(s, t)) for t in targets] for s in sources]
        seconds = [[None if m is None else m / METRES_PER_SECOND for m in row] for row in metres]
        content = {"code": "Ok", "durations": seconds, "distances": metres}
        content["sources"] = [self._waypoint(point) for point in sources]
        content["destinations"] = [self._waypoint(point) for point in targets]
        return _reply(content)

    def _nearest(self, points: np.ndarray, query: dict[str, str]) -> tuple[int, bytes]:
        return _reply({"code": "Ok", "waypoints": [self._waypoint(points[0])]})

    def _route(self, points: np.ndarray, query: dict[str, str]) -> tuple[int, bytes]:
        assert (query["steps"], query["geometries"], query["overview"]) == ("true", "geojson", "false")
        pairs = list(pairwise(points))
        if any(_apart(start, end) for start, end in pairs):
            return _reply({"code": "NoRoute", "message": "Impossible route"}, 400)
        legs = []
        for start, end in pairs:
            metres, middle = float(distances(start, end)), ((start + end) / 2).tolist()
            steps = [[start.tolist(), middle], [middle, end.tolist()], [end.tolist(), end.tolist()]]
            shapes = [{"geometry": {"type": "LineString", "coordinates": step}} for step in steps]
            legs.append({"duration": metres / METRES_PER_SECOND, "distance": metres, "steps": shapes})
        return _reply({"code": "Ok", "routes": [{"legs": legs}], "waypoints": []})


class FakeValhalla:
    """Valhalla's locate, sources_to_targets and route; remembers what it was asked.

    Parameters
    ----------
    strict
        Answer a matrix in which some pair has no way with an error, as servers with a connectivity check do.
    """

    def __init__(self, *, strict: bool = False) -> None:
        self.asked: list[tuple[str, int]] = []
        self._strict = strict

    def __call__(self, path: str, query: dict[str, str], body: Any) -> tuple[int, bytes]:
        """Answer one question."""
        places = body.get("locations") or body["sources"] + body["targets"]
        self.asked.append((path, len(places)))
        assert body["costing"] == "auto"
        assert all(place["search_cutoff"] > 0 for place in places)
        actions = {"/locate": self._locate, "/sources_to_targets": self._matrix, "/route": self._route}
        return actions[path](body)

    def _locate(self, body: Any) -> tuple[int, bytes]:
        found = []
        for place in body["locations"]:
            point = np.array([[place["lon"], place["lat"]]])
            if _sea_metres(point)[0] > place["search_cutoff"]:
                found.append(
                    {"input_lon": place["lon"], "input_lat": place["lat"], "edges": None, "nodes": None}
                )
                continue
            edge = {"correlated_lon": place["lon"], "correlated_lat": place["lat"] + 0.0001}
            farther = {"correlated_lon": place["lon"], "correlated_lat": place["lat"] + 0.0003}
            found.append({"edges": [farther, edge], "nodes": []})
        return _reply(found)

    def _matrix(self, body: Any) -> tuple[int, bytes]:
        sources, targets = _points(body["sources"]), _points(body["targets"])
        apart = [[_apart(s, t) for t in targets] for s in sources]
        if self._strict and np.any(apart):
            return _reply(
                {"error_code": 170, "error": "Locations are in unconnected regions", "status_code": 400}, 400
            )
        rows = []
        for i, source in enumerate(sources):
            row = []
            for j, target in enumerate(targets):
                metres = float(distances(source, target))
                cell: dict[str, Any] = {"from_index": i, "to_index": j, "time": None, "distance": None}
                if not apart[i][j]:
                    cell.update(time=round(metres / METRES_PER_SECOND), distance=metres / 1000.0)
                row.append(cell)
            rows.append(row)
        return _reply({"sources_to_targets": rows, "units": "kilometers"})

    def _route(self, body: Any) -> tuple[int, bytes]:
        points = _points(body["locations"])
        pairs = list(pairwise(points))
        if any(_apart(start, end) for start, end in pairs):
            return _reply(
                {"error_code": 442, "error": "No path could be found for input", "status_code": 400}, 400
            )
        legs = []
        for start, end in pairs:
            metres = float(distances(start, end))
            summary = {"time": metres / METRES_PER_SECOND, "length": metres / 1000.0}
            legs.append({"summary": summary, "shape": encoded(np.stack([start, (start + end) / 2, end]))})
        return _reply({"trip": {"legs": legs, "status": 0, "units": "kilometers"}})


def _points(places: list[dict[str, float]]) -> np.ndarray:
    return np.array([[place["lon"], place["lat"]] for place in places])


def encoded(points: np.ndarray) -> str:
    """Encode longitude and latitude as a polyline of six digits."""
    text = ""
    before = (0, 0)
    for lon, lat in np.rint(points * 1e6).astype(int):
        for value in (int(lat) - before[0], int(lon) - before[1]):
            rest = (value << 1) ^ (value >> 63)
            while rest >= 32:
                text += chr((rest & 31 | 32) + 63)
                rest >>= 5
            text += chr(rest + 63)
        before = (int(lat), int(lon))
    return text
