"""A village file from path to checked villages, with every kind of bad input."""

import string
from pathlib import Path
from typing import Any

import geo_world as world
import numpy as np
import pytest
import shapely

from gridmgr.errors import BadInput
from gridmgr.geo.crs import project
from gridmgr.geo.datum import from_wgs84
from gridmgr.geo.headers import FIELDS
from gridmgr.geo.villages import VillageReading, read_villages
from gridmgr.texts import catalogue


def _read(
    tmp_path: Path, *, repair: bool = False, mapping: Any = None, **changes: dict[str, Any]
) -> VillageReading:
    path = world.write_geojson(tmp_path / "a.geojson", world.features(**changes))
    return read_villages(path, repair=repair, mapping=mapping)


def _keys(reading: VillageReading) -> list[str]:
    return [note.key for note in reading.warnings]


def _assert_only_problem(reading: VillageReading, *, row: int, key: str) -> None:
    """One row is out with this reason in both languages, the three others are in."""
    (problem,) = reading.problems
    assert (problem.row, problem.reason.key) == (row, key)
    assert problem.render("en") != problem.render("zh")
    assert key not in problem.render("en")
    assert len(reading.villages) == 3
    assert row not in reading.rows
    assert reading.read == 4


def test_a_good_file_gives_villages_with_parents_from_their_codes(tmp_path: Path) -> None:
    """First 9 digits are the township, first 6 the county; the rest has defaults."""
    reading = _read(tmp_path)
    village = reading.villages[2]
    assert (village.code, village.name) == ("330102002001", "河东社区")
    assert (village.township_code, village.county_code) == ("330102002", "330102")
    assert (village.kind, village.risk, village.required_visits_per_week) == ("community", "C", 1)
    assert village.geometry.equals(world.SQUARES["c"])
    assert (reading.read, reading.rows, reading.problems, reading.repaired) == (4, (1, 2, 3, 4), (), ())
    assert (reading.crs, reading.encoding, reading.format) == ("EPSG:4326", "utf-8", "geojson")
    assert reading.columns == {"code": "村代码", "name": "村名称"}


def test_own_columns_win_over_the_code(tmp_path: Path) -> None:
    """Every field of the contract, in Chinese."""
    full = {
        "乡镇代码": "T1",
        "乡镇名称": "城关镇",
        "县代码": "C1",
        "县名称": "西湖县",
        "类型": "社区",
        "风险等级": "A",
        "每周巡查次数": 5,
    }
    village = _read(tmp_path, a=full, b=full, c=full, d=full).villages[0]
    assert (village.township_code, village.township_name) == ("T1", "城关镇")
    assert (village.county_code, village.county_name) == ("C1", "西湖县")
    assert (village.kind, village.risk, village.required_visits_per_week) == ("community", "A", 5)


@pytest.mark.parametrize(("risk", "visits"), [("A", 3), ("B", 2), ("C", 1)])
def test_visits_default_to_the_risk(tmp_path: Path, risk: str, visits: int) -> None:
    """Highest risk, most visits."""
    assert _read(tmp_path, a={"风险等级": risk}).villages[0].required_visits_per_week == visits


def test_neighbours_come_with_the_reading(tmp_path: Path) -> None:
    """Four sides, no corners."""
    i, j, _ = _read(tmp_path).adjacent_pairs()
    assert list(zip(i.tolist(), j.tolist(), strict=True)) == [(0, 1), (0, 2), (1, 3), (2, 3)]


@pytest.mark.parametrize(
    "codes", [[float(code) for code in world.CODES.values()], [int(c) for c in world.CODES.values()]]
)
def test_codes_stored_as_numbers_come_out_as_text(tmp_path: Path, codes: list[float]) -> None:
    """In a GeoPackage and in a DBF."""
    columns = {"CUNDM": codes, "CUNMC": list(world.NAMES.values())}
    for name in ("a.gpkg", "a.shp"):
        reading = read_villages(world.write_gdal(tmp_path / name, columns=columns))
        assert [village.code for village in reading.villages] == list(world.CODES.values())


