"""The one place where errors become answers: JSON under /api, a page elsewhere, in the user's language.

Nothing of the inside gets out: an unexpected error is logged with its trace; the answer has the request's id.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog
from apiflask.exceptions import HTTPError
from flask import Flask, Response, jsonify, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from gridmgr.errors import BadInput, Conflict, Forbidden, GridmgrError, NoPlan, NotFound, RowProblem, TooMany
from webapp.open311 import formats as open311
from webapp.requestlog import request_id
from webapp.texts import language, t, use_language_kept_here

log = structlog.get_logger("webapp")

#: HTTP status of each kind of error; `BadInput` without rows to blame is 400, see `status_of`.
STATUS: Mapping[type[GridmgrError], int] = {
    BadInput: 400,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
    NoPlan: 422,
    TooMany: 429,
}
#: Names of statuses in error bodies.
CODES = {
    400: "bad_request",
    401: "login_needed",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    409: "conflict",
    413: "too_large",
    415: "unsupported_media_type",
    422: "invalid",
    429: "too_many_requests",
    500: "internal_error",
    503: "not_ready",
}
_SHOWN = frozenset(CODES)
#: Of an HTTP error's own headers; the rest describes a body that is not sent.
_KEPT_HEADERS = frozenset({"Allow", "Retry-After"})


def status_of(error: GridmgrError) -> int:
    """HTTP status of an error."""
    if isinstance(error, BadInput) and error.problems:
        return 422
    return next((status for kind, status in STATUS.items() if isinstance(error, kind)), 400)


def problem_dict(problem: RowProblem) -> dict[str, Any]:
    """A row's problem for JSON, in the request's language."""
    return {
        "row": problem.row,
        "field": problem.field,
        "value": problem.value,
        "code": problem.code,
        "reason": problem.reason.render(language()),
    }


def answer(
    status: int, message: str, *, problems: list[dict[str, Any]] | None = None, fields: Any = None
) -> tuple[Response | str, int]:
    """An error's answer: JSON for the API, a page for people."""
    if request.path.startswith(open311.PREFIX):
        return open311.error(status, message)
    code = CODES.get(status, "error")
    if _wants_json():
        body: dict[str, Any] = {"code": code, "message": message, "request_id": request_id()}
        if problems:
            body["problems"] = problems
        if fields:
            body["fields"] = fields
        return jsonify(error=body), status
    page = render_template(
        "error.html", status=status, message=message, problems=problems or [], request_id=request_id()
    )
    return page, status


def install(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(GridmgrError, _on_ours)
    app.register_error_handler(HTTPError, _on_api_error)
    app.register_error_handler(CSRFError, _on_csrf)
    app.register_error_handler(HTTPException, _on_http)
    app.register_error_handler(Exception, _on_unexpected)


def _on_ours(error: GridmgrError) -> tuple[Response | str, int]:
    problems = [problem_dict(p) for p in error.problems] if isinstance(error, BadInput) else None
    return answer(status_of(error), error.render(language()), problems=problems)


def _on_api_error(error: HTTPError) -> tuple[Response | str, int]:
    status = error.status_code if error.status_code in _SHOWN else 400
    return answer(status, t(f"error.http_{status}"), fields=error.detail or None)


def _on_csrf(_error: CSRFError) -> tuple[Response | str, int]:
    return answer(400, t("error.csrf"))


def _on_http(error: HTTPException) -> tuple[Response | str, int, dict[str, str]] | HTTPException:
    if error.code is None or error.code < 400:
        # Redirects of the router are exceptions too.
        return error
    status = error.code if error.code in _SHOWN else (500 if error.code >= 500 else 400)
    body, _ = answer(status, t(f"error.http_{status}"))
    return body, error.code, {name: value for name, value in error.get_headers() if name in _KEPT_HEADERS}


def _on_unexpected(error: Exception) -> tuple[Response | str, int]:
    log.error("unexpected", id=request_id(), path=request.path, exc_info=error)
    # Perhaps the database is what broke: neither the language nor the page may ask it for the user.
    use_language_kept_here()
    if _wants_json() or request.path.startswith(open311.PREFIX):
        return answer(500, t("error.http_500"))
    return render_template("broken.html", message=t("error.http_500"), request_id=request_id()), 500


def _wants_json() -> bool:
    return request.path.startswith(("/api/", "/wechat/")) or request.path == "/openapi.json"
