"""Real village files of three countries, as they are published."""

from pathlib import Path

import pytest
import shapely

from gridmgr.geo.villages import read_villages

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not DATA.exists(), reason="the real data in ../shared is not here"),
]


def test_taiwans_7701_villages_are_read_and_linked() -> None:
    """TopoJSON without CRS and four layers, of which one holds villages; seven borders touch themselves."""
    reading = read_villages(DATA / "taiwan" / "villages-10t.json")
    assert (reading.read, len(reading.villages), reading.problems) == (7701, 7701, ())
    assert len({village.township_code for village in reading.villages}) == 368
    assert len({village.county_code for village in reading.villages}) == 22
    assert len(reading.repaired) == 7
    i, _, metres = reading.adjacent_pairs()
    assert 21_000 < len(i) < 22_000
    assert metres.min() > 0


def test_the_gbk_shapefile_has_right_names() -> None:
    """Its .cpg says UTF-8."""
    reading = read_villages(DATA / "village_shapefile_gbk.zip")
    assert (len(reading.villages), reading.problems) == (233, ())
    first = reading.villages[0]
    assert (first.code, first.name) == ("10002010038", "思源里")
    assert (first.township_name, first.county_name) == ("宜蘭市", "宜蘭縣")
    assert reading.encoding == "gb18030"


def test_legazpis_70_barangays_have_codes_and_a_township() -> None:
    """Codes are numbers in the file; accented names are left alone."""
    reading = read_villages(DATA / "legazpi" / "barangays.geojson")
    assert (len(reading.villages), reading.problems) == (70, ())
    assert {village.township_code for village in reading.villages} == {"500506000"}
    assert reading.villages[0].code == "500506001"
    assert all(village.name.startswith("Bgy.") for village in reading.villages)


def test_goas_402_villages_have_their_subdistricts_as_townships() -> None:
    """A clean coverage with holes and several parts, same names twice."""
    reading = read_villages(DATA / "goa" / "villages.geojson")
    assert (len(reading.villages), reading.problems) == (402, ())
    assert len({village.township_code for village in reading.villages}) == 11
    assert {village.county_name for village in reading.villages} == {"North Goa", "South Goa"}
    assert (reading.coverage.overlaps, reading.coverage.gaps) == ((), ())
    assert shapely.is_valid(reading.geometries()).all()
