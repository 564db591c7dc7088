"""What a routing problem is: stops worth visiting, squads with a shift, and the roads between them.

Nothing here knows a solver. Every rule about the data is checked when an object is made, so that the model,
the schedule and the verifier need not ask again. Times are whole seconds since local midnight of the day
planned, durations whole seconds, distances whole metres.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

IntMatrix = NDArray[np.int64]

#: Mark in a travel matrix for "no road leads there". Any negative number is understood the same way.
UNREACHABLE = -1


def _duplicates(items: Iterable[str]) -> list[str]:
    seen: set[str] = set()
    return [item for item in items if item in seen or seen.add(item)]  # type: ignore[func-returns-value]


@dataclass(frozen=True, kw_only=True)
class StopPoint:
    """A place that may be visited once.

    Parameters
    ----------
    id
        Name of the stop, unique in its problem.
    node
        Row and column of its place in the travel matrices; several stops may share one.
    prize
        What a visit is worth, in any whole unit; the plan's prize is the sum over visited stops.
    service_seconds
        How long the visit takes.
    windows
        Spans (earliest, latest) within which the visit must *start*, ascending and apart from one another.
        Empty means at any time.
    skills
        All of these the squad must hold.
    required
        Must be visited before anything else counts (an urgent incident). One that cannot be visited comes
        back as unassigned with its reason.
    needs_lawful
        Only a squad that may enforce (not ``patrol_only``) may serve it.
    allowed_squads
        Only these may serve it; None means any.
    forbidden_squads
        These may not serve it.
    pinned_squad
        If visited, then by this squad. Whether it must be visited is said by ``required``.
    group
        Of the stops that name the same group at most one is visited: they are other places or hours of one
        matter. Where one of them is required, a visit to any is enough to count it as seen to once.
    squads_needed
        So many squads visit it together: none begins before the last of them is there. Its prize counts once.
        Such a stop cannot be pinned (say who with ``allowed_squads``). Where it is locked, those it is locked
        to visit it together and nobody else comes: how many they are is not judged.
    after
        Ids of stops whose visits must have ended before this one starts. If one of them is left out, so is
        this stop. Like windows it is not judged where this stop is locked.
    """

    id: str
    node: int
    prize: int = 1
    service_seconds: int = 0
    windows: tuple[tuple[int, int], ...] = ()
    skills: frozenset[str] = frozenset()
    required: bool = False
    needs_lawful: bool = False
    allowed_squads: frozenset[str] | None = None
    forbidden_squads: frozenset[str] = frozenset()
    pinned_squad: str | None = None
    group: str | None = None
    squads_needed: int = 1
    after: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.id:
            raise ValueError("StopPoint.id must not be empty")
        if self.node < 0:
            raise ValueError(f"StopPoint.node of {self.id!r} must be at least 0, got {self.node}")
        if self.prize < 0:
            raise ValueError(f"StopPoint.prize of {self.id!r} must be at least 0, got {self.prize}")
        if self.service_seconds < 0:
            raise ValueError(
                f"StopPoint.service_seconds of {self.id!r} must be at least 0, got {self.service_seconds}"
            )
        if self.group is not None and not self.group:
            raise ValueError(f"StopPoint.group of {self.id!r} must not be empty; None means no group")
        self._check_windows()
        self._check_links()

    def _check_links(self) -> None:
        object.__setattr__(self, "after", tuple(self.after))
        if self.squads_needed < 1:
            raise ValueError(
                f"StopPoint.squads_needed of {self.id!r} must be at least 1, got {self.squads_needed}"
            )
        if self.squads_needed > 1 and self.pinned_squad is not None:
            raise ValueError(
                f"StopPoint {self.id!r} needs {self.squads_needed} squads and is pinned to "
                f"{self.pinned_squad!r} alone; name those who may come in allowed_squads"
            )
        if self.id in self.after:
            raise ValueError(f"StopPoint.after of {self.id!r} names the stop itself")
        if repeated := _duplicates(self.after):
            raise ValueError(f"StopPoint.after of {self.id!r} names {repeated[0]!r} more than once")

    def _check_windows(self) -> None:
        previous_latest = -1
        for earliest, latest in self.windows:
            if earliest < 0:
                raise ValueError(f"StopPoint.windows of {self.id!r} must not begin before 0, got {earliest}")
            if earliest > latest:
                raise ValueError(
                    f"StopPoint.windows of {self.id!r}: earliest {earliest} is after latest {latest}"
                )
            if earliest <= previous_latest:
                raise ValueError(
                    f"StopPoint.windows of {self.id!r} must ascend and not overlap, got {self.windows}"
                )
            previous_latest = latest


@dataclass(frozen=True, kw_only=True)
class Lunch:
    """One break, taken standing at a place, never on the road.

    Parameters
    ----------
    earliest_start, latest_start
        The break must start within this span, seconds since midnight.
    duration_seconds
        How long it takes.
    """

    earliest_start: int
    latest_start: int
    duration_seconds: int

    def __post_init__(self) -> None:
        if self.earliest_start < 0:
            raise ValueError(f"Lunch.earliest_start must be at least 0, got {self.earliest_start}")
        if self.latest_start < self.earliest_start:
            raise ValueError(
                f"Lunch.latest_start {self.latest_start} is before earliest_start {self.earliest_start}"
            )
        if self.duration_seconds <= 0:
            raise ValueError(f"Lunch.duration_seconds must be positive, got {self.duration_seconds}")


@dataclass(frozen=True, kw_only=True)
class SquadShift:
    """A squad's working day.

    Parameters
    ----------
    id
        Name of the squad, unique in its problem.
    start_node, end_node
        Where it sets out and where it must be at the end, rows of the travel matrices.
    start, end
        The shift, seconds since midnight. On a re-plan ``start`` is now and ``start_node`` where it stands.
    skills
        What its members can do.
    patrol_only
        True if it may look but not enforce (too few certified officers).
    lunch
        Its break; see `SquadShift.lunch_due` for when it is owed.
    max_stops
        At most so many visits; None means any number.
    locked
        Stops that must be its first visits in this order: done already or frozen by the planner. What is
        locked is not judged again: windows, skills and the other rules on who may serve a stop do not apply
        to it. If the locked visits alone overrun the shift, the squad keeps them and gets nothing more.
    """

    id: str
    start_node: int
    end_node: int
    start: int
    end: int
    skills: frozenset[str] = frozenset()
    patrol_only: bool = False
    lunch: Lunch | None = None
    max_stops: int | None = None
    locked: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.id:
            raise ValueError("SquadShift.id must not be empty")
        if min(self.start_node, self.end_node) < 0:
            raise ValueError(
                f"SquadShift.start_node and end_node of {self.id!r} must be at least 0, "
                f"got {self.start_node} and {self.end_node}"
            )
        if self.start < 0:
            raise ValueError(f"SquadShift.start of {self.id!r} must be at least 0, got {self.start}")
        if self.end < self.start:
            raise ValueError(f"SquadShift.end of {self.id!r} is before its start: {self.end} < {self.start}")
        if self.max_stops is not None and self.max_stops < 0:
            raise ValueError(f"SquadShift.max_stops of {self.id!r} must be at least 0, got {self.max_stops}")
        if repeated := _duplicates(self.locked):
            raise ValueError(f"SquadShift.locked of {self.id!r} names {repeated[0]!r} more than once")

    @property
    def lunch_due(self) -> Lunch | None:
        """The lunch if the shift spans one, else None.

        A shift spans its lunch when it starts before the latest start of the break and goes on after the
        earliest end of it: a morning shift goes home for lunch, an afternoon shift has had it.
        """
        if self.lunch is None:
            return None
        spans = (
            self.start < self.lunch.latest_start
            and self.end > self.lunch.earliest_start + self.lunch.duration_seconds
        )
        return self.lunch if spans else None


def _circle(before: Mapping[str, Iterable[str]]) -> str:
    """Names that come before one another in a circle, empty if there is none."""
    try:
        TopologicalSorter(before).prepare()
    except CycleError as error:
        return ", ".join(error.args[1])
    return ""


def _frozen_matrix(name: str, value: Any) -> IntMatrix:
    matrix = np.array(value)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"Problem.{name} must be square, got shape {matrix.shape}")
    if matrix.size and not np.issubdtype(matrix.dtype, np.integer):
        raise ValueError(f"Problem.{name} must hold whole numbers, got {matrix.dtype}")
    matrix = matrix.astype(np.int64)
    matrix.setflags(write=False)
    return matrix


@dataclass(frozen=True, kw_only=True, eq=False)
class Problem:
    """Everything one day's routing needs.

    Parameters
    ----------
    stops, squads
        Who may be visited, and by whom. Order does not change what is right, only which of equal plans is
        found.
    travel_seconds, travel_metres
        Square (places x places) whole numbers; the way from a row to a column. Negative means there is no way
        (`UNREACHABLE`); where one place leads to a second and that to a third, the first must lead to the
        third. They are copied and made read-only; the diagonal is taken as zero.
    balance_tolerance
        Per cent more travel, 0 to 100, that may be spent to even out how long the squads work once prize and
        travel are settled; 0 leaves the shortest plan as it is.
    """

    stops: tuple[StopPoint, ...]
    squads: tuple[SquadShift, ...]
    travel_seconds: IntMatrix
    travel_metres: IntMatrix
    balance_tolerance: float = 0.0
    _stop_by_id: Mapping[str, StopPoint] = field(init=False, repr=False)
    _squad_by_id: Mapping[str, SquadShift] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        for name in ("travel_seconds", "travel_metres"):
            object.__setattr__(self, name, _frozen_matrix(name, getattr(self, name)))
        object.__setattr__(self, "stops", tuple(self.stops))
        object.__setattr__(self, "squads", tuple(self.squads))
        object.__setattr__(self, "_stop_by_id", {stop.id: stop for stop in self.stops})
        object.__setattr__(self, "_squad_by_id", {squad.id: squad for squad in self.squads})
        if not 0 <= self.balance_tolerance <= 100:
            raise ValueError(
                f"Problem.balance_tolerance must be 0 to 100 per cent, got {self.balance_tolerance}"
            )
        problems = [*self._matrix_problems(), *self._id_problems(), *self._reference_problems()]
        problems += self._link_problems()
        if problems:
            raise ValueError("; ".join(problems))

    def _matrix_problems(self) -> list[str]:
        size = len(self.travel_seconds)
        found = []
        if self.travel_metres.shape != self.travel_seconds.shape:
            found.append(
                f"Problem.travel_metres has shape {self.travel_metres.shape}, "
                f"travel_seconds {self.travel_seconds.shape}"
            )
        for stop in self.stops:
            if stop.node >= size:
                found.append(f"StopPoint.node of {stop.id!r} is {stop.node}, the matrices have {size} places")
        for squad in self.squads:
            if max(squad.start_node, squad.end_node) >= size:
                found.append(
                    f"SquadShift.start_node or end_node of {squad.id!r} is "
                    f"{max(squad.start_node, squad.end_node)}, the matrices have {size} places"
                )
        return found

    def _id_problems(self) -> list[str]:
        found = [
            f"Problem.stops names {name!r} more than once" for name in _duplicates(s.id for s in self.stops)
        ]
        found += [
            f"Problem.squads names {name!r} more than once" for name in _duplicates(s.id for s in self.squads)
        ]
        for name, squads in self.locked_to.items():
            most = self._stop_by_id[name].squads_needed if name in self._stop_by_id else 1
            if len(squads) > most:
                many = "one squad" if most == 1 else f"the {most} squads it needs"
                found.append(f"SquadShift.locked: {name!r} is locked to more than {many}")
        return found

    def _reference_problems(self) -> list[str]:
        found = []
        for stop in self.stops:
            named = set(stop.forbidden_squads) | set(stop.allowed_squads or ())
            if stop.pinned_squad is not None:
                named.add(stop.pinned_squad)
            found += [
                f"StopPoint {stop.id!r} names squad {name!r}, which is not in Problem.squads"
                for name in sorted(named - set(self._squad_by_id))
            ]
        for squad in self.squads:
            for name in squad.locked:
                stop_or_none = self._stop_by_id.get(name)
                if stop_or_none is None:
                    found.append(
                        f"SquadShift.locked of {squad.id!r} names {name!r}, which is not in Problem.stops"
                    )
                elif stop_or_none.pinned_squad not in (None, squad.id):
                    found.append(
                        f"SquadShift.locked of {squad.id!r} names {name!r}, "
                        f"which is pinned to {stop_or_none.pinned_squad!r}"
                    )
        return found

    def _link_problems(self) -> list[str]:
        found = [
            f"StopPoint.after of {stop.id!r} names {name!r}, which is not in Problem.stops"
            for stop in self.stops
            for name in stop.after
            if name not in self._stop_by_id
        ]
        if circle := _circle({stop.id: stop.after for stop in self.stops}):
            found.append(f"StopPoint.after goes round in a circle: {circle}")
        visits: dict[str, set[str]] = {}
        for squad in self.squads:
            for before, name in pairwise(squad.locked):
                visits.setdefault(name, set()).add(before)
        if circle := _circle(visits):
            found.append(f"SquadShift.locked lets squads wait for one another in a circle: {circle}")
        return found

    def stop(self, stop_id: str) -> StopPoint:
        """The stop of that id; KeyError if there is none."""
        return self._stop_by_id[stop_id]

    def squad(self, squad_id: str) -> SquadShift:
        """The squad of that id; KeyError if there is none."""
        return self._squad_by_id[squad_id]

    def has_stop(self, stop_id: str) -> bool:
        """Whether a stop of that id exists."""
        return stop_id in self._stop_by_id

    def has_squad(self, squad_id: str) -> bool:
        """Whether a squad of that id exists."""
        return squad_id in self._squad_by_id

    @cached_property
    def linked(self) -> frozenset[str]:
        """Stops whose visit hangs on what other squads do: for several squads, or after other stops."""
        return frozenset(stop.id for stop in self.stops if stop.squads_needed > 1 or stop.after)

    @cached_property
    def awaited(self) -> frozenset[str]:
        """Stops that other visits may have to wait for: for several squads, or before other stops."""
        joint = {stop.id for stop in self.stops if stop.squads_needed > 1}
        return frozenset(joint.union(*(stop.after for stop in self.stops)))

    @cached_property
    def locked_to(self) -> Mapping[str, tuple[str, ...]]:
        """Squad ids by locked stop id; more than one where squads visit it together."""
        found: dict[str, tuple[str, ...]] = {}
        for squad in self.squads:
            for name in squad.locked:
                found[name] = (*found.get(name, ()), squad.id)
        return found

    @cached_property
    def grouped(self) -> Mapping[str, tuple[str, ...]]:
        """Stop ids by group, for the groups of more than one stop."""
        groups: dict[str, list[str]] = {}
        for stop in self.stops:
            if stop.group is not None:
                groups.setdefault(stop.group, []).append(stop.id)
        return {name: tuple(members) for name, members in groups.items() if len(members) > 1}

    @cached_property
    def rivals(self) -> Mapping[str, frozenset[str]]:
        """The other stops of its group, by stop id; stops without rivals are left out."""
        return {name: frozenset(members) - {name} for members in self.grouped.values() for name in members}

    # Lists of ints are several times quicker to index one by one than an array, and the schedule and the
    # polish index them hundreds of thousands of times.
    @cached_property
    def seconds_rows(self) -> list[list[int]]:
        """``travel_seconds`` as nested lists with a zero diagonal."""
        return _rows(self.travel_seconds)

    @cached_property
    def metres_rows(self) -> list[list[int]]:
        """``travel_metres`` as nested lists with a zero diagonal."""
        return _rows(self.travel_metres)


def _rows(matrix: IntMatrix) -> list[list[int]]:
    copy = matrix.copy()
    np.fill_diagonal(copy, 0)
    rows: list[list[int]] = copy.tolist()
    return rows
