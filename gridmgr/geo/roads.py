"""The road graph: junctions, the roads between them, and the shape each road really has.

An *edge* is one stretch of road from junction to junction, driven both ways unless it is one-way. The graph
is frozen; closing roads gives another graph. It is stored as one blob and known by the hash of its content.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
import zlib
from collections.abc import Collection
from dataclasses import dataclass, fields, replace
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from shapely.geometry.base import BaseGeometry

from gridmgr.errors import BadInput
from gridmgr.geo.highways import ROAD_CLASSES

#: Shape points are whole numbers of 1e-7 degree, as OpenStreetMap itself stores them.
COORDINATE_UNITS = 10_000_000

_BLOB_VERSION = 1
_TEXT_FIELDS = ("names",)


@dataclass(frozen=True, eq=False)
class RoadGraph:
    """Roads for driving; N nodes, E edges, P shape points, all longitude/latitude in EPSG:4326.

    Parameters
    ----------
    nodes
        ``(N, 2)`` float64, degrees: junctions and ends.
    edge_from, edge_to
        ``(E,)`` int32, node numbers; a one-way edge is driven from the first to the second.
    edge_metres, edge_seconds
        ``(E,)`` float32, length along the shape and time at the road's average speed.
    edge_class
        ``(E,)`` uint8, number in `gridmgr.geo.highways.ROAD_CLASSES`.
    edge_name
        ``(E,)`` int32, number in `names`.
    edge_oneway
        ``(E,)`` bool.
    shape_offsets
        ``(E + 1,)`` int64: edge e has the shape points ``shape_offsets[e]:shape_offsets[e + 1]``.
    shape_coords
        ``(P, 2)`` int32, 1e-7 degrees, from `edge_from` to `edge_to` with both ends.
    names
        Street names; number 0 is the empty name.
    closed
        ``(E,)`` bool: not to be driven, nor to be stopped at.
    """

    nodes: NDArray[np.float64]
    edge_from: NDArray[np.int32]
    edge_to: NDArray[np.int32]
    edge_metres: NDArray[np.float32]
    edge_seconds: NDArray[np.float32]
    edge_class: NDArray[np.uint8]
    edge_name: NDArray[np.int32]
    edge_oneway: NDArray[np.bool_]
    shape_offsets: NDArray[np.int64]
    shape_coords: NDArray[np.int32]
    names: tuple[str, ...]
    closed: NDArray[np.bool_]

    def __post_init__(self) -> None:
        count = len(self.edge_from)
        for name in (
            "edge_to",
            "edge_metres",
            "edge_seconds",
            "edge_class",
            "edge_name",
            "edge_oneway",
            "closed",
        ):
            if len(getattr(self, name)) != count:
                raise ValueError(
                    f"RoadGraph.{name} must have {count} entries, got {len(getattr(self, name))}"
                )
        if len(self.shape_offsets) != count + 1:
            raise ValueError(
                f"RoadGraph.shape_offsets must have {count + 1} entries, got {len(self.shape_offsets)}"
            )
        if count and int(np.diff(self.shape_offsets).min()) < 2:
            raise ValueError("RoadGraph.shape_offsets must leave every edge at least two shape points")
        if int(self.shape_offsets[-1]) != len(self.shape_coords):
            raise ValueError(f"RoadGraph.shape_offsets must end at {len(self.shape_coords)}")
        if count and min(self.edge_from.min(), self.edge_to.min()) < 0:
            raise ValueError("RoadGraph.edge_from and edge_to must not be negative")
        if count and max(self.edge_from.max(), self.edge_to.max()) >= len(self.nodes):
            raise ValueError(f"RoadGraph.edge_from and edge_to must be below {len(self.nodes)}")
        if count and int(self.edge_name.max()) >= len(self.names):
            raise ValueError(f"RoadGraph.edge_name must be below {len(self.names)}")
        for name in _array_fields():
            getattr(self, name).setflags(write=False)

    @property
    def node_count(self) -> int:
        """Number of junctions and ends."""
        return len(self.nodes)

    @property
    def edge_count(self) -> int:
        """Number of edges."""
        return len(self.edge_from)

    @property
    def kilometres(self) -> float:
        """Length of all roads together."""
        return float(self.edge_metres.sum(dtype=np.float64)) / 1000.0

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 over everything in the graph, closed roads included, as hex digits."""
        digest = hashlib.sha256(json.dumps(self.names, ensure_ascii=False).encode())
        for name in _array_fields():
            array = np.ascontiguousarray(getattr(self, name))
            digest.update(f"{name}{array.dtype.str}{array.shape}".encode())
            digest.update(array.tobytes())
        return digest.hexdigest()

    @cached_property
    def components(self) -> NDArray[np.int32]:
        """Strongly connected component of every node, ``(N,)``; 0 is the one with most road.

        From each node of a component every other of it can be reached and left again over roads not closed.
        """
        open_ = ~self.closed
        both = open_ & ~self.edge_oneway
        start = np.concatenate([self.edge_from[open_], self.edge_to[both]])
        end = np.concatenate([self.edge_to[open_], self.edge_from[both]])
        links = coo_array((np.ones(len(start)), (start, end)), shape=(self.node_count, self.node_count))
        count, labels = connected_components(links.tocsr(), directed=True, connection="strong")
        inside = open_ & (labels[self.edge_from] == labels[self.edge_to])
        lengths = np.bincount(labels[self.edge_from[inside]], self.edge_metres[inside], minlength=count)
        order = np.argsort(-lengths, kind="stable")
        rank: NDArray[np.int32] = np.empty(count, dtype=np.int32)
        rank[order] = np.arange(count, dtype=np.int32)
        ranked: NDArray[np.int32] = rank[labels]
        return ranked

    @cached_property
    def edge_components(self) -> NDArray[np.int32]:
        """Component an edge lies in, ``(E,)``; -1 where it leads from one to another, or is closed."""
        start, end = self.components[self.edge_from], self.components[self.edge_to]
        return np.where((start == end) & ~self.closed, start, -1).astype(np.int32)

    @cached_property
    def lines(self) -> NDArray[np.object_]:
        """Shapes of all edges as ``(E,)`` shapely LineStrings in degrees, EPSG:4326."""
        index = np.repeat(np.arange(self.edge_count), np.diff(self.shape_offsets))
        return np.asarray(shapely.linestrings(self.shape_coords / COORDINATE_UNITS, indices=index))

    def shape(self, edge: int) -> NDArray[np.float64]:
        """Shape of one edge, ``(k, 2)`` degrees, from its `edge_from` to its `edge_to`."""
        return self.shape_coords[self.shape_offsets[edge] : self.shape_offsets[edge + 1]] / COORDINATE_UNITS

    def edges_touching(self, area: BaseGeometry) -> NDArray[np.int64]:
        """Numbers of the edges that touch a geometry in EPSG:4326, ascending: a flood, a building site."""
        return np.sort(shapely.STRtree(self.lines).query(area, predicate="intersects"))

    def with_closed(self, edges: Collection[int]) -> RoadGraph:
        """Graph with exactly these edges closed, whatever was closed before.

        Raises
        ------
        BadInput
            If there is no edge of such a number.
        """
        wanted = np.array(sorted(edges), dtype=np.int64)
        if len(wanted) and not 0 <= wanted[0] <= wanted[-1] < self.edge_count:
            raise BadInput("roads.no_such_edge", count=self.edge_count)
        closed = np.zeros(self.edge_count, dtype=np.bool_)
        closed[wanted] = True
        return replace(self, closed=closed)

    def to_bytes(self) -> bytes:
        """The graph as one compressed blob."""
        arrays = {name: getattr(self, name) for name in _array_fields()}
        arrays["names"] = np.frombuffer(json.dumps(self.names, ensure_ascii=False).encode(), dtype=np.uint8)
        arrays["version"] = np.array(_BLOB_VERSION)
        buffer = io.BytesIO()
        np.savez_compressed(buffer, allow_pickle=False, **arrays)
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, blob: bytes) -> RoadGraph:
        """Read what `to_bytes` wrote.

        Raises
        ------
        BadInput
            If the blob is damaged or of another version.
        """
        try:
            with np.load(io.BytesIO(blob), allow_pickle=False) as stored:
                version = int(stored["version"])
                if version != _BLOB_VERSION:
                    raise BadInput("roads.blob_version", version=version, expected=_BLOB_VERSION)
                arrays = {name: stored[name] for name in _array_fields()}
                names = tuple(json.loads(stored["names"].tobytes()))
            return cls(names=names, **arrays)
        except (ValueError, KeyError, EOFError, OSError, zipfile.BadZipFile, zlib.error) as error:
            raise BadInput("roads.blob_damaged", detail=str(error)) from error

    def edges_geojson(
        self,
        *,
        bbox: tuple[float, float, float, float] | None = None,
        classes: Collection[str] | None = None,
    ) -> str:
        """Roads as a GeoJSON FeatureCollection for a map layer.

        Parameters
        ----------
        bbox
            West, south, east, north in degrees; only roads whose box touches it.
        classes
            Only roads of these classes.

        Returns
        -------
        str
            Features with `id` (edge number) and the properties class, name, kmh, oneway, closed.
        """
        chosen = np.ones(self.edge_count, dtype=np.bool_)
        if classes is not None:
            chosen &= np.isin(self.edge_class, [ROAD_CLASSES.index(name) for name in classes])
        if bbox is not None:
            bounds = shapely.bounds(self.lines)
            chosen &= (bounds[:, 0] <= bbox[2]) & (bounds[:, 2] >= bbox[0])
            chosen &= (bounds[:, 1] <= bbox[3]) & (bounds[:, 3] >= bbox[1])
        edges = np.flatnonzero(chosen)
        shapes = shapely.to_geojson(self.lines[edges])
        features = (_feature(self, int(edge), shape) for edge, shape in zip(edges, shapes, strict=True))
        return '{"type":"FeatureCollection","features":[' + ",\n".join(features) + "]}"


def _array_fields() -> tuple[str, ...]:
    return tuple(field.name for field in fields(RoadGraph) if field.name not in _TEXT_FIELDS)


def _feature(graph: RoadGraph, edge: int, geometry: str) -> str:
    seconds = float(graph.edge_seconds[edge])
    properties = {
        "class": ROAD_CLASSES[graph.edge_class[edge]],
        "name": graph.names[graph.edge_name[edge]],
        "kmh": round(float(graph.edge_metres[edge]) / seconds * 3.6) if seconds > 0 else 0,
        "oneway": bool(graph.edge_oneway[edge]),
        "closed": bool(graph.closed[edge]),
    }
    words = json.dumps(properties, ensure_ascii=False, separators=(",", ":"))
    return f'{{"type":"Feature","id":{edge},"geometry":{geometry},"properties":{words}}}'
