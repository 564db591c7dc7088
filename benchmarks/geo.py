"""Time a village file from bytes to neighbours.

    python -m benchmarks.geo ../shared/data/taiwan/villages-10t.json --layer villages

One JSON line a step: ``read`` (GDAL, encodings, layers), ``check`` (columns, CRS, every row, overlaps and
gaps), ``adjacency``, their sum ``import``, then ``repair`` and ``simplify`` (for the web map, to 50 m), and
the ``total``. Importing the libraries is not counted. The exit code is 1 if a row of the file is bad.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

from benchmarks.machine import describe
from gridmgr.geo.adjacency import simplify_coverage
from gridmgr.geo.headers import fits_villages, parse_mapping
from gridmgr.geo.readers import read_layer
from gridmgr.geo.repair import repair
from gridmgr.geo.villages import check_table

SIMPLIFY_M = 50.0
IMPORT_STEPS = ("read", "check", "adjacency")

Result = TypeVar("Result")


class Clock:
    """Runs steps and keeps what each took, CPU seconds (all threads) and wall seconds."""

    def __init__(self) -> None:
        self.took: dict[str, tuple[float, float]] = {}

    def run(self, step: str, work: Callable[[], Result]) -> Result:
        """Do a step's work and note its time."""
        cpu, wall = time.process_time(), time.perf_counter()
        result = work()
        self.took[step] = (time.process_time() - cpu, time.perf_counter() - wall)
        return result

    def line(self, step: str, *steps: str, rows: int, **found: Any) -> None:
        """Print one step, or the sum of several, as a JSON line."""
        cpu, wall = (sum(self.took[name][part] for name in steps or (step,)) for part in (0, 1))
        figures = {"cpu_s": round(cpu, 3), "wall_s": round(wall, 3), "machine": describe()}
        print(json.dumps({"step": step, "rows": rows, **found, **figures}), flush=True)


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmark; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.geo")
    parser.add_argument("file")
    parser.add_argument("--layer")
    parser.add_argument("--encoding")
    parser.add_argument("--crs")
    parser.add_argument("--map", action="append", default=[], metavar="TARGET=SOURCE")
    options = parser.parse_args(arguments)
    clock = Clock()
    table = clock.run(
        "read",
        lambda: read_layer(options.file, layer=options.layer, encoding=options.encoding, fits=fits_villages),
    )
    rows = len(table)
    clock.line("read", rows=rows, format=table.format, encoding=table.encoding)
    mapping = parse_mapping(options.map)
    reading = clock.run("check", lambda: check_table(table, crs=options.crs, mapping=mapping))
    coverage = reading.coverage
    clock.line(
        "check",
        rows=rows,
        good=len(reading.villages),
        bad=len({problem.row for problem in reading.problems}),
        overlaps=len(coverage.overlaps),
        gaps=len(coverage.gaps),
    )
    first, _, metres = clock.run("adjacency", reading.adjacent_pairs)
    clock.line("adjacency", rows=rows, pairs=len(first), border_km=round(float(np.sum(metres)) / 1000))
    clock.line("import", *IMPORT_STEPS, rows=rows)
    geometries, codes = reading.geometries(), [village.code for village in reading.villages]
    mended = clock.run("repair", lambda: repair(geometries, codes))
    clock.line("repair", rows=rows, changed=len(mended.repairs))
    clock.run("simplify", lambda: simplify_coverage(geometries, tolerance_m=SIMPLIFY_M))
    clock.line("simplify", rows=rows, tolerance_m=SIMPLIFY_M)
    clock.line("total", *clock.took, rows=rows)
    return 1 if reading.problems else 0


if __name__ == "__main__":
    sys.exit(main())
