"""Villages filled by coverage debt, and the roads above them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import folium
import numpy as np
import shapely
from folium.map import CustomPane
from shapely.geometry.base import BaseGeometry

from gridmgr.domain.coverage import VillageCoverage
from gridmgr.domain.places import Village
from gridmgr.texts import text
from maps.layers.extras import Extras
from maps.styles import debt_colour

#: Detail of borders that is kept, in degrees (about ten metres; fifty on a map of many villages).
DETAIL_DEGREES, COARSE_DEGREES = 1e-4, 5e-4
MANY_VILLAGES = 1000
DECIMALS = 5
_PANE = "villages"


def add_villages(
    target: folium.Map,
    villages: Sequence[Village],
    coverage: Mapping[str, VillageCoverage],
    *,
    lang: str,
    extras: Extras,
) -> None:
    """Draw them; those without a measured coverage are filled as requiring no visits."""
    if not villages:
        return
    # A pane of its own: switched off and on again, villages still lie under the routes.
    CustomPane(_PANE, z_index=350).add_to(target)
    detail = DETAIL_DEGREES if len(villages) <= MANY_VILLAGES else COARSE_DEGREES
    simple = shapely.coverage_simplify(np.array([v.geometry for v in villages]), detail)
    features = [
        _feature(index, shape, coverage.get(village.code))
        for index, (village, shape) in enumerate(zip(villages, simple, strict=True))
    ]
    layer = folium.GeoJson(
        {"type": "FeatureCollection", "features": features},
        name=text("maps.layer_villages", lang),
        style_function=_style,
        pane=_PANE,
    )
    layer.add_to(target)
    extras.shapes[layer.get_name()] = [_lines(v, coverage.get(v.code), lang) for v in villages]


def add_roads(target: folium.Map, roads: BaseGeometry, *, lang: str) -> None:
    """Draw the roads, thin and grey; ``roads`` is a (multi-)line, EPSG:4326."""
    shape = json.loads(shapely.to_geojson(shapely.simplify(roads, DETAIL_DEGREES)))
    folium.GeoJson(
        {"type": "Feature", "geometry": _rounded(shape), "properties": {}},
        name=text("maps.layer_roads", lang),
        style_function=lambda _feature: {"color": "#8a97a5", "weight": 1.2, "interactive": False},
    ).add_to(target)


def _feature(index: int, shape: BaseGeometry, coverage: VillageCoverage | None) -> dict[str, Any]:
    fill = debt_colour(0, required=0)
    if coverage is not None:
        fill = debt_colour(coverage.debt, required=coverage.required_per_week)
    geometry = _rounded(json.loads(shapely.to_geojson(shape)))
    return {"type": "Feature", "geometry": geometry, "properties": {"i": index, "fill": fill}}


def _style(feature: dict[str, Any]) -> dict[str, Any]:
    fill = feature["properties"]["fill"]
    return {"fillColor": fill, "fillOpacity": 0.75, "color": "#6b6b6b", "weight": 0.8}


def _lines(village: Village, coverage: VillageCoverage | None, lang: str) -> list[str]:
    lines = [f"{village.name} · {village.township_name}"]
    if coverage is None:
        return lines
    lines.append(text("maps.required", lang, required=coverage.required_per_week))
    lines.append(text("maps.debt", lang, debt=f"{coverage.debt:.1f}"))
    if coverage.days_since is None:
        lines.append(text("maps.never", lang))
    else:
        lines.append(text("maps.days_since", lang, days=coverage.days_since))
    return lines


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_rounded(item) for item in value]
    return round(value, DECIMALS) if isinstance(value, float) else value
