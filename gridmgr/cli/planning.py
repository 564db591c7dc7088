"""`gridmgr assign`, `roster`, `plan`, `verify`."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from typing import Any

import click

from gridmgr.cli.common import (
    SEED,
    Day,
    F,
    Percent,
    Seconds,
    Session,
    database_option,
    echo_json,
    json_option,
    stop_with_bar,
)
from gridmgr.cli.links import link_json
from gridmgr.domain.assignments import OwnershipPlan
from gridmgr.domain.patrols import DayPlan, Squad
from gridmgr.domain.settings import MOST_UNPREDICTABLE
from gridmgr.errors import BadInput, NoPlan
from gridmgr.services.context import require_township
from gridmgr.services.planning import (
    SCENARIOS,
    ScenarioResult,
    assign,
    compare_scenarios,
    form_squads,
    plan_routes,
    publish_day,
    publish_ownership,
)
from gridmgr.services.planning.checking import DayCheck, check_stored
from gridmgr.services.planning.routes import ENGINES
from gridmgr.services.planning.week_standing import WeekCheck, check_stored_weeks
from gridmgr.services.queries.linkview import link_views
from gridmgr.services.queries.ownership import named
from gridmgr.services.reporting.causes import fix_for

_ASSIGN_SECONDS, _ROSTER_SECONDS = 30.0, 60.0


def _scope(command: F) -> F:
    for option in (
        click.option("--township", metavar="CODE", help="One township; all where not given."),
        click.option("--all", "everything", is_flag=True, help="All townships (the default)."),
        click.option("--publish", is_flag=True, help="Put the result into force at once."),
        json_option,
        database_option,
    ):
        command = option(command)
    return command


def townships_of(session: Session, township: str | None, everything: bool) -> list[str]:
    """Codes of the townships a command is to work on."""
    if township and everything:
        raise click.UsageError("--township and --all exclude each other")
    if township:
        return [township]
    with session.ctx.storage.read() as uow:
        codes = [item.code for item in uow.townships.find()]
    if not codes:
        raise BadInput("plan.no_villages_yet")
    return codes


@click.command("assign")
@click.option("--seed", type=SEED, default=1, show_default=True)
@click.option("--scenarios", "compare", is_flag=True, help="Only compare the scenarios; save nothing.")
@click.option("--scenario", type=click.Choice(list(SCENARIOS)), default="usual", show_default=True)
@_scope
@click.pass_obj
def assign_command(
    session: Session,
    township: str | None,
    everything: bool,
    publish: bool,
    seed: int,
    compare: bool,
    scenario: str,
    as_json: bool,
) -> None:
    """Decide who answers for which village."""
    if compare:
        if publish:
            raise click.UsageError("--scenarios and --publish exclude each other")
        _compare(session, townships_of(session, township, everything), seed=seed, as_json=as_json)
        return
    ctx, plans = session.ctx, []
    for code in townships_of(session, township, everything):
        stop = stop_with_bar(f"assign {code}", seconds=_ASSIGN_SECONDS, quiet=as_json)
        plan = assign(ctx, township_code=code, actor=session.actor, seed=seed, stop=stop, scenario=scenario)
        if publish:
            publish_ownership(ctx, township_code=code, actor=session.actor)
        plans.append(named(ctx, plan))
    if as_json:
        echo_json({"townships": [_ownership_json(plan, session.language) for plan in plans]})
        return
    for plan in plans:
        leads = sum(r.role == "lead" for r in plan.responsibilities)
        click.echo(
            f"{plan.township_code}: {plan.status}, {leads} villages led, {len(plan.uncovered)} without a lead"
            + (f"; {plan.missing_officers} officers missing" if plan.missing_officers else "")
        )
        for item in plan.uncovered:
            click.echo(f"  {item.village_code}: {item.reason.render(session.language)}")


def _compare(session: Session, townships: Iterable[str], *, seed: int, as_json: bool) -> None:
    found: list[ScenarioResult] = []
    for code in townships:
        stop = stop_with_bar(f"scenarios {code}", seconds=_ASSIGN_SECONDS, quiet=as_json)
        found += compare_scenarios(session.ctx, township_code=code, stop=stop, seed=seed)
    if as_json:
        echo_json({"scenarios": [asdict(item) for item in found]})
        return
    click.echo(
        f"{'township':14}{'scenario':10}{'led':>5}{'open':>6}{'changes':>9}{'hours':>14}{'minutes':>9}"
    )
    for item in found:
        hours = f"{item.lightest_hours:.1f}-{item.heaviest_hours:.1f}"
        click.echo(
            f"{item.township_code:14}{item.scenario:10}{item.led:5}{item.uncovered:6}{item.changes:9}"
            f"{hours:>14}{item.minutes:9.1f}"
        )


def _ownership_json(plan: OwnershipPlan, language: str) -> dict[str, Any]:
    return {
        "township": plan.township_code,
        "status": plan.status,
        "objective": plan.objective,
        "bound": plan.bound,
        "seconds": round(plan.seconds, 3),
        "responsibilities": [
            {
                "officer": r.officer_id,
                "village": r.village_code,
                "role": r.role,
                "why": [message.render(language) for message in r.why],
            }
            for r in plan.responsibilities
        ],
        "unassigned": [
            {"village": item.village_code, "reason": item.reason.render(language)} for item in plan.uncovered
        ],
        "missing_officers": plan.missing_officers,
        "why": [message.render(language) for message in plan.why],
    }


@click.command("roster")
@click.option("--from", "first", type=Day(), required=True)
@click.option("--to", "last", type=Day(), required=True)
@click.option("--seed", type=SEED, default=1, show_default=True)
@_scope
@click.pass_obj
def roster_command(
    session: Session,
    first: date,
    last: date,
    township: str | None,
    everything: bool,
    publish: bool,
    seed: int,
    as_json: bool,
) -> None:
    """Form each day's squads from attendance."""
    ctx, days = session.ctx, []
    for code in townships_of(session, township, everything):
        stop = stop_with_bar(f"roster {code}", seconds=_ROSTER_SECONDS, quiet=as_json)
        plans = form_squads(
            ctx, township_code=code, first=first, last=last, actor=session.actor, seed=seed, stop=stop
        )
        for plan in plans:
            if publish and plan.squads:
                publish_day(ctx, township_code=code, day=plan.day, actor=session.actor)
        days += plans
    days.sort(key=lambda plan: (plan.day, plan.township_code))
    if as_json:
        echo_json({"days": [_roster_json(plan, session.language) for plan in days]})
        return
    for plan in days:
        lawful = sum(not squad.patrol_only for squad in plan.squads)
        click.echo(f"{plan.day} {plan.township_code}: {len(plan.squads)} squads, {lawful} lawful")
        _echo_notes(plan, session.language)


