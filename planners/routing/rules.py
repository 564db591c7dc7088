"""Who may serve which stop, and when a visit may start: the rules every part of the planner shares.

`verify` does not use this file: it states the rules a second time, so that a mistake here cannot hide itself.
"""

from __future__ import annotations

from planners.result import Reason
from planners.routing.data import Problem, SquadShift, StopPoint


def squad_is_allowed(stop: StopPoint, squad: SquadShift) -> bool:
    """Whether pins, allowed and forbidden squads let this squad serve the stop."""
    if stop.pinned_squad is not None and stop.pinned_squad != squad.id:
        return False
    if stop.allowed_squads is not None and squad.id not in stop.allowed_squads:
        return False
    return squad.id not in stop.forbidden_squads


def eligibility_breaches(problem: Problem, stop: StopPoint, squad: SquadShift) -> tuple[Reason, ...]:
    """Every rule, time apart, that keeps this squad from serving this stop; empty if it may.

    Codes: ``pinned_elsewhere`` (squad), ``squad_not_allowed`` (squad), ``missing_skill`` (squad, skill),
    ``needs_lawful_squad`` (squad), ``locked_elsewhere`` (squad).
    """
    owners = problem.locked_to.get(stop.id)
    if owners is not None:
        return () if squad.id in owners else (Reason("locked_elsewhere", {"squad": owners[0]}),)
    found = []
    if stop.pinned_squad not in (None, squad.id):
        found.append(Reason("pinned_elsewhere", {"squad": str(stop.pinned_squad)}))
    elif not squad_is_allowed(stop, squad):
        found.append(Reason("squad_not_allowed", {"squad": squad.id}))
    if missing := stop.skills - squad.skills:
        found.append(Reason("missing_skill", {"squad": squad.id, "skill": ", ".join(sorted(missing))}))
    if stop.needs_lawful and squad.patrol_only:
        found.append(Reason("needs_lawful_squad", {"squad": squad.id}))
    return tuple(found)


def service_start(windows: tuple[tuple[int, int], ...], arrive: int) -> int | None:
    """The earliest lawful start of a visit reached at ``arrive``; None once every window is closed."""
    if not windows:
        return arrive
    for earliest, latest in windows:
        if arrive <= latest:
            return max(arrive, earliest)
    return None


def latest_start(windows: tuple[tuple[int, int], ...], not_after: int) -> int | None:
    """The latest lawful start that is not after ``not_after``; None if there is none."""
    if not windows:
        return not_after
    for earliest, latest in reversed(windows):
        if earliest <= not_after:
            return min(latest, not_after)
    return None


def enforced_windows(problem: Problem, stop: StopPoint) -> tuple[tuple[int, int], ...]:
    """The stop's windows, or none if it is locked: what is done or frozen is not judged again."""
    return () if stop.id in problem.locked_to else stop.windows
