"""Pieces of land that two villages both claim, or neither does: found, given to one, checked."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from geo_world import METRE_EAST, SQUARES, moved, square
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry.base import BaseGeometry

from gridmgr.geo.adjacency import adjacent_pairs
from gridmgr.geo.borderfaults import Fault, find_faults, give, worse_than
from gridmgr.geo.crs import area_m2


def together(*geometries: BaseGeometry) -> np.ndarray:
    """Geometries as an array."""
    return np.array(geometries, dtype=object)


def mended(shapes: np.ndarray, fault: Fault, *, winner: int) -> np.ndarray:
    """The villages after a piece was given to one."""
    loser = fault.j if winner == fault.i else fault.i
    around = [n for n in range(len(shapes)) if n not in (winner, loser)]
    done = give(fault, winner=shapes[winner], loser=shapes[loser], others=[shapes[n] for n in around])
    after = shapes.copy()
    after[winner], after[loser] = done.winner, done.loser
    for n, shape in zip(around, done.others, strict=True):
        after[n] = shape
    return after


def test_borders_that_meet_have_no_fault() -> None:
    """Four squares edge to edge, one of them with a corner more on the common edge."""
    a, b, c, d = SQUARES.values()
    assert find_faults(together(a, b, c, d)) == ()
    assert find_faults(np.empty(0, dtype=object)) == ()


def test_an_overlap_and_a_strip_are_found_with_their_land() -> None:
    """B reaches 30 m into A; D lies 3 m off C."""
    shapes = together(
        SQUARES["a"], moved(square(1, 0), east_m=-30), SQUARES["c"], moved(square(1, 1), east_m=3)
    )
    found = {(fault.kind, fault.i, fault.j): fault for fault in find_faults(shapes)}
    overlap, gap = found["overlap", 0, 1], found["gap", 2, 3]
    assert overlap.area_m2 == pytest.approx(30 * 1109, rel=0.01)
    assert overlap.piece.symmetric_difference(shapes[0].intersection(shapes[1])).area < 1e-11
    assert gap.area_m2 == pytest.approx(3 * 1109, rel=0.05)
    assert not gap.piece.intersects(shapely.buffer(shapes[0], -1e-6))


def test_a_wide_strip_may_be_a_river() -> None:
    """Eight metres between two villages are nobody's mistake."""
    assert find_faults(together(SQUARES["a"], moved(square(1, 0), east_m=8))) == ()


@pytest.mark.parametrize("winner", [0, 1])
@pytest.mark.parametrize("shift", [-40.0, -3.0, 2.0, 4.5])
def test_given_to_either_nothing_is_left_and_no_land_is_lost(winner: int, shift: float) -> None:
    """Of an overlap the loser shrinks, of a strip the winner grows, by the piece; the border is one line."""
    shapes = together(SQUARES["a"], moved(square(1, 0), east_m=shift))
    (fault,) = find_faults(shapes)
    after = mended(shapes, fault, winner=winner)
    assert find_faults(after) == ()
    assert worse_than(shapes, after, pair=(0, 1)) == ()
    assert shapely.is_valid(after).all()
    change = area_m2(after) - area_m2(shapes)
    loser = 1 - winner
    due = (0.0, -fault.area_m2) if fault.kind == "overlap" else (fault.area_m2, 0.0)
    assert (change[winner], change[loser]) == pytest.approx(due, rel=0.02, abs=1.0)
    assert adjacent_pairs(after)[2][0] == pytest.approx(1109, rel=0.02)
    assert shapely.coverage_is_valid(after)


def test_an_enclave_drawn_over_its_surroundings_is_cut_out_of_them() -> None:
    """The other way round nothing would be left of it."""
    inner = shapely.box(120.004, 30.004, 120.006, 30.006)
    shapes = together(SQUARES["a"], inner)
    (fault,) = find_faults(shapes)
    after = mended(shapes, fault, winner=1)
    assert len(after[0].interiors) == 1
    assert find_faults(after) == ()
    assert mended(shapes, fault, winner=0)[1].is_empty


def test_a_strip_does_not_grow_into_a_third_village() -> None:
    """Where three villages meet around a strip."""
    east = shapely.union(moved(square(1, 0), east_m=3), moved(square(1, 1), east_m=3))
    shapes = together(SQUARES["a"], east, SQUARES["c"])
    for fault in find_faults(shapes):
        if (fault.i, fault.j) != (0, 1):
            continue
        after = mended(shapes, fault, winner=0)
        assert shapely.intersection(after[0], after[2]).area * (1 / METRE_EAST) ** 2 < 0.01
        assert worse_than(shapes, after, pair=(0, 1)) == ()
        return
    pytest.fail("the strip between the first two was not found")


def test_what_mending_left_or_made_is_told() -> None:
    """Nothing done leaves the piece; a village moved onto its neighbour makes another."""
    a, b, c, d = SQUARES["a"], moved(square(1, 0), east_m=-20), SQUARES["c"], SQUARES["d"]
    before = together(a, b, c, d)
    assert [(f.i, f.j) for f in worse_than(before, before, pair=(0, 1))] == [(0, 1)]
    pushed = together(a, SQUARES["b"], c, moved(d, east_m=-25))
    assert {(f.kind, f.i, f.j) for f in worse_than(before, pushed, pair=(0, 1))} >= {("overlap", 2, 3)}


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.floats(-25, 25), st.floats(0.05, 0.95)), min_size=1, max_size=4),
    st.integers(0, 1),
    st.booleans(),
)
def test_jagged_borders_are_mended_either_way(
    jags: list[tuple[float, float]], winner: int, only_one: bool
) -> None:
    """Whatever line the second village drew: given to either, the two fit, and overlaps lose no land."""
    line = [
        (120.01 + east * METRE_EAST, 30 + 0.01 * north) for east, north in sorted(jags, key=lambda j: j[1])
    ]
    edge = [(120.01, 30.0), *line, (120.01, 30.01)]
    second = shapely.Polygon([*edge, (120.02, 30.01), (120.02, 30.0)])
    if not second.is_valid or len({y for _, y in edge}) < len(edge):
        return
    shapes = together(SQUARES["a"], second)
    union = shapely.union_all(shapes)
    faults = [fault for fault in find_faults(shapes) if fault.kind == "overlap"]
    for fault in faults[:1] if only_one else faults:
        after = mended(shapes, fault, winner=winner)
        assert shapely.is_valid(after).all()
        assert not [f for f in find_faults(after) if f.kind == "overlap"]
        assert area_m2(together(shapely.union_all(after)))[0] == pytest.approx(
            area_m2(together(union))[0], abs=2.0
        )
