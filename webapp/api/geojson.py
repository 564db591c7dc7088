"""Answers for maps: GeoJSON with a fingerprint, so that a browser asks for the same layer only once."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Literal

from flask import Response, request

from gridmgr.services.queries.routelines import RouteLeg
from webapp.api.schemas import Answer

#: Decimals of a degree in lines: 11 cm.
_DECIMALS = 6


class RouteCollection(Answer):
    """One LineString a leg (RFC 7946), with squad, squad_id, number, leg, to, on_roads, seconds, metres."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    features: list[dict[str, Any]]


def legs_answer(legs: Iterable[RouteLeg]) -> Response:
    """Legs of routes as a `RouteCollection`."""
    features = [
        {
            "type": "Feature",
            "properties": {
                "squad": leg.squad_number,
                "squad_id": leg.squad_id,
                "number": leg.squad_number,
                "leg": leg.number,
                "to": leg.to,
                "on_roads": leg.on_roads,
                "seconds": leg.seconds,
                "metres": leg.metres,
            },
            "geometry": {"type": "LineString", "coordinates": leg.lon_lat.round(_DECIMALS).tolist()},
        }
        for leg in legs
    ]
    body = {"type": "FeatureCollection", "features": features}
    return geojson_answer(json.dumps(body, separators=(",", ":")))


def geojson_answer(body: str) -> Response:
    """A GeoJSON text as an answer; 304 where the browser has it already."""
    response = Response(body, mimetype="application/geo+json")
    response.headers["Cache-Control"] = "private, no-cache"
    response.add_etag(weak=True)
    # Compressed or not, it is the same layer: the fingerprint is a weak one.
    response.make_conditional(request)
    return response
