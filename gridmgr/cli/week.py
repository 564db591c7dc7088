"""`gridmgr week`."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

import click

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
from gridmgr.cli.planning import townships_of
from gridmgr.domain.coverage import WEEK
from gridmgr.domain.week import WeekPlan
from gridmgr.errors import NoPlan
from gridmgr.services.planning import plan_week
from gridmgr.services.planning.week import WEEK_SECONDS


@click.command("week")
@click.option("--from", "first", type=Day(), required=True, help="The week's first day.")
@click.option("--days", type=click.IntRange(1, WEEK), default=WEEK, show_default=True)
@click.option("--as-of", type=Day(), help="First day to choose for; today by default.")
@click.option("--township", metavar="CODE", help="One township; all where not given.")
@click.option("--all", "everything", is_flag=True, help="All townships (the default).")
@click.option("--seconds", type=Seconds(min=0.1, max=3600), default=WEEK_SECONDS, show_default=True)
@click.option("--seed", type=SEED, default=1, show_default=True)
@json_option
@database_option
@click.pass_obj
def week_command(
    session: Session,
    first: date,
    days: int,
    as_of: date | None,
    township: str | None,
    everything: bool,
    seconds: float,
    seed: int,
    as_json: bool,
) -> None:
    """Plan at once which villages are visited on which days of a week; each day is planned from it."""
    plans: list[WeekPlan] = []
    failed = False
    for code in townships_of(session, township, everything):
        try:
            plan = plan_week(
                session.ctx,
                township_code=code,
                first=first,
                actor=session.actor,
                days=days,
                as_of=as_of,
                seconds=seconds,
                seed=seed,
                stop=stop_with_bar(f"week {code}", seconds=seconds, quiet=as_json),
            )
        except NoPlan as error:
            failed = True
            click.echo(f"gridmgr: {error.render(session.language)}", err=True)
        else:
            plans.append(plan)
    if as_json:
        echo_json({"from": first.isoformat(), "townships": [_json(plan, session.language) for plan in plans]})
    else:
        with session.ctx.storage.read() as uow:
            names = {village.code: village.name for village in uow.villages.find()}
        for plan in plans:
            _echo(plan, names, session.language)
    if failed:
        sys.exit(3)


def _json(plan: WeekPlan, language: str) -> dict[str, Any]:
    return {
        "township": plan.township_code,
        "id": plan.id,
        "number": plan.number,
        "status": plan.status,
        "engine": plan.engine,
        "seed": plan.seed,
        "seconds": round(plan.seconds, 3),
        "as_of": plan.as_of.isoformat(),
        "cost": plan.cost,
        "bound": plan.bound,
        "travel_minutes": round(plan.travel_seconds / 60),
        "rules": asdict(plan.rules),
        "days": [
            {
                "date": item.day.isoformat(),
                "squads": item.squads,
                "open": item.open,
                "minutes": item.seconds // 60,
                "used_minutes": round(item.used_seconds / 60),
                "visits": item.visits,
                "recoverable": item.recoverable,
                "routes": [list(route.villages) for route in item.routes],
            }
            for item in plan.days
        ],
        "villages": [
            {
                "village": item.village_code,
                "due": item.due,
                "done": [day.isoformat() for day in item.done],
                "planned": [day.isoformat() for day in item.planned],
                "short": item.short,
                "debt_before": item.debt_before,
                "debt_after": item.debt_after,
                "close_days": item.close_days,
                "waiting_days": item.waiting_days,
                "reason": item.reason.render(language) if item.reason else None,
            }
            for item in plan.villages
        ],
        "notes": [note.render(language) for note in plan.notes],
    }


def _echo(plan: WeekPlan, names: Mapping[str, str], language: str) -> None:
    villages = plan.villages
    click.echo(
        f"{plan.township_code}: {plan.status}, {sum(v.due for v in villages)} visits due, "
        f"{sum(len(v.done) for v in villages)} done, {sum(len(v.planned) for v in villages)} planned, "
        f"{sum(v.short for v in villages)} short; debt {sum(v.debt_before for v in villages):.1f} -> "
        f"{sum(v.debt_after for v in villages):.1f}, {plan.travel_seconds / 60:.0f} min of travel"
    )
    for item in plan.villages:
        marks = "".join(_mark(item.done, item.planned, day.day) for day in plan.days)
        why = f"  {item.reason.render(language)}" if item.reason else ""
        click.echo(
            f"  {marks}  {len(item.done) + len(item.planned)}/{item.due}  {names[item.village_code]}{why}"
        )
    for note in plan.notes:
        click.echo(f"  {note.render(language)}")


def _mark(done: tuple[date, ...], planned: tuple[date, ...], day: date) -> str:
    """Visited, planned, or neither."""
    return "x" if day in done else "o" if day in planned else "."


COMMANDS = (week_command,)
