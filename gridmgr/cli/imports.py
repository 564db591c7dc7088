"""`gridmgr import ...` and `gridmgr templates`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from gridmgr.cli.common import F, Session, database_option, echo_json, json_option
from gridmgr.clock import clock_in
from gridmgr.geo.headers import parse_mapping
from gridmgr.services.importing import (
    TABLE_KINDS,
    ImportReport,
    import_roads,
    import_table,
    import_villages,
    write_templates,
)

FILE = click.argument("file", type=click.Path(path_type=Path))


def _common(command: F) -> F:
    for option in (
        click.option("--dry-run", is_flag=True, help="Say what would happen, write nothing."),
        click.option("--skip-bad", is_flag=True, help="Take the good rows, list the rest."),
        click.option("--update", is_flag=True, help="Replace rows whose id exists with other content."),
        json_option,
        database_option,
    ):
        command = option(command)
    return command


@click.group("import")
def import_group() -> None:
    """Import villages, roads and the office's tables. All or nothing unless told otherwise."""


@import_group.command("villages")
@FILE
@click.option("--layer", help="Layer to read where the file has several.")
@click.option("--encoding", help="Encoding of the text; found out when not given.")
@click.option("--crs", help="CRS of the coordinates, such as EPSG:4490, or a datum such as gcj02.")
@click.option(
    "--map",
    "mapping",
    multiple=True,
    metavar="TARGET=SOURCE",
    help="Our field and the file's column (or =VALUE).",
)
@click.option("--repair", is_flag=True, help="Make borders valid, close overlaps and narrow gaps.")
@_common
@click.pass_obj
def villages(
    session: Session, /, file: Path, mapping: tuple[str, ...], as_json: bool, **options: Any
) -> None:
    """Import villages from GeoJSON, GeoPackage, Shapefile (zipped too), TopoJSON or KML."""
    report = import_villages(
        session.ctx, file, actor=session.actor, mapping=parse_mapping(mapping), **options
    )
    _show(session, report, as_json)


@import_group.command("roads")
@FILE
@_common
@click.pass_obj
def roads(session: Session, /, file: Path, as_json: bool, dry_run: bool, **_options: Any) -> None:
    """Import the road network from .osm.pbf, .osm or .osm.gz; it replaces the one before."""
    _show(session, import_roads(session.ctx, file, actor=session.actor, dry_run=dry_run), as_json)


def _table_command(kind: str) -> click.Command:
    @click.pass_obj
    def run(session: Session, /, file: Path, as_json: bool, **options: Any) -> None:
        report = import_table(session.ctx, kind, file, actor=session.actor, **options)
        _show(session, report, as_json)

    decorated: Callable[..., Any] = FILE(_common(run))
    return click.command(kind, help=f"Import {kind} from .csv or .xlsx.")(decorated)


for _kind in TABLE_KINDS:
    import_group.add_command(_table_command(_kind))


def _show(session: Session, report: ImportReport, as_json: bool) -> None:
    if as_json:
        echo_json(report.to_json(session.language))
    else:
        _show_words(session, report)
    if report.refused:
        sys.exit(1)


def _show_words(session: Session, report: ImportReport) -> None:
    done = "would be imported" if report.dry_run else "imported"
    click.echo(
        f"{report.kind}: {report.read} read, {report.imported} {done}, {report.unchanged} unchanged, "
        f"{len(report.rejected)} rejected"
    )
    if report.adjacent_pairs is not None:
        click.echo(f"  {report.adjacent_pairs} pairs of villages share a border")
    for repair in report.repaired:
        areas = f"{repair.area_before_m2:.0f} m2 -> {repair.area_after_m2:.0f} m2"
        click.echo(f"  repaired {repair.code}: {areas} ({repair.what.render(session.language)})")
    for warning in report.warnings:
        click.echo(f"  note: {warning.render(session.language)}", err=True)
    for problem in report.rejected:
        click.echo(f"  {problem.render(session.language)}", err=True)
    if report.refused:
        click.echo("gridmgr: nothing was imported; mend these rows, or use --skip-bad", err=True)


@click.command("templates")
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False))
@click.option("--headers", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
@click.pass_obj
def templates(session: Session, directory: Path, headers: str) -> None:
    """Write empty import workbooks with headers, notes and drop-downs."""
    for path in write_templates(directory, clock_in(session.config.zone), language=headers):
        click.echo(str(path))


COMMANDS = (import_group, templates)
