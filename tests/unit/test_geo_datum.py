"""Datums: GCJ-02 and BD-09 against another implementation, and the ways people write their names."""

import coord_convert.transform as oracle
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridmgr.errors import BadInput
from gridmgr.geo.datum import from_wgs84, parse_datum, to_wgs84

# the oracle stops its own fixed point at 1e-6 degrees
ORACLE_DEG = 2e-6
LON = st.floats(73.0, 135.0)
LAT = st.floats(18.0, 53.0)


@given(LON, LAT)
def test_gcj02_is_what_another_implementation_says(lon: float, lat: float) -> None:
    """Forward shift, anywhere in China."""
    assert np.allclose(from_wgs84(lon, lat, "gcj02"), oracle.wgs2gcj(lon, lat), atol=1e-11, rtol=0)


@given(LON, LAT)
def test_bd09_is_what_another_implementation_says(lon: float, lat: float) -> None:
    """Forward shift and turn, anywhere in China."""
    assert np.allclose(from_wgs84(lon, lat, "bd09"), oracle.wgs2bd(lon, lat), atol=1e-11, rtol=0)


@given(LON, LAT)
def test_the_way_back_agrees_with_another_implementation(lon: float, lat: float) -> None:
    """Inverse, to the oracle's own precision; its one-step BD-09 inverse is only good to a few metres."""
    assert np.allclose(to_wgs84(lon, lat, "gcj02"), oracle.gcj2wgs(lon, lat), atol=ORACLE_DEG, rtol=0)
    assert np.allclose(to_wgs84(lon, lat, "bd09"), oracle.bd2wgs(lon, lat), atol=5e-5, rtol=0)


@pytest.mark.parametrize("datum", ["gcj02", "bd09", "cgcs2000", "wgs84"])
@given(lon=LON, lat=LAT)
def test_there_and_back_is_the_same_point(datum: str, lon: float, lat: float) -> None:
    """1e-9 degrees are 0.1 mm."""
    assert np.allclose(to_wgs84(*from_wgs84(lon, lat, datum), datum), (lon, lat), atol=1e-9, rtol=0)


def test_the_shift_at_114_east_35_north_is_half_a_kilometre() -> None:
    """A wrong datum would show on any map."""
    lon, lat = from_wgs84(114.0, 35.0, "gcj02")
    metres = np.hypot((lon - 114.0) * 91_290, (lat - 35.0) * 110_940)
    assert 500 < metres < 570


@pytest.mark.parametrize(
    ("lon", "lat"), [(71.9, 35.0), (138.0, 35.0), (2.35, 48.86), (116.0, 0.5), (116.0, 56.0)]
)
def test_points_outside_china_are_not_shifted(lon: float, lat: float) -> None:
    """Map services do not shift there, in either direction."""
    assert from_wgs84(lon, lat, "gcj02") == (lon, lat)
    assert to_wgs84(lon, lat, "gcj02") == (lon, lat)


def test_arrays_are_converted_element_by_element() -> None:
    """One point in China and one outside, in one call."""
    lon, lat = to_wgs84([120.0, 2.0], [30.0, 48.0], "火星坐标")
    assert lon.shape == (2,)
    assert lon[0] != 120.0
    assert (lon[1], lat[1]) == (2.0, 48.0)


@pytest.mark.parametrize(
    ("text", "datum"),
    [
        ("WGS-84", "wgs84"),
        ("wgs84坐标系", "wgs84"),
        ("EPSG:4326", "wgs84"),
        ("国家2000", "cgcs2000"),
        ("CGCS2000", "cgcs2000"),
        ("2000国家大地坐标系", "cgcs2000"),
        ("天地图", "cgcs2000"),
        ("火星坐标", "gcj02"),
        ("GCJ-02", "gcj02"),
        ("高德", "gcj02"),
        ("腾讯地图", "gcj02"),
        ("百度", "bd09"),
        ("BD-09", "bd09"),
        ("ＢＤ０９", "bd09"),
        ("", "wgs84"),
    ],
)
def test_datum_names_as_people_write_them(text: str, datum: str) -> None:
    """Chinese, English, full width, with and without dashes."""
    assert parse_datum(text) == datum


def test_an_unknown_datum_is_refused_with_the_list_of_known_ones() -> None:
    """So that the user can pick one."""
    with pytest.raises(BadInput, match="wgs84, cgcs2000, gcj02, bd09") as caught:
        parse_datum("西安80")
    assert "西安80" in caught.value.render("zh")
