"""Reports on the web: who sees what, the documents and files, and what becomes of bad dates."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import html5lib
import openpyxl
import pytest
from conftest import EAST, NOW, TODAY, WEST, Browsers, MovableNow, open_county
from flask.testing import FlaskClient
from test_shell import check_page

from gridmgr.domain.patrols import CheckIn, DayPlan, Squad, StopInfo, Visit
from gridmgr.services.context import Context
from gridmgr.texts import Message
from webapp import create_app
from webapp.reports.documents import _with_pieces
from webapp.reports.period import read_period, usual

LAST_WEEK = "from=2026-02-23&to=2026-03-01"
#: Ends a script, a line as Python counts lines, and a tag's attribute.
NASTY = "东村\u2028</script><script>alert(1)</script>\"'>"


def _route(township: str, name: str) -> DayPlan:
    """One squad that goes to one stop."""
    start = NOW + timedelta(hours=1)
    stop = StopInfo(id=f"village:{township}000", kind="village", name=name, lon=113.005, lat=34.005)
    visit = Visit(stop=stop, arrive=start, start=start, leave=start + timedelta(minutes=20))
    squad = Squad(
        id=f"{township}-{TODAY}-1",
        number=1,
        leader="o1",
        members=("o1", "o2"),
        shift_start=NOW,
        shift_end=NOW + timedelta(hours=8),
        visits=(visit,),
    )
    return DayPlan(
        id=f"r-{township}",
        township_code=township,
        day=TODAY,
        stage="routes",
        created_at=NOW,
        created_by="test",
        change=Message("plan.change_routes"),
        squads=(squad,),
    )


def _fill(ctx: Context) -> None:
    """Both townships' routes of today, the east's stop with a nasty name, and a visit last Friday."""
    visited = datetime(2026, 2, 27, 2, tzinfo=NOW.tzinfo)
    with ctx.storage.write("test") as uow:
        for township, name in ((EAST, NASTY), (WEST, "西村")):
            plan = _route(township, name)
            uow.days.add(plan)
            head = uow.days.head(township, TODAY)
            shown = replace(head, draft_id=plan.id, published_id=plan.id, published_at=NOW)
            uow.days.move_head(shown, expected_version=head.version)
        uow.check_ins.add(
            CheckIn(
                id="c1",
                day=visited.date(),
                township_code=EAST,
                squad_id=None,
                officer_id="o1",
                stop_id=f"village:{EAST}000",
                village_code=f"{EAST}000",
                arrived_at=visited,
            )
        )
        uow.record("test.fill", "county", "*")
        uow.commit()


@pytest.fixture(scope="module")
def county(filled_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browsers]:
    """The tiny county with today's routes; nothing here changes it."""
    folder = tmp_path_factory.mktemp("reports")
    opened = open_county(filled_database, folder, MovableNow())
    _fill(opened)
    yield Browsers(create_app(opened, secret_key=b"tests-only-secret-key", testing=True))
    opened.storage.close()


def test_the_choice_offers_the_usual_periods_and_the_users_townships(county: Browsers) -> None:
    """A lead chooses among all townships or the county, a planner has one."""
    page = county("lead").get("/reports/").get_data(as_text=True)
    assert f'value="{EAST}"' in page
    assert f'value="{WEST}"' in page
    assert "全县" in page
    assert re.findall(r'name="period"[^>]*value="(\w+)"', page) == [*usual(TODAY), "custom"]
    own = county("planner").get("/reports/").get_data(as_text=True)
    assert WEST not in own
    assert "全县" not in own


def test_a_department_reads_coverage_but_no_map(county: Browsers) -> None:
    """And an officer neither."""
    department, officer = county("department"), county("officer")
    assert department.get(f"/reports/coverage?{LAST_WEEK}").status_code == 200
    assert department.get("/reports/map").status_code == 403
    assert "/reports/map" not in department.get("/reports/").get_data(as_text=True)
    for path in ("/", "/coverage", "/coverage.xlsx", "/coverage.geojson", "/coverage.html", "/map"):
        assert officer.get(f"/reports{path}").status_code == 403


