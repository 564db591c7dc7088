"""`gridmgr export routes`."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from gridmgr.cli.common import Day, Session, database_option
from gridmgr.services.exporting import export_routes


@click.group("export")
def export_group() -> None:
    """Plans as files for other programs."""


@export_group.command("routes")
@click.option("--date", "day", type=Day(), required=True)
@click.option("--township", metavar="CODE", help="One township; all where not given.")
@click.option(
    "--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="Of names."
)
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="File to write.")
@database_option
@click.pass_obj
def routes_command(session: Session, day: date, township: str | None, language: str, out: Path) -> None:
    """A day's routes as .gpx, .kml, .geojson, .gpkg or .ics; the published plan, else the draft."""
    done = export_routes(session.ctx, day, out, township_code=township, language=language)
    click.echo(f"{done.path}: {done.squads} squads, {done.stops} stops")
    if done.drafts:
        click.echo(f"  note: drafts, nothing is published yet: {', '.join(done.drafts)}", err=True)


COMMANDS = (export_group,)
