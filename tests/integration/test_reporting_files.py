"""The report's files: a workbook that prints and cannot be fooled, GeoJSON as RFC 7946 wants it."""

from __future__ import annotations

import io
import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import shapely

from gridmgr.clock import fixed_clock
from gridmgr.config import Config
from gridmgr.domain.coverage_report import CoverageReport
from gridmgr.domain.patrols import CheckIn
from gridmgr.domain.places import Place, Township, Village
from gridmgr.services.context import Context
from gridmgr.services.reporting import (
    coverage_geojson,
    coverage_report,
    coverage_workbook,
    report_villages,
)
from gridmgr.storage import open_storage

NOON = datetime(2026, 3, 27, 4, tzinfo=UTC)
FRIDAY = date(2026, 3, 27)


def no_router() -> object:
    """Reports need no roads."""
    raise AssertionError("a report asked for a router")


@pytest.fixture
def world(tmp_path: Path) -> Context:
    """Two villages, one named ``=1+1`` and visited once, one with a hole; a market never visited."""
    clock = fixed_clock(NOON)
    storage = open_storage(str(tmp_path / "grid.db"), clock)
    storage.migrate()
    ring = shapely.box(114.02, 34, 114.03, 34.01).difference(shapely.box(114.024, 34.004, 114.026, 34.006))
    common = {"township_code": "410", "township_name": "东&乡", "county_code": "41", "county_name": "甲县"}
    villages = [
        Village(code="0410001", name="=1+1", geometry=shapely.box(114, 34, 114.01, 34.01), **common),
        Village(
            code="0410002", name="@村", geometry=shapely.orient_polygons(ring, exterior_cw=True), **common
        ),
    ]
    visit = CheckIn(
        id="c1",
        day=date(2026, 3, 2),
        township_code="410",
        squad_id=None,
        officer_id="o1",
        stop_id="village:0410001",
        village_code="0410001",
        arrived_at=datetime(2026, 3, 2, 2, tzinfo=UTC),
    )
    market = Place(
        id="m1", name="+集市", kind="market", lon=114.005, lat=34.005, priority=10, village_code="0410001"
    )
    with storage.write("test") as uow:
        uow.townships.add(Township(code="410", name="东&乡", county_code="41", county_name="甲县"))
        uow.villages.add_many(villages)
        uow.places.add(market)
        uow.check_ins.add(visit)
        uow.record("demo.load", "county", "41")
        uow.commit()
    return Context(config=Config(), clock=clock, storage=storage, router=no_router)  # type: ignore[arg-type]


@pytest.fixture
def report(world: Context) -> CoverageReport:
    """Four weeks of it."""
    return coverage_report(world, first=date(2026, 2, 28), last=FRIDAY)


def sheets(report: CoverageReport, lang: str = "zh") -> Any:
    """The workbook, opened."""
    return openpyxl.load_workbook(io.BytesIO(coverage_workbook(report, lang=lang)))


def column(sheet: Any, head: str) -> list[Any]:
    """Cells below a header."""
    heads = [cell.value for cell in sheet[1]]
    return [row[heads.index(head)] for row in sheet.iter_rows(min_row=2)]


@pytest.mark.parametrize(
    ("lang", "names"),
    [
        ("zh", ["概况", "各村（社区）情况", "缺口清单", "场所", "入企检查情况"]),
        ("en", ["Summary", "Villages", "All gaps", "Places", "Inspections of premises"]),
    ],
)
def test_the_workbook_has_its_sheets_in_both_languages(
    report: CoverageReport, lang: str, names: list[str]
) -> None:
    """Named and headed in the language asked for."""
    assert sheets(report, lang).sheetnames == names


def test_a_name_that_looks_like_a_formula_stays_a_name(report: CoverageReport) -> None:
    """And a code keeps its leading zero."""
    book = sheets(report)
    names = column(book.worksheets[1], "村（社区）")
    assert [(cell.value, cell.data_type) for cell in names] == [("=1+1", "s"), ("@村", "s")]
    assert column(book.worksheets[1], "编码")[0].value == "0410001"
    assert column(book.worksheets[3], "场所")[0].value == "+集市"