def test_the_lying_shapefile_gives_right_names_and_townships(tmp_path: Path) -> None:
    """From .cpg UTF-8 and values in GBK to villages, with one warning about it."""
    folder = tmp_path / "x"
    folder.mkdir()
    world.write_lying_shapefile(folder)
    reading = read_villages(world.zip_folder(folder, tmp_path / "a.zip"))
    assert [village.name for village in reading.villages] == list(world.NAMES.values())
    assert reading.villages[3].township_name == "河东乡"
    assert "geo.encoding_lie" in _keys(reading)


@pytest.mark.parametrize("make", [world.write_kml, world.write_topojson])
def test_kml_and_topojson_give_the_same_villages(tmp_path: Path, make: Any) -> None:
    """Without anything named."""
    reading = read_villages(make(tmp_path / "a.txt"))
    assert [(v.code, v.name) for v in reading.villages] == list(
        zip(world.CODES.values(), world.NAMES.values(), strict=True)
    )


@pytest.mark.parametrize("code", ["EPSG:4549", "EPSG:4528", "EPSG:4490", "EPSG:3857"])
def test_projected_files_come_out_in_longitude_and_latitude(tmp_path: Path, code: str) -> None:
    """Gauss-Krueger without and with zone number, CGCS2000 degrees, Web Mercator."""
    squares = np.array(list(world.SQUARES.values()), dtype=object)
    projected = list(project(squares, target=code))
    reading = read_villages(world.write_gdal(tmp_path / "a.gpkg", geometries=projected, crs=code))
    assert reading.crs == code
    assert shapely.equals_exact(reading.geometries(), squares, tolerance=1e-7).all()


def test_borders_in_gcj02_are_shifted_back(tmp_path: Path) -> None:
    """A border drawn on Amap, and said so."""

    def shift(points: np.ndarray) -> np.ndarray:
        return np.stack(from_wgs84(points[:, 0], points[:, 1], "gcj02"), axis=1)

    changes = {key: {"geometry": shapely.transform(shape, shift)} for key, shape in world.SQUARES.items()}
    path = world.write_geojson(tmp_path / "a.geojson", world.features(**changes))
    reading = read_villages(path, crs="高德")
    squares = np.array(list(world.SQUARES.values()), dtype=object)
    assert reading.crs == "gcj02"
    assert shapely.equals_exact(reading.geometries(), squares, tolerance=1e-8).all()


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"geometry": None}, "geo.null_geometry"),
        ({"geometry": shapely.Polygon()}, "geo.empty_geometry"),
        ({"geometry": shapely.Point(120.015, 30.005)}, "geo.not_polygon"),
        (
            {"geometry": world.moved(world.BOWTIE, east_m=965)},
            "geo.invalid_geometry",
        ),
        ({"geometry": shapely.box(120.0, 89.0, 120.1, 95.0)}, "geo.outside_world"),
        ({"村代码": world.CODES["a"]}, "geo.duplicate_code"),
        ({"村代码": ""}, "geo.missing_value"),
        ({"村代码": "33010200100"}, "geo.no_township"),
        ({"村名称": None}, "geo.missing_value"),
        ({"类型": "湖泊"}, "geo.bad_kind"),
        ({"风险等级": "D"}, "geo.bad_risk"),
        ({"每周巡查次数": "两次"}, "geo.bad_visits"),
        ({"每周巡查次数": -1}, "geo.bad_visits"),
    ],
)
def test_a_bad_row_is_named_and_the_others_are_read(tmp_path: Path, change: dict[str, Any], key: str) -> None:
    """Row 2, whatever is wrong with it."""
    if "村代码" in change and change["村代码"] == "":
        with_township = {name: {"乡镇代码": "330102001"} for name in "acd"}
        reading = _read(tmp_path, **with_township, b={**change, "乡镇代码": "330102001"})
    else:
        reading = _read(tmp_path, b=change)
    _assert_only_problem(reading, row=2, key=key)


def test_all_problems_of_a_file_are_found_at_once(tmp_path: Path) -> None:
    """Three bad rows, one of them bad twice."""
    reading = _read(
        tmp_path, a={"geometry": None}, b={"风险等级": "D", "村名称": ""}, c={"geometry": shapely.Polygon()}
    )
    assert [problem.row for problem in reading.problems] == [1, 2, 2, 3]
    assert [village.code for village in reading.villages] == [world.CODES["d"]]


