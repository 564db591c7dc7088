"""Routes as files other programs read: every file is read back and says what the plan says."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pyogrio
import pytest
from queries_world import DAY, TOWN, VILLAGES, open_world, plan, publish

from gridmgr.errors import BadInput, NoPlan, NotFound
from gridmgr.services.context import Context
from gridmgr.services.exporting import FORMATS, export_routes

#: A name with every sign that means something in one of the formats.
NASTY = 'a<b>&"c"; d, e\\ \x07村'
GPX = "{http://www.topografix.com/GPX/1/1}"


@pytest.fixture
def ctx(tmp_path: Path) -> Iterator[Context]:
    """The township with a published day whose second stop has a nasty name."""
    context = open_world(tmp_path)
    publish(context, plan(names=("东头村", NASTY)))
    yield context
    context.storage.close()


def exported(ctx: Context, folder: Path, ending: str) -> Path:
    """The day's file of that format."""
    out = folder / f"routes.{ending}"
    report = export_routes(ctx, DAY, out)
    assert (report.squads, report.stops, report.drafts) == (1, 2, ())
    return out


def test_gpx_has_stops_with_times_and_the_track_home(ctx: Context, tmp_path: Path) -> None:
    """Times in UTC, as GPX wants them."""
    root = ET.parse(exported(ctx, tmp_path, "gpx")).getroot()
    points = root.findall(f"{GPX}rte/{GPX}rtept")
    assert [point.findtext(f"{GPX}name") for point in points] == [
        "1 东头村",
        '2 a<b>&"c"; d, e\\ 村',
    ]
    assert points[1].findtext(f"{GPX}time") == "2026-03-02T01:30:00Z"
    assert points[0].findtext(f"{GPX}desc") == "距上次到访 4 天"
    assert float(points[0].get("lon", "")) == pytest.approx(VILLAGES[0].point.x, abs=1e-6)
    track = root.findall(f"{GPX}trk/{GPX}trkseg/{GPX}trkpt")
    assert (track[0].get("lon"), track[-1].get("lat")) == ("113.6100000", "34.3100000")


def test_kml_opens_as_line_and_points(ctx: Context, tmp_path: Path) -> None:
    """GDAL reads the folder of the squad."""
    frame = pyogrio.read_dataframe(exported(ctx, tmp_path, "kml"))
    assert sorted(frame.geometry.geom_type) == ["LineString", "Point", "Point"]
    assert "1 东头村" in set(frame["Name"])


def test_geojson_tells_squads_and_stops(ctx: Context, tmp_path: Path) -> None:
    """Local times with their offset."""
    body = json.loads(exported(ctx, tmp_path, "geojson").read_text(encoding="utf-8"))
    route, first, second = (feature["properties"] for feature in body["features"])
    assert (route["title"], route["leader"], route["members"]) == ("柳林镇第1小队", "员1", "员1, 员2")
    assert (first["start"], second["name"]) == ("2026-03-02T09:00:00+08:00", NASTY)


def test_geopackage_has_a_layer_of_routes_and_one_of_stops(ctx: Context, tmp_path: Path) -> None:
    """With their CRS."""
    path = exported(ctx, tmp_path, "gpkg")
    routes = pyogrio.read_dataframe(path, layer="routes")
    stops = pyogrio.read_dataframe(path, layer="stops")
    assert routes.crs == "EPSG:4326"
    assert list(routes["vehicle"]) == ["豫A0001"]
    assert list(stops["number"]) == [1, 2]


def test_the_calendar_keeps_to_its_standard(ctx: Context, tmp_path: Path) -> None:
    """CRLF, lines of at most 75 octets, escaped signs, an event a stop."""
    raw = exported(ctx, tmp_path, "ics").read_bytes()
    lines = raw.split(b"\r\n")
    assert lines[-1] == b""
    assert max(len(line) for line in lines) <= 75
    assert b"\n" not in raw.replace(b"\r\n", b"")
    text = re.sub("\r\n ", "", raw.decode())
    assert text.count("BEGIN:VEVENT") == 2
    assert "DTSTART:20260302T010000Z" in text
    assert 'SUMMARY:2. a<b>&"c"\\; d\\, e\\\\  村' in text


def test_a_draft_is_exported_and_named_where_nothing_is_published(tmp_path: Path) -> None:
    """The planner may want to look at it elsewhere."""
    context = open_world(tmp_path)
    publish(context, plan(), draft_only=True)
    report = export_routes(context, DAY, tmp_path / "d.geojson", township_code=TOWN)
    assert report.drafts == (TOWN,)
    context.storage.close()


def test_words_follow_the_language_asked_for(ctx: Context, tmp_path: Path) -> None:
    """English for visitors."""
    out = tmp_path / "en.geojson"
    export_routes(ctx, DAY, out, language="en")
    assert "squad 1" in out.read_text(encoding="utf-8")


def test_what_cannot_be_exported_is_said_and_leaves_no_file(ctx: Context, tmp_path: Path) -> None:
    """Unknown ending, a day without plan, an unknown township, a folder that does not exist."""
    with pytest.raises(BadInput, match="gpx"):
        export_routes(ctx, DAY, tmp_path / "routes.doc")
    with pytest.raises(NoPlan):
        export_routes(ctx, DAY.replace(day=9), tmp_path / "routes.gpx")
    with pytest.raises(NotFound):
        export_routes(ctx, DAY, tmp_path / "routes.gpx", township_code="nowhere")
    with pytest.raises(BadInput, match="nowhere"):
        export_routes(ctx, DAY, tmp_path / "nowhere" / "routes.gpx")
    assert not [path for path in tmp_path.iterdir() if path.suffix in (*FORMATS, ".doc")]
