"""Real roads: Legazpi City, 70 barangays, OpenStreetMap extract."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import shapely

from gridmgr.geo.earth import distances
from gridmgr.geo.matrices import travel_matrix
from gridmgr.geo.osm import RoadImport, read_roads
from gridmgr.geo.routers import UNREACHABLE, EmbeddedRouter

LEGAZPI = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "legazpi"

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not LEGAZPI.exists(), reason="no ../shared/data/legazpi beside the project"),
]


@pytest.fixture(scope="module")
def roads() -> RoadImport:
    """The city's roads."""
    return read_roads(LEGAZPI / "roads.osm.pbf")


@pytest.fixture(scope="module")
def villages() -> np.ndarray:
    """A point inside every barangay, ``(70, 2)`` degrees."""
    features = json.loads((LEGAZPI / "barangays.geojson").read_text(encoding="utf-8"))["features"]
    shapes = [shapely.geometry.shape(feature["geometry"]) for feature in features]
    return shapely.get_coordinates(shapely.point_on_surface(shapes))


def test_the_graph_of_a_real_city_has_a_plausible_size(roads: RoadImport) -> None:
    """2,681 ways with a highway tag; proposed roads and footways stay out; one network holds nearly all."""
    graph = roads.graph
    assert roads.ways_read == 2681
    assert 2400 < roads.ways_used < 2600
    assert 3000 < graph.node_count < 5000
    assert 400 < graph.kilometres < 600
    assert np.mean(graph.components == 0) > 0.98
    assert (graph.edge_seconds > 0).all()


def test_edges_are_as_long_as_their_shapes(roads: RoadImport) -> None:
    """No jump where pieces were joined."""
    graph = roads.graph
    for edge in range(0, graph.edge_count, 50):
        shape = graph.shape(edge)
        drawn = float(distances(shape[:-1], shape[1:]).sum())
        assert drawn == pytest.approx(float(graph.edge_metres[edge]), rel=1e-5, abs=0.01)
        assert graph.nodes[graph.edge_from[edge]] == pytest.approx(shape[0])
        assert graph.nodes[graph.edge_to[edge]] == pytest.approx(shape[-1])


def test_nearly_all_villages_can_be_reached_and_the_others_say_why(
    roads: RoadImport, villages: np.ndarray
) -> None:
    """From one to every other in well under two hours, over roads longer than the straight line."""
    matrix = travel_matrix(EmbeddedRouter(roads.graph), villages)
    reported = [problem.index for problem in matrix.problems]
    fine = np.setdiff1d(np.arange(70), reported)
    assert len(fine) >= 63
    inner = np.ix_(fine, fine)
    assert (matrix.seconds[inner] != UNREACHABLE).all()
    assert matrix.seconds.max() < 2 * 3600
    straight = distances(villages[fine][:, None], villages[fine][None, :])
    reach = matrix.snap_metres[fine]
    assert (matrix.metres[inner] + reach[:, None] + reach[None, :] + 1 >= straight * 0.999).all()
