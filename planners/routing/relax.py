"""One rule made a little wider, as data: what would let a stop into a plan that leaves it out.

`planners.routing.relief` finds the smallest one for each stop; here stands what they are and how one changes
a problem. Kinds, in the order they are offered (see `burden`):

- ``unpin``: the stop is no longer pinned (squad: who would take it).
- ``allow``: a squad kept from it may serve it (squad).
- ``more_stops``: a squad makes one visit more than its limit (squad).
- ``longer_shift``: a squad ends later (squad, minutes).
- ``opens_earlier``, ``open_longer``: the stop's opening is wider (minutes; squad: who would take it).
- ``give_up``: another visit is left out for it (squad, other).
- ``skill``: somebody of a squad brings one skill more (squad, skill).
- ``certified``: a patrol-only squad may enforce (squad).
- ``another_squad``: one lawful squad more, with the longest shift there is and the skills the stop asks for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal, get_args

from planners.routing.data import Problem, SquadShift, StopPoint

Kind = Literal[
    "unpin",
    "allow",
    "more_stops",
    "longer_shift",
    "opens_earlier",
    "open_longer",
    "give_up",
    "skill",
    "certified",
    "another_squad",
]
KINDS: tuple[Kind, ...] = get_args(Kind)

#: Minutes up to which people are asked to stay or a place to open before somebody else is called for.
_EASY_MINUTES = 60
#: What each kind asks of people, least first; where ranks are equal the amount decides.
_RANK: Mapping[Kind, int] = {
    "unpin": 0,
    "allow": 0,
    "more_stops": 1,
    "longer_shift": 2,
    "opens_earlier": 2,
    "open_longer": 2,
    "give_up": 3,
    "skill": 4,
    "certified": 5,
    "another_squad": 7,
}
_LONG = 6


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What a plan with the relaxation is worth beside the plan without it.

    Parameters
    ----------
    prize
        What the relaxation adds to the prize: `anyway` is taken off already.
    anyway
        What the same search adds to the plan's prize without any relaxation; 0 for a plan it cannot better.
    takes_in
        Stops visited that the plan leaves out, the one asked about among them, in the problem's order.
    gives_up
        Stops left out that the plan visits, in the problem's order.
    resolved
        True: the plan was searched anew, with and without the relaxation and with the same counted work.
        False: the stop was put into the plan as it stands and nothing else was tried.
    orders
        The plan with the relaxation, stop ids by squad.
    """

    prize: int
    anyway: int
    takes_in: tuple[str, ...]
    gives_up: tuple[str, ...]
    resolved: bool
    orders: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, kw_only=True)
class Relaxation:
    """The least change of one kind with which a stop fits into the plan as it stands.

    Parameters
    ----------
    kind
        One of `KINDS`.
    stop
        The stop it lets in.
    squad
        Id of the squad that would visit it. For ``another_squad`` an id that is not in the problem.
    minutes
        How much longer, for ``longer_shift``, ``opens_earlier`` and ``open_longer``; 0 for the others.
    other
        The stop given up, for ``give_up``.
    skill
        The skill asked for, for ``skill``.
    effect
        What it brings; None until it is worked out.
    """

    kind: Kind
    stop: str
    squad: str
    minutes: int = 0
    other: str | None = None
    skill: str | None = None
    effect: Effect | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"Relaxation.kind must be one of {', '.join(KINDS)}, got {self.kind!r}")
        if self.minutes < 0:
            raise ValueError(f"Relaxation.minutes must be at least 0, got {self.minutes}")
        if (self.kind == "give_up") != (self.other is not None):
            raise ValueError("Relaxation.other goes with kind 'give_up' and no other")
        if (self.kind == "skill") != (self.skill is not None):
            raise ValueError("Relaxation.skill goes with kind 'skill' and no other")


def burden(problem: Problem, relaxation: Relaxation) -> tuple[int, int]:
    """What a relaxation asks of people; the smaller is offered first.

    Decisions of the planner come before minutes, minutes up to an hour before another stop given up, that
    before a skill or a certificate, those before more than an hour or a dearer stop given up, and a whole
    squad more comes last.
    """
    given_up = problem.stop(relaxation.other).prize if relaxation.other else 0
    loses = given_up > problem.stop(relaxation.stop).prize
    rank = _LONG if loses or relaxation.minutes > _EASY_MINUTES else _RANK[relaxation.kind]
    return rank, relaxation.minutes or given_up


