"""`gridmgr replan`."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

import click

from gridmgr.cli.closures import Drawn
from gridmgr.cli.common import (
    SEED,
    Day,
    Seconds,
    Session,
    database_option,
    echo_json,
    json_option,
    stop_with_bar,
)
from gridmgr.domain.settings import MOST_PER_CHANGE
from gridmgr.services.planning import ClosedNow, Events, Replanned, publish_day, replan_day
from gridmgr.services.planning.replanning import REPLAN_SECONDS


class Moment(click.ParamType[time]):
    """A time of day written like 13:05."""

    name = "HH:MM"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> time:
        """Read the time or say how it is written."""
        if isinstance(value, time):
            return value
        try:
            return datetime.strptime(value, "%H:%M").time()  # noqa: DTZ007  a time of day has no zone
        except ValueError:
            self.fail(f"{value!r} is not a time; write it like 13:05", param, ctx)


class Delay(click.ParamType[tuple[str, int]]):
    """A squad and its delay, written like 2=40."""

    name = "SQUAD=MINUTES"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, int]:
        """Read both or say how they are written."""
        if isinstance(value, tuple):
            return value
        squad, _, minutes = value.rpartition("=")
        if not squad or not minutes.isdecimal():
            self.fail(f"{value!r} is not a delay; write squad and minutes like 2=40", param, ctx)
        return squad, int(minutes)


class Closed(click.ParamType[ClosedNow]):
    """Closed roads and why, written like 113.01,34.02=flooded."""

    name = "LON,LAT[;LON,LAT...]=REASON"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> ClosedNow:
        """Read both or say how they are written."""
        if isinstance(value, ClosedNow):
            return value
        points, _, reason = value.partition("=")
        if not reason.strip():
            self.fail(f"{value!r} names no reason; write it like 113.01,34.02=flooded", param, ctx)
        return ClosedNow(points=Drawn().convert(points, param, ctx), reason=reason)


@click.command("replan")
@click.option("--date", "day", type=Day(), required=True)
@click.option("--township", metavar="CODE", required=True)
@click.option("--now", type=Moment(), help="Plan from this time; the clock's by default.")
@click.option("--late", type=Delay(), multiple=True, help="A squad is late; may be repeated.")
@click.option("--ill", metavar="OFFICER", multiple=True, help="An officer cannot go on; may be repeated.")
@click.option("--incident", metavar="ID", multiple=True, help="Must be seen to today; may be repeated.")
@click.option(
    "--close",
    type=Closed(),
    multiple=True,
    help="A road is closed: a point on it or a line along it, and why; may be repeated.",
)
@click.option("--seconds", type=Seconds(min=0.1, max=3600), default=REPLAN_SECONDS, show_default=True)
@click.option("--seed", type=SEED, default=1, show_default=True)
@click.option(
    "--price",
    type=click.IntRange(min=0, max=MOST_PER_CHANGE),
    help="Prize that disturbing one stop must bring; the office's setting by default.",
)
@click.option("--publish", is_flag=True, help="Put the result into force at once.")
@json_option
@database_option
@click.pass_obj
def replan_command(
    session: Session,
    day: date,
    township: str,
    now: time | None,
    late: tuple[tuple[str, int], ...],
    ill: tuple[str, ...],
    incident: tuple[str, ...],
    close: tuple[ClosedNow, ...],
    seconds: float,
    seed: int,
    price: int | None,
    publish: bool,
    as_json: bool,
) -> None:
    """Plan the rest of a published day anew, from where the squads stand, with little disturbance."""
    done = replan_day(
        session.ctx,
        township_code=township,
        day=day,
        actor=session.actor,
        events=Events(now=now, late=dict(late), ill=ill, incidents=incident, closed=close),
        seconds=seconds,
        seed=seed,
        prize_per_change=price,
        stop=stop_with_bar(f"replan {township}", seconds=seconds, quiet=as_json),
    )
    if publish:
        publish_day(session.ctx, township_code=township, day=day, actor=session.actor)
    if as_json:
        echo_json(_replan_json(done, session.language, published=publish))
        return
    click.echo(
        f"{township}: {done.plan.change.render(session.language)}; "
        f"prize ahead {done.prize}, of the old plan's rest {done.rest_prize}"
    )
    for change in done.changes:
        click.echo(f"  {change.words.render(session.language)}")


def _replan_json(done: Replanned, language: str, *, published: bool) -> dict[str, Any]:
    return {
        "date": done.plan.day.isoformat(),
        "township": done.plan.township_code,
        "now": done.now.isoformat(),
        "revision": done.plan.id,
        "published": published,
        "status": done.plan.status,
        "seconds": round(done.seconds, 3),
        "prize": done.prize,
        "rest_prize": done.rest_prize,
        "changes": [
            {
                "place": change.stop_id,
                "name": change.name,
                "kind": change.kind,
                "squad_before": change.squad_before,
                "squad_after": change.squad_after,
                "minutes": change.minutes,
                "text": change.words.render(language),
            }
            for change in done.changes
        ],
        "squads": [
            {
                "id": squad.id,
                "members": list(squad.members),
                "patrol_only": squad.patrol_only,
                "done": [visit.stop.id for visit in squad.done_visits],
                "visits": [
                    {"place": visit.stop.id, "start": visit.start.isoformat()} for visit in squad.open_visits
                ],
            }
            for squad in done.plan.squads
        ],
    }


COMMANDS = (replan_command,)
