"""Importing the office's tables: both languages, all or nothing, conflicts, and words for every mistake."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path

import openpyxl
import pytest

from gridmgr.bootstrap import build_context
from gridmgr.clock import fixed_clock
from gridmgr.config import Config
from gridmgr.errors import BadInput
from gridmgr.services.context import Context
from gridmgr.services.importing import (
    TABLE_KINDS,
    ImportReport,
    import_roads,
    import_table,
    import_villages,
    write_templates,
)

NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)


@pytest.fixture
def ctx(tmp_path: Path) -> Iterator[Context]:
    """An empty database on the morning of 2 March 2026."""
    config = Config(database=str(tmp_path / "grid.db"))
    context = build_context(config, clock=fixed_clock(NOW), must_exist=False)
    context.storage.migrate()
    yield context
    context.storage.close()


def village(code: str, name: str, west: float, *, township: str = "419001001") -> dict[str, object]:
    """A square village of about a kilometre."""
    ring = [[west, 34.3], [west + 0.01, 34.3], [west + 0.01, 34.31], [west, 34.31], [west, 34.3]]
    properties = {"村代码": code, "村名称": name, "乡镇代码": township, "乡镇名称": "柳林镇"}
    geometry = {"type": "Polygon", "coordinates": [ring]}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def write_villages(path: Path, *features: dict[str, object]) -> Path:
    """A GeoJSON file of villages."""
    path.write_text(json.dumps({"type": "FeatureCollection", "features": list(features)}), encoding="utf-8")
    return path


@pytest.fixture
def county(ctx: Context, tmp_path: Path) -> Context:
    """Two villages side by side in one township."""
    two = (village("419001001201", "东村", 113.6), village("419001001202", "西村", 113.61))
    report = import_villages(ctx, write_villages(tmp_path / "v.geojson", *two), actor="test")
    assert report.imported == 2
    return ctx


def table(ctx: Context, kind: str, words: str, tmp_path: Path, **options: bool) -> ImportReport:
    """Import csv words as a table."""
    path = tmp_path / f"{kind}.csv"
    path.write_text(words, encoding="utf-8")
    return import_table(ctx, kind, path, actor="test", **options)


def reasons(report: ImportReport) -> list[str]:
    """Every bad row in words."""
    return [problem.render("en") for problem in report.rejected]


def staff(ctx: Context, tmp_path: Path) -> None:
    """One agency and one officer."""
    table(
        ctx, "agencies", "机构代码,机构名称,主管部门,乡镇代码\nA1,市场监管所,市场监管局,419001001\n", tmp_path
    )
    table(ctx, "officers", "工号,姓名,派驻机构代码\nP1,王芳,A1\n", tmp_path)


class TestVillages:
    """Villages land with their townships and neighbours."""

    def test_a_second_import_of_the_same_file_changes_nothing(self, county: Context, tmp_path: Path) -> None:
        """Neither rows nor audit events are added."""
        with county.storage.read() as uow:
            before = len(uow.audit.find())
        report = import_villages(county, tmp_path / "v.geojson", actor="test")
        assert (report.imported, report.unchanged, report.adjacent_pairs) == (0, 2, 1)
        with county.storage.read() as uow:
            assert len(uow.audit.find()) == before
            assert uow.townships.get("419001001") is not None

    def test_a_changed_village_is_a_conflict_unless_updated(self, county: Context, tmp_path: Path) -> None:
        """The old one stays until the user says otherwise."""
        path = write_villages(tmp_path / "w.geojson", village("419001001201", "新东村", 113.6))
        assert "different content" in reasons(import_villages(county, path, actor="test"))[0]
        assert import_villages(county, path, actor="test", update=True).imported == 1
        with county.storage.read() as uow:
            assert [v.name for v in uow.villages.find()] == ["新东村", "西村"]

    def test_villages_of_a_second_file_join_the_first(self, county: Context, tmp_path: Path) -> None:
        """Adjacency is measured over everything stored."""
        path = write_villages(tmp_path / "w.geojson", village("419001001203", "南村", 113.62))
        assert import_villages(county, path, actor="test").adjacent_pairs == 2

    def test_one_bad_row_keeps_everything_out(self, ctx: Context, tmp_path: Path) -> None:
        """All or nothing, unless the bad ones are to be skipped."""
        bad = village("", "无名", 113.61)
        path = write_villages(tmp_path / "w.geojson", village("419001001201", "东村", 113.6), bad)
        report = import_villages(ctx, path, actor="test")
        assert report.refused
        assert (report.imported, len(report.rejected)) == (0, 1)
        with ctx.storage.read() as uow:
            assert uow.villages.count() == 0
        assert import_villages(ctx, path, actor="test", skip_bad=True).imported == 1

    def test_a_dry_run_writes_nothing(self, ctx: Context, tmp_path: Path) -> None:
        """It only says what would be."""
        path = write_villages(tmp_path / "w.geojson", village("419001001201", "东村", 113.6))
        report = import_villages(ctx, path, actor="test", dry_run=True)
        assert (report.imported, report.dry_run) == (1, True)
        with ctx.storage.read() as uow:
            assert uow.villages.count() == 0


class TestTables:
    """csv and xlsx tables."""

    def test_chinese_and_english_headers_mean_the_same(self, county: Context, tmp_path: Path) -> None:
        """In any order."""
        first = table(
            county, "agencies", "机构名称,机构代码,乡镇代码,主管部门\n甲所,A1,419001001,局\n", tmp_path
        )
        second = table(
            county, "agencies", "code,name,township_code,department\nA1,甲所,419001001,局\n", tmp_path
        )
        assert (first.imported, second.imported, second.unchanged) == (1, 0, 1)

    def test_a_file_in_gb18030_is_read_without_asking(self, county: Context, tmp_path: Path) -> None:
        """Excel in China writes it."""
        path = tmp_path / "a.csv"
        path.write_bytes("机构代码,机构名称,乡镇代码\nA1,龑镇所,419001001\n".encode("gb18030"))
        import_table(county, "agencies", path, actor="test")
        with county.storage.read() as uow:
            assert [a.name for a in uow.agencies.find()] == ["龑镇所"]

    def test_an_xlsx_keeps_codes_as_text_and_dates_as_dates(self, county: Context, tmp_path: Path) -> None:
        """Numbers typed into Excel come back as floats."""
        staff(county, tmp_path)
        book = openpyxl.Workbook()
        sheet = book.active
        assert sheet is not None
        sheet.append(["工号", "姓名", "派驻机构代码", "执法证号", "证件有效期", "专业领域", "身份", "出生年"])
        sheet.append([1001.0, "李强", "A1", 41900012, datetime(2027, 5, 1), "城管；市场", "编制", 1985.0])  # noqa: DTZ001
        book.save(tmp_path / "o.xlsx")
        assert import_table(county, "officers", tmp_path / "o.xlsx", actor="test").imported == 1
        with county.storage.read() as uow:
            officer = uow.officers.get("1001")
        assert officer is not None
        assert officer.certificate_no == "41900012"
        assert officer.certificate_valid_to == date(2027, 5, 1)
        assert officer.skills == ("城管", "市场")
        assert officer.township_code == "419001001"

    def test_every_bad_row_is_named_with_field_and_value(self, county: Context, tmp_path: Path) -> None:
        """Not just the first, and nothing is imported."""
        words = (
            "id,name,agency_code,certificate_valid_to,birth_year\n"
            "P1,王芳,A9,2026-13-45,1980\n"
            "P2,,A1,,198x\n"
            "P3,张伟,A9,,\n"
        )
        report = table(county, "officers", words, tmp_path)
        assert report.imported == 0
        assert reasons(report) == [
            "row 1 P1 certificate_valid_to='2026-13-45': is not a date; write it like 2026-03-02",
            "row 2 P2 birth_year='198x': is not a number",
            "row 3 P3 agency_code='A9': no such agency; import agencies first",
        ]

    def test_an_officer_of_an_unknown_agency_is_refused(self, county: Context, tmp_path: Path) -> None:
        """With the way out."""
        report = table(county, "officers", "工号,姓名,派驻机构代码\nP1,王芳,A9\n", tmp_path)
        assert reasons(report) == ["row 1 P1 派驻机构代码='A9': no such agency; import agencies first"]

    def test_an_unknown_township_is_refused(self, county: Context, tmp_path: Path) -> None:
        """An agency has to be somewhere."""
        report = table(county, "agencies", "code,name,township_code\nA1,甲,999\n", tmp_path)
        assert "township_code='999': no such township" in reasons(report)[0]

    def test_the_same_id_with_other_content_in_one_file_is_refused(
        self, county: Context, tmp_path: Path
    ) -> None:
        """While the same row once more is fine."""
        words = (
            "code,name,township_code\nA1,甲,419001001\nA1,乙,419001001\nA2,丙,419001001\nA2,丙,419001001\n"
        )
        report = table(county, "agencies", words, tmp_path, skip_bad=True)
        assert [problem.row for problem in report.rejected] == [1, 2]
        assert report.imported == 1

    def test_a_conflict_with_the_database_needs_update(self, county: Context, tmp_path: Path) -> None:
        """Nothing is overwritten by accident."""
        staff(county, tmp_path)
        changed = "工号,姓名,派驻机构代码\nP1,王芳芳,A1\n"
        assert "different content" in reasons(table(county, "officers", changed, tmp_path))[0]
        assert table(county, "officers", changed, tmp_path, update=True).imported == 1

    def test_attendance_takes_the_last_word(self, county: Context, tmp_path: Path) -> None:
        """It changes during the day."""
        staff(county, tmp_path)
        table(county, "attendance", "日期,工号,状态\n2026/3/2,P1,在岗\n", tmp_path)
        assert table(county, "attendance", "日期,工号,状态\n2026年3月2日,P1,病假\n", tmp_path).imported == 1
        with county.storage.read() as uow:
            assert [a.status for a in uow.attendance.find(date(2026, 3, 2), date(2026, 3, 2))] == ["sick"]

    def test_date_nonsense_and_unknown_people_are_named(self, county: Context, tmp_path: Path) -> None:
        """Month 13, the year 20, somebody nobody knows, a status nobody has."""
        staff(county, tmp_path)
        rows = ("2026-13-01,P1,在岗", "0020-01-01,P1,在岗", "2026-03-02,P7,在岗", "2026-03-02,P1,在家")
        words = "\n".join(("date,officer_id,status", *rows))
        found = reasons(table(county, "attendance", words, tmp_path))
        assert [line.split(": ")[1][:14] for line in found] == [
            "is not a date;",
            "is not a date;",
            "no such office",
            "is none of",
        ]

    def test_places_find_their_village_and_carry_their_datum(self, county: Context, tmp_path: Path) -> None:
        """The same spot from a phone and from Amap is one spot."""
        words = (
            "编号,名称,类型,经度,纬度,坐标系,开始,结束,优先级\n"
            "S1,集市,市场,113.605,34.305,WGS84,6:00,11时30分,8\n"
            "S2,集市,市场,113.6109929,34.3034796,高德,,,\n"
        )
        report = table(county, "places", words, tmp_path)
        assert reasons(report) == []
        with county.storage.read() as uow:
            market, other = uow.places.find()
        assert (market.village_code, market.township_code) == ("419001001201", "419001001")
        assert (market.open, market.close, market.priority) == (time(6), time(11, 30), 8)
        assert abs(other.lon - market.lon) < 1e-6
        assert abs(other.lat - market.lat) < 1e-6

    def test_a_place_in_the_sea_is_refused_and_one_at_the_rim_is_warned_of(
        self, county: Context, tmp_path: Path
    ) -> None:
        """Two kilometres are the limit."""
        rows = ("S1,远,market,120.0,30.0", "S2,近,market,113.599,34.305", "S3,反,market,34.305,113.6")
        words = "\n".join(("id,name,kind,lon,lat", *rows))
        report = table(county, "places", words, tmp_path, skip_bad=True)
        assert "km outside every village" in reasons(report)[0]
        assert "swapped" in reasons(report)[1]
        assert "outside every village and was counted to 东村" in report.warnings[0].render("en")
        assert report.imported == 1

    def test_an_incident_from_tomorrow_is_refused(self, county: Context, tmp_path: Path) -> None:
        """The clock says 2 March 2026, 10:00 in Shanghai."""
        head = "编号,上报时间,来源,经度,纬度,描述\n"
        late = table(county, "incidents", head + "I1,2026-03-02 10:01,热线,113.605,34.305,垃圾\n", tmp_path)
        assert "lies in the future" in reasons(late)[0]
        good = table(county, "incidents", head + "I1,2026-03-02 09:59,热线,113.605,34.305,垃圾\n", tmp_path)
        assert good.imported == 1
        with county.storage.read() as uow:
            incident = uow.incidents.get("I1")
        assert incident is not None
        assert incident.reported_at == datetime(2026, 3, 2, 1, 59, tzinfo=UTC)
        assert (incident.source, incident.village_code) == ("hotline", "419001001201")

    def test_unknown_columns_are_reported(self, county: Context, tmp_path: Path) -> None:
        """Not lost silently."""
        report = table(county, "agencies", "code,name,township_code,电话\nA1,甲,419001001,123\n", tmp_path)
        assert report.unknown_columns == ("电话",)
        assert "电话" in report.warnings[0].render("zh")


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.csv", b"", "is empty"),
        ("a.csv", b"code,name,township_code\n", "no rows"),
        ("a.csv", b"\n\n", "is empty"),
        ("a.csv", b"code,name\nA,B\n", "lacks the column township_code"),
        ("a.csv", b"\x00\x01\x02", "not a text file"),
        ("a.xlsx", b"not a workbook", "not a workbook"),
        ("a.pdf", b"%PDF", "cannot be read here"),
    ],
)
def test_a_file_that_is_no_table_is_refused_in_words(
    county: Context, tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    """Each kind of wrong file has its own."""
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(BadInput, match=words):
        import_table(county, "agencies", path, actor="test")


def test_a_missing_file_is_named(county: Context, tmp_path: Path) -> None:
    """So is a kind of table nobody knows."""
    with pytest.raises(BadInput, match=r"There is no file 'none\.csv'"):
        import_table(county, "agencies", tmp_path / "none.csv", actor="test")
    with pytest.raises(BadInput, match="no import of 'cats'"):
        import_table(county, "cats", tmp_path / "none.csv", actor="test")


OSM = """<osm version="0.6"><node id="1" lat="34.301" lon="113.601"/><node id="2" lat="34.305" lon="113.609"/>
<way id="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="tertiary"/></way></osm>"""


