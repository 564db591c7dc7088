"""Measures reading roads and travel matrices on an OpenStreetMap file.

``python -m benchmarks.roads FILE [--points 100,500] [--seed 1]`` prints one JSON line a measurement.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from benchmarks.machine import describe
from gridmgr.geo.osm import read_roads
from gridmgr.geo.roads import RoadGraph
from gridmgr.geo.routers import UNREACHABLE, EmbeddedRouter

T = TypeVar("T")


def main() -> None:
    """Read the file, then ask for matrices of the sizes given."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--points", default="100,500")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    roads = _measured("build", lambda: read_roads(options.file).graph, _graph_facts)
    _measured("store", lambda: RoadGraph.from_bytes(roads.to_bytes()), _graph_facts)
    _measured("geojson", roads.edges_geojson, lambda text: {"characters": len(text)})
    random = np.random.default_rng(options.seed)
    for size in (int(size) for size in options.points.split(",")):
        points = roads.nodes[random.integers(0, roads.node_count, size)]
        points = points + random.normal(0.0, 0.0005, points.shape)
        router = EmbeddedRouter(roads)
        _measured(f"matrix {size}x{size}", lambda: router.matrix(points), _matrix_facts)  # noqa: B023
        _measured(f"legs {size - 1}", lambda: router.route(points), lambda legs: {"legs": len(legs)})  # noqa: B023


def _measured(what: str, do: Callable[[], T], facts: Callable[[T], dict[str, Any]]) -> T:
    wall, cpu = time.perf_counter(), time.process_time()
    result = do()
    cpu_s, wall_s = time.process_time() - cpu, time.perf_counter() - wall
    line = {"what": what, "cpu_s": round(cpu_s, 3), "wall_s": round(wall_s, 3), **facts(result)}
    print(json.dumps({**line, "machine": describe()}), flush=True)
    return result


def _graph_facts(graph: RoadGraph) -> dict[str, Any]:
    return {"nodes": graph.node_count, "edges": graph.edge_count, "kilometres": round(graph.kilometres, 1)}


def _matrix_facts(matrix: Any) -> dict[str, Any]:
    return {
        "reachable": float(np.mean(matrix.seconds != UNREACHABLE).round(4)),
        "median_minutes": round(float(np.median(matrix.seconds)) / 60.0, 1),
    }


if __name__ == "__main__":
    main()
