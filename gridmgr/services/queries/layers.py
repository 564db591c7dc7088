"""Layers of the map as GeoJSON text (RFC 7946, EPSG:4326): villages by debt, roads.

Thousands of villages are drawn at once, so what costs time is remembered: simplified borders by the borders
themselves, a whole layer by the state of the data (see `memo.state_key`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from gridmgr.domain.coverage import VillageCoverage
from gridmgr.domain.places import Village
from gridmgr.geo.adjacency import simplify_coverage
from gridmgr.geo.roads import RoadGraph
from gridmgr.geo.routers.embedded import EmbeddedRouter
from gridmgr.services.context import Context
from gridmgr.services.queries.memo import Memo, state_key
from gridmgr.services.queries.standing import coverage_on
from gridmgr.storage import UnitOfWork

#: Metres of simplification and decimals of a degree (11 cm, 1.1 m) up to so many villages: the more of them,
#: the smaller a screen shows each.
_DETAIL = ((400, 6.0, 6), (3000, 25.0, 5), (None, 50.0, 5))
#: Roads of a whole county: those a car takes to get somewhere.
MAIN_ROADS = ("motorway", "trunk", "primary", "secondary", "tertiary")

_SHAPES: Memo[tuple[str, ...]] = Memo(32)
_VILLAGES: Memo[str] = Memo(64)
_ROADS: Memo[str] = Memo(32)
_GRAPHS: Memo[RoadGraph] = Memo(2)


@dataclass(frozen=True, kw_only=True)
class Ownership:
    """Who answers for one village: officer ids and names, lead apart from support."""

    lead: str | None = None
    lead_name: str | None = None
    support: tuple[str, ...] = ()


def villages_layer(ctx: Context, *, township_code: str | None, day: date) -> str:
    """Villages with coverage and owners, as of a day.

    Parameters
    ----------
    ctx
        The wired parts.
    township_code
        Whose villages; None for all.
    day
        Visits up to and on this day count.

    Returns
    -------
    str
        FeatureCollection; properties code, name, township, kind, risk, required, debt (visits), days_since,
        last_visit, visits_7d, owner (id), owner_name, support (names). Borders are simplified together, so
        that neighbours still share them.
    """
    key = (state_key(ctx), township_code, day)
    return _VILLAGES.get(key, lambda: _villages(ctx, township_code, day))


def _villages(ctx: Context, township_code: str | None, day: date) -> str:
    with ctx.storage.read() as uow:
        villages = uow.villages.find(township_code=township_code)
        coverage = coverage_on(uow, villages, day)
        owners = _owners(uow, township_code)
    nobody = Ownership()
    features = (
        _feature(_properties(v, coverage[v.code], owners.get(v.code, nobody)), shape, feature_id=v.code)
        for v, shape in zip(villages, village_shapes(villages), strict=True)
    )
    return collection(features)


def _properties(village: Village, coverage: VillageCoverage, owner: Ownership) -> dict[str, Any]:
    return {
        "code": village.code,
        "name": village.name,
        "township": village.township_code,
        "kind": village.kind,
        "risk": village.risk,
        "required": coverage.required_per_week,
        "debt": round(coverage.debt, 2),
        "days_since": coverage.days_since,
        "last_visit": coverage.last_visit.isoformat() if coverage.last_visit else None,
        "visits_7d": coverage.visits_last_7_days,
        "overdue_days": coverage.overdue_days,
        "owner": owner.lead,
        "owner_name": owner.lead_name,
        "support": list(owner.support),
    }


def _owners(uow: UnitOfWork, township_code: str | None) -> Mapping[str, Ownership]:
    """By village code: the plan in force, the draft where a township never published one."""
    heads = uow.ownership.heads()
    if township_code is not None:
        heads = {code: head for code, head in heads.items() if code == township_code}
        plans = {code: uow.ownership.get(head.published_id) for code, head in heads.items()}
    else:
        plans = {**dict.fromkeys(heads), **uow.ownership.all_published()}
    names = {officer.id: officer.name for officer in uow.officers.find(township_code=township_code)}
    found: dict[str, Ownership] = {}
    for code, published in plans.items():
        plan = published or uow.ownership.get(heads[code].draft_id)
        for item in plan.responsibilities if plan else ():
            known = found.get(item.village_code, Ownership())
            name = names.get(item.officer_id, item.officer_id)
            if item.role == "lead":
                changed = Ownership(lead=item.officer_id, lead_name=name, support=known.support)
            else:
                changed = Ownership(
                    lead=known.lead, lead_name=known.lead_name, support=(*known.support, name)
                )
            found[item.village_code] = changed
    return found


def village_shapes(villages: Sequence[Village]) -> tuple[str, ...]:
    """Simplified borders as GeoJSON geometry texts, in the order given; remembered by the borders."""
    if not villages:
        return ()
    geometries = np.array([village.geometry for village in villages], dtype=object)
    tolerance, decimals = _detail(len(villages))
    digest = hashlib.blake2b(digest_size=16)
    for blob in shapely.to_wkb(geometries):
        digest.update(blob)
    key = (digest.hexdigest(), tolerance)
    return _SHAPES.get(key, lambda: _simplified(geometries, tolerance, decimals))


def _detail(count: int) -> tuple[float, int]:
    """Metres of simplification and decimals for so many villages."""
    return next((metres, decimals) for upto, metres, decimals in _DETAIL if upto is None or count <= upto)


def _simplified(geometries: NDArray[np.object_], tolerance: float, decimals: int) -> tuple[str, ...]:
    def rounded(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.round(points, decimals)

    simple = shapely.transform(simplify_coverage(geometries, tolerance_m=tolerance), rounded)
    return tuple(str(shape) for shape in shapely.to_geojson(simple))


def roads_layer(ctx: Context, *, township_code: str | None) -> str:
    """Imported roads around a township's villages, or the main roads of all.

    Returns
    -------
    str
        As `RoadGraph.edges_geojson` gives it; without features where no roads were imported.
    """
    with ctx.storage.read() as uow:
        info = uow.roads.info()
        villages = uow.villages.find(township_code=township_code) if township_code and info else []
    if info is None:
        return collection(())
    box = tuple(shapely.total_bounds([v.geometry for v in villages]).tolist()) if villages else None
    key = (info.content_hash, township_code, box)
    return _ROADS.get(key, lambda: _roads(ctx, info.content_hash, box))


def _roads(ctx: Context, content_hash: str, box: tuple[float, float, float, float] | None) -> str:
    graph = road_graph(ctx, content_hash)
    if box is None:
        return graph.edges_geojson(classes=MAIN_ROADS)
    return graph.edges_geojson(bbox=box)


def road_graph(ctx: Context, content_hash: str) -> RoadGraph:
    """The imported roads, whichever router is in use; ``content_hash`` as `RoadNetworkInfo` tells it."""
    router = ctx.router()
    if isinstance(router, EmbeddedRouter):
        return router.graph

    def read() -> RoadGraph:
        with ctx.storage.read() as uow:
            data = uow.roads.data()
        if data is None:
            raise RuntimeError("the road network vanished while it was read")
        return RoadGraph.from_bytes(data)

    return _GRAPHS.get(content_hash, read)


def collection(features: Any) -> str:
    """A FeatureCollection of features that are texts already."""
    return '{"type":"FeatureCollection","features":[' + ",\n".join(features) + "]}"


def _feature(properties: Mapping[str, Any], geometry: str, *, feature_id: str) -> str:
    head = {"type": "Feature", "id": feature_id, "properties": properties}
    words = json.dumps(head, ensure_ascii=False, separators=(",", ":"))
    return f'{words[:-1]},"geometry":{geometry}}}'