def test_a_problem_names_row_column_value_and_reason(tmp_path: Path) -> None:
    """As the file has them."""
    (problem,) = _read(tmp_path, b={"风险等级": "D"}).problems
    assert (problem.row, problem.field, problem.value, problem.code) == (2, "风险等级", "D", world.CODES["b"])


def test_a_file_of_null_geometries_names_every_row(tmp_path: Path) -> None:
    """And does not stumble over the CRS of nothing."""
    reading = _read(tmp_path, **{key: {"geometry": None} for key in "abcd"})
    assert [problem.row for problem in reading.problems] == [1, 2, 3, 4]
    assert reading.villages == ()


def test_a_row_given_twice_is_taken_once_with_a_warning(tmp_path: Path) -> None:
    """Same code, same everything."""
    made = world.features()
    path = world.write_geojson(tmp_path / "a.geojson", [*made, made[0]])
    reading = read_villages(path)
    assert (reading.read, len(reading.villages), reading.problems) == (5, 4, ())
    assert "geo.repeated_row" in _keys(reading)


def test_an_overlap_is_a_warning_with_its_pair_and_area(tmp_path: Path) -> None:
    """Nothing is kept out."""
    reading = _read(tmp_path, b={"geometry": world.square(0.9, 0, size=1.1)})
    assert len(reading.villages) == 4
    assert reading.problems == ()
    first = next(note for note in reading.warnings if note.key == "geo.overlap")
    assert {first.params["a"], first.params["b"]} <= set(world.CODES.values())


def test_repair_mends_overlaps_and_bowties_and_measures_them(tmp_path: Path) -> None:
    """Each changed village with its area before and after."""
    changes = {"a": {"geometry": world.BOWTIE}, "c": {"geometry": world.square(0, 1, size=1.1)}}
    reading = _read(tmp_path, repair=True, **changes)
    assert reading.problems == ()
    assert len(reading.villages) == 4
    assert reading.coverage.overlaps == ()
    assert {world.CODES["a"], world.CODES["c"]} <= {item.code for item in reading.repaired}
    assert all(village.geometry.is_valid for village in reading.villages)


def test_a_village_of_which_repair_leaves_nothing_is_a_bad_row(tmp_path: Path) -> None:
    """Two villages with the same border: one keeps it."""
    reading = _read(tmp_path, repair=True, b={"geometry": world.SQUARES["a"]})
    assert [problem.reason.key for problem in reading.problems] == ["geo.vanished"]
    assert len(reading.villages) == 3
    assert reading.coverage.overlaps == ()


def test_lon_lat_swapped_is_refused_with_a_hint(tmp_path: Path) -> None:
    """The whole file, as no row can be right."""
    changes = {
        key: {"geometry": shapely.transform(shape, lambda points: points[:, ::-1])}
        for key, shape in world.SQUARES.items()
    }
    with pytest.raises(BadInput) as caught:
        _read(tmp_path, **changes)
    assert caught.value.message.key == "geo.swapped"
    assert "经度" in caught.value.render("zh")


def test_metres_in_a_geojson_are_refused_with_a_hint(tmp_path: Path) -> None:
    """A GeoJSON without crs member is in degrees by its standard."""
    changes = {
        key: {"geometry": project(np.array([shape], dtype=object), target="EPSG:4528")[0]}
        for key, shape in world.SQUARES.items()
    }
    with pytest.raises(BadInput, match="EPSG:4528"):
        _read(tmp_path, **changes)
    reading = read_villages(tmp_path / "a.geojson", crs="EPSG:4528")
    assert len(reading.villages) == 4
    assert "geo.crs_overridden" in _keys(reading)


def test_a_shapefile_without_prj_is_refused_until_the_crs_is_given(tmp_path: Path) -> None:
    """With the guess that fits."""
    path = world.write_gdal(tmp_path / "cun.shp")
    path.with_suffix(".prj").unlink()
    with pytest.raises(BadInput, match="EPSG:4490"):
        read_villages(path)
    assert len(read_villages(path, crs="EPSG:4490").villages) == 4


def test_an_old_datum_is_a_warning(tmp_path: Path) -> None:
    """Beijing 1954 degrees may be tens of metres off."""
    assert "geo.old_datum" in _keys(read_villages(world.write_gdal(tmp_path / "a.gpkg", crs="EPSG:4214")))


