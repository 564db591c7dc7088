"""Neighbours over bridges, around enclaves, and not across a river without a bridge."""

from __future__ import annotations

import numpy as np
import shapely

from gridmgr.geo.adjacency import adjacent_pairs
from gridmgr.geo.neighbours import neighbours

CODES = ("A", "B", "C", "D")
NOTHING = float("nan")


def roads(**minutes: float) -> np.ndarray:
    """Minutes between villages named by two letters; no way is known between the others."""
    table = np.full((4, 4), NOTHING)
    np.fill_diagonal(table, 0.0)
    for (one, other), value in minutes.items():
        i, j = CODES.index(one), CODES.index(other)
        table[i, j] = table[j, i] = value
    return table


def test_a_river_with_a_bridge_joins_villages_that_share_no_border() -> None:
    """A and B on one bank, C and D on the other; the bridge is between B and C."""
    borders = {("A", "B"), ("C", "D")}
    found = neighbours(CODES, borders, roads(AB=5, BC=6, CD=5, AC=11, BD=11, AD=16), near_minutes=10)
    assert found == (borders, {("B", "C")})


def test_without_the_bridge_the_banks_are_no_neighbours() -> None:
    """The way around takes forty minutes."""
    borders = {("A", "B"), ("C", "D")}
    found = neighbours(CODES, borders, roads(AB=5, BC=40, CD=5, AC=45, BD=45, AD=50), near_minutes=10)
    assert found == (borders, frozenset())


def test_a_border_in_the_middle_of_a_river_is_no_way_across() -> None:
    """B and C share a border of water; the road takes 31 minutes, more than three times what is near."""
    borders = {("A", "B"), ("B", "C"), ("C", "D")}
    across, by_road = neighbours(CODES, borders, roads(AB=5, BC=31, CD=5), near_minutes=10)
    assert across == {("A", "B"), ("C", "D")}
    assert by_road == frozenset()
    assert neighbours(CODES, borders, roads(AB=5, BC=30, CD=5), near_minutes=10)[0] == borders


def test_an_isolate_is_joined_to_what_is_near_by_road() -> None:
    """D, an enclave of the next township, borders none of its own; A is near, B is not."""
    borders = {("A", "B"), ("B", "C")}
    found = neighbours(CODES, borders, roads(AB=5, BC=5, AC=9, AD=8, BD=12), near_minutes=10)
    assert found == (borders, {("A", "D")})


def test_the_next_village_but_one_is_no_neighbour_however_near() -> None:
    """A and C are nine minutes apart, through B."""
    borders = {("A", "B"), ("B", "C"), ("C", "D")}
    assert neighbours(CODES, borders, roads(AB=5, BC=4, AC=9, CD=4), near_minutes=10)[1] == frozenset()


def test_where_no_way_is_known_the_border_counts() -> None:
    """A village no road reaches keeps its neighbours."""
    assert neighbours(CODES, {("B", "A")}, roads(), near_minutes=10) == ({("A", "B")}, frozenset())


def test_no_villages_have_no_neighbours() -> None:
    """An empty township is answered."""
    assert neighbours((), (), np.empty((0, 0)), near_minutes=10) == (frozenset(), frozenset())


def test_a_village_in_two_parts_borders_at_either_and_an_enclave_borders_around() -> None:
    """Village 0 lies on both sides of 1; 2 is a hole of 3."""
    x, y, d = 113.6, 34.3, 0.01
    split = shapely.union_all([shapely.box(x, y, x + d, y + d), shapely.box(x + 2 * d, y, x + 3 * d, y + d)])
    between = shapely.box(x + d, y, x + 2 * d, y + d)
    enclave = shapely.box(x + d, y + 2 * d, x + 2 * d, y + 3 * d)
    around = shapely.difference(shapely.box(x, y + d, x + 3 * d, y + 4 * d), enclave)
    first, second, metres = adjacent_pairs(np.array([split, between, enclave, around], dtype=object))
    lengths = {(int(a), int(b)): m for a, b, m in zip(first, second, metres, strict=True)}
    assert set(lengths) == {(0, 1), (0, 3), (1, 3), (2, 3)}
    assert abs(lengths[0, 1] / (2 * lengths[1, 3]) - 1110 / 922) < 0.02
