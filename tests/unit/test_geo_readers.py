"""Reading every format, whatever it is called and whatever its text is in."""

import zipfile
from pathlib import Path

import geo_world as world
import numpy as np
import pytest
import shapely

from gridmgr.errors import BadInput
from gridmgr.geo.headers import fits_villages
from gridmgr.geo.readers import LayerTable, read_layer

POINT_OF_WORDS = b"<kml><Placemark><Point><coordinates>x,y</coordinates></Point></Placemark></kml>"


def _assert_is_the_county(table: LayerTable, *, code: str = "村代码", name: str = "村名称") -> None:
    assert list(table.columns[code]) == list(world.CODES.values())
    assert list(table.columns[name]) == list(world.NAMES.values())
    squares = np.array(list(world.SQUARES.values()), dtype=object)
    assert shapely.equals(table.geometries, squares).all()
    assert table.crs == "EPSG:4326"


def test_geojson(tmp_path: Path) -> None:
    """The plainest case, without a warning."""
    table = read_layer(world.write_geojson(tmp_path / "a.geojson"))
    _assert_is_the_county(table)
    assert (table.format, table.encoding, table.warnings) == ("geojson", "utf-8", ())


def test_geojson_in_gbk(tmp_path: Path) -> None:
    """JSON has to be UTF-8; files are not."""
    table = read_layer(world.write_geojson(tmp_path / "a.json", encoding="gbk"))
    _assert_is_the_county(table)
    assert [note.key for note in table.warnings] == ["geo.encoding_lie"]


def test_geojson_with_a_byte_order_mark(tmp_path: Path) -> None:
    """Windows editors add one."""
    _assert_is_the_county(read_layer(world.write_geojson(tmp_path / "a.json", encoding="utf-8-sig")))


def test_geopackage(tmp_path: Path) -> None:
    """One layer."""
    _assert_is_the_county(read_layer(world.write_gdal(tmp_path / "a.gpkg")))


def test_geopackage_with_a_layer_named(tmp_path: Path) -> None:
    """Of two layers that fit, the one that is asked for."""
    path = world.write_gdal(tmp_path / "a.gpkg", layer="old")
    world.write_gdal(path, layer="new", append=True)
    assert read_layer(path, layer="new").layer == "new"


def test_several_layers_that_fit_are_named_in_the_refusal(tmp_path: Path) -> None:
    """Nothing is guessed between equals."""
    path = world.write_gdal(tmp_path / "a.gpkg", layer="old")
    world.write_gdal(path, layer="new", append=True)
    with pytest.raises(BadInput, match="old, new"):
        read_layer(path, fits=fits_villages)


def test_the_only_layer_that_fits_is_taken_and_said(tmp_path: Path) -> None:
    """Villages beside roads."""
    path = world.write_gdal(tmp_path / "a.gpkg", layer="roads", columns={"class": ["x"] * 4})
    world.write_gdal(path, layer="cun", append=True)
    table = read_layer(path, fits=fits_villages)
    assert table.layer == "cun"
    assert [note.key for note in table.warnings] == ["geo.layer_chosen"]


def test_a_layer_that_does_not_exist_is_refused_with_those_that_do(tmp_path: Path) -> None:
    """So that the user can pick one."""
    with pytest.raises(BadInput, match="cun"):
        read_layer(world.write_gdal(tmp_path / "a.gpkg", layer="cun"), layer="villages")


def test_shapefile_in_utf8(tmp_path: Path) -> None:
    """Honest .cpg, no warning."""
    table = read_layer(world.write_gdal(tmp_path / "cun.shp", encoding="UTF-8"))
    _assert_is_the_county(table)
    assert table.warnings == ()