def test_roads_replace_the_network_before(county: Context, tmp_path: Path) -> None:
    """The same file again is no change; until then plans fall back on straight lines and say so."""
    assert county.router().method == "straight"
    path = tmp_path / "r.osm"
    path.write_text(OSM, encoding="utf-8")
    assert import_roads(county, path, actor="test").imported == 1
    assert county.router().method == "embedded"
    again = import_roads(county, path, actor="test")
    assert (again.imported, again.unchanged) == (0, 1)
    path.write_text(OSM.replace("tertiary", "primary"), encoding="utf-8")
    assert any("replaced" in w.render("en") for w in import_roads(county, path, actor="test").warnings)


def test_recusals_name_officer_and_village_and_are_audited(county: Context, tmp_path: Path) -> None:
    """Bad officer, village and dates are named; good rows are kept once, and the import is on record."""
    staff(county, tmp_path)
    with county.storage.read() as uow:
        code = uow.villages.find()[0].code
    head = "工号,回避村代码,回避事由,起始日期,截止日期\n"
    bad = f"P9,{code},亲属,,\nP1,X,亲属,,\nP1,{code},户籍地,2026-03-02,2026-03-01\n"
    found = reasons(table(county, "recusals", head + bad, tmp_path))
    assert [any(word in reason for reason in found) for word in ("P9", "X", "2026-03-01")] == [True] * 3
    good = head + f"P1,{code},户籍地,2026-03-02,\n"
    assert table(county, "recusals", good, tmp_path).imported == 1
    assert table(county, "recusals", good, tmp_path).unchanged == 1
    with county.storage.read() as uow:
        assert [(r.officer_id, r.village_code, r.reason) for r in uow.recusals.find()] == [
            ("P1", code, "户籍地")
        ]
        assert "recusals.import" in {event.action for event in uow.audit.find()}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_templates_have_the_headers_the_importer_takes(ctx: Context, tmp_path: Path, language: str) -> None:
    """A template filled with nothing is refused for having no rows, not for its headers."""
    files = write_templates(tmp_path / "t", ctx.clock, language=language)
    assert sorted(path.stem for path in files) == sorted(TABLE_KINDS)
    for path in files:
        with pytest.raises(BadInput, match="no rows"):
            import_table(ctx, path.stem, path, actor="test")
