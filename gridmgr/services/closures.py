"""Closed roads: noted, ended, and kept out of the ways that plans are made of.

Only the embedded router can leave roads out. With a routing server or straight lines closures are noted and
shown, and every plan says that its times do not know of them.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import numpy as np
import shapely

from gridmgr.domain.closures import MOST_POINTS, RoadClosure
from gridmgr.domain.patrols import DayPlan
from gridmgr.errors import BadInput
from gridmgr.geo.routers import ClosedRoadsRouter, EmbeddedRouter, Router
from gridmgr.services.asking import existing
from gridmgr.services.context import Context, require_township
from gridmgr.services.queries.memo import Memo
from gridmgr.storage import UnitOfWork
from gridmgr.texts import Message

Points = Sequence[tuple[float, float]]

#: Routers with closures, by the roads closed: making one takes as long as indexing all roads.
_ROUTERS: Memo[ClosedRoadsRouter] = Memo(8)
#: How many reasons a text lists.
_MOST_REASONS = 3


@dataclass(frozen=True, kw_only=True)
class OpenRoads:
    """The roads a plan may use.

    Parameters
    ----------
    router
        Finds ways over them.
    notes
        What to know about closures, for the plan.
    """

    router: Router
    notes: tuple[Message, ...] = ()


@dataclass(frozen=True, kw_only=True)
class MeantRoads:
    """The roads a closure means.

    Parameters
    ----------
    names
        Of the roads that have one, each once.
    lines
        Their shapes in degrees, EPSG:4326.
    applied
        Whether plans leave them out; False with a routing server or straight lines.
    """

    names: tuple[str, ...] = ()
    lines: tuple[shapely.LineString, ...] = ()
    applied: bool = False


def open_roads(ctx: Context, closures: Iterable[RoadClosure]) -> OpenRoads:
    """The roads without those that are closed."""
    router, held = ctx.router(), list(closures)
    if not held:
        return OpenRoads(router=router)
    why = "；".join(dict.fromkeys(closure.reason for closure in held[:_MOST_REASONS]))
    if not isinstance(router, EmbeddedRouter):
        method = Message(f"roads.method.{router.method}")
        note = Message("plan.closures_not_applied", {"count": len(held), "method": method})
        return OpenRoads(router=router, notes=(note,))
    edges = frozenset(edge for closure in held for edge in _edges(router, closure.points))
    if not edges:
        return OpenRoads(router=router)
    key = (router.fingerprint, edges, why)
    closed = _ROUTERS.get(key, lambda: ClosedRoadsRouter(router, edges, why=why))
    note = Message("plan.roads_closed", {"count": len(held), "why": why})
    return OpenRoads(router=closed, notes=(note,))


def during(closures: Iterable[RoadClosure], plan: DayPlan) -> tuple[RoadClosure, ...]:
    """Closures that hold at some moment while the plan's squads are out, or go on from where they stand."""
    if not plan.squads:
        return ()
    first = min(squad.standing.at if squad.standing else squad.shift_start for squad in plan.squads)
    last = max(squad.shift_end for squad in plan.squads)
    return tuple(closure for closure in closures if closure.holds_between(first, max(first, last)))


def closures_of(uow: UnitOfWork, plan: DayPlan) -> tuple[RoadClosure, ...]:
    """All closures that hold at some moment of the plan's shifts."""
    if not plan.squads:
        return ()
    first = min(squad.shift_start for squad in plan.squads)
    return tuple(uow.closures.between(first, max(squad.shift_end for squad in plan.squads)))


def meant_roads(ctx: Context, points: Points) -> MeantRoads:
    """The roads a drawn point or line means.

    Raises
    ------
    BadInput
        If the points make no sense, or no road is near.
    """
    drawn = _checked(points)
    router = ctx.router()
    if not isinstance(router, EmbeddedRouter):
        return MeantRoads()
    edges = _edges(router, drawn)
    if not edges:
        raise BadInput("closure.no_road", lon=round(drawn[0][0], 5), lat=round(drawn[0][1], 5))
    graph = router.graph
    names = dict.fromkeys(graph.names[graph.edge_name[edge]] for edge in edges)
    return MeantRoads(
        names=tuple(name for name in names if name),
        lines=tuple(shapely.LineString(graph.shape(edge)) for edge in edges),
        applied=True,
    )