def test_the_report_is_shown_under_a_toolbar_that_does_not_print(county: Browsers) -> None:
    """It is the document itself, good HTML, with links to its other forms for the same days."""
    answer = county("lead").get(f"/reports/coverage?{LAST_WEEK}")
    page = answer.get_data(as_text=True)
    check_page(page, "zh")
    assert "巡查覆盖缺口报告" in page
    for form in ("xlsx", "html", "geojson"):
        assert f"/reports/coverage.{form}?from=2026-02-23&amp;to=2026-03-01&amp;lang=zh" in page
    styles = county("lead").get("/static/css/document.css").get_data(as_text=True)
    assert re.search(r"@media print \{\s*\.document-bar \{ display: none; \}", styles)


def test_the_reports_policy_lets_no_inline_script_run(county: Browsers) -> None:
    """Its own styles by nonce, our two files, nothing else."""
    answer = county("lead").get(f"/reports/coverage?{LAST_WEEK}")
    rules = _rules(answer.headers["Content-Security-Policy"])
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == "'self'"
    nonce = re.search(r"'nonce-([^']+)'", rules["style-src"])
    assert nonce is not None
    assert f'<style nonce="{nonce.group(1)}">' in answer.get_data(as_text=True)


@pytest.mark.parametrize("period", ["", "?period=last_week", f"?period=last_week&{LAST_WEEK}&township="])
def test_a_named_period_leads_to_its_days(county: Browsers, period: str) -> None:
    """So that an address that is sent on means the same days next week."""
    answer = county("lead").get(f"/reports/coverage{period}")
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/reports/coverage?{LAST_WEEK}&lang=zh"


def test_a_planners_report_is_on_the_own_township(county: Browsers) -> None:
    """Without asking, and no other one when asking."""
    page = county("planner").get(f"/reports/coverage?{LAST_WEEK}").get_data(as_text=True)
    assert "东乡" in page
    assert "西乡" not in page
    for path in ("coverage", "coverage.xlsx", "coverage.geojson", "coverage.html", "map"):
        answer = county("planner").get(f"/reports/{path}?{LAST_WEEK}&township={WEST}")
        assert answer.status_code == 403, path


def test_a_lead_narrows_the_report_to_a_township(county: Browsers) -> None:
    """And keeps it in the links of the toolbar."""
    page = county("lead").get(f"/reports/coverage?{LAST_WEEK}&township={WEST}").get_data(as_text=True)
    assert "东乡" not in page
    assert f"/reports/coverage.xlsx?from=2026-02-23&amp;to=2026-03-01&amp;lang=zh&amp;township={WEST}" in page


def test_the_report_can_be_had_in_english(county: Browsers) -> None:
    """Whatever language the user reads the pages in."""
    page = county("lead").get(f"/reports/coverage?{LAST_WEEK}&lang=en").get_data(as_text=True)
    assert '<html lang="en">' in page
    assert "Coverage gap report" in page or "coverage gap report" in page


def test_the_workbook_holds_the_villages_of_the_scope(county: Browsers) -> None:
    """A file for a spreadsheet, named by its days."""
    answer = county("planner").get(f"/reports/coverage.xlsx?{LAST_WEEK}")
    assert "coverage-20260223-20260301.xlsx" in answer.headers["Content-Disposition"]
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    words = {cell.value for sheet in book for row in sheet.iter_rows() for cell in row}
    assert {"东乡0村", "东乡1村"} <= words
    assert "西乡0村" not in words


def test_the_map_data_is_geojson(county: Browsers) -> None:
    """One feature at least for each village of the scope."""
    answer = county("planner").get(f"/reports/coverage.geojson?{LAST_WEEK}")
    assert answer.mimetype == "application/geo+json"
    assert "attachment" in answer.headers["Content-Disposition"]
    features = json.loads(answer.data)["features"]
    polygons = [f for f in features if f["geometry"]["type"] in ("Polygon", "MultiPolygon")]
    assert len(polygons) == 2


