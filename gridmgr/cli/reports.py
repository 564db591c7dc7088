"""`gridmgr report coverage` and `gridmgr map`: reports and maps as files."""

from __future__ import annotations

from datetime import date
from importlib import resources
from pathlib import Path

import click

from gridmgr.cli.casereports import cases_command
from gridmgr.cli.common import Day, Session, database_option
from gridmgr.cli.evaluationreports import evaluation_command
from gridmgr.errors import BadInput
from gridmgr.services.mapping import day_map_data
from gridmgr.services.reporting.coverage import coverage_report, report_villages
from gridmgr.services.reporting.geojson import coverage_geojson
from gridmgr.services.reporting.xlsx import coverage_workbook
from maps.folium_page import Day as MapDay
from maps.folium_page import day_map, read_leaflet
from maps.report_page import coverage_page

_LANGUAGE = click.option(
    "--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="Of the document."
)
_OUT = click.option(
    "--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="File to write."
)


@click.group("report")
def report_group() -> None:
    """Reports as files."""


@report_group.command("coverage")
@click.option("--from", "first", type=Day(), required=True)
@click.option("--to", "last", type=Day(), required=True)
@click.option("--township", metavar="CODE")
@_LANGUAGE
@_OUT
@database_option
@click.pass_obj
def coverage_command(
    session: Session, first: date, last: date, township: str | None, language: str, out: Path
) -> None:
    """Coverage gaps with their causes: .html (to print), .xlsx or .geojson."""
    form = out.suffix.lower()
    if form not in (".html", ".xlsx", ".geojson"):
        raise BadInput("report.unknown_form", form=form or out.name, known=".html, .xlsx, .geojson")
    ctx = session.ctx
    report = coverage_report(ctx, first=first, last=last, township_code=township)
    if form == ".xlsx":
        content = coverage_workbook(report, lang=language)
    else:
        villages = report_villages(ctx, township_code=township)
        render = coverage_page if form == ".html" else coverage_geojson
        content = render(report, villages, lang=language).encode()
    out.write_bytes(content)
    click.echo(f"{out}: {len(report.gaps)} gaps from {report.first} to {report.last}")


@click.command("map")
@click.option("--date", "day", type=Day(), required=True)
@click.option("--township", metavar="CODE", help="One township; all where not given.")
@_LANGUAGE
@_OUT
@database_option
@click.pass_obj
def map_command(session: Session, day: date, township: str | None, language: str, out: Path) -> None:
    """Draw the day's published routes as one .html page that needs no internet, to print and share."""
    if out.suffix.lower() != ".html":
        raise BadInput("report.unknown_form", form=out.suffix or out.name, known=".html")
    found = day_map_data(session.ctx, day=day, township_code=township)
    folder = resources.files("webapp") / "static" / "vendor" / "leaflet"
    page = day_map(MapDay(**vars(found)), leaflet=read_leaflet(Path(str(folder))), lang=language)
    out.write_bytes(page.encode())
    stops = sum(1 for plan in found.plans for _ in plan.visits())
    click.echo(f"{out}: {sum(len(plan.squads) for plan in found.plans)} squads, {stops} stops")
    if not found.plans:
        click.echo(f"gridmgr: nothing is published for {day}; the map shows no routes", err=True)


report_group.add_command(cases_command)
report_group.add_command(evaluation_command)

COMMANDS = (report_group, map_command)