def new_closure(
    ctx: Context,
    *,
    township_code: str,
    points: Points,
    reason: str,
    starts_at: datetime,
    ends_at: datetime | None,
    actor: str,
) -> RoadClosure:
    """A closure that is not stored yet.

    Raises
    ------
    BadInput
        If no road is near, no reason is given, or it ends before it begins.
    """
    meant_roads(ctx, points)
    if not reason.strip():
        raise BadInput("closure.needs_reason")
    if ends_at is not None and ends_at <= starts_at:
        raise BadInput("closure.ends_early", start=starts_at.isoformat(), end=ends_at.isoformat())
    return RoadClosure(
        id=secrets.token_hex(6),
        township_code=township_code,
        points=tuple(points),
        starts_at=starts_at,
        ends_at=ends_at,
        reason=reason.strip()[:200],
        created_by=actor,
    )


def add_closure(
    ctx: Context,
    *,
    township_code: str,
    points: Points,
    reason: str,
    actor: str,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> RoadClosure:
    """Note that roads are closed; from now on unless said otherwise.

    Raises
    ------
    NotFound, BadInput
        Unknown township; as `new_closure`.
    """
    start = starts_at or ctx.clock.now()
    made = new_closure(
        ctx,
        township_code=township_code,
        points=points,
        reason=reason,
        starts_at=start,
        ends_at=ends_at,
        actor=actor,
    )
    with ctx.storage.write(actor) as uow:
        require_township(uow, township_code)
        store_closure(uow, made)
        uow.commit()
    return made


def store_closure(uow: UnitOfWork, closure: RoadClosure) -> None:
    """Store a closure with its event, within a transaction."""
    uow.closures.add(closure)
    uow.record(
        "road_closure.add",
        "road_closure",
        closure.id,
        why=closure.reason,
        township=closure.township_code,
        starts_at=closure.starts_at.isoformat(),
        ends_at=closure.ends_at.isoformat() if closure.ends_at else None,
        points=[list(point) for point in closure.points],
    )


def end_closure(ctx: Context, closure_id: str, *, actor: str, at: datetime | None = None) -> RoadClosure:
    """Note that closed roads are open again; one that never began is as if it had not been.

    Raises
    ------
    NotFound, BadInput
        There is no such closure; it is over already.
    """
    moment = at or ctx.clock.now()
    with ctx.storage.write(actor) as uow:
        closure = existing(uow.closures.get(closure_id), "word.closure", closure_id)
        if closure.ends_at is not None and closure.ends_at <= moment:
            raise BadInput("closure.over", closure=closure_id)
        ended = replace(closure, ends_at=max(moment, closure.starts_at))
        uow.closures.replace(ended)
        uow.record("road_closure.end", "road_closure", closure_id, at=moment.isoformat())
        uow.commit()
    return ended


def get_closure(ctx: Context, closure_id: str) -> RoadClosure:
    """The closure.

    Raises
    ------
    NotFound
        There is no such closure.
    """
    with ctx.storage.read() as uow:
        return existing(uow.closures.get(closure_id), "word.closure", closure_id)


def closures_on(ctx: Context, day: date) -> list[RoadClosure]:
    """Closures that hold at some moment of a day, of all townships, by begin."""
    first = ctx.clock.midnight(day)
    with ctx.storage.read() as uow:
        return uow.closures.between(first, first + timedelta(days=1))


def _edges(router: EmbeddedRouter, points: Points) -> list[int]:
    return [int(edge) for edge in router.roads_meant(np.array(points, dtype=np.float64))]


def _checked(points: Points) -> Points:
    good = 1 <= len(points) <= MOST_POINTS and all(
        -180 <= lon <= 180 and -90 <= lat <= 90 for lon, lat in points
    )
    if not good:
        raise BadInput("closure.bad_points", most=MOST_POINTS)
    return points
