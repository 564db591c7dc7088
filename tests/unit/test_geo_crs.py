"""Which plane to measure in, and catching files that name the wrong CRS."""

import geo_world as world
import numpy as np
import pytest
import shapely
from pyproj import CRS

from gridmgr.errors import BadInput
from gridmgr.geo import crs


@pytest.mark.parametrize(
    ("lon", "lat", "code", "meridian"),
    [
        (120.2, 30.2, "EPSG:4549", 120),
        (118.4, 30.0, "EPSG:4548", 117),
        (118.6, 30.0, "EPSG:4549", 120),
        (75.0, 39.0, "EPSG:4534", 75),
        (135.0, 48.0, "EPSG:4554", 135),
        (2.3, 48.9, "EPSG:32631", 3),
        (-43.2, -22.9, "EPSG:32723", -45),
    ],
)
def test_metric_crs_is_the_zone_whose_meridian_is_nearest(
    lon: float, lat: float, code: str, meridian: int
) -> None:
    """The registry's own parameters say which meridian a code has."""
    assert crs.metric_crs(lon=lon, lat=lat) == code
    operation = CRS(code).coordinate_operation
    assert operation is not None
    assert next(p.value for p in operation.params if p.name == "Longitude of natural origin") == meridian


def test_areas_are_those_on_the_ellipsoid() -> None:
    """Against pyproj's geodesic area, for a village and for a set wider than any zone."""
    geod = CRS("EPSG:4326").get_geod()
    assert geod is not None
    wide = np.array([world.square(0, 0), shapely.box(110.0, 35.0, 110.1, 35.1)], dtype=object)
    for geometries in (wide[:1], wide):
        exact = [abs(geod.geometry_area_perimeter(item)[0]) for item in geometries]
        assert crs.area_m2(geometries) == pytest.approx(exact, rel=1e-3)


def test_projecting_there_and_back_keeps_shared_vertices_equal() -> None:
    """Two squares side by side still have an edge in common afterwards, bit by bit."""
    pair = np.array([world.SQUARES["a"], world.SQUARES["b"]], dtype=object)
    plane = crs.project(pair, target="EPSG:4549")
    left, right = ({tuple(point) for point in item.exterior.coords} for item in plane)
    assert len(left & right) == 2
    back = crs.project(plane, source="EPSG:4549", target="EPSG:4326")
    assert shapely.equals_exact(back, pair, tolerance=1e-9).all()


@pytest.mark.parametrize(
    ("x", "y", "words"),
    [
        (120.2, 30.2, "EPSG:4490"),
        (40519267.0, 3341712.0, "EPSG:4528"),
        (38545644.0, 3800000.0, "EPSG:4526"),
        (20519267.0, 3341712.0, "EPSG:4498"),
        (519267.0, 3341712.0, "EPSG:4549"),
        (13380602.0, 3530000.0, "EPSG:3857"),
        (30.2, 120.2, "swapped"),
        (3341712.0, 40519267.0, "swapped"),
        (3341712.0, 519267.0, "swapped"),
        (9e9, 9e9, "Ask who made"),
    ],
)
def test_a_missing_crs_is_refused_with_a_guess(x: float, y: float, words: str) -> None:
    """The guess comes from what the coordinates look like."""
    with pytest.raises(BadInput) as caught:
        crs.resolve_crs(None, given=None, x=x, y=y)
    assert words in str(caught.value)


@pytest.mark.parametrize("code", ["EPSG:4528", "EPSG:4498"])
def test_guessed_zones_put_the_coordinates_where_they_belong(code: str) -> None:
    """What the hint says leads back to the village."""
    x, y = crs.transformer("EPSG:4326", code).transform(120.2, 30.2)
    assert code in crs.hint(x=x, y=y).render("en")


@pytest.mark.parametrize(
    ("declared", "x", "y", "key"),
    [
        ("EPSG:4326", 40519267.0, 3341712.0, "geo.crs_not_degrees"),
        ("EPSG:4549", 120.2, 30.2, "geo.crs_not_metres"),
        ("EPSG:4528", 519267.0, 3341712.0, "geo.crs_outside"),
        ("EPSG:4549", 40519267.0, 3341712.0, "geo.crs_outside"),
        ("EPSG:4326", 30.2, 120.2, "geo.swapped"),
        ("EPSG:4490", 35.0, 80.0, "geo.swapped"),
        ("EPSG:4549", 3341712.0, 519267.0, "geo.swapped"),
        ("EPSG:999999", 120.2, 30.2, "geo.crs_unknown"),
    ],
)
def test_a_wrong_crs_is_refused(declared: str, x: float, y: float, key: str) -> None:
    """Degrees for metres, metres for degrees, the wrong zone, x and y swapped, a code that does not exist."""
    with pytest.raises(BadInput) as caught:
        crs.resolve_crs(declared, given=None, x=x, y=y)
    assert caught.value.message.key == key


@pytest.mark.parametrize(
    ("declared", "x", "y"),
    [
        ("EPSG:4326", 120.2, 30.2),
        ("EPSG:4490", 80.0, 35.0),
        ("EPSG:4549", 519267.0, 3341712.0),
        ("EPSG:4528", 40519267.0, 3341712.0),
        ("EPSG:3857", 13380602.0, 3530000.0),
        ("EPSG:4326", 123.7, 13.1),
        ("EPSG:4326", -70.0, 10.0),
    ],
)
def test_a_right_crs_is_taken(declared: str, x: float, y: float) -> None:
    """In China and elsewhere."""
    assert crs.crs_name(crs.resolve_crs(declared, given=None, x=x, y=y)) == declared


def test_what_the_user_says_wins_over_the_file() -> None:
    """The file says degrees, the user knows better."""
    assert crs.resolve_crs("EPSG:4326", given="4549", x=519267.0, y=3341712.0).to_epsg() == 4549


def test_old_chinese_datums_are_recognised() -> None:
    """Xi'an 1980 in a 3-degree zone, and CGCS2000 for comparison."""
    assert crs.old_datum(CRS("EPSG:2364")) == "Xian 1980"
    assert crs.old_datum(CRS("EPSG:4549")) is None


def test_one_stray_row_does_not_move_the_typical_point() -> None:
    """Three villages near 120 E and one at the null island."""
    rows = np.array([*list(world.SQUARES.values())[:3], shapely.box(0, 0, 0.1, 0.1)], dtype=object)
    x, y = crs.typical_point(rows)
    assert (round(x), round(y)) == (120, 30)
