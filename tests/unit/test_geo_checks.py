"""What is wrong with villages: geometry, codes given twice, borders that do not meet; and mending it."""

import geo_world as world
import numpy as np
import pytest
import shapely

from gridmgr.geo import checks, repair
from gridmgr.geo.adjacency import adjacent_pairs, simplify_coverage
from gridmgr.geo.crs import area_m2


def _array(*geometries: object) -> np.ndarray:
    result = np.empty(len(geometries), dtype=object)
    result[:] = geometries
    return result


def _county() -> np.ndarray:
    return _array(*world.SQUARES.values())


def _moved(geometry: shapely.Polygon, east_m: float) -> shapely.Polygon:
    moved: shapely.Polygon = world.moved(geometry, east_m=east_m)
    return moved


def test_a_clean_county_has_nothing_wrong() -> None:
    """No row, no pair."""
    assert checks.missing_geometry(_county()) == [None] * 4
    assert checks.invalid_geometry(_county()) == [None] * 4
    found = checks.check_coverage(_county())
    assert (found.overlaps, found.gaps) == ((), ())
    assert shapely.is_empty(found.unmatched).all()


def test_rows_without_an_area_are_told_apart() -> None:
    """Null, empty, a point, a collection of lines, and one that holds a polygon."""
    lines = shapely.GeometryCollection([shapely.LineString([(0, 0), (1, 1)])])
    mixed = shapely.GeometryCollection([shapely.Point(0, 0), world.SQUARES["a"]])
    found = checks.missing_geometry(_array(None, shapely.Polygon(), shapely.Point(1, 2), lines, mixed))
    keys = [reason and reason.key for reason in found]
    assert keys == ["geo.null_geometry", "geo.empty_geometry", "geo.not_polygon", "geo.not_polygon", None]


def test_a_border_that_crosses_itself_is_told_with_its_place() -> None:
    """In shapely's words, with the coordinates of the crossing."""
    reason = checks.invalid_geometry(_array(world.SQUARES["a"], world.BOWTIE))[1]
    assert reason is not None
    assert "Self-intersection[120.005 30.005]" in reason.render("zh")


def test_coordinates_outside_the_world_are_found() -> None:
    """Latitude 120; infinity; null is no coordinate."""
    rows = _array(shapely.box(30, 119, 31, 121), shapely.box(0, 0, np.inf, 1), None, world.SQUARES["a"])
    assert checks.outside_world(rows).tolist() == [True, True, False, False]


def test_a_code_given_twice_is_an_error_unless_the_rows_are_the_same() -> None:
    """The later row is named, with the row it repeats; blank codes are somebody else's problem."""
    errors, repeats = checks.duplicates(["x", "y", "x", "y", "", ""], [1, 2, 3, 2, 4, 5], field="村代码")
    assert [(problem.row, problem.field, problem.value) for problem in errors] == [(3, "村代码", "x")]
    assert "row 1" in errors[0].reason.render("en")
    assert repeats == {3: 1}


def test_an_overlap_is_found_with_its_pair_and_area() -> None:
    """The right neighbour moved 10 m to the left: 10 m by 1,109 m."""
    found = checks.check_coverage(_array(world.SQUARES["a"], _moved(world.SQUARES["b"], -10)))
    assert [(clash.i, clash.j) for clash in found.overlaps] == [(0, 1)]
    assert found.overlaps[0].area_m2 == pytest.approx(10 * 1108.5, rel=0.01)
    assert found.gaps == ()


def test_a_narrow_gap_is_found_with_its_pair_and_area() -> None:
    """Moved 3 m to the right: 3 m by 1,109 m."""
    found = checks.check_coverage(_array(world.SQUARES["a"], _moved(world.SQUARES["b"], 3)))
    assert [(clash.i, clash.j) for clash in found.gaps] == [(0, 1)]
    assert found.gaps[0].area_m2 == pytest.approx(3 * 1108.5, rel=0.02)
    assert found.overlaps == ()


def test_a_wide_gap_may_be_a_river() -> None:
    """30 m."""
    found = checks.check_coverage(_array(world.SQUARES["a"], _moved(world.SQUARES["b"], 30)))
    assert (found.overlaps, found.gaps) == ((), ())


@pytest.mark.parametrize("inner", [world.square(0.3, 0.3, size=0.3), world.SQUARES["a"]])
def test_a_village_drawn_over_another_is_an_overlap(inner: shapely.Polygon) -> None:
    """Inside it without touching its border, and exactly as large."""
    found = checks.check_coverage(_array(world.SQUARES["a"], inner))
    assert [(clash.i, clash.j) for clash in found.overlaps] == [(0, 1)]
    assert found.overlaps[0].area_m2 == pytest.approx(area_m2(_array(inner))[0])