def test_the_web_page_file_needs_nothing_from_anywhere(county: Browsers) -> None:
    """No toolbar, no script, no link: it is sent on by mail."""
    answer = county("lead").get(f"/reports/coverage.html?{LAST_WEEK}")
    page = answer.get_data(as_text=True)
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "document-bar" not in page
    assert not re.search(r"<(script|link|img|iframe|form)\b", page)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("from=2026-13-01&to=2026-03-01", "2026-13-01"),
        ("from=yesterday&to=2026-03-01", "yesterday"),
        ("from=2026-03-01", "同时填写"),
        ("to=2026-03-01", "同时填写"),
        ("from=2026-03-01&to=2026-02-23", "早于起始日期"),
        ("from=2026-03-09&to=2026-03-12", "尚未开始"),
        ("from=2020-01-01&to=2026-03-01", "最长为 366 天"),
        ("from=1900-01-01&to=1900-01-05", "过早"),
        ("from=0001-01-01&to=0001-01-05", "超出范围"),
        ("from=2026-03-01&to=9999-12-31", "超出范围"),
        ("period=next_century", "next_century"),
        (f"{LAST_WEEK}&lang=fr", "fr"),
    ],
)
@pytest.mark.parametrize("path", ["coverage", "coverage.xlsx", "coverage.geojson", "coverage.html"])
def test_bad_dates_lead_back_to_the_form_with_words(
    county: Browsers, path: str, query: str, words: str
) -> None:
    """400, never 500, and what is wrong stands above the form."""
    answer = county("lead").get(f"/reports/{path}?{query}")
    assert answer.status_code == 400
    page = answer.get_data(as_text=True)
    check_page(page, "zh")
    alert = re.search(r'role="alert">(.*?)</div>', page, re.DOTALL)
    assert alert is not None
    assert words in alert.group(1)
    assert 'id="coverage-form"' in page


def test_dates_that_were_sent_stand_in_the_form_to_be_mended(county: Browsers) -> None:
    """Nobody types them twice."""
    page = county("lead").get("/reports/coverage?from=2026-03-01&to=2026-02-23").get_data(as_text=True)
    assert 'name="from" value="2026-03-01"' in page
    assert 'name="to" value="2026-02-23"' in page
    assert re.search(r'value="custom" checked', page)


def test_an_unknown_township_is_told_to_who_may_see_all(county: Browsers) -> None:
    """404 in words; to a planner it is just another's."""
    for path in (f"coverage?{LAST_WEEK}&", "map?"):
        answer = county("lead").get(f"/reports/{path}township=nowhere")
        assert answer.status_code == 404
        assert "nowhere" in answer.get_data(as_text=True)
        assert county("planner").get(f"/reports/{path}township=nowhere").status_code == 403


def test_a_period_that_reaches_into_the_future_ends_today(county: Browsers) -> None:
    """Monday asks for its week, too."""
    answer = county("lead").get("/reports/coverage?from=2026-03-02&to=2026-03-08")
    assert "2026-03-02 至 2026-03-02" in answer.get_data(as_text=True)


def test_the_map_shows_todays_routes_of_the_scope(county: Browsers) -> None:
    """Each with its stops; a planner only sees the own ones."""
    lead = county("lead").get("/reports/map").get_data(as_text=True)
    planner = county("planner_west").get("/reports/map").get_data(as_text=True)
    check_page(planner, "zh")
    assert planner.count('class="squad"') == 1
    assert lead.count('class="squad"') == 2
    assert "西村" in planner
    assert "东乡" not in planner


def test_the_map_runs_its_own_scripts_and_has_no_origin(county: Browsers) -> None:
    """Every script of the page carries the nonce; in its sandbox it cannot speak for the user."""
    answer = county("lead").get("/reports/map")
    rules = _rules(answer.headers["Content-Security-Policy"])
    assert rules["default-src"] == "'none'"
    assert rules["sandbox"] == "allow-scripts allow-modals"
    assert "connect-src" not in rules
    nonce = rules["script-src"].removeprefix("'nonce-").removesuffix("'")
    page = answer.get_data(as_text=True)
    scripts = html5lib.parse(page, namespaceHTMLElements=False).iter("script")
    assert {script.get("nonce") for script in scripts} == {nonce}
    assert county("lead").get("/reports/map").headers["Content-Security-Policy"].count(nonce) == 0


