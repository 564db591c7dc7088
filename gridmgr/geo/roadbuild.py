"""From ways to a road graph: split at junctions, join what only passes through.

A way of OpenStreetMap runs through many junctions and ends where some tag changes. Routing wants the
opposite: one edge from junction to junction, with its shape beside it.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from gridmgr.geo.earth import distances
from gridmgr.geo.highways import ROAD_CLASSES
from gridmgr.geo.roads import COORDINATE_UNITS, RoadGraph


@dataclass(frozen=True)
class RoadWay:
    """One drivable way before it is split.

    Parameters
    ----------
    nodes
        Ids of its points in the order of travel; ways that share an id meet there. At least two.
    road_class
        Name in `gridmgr.geo.highways.ROAD_CLASSES`.
    kmh
        Average speed, above zero.
    oneway
        Only in the order of `nodes`.
    name
        As signposted; empty when it has none.
    """

    nodes: tuple[int, ...]
    road_class: str
    kmh: float
    oneway: bool = False
    name: str = ""

    def __post_init__(self) -> None:
        if len(self.nodes) < 2:
            raise ValueError(f"RoadWay.nodes needs at least two ids, got {self.nodes!r}")
        if self.road_class not in ROAD_CLASSES:
            raise ValueError(f"RoadWay.road_class must be one of {ROAD_CLASSES}, got {self.road_class!r}")
        if not self.kmh > 0:
            raise ValueError(f"RoadWay.kmh must be above zero, got {self.kmh!r}")


#: A piece of a chain and whether it is taken against its own order.
_Step = tuple[int, bool]


@dataclass(frozen=True)
class _Piece:
    """A stretch of one way between two split points."""

    nodes: tuple[int, ...]
    way: RoadWay

    def end(self, *, backwards: bool) -> int:
        """Id of the node the piece is left by."""
        return self.nodes[0] if backwards else self.nodes[-1]

    def alike(self, other: _Piece) -> bool:
        """Whether joining the two loses nothing: one class, speed, name and direction rule."""
        mine, theirs = self.way, other.way
        return (mine.road_class, mine.kmh, mine.name, mine.oneway) == (
            theirs.road_class,
            theirs.kmh,
            theirs.name,
            theirs.oneway,
        )


def build_graph(ways: Iterable[RoadWay], positions: dict[int, tuple[float, float]]) -> RoadGraph:
    """Build the road graph of some ways.

    Parameters
    ----------
    ways
        What may be driven.
    positions
        Longitude and latitude of every node id in `ways`, degrees, EPSG:4326.

    Returns
    -------
    RoadGraph
        Its nodes are junctions, ends and places where class, speed, name or direction change.

    Raises
    ------
    KeyError
        If a node has no position.
    """
    pieces = _split(list(ways))
    chains = _join(pieces)
    return _assemble(
        [_chain_nodes(pieces, chain) for chain in chains], [pieces[c[0][0]].way for c in chains], positions
    )


def _split(ways: Sequence[RoadWay]) -> list[_Piece]:
    uses: Counter[int] = Counter()
    for way in ways:
        uses.update(way.nodes)
        uses.update((way.nodes[0], way.nodes[-1]))
    pieces = []
    for way in ways:
        start = 0
        for index in range(1, len(way.nodes)):
            if uses[way.nodes[index]] > 1:
                pieces.append(_Piece(way.nodes[start : index + 1], way))
                start = index
    return pieces


def _join(pieces: Sequence[_Piece]) -> list[list[_Step]]:
    partner = _partners(pieces)
    taken = [False] * len(pieces)
    chains = []
    for index in range(len(pieces)):
        if taken[index]:
            continue
        taken[index] = True
        chain = deque([(index, False)])
        while (step := _next_step(pieces, partner, chain[-1])) is not None and not taken[step[0]]:
            taken[step[0]] = True
            chain.append(step)
        while (step := _next_step(pieces, partner, _turned(chain[0]))) is not None and not taken[step[0]]:
            taken[step[0]] = True
            chain.appendleft(_turned(step))
        chains.append(list(chain))
    return chains


def _turned(step: _Step) -> _Step:
    return step[0], not step[1]


def _partners(pieces: Sequence[_Piece]) -> dict[int, tuple[int, int]]:
    """Nodes where exactly two pieces meet that may become one, with the two."""
    ends: dict[int, list[int]] = {}
    for index, piece in enumerate(pieces):
        ends.setdefault(piece.nodes[0], []).append(index)
        ends.setdefault(piece.nodes[-1], []).append(index)
    joined = {}
    for node, meeting in ends.items():
        if len(meeting) != 2 or meeting[0] == meeting[1]:
            continue
        first, second = pieces[meeting[0]], pieces[meeting[1]]
        flows_on = (first.nodes[-1] == node) != (second.nodes[-1] == node)
        if first.alike(second) and (flows_on or not first.way.oneway):
            joined[node] = (meeting[0], meeting[1])
    return joined


def _next_step(pieces: Sequence[_Piece], partner: dict[int, tuple[int, int]], step: _Step) -> _Step | None:
    index, backwards = step
    node = pieces[index].end(backwards=backwards)
    if node not in partner:
        return None
    one, other = partner[node]
    following = other if one == index else one
    return following, pieces[following].nodes[0] != node


def _chain_nodes(pieces: Sequence[_Piece], chain: Sequence[_Step]) -> list[int]:
    nodes: list[int] = []
    for index, backwards in chain:
        own = pieces[index].nodes[::-1] if backwards else pieces[index].nodes
        nodes.extend(own[1:] if nodes else own)
    return nodes


def _assemble(
    shapes: Sequence[Sequence[int]], ways: Sequence[RoadWay], positions: dict[int, tuple[float, float]]
) -> RoadGraph:
    names = {"": 0}
    numbers: dict[int, int] = {}
    for shape in shapes:
        numbers.setdefault(shape[0], len(numbers))
        numbers.setdefault(shape[-1], len(numbers))
    offsets = np.cumsum([0, *(len(shape) for shape in shapes)], dtype=np.int64)
    lonlat = np.array([positions[node] for shape in shapes for node in shape], dtype=np.float64).reshape(
        -1, 2
    )
    coords = np.rint(lonlat * COORDINATE_UNITS).astype(np.int32)
    metres = _lengths(coords / COORDINATE_UNITS, offsets)
    kmh = np.array([way.kmh for way in ways], dtype=np.float64)
    node_ids = np.array([positions[node] for node in numbers], dtype=np.float64).reshape(-1, 2)
    return RoadGraph(
        nodes=np.rint(node_ids * COORDINATE_UNITS) / COORDINATE_UNITS,
        edge_from=np.array([numbers[shape[0]] for shape in shapes], dtype=np.int32),
        edge_to=np.array([numbers[shape[-1]] for shape in shapes], dtype=np.int32),
        edge_metres=metres.astype(np.float32),
        edge_seconds=(metres / kmh * 3.6).astype(np.float32),
        edge_class=np.array([ROAD_CLASSES.index(way.road_class) for way in ways], dtype=np.uint8),
        edge_name=np.array([names.setdefault(way.name, len(names)) for way in ways], dtype=np.int32),
        edge_oneway=np.array([way.oneway for way in ways], dtype=np.bool_),
        shape_offsets=offsets,
        shape_coords=coords,
        names=tuple(names),
        closed=np.zeros(len(shapes), dtype=np.bool_),
    )


def _lengths(lonlat: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    if len(lonlat) == 0:
        return np.zeros(0)
    steps = np.concatenate([distances(lonlat[:-1], lonlat[1:]), [0.0]])
    # The step from one shape's last point to the next shape's first is no road.
    steps[offsets[1:] - 1] = 0.0
    return np.add.reduceat(steps, offsets[:-1])