def _roster_json(plan: DayPlan, language: str) -> dict[str, Any]:
    return {
        "date": plan.day.isoformat(),
        "township": plan.township_code,
        "status": plan.status,
        "squads": [_squad_json(squad, language) for squad in plan.squads],
        "short": [
            {"agency": item.agency_code, "reason": item.reason.render(language)} for item in plan.short
        ],
        "reserve": list(plan.reserve),
        "notes": [note.render(language) for note in plan.notes],
    }


def _squad_json(squad: Squad, language: str) -> dict[str, Any]:
    return {
        "id": squad.id,
        "leader": squad.leader,
        "members": list(squad.members),
        "vehicle": squad.vehicle,
        "scopes": list(squad.scopes),
        "patrol_only": squad.patrol_only,
        "reason": squad.reason.render(language) if squad.reason else None,
    }


@click.command("plan")
@click.option("--date", "day", type=Day(), required=True)
@click.option("--seconds", type=Seconds(min=0.1, max=3600), help="Solving time a township.")
@click.option("--seed", type=SEED, default=1, show_default=True)
@click.option("--engine", type=click.Choice(ENGINES), default=ENGINES[0], show_default=True)
@click.option(
    "--vary",
    type=Percent(min=0, max=MOST_UNPREDICTABLE),
    metavar="PERCENT",
    help="Vary times and order on purpose, at most so much of the prize given up; by default as set.",
)
@_scope
@click.pass_obj
def plan_command(
    session: Session,
    day: date,
    seconds: float | None,
    seed: int,
    engine: str,
    vary: float | None,
    township: str | None,
    everything: bool,
    publish: bool,
    as_json: bool,
) -> None:
    """Plan the day's patrol routes; squads are formed first where there are none."""
    ctx = session.ctx
    plans: list[DayPlan] = []
    failed: list[NoPlan] = []
    for code in townships_of(session, township, everything):
        stop = stop_with_bar(f"plan {code}", seconds=seconds or 60.0, quiet=as_json)
        try:
            plan = plan_routes(
                ctx,
                township_code=code,
                day=day,
                actor=session.actor,
                seconds=seconds,
                seed=seed,
                engine=engine,
                vary=vary,
                stop=stop,
            )
            if publish:
                publish_day(ctx, township_code=code, day=day, actor=session.actor)
        except NoPlan as error:
            # One township without people must not keep the others at home.
            failed.append(error)
            click.echo(f"gridmgr: {error.render(session.language)}", err=True)
        else:
            plans.append(plan)
    if as_json:
        townships = [_plan_json(plan, session.language) for plan in plans]
        echo_json({"date": day.isoformat(), "townships": townships})
    else:
        _echo_plans(plans, session.language)
    if failed:
        sys.exit(3)


