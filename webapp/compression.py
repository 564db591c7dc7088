"""Compresses large JSON answers: a county's villages are a quarter as large on the wire."""

from __future__ import annotations

import gzip
import hashlib

from flask import Blueprint, request
from werkzeug.wrappers import Response

from gridmgr.services.queries.memo import Memo

#: Smaller answers are not worth it, bytes.
LEAST_BYTES = 10_000
_TYPES = frozenset({"application/json", "application/geo+json"})
_LEVEL = 5
#: Layers that many users ask for are compressed once; small answers differ every time.
_REMEMBERED_BYTES = 200_000
_KEPT: Memo[bytes] = Memo(8)


def install(blueprint: Blueprint) -> None:
    """Compress the answers of all views of the application the blueprint is registered in."""
    blueprint.after_app_request(compress)


def compress(response: Response) -> Response:
    """Compress an answer where the browser takes gzip and it is large JSON."""
    if (
        response.status_code != 200
        or response.mimetype not in _TYPES
        or response.is_streamed
        or "Content-Encoding" in response.headers
    ):
        return response
    response.vary.add("Accept-Encoding")
    if not request.accept_encodings["gzip"] or len(response.get_data()) < LEAST_BYTES:
        return response
    response.set_data(_packed(response.get_data()))
    response.headers["Content-Encoding"] = "gzip"
    return response


def _packed(body: bytes) -> bytes:
    if len(body) < _REMEMBERED_BYTES:
        return gzip.compress(body, _LEVEL, mtime=0)
    return _KEPT.get(hashlib.sha256(body).digest(), lambda: gzip.compress(body, _LEVEL, mtime=0))
