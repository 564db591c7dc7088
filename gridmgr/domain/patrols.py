"""A township's day: squads, their routes, what was left out. Revisions of it are never edited.

A day plan starts with squads only (stage ``squads``) and gets visits when routes are planned (stage
``routes``). Draft and published are pointers to revisions, kept by the storage (see `DayHead`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from gridmgr.domain.links import StopLink
from gridmgr.domain.validate import require_aware, require_choice, require_text
from gridmgr.texts import Message

STOP_KINDS = frozenset({"village", "place", "incident", "manual"})
STAGES = frozenset({"squads", "routes"})


@dataclass(frozen=True, slots=True, kw_only=True)
class StopInfo:
    """What a stop is, apart from when and by whom it is visited.

    Parameters
    ----------
    id
        A place's id for stops at imported places; ``village:CODE``, ``incident:ID`` or ``manual:N`` else.
    kind
        One of `STOP_KINDS`.
    name
        What the officer reads.
    lon, lat
        WGS84 degrees.
    village_code
        Where it lies.
    prize
        What visiting is worth (from coverage debt, risk and priority).
    service_minutes
        Planned stay.
    required
        Must be visited today.
    purpose
        What to do there, and why today.
    needs_lawful
        Only a squad that may enforce can serve it.
    skills
        Professional fields needed.
    open, close
        Local times between which a visit may start; both None for any time.
    requests
        Ids of the agencies' inspection requests that a visit settles.
    """

    id: str
    kind: str
    name: str
    lon: float
    lat: float
    village_code: str | None = None
    prize: int = 0
    service_minutes: int = 15
    required: bool = False
    purpose: tuple[Message, ...] = ()
    needs_lawful: bool = False
    skills: tuple[str, ...] = ()
    open: time | None = None
    close: time | None = None
    requests: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        require_text("StopInfo", "id", self.id)
        require_choice("StopInfo", "kind", self.kind, STOP_KINDS)
        if (self.open is None) != (self.close is None):
            raise ValueError(f"StopInfo.open and .close go together, got {self.open!r} and {self.close!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One planned stop of a squad.

    Parameters
    ----------
    stop
        What it is.
    arrive, start, leave
        Aware times; ``start - arrive`` is waiting.
    travel_seconds, travel_metres
        Of the leg that leads here.
    pinned
        The planner fixed this stop to this squad; re-planning keeps it.
    """

    stop: StopInfo
    arrive: datetime
    start: datetime
    leave: datetime
    travel_seconds: int = 0
    travel_metres: int = 0
    pinned: bool = False

    def __post_init__(self) -> None:
        for field in ("arrive", "start", "leave"):
            require_aware("Visit", field, getattr(self, field))
        if not self.arrive <= self.start <= self.leave:
            raise ValueError(f"Visit {self.stop.id}: needs arrive <= start <= leave")


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a squad goes on from once the rest of its day was planned anew.

    Parameters
    ----------
    at
        When it is free to leave there, aware.
    lon, lat
        WGS84 degrees.
    done
        So many of its visits, the first ones, were made by then; they carry the times they really had.
    fed
        Whether it has had its lunch.
    """

    at: datetime
    lon: float
    lat: float
    done: int = 0
    fed: bool = False

    def __post_init__(self) -> None:
        require_aware("Standing", "at", self.at)
        if self.done < 0:
            raise ValueError(f"Standing.done must be at least 0, got {self.done}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Squad:
    """A day's joint team and its route.

    Parameters
    ----------
    id
        ``<township>-<date>-<n>``.
    number
        1, 2, ... within the day.
    leader, members
        Officer ids; the leader is among the members.
    vehicle
        Number plate, None where the office has none on record.
    scopes
        Professional fields this squad may lawfully enforce.
    patrol_only, reason
        Whether it may only patrol, and why.
    shift_start, shift_end
        Aware times.
    departs
        When it sets out, where that is on purpose later than its shift begins.
    lunch_start, lunch_end
        Planned break, None before routes are planned or when the shift has none.
    visits
        In order.
    return_seconds, return_metres
        Last leg, back to where the squad ends.
    standing
        Where it goes on from; None while it follows its plan from the shift's start.
    """

    id: str
    number: int
    leader: str
    members: tuple[str, ...]
    vehicle: str | None = None
    scopes: tuple[str, ...] = ()
    patrol_only: bool = False
    reason: Message | None = None
    shift_start: datetime
    shift_end: datetime
    departs: datetime | None = None
    lunch_start: datetime | None = None
    lunch_end: datetime | None = None
    visits: tuple[Visit, ...] = ()
    return_seconds: int = 0
    return_metres: int = 0
    standing: Standing | None = None

    def __post_init__(self) -> None:
        require_text("Squad", "id", self.id)
        require_aware("Squad", "shift_start", self.shift_start)
        require_aware("Squad", "shift_end", self.shift_end)
        if self.leader not in self.members:
            raise ValueError(f"Squad.leader {self.leader!r} must be among the members {self.members!r}")
        if self.shift_end <= self.shift_start:
            raise ValueError(f"Squad.shift_end must be after shift_start, got {self.shift_end}")
        if self.departs is not None:
            require_aware("Squad", "departs", self.departs)
            if not self.shift_start <= self.departs < self.shift_end:
                raise ValueError(f"Squad.departs must lie within the shift, got {self.departs}")

    @property
    def done_visits(self) -> tuple[Visit, ...]:
        """Visits made before the rest of the day was planned anew; they are history."""
        return self.visits[: self.standing.done] if self.standing else ()

    @property
    def open_visits(self) -> tuple[Visit, ...]:
        """Visits that are planned and may still change."""
        return self.visits[self.standing.done :] if self.standing else self.visits

    @property
    def travel_seconds(self) -> int:
        """Whole driving time of the day."""
        return sum(visit.travel_seconds for visit in self.visits) + self.return_seconds

    @property
    def travel_metres(self) -> int:
        """Whole driving distance of the day."""
        return sum(visit.travel_metres for visit in self.visits) + self.return_metres


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """One single change that would let a left-out stop into the day, found by trying it.

    Parameters
    ----------
    kind
        What is changed, one of `planners.routing.relax.KINDS`.
    message
        The change and its effect, in words.
    squad_id
        The squad that would visit it; None for a squad more.
    minutes
        How much longer a squad stays or a place is open; 0 where time is not changed.
    prize
        What the day's prize gains.
    takes_in, gives_up
        Stops by id that come in, the one asked about among them, and that go out.
    searched
        Whether the day was searched anew with the change; else the stop was put in and nothing else tried.
    """

    kind: str
    message: Message
    squad_id: str | None = None
    minutes: int = 0
    prize: int = 0
    takes_in: tuple[str, ...] = ()
    gives_up: tuple[str, ...] = ()
    searched: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Unassigned:
    """A stop no squad visits today, and why.

    Parameters
    ----------
    stop
        What it is.
    reason
        The binding reason.
    forbidden
        The planner took it out of the day by hand.
    fixes
        What would let it in, the lightest first; empty where it was not worked out or nothing single helps.
    """

    stop: StopInfo
    reason: Message
    forbidden: bool = False
    fixes: tuple[Fix, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortAgency:
    """An agency that could not send anyone (or nobody certified), and why."""

    agency_code: str
    reason: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class DayPlan:
    """One revision of a township's day.

    Parameters
    ----------
    id, parent_id
        Revision id and the one it was made from (None for the first).
    township_code, day
        Whose day.
    stage
        ``squads`` or ``routes``.
    created_at, created_by
        When (aware), by whom.
    change
        What this revision changed, in words.
    status, engine, seed, seconds
        Of the last solve; status ``MANUAL`` after a hand change.
    travel_method
        Source of travel times: ``embedded``, ``osrm``, ``valhalla`` or ``straight``; None before routes.
    squads, unassigned, short, reserve, notes
        The plan itself; reserve are officers on duty outside squads.
    links
        What the planner asks of stops together.
    """

    id: str
    parent_id: str | None = None
    township_code: str
    day: date
    stage: str = "squads"
    created_at: datetime
    created_by: str
    change: Message
    status: str = "FEASIBLE"
    engine: str = ""
    seed: int = 0
    seconds: float = 0.0
    travel_method: str | None = None
    squads: tuple[Squad, ...] = ()
    unassigned: tuple[Unassigned, ...] = ()
    short: tuple[ShortAgency, ...] = ()
    reserve: tuple[str, ...] = ()
    notes: tuple[Message, ...] = ()
    links: tuple[StopLink, ...] = ()

    def __post_init__(self) -> None:
        require_text("DayPlan", "id", self.id)
        require_choice("DayPlan", "stage", self.stage, STAGES)
        require_aware("DayPlan", "created_at", self.created_at)
        ids = [link.id for link in self.links]
        if len(ids) != len(set(ids)):
            raise ValueError(f"DayPlan {self.id}: two links have the same id")
        # Squads that meet each have a visit of their own to the stop.
        together = self.meetings
        stops = [
            f"{squad.id} {visit.stop.id}" if visit.stop.id in together else visit.stop.id
            for squad in self.squads
            for visit in squad.visits
        ]
        if len(stops) != len(set(stops)):
            raise ValueError(f"DayPlan {self.id}: a stop is visited twice")

    @property
    def meetings(self) -> Mapping[str, StopLink]:
        """What was asked of the stops at which several squads meet, by stop id."""
        return {link.stops[0]: link for link in self.links if link.kind == "meet"}

    def visits(self) -> Iterator[Visit]:
        """Every visit of every squad."""
        for squad in self.squads:
            yield from squad.visits

    def squad(self, squad_id: str) -> Squad | None:
        """The squad of that id, None where there is none."""
        return next((squad for squad in self.squads if squad.id == squad_id), None)

    def squad_of(self, officer_id: str) -> Squad | None:
        """The squad the officer serves in that day."""
        return next((squad for squad in self.squads if officer_id in squad.members), None)

    @property
    def prize(self) -> int:
        """What the planned visits are worth together; a stop at which squads meet counts once."""
        return sum({visit.stop.id: visit.stop.prize for visit in self.visits()}.values())

    @property
    def travel_seconds(self) -> int:
        """Driving time of all squads."""
        return sum(squad.travel_seconds for squad in self.squads)


@dataclass(frozen=True, slots=True, kw_only=True)
class DayHead:
    """Where a township's day stands: which revision is the draft, which one officers see.

    Parameters
    ----------
    township_code, day
        Whose day.
    version
        Counts every change of a pointer; a save names the version it was based on.
    draft_id, published_id
        Revision ids, None where there is none.
    published_at
        When officers last got a plan.
    """

    township_code: str
    day: date
    version: int = 0
    draft_id: str | None = None
    published_id: str | None = None
    published_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckIn:
    """A squad was at a stop: what really happened.

    Parameters
    ----------
    id
        Given by the device, so that sending twice stores once.
    day, township_code, squad_id, officer_id, stop_id, village_code
        Who was where; ``squad_id`` None for somebody outside a squad.
    arrived_at, left_at
        Aware times; ``left_at`` None while there.
    lon, lat
        WGS84 degrees where the phone told, else None.
    note
        Free text.
    """

    id: str
    day: date
    township_code: str
    squad_id: str | None
    officer_id: str
    stop_id: str
    village_code: str | None
    arrived_at: datetime
    left_at: datetime | None = None
    lon: float | None = None
    lat: float | None = None
    note: str = ""

    def __post_init__(self) -> None:
        for field in ("id", "officer_id", "stop_id"):
            require_text("CheckIn", field, getattr(self, field))
        require_aware("CheckIn", "arrived_at", self.arrived_at)
        if self.left_at is not None and self.left_at < self.arrived_at:
            raise ValueError(f"CheckIn.left_at must not be before arrived_at, got {self.left_at}")
