"""Reading OpenStreetMap files: every form, every way a file can be bad."""

from __future__ import annotations

import bz2
import gzip
from pathlib import Path

import osmium
import pytest
from roads_world import GRID_TOWN, Way, osm_xml, write_osm

from gridmgr.errors import BadInput
from gridmgr.geo.osm import read_roads


def _write_pbf(folder: Path) -> Path:
    path = folder / "roads.osm.pbf"
    with osmium.SimpleWriter(str(path)) as writer:
        for thing in osmium.FileProcessor(str(write_osm(folder, name="source.osm"))):
            writer.add(thing)
    return path


def test_every_form_of_file_gives_the_same_roads(tmp_path: Path) -> None:
    """XML, gzip, bzip2 and PBF hold one network."""
    plain = write_osm(tmp_path)
    packed, packed_too = tmp_path / "roads.osm.gz", tmp_path / "roads.osm.bz2"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    packed_too.write_bytes(bz2.compress(plain.read_bytes()))
    hashes = {
        read_roads(path).graph.content_hash for path in (plain, packed, packed_too, _write_pbf(tmp_path))
    }
    assert len(hashes) == 1


def test_the_kind_of_file_is_seen_from_its_content(tmp_path: Path) -> None:
    """An upload may have lost its name."""
    nameless = _write_pbf(tmp_path).rename(tmp_path / "upload.tmp")
    assert read_roads(nameless).ways_used == len(GRID_TOWN)


def test_ways_before_nodes_are_read_as_well(tmp_path: Path) -> None:
    """Some exports list ways first."""
    path = tmp_path / "overpass.osm"
    path.write_text(osm_xml(ways_first=True), encoding="utf-8")
    assert read_roads(path).graph.content_hash == read_roads(write_osm(tmp_path)).graph.content_hash


def test_roads_drawn_by_hand_with_negative_ids_are_read(tmp_path: Path) -> None:
    """An editor gives them to what was never uploaded."""
    path = tmp_path / "drawn.osm"
    path.write_text(
        osm_xml().replace('id="65"', 'id="-65"').replace('ref="65"', 'ref="-65"'), encoding="utf-8"
    )
    assert read_roads(path).graph.edge_count == read_roads(write_osm(tmp_path)).graph.edge_count


def test_ways_for_no_car_are_counted_and_left_out(tmp_path: Path) -> None:
    """Footways have a highway tag, too; buildings do not."""
    ways = [*GRID_TOWN, Way("DF", {"highway": "footway"}), Way("AF", {"building": "yes"})]
    result = read_roads(write_osm(tmp_path, ways))
    assert (result.ways_read, result.ways_used) == (len(GRID_TOWN) + 1, len(GRID_TOWN))


def test_a_way_is_cut_where_the_file_lacks_a_point(tmp_path: Path) -> None:
    """The rim of an extract: the rest of the way stays, no line is drawn across the hole."""
    path = tmp_path / "rim.osm"
    path.write_text(osm_xml([Way("ABCFED")], leave_out="C"), encoding="utf-8")
    result = read_roads(path)
    assert result.missing_nodes == 1
    assert result.graph.edge_count == 2
    assert result.graph.kilometres == pytest.approx(1.0 + 2.0, rel=1e-3)


def test_a_node_that_follows_itself_does_no_harm(tmp_path: Path) -> None:
    """A common slip in the data."""
    graph = read_roads(write_osm(tmp_path, [Way("AAB"), Way("CC")])).graph
    assert (graph.edge_count, graph.kilometres) == (1, pytest.approx(1.0, rel=1e-3))


def _bad_files(folder: Path) -> dict[str, tuple[bytes, str]]:
    good = write_osm(folder, name="good.osm").read_bytes()
    return {
        "empty.osm.pbf": (b"", "roads.empty_file"),
        "words.osm": (b"these are no roads", "roads.not_osm"),
        "page.osm": (b"<html><body>404</body></html>", "roads.not_osm"),
        "changes.osm": (b'<osmChange version="0.6"></osmChange>', "roads.not_osm"),
        "words.osm.gz": (gzip.compress(b"these are no roads"), "roads.not_osm"),
        "noise.osm.pbf": (bytes(range(256)) * 4, "roads.not_osm"),
        "cut.osm": (good[: len(good) // 2], "roads.damaged"),
        "cut.osm.gz": (gzip.compress(good)[:-40], "roads.damaged"),
        "cut.osm.pbf": (_write_pbf(folder).read_bytes()[:-60], "roads.damaged"),
        "none.osm": (osm_xml([Way("AB", {"highway": "footway"})]).encode(), "roads.no_roads"),
        "nothing.osm": (b'<osm version="0.6"></osm>', "roads.no_roads"),
        "nodeless.osm": (osm_xml([Way("AB")], leave_out="AB").encode(), "roads.no_roads"),
    }


@pytest.mark.parametrize(
    "name",
    [
        "empty.osm.pbf",
        "words.osm",
        "page.osm",
        "changes.osm",
        "words.osm.gz",
        "noise.osm.pbf",
        "cut.osm",
        "cut.osm.gz",
        "cut.osm.pbf",
        "none.osm",
        "nothing.osm",
        "nodeless.osm",
    ],
)
def test_a_bad_file_is_refused_in_words_that_name_it(tmp_path: Path, name: str) -> None:
    """Empty, of another kind, cut short, without roads: each has its own words in both languages."""
    content, key = _bad_files(tmp_path)[name]
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BadInput) as caught:
        read_roads(tmp_path / name)
    assert caught.value.message.key == key
    for language in ("zh", "en"):
        assert name in caught.value.render(language)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    """The path is wrong, not the data."""
    with pytest.raises(BadInput) as caught:
        read_roads(tmp_path / "nowhere.osm.pbf")
    assert caught.value.message.key == "roads.unreadable"
