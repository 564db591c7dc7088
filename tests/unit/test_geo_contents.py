"""What a village file offers to choose from: layers, columns, and those found by their names."""

from __future__ import annotations

import os
from pathlib import Path

import geo_world as world
import pytest

from gridmgr.geo.contents import FileContents, file_contents
from gridmgr.geo.readers import layer_names
from gridmgr.geo.villages import read_villages

STRANGE = {"甲": list(world.CODES.values()), "乙": list(world.NAMES.values())}


def test_columns_nobody_knows_are_offered_and_none_is_found(tmp_path: Path) -> None:
    """The file that reading refuses."""
    contents = file_contents(world.write_gdal(tmp_path / "a.gpkg", columns=STRANGE, layer="cun"))
    assert contents == FileContents(("cun",), ("甲", "乙"))


def test_columns_found_by_name_are_told(tmp_path: Path) -> None:
    """The same that reading takes."""
    path = world.write_gdal(tmp_path / "a.gpkg")
    assert file_contents(path).found == read_villages(path).columns == {"code": "村代码", "name": "村名称"}


def test_columns_under_each_others_header_are_found_exchanged(tmp_path: Path) -> None:
    """As reading does."""
    columns = {"村代码": list(world.NAMES.values()), "村名称": list(world.CODES.values())}
    contents = file_contents(world.write_gdal(tmp_path / "a.gpkg", columns=columns))
    assert contents.found == {"code": "村名称", "name": "村代码"}


def test_what_the_user_decided_is_found_for_no_field(tmp_path: Path) -> None:
    """Neither the field nor the column; a column of another layer does not count."""
    path = world.write_gdal(tmp_path / "a.gpkg")
    assert file_contents(path, mapping={"name": "村代码"}).found == {}
    assert file_contents(path, mapping={"name": "elsewhere"}).found == file_contents(path).found


def test_layers_that_fit_alike_are_offered_without_columns(tmp_path: Path) -> None:
    """Until one is chosen."""
    path = world.write_gdal(tmp_path / "a.gpkg", layer="old")
    world.write_gdal(path, layer="new", columns=STRANGE, append=True)
    world.write_gdal(path, layer="older", append=True)
    assert file_contents(path) == FileContents(("old", "new", "older"))
    assert file_contents(path, layer="new").columns == ("甲", "乙")
    assert file_contents(path, layer="none of them") == FileContents(("old", "new", "older"))


def test_columns_of_a_lying_shapefile_are_decoded(tmp_path: Path) -> None:
    """GBK under a label that says UTF-8, in a zip."""
    folder = tmp_path / "cun"
    folder.mkdir()
    world.write_lying_shapefile(folder)
    contents = file_contents(world.zip_folder(folder, tmp_path / "cun.zip"))
    assert contents.layers == ("cun",)
    assert contents.columns == ("村代码", "村名称", "乡镇名称")


@pytest.mark.parametrize("content", [b"", b"no json at all", b"{", b"<kml"])
def test_what_cannot_be_read_offers_nothing_of_its_inside(tmp_path: Path, content: bytes) -> None:
    """Reading says why."""
    path = tmp_path / "a.geojson"
    path.write_bytes(content)
    assert file_contents(path).columns == ()


def test_layers_of_every_format_have_names(tmp_path: Path) -> None:
    """A file's own name where the format has none."""
    assert layer_names(world.write_kml(tmp_path / "cun.kml")) == ("cun",)
    assert layer_names(os.fspath(world.write_gdal(tmp_path / "b.shp"))) == ("b",)


@pytest.mark.parametrize("found", [{"nonsense": "a"}, {"code": "b"}])
def test_found_columns_are_of_the_file_and_for_our_fields(found: dict[str, str]) -> None:
    """Anything else is a mistake of the program."""
    with pytest.raises(ValueError, match=r"FileContents\.found"):
        FileContents(("x",), ("a",), found)
