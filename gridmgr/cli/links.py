"""`gridmgr link`: squads that meet, one visit before another, one of several places is enough."""

from __future__ import annotations

from datetime import date
from typing import Any

import click

from gridmgr.cli.common import Day, Session, database_option, echo_json, json_option
from gridmgr.domain.patrols import DayPlan
from gridmgr.errors import NoPlan
from gridmgr.services.planning import LinkWish, add_link, remove_link
from gridmgr.services.planning.drafts import day_of
from gridmgr.services.queries.linkview import LinkView, link_views

_day = click.option("--date", "day", type=Day(), required=True)
_township = click.option("--township", metavar="CODE", required=True)


@click.group("link")
def link_group() -> None:
    """Say what belongs together on a day: meetings of squads, orders of visits, choices."""


@link_group.command("meet")
@_day
@_township
@click.argument("stop", metavar="STOP")
@click.option("--squads", "count", type=click.IntRange(min=2), help="How many meet; 2 by default.")
@click.option("--squad", "squads", multiple=True, metavar="SQUAD", help="Who meets: number or id; repeat.")
@click.option("--why", default="", help="Kept in the audit trail.")
@json_option
@database_option
@click.pass_obj
def meet_command(
    session: Session,
    day: date,
    township: str,
    stop: str,
    count: int | None,
    squads: tuple[str, ...],
    why: str,
    as_json: bool,
) -> None:
    """Have squads at one stop at the same time."""
    wish = LinkWish(kind="meet", stops=(stop,), squads_needed=count, squads=squads, why=why)
    _add(session, day, township, wish, as_json)


@link_group.command("before")
@_day
@_township
@click.argument("first", metavar="STOP")
@click.argument("second", metavar="LATER_STOP")
@click.option("--why", default="", help="Kept in the audit trail.")
@json_option
@database_option
@click.pass_obj
def before_command(
    session: Session, day: date, township: str, first: str, second: str, why: str, as_json: bool
) -> None:
    """Have the visit to one stop end before that to another begins."""
    _add(session, day, township, LinkWish(kind="before", stops=(first, second), why=why), as_json)


@link_group.command("one-of")
@_day
@_township
@click.argument("stops", metavar="STOP STOP...", nargs=-1, required=True)
@click.option("--why", default="", help="Kept in the audit trail.")
@json_option
@database_option
@click.pass_obj
def one_of_command(
    session: Session, day: date, township: str, stops: tuple[str, ...], why: str, as_json: bool
) -> None:
    """Have one of several stops visited, and not the others."""
    _add(session, day, township, LinkWish(kind="one_of", stops=stops, why=why), as_json)


@link_group.command("list")
@_day
@_township
@json_option
@database_option
@click.pass_obj
def list_command(session: Session, day: date, township: str, as_json: bool) -> None:
    """List the links of a day's draft and what its routes make of them."""
    _, draft, _ = day_of(session.ctx, township, day)
    if draft is None:
        raise NoPlan("plan.no_squads_yet", township=township, day=day.isoformat())
    _tell(session, draft, link_views(draft), as_json)


@link_group.command("remove")
@_day
@_township
@click.argument("link_id", metavar="ID")
@click.option("--why", default="", help="Kept in the audit trail.")
@json_option
@database_option
@click.pass_obj
def remove_command(session: Session, day: date, township: str, link_id: str, why: str, as_json: bool) -> None:
    """Take a link back."""
    plan = remove_link(
        session.ctx, township_code=township, day=day, link_id=link_id, actor=session.actor, why=why
    )
    _tell(session, plan, link_views(plan), as_json)


def _add(session: Session, day: date, township: str, wish: LinkWish, as_json: bool) -> None:
    plan, link = add_link(session.ctx, township_code=township, day=day, wish=wish, actor=session.actor)
    _tell(session, plan, [view for view in link_views(plan) if view.link.id == link.id], as_json)


def _tell(session: Session, plan: DayPlan, views: list[LinkView], as_json: bool) -> None:
    if as_json:
        echo_json(
            {
                "date": plan.day.isoformat(),
                "township": plan.township_code,
                "links": [link_json(view, session.language) for view in views],
            }
        )
        return
    for view in views:
        click.echo(f"{view.link.id}  {view.state}  {view.words.render(session.language)}")
        for item in view.coming:
            times = f"{item.visit.arrive:%H:%M} {item.visit.start:%H:%M}-{item.visit.leave:%H:%M}"
            click.echo(f"  squad {item.squad.number}  {times}  {item.visit.stop.name}")


def link_json(view: LinkView, language: str) -> dict[str, Any]:
    """A link for programs; times carry their offset."""
    link = view.link
    return {
        "id": link.id,
        "kind": link.kind,
        "stops": list(link.stops),
        "squads_needed": link.squads_needed,
        "squads": list(link.squads),
        "state": view.state,
        "text": view.words.render(language),
        "visits": [
            {
                "squad": item.squad.id,
                "place": item.stop_id,
                "arrive": item.visit.arrive.isoformat(),
                "start": item.visit.start.isoformat(),
                "leave": item.visit.leave.isoformat(),
            }
            for item in view.coming
        ],
    }


COMMANDS = (link_group,)
