"""What routing gives back: plain dataclasses of routes, visits, times, and what was left out and why.

Times are seconds since midnight, durations seconds, distances metres; stops and squads are named by their
ids.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from planners.result import Reason


def duration_params(seconds: int) -> dict[str, str | int | float]:
    """A duration for a reason's words: exact seconds, and minutes rounded up, as people are told them."""
    return {"seconds": seconds, "minutes": -(-seconds // 60)}


@dataclass(frozen=True, kw_only=True)
class Violation:
    """One rule that a route or plan breaks.

    Parameters
    ----------
    reason
        Code and numbers; the codes are listed in `planners.routing.schedule` and `planners.routing.verify`.
    squad, stop
        Where it is broken; None where it concerns no single squad or stop.
    """

    reason: Reason
    squad: str | None = None
    stop: str | None = None

    @property
    def code(self) -> str:
        """The reason's code."""
        return self.reason.code


@dataclass(frozen=True, kw_only=True)
class Visit:
    """One visit of a route.

    Parameters
    ----------
    stop
        Id of the stop.
    arrive, start, leave
        Reached, service begun, service ended.
    wait_seconds
        Idle time between arriving and starting; a lunch taken there is not idle.
    slack_seconds
        How much later the visit could start with everything after it still in time.
    travel_seconds, travel_metres
        The way that leads to it.
    """

    stop: str
    arrive: int
    start: int
    leave: int
    wait_seconds: int
    slack_seconds: int
    travel_seconds: int
    travel_metres: int


@dataclass(frozen=True, kw_only=True)
class LunchTaken:
    """Where and when the break falls.

    Parameters
    ----------
    start, end
        The break.
    leg
        Index of the way it belongs to: way ``i`` leads to visit ``i``, the last one to the squad's end.
    on_arrival
        False: before setting out on that way. True: on arriving, before service begins; at the end of the
        last way it is taken after the patrol and delays nothing.
    """

    start: int
    end: int
    leg: int
    on_arrival: bool


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """A squad's route with its times, as `planners.routing.schedule.schedule` works them out.

    Parameters
    ----------
    squad
        Id of the squad.
    visits
        In order.
    lunch
        The break, None if none is owed or the route is empty.
    start, end
        When it sets out or could, and when it is back; both the shift's start if the route is empty.
    return_seconds, return_metres
        The way from the last visit to the squad's end.
    travel_seconds, travel_metres
        All ways together, the return included.
    waiting_seconds
        All idle time.
    spare_seconds
        Shift left over after ``end``; 0 if it is overrun.
    violations
        Every rule the route breaks; empty for a good one.
    """

    squad: str
    visits: tuple[Visit, ...]
    lunch: LunchTaken | None
    start: int
    end: int
    return_seconds: int
    return_metres: int
    travel_seconds: int
    travel_metres: int
    waiting_seconds: int
    spare_seconds: int
    violations: tuple[Violation, ...]

    @property
    def order(self) -> tuple[str, ...]:
        """Stop ids in the order of visits."""
        return tuple(visit.stop for visit in self.visits)


@dataclass(frozen=True, kw_only=True)
class Unassigned:
    """A stop that no squad visits.

    Parameters
    ----------
    stop
        Id of the stop.
    reason
        Why; the codes are listed in `planners.routing.reasons`.
    required
        Whether it had to be visited.
    """

    stop: str
    reason: Reason
    required: bool = False


@dataclass(frozen=True, kw_only=True)
class RoutePlan:
    """All squads' routes of a day.

    Parameters
    ----------
    routes
        One a squad, in the problem's order, empty ones too.
    unassigned
        Every stop in no route, in the problem's order.
    prize
        Sum over visited stops.
    travel_seconds, travel_metres
        Sum over routes.
    """

    routes: tuple[Schedule, ...]
    unassigned: tuple[Unassigned, ...]
    prize: int
    travel_seconds: int
    travel_metres: int

    @cached_property
    def orders(self) -> Mapping[str, tuple[str, ...]]:
        """Stop ids in order, by squad: what `planners.routing.schedule.score` and a warm start take."""
        return {route.squad: route.order for route in self.routes}

    def route(self, squad_id: str) -> Schedule:
        """The squad's route; KeyError if there is none."""
        for route in self.routes:
            if route.squad == squad_id:
                return route
        raise KeyError(squad_id)


@dataclass(frozen=True, kw_only=True)
class Scored:
    """What a whole plan made by hand is worth and what it breaks.

    Parameters
    ----------
    routes
        One a squad, in the problem's order.
    prize
        Sum over visited stops, each counted once.
    travel_seconds, travel_metres
        Sum over routes.
    violations
        Those of the routes, and those between routes.
    unassigned
        Ids of the stops in no route, in the problem's order.
    """

    routes: tuple[Schedule, ...]
    prize: int
    travel_seconds: int
    travel_metres: int
    violations: tuple[Violation, ...]
    unassigned: tuple[str, ...]