def relaxed(problem: Problem, relaxation: Relaxation, *, required: bool = False) -> Problem:
    """The problem with that one rule wider.

    Parameters
    ----------
    problem
        The day.
    relaxation
        What to change.
    required
        Whether the stop must then be visited, so that a search keeps it.
    """
    if relaxation.kind == "another_squad":
        squads = (*problem.squads, extra_squad(problem, problem.stop(relaxation.stop)))
    else:
        change_squad = _SQUAD_CHANGES.get(relaxation.kind, _same_squad)
        squads = tuple(change_squad(s, relaxation) if s.id == relaxation.squad else s for s in problem.squads)
    change_stop = _STOP_CHANGES.get(relaxation.kind, _same_stop)
    stops = tuple(
        _changed_stop(change_stop(stop, relaxation), relaxation, required=required) for stop in problem.stops
    )
    return replace(problem, stops=stops, squads=squads)


def extra_squad(problem: Problem, stop: StopPoint) -> SquadShift:
    """One lawful squad more: the longest shift there is, and the skills the stop asks for."""
    model = max(problem.squads, key=lambda squad: squad.end - squad.start)
    name = "another"
    while problem.has_squad(name):
        name += "+"
    return replace(
        model, id=name, skills=model.skills | stop.skills, patrol_only=False, locked=(), max_stops=None
    )


def widened(
    windows: tuple[tuple[int, int], ...], minutes: int, *, earlier: bool
) -> tuple[tuple[int, int], ...]:
    """Windows whose first opens so much earlier (not before midnight), or whose last closes later."""
    if not windows:
        return windows
    if earlier:
        first, latest = windows[0]
        return ((max(0, first - 60 * minutes), latest), *windows[1:])
    earliest, last = windows[-1]
    return (*windows[:-1], (earliest, last + 60 * minutes))


def _same_squad(squad: SquadShift, _: Relaxation) -> SquadShift:
    return squad


def _same_stop(stop: StopPoint, _: Relaxation) -> StopPoint:
    return stop


def _one_stop_more(squad: SquadShift, _: Relaxation) -> SquadShift:
    return replace(squad, max_stops=None if squad.max_stops is None else squad.max_stops + 1)


def _allowed(stop: StopPoint, relaxation: Relaxation) -> StopPoint:
    if stop.id != relaxation.stop:
        return stop
    allowed = None if stop.allowed_squads is None else stop.allowed_squads | {relaxation.squad}
    return replace(stop, allowed_squads=allowed, forbidden_squads=stop.forbidden_squads - {relaxation.squad})


def _window(stop: StopPoint, relaxation: Relaxation) -> StopPoint:
    if stop.id != relaxation.stop:
        return stop
    earlier = relaxation.kind == "opens_earlier"
    return replace(stop, windows=widened(stop.windows, relaxation.minutes, earlier=earlier))


def _changed_stop(stop: StopPoint, relaxation: Relaxation, *, required: bool) -> StopPoint:
    if stop.id == relaxation.other:
        return replace(stop, allowed_squads=frozenset())
    if stop.id != relaxation.stop:
        return stop
    free = relaxation.kind == "unpin"
    return replace(stop, required=stop.required or required, pinned_squad=None if free else stop.pinned_squad)


_SQUAD_CHANGES: Mapping[str, Callable[[SquadShift, Relaxation], SquadShift]] = {
    "more_stops": _one_stop_more,
    "longer_shift": lambda squad, by: replace(squad, end=squad.end + 60 * by.minutes),
    "skill": lambda squad, by: replace(squad, skills=squad.skills | {by.skill or ""}),
    "certified": lambda squad, _: replace(squad, patrol_only=False),
}
_STOP_CHANGES: Mapping[str, Callable[[StopPoint, Relaxation], StopPoint]] = {
    "allow": _allowed,
    "opens_earlier": _window,
    "open_longer": _window,
}