def test_an_enclave_with_a_hole_around_it_is_clean() -> None:
    """The hole's border is the enclave's."""
    enclave = world.square(0.3, 0.3, size=0.3)
    found = checks.check_coverage(_array(world.SQUARES["a"].difference(enclave), enclave))
    assert (found.overlaps, found.gaps) == ((), ())


def test_many_overlaps_are_named_up_to_a_limit_and_summed_up() -> None:
    """30 pairs of villages, each overlapping by 10 m."""
    pairs = []
    for column in range(0, 90, 3):
        pairs += [world.square(column, 0), _moved(world.square(column + 1, 0), -10)]
    found = checks.check_coverage(_array(*pairs))
    assert len(found.overlaps) == 30
    words = [note.render("en") for note in checks.coverage_warnings(found, [str(i) for i in range(60)])]
    assert len(words) == checks.MAX_PAIRS_NAMED + 1
    assert words[-1].startswith("10 more overlaps")


def test_repair_leaves_a_clean_county_as_it_is() -> None:
    """To the last bit, and reports nothing."""
    done = repair.repair(_county(), list("abcd"))
    assert shapely.equals_identical(done.geometries, _county()).all()
    assert done.repairs == ()


@pytest.mark.parametrize("east_m", [-10.0, 3.0])
def test_repair_closes_overlaps_and_narrow_gaps_and_measures_the_change(east_m: float) -> None:
    """What one village loses or wins is reported; afterwards the two share their whole border."""
    before = _array(world.SQUARES["a"], _moved(world.SQUARES["b"], east_m))
    done = repair.repair(before, ["a", "b"])
    after = checks.check_coverage(done.geometries)
    assert (after.overlaps, after.gaps) == ((), ())
    assert done.repairs
    strip = abs(east_m) * 1108.5
    changed = sum(abs(item.area_after_m2 - item.area_before_m2) for item in done.repairs)
    assert changed == pytest.approx(strip, rel=0.02)
    assert {item.what.key for item in done.repairs} == {"geo.what_coverage"}
    assert adjacent_pairs(done.geometries)[2] == pytest.approx([1108.5], rel=0.01)


def test_repair_keeps_the_coordinates_of_vertices_it_does_not_move() -> None:
    """The outer corners come back exactly as they were."""
    before = _array(world.SQUARES["a"], _moved(world.SQUARES["b"], -10))
    after = repair.repair(before, ["a", "b"]).geometries
    corners = {(120.0, 30.0), (120.0, 30.01)}
    assert corners <= {tuple(point) for point in shapely.get_coordinates(after[0])}


def test_repair_divides_a_net_of_gaps_among_its_neighbours() -> None:
    """Four villages drawn 3 m apart: no village gets all four strips."""
    apart = [
        world.moved(cell, east_m=east, north_m=north)
        for cell, east, north in zip(world.SQUARES.values(), (0, 3, 0, 3), (0, 0, 3, 3), strict=True)
    ]
    outside = world.square(-1, -1, size=4).difference(world.square(0, 0, size=2.01))
    done = repair.repair(_array(*apart, outside), list("abcdo"))
    won = {item.code: item.area_after_m2 - item.area_before_m2 for item in done.repairs}
    strip = 3 * 1037
    assert max(won.get(code, 0.0) for code in "abcd") < 2.5 * strip
    assert checks.check_coverage(done.geometries).gaps == ()


def test_repair_keeps_wide_gaps() -> None:
    """30 m of river stay."""
    before = _array(world.SQUARES["a"], _moved(world.SQUARES["b"], 30))
    assert repair.repair(before, ["a", "b"]).repairs == ()


def test_repair_makes_a_bowtie_two_triangles() -> None:
    """Both halves are kept, with their area."""
    done = repair.repair(_array(world.BOWTIE, world.SQUARES["d"]), ["x", "d"])
    assert done.geometries[0].is_valid
    assert done.geometries[0].geom_type == "MultiPolygon"
    (item,) = done.repairs
    assert (item.code, item.what.key) == ("x", "geo.what_valid")
    assert item.area_after_m2 == pytest.approx(area_m2(_array(world.SQUARES["a"]))[0] / 2, rel=1e-3)


def test_repair_drops_points_and_lines_from_a_mixed_geometry() -> None:
    """The polygon stays."""
    mixed = shapely.GeometryCollection([shapely.Point(120, 30), world.SQUARES["a"]])
    assert repair.make_valid(_array(mixed))[0].equals(world.SQUARES["a"])


