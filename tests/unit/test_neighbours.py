"""Neighbours over bridges, around enclaves, and not across a river without a bridge."""

from __future__ import annotations

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

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


def test_a_bridge_joins_its_ends_though_the_banks_meet_far_upstream() -> None:
    """A-B-C-D lie around the head of a lake, 9 minutes each; the bridge from A to D takes 4."""
    borders = {("A", "B"), ("B", "C"), ("C", "D")}
    found = neighbours(CODES, borders, roads(AB=9, BC=9, CD=9, AD=4), near_minutes=10)
    assert found == (borders, {("A", "D")})


def test_one_bridge_joins_two_villages_and_not_all_on_either_bank() -> None:
    """B and C lie at its ends; A and D are near across it too, through them."""
    borders = {("A", "B"), ("C", "D")}
    found = neighbours(CODES, borders, roads(AB=2, BC=3, CD=2, AC=5, BD=5, AD=7), near_minutes=10)
    assert found == (borders, {("B", "C")})


def test_a_road_a_little_faster_than_through_the_village_between_joins_nothing() -> None:
    """A to C directly takes 4 minutes, by the village between 9: near anyway."""
    borders = {("A", "B"), ("B", "C"), ("C", "D")}
    assert neighbours(CODES, borders, roads(AB=5, BC=4, AC=4, CD=4), near_minutes=10)[1] == frozenset()
    far = roads(AB=8, BC=8, AC=9, CD=4)
    assert neighbours(CODES, borders, far, near_minutes=10)[1] == frozenset()


def test_an_enclave_within_the_next_township_is_the_neighbour_of_the_nearest_village_only() -> None:
    """D borders none; A and B are both near it, and neighbours of each other."""
    borders = {("A", "B"), ("B", "C")}
    found = neighbours(CODES, borders, roads(AB=3, BC=5, AD=6, BD=7, CD=12), near_minutes=10)
    assert found == (borders, {("A", "D")})


def test_two_enclaves_are_joined_through_each_other() -> None:
    """C and D lie together off the township; one of them is near B."""
    found = neighbours(CODES, {("A", "B")}, roads(AB=3, BC=8, CD=2, BD=10), near_minutes=10)
    assert found == ({("A", "B")}, {("B", "C"), ("C", "D")})


def test_without_any_road_known_only_borders_count() -> None:
    """Straight lines know no rivers; an enclave then stays alone."""
    borders = {("A", "B"), ("B", "C")}
    assert neighbours(CODES, borders, roads(), near_minutes=10) == (borders, frozenset())


@settings(max_examples=150, deadline=None)
@given(
    st.integers(1, 7).flatmap(
        lambda n: st.tuples(
            st.lists(st.sampled_from((1.0, 4.0, 7.0, 12.0, 40.0, NOTHING)), min_size=n * n, max_size=n * n),
            st.lists(st.booleans(), min_size=n * n, max_size=n * n),
            st.permutations(range(n)),
        )
    )
)
def test_whatever_roads_and_borders_everybody_near_is_joined_and_names_do_not_matter(
    drawn: tuple[list[float], list[bool], list[int]],
) -> None:
    """Villages near by road have a chain of neighbours; pairs by road share no border, and are near."""
    values, bordering, order = drawn
    n = len(order)
    table = np.array(values).reshape(n, n)
    table = np.triu(table, 1) + np.triu(table, 1).T
    codes = [f"V{i}" for i in range(n)]
    borders = {(codes[i], codes[j]) for i in range(n) for j in range(i + 1, n) if bordering[i * n + j]}
    kept, by_road = neighbours(codes, borders, table, near_minutes=10)
    assert kept <= borders
    assert not kept & by_road
    part = {code: code for code in codes}

    def root(code: str) -> str:
        return code if part[code] == code else root(part[code])

    for one, other in kept | by_road:
        part[root(one)] = root(other)
    for i in range(n):
        for j in range(i + 1, n):
            near = table[i, j] <= 10
            assert not near or root(codes[i]) == root(codes[j])
            assert (codes[i], codes[j]) not in by_road or near
    if len(set(table[np.triu_indices(n, 1)].tolist())) == n * (n - 1) // 2:
        shuffled = table[np.ix_(order, order)]
        again = neighbours([codes[i] for i in order], borders, shuffled, near_minutes=10)
        assert again == (kept, by_road)