def test_a_file_without_rows_is_refused(tmp_path: Path) -> None:
    """A layer is there, villages are not."""
    with pytest.raises(BadInput) as caught:
        read_villages(world.write_geojson(tmp_path / "a.geojson", []))
    assert caught.value.message.key == "geo.no_rows"


def test_a_file_without_codes_is_refused_with_its_columns(tmp_path: Path) -> None:
    """And the way to name one."""
    path = world.write_gdal(tmp_path / "a.gpkg", columns={"甲": ["1", "2", "3", "4"], "村名称": ["x"] * 4})
    with pytest.raises(BadInput, match="甲, 村名称") as caught:
        read_villages(path)
    assert "--map" in caught.value.render("en")
    assert "列对应" in caught.value.render("zh")
    assert "村代码" in caught.value.render("zh")
    assert len(read_villages(path, mapping={"code": "甲", "township_code": "=T1"}).villages) == 4


def test_a_file_without_townships_is_refused_until_one_is_given(tmp_path: Path) -> None:
    """Short codes and no township column; a constant helps."""
    columns = {"code": ["1", "2", "3", "4"], "name": list("wxyz")}
    path = world.write_gdal(tmp_path / "a.gpkg", columns=columns)
    with pytest.raises(BadInput, match="township_code==") as caught:
        read_villages(path)
    assert caught.value.message.key == "geo.no_township_column"
    reading = read_villages(path, mapping={"township_code": "=330102001", "township_name": "=城关镇"})
    assert {(v.township_code, v.township_name, v.county_code) for v in reading.villages} == {
        ("330102001", "城关镇", "330102")
    }


def test_townships_of_twelve_digit_codes_are_said_to_lack_names_not_codes(tmp_path: Path) -> None:
    """The file has neither column, but its villages' codes begin with the township's."""
    keys = _keys(read_villages(world.write_gdal(tmp_path / "a.gpkg")))
    assert "geo.township_unnamed" in keys
    assert "geo.township_by_name" not in keys


def test_township_names_serve_as_codes_where_there_are_none(tmp_path: Path) -> None:
    """With a warning."""
    columns = {"code": list("1234"), "name": list("wxyz"), "乡镇名称": ["甲", "甲", "乙", "乙"]}
    reading = read_villages(world.write_gdal(tmp_path / "a.gpkg", columns=columns))
    assert [village.township_code for village in reading.villages] == ["甲", "甲", "乙", "乙"]
    assert {"geo.township_by_name", "geo.no_county"} <= set(_keys(reading))


def test_a_township_of_two_names_gets_one_with_a_warning(tmp_path: Path) -> None:
    """The first row's."""
    reading = _read(tmp_path, a={"乡镇名称": "城关镇"}, b={"乡镇名称": "城关乡"})
    assert {village.township_name for village in reading.villages[:2]} == {"城关镇"}
    assert "geo.township_differs" in _keys(reading)


def test_columns_that_are_not_used_are_reported(tmp_path: Path) -> None:
    """Nothing is lost in silence."""
    assert _read(tmp_path, a={"人口": 1200}).unknown_columns == ("人口",)


def test_reading_twice_gives_the_same(tmp_path: Path) -> None:
    """Importing the same file twice must change nothing."""
    path = world.write_geojson(tmp_path / "a.geojson")
    assert read_villages(path, repair=True).villages == read_villages(path, repair=True).villages


def test_every_text_of_geo_exists_in_both_languages_with_the_same_fields() -> None:
    """Keys used in the code are in the catalogue, and no text is left over."""
    package = Path(__file__).resolve().parents[2] / "gridmgr" / "geo"
    code = "".join(path.read_text(encoding="utf-8") for path in package.rglob("*.py"))

    def fields(template: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(template) if name}

    zh, en = ({k: v for k, v in catalogue(lang).items() if k.startswith("geo.")} for lang in ("zh", "en"))
    assert zh.keys() == en.keys()
    assert {key for key in zh if fields(zh[key]) != fields(en[key])} == set()
    built = {"geo.overlap", "geo.gap", "geo.more_overlaps", "geo.more_gaps"}
    built |= {f"geo.field.{field}" for field in FIELDS}
    assert {key for key in zh if f'"{key}"' not in code} == built
