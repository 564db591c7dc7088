"""`gridmgr score`."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

import click

from gridmgr.cli.common import Day, Session, database_option, echo_json, json_option
from gridmgr.errors import BadInput
from gridmgr.services.planning import DayScore, SquadScore, score_day

#: A plan's file larger than this is no plan.
_MOST_BYTES = 16 * 1024 * 1024


@click.command("score")
@click.option("--date", "day", type=Day(), required=True)
@click.option("--township", metavar="CODE", required=True)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False)
@json_option
@database_option
@click.pass_obj
def score_command(session: Session, day: date, township: str, file: Path | None, as_json: bool) -> None:
    """Say what a plan made by hand is worth and breaks, changing nothing; exit 1 where a hard rule is broken.

    FILE is what `plan --json` prints, or {"squads": [{"id": ..., "stops": [...]}]}; the draft by default.
    """
    orders = None if file is None else read_orders(file, township)
    score = score_day(session.ctx, township_code=township, day=day, orders=orders)
    if as_json:
        echo_json(score_json(score, session.language))
    else:
        _echo(score, session.language)
    if not score.lawful:
        sys.exit(1)


def read_orders(file: Path, township: str) -> dict[str, tuple[str, ...]]:
    """Stop ids by squad out of a plan's file.

    Raises
    ------
    BadInput
        If it is no plan; names the squad and the value.
    """
    if file.stat().st_size > _MOST_BYTES:
        raise BadInput("plan.file_too_large", file=file.name, most=_MOST_BYTES)
    try:
        document = json.loads(file.read_bytes())
    except (ValueError, RecursionError) as error:
        raise BadInput("plan.file_not_json", file=file.name, reason=str(error)) from error
    squads = _squads_in(document, township)
    if not isinstance(squads, list):
        raise BadInput("plan.file_without_squads", file=file.name, township=township)
    orders: dict[str, tuple[str, ...]] = {}
    for row, squad in enumerate(squads, start=1):
        squad_id = squad.get("id") if isinstance(squad, dict) else None
        if not isinstance(squad_id, str) or squad_id in orders:
            raise BadInput("plan.file_bad_squad", row=row, value=repr(squad_id))
        orders[squad_id] = _stops_of(squad, row)
    return orders


def _squads_in(document: Any, township: str) -> Any:
    if not isinstance(document, dict):
        return None
    if "townships" not in document:
        return document.get("squads")
    rows = document["townships"] if isinstance(document["townships"], list) else []
    mine = (row for row in rows if isinstance(row, dict) and row.get("township") == township)
    return next(mine, {}).get("squads")


def _stops_of(squad: dict[str, Any], row: int) -> tuple[str, ...]:
    given = squad.get("stops", squad.get("visits", []))
    if not isinstance(given, list):
        raise BadInput("plan.file_bad_stop", row=row, value=repr(given))
    names: list[str] = []
    for item in given:
        name = item.get("place") if isinstance(item, dict) else item
        if not isinstance(name, str):
            raise BadInput("plan.file_bad_stop", row=row, value=repr(name))
        names.append(name)
    return tuple(names)


def score_json(score: DayScore, language: str) -> dict[str, Any]:
    """A score as one JSON document."""
    plan = score.plan
    return {
        "date": plan.day.isoformat(),
        "township": plan.township_code,
        "valid": score.lawful,
        "prize": score.prize,
        "travel_minutes": round(score.travel_seconds / 60, 1),
        "travel_metres": score.travel_metres,
        "squads": [_squad_json(item) for item in score.squads],
        "violations": [
            {
                "code": finding.code,
                "squad": finding.squad_id,
                "stop": finding.stop_id,
                "hard": finding.hard,
                "numbers": finding.numbers,
                "what": finding.message.render(language),
            }
            for finding in score.findings
        ],
        "unassigned": [
            {"place": item.stop.id, "prize": item.stop.prize, "reason": item.reason.render(language)}
            for item in plan.unassigned
        ],
    }


def _squad_json(item: SquadScore) -> dict[str, Any]:
    return {
        "id": item.squad.id,
        "travel_minutes": round(item.travel_seconds / 60, 1),
        "waiting_minutes": round(item.waiting_seconds / 60, 1),
        "spare_minutes": round(item.spare_seconds / 60, 1),
        "visits": [
            {
                "place": visit.stop.id,
                "arrive": visit.arrive.isoformat(),
                "start": visit.start.isoformat(),
                "leave": visit.leave.isoformat(),
            }
            for visit in item.squad.visits
        ],
    }


def _echo(score: DayScore, language: str) -> None:
    visits = sum(len(item.squad.visits) for item in score.squads)
    click.echo(
        f"{score.plan.township_code}: {visits} stops, {len(score.plan.unassigned)} left out, "
        f"prize {score.prize}, {score.travel_seconds / 60:.0f} min of travel; "
        + ("nothing broken" if not score.findings else f"{len(score.findings)} rules broken")
    )
    for finding in score.findings:
        weight = "must" if finding.hard else "may"
        click.echo(f"  {weight} {finding.squad_id or ''} {finding.message.render(language)}")


COMMANDS = (score_command,)