def _echo_plans(plans: Iterable[DayPlan], language: str) -> None:
    for plan in plans:
        visits = sum(len(squad.visits) for squad in plan.squads)
        click.echo(
            f"{plan.township_code}: {plan.status}, {len(plan.squads)} squads, {visits} stops, "
            f"{len(plan.unassigned)} left out, prize {plan.prize}, "
            f"{plan.travel_seconds / 60:.0f} min of travel"
        )
        _echo_notes(plan, language)


def _echo_notes(plan: DayPlan, language: str) -> None:
    for note in plan.notes:
        click.echo(f"  note: {note.render(language)}", err=True)
    for squad in plan.squads:
        if squad.reason is not None:
            click.echo(f"  squad {squad.number} patrols only: {squad.reason.render(language)}", err=True)


def _plan_json(plan: DayPlan, language: str) -> dict[str, Any]:
    return {
        "township": plan.township_code,
        "status": plan.status,
        "seed": plan.seed,
        "engine": plan.engine,
        "travel_method": plan.travel_method,
        "prize": plan.prize,
        "travel_minutes": round(plan.travel_seconds / 60, 1),
        "squads": [
            _squad_json(squad, language)
            | {
                "departs": squad.departs.isoformat() if squad.departs else None,
                "visits": [
                    {
                        "place": visit.stop.id,
                        "name": visit.stop.name,
                        "arrive": visit.arrive.isoformat(),
                        "start": visit.start.isoformat(),
                        "leave": visit.leave.isoformat(),
                    }
                    for visit in squad.visits
                ],
            }
            for squad in plan.squads
        ],
        "unassigned": [
            {
                "place": item.stop.id,
                "name": item.stop.name,
                "reason": item.reason.render(language),
                "code": item.reason.key.removeprefix("reason."),
                "required": item.stop.required,
                "relax": [fix.message.render(language) for fix in item.fixes]
                or [fix_for(item.reason).render(language)],
                "fixes": [
                    {
                        "kind": fix.kind,
                        "squad": fix.squad_id,
                        "minutes": fix.minutes,
                        "prize": fix.prize,
                        "takes_in": list(fix.takes_in),
                        "gives_up": list(fix.gives_up),
                        "searched": fix.searched,
                    }
                    for fix in item.fixes
                ],
            }
            for item in plan.unassigned
        ],
        "links": [link_json(view, language) for view in link_views(plan)],
        "notes": [note.render(language) for note in plan.notes],
    }


@click.command("verify")
@click.option("--date", "day", type=Day(), required=True)
@click.option("--township", metavar="CODE")
@json_option
@database_option
@click.pass_obj
def verify_command(session: Session, day: date, township: str | None, as_json: bool) -> None:
    """Check stored squads and routes again, without any solver; exit 1 where a hard rule is broken."""
    if township:
        with session.ctx.storage.read() as uow:
            require_township(uow, township)
    checks = check_stored(session.ctx, day, township_code=township)
    weeks = check_stored_weeks(session.ctx, day, township_code=township)
    if as_json:
        echo_json(_verify_json(day, checks, weeks, session.language))
    else:
        _echo_checks(day, checks, weeks, session.language)
    findings = [f for check in checks for f in check.findings] + [f for week in weeks for f in week.findings]
    if any(finding.hard for finding in findings):
        sys.exit(1)


def _verify_json(day: date, checks: list[DayCheck], weeks: list[WeekCheck], language: str) -> dict[str, Any]:
    told: dict[str, Any] = {
        "date": day.isoformat(),
        "townships": [
            {
                "township": check.township_code,
                "published": check.published,
                "valid": not any(f.hard for f in check.findings),
                "findings": [
                    {
                        "squad": f.squad_id,
                        "stop": f.stop_id,
                        "hard": f.hard,
                        "what": f.message.render(language),
                    }
                    for f in check.findings
                ],
            }
            for check in checks
        ],
    }
    if weeks:
        told["weeks"] = [
            {
                "township": week.township_code,
                "number": week.number,
                "valid": not any(f.hard for f in week.findings),
                "findings": [{"hard": f.hard, "what": f.message.render(language)} for f in week.findings],
            }
            for week in weeks
        ]
    return told


def _echo_checks(day: date, checks: list[DayCheck], weeks: list[WeekCheck], language: str) -> None:
    if not checks and not weeks:
        click.echo(f"{day}: nothing is planned")
    named = [(f"{c.township_code} ({'published' if c.published else 'draft'})", c.findings) for c in checks]
    named += [(f"{w.township_code} (week plan {w.number})", w.findings) for w in weeks]
    for name, findings in named:
        hard = sum(f.hard for f in findings)
        click.echo(f"{name}: " + ("valid" if not hard else f"{hard} rules broken"))
        for finding in findings:
            click.echo(f"  {finding.squad_id or ''} {finding.message.render(language)}")


COMMANDS = (assign_command, roster_command, plan_command, verify_command)
