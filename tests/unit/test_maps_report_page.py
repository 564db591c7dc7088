"""The printed report: whole, offline, in both languages, and never fooled by a name."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime

import html5lib
import pytest
import shapely

from gridmgr.domain.coverage import Stretches, VillageCoverage
from gridmgr.domain.coverage_report import (
    CoverageReport,
    Figure,
    Gap,
    Headline,
    InspectionRow,
    PlaceRow,
    TownshipRow,
    VillageRow,
)
from gridmgr.domain.places import Village
from gridmgr.texts import Message
from maps.canvas import Canvas, Plane, path_of, push_apart, scale_bar
from maps.report_page import coverage_page

NASTY = "<script>alert(1)</script>${alert(1)}"


def village(number: int, name: str) -> Village:
    """A square village of a township in a row of squares."""
    return Village(
        code=f"V{number}",
        name=name,
        township_code="410",
        township_name="东乡",
        county_code="41",
        county_name="甲县",
        geometry=shapely.box(114 + number * 0.01, 34, 114.01 + number * 0.01, 34.01),
    )


def row(of: Village, *, debt: float = 0.0, lead: str | None = "张三") -> VillageRow:
    """A village's row."""
    coverage = VillageCoverage(
        village_code=of.code,
        required_per_week=1,
        visits_last_7_days=0,
        last_visit=None,
        days_since=None,
        overdue_days=3 if debt else 0,
        debt=debt,
    )
    return VillageRow(
        coverage=coverage,
        name=of.name,
        township_code=of.township_code,
        township_name=of.township_name,
        risk="A",
        lead=lead,
        required=2,
        visit_days=(),
        planned_days=0,
        between=Stretches(longest=13, mean=None),
    )


def gap(of: Village, kind: str = "visits") -> Gap:
    """A gap of a village."""
    return Gap(
        kind=kind,
        subject_id=of.code,
        name=of.name,
        village_code=of.code,
        township_code=of.township_code,
        township_name=of.township_name,
        lon=of.point.x,
        lat=of.point.y,
        cause=Message("reason.cover_no_plan", {"days": 3, "of": 10}),
        fix=Message("reason.cover_fix_no_plan"),
        severity=2,
        days=3,
        missing=2,
    )


def report(villages: list[Village], /, **changes: object) -> CoverageReport:
    """Two weeks in which nobody was visited."""
    late = PlaceRow(
        id="m1",
        name=villages[0].name,
        kind="market",
        lon=114.005,
        lat=34.005,
        village_code="V0",
        village_name=villages[0].name,
        township_code="410",
        township_name="东乡",
        priority=10,
        interval_days=7,
        visits=0,
        last_visit=None,
        days_since=None,
        overdue_days=6,
        cause=Message("reason.cover_no_plan", {"days": 3, "of": 10}),
    )
    free = InspectionRow(
        id="e1",
        name=villages[0].name,
        township_code="410",
        township_name="东乡",
        count=1,
        exceptions=0,
        yearly_cap=4,
        spacing_days=30,
        last=date(2026, 3, 20),
        earliest=date(2026, 4, 19),
        saved=2,
    )
    full = replace(free, id="e2", name="化工厂", count=4, exceptions=1, earliest=date(2027, 1, 1), saved=0)
    closed = replace(
        free, id="e3", name="白名单企业", count=0, yearly_cap=0, last=None, earliest=None, saved=0
    )
    town = TownshipRow(
        code="410",
        name="东乡",
        villages=len(villages),
        with_lead=1,
        required=4,
        made=0,
        overdue=1,
        overdue_mean_days=3,
        places_overdue=1,
        gaps=1,
        working_days=10,
        planned_days=7,
    )
    values: dict[str, object] = {
        "first": date(2026, 3, 14),
        "last": date(2026, 3, 27),
        "since": date(2026, 3, 1),
        "area": "甲县",
        "headline": Headline(
            lead_share=Figure(value=0.5, before=0.5),
            visit_share=Figure(value=0.4, before=0.525),
            overdue=Figure(value=1, before=None),
            overdue_mean_days=3,
        ),
        "townships": (town,),
        "villages": tuple(row(v, debt=2.5 if v.code == "V0" else 0) for v in villages),
        "places": (late,),
        "gaps": (gap(villages[0]),),
        "inspections": (free, full, closed),
        "generated_at": datetime(2026, 3, 27, 8, tzinfo=UTC),
        "sources": (Message("report.source_no_visits"),),
    }
    return CoverageReport(**(values | changes))  # type: ignore[arg-type]


def page(villages: list[Village], /, lang: str = "zh", **changes: object) -> str:
    """The page of that report."""
    return coverage_page(report(villages, **changes), villages, lang=lang)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_is_valid_html_that_asks_for_nothing(lang: str) -> None:
    """No script, no link to anything, and it parses strictly."""
    html = page([village(0, "东村"), village(1, "西村")], lang)
    html5lib.HTMLParser(strict=True).parse(html)
    assert not re.search(r"<script|<link|\bsrc=|\bhref=|url\((?!#)|@import", html)
    assert "report." not in html
    assert "reason." not in html


def test_a_name_is_never_markup() -> None:
    """Neither in the tables nor in the map's labels and titles."""
    html = page([village(0, NASTY), village(1, "西村")])
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    html5lib.HTMLParser(strict=True).parse(html)


def test_page_one_says_the_three_figures_with_their_change() -> None:
    """Same, down in points, and nothing to compare with."""
    html = page([village(0, "东村"), village(1, "西村")])
    first = html[: html.index("</section>")]
    assert "50.0%" in first
    assert "与上期持平" in first
    assert 'class="change worse">较上期 ▼ 12.5 个百分点' in first
    assert "上期无可比数据" in first