def test_a_name_cannot_bring_a_script_into_the_map(county: Browsers) -> None:
    """It would get the nonce as well: it must not become a tag in the first place."""
    page = county("planner").get("/reports/map").get_data(as_text=True)
    html5lib.HTMLParser(strict=True).parse(page)
    scripts = [s.text or "" for s in html5lib.parse(page, namespaceHTMLElements=False).iter("script")]
    assert "alert(1)" not in [words.strip() for words in scripts]
    assert len(scripts) == len(re.findall(r"<script nonce=", page))


def test_the_map_can_be_taken_home(county: Browsers) -> None:
    """As the same page without any nonce."""
    answer = county("lead").get("/reports/map?date=2026-03-02&download=1")
    assert "filename=patrol-map-2026-03-02.html" in answer.headers["Content-Disposition"]
    assert "nonce" not in answer.get_data(as_text=True).split("</head>")[1]


def test_a_day_without_routes_says_so(county: Browsers) -> None:
    """An empty map is still a page."""
    page = county("lead").get("/reports/map?date=2026-02-01").get_data(as_text=True)
    assert "当日没有巡查计划" in page


def test_a_map_of_no_day_is_refused(county: Browsers) -> None:
    """With words above the form."""
    answer = county("lead").get("/reports/map?date=tomorrow")
    assert answer.status_code == 400
    assert "tomorrow" in answer.get_data(as_text=True)


def test_a_lead_starts_at_the_reports_and_the_top_bar_leads_there(
    as_user: Callable[[str], FlaskClient],
) -> None:
    """The first page of the county is its reports."""
    client = as_user("lead")
    assert client.get("/").headers["Location"] == "/reports/"
    assert 'href="/reports/" aria-current="page"' in client.get("/reports/").get_data(as_text=True)


def test_the_usual_periods_end_today_or_before() -> None:
    """On the first of a month that is a Monday, too."""
    periods = {name: (str(p.first), str(p.last)) for name, p in usual(date(2026, 6, 1)).items()}
    assert periods == {
        "this_week": ("2026-06-01", "2026-06-01"),
        "last_week": ("2026-05-25", "2026-05-31"),
        "four_weeks": ("2026-05-05", "2026-06-01"),
        "this_month": ("2026-06-01", "2026-06-01"),
        "last_month": ("2026-05-01", "2026-05-31"),
    }


def test_a_named_period_wins_over_dates() -> None:
    """A form without scripts sends both."""
    asked = {"period": "this_week", "from": "2026-01-01", "to": "2026-01-02"}
    assert read_period(asked, today=TODAY).first == TODAY
    assert read_period({**asked, "period": "custom"}, today=TODAY).first == date(2026, 1, 1)


def test_pieces_go_into_real_tags_only() -> None:
    """What looks like a tag in a script, a comment or a text is left alone, whatever ends lines there."""
    document = (
        "<!doctype html><html><head>\u2028<!-- <style> -->\r\n"
        "<script>var a = '<style>\x85</head>';</script>\x0b\n"
        "<style>p{}</style></head>\n<body class='x'>\n"
        "<p title='<script>'>&lt;style&gt;</p></body></html>"
    )
    shown = _with_pieces(document, nonce="N", marked={"style", "script"}, head="<i>", body="<b>")
    expected = document.replace("<script>var", '<script nonce="N">var').replace(
        "<style>p", '<style nonce="N">p'
    )
    expected = expected.replace("</style></head>", "</style><i></head>").replace(
        "<body class='x'>", "<body class='x'><b>"
    )
    assert shown == expected


def _rules(policy: str) -> dict[str, str]:
    """A policy's rules by name."""
    pairs = (rule.strip().partition(" ") for rule in policy.split(";"))
    return {name: value for name, _, value in pairs}
