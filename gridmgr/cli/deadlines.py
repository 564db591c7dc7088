"""`gridmgr deadlines ...`: reckon one, look after all that run."""

from __future__ import annotations

from datetime import datetime

import click

from gridmgr.cli.common import Session, database_option, echo_json, json_option
from gridmgr.domain.deadlines import RuleTextError, due_at
from gridmgr.errors import BadInput
from gridmgr.services.deadlines.book import book_of
from gridmgr.services.deadlines.calendars import calendar_of
from gridmgr.services.deadlines.escalating import check_deadlines
from gridmgr.services.deadlines.words import rule_words
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
    ctx = session.ctx
    with ctx.storage.read() as uow:
        calendar, book = calendar_of(uow, ctx.clock.zone), book_of(uow)
    try:
        begins = datetime.fromisoformat(start)
    except ValueError as error:
        raise BadInput("deadline.bad_moment", value=start) from error
    begins = begins.replace(tzinfo=ctx.clock.zone) if begins.tzinfo is None else begins
    try:
        read = book.read(rule)
    except RuleTextError as error:
        raise BadInput("deadline.unreadable", words=rule) from error
    due = due_at(read, begins, calendar)
    if due is None:
        raise RuntimeError("a deadline without pauses has no end")
    settled = calendar.is_settled(calendar.local(begins).date(), due.date())
    values = {"rule": rule_words(read), "start": f"{begins:%Y-%m-%d %H:%M}", "due": f"{due:%Y-%m-%d %H:%M}"}
    words = Message("deadline.due_at", values).render(session.language)
    if as_json:
        echo_json({"due": due.isoformat(), "unit": read.unit, "provisional": not settled, "text": words})
        return
    click.echo(words)
    if not settled:
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