@pytest.mark.parametrize("kind", ["file", "folder", "zip", "zip in folders"])
def test_shapefile_in_gbk_under_a_cpg_that_says_utf8(tmp_path: Path, kind: str) -> None:
    """Nobody needs to know what an encoding is, however the shapefile comes."""
    folder = tmp_path / "shapes"
    folder.mkdir()
    shp = world.write_lying_shapefile(folder)
    path = {
        "file": lambda: shp,
        "folder": lambda: folder,
        "zip": lambda: world.zip_folder(folder, tmp_path / "cun.zip"),
        "zip in folders": lambda: world.zip_folder(folder, tmp_path / "cun.zip", inside="数据/2024/"),
    }[kind]()
    table = read_layer(path)
    _assert_is_the_county(table)
    assert list(table.columns["乡镇名称"]) == ["城关镇", "城关镇", "河东乡", "河东乡"]
    assert table.encoding == "gb18030"
    assert "UTF-8" in table.warnings[0].render("zh")


def test_the_users_encoding_wins(tmp_path: Path) -> None:
    """Even when wrong, as long as it decodes."""
    table = read_layer(world.write_lying_shapefile(tmp_path), encoding="latin-1")
    assert next(iter(table.columns)) == "村代码".encode("gbk").decode("latin-1")
    with pytest.raises(BadInput, match="utf-8"):
        read_layer(tmp_path / "cun.shp", encoding="utf-8")
    with pytest.raises(BadInput, match="klingon"):
        read_layer(tmp_path / "cun.shp", encoding="klingon")


def test_a_shapefile_without_prj_has_no_crs(tmp_path: Path) -> None:
    """It is for the CRS rules to refuse it."""
    path = world.write_gdal(tmp_path / "cun.shp")
    path.with_suffix(".prj").unlink()
    assert read_layer(path).crs is None


def test_a_shapefile_without_dbf_is_refused(tmp_path: Path) -> None:
    """Borders without names are no villages."""
    path = world.write_gdal(tmp_path / "cun.shp")
    path.with_suffix(".dbf").unlink()
    with pytest.raises(BadInput, match=r"\.dbf"):
        read_layer(path)


def test_topojson_is_in_4326_and_its_village_layer_is_found(tmp_path: Path) -> None:
    """The format has no other CRS; its outline layer has no codes."""
    table = read_layer(world.write_topojson(tmp_path / "a.json"), fits=fits_villages)
    _assert_is_the_county(table, code="VILLCODE", name="VILLNAME")
    assert (table.format, table.layer) == ("topojson", "villages")


def test_kml_keeps_chinese_field_names(tmp_path: Path) -> None:
    """GDAL's reader makes underscores of them."""
    _assert_is_the_county(read_layer(world.write_kml(tmp_path / "a.kml")), name="name")


def test_kml_in_gbk(tmp_path: Path) -> None:
    """Declared so, which expat cannot read by itself."""
    path = world.write_kml(tmp_path / "a.kml")
    path.write_bytes(path.read_text(encoding="utf-8").replace("UTF-8", "GBK").encode("gbk"))
    _assert_is_the_county(read_layer(path), name="name")


def test_kml_with_holes_and_several_parts(tmp_path: Path) -> None:
    """MultiGeometry of a ring with a hole and another ring."""

    def ring(geometry: shapely.Polygon) -> str:
        points = " ".join(f"{x},{y}" for x, y in geometry.exterior.coords)
        return f"<LinearRing><coordinates>{points}</coordinates></LinearRing>"

    outer, hole, island = world.square(0, 0, size=3), world.square(1, 1), world.square(5, 5)
    (tmp_path / "a.kml").write_text(
        "<kml><Placemark><name>x</name><MultiGeometry>"
        f"<Polygon><outerBoundaryIs>{ring(outer)}</outerBoundaryIs><innerBoundaryIs>{ring(hole)}</innerBoundaryIs>"
        f"</Polygon><Polygon><outerBoundaryIs>{ring(island)}</outerBoundaryIs></Polygon>"
        "</MultiGeometry></Placemark></kml>"
    )
    found = read_layer(tmp_path / "a.kml").geometries[0]
    assert found.equals(outer.difference(hole).union(island))


