"""Times and order varied on purpose, so that who watches a place does not learn its hour.

What is varied follows from a secret of the office, the township and the day: the same day planned again gives
the same plan, and nobody outside can work it out. See `planners.routing.vary` for how, and its bounds.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from gridmgr.domain.patrols import DayPlan, Squad, Unassigned
from gridmgr.domain.settings import MOST_UNPREDICTABLE
from gridmgr.errors import BadInput
from gridmgr.services.context import Context
from gridmgr.services.planning.dayplan_problem import DayProblem, moment
from gridmgr.storage import UnitOfWork
from gridmgr.texts import Message
from planners import routing
from planners.stop import Stop

_SETTING = "unpredictability"
#: Arrivals of so many days before are what somebody could have learnt.
_HISTORY_DAYS = 28
#: Kinds of stop whose ids mean the same on every day.
_LASTING = frozenset({"village", "place"})


@dataclass(frozen=True, kw_only=True)
class VariedDay:
    """A day's routes after varying.

    Parameters
    ----------
    built, plan
        The problem with the later departures in it, and its routes.
    squads
        The squads with their departures.
    notes
        What the planner should know; empty where nothing was to be varied.
    left_out
        Reasons of stops that have none but the variation, by stop id.
    lost_percent
        Share of the prize that was given up; None where the plan stayed as it was.
    """

    built: DayProblem
    plan: routing.RoutePlan
    squads: tuple[Squad, ...]
    notes: tuple[Message, ...] = ()
    left_out: Mapping[str, Message]
    lost_percent: float | None = None

    def explained(self, items: tuple[Unassigned, ...]) -> tuple[Unassigned, ...]:
        """The stops left out, those left out for the sake of variation saying so."""
        return tuple(replace(item, reason=self.left_out.get(item.stop.id, item.reason)) for item in items)

    @property
    def detail(self) -> dict[str, Any]:
        """For the audit trail."""
        return {} if self.lost_percent is None else {"prize_given_up_percent": round(self.lost_percent, 2)}


def percent_of(asked: float | None, setting: float) -> float:
    """How much of the prize may be given up: what was asked for, else the office's setting.

    Raises
    ------
    BadInput
        If it is not 0 to `MOST_UNPREDICTABLE`.
    """
    if asked is None:
        return setting
    if not 0 <= asked <= MOST_UNPREDICTABLE:
        raise BadInput("plan.vary_out_of_bounds", percent=f"{asked:g}", most=f"{MOST_UNPREDICTABLE:g}")
    return asked


def on_time(plan: DayPlan) -> DayPlan:
    """The plan with every squad setting out when its shift begins."""
    return replace(plan, squads=tuple(replace(squad, departs=None) for squad in plan.squads))


def unvaried(built: DayProblem, plan: routing.RoutePlan, squads: tuple[Squad, ...]) -> VariedDay:
    """The routes as they were found."""
    return VariedDay(built=built, plan=plan, squads=squads, left_out={})


def vary_day(
    ctx: Context,
    built: DayProblem,
    best: routing.RoutePlan,
    draft: DayPlan,
    *,
    percent: float,
    actor: str,
    stop: Stop | None = None,
) -> VariedDay:
    """Other routes, as lawful and nearly as good, that come at other hours than of late.

    Parameters
    ----------
    ctx
        The wired parts.
    built, best, draft
        The day's problem, its best routes and its squads, none of which is out yet.
    percent
        At most so much of the prize is given up.
    actor
        Who plans.
    stop
        Asked whether to end early.
    """
    with ctx.storage.read() as uow:
        history = _arrivals(uow, built, draft.township_code)
    varied = routing.vary(
        built.problem,
        best,
        seed=_seed(_secret(ctx, actor), draft.township_code, draft.day),
        limits=routing.Limits(prize_percent=percent),
        history=history,
        cancelled=(stop or Stop()).cancelled,
    )
    if varied.plan.routes == best.routes:
        note = Message("plan.not_varied")
        return replace(unvaried(built, best, draft.squads), notes=(note,))
    values = {"lost": f"{max(0.0, varied.lost_percent):.1f}", "most": f"{percent:g}"}
    visited = {name for order in best.orders.values() for name in order}
    return VariedDay(
        built=replace(built, problem=varied.problem),
        plan=varied.plan,
        squads=tuple(
            replace(squad, departs=moment(built, varied.departures[squad.id]))
            if squad.id in varied.departures
            else squad
            for squad in draft.squads
        ),
        notes=(Message("plan.varied", values),),
        left_out={
            item.stop: Message("reason.left_out_to_vary")
            for item in varied.plan.unassigned
            if item.stop in visited or item.reason.code == "not_chosen"
        },
        lost_percent=varied.lost_percent,
    )


def _seed(secret: str, township_code: str, day: date) -> int:
    message = f"{township_code}/{day.isoformat()}".encode()
    return int.from_bytes(hmac.digest(bytes.fromhex(secret), message, "sha256")[:16])


def _secret(ctx: Context, actor: str) -> str:
    """The office's secret, in hexadecimal digits; made on first use."""
    with ctx.storage.read() as uow:
        stored: str | None = uow.settings.get(_SETTING)
    if stored is not None:
        return stored
    with ctx.storage.write(actor) as uow:
        # Somebody else may have been first.
        stored = uow.settings.get(_SETTING)
        if stored is None:
            stored = secrets.token_hex(32)
            uow.settings.put(_SETTING, stored)
            uow.record("settings.secret", "settings", _SETTING)
            uow.commit()
    return stored


def _arrivals(uow: UnitOfWork, built: DayProblem, township_code: str) -> dict[str, list[int]]:
    """Seconds since midnight of the last weeks' arrivals by stop id: real ones, planned ones else."""
    first, last = built.day - timedelta(days=_HISTORY_DAYS), built.day - timedelta(days=1)
    lasting = {stop.id for stop in built.stops.values() if stop.kind in _LASTING}
    arrivals: dict[tuple[str, date], datetime] = {}
    for plan in uow.days.published_between(first, last, township_code=township_code):
        arrivals |= {(visit.stop.id, plan.day): visit.arrive for visit in plan.visits()}
    arrivals |= {
        (check_in.stop_id, check_in.day): check_in.arrived_at
        for check_in in uow.check_ins.between(first, last, township_code=township_code)
    }
    found: dict[str, list[int]] = {}
    for (stop_id, _), at in sorted(arrivals.items()):
        if stop_id in lasting:
            wall = at.astimezone(built.zone)
            found.setdefault(stop_id, []).append(wall.hour * 3600 + wall.minute * 60 + wall.second)
    return found
