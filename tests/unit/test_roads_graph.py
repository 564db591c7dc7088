"""The road graph: what becomes an edge, what belongs together, how it is kept and shown."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import shapely
from roads_world import Way, at, write_osm

from gridmgr.errors import BadInput
from gridmgr.geo.highways import ROAD_CLASSES
from gridmgr.geo.osm import read_roads
from gridmgr.geo.roadbuild import RoadWay, build_graph
from gridmgr.geo.roads import RoadGraph


@pytest.fixture
def town(tmp_path: Path) -> RoadGraph:
    """Grid Town as a graph."""
    return read_roads(write_osm(tmp_path)).graph


def _edge(graph: RoadGraph, start: str, end: str) -> int:
    """Number of the edge between two spots, whichever way it was drawn."""
    ends = at(start, end)
    for edge in range(graph.edge_count):
        shape = graph.shape(edge)[[0, -1]]
        if np.allclose(shape, ends, atol=1e-6) or np.allclose(shape[::-1], ends, atol=1e-6):
            return edge
    raise AssertionError(f"no edge {start}-{end}")


def test_edges_run_from_junction_to_junction(town: RoadGraph) -> None:
    """A-D-E and the bridge C-m-n-F: only A to F, G and H can be nodes."""
    assert town.node_count == 8
    assert town.edge_count == 8
    assert town.kilometres == pytest.approx(7.5, rel=1e-3)


def test_a_road_is_one_edge_across_its_bridge(town: RoadGraph) -> None:
    """Three ways, one class, one speed, no name: joined, with all points of the shape."""
    edge = _edge(town, "C", "F")
    assert len(town.shape(edge)) == 4
    assert float(town.edge_metres[edge]) == pytest.approx(1000, abs=0.5)
    assert float(town.edge_seconds[edge]) == pytest.approx(144, abs=0.1)


def test_streets_of_another_name_or_class_are_not_joined(town: RoadGraph) -> None:
    """At A the main road ends and a nameless street begins."""
    main, side = _edge(town, "A", "B"), _edge(town, "A", "D")
    assert town.names[town.edge_name[main]] == "人民路"
    assert town.names[town.edge_name[side]] == ""
    assert ROAD_CLASSES[town.edge_class[main]] == "tertiary"


@pytest.mark.parametrize(
    ("first", "second", "edges"),
    [("AB", "BC", 1), ("BA", "BC", 2), ("AB", "CB", 2), ("CB", "BA", 1)],
)
def test_one_way_streets_are_joined_only_where_traffic_flows_on(
    tmp_path: Path, first: str, second: str, edges: int
) -> None:
    """Two one-ways that meet head on, or part from a point, stay two."""
    oneway = {"highway": "residential", "oneway": "yes"}
    graph = read_roads(write_osm(tmp_path, [Way(first, oneway), Way(second, oneway)])).graph
    assert graph.edge_count == edges
    assert graph.edge_oneway.all()


def test_a_one_way_tagged_minus_one_points_backwards(tmp_path: Path) -> None:
    """Drawn A to B, driven B to A."""
    graph = read_roads(write_osm(tmp_path, [Way("AB", {"highway": "residential", "oneway": "-1"})])).graph
    assert graph.shape(0)[0] == pytest.approx(at("B")[0], abs=1e-6)


def test_a_ring_alone_in_the_world_is_one_edge_from_a_node_to_itself(tmp_path: Path) -> None:
    """No junction to begin at."""
    graph = read_roads(write_osm(tmp_path, [Way("ABED"), Way("DA")])).graph
    assert (graph.node_count, graph.edge_count) == (1, 1)
    assert graph.kilometres == pytest.approx(4.0, rel=1e-3)


def test_components_tell_the_island_from_the_town(town: RoadGraph) -> None:
    """Component 0 is the one with most road."""
    assert np.bincount(town.components).tolist() == [6, 2]
    assert town.edge_components[_edge(town, "G", "H")] == 1
    assert town.edge_components[_edge(town, "A", "B")] == 0


def test_a_one_way_dead_end_belongs_to_no_component(tmp_path: Path) -> None:
    """One can drive in and never out."""
    graph = read_roads(
        write_osm(tmp_path, [Way("ABC"), Way("CF", {"highway": "service", "oneway": "yes"})])
    ).graph
    assert graph.edge_components[_edge(graph, "C", "F")] == -1


def test_closing_the_bridge_gives_another_graph_and_opening_it_the_first(town: RoadGraph) -> None:
    """Closed roads are part of what identifies a graph."""
    shut = town.with_closed([_edge(town, "C", "F")])
    assert shut.closed.sum() == 1
    assert town.closed.sum() == 0
    assert shut.content_hash != town.content_hash
    assert shut.with_closed([]).content_hash == town.content_hash


def test_closing_a_road_that_does_not_exist_is_refused(town: RoadGraph) -> None:
    """The desk sent a stale number."""
    with pytest.raises(BadInput, match="numbered from 0"):
        town.with_closed([town.edge_count])


def test_edges_under_a_flood_are_found(town: RoadGraph) -> None:
    """A circle of 50 m around the bridge."""
    flood = shapely.Point(at((2000, 500))[0]).buffer(0.0005)
    assert town.edges_touching(flood).tolist() == [_edge(town, "C", "F")]


def test_a_graph_survives_its_blob(town: RoadGraph) -> None:
    """Arrays, names and closed roads come back, types and all."""
    shut = town.with_closed([2])
    again = RoadGraph.from_bytes(shut.to_bytes())
    assert again.content_hash == shut.content_hash
    assert again.names == shut.names
    assert again.edge_seconds.dtype == np.float32


def test_a_damaged_blob_is_refused(town: RoadGraph) -> None:
    """Cut short, or something else altogether."""
    blob = town.to_bytes()
    for bad in (blob[:-200], b"nonsense", b"", blob[:400] + bytes(40) + blob[440:]):
        with pytest.raises(BadInput, match="stored road network"):
            RoadGraph.from_bytes(bad)


def test_arrays_of_a_graph_cannot_be_changed(town: RoadGraph) -> None:
    """Frozen all the way down: caches rest on it."""
    with pytest.raises(ValueError, match="read-only"):
        town.edge_seconds[0] = 1.0


def test_roads_are_shown_as_geojson(town: RoadGraph) -> None:
    """Every edge with its number, name and class; Chinese stays Chinese."""
    text = town.edges_geojson()
    features = json.loads(text)["features"]
    assert [feature["id"] for feature in features] == list(range(town.edge_count))
    main = features[_edge(town, "A", "B")]
    assert main["properties"] == {
        "class": "tertiary",
        "name": "人民路",
        "kmh": 40,
        "oneway": False,
        "closed": False,
    }
    assert main["geometry"]["type"] == "LineString"
    assert "人民路" in text


def test_geojson_is_cut_to_a_box_and_to_classes(town: RoadGraph) -> None:
    """A map asks for what it shows."""
    (west, south), (east, north) = at((-100, 4000), (900, 6000))
    boxed = json.loads(town.edges_geojson(bbox=(west, south, east, north)))["features"]
    assert [feature["id"] for feature in boxed] == [_edge(town, "G", "H")]
    main = json.loads(town.edges_geojson(classes=["tertiary"]))["features"]
    assert {feature["properties"]["name"] for feature in main} == {"人民路"}
    assert json.loads(town.edges_geojson(classes=["motorway"]))["features"] == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"nodes": (1,)}, "at least two"),
        ({"road_class": "canal"}, "road_class"),
        ({"kmh": 0.0}, "kmh"),
    ],
)
def test_a_way_that_makes_no_sense_is_refused(change: dict[str, object], message: str) -> None:
    """One rule each, naming the field."""
    fields: dict[str, object] = {"nodes": (1, 2), "road_class": "service", "kmh": 10.0}
    with pytest.raises(ValueError, match=message):
        RoadWay(**{**fields, **change})  # type: ignore[arg-type]


def test_a_graph_can_be_built_without_a_file() -> None:
    """As the demo county does."""
    spots = at("A", "B", "C")
    positions = {number: (float(lon), float(lat)) for number, (lon, lat) in enumerate(spots)}
    graph = build_graph([RoadWay((0, 1, 2), "primary", 60.0, name="县道")], positions)
    assert (graph.edge_count, float(graph.edge_seconds[0])) == (1, pytest.approx(120, abs=0.1))