def test_repair_works_across_two_zones() -> None:
    """Villages on both sides of 118.5 E, in a file far wider than a zone."""
    left, right = shapely.box(118.49, 30, 118.5, 30.01), shapely.box(118.5, 30, 118.51, 30.01)
    far = shapely.box(112.0, 30, 112.01, 30.01)
    done = repair.repair(_array(left, _moved(right, -10), far), ["l", "r", "f"])
    assert checks.check_coverage(done.geometries).overlaps == ()
    assert shapely.equals_identical(done.geometries[2].normalize(), far.normalize())


def test_a_ring_that_touches_itself_is_settled_and_a_bowtie_is_not() -> None:
    """The first encloses the same area either way; the second does not."""
    touching = shapely.Polygon([(120, 30), (120.01, 30), (120.01, 30.01), (120.005, 30), (120, 30.01)])
    settled, which = repair.settle(_array(touching, world.BOWTIE, None, world.SQUARES["a"]), list("tbna"))
    assert which.tolist() == [True, False, False, False]
    assert settled.geometries[0].is_valid
    assert [item.code for item in settled.repairs] == ["t"]


def test_neighbours_of_the_county_share_borders_of_known_length() -> None:
    """Sides, not corners: a-d and b-c only meet in a point."""
    i, j, metres = adjacent_pairs(_county())
    assert list(zip(i.tolist(), j.tolist(), strict=True)) == [(0, 1), (0, 2), (1, 3), (2, 3)]
    assert metres == pytest.approx([1108.5, 964.8, 964.7, 1108.5], rel=1e-3)


def test_neighbours_are_found_where_vertices_do_not_match() -> None:
    """One side has a vertex in the middle; a gap of 3 m; an overlap of 10 m."""
    a, b = world.SQUARES["a"], world.SQUARES["b"]
    dense = shapely.segmentize(b, world.STEP / 3)
    for other in (dense, _moved(b, 3), _moved(b, -10)):
        i, j, metres = adjacent_pairs(_array(a, other))
        assert (i.tolist(), j.tolist()) == ([0], [1])
        assert metres == pytest.approx([1108.5], rel=0.03)


def test_neighbours_across_a_wide_gap_are_none() -> None:
    """A graph of villages may have islands."""
    i, _, _ = adjacent_pairs(_array(world.SQUARES["a"], _moved(world.SQUARES["b"], 30)))
    assert i.size == 0


def test_neighbours_of_nothing_are_none() -> None:
    """An empty file asks no questions."""
    assert adjacent_pairs(_array())[0].size == 0


def test_neighbours_agree_with_exact_intersection_on_random_cells() -> None:
    """Voronoi cells, whose shared borders shapely can measure one by one."""
    rng = np.random.default_rng(5)
    points = shapely.MultiPoint(rng.uniform((120.0, 30.0), (120.2, 30.2), size=(60, 2)))
    cells = _array(*shapely.voronoi_polygons(points, extend_to=shapely.box(120, 30, 120.2, 30.2)).geoms)
    i, j, metres = adjacent_pairs(cells)
    expected = {
        (a, b)
        for a in range(len(cells))
        for b in range(a + 1, len(cells))
        if cells[a].intersection(cells[b]).length > 1e-6
    }
    assert set(zip(i.tolist(), j.tolist(), strict=True)) == expected
    assert (metres > 0).all()


def _wavy_pair() -> np.ndarray:
    waves = [(120.01 + 0.00002 * (-1) ** k, 30 + k * 0.0001) for k in range(1, 100)]
    left = shapely.Polygon([(120, 30), (120.01, 30), *waves, (120.01, 30.01), (120, 30.01)])
    right = shapely.Polygon([(120.02, 30), (120.01, 30), *waves, (120.01, 30.01), (120.02, 30.01)])
    return _array(left, right)


def test_simplifying_keeps_shared_borders_shared() -> None:
    """A border of 100 small waves between two villages becomes straight on both sides at once."""
    simple = simplify_coverage(_wavy_pair(), tolerance_m=50.0)
    assert shapely.get_num_coordinates(simple).sum() < 20
    assert checks.check_coverage(simple).overlaps == ()
    assert len(adjacent_pairs(simple)[0]) == 1


def test_simplifying_villages_that_overlap_gives_valid_ones() -> None:
    """It is only a picture, yet a picture of every village."""
    pair = _wavy_pair()
    simple = simplify_coverage(_array(pair[0], _moved(pair[1], -10)), tolerance_m=50.0)
    assert shapely.is_valid(simple).all()
    assert not shapely.is_empty(simple).any()