@pytest.mark.parametrize(
    ("name", "content", "key"),
    [
        ("a.geojson", b"", "geo.empty_file"),
        ("a.zip", b"", "geo.empty_file"),
        ("a.geojson", b"hello", "geo.unknown_format"),
        ("a.shp", b"hello", "geo.unknown_format"),
        ("a.geojson", b'{"a": 1}', "geo.unreadable"),
        ("a.geojson", b'{"type": "FeatureCollection", "features": [{"type": "Fea', "geo.unreadable"),
        ("a.json", b'{"type": "Topology", "arcs": [', "geo.unreadable"),
        ("a.json", b'{"type": "Topology", "arcs": []}', "geo.unreadable"),
        ("a.kml", b"<kml><Placemark>", "geo.unreadable"),
        ("a.kml", b'<!DOCTYPE kml [<!ENTITY a "b">]><kml></kml>', "geo.unreadable"),
        (
            "a.kml",
            POINT_OF_WORDS,
            "geo.unreadable",
        ),
        ("a.gpkg", b"SQLite format 3\x00" + bytes(100), "geo.unreadable"),
        ("a.zip", b"PK\x03\x04 cut short", "geo.bad_zip"),
        ("a.vrt", b"<OGRVRTDataSource><OGRVRTLayer name='x'/></OGRVRTDataSource>", "geo.unknown_format"),
        ("a.geojson", b"<OGRVRTDataSource><OGRVRTLayer name='x'/></OGRVRTDataSource>", "geo.unknown_format"),
    ],
)
@pytest.mark.filterwarnings("ignore:GPKG. bad application_id:RuntimeWarning")
def test_what_is_no_village_file_is_refused(tmp_path: Path, name: str, content: bytes, key: str) -> None:
    """Empty, cut short, of another kind, or a file that would make GDAL open others."""
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(BadInput) as caught:
        read_layer(path)
    assert caught.value.message.key == key
    assert name in caught.value.render("zh")


def test_a_missing_file_and_an_empty_folder_are_refused(tmp_path: Path) -> None:
    """By name."""
    with pytest.raises(BadInput, match=r"nowhere\.shp"):
        read_layer(tmp_path / "nowhere.shp")
    with pytest.raises(BadInput, match="no layer"):
        read_layer(tmp_path)


def test_a_zip_without_village_files_is_refused(tmp_path: Path) -> None:
    """A letter in a zip."""
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as zipped:
        zipped.writestr("letter.txt", "hello")
    with pytest.raises(BadInput, match="no layer"):
        read_layer(tmp_path / "a.zip")


def test_a_zip_cannot_write_outside_its_folder(tmp_path: Path) -> None:
    """A member named ../../x.geojson is read like any other, and nothing appears outside."""
    inner = world.write_geojson(tmp_path / "inner.geojson")
    deep = tmp_path / "deep" / "er"
    deep.mkdir(parents=True)
    with zipfile.ZipFile(deep / "a.zip", "w") as zipped:
        zipped.write(inner, "../../evil.geojson")
    _assert_is_the_county(read_layer(deep / "a.zip"))
    assert not list(tmp_path.rglob("evil.geojson"))


def test_a_zip_that_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted while unpacking."""
    monkeypatch.setattr("gridmgr.geo.readers.sources.MAX_BYTES", 1000)
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr("a.geojson", "0" * 5000)
    with pytest.raises(BadInput) as caught:
        read_layer(tmp_path / "a.zip")
    assert caught.value.message.key == "geo.too_large"


def test_a_zip_with_two_files_of_one_name_is_refused(tmp_path: Path) -> None:
    """Which one would be a guess."""
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as zipped:
        zipped.writestr("x/a.geojson", "{}")
        zipped.writestr("y/a.geojson", "{}")
    with pytest.raises(BadInput, match=r"a\.geojson"):
        read_layer(tmp_path / "a.zip")
