"""Who has been where on a day: check-ins against the plan, each squad's own where squads meet."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from gridmgr.domain.patrols import CheckIn, DayPlan


class Arrivals:
    """The first check-in at each stop of a plan.

    At a stop of one squad anybody's counts; where squads meet each needs its own.

    Parameters
    ----------
    plan
        Whose stops; None knows no meetings.
    check_ins
        Of the day.
    """

    def __init__(self, plan: DayPlan | None, check_ins: Iterable[CheckIn]) -> None:
        self._met = frozenset(plan.meetings) if plan else frozenset[str]()
        self._first: dict[str, CheckIn] = {}
        self._own: dict[tuple[str | None, str], CheckIn] = {}
        for item in sorted(check_ins, key=lambda item: item.arrived_at):
            self._first.setdefault(item.stop_id, item)
            self._own.setdefault((item.squad_id, item.stop_id), item)

    def at(self, stop_id: str, squad_id: str) -> CheckIn | None:
        """When the squad came to the stop; None before."""
        if stop_id in self._met:
            return self._own.get((squad_id, stop_id))
        return self._first.get(stop_id)


def done_by_squad(plan: DayPlan, check_ins: Iterable[CheckIn]) -> dict[str, tuple[str, ...]]:
    """Stops of the plan that are done, by squad id, in the order the squad came to them.

    A meeting is done once all its squads have come: who came first is still waiting for the others.
    """
    arrivals = Arrivals(plan, check_ins)
    came: dict[str, list[tuple[CheckIn, str]]] = {}
    waiting: set[str] = set()
    for squad in plan.squads:
        for visit in squad.visits:
            arrival = arrivals.at(visit.stop.id, squad.id)
            if arrival is not None:
                came.setdefault(squad.id, []).append((arrival, visit.stop.id))
            elif visit.stop.id in plan.meetings:
                waiting.add(visit.stop.id)
    done = {
        squad_id: [stop for _, stop in sorted(items, key=_moment) if stop not in waiting]
        for squad_id, items in came.items()
    }
    return {squad_id: tuple(stops) for squad_id, stops in done.items() if stops}


def waiting_at(plan: DayPlan, check_ins: Iterable[CheckIn]) -> dict[str, str]:
    """Squads that came to a meeting where others are still to come: the stop by squad id."""
    arrivals = Arrivals(plan, check_ins)
    found: dict[str, str] = {}
    for squad in plan.squads:
        for stop in (visit.stop.id for visit in squad.visits if visit.stop.id in plan.meetings):
            own = arrivals.at(stop, squad.id)
            all_here = all(
                arrivals.at(stop, other.id) is not None
                for other in plan.squads
                if any(visit.stop.id == stop for visit in other.visits)
            )
            if own is not None and not all_here:
                found[squad.id] = stop
    return found


def _moment(item: tuple[CheckIn, str]) -> datetime:
    return item[0].arrived_at