def test_page_one_says_cause_and_fix_of_the_worst_gap_and_where_to_sign() -> None:
    """With its numbers, the sources and the time of the data."""
    html = page([village(0, "东村"), village(1, "西村")])
    first = html[: html.index("</section>")]
    for words in ("10 个工作日中有 3 天", "每个工作日编排并发布", "逾期 3 天", "少巡 2 次", "负责人（签字）"):
        assert words in first
    assert "时段内没有到访打卡记录" in first
    assert "2026-03-27 08:00" in first


def test_premises_are_listed_fullest_first_with_their_next_day() -> None:
    """Count against cap, what does not count, what joint visits saved, and the sum above."""
    html = page([village(0, "东村")])
    section = html[html.index("5　入企检查情况") : html.rindex("</tbody>")]
    assert "检查对象 3 户，本年度检查 5 次；2 户已达年度上限；合并检查减少入企 2 次。" in section
    assert section.index("化工厂") < section.index("白名单企业") < section.index("东村")
    rows = [re.sub(r"<[^>]+>", " ", line).split() for line in section.split("<tr>")[2:]]
    full, closed, free = rows
    assert full == ["化工厂", "东乡", "4", "/", "4", "已达上限", "1", "2026-03-20", "30", "2027-01-01", "0"]
    assert closed == ["白名单企业", "东乡", "0", "/", "0", "已达上限", "0", "—", "30", "不得检查", "0"]
    assert free == ["东村", "东乡", "1", "/", "4", "0", "2026-03-20", "30", "2026-04-19", "2"]


def test_pages_are_numbered_in_print_on_a4() -> None:
    """By the style sheet, so that every browser that prints it does."""
    html = page([village(0, "东村")])
    assert re.search(r"@page \{[^}]*size: A4", html)
    assert 'counter(page) " 页，共 " counter(pages)' in html


def test_a_report_without_gaps_says_so() -> None:
    """And draws a map all the same."""
    html = page([village(0, "东村")], gaps=(), places=())
    assert "本时段没有发现缺口" in html
    assert "<svg" in html


def test_a_report_without_villages_still_prints() -> None:
    """An empty system has an empty report, not an error."""
    empty = report([village(0, "东村")], villages=(), townships=(), gaps=(), places=())
    html = coverage_page(empty, [])
    assert "<svg" not in html
    assert "巡查覆盖缺口报告" in html


def test_long_tables_are_cut_and_say_so() -> None:
    """The worst stay, the workbook has the rest."""
    villages = [village(n, f"村{n}") for n in range(5)]
    html = coverage_page(report(villages), villages, most_rows=2)
    assert "仅列前 2 项，共 5 项" in html


def test_the_map_fills_villages_by_debt_and_hatches_those_without_a_lead() -> None:
    """Debt 2.5 has the colour of 2 to 4."""
    villages = [village(0, "东村"), village(1, "西村")]
    rows = (row(villages[0], debt=2.5), row(villages[1], lead=None))
    html = page(villages, villages=rows)
    assert '<g fill="#f28c28"><title>东村 2.5</title>' in html
    assert html.count('fill="url(#no-lead)"') == 2  # the group over the village, and the legend
    assert "无包村责任人" in html


def test_borders_that_overlap_are_drawn_all_the_same() -> None:
    """Imports allow them, with a warning; a bow tie is no polygon at all and is drawn too."""
    one, other = village(0, "东村"), village(1, "西村")
    wide = replace(one, geometry=shapely.box(114, 34, 114.015, 34.01))
    tie = shapely.Polygon([(114.03, 34), (114.04, 34.01), (114.04, 34), (114.03, 34.01)])
    html = page([wide, other, replace(village(2, "南村"), geometry=tie)])
    for name in ("东村", "西村", "南村"):
        assert f"<title>{name}" in html


def test_a_plane_keeps_shapes_and_measures_metres() -> None:
    """At 60 degrees north a degree of longitude is half as wide as one of latitude."""
    plane = Plane.fit((10, 59.95, 10.1, 60.05), into=(0, 0, 100, 200))
    west, top = plane.at(10, 60.05)
    east, bottom = plane.at(10.1, 59.95)
    assert east - west == pytest.approx(100)
    assert (bottom - top) / (east - west) == pytest.approx(2, abs=0.01)
    assert plane.metres * 100 == pytest.approx(5585, rel=0.01)


def test_the_bar_of_scale_is_round_and_fits() -> None:
    """1, 2 or 5 times a power of ten, as long as it says."""
    plane = Plane.fit((114, 34, 114.1, 34.1), into=(0, 0, 500, 500))
    metres, length = scale_bar(plane, 90)
    assert metres in (1000, 2000)
    assert length <= 90
    assert length * plane.metres == pytest.approx(metres)


def test_labels_do_not_cover_each_other() -> None:
    """The second at the same place is left out, one beside it stands."""
    canvas = Canvas(200, 100, "t")
    assert canvas.label("东村", 50, 50, size=10)
    assert not canvas.label("西村", 60, 50, size=10)
    assert canvas.label("南村", 100, 50, size=10)


def test_numbers_at_the_same_place_move_apart() -> None:
    """Two gaps of one village stand side by side."""
    placed = push_apart([(10, 10), (10, 10), (50, 10)], distance=17)
    assert placed == [(10, 10), (27, 10), (50, 10)]


def test_holes_and_islands_stay_in_the_path() -> None:
    """Every ring is a part of its own."""
    ring = shapely.box(0, 0, 10, 10).difference(shapely.box(4, 4, 6, 6))
    assert path_of(ring).count("M") == 2
    assert path_of(shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(5, 5, 6, 6)])).count("M") == 2
