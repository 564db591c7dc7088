"""What would let a left-out stop into the day: the planner's relaxations as the day's own words.

Worked out when routes are planned, never in a request; a change by hand makes the list stale, so it goes with
the reason it belongs to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from gridmgr.domain.patrols import Fix, Unassigned
from gridmgr.services.planning.dayplan_problem import DayProblem
from gridmgr.texts import Message
from planners import routing
from planners.stop import Stop

#: Plans searched anew for the effects of the lightest relaxations; the rest tell of the stop alone.
_SEARCHES = 4
#: Seconds they may take together, a safety net on a slow machine.
_SECONDS = 20.0
#: How many names a text lists.
_MOST_NAMES = 3


def with_fixes(
    built: DayProblem,
    orders: Mapping[str, Sequence[str]],
    unassigned: Sequence[Unassigned],
    *,
    seed: int,
    stop: Stop | None = None,
) -> tuple[Unassigned, ...]:
    """The stops left out, each with what would let it in, the lightest first.

    Parameters
    ----------
    built
        The day's problem.
    orders
        The planned routes, stop ids by squad.
    unassigned
        What is left out, with reasons.
    seed
        Of the searches.
    stop
        For cancelling; how much is searched is set here.
    """
    limits = Stop(seconds=_SECONDS, work=_SEARCHES)
    if stop is not None:
        limits = replace(limits, cancelled=stop.cancelled)
    found = routing.relaxations(built.problem, orders, limits, seed)
    return tuple(
        item
        # Nothing the planner could ease would let in what the links keep out.
        if item.stop.id in built.barred
        else replace(item, fixes=tuple(_fix(built, one) for one in found.get(item.stop.id, ())))
        for item in unassigned
    )


def _fix(built: DayProblem, one: routing.Relaxation) -> Fix:
    params: dict[str, str | int | float | Message] = {
        "squad": built.squad_numbers.get(one.squad, ""),
        "minutes": one.minutes,
        "other": built.stops[one.other].name if one.other else "",
        "skill": one.skill or "",
    }
    effect = one.effect
    prize = effect.prize if effect else 0
    also = [name for name in effect.takes_in if name != one.stop] if effect else []
    lost = [name for name in effect.gives_up if name != one.other] if effect else []
    what = Message(f"fix.{one.kind}", params)
    return Fix(
        kind=one.kind,
        message=Message("fix.sentence", {"what": what, "effect": _effect(built, prize, also, lost)}),
        squad_id=one.squad if one.squad in built.squad_numbers else None,
        minutes=one.minutes,
        prize=prize,
        takes_in=() if effect is None else effect.takes_in,
        gives_up=() if effect is None else effect.gives_up,
        searched=effect is not None and effect.resolved,
    )


def _effect(built: DayProblem, prize: int, also: Sequence[str], lost: Sequence[str]) -> Message:
    """What it brings, in numbers and names."""
    params: dict[str, str | int | float | Message] = {
        "prize": f"{prize:+d}",
        "also": _names(built, also),
        "lost": _names(built, lost),
    }
    key = {(False, False): "fix.brings", (True, False): "fix.brings_also"}.get(
        (bool(also), bool(lost)), "fix.brings_trades" if also else "fix.brings_loses"
    )
    return Message(key, params)


def _names(built: DayProblem, stops: Sequence[str]) -> str:
    shown = "、".join(built.stops[name].name for name in stops[:_MOST_NAMES])
    return shown if len(stops) <= _MOST_NAMES else f"{shown}… ({len(stops)})"
