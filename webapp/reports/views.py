"""Reports: choose one, read it as an office document, take it home as a workbook or map data."""

from __future__ import annotations

from datetime import date
from importlib import resources
from pathlib import Path

from flask import Blueprint, Response, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from gridmgr.domain.coverage_report import CoverageReport
from gridmgr.errors import BadInput
from gridmgr.services.mapping import day_map_data
from gridmgr.services.reporting import (
    coverage_geojson,
    coverage_report,
    coverage_workbook,
    report_villages,
)
from gridmgr.texts import LANGUAGES
from maps import folium_page
from maps.report_page import coverage_page
from webapp.dates import read_day
from webapp.guards import CONFINED_ROLES, my_townships, requires
from webapp.reports.asked import READERS, XLSX, asked_language, asked_township, same_again
from webapp.reports.documents import file_answer, map_answer, report_answer
from webapp.reports.period import CUSTOM, Period, read_period, usual
from webapp.state import ctx, me
from webapp.texts import language

reports = Blueprint("reports", __name__, url_prefix="/reports")

#: A county's liaison reads figures; where squads are today is the offices' business.
_MAP_READERS = ("planner", "lead", "admin")


@reports.get("/")
@requires(*READERS)
def index() -> str:
    """Offer the reports of the user's scope."""
    return _choice()


@reports.get("/coverage")
@requires(*READERS)
def coverage() -> AnyResponse:
    """Show the coverage gap report as a document to print; its address names days, not "last week"."""
    period, lang = read_period(request.args, today=ctx().clock.today()), asked_language()
    query = same_again(period.first, period.last, lang)
    if period.name != CUSTOM or "period" in request.args:
        return redirect(url_for("reports.coverage", **query))
    report, lang = _report()
    document = coverage_page(report, report_villages(ctx(), township_code=asked_township()), lang=lang)
    return report_answer(
        document,
        head=Markup(render_template("reports/_document_head.html")),  # noqa: S704  rendered with escaping
        toolbar=Markup(render_template("reports/_toolbar.html", query=query, lang=lang)),  # noqa: S704
    )


@reports.get("/coverage.html")
@requires(*READERS)
def coverage_html() -> Response:
    """Give the report as a file that opens anywhere."""
    report, lang = _report()
    document = coverage_page(report, report_villages(ctx(), township_code=asked_township()), lang=lang)
    return file_answer(document, name=_file_name(report, "html"), mimetype="text/html")


@reports.get("/coverage.xlsx")
@requires(*READERS)
def coverage_xlsx() -> Response:
    """Give the report's figures as a workbook."""
    report, lang = _report()
    body = coverage_workbook(report, lang=lang)
    return file_answer(body, name=_file_name(report, "xlsx"), mimetype=XLSX)


@reports.get("/coverage.geojson")
@requires(*READERS)
def coverage_map_data() -> Response:
    """Give the report's villages and gaps for a GIS."""
    report, lang = _report()
    body = coverage_geojson(report, report_villages(ctx(), township_code=asked_township()), lang=lang)
    return file_answer(body, name=_file_name(report, "geojson"), mimetype="application/geo+json")


@reports.get("/map")
@requires(*_MAP_READERS)
def day_map() -> Response:
    """Show a day's published routes as one map page to print and share."""
    asked = request.args.get("date", "").strip()
    day = read_day(asked) if asked else ctx().clock.today()
    lang = asked_language()
    found = day_map_data(ctx(), day=day, township_code=asked_township())
    leaflet = folium_page.read_leaflet(_leaflet_folder())
    document = folium_page.day_map(folium_page.Day(**vars(found)), leaflet=leaflet, lang=lang)
    if request.args.get("download"):
        return file_answer(document, name=f"patrol-map-{day}.html", mimetype="text/html")
    return map_answer(document)


@reports.errorhandler(BadInput)
def _ask_again(error: BadInput) -> tuple[str, int]:
    """Say what is wrong above the form, where it can be mended."""
    return _choice(problem=error.render(language())), 400


def _choice(problem: str | None = None) -> str:
    today = ctx().clock.today()
    townships = my_townships()
    return render_template(
        "reports/index.html",
        problem=problem,
        periods=usual(today),
        chosen=_chosen_period(today),
        custom=CUSTOM,
        townships=townships,
        township=request.args.get("township", ""),
        county_wide=me().role not in CONFINED_ROLES,
        may_see_map=me().role in _MAP_READERS,
        lang=request.args.get("lang") or language(),
        languages=LANGUAGES,
        today=today,
    )


def _chosen_period(today: date) -> Period:
    """What the form starts from: what was asked for, right or wrong, as far as it can be read."""
    try:
        days = [read_day(request.args[name]) for name in ("from", "to")]
        wanted = next((p for p in usual(today).values() if [p.first, p.last] == days), None)
        return wanted or Period(name=CUSTOM, first=days[0], last=days[1])
    except (BadInput, KeyError):
        return read_period({}, today=today)


def _report() -> tuple[CoverageReport, str]:
    """The report the query string asks for, and the language to write it in."""
    period = read_period(request.args, today=ctx().clock.today())
    lang = asked_language()
    report = coverage_report(ctx(), first=period.first, last=period.last, township_code=asked_township())
    return report, lang


def _file_name(report: CoverageReport, form: str) -> str:
    return f"coverage-{report.first:%Y%m%d}-{report.last:%Y%m%d}.{form}"


def _leaflet_folder() -> Path:
    return Path(str(resources.files("webapp") / "static" / "vendor" / "leaflet"))