def test_dates_and_numbers_are_dates_and_numbers(report: CoverageReport) -> None:
    """So that they can be sorted and added up."""
    sheet = sheets(report).worksheets[1]
    visited, never = column(sheet, "最近到访")
    assert visited.value.date() == date(2026, 3, 2)
    assert never.value is None
    # Records begin on 2 March: 26 of the 28 days.
    assert column(sheet, "应巡次数")[0].value == pytest.approx(26 / 7)
    assert column(sheet, "逾期天数")[0].value == 25 - 7


def test_tables_are_frozen_filtered_and_print_on_a4_landscape(report: CoverageReport) -> None:
    """The header stays in view and comes again on every printed page."""
    for sheet in sheets(report).worksheets[1:]:
        assert sheet.freeze_panes == "C2"
        assert sheet.auto_filter.ref.startswith("A1:")
        assert sheet.auto_filter.ref.endswith(str(sheet.max_row))
        assert sheet.print_title_rows == "$1:$1"
    for sheet in sheets(report).worksheets:
        assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
        assert sheet.page_setup.fitToHeight == 0
        assert "&P" in sheet.oddFooter.center.text.replace("&[Page]", "&P")


def test_gaps_say_cause_and_fix_in_words(report: CoverageReport) -> None:
    """No key and no template field is left."""
    sheet = sheets(report).worksheets[2]
    for head in ("原因", "建议"):
        for cell in column(sheet, head):
            assert cell.value
            assert "reason." not in cell.value
            assert "{" not in cell.value


def test_the_summary_has_figures_and_township_sums(report: CoverageReport) -> None:
    """Two villages, none with a lead, one visit of 7.4."""
    sheet = sheets(report).worksheets[0]
    rows = {row[0].value: [cell.value for cell in row[1:3]] for row in sheet.iter_rows() if row[0].value}
    assert rows["有包村责任人的村（社区）"] == [0, 0]
    assert rows["规定巡查完成率"] == [pytest.approx(1 / (52 / 7)), None]
    assert rows["逾期未巡查的村（社区）"] == [2, None]
    assert rows["东&乡"] == [2, 0]


def test_geojson_is_wgs84_with_rings_by_the_right_hand(world: Context, report: CoverageReport) -> None:
    """RFC 7946: exteriors counterclockwise, holes clockwise, lon before lat, no crs member."""
    data = json.loads(coverage_geojson(report, report_villages(world)))
    assert data["type"] == "FeatureCollection"
    assert "crs" not in data
    first, second = data["features"]
    shapes = [shapely.geometry.shape(feature["geometry"]) for feature in (first, second)]
    assert all(shape.is_valid for shape in shapes)
    assert shapes[1].exterior.is_ccw
    assert not shapes[1].interiors[0].is_ccw
    assert shapes[0].equals(shapely.box(114, 34, 114.01, 34.01))


def test_geojson_carries_coverage_and_causes(world: Context, report: CoverageReport) -> None:
    """As numbers, dates and words of the language asked for."""
    data = json.loads(coverage_geojson(report, report_villages(world), lang="en"))
    properties = data["features"][0]["properties"]
    assert (properties["code"], properties["name"]) == ("0410001", "=1+1")
    assert (properties["last_visit"], properties["days_since"]) == ("2026-03-02", 25)
    assert properties["coverage_debt"] == pytest.approx(1 + 25 / 7 - 1, abs=0.01)
    kinds = {gap["kind"]: gap for gap in properties["gaps"]}
    assert kinds["ownership"]["cause"] == "The township has no officers"
    assert kinds["visits"]["cause_code"] == "cover_no_officers"


def test_villages_the_report_does_not_know_are_left_out(world: Context, report: CoverageReport) -> None:
    """A report of one township draws no others."""
    (first, _) = report_villages(world)
    data = json.loads(coverage_geojson(report, [first]))
    assert [feature["id"] for feature in data["features"]] == ["0410001"]
