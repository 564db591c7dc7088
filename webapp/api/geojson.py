"""Answers for maps: GeoJSON with a fingerprint, so that a browser asks for the same layer only once."""

from __future__ import annotations

from flask import Response, request


def geojson_answer(body: str) -> Response:
    """A GeoJSON text as an answer; 304 where the browser has it already."""
    response = Response(body, mimetype="application/geo+json")
    response.headers["Cache-Control"] = "private, no-cache"
    response.add_etag(weak=True)
    # Compressed or not, it is the same layer: the fingerprint is a weak one.
    response.make_conditional(request)
    return response
