"""`gridmgr deadlines ...`: reckon one, look after all that run."""

from __future__ import annotations

import click

from gridmgr.cli.common import Session, database_option, echo_json, json_option
from gridmgr.services.deadlines.escalating import check_deadlines
from gridmgr.services.deadlines.reckoning import reckon
from gridmgr.texts import Message


@click.group("deadlines")
def deadlines_group() -> None:
    """Deadlines by the office's calendar and rules."""


@deadlines_group.command("due")
@click.argument("rule")
@click.option("--from", "start", required=True, metavar="TIME", help="Like 2026-09-30T16:00, office time.")
@json_option
@database_option
@click.pass_obj
def due_command(session: Session, rule: str, start: str, as_json: bool) -> None:
    """Say when a deadline such as "5个工作日" or "90 days" falls."""
    found = reckon(session.ctx, rule, start)
    words = found.words.render(session.language)
    if as_json:
        answer = {"due": found.due.isoformat(), "unit": found.rule.unit, "provisional": not found.settled}
        echo_json({**answer, "text": words})
        return
    click.echo(words)
    if not found.settled:
        click.echo(f"gridmgr: {Message('deadline.provisional').render(session.language)}", err=True)


@deadlines_group.command("check")
@json_option
@database_option
@click.pass_obj
def check_command(session: Session, as_json: bool) -> None:
    """Look once at every running deadline: escalate what is overdue, as the worker does by itself."""
    done = check_deadlines(session.ctx)
    told = [
        {
            "case": item.case_id,
            "phase": item.phase,
            "told": item.escalation.level,
            "fell_at": item.escalation.fell_at.isoformat(),
        }
        for item in done.told
    ]
    if as_json:
        echo_json({"running": done.running, "moved": done.moved, "told": told})
        return
    click.echo(f"{done.running} deadlines run, {done.moved} moved, {len(told)} escalations")
    for row in told:
        click.echo(f"  {row['case']} {row['phase']}: {row['told']} (due {row['fell_at']})")


COMMANDS = (deadlines_group,)
