"""One log line a request, with an id that the error page shows too. No bodies, no query values."""

from __future__ import annotations

import secrets
import time

import structlog
from flask import Flask, g, request
from werkzeug.wrappers import Response

log = structlog.get_logger("webapp")


def request_id() -> str:
    """Id of this request."""
    found: str = g.request_id
    return found


def install(app: Flask) -> None:
    """Number and log every request."""
    app.before_request(_start)
    app.after_request(_finish)


def _start() -> None:
    g.request_id = secrets.token_hex(8)
    g.started = time.perf_counter()


def _finish(response: Response) -> Response:
    response.headers["X-Request-Id"] = request_id()
    if request.endpoint == "static":
        return response
    log.info(
        "request",
        id=request_id(),
        method=request.method,
        path=request.path,
        status=response.status_code,
        user=g.get("user_name"),
        milliseconds=round((time.perf_counter() - g.started) * 1000, 1),
    )
    return response
