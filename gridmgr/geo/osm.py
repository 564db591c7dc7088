"""Reads drivable roads from OpenStreetMap files: .osm.pbf, .osm, .osm.gz, .osm.bz2.

The kind of file is seen from its content, so that an upload with an odd name still works. Ways are read
before node positions: exports of some tools list ways first, which one pass would take for missing nodes.
Only roads for motor vehicles become part of the graph; barriers on nodes and turn restrictions are not read.
"""

from __future__ import annotations

import bz2
import gzip
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import osmium

from gridmgr.errors import BadInput
from gridmgr.geo.highways import driving
from gridmgr.geo.roadbuild import RoadWay, build_graph
from gridmgr.geo.roads import COORDINATE_UNITS, RoadGraph

_PBF_MARK = b"OSMHeader"
_PACKED = {b"\x1f\x8b": "osm.gz", b"BZh": "osm.bz2"}
_XML_ROOT = re.compile(rb"<osm[\s>]")
_HEAD_BYTES = 4096


@dataclass(frozen=True)
class RoadImport:
    """What came out of a road file.

    Parameters
    ----------
    graph
        The roads.
    ways_read, ways_used
        Ways with a ``highway`` tag, and those of them a car may use.
    missing_nodes
        Points of used ways that the file does not contain, as at the rim of an extract; the way is cut there.
    """

    graph: RoadGraph
    ways_read: int
    ways_used: int
    missing_nodes: int


def read_roads(path: str | Path) -> RoadImport:
    """Read the roads of an OpenStreetMap file.

    Parameters
    ----------
    path
        A file in PBF or XML form, the latter also as .gz or .bz2.

    Raises
    ------
    BadInput
        If the file is missing, empty, of another kind, damaged or cut short, or has no road for cars.
    """
    path = Path(path)
    form = _sniff(path)
    try:
        ways, ways_read = _read_ways(path, form)
        wanted = {node for way in ways for node in way.nodes}
        positions = _read_positions(path, form, wanted)
    except (RuntimeError, EOFError, OSError) as error:  # osmium's own errors are RuntimeErrors
        raise BadInput("roads.damaged", file=path.name, detail=str(error)) from error
    pieces = [piece for way in ways for piece in _cut_at_missing(way, positions)]
    if not pieces:
        raise BadInput("roads.no_roads", file=path.name, ways=ways_read)
    return RoadImport(
        graph=build_graph(pieces, positions),
        ways_read=ways_read,
        ways_used=len(ways),
        missing_nodes=len(wanted) - len(positions),
    )


def _sniff(path: Path) -> str:
    """Name of the file's form, as osmium calls it."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError as error:
        raise BadInput("roads.unreadable", file=path.name, detail=error.strerror or str(error)) from error
    if not head:
        raise BadInput("roads.empty_file", file=path.name)
    if _PBF_MARK in head[:32]:
        return "pbf"
    form = next((form for mark, form in _PACKED.items() if head.startswith(mark)), "osm")
    if form != "osm":
        head = _first_bytes(path, form)
    if not _XML_ROOT.search(head):
        raise BadInput("roads.not_osm", file=path.name)
    return form


def _first_bytes(path: Path, form: str) -> bytes:
    unpack = gzip.open if form == "osm.gz" else bz2.open
    try:
        with unpack(path, "rb") as file:
            return file.read(_HEAD_BYTES)
    except (EOFError, OSError, zlib.error) as error:
        raise BadInput("roads.damaged", file=path.name, detail=str(error)) from error


def _read_ways(path: Path, form: str) -> tuple[list[RoadWay], int]:
    ways: list[RoadWay] = []
    count = 0
    source = osmium.FileProcessor(osmium.io.File(str(path), form), osmium.osm.WAY)
    for way in source.with_filter(osmium.filter.KeyFilter("highway")):
        count += 1
        tags = {tag.k: tag.v for tag in way.tags}
        rules = driving(tags)
        nodes = _without_repeats(node.ref for node in way.nodes)
        if rules is None or len(nodes) < 2:
            continue
        ways.append(
            RoadWay(
                nodes=nodes[::-1] if rules.backwards else nodes,
                road_class=rules.road_class,
                kmh=rules.kmh,
                oneway=rules.oneway,
                name=tags.get("name", tags.get("ref", "")),
            )
        )
    return ways, count


def _without_repeats(nodes: Iterable[int]) -> tuple[int, ...]:
    """Drop a node that follows itself, a common slip of the pen in the data."""
    kept: list[int] = []
    for node in nodes:
        if not kept or kept[-1] != node:
            kept.append(node)
    return tuple(kept)


def _read_positions(path: Path, form: str, wanted: set[int]) -> dict[int, tuple[float, float]]:
    return {
        number: (location.x / COORDINATE_UNITS, location.y / COORDINATE_UNITS)
        for number, location in _locations(osmium.io.File(str(path), form), wanted)
        if location.valid()
    }


def _locations(file: osmium.io.File, wanted: set[int]) -> Iterator[tuple[int, osmium.osm.Location]]:
    if any(number < 0 for number in wanted):
        # Roads drawn in an editor and never uploaded have negative ids, which osmium's table does not take.
        for node in osmium.FileProcessor(file, osmium.osm.NODE):
            if node.id in wanted:
                yield node.id, node.location
        return
    table = osmium.index.create_map("flex_mem")
    osmium.apply(osmium.io.Reader(file, osmium.osm.NODE), osmium.NodeLocationsForWays(table))
    for number in wanted:
        try:
            yield number, table.get(number)
        except KeyError:
            continue


def _cut_at_missing(way: RoadWay, positions: dict[int, tuple[float, float]]) -> list[RoadWay]:
    runs: list[list[int]] = [[]]
    for node in way.nodes:
        if node in positions:
            runs[-1].append(node)
        elif runs[-1]:
            runs.append([])
    return [
        RoadWay(tuple(run), way.road_class, way.kmh, oneway=way.oneway, name=way.name)
        for run in runs
        if len(run) > 1
    ]
