"""`gridmgr closure`: roads closed for a while."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import click

from gridmgr.cli.common import Day, Session, database_option, echo_json, json_option
from gridmgr.domain.closures import RoadClosure
from gridmgr.services.closures import add_closure, closures_on, end_closure


class Drawn(click.ParamType[tuple[tuple[float, float], ...]]):
    """One point or several, degrees WGS84, written like 113.01,34.02;113.03,34.02."""

    name = "LON,LAT[;LON,LAT...]"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[tuple[float, float], ...]:
        """Read the points or say how they are written."""
        if isinstance(value, tuple):
            return value
        try:
            pairs = [tuple(float(number) for number in pair.split(",")) for pair in value.split(";")]
        except ValueError:
            pairs = [()]
        if any(len(pair) != 2 for pair in pairs):
            self.fail(f"{value!r} is no place; write degrees like 113.01,34.02;113.03,34.02", param, ctx)
        return tuple((pair[0], pair[1]) for pair in pairs)


class When(click.ParamType[datetime]):
    """A local day and time written like 2026-03-02T13:05."""

    name = "DATE[THH:MM]"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Read the moment or say how it is written."""
        if isinstance(value, datetime):
            return value
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no moment; write it like 2026-03-02T13:05", param, ctx)
        session = ctx.find_object(Session) if ctx else None
        if moment.tzinfo is None and session is not None:
            return moment.replace(tzinfo=session.ctx.clock.zone)
        return moment


@click.group("closure")
def closure_group() -> None:
    """Note roads that are closed; plans keep off them."""


@closure_group.command("add")
@click.option("--township", metavar="CODE", required=True)
@click.option("--at", "points", type=Drawn(), required=True, help="A point on the road, or a line along it.")
@click.option("--reason", required=True)
@click.option("--from", "starts_at", type=When(), help="Now by default.")
@click.option("--until", "ends_at", type=When(), help="Open again; not known by default.")
@json_option
@database_option
@click.pass_obj
def add_command(
    session: Session,
    township: str,
    points: tuple[tuple[float, float], ...],
    reason: str,
    starts_at: datetime | None,
    ends_at: datetime | None,
    as_json: bool,
) -> None:
    """Note a closed road."""
    made = add_closure(
        session.ctx,
        township_code=township,
        points=points,
        reason=reason,
        actor=session.actor,
        starts_at=starts_at,
        ends_at=ends_at,
    )
    _tell(session, [made], as_json)


@closure_group.command("list")
@click.option("--date", "day", type=Day(), help="Today by default.")
@json_option
@database_option
@click.pass_obj
def list_command(session: Session, day: date | None, as_json: bool) -> None:
    """List what is closed at some moment of a day."""
    _tell(session, closures_on(session.ctx, day or session.ctx.clock.today()), as_json)


@closure_group.command("end")
@click.argument("closure_id", metavar="ID")
@click.option("--at", "moment", type=When(), help="Now by default.")
@json_option
@database_option
@click.pass_obj
def end_command(session: Session, closure_id: str, moment: datetime | None, as_json: bool) -> None:
    """Note that a road is open again."""
    _tell(session, [end_closure(session.ctx, closure_id, actor=session.actor, at=moment)], as_json)


def _tell(session: Session, closures: list[RoadClosure], as_json: bool) -> None:
    rows = [_json(closure, session) for closure in closures]
    if as_json:
        echo_json({"closures": rows})
        return
    for row in rows:
        until = row["until"] or "-"
        click.echo(f"{row['id']}  {row['township']}  {row['from']} .. {until}  {row['reason']}")


def _json(closure: RoadClosure, session: Session) -> dict[str, Any]:
    zone = session.ctx.clock.zone
    return {
        "id": closure.id,
        "township": closure.township_code,
        "from": closure.starts_at.astimezone(zone).isoformat(timespec="minutes"),
        "until": closure.ends_at.astimezone(zone).isoformat(timespec="minutes") if closure.ends_at else None,
        "reason": closure.reason,
        "points": [list(point) for point in closure.points],
    }


COMMANDS = (closure_group,)
