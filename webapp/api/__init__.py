"""The frame of /api/v1: strict bodies, one shape of errors, and a document that says so.

Same sessions and guards as the pages. Endpoints live in modules of their own and are listed in
`webapp.blueprints`; each takes and gives models of `webapp.api.schemas`.
"""

from __future__ import annotations

import json
from typing import Any

from apiflask import APIFlask
from flask import abort, current_app, request
from flask.json.provider import DefaultJSONProvider

from webapp.api.document import complete
from webapp.guards import Guard, guard_of

_METHODS_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})


class StrictJson(DefaultJSONProvider):
    """JSON as RFC 8259 has it: NaN and Infinity are refused, Chinese stays readable."""

    ensure_ascii = False
    sort_keys = False

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """Parse, refusing numbers that are none.

        Raises
        ------
        ValueError
            For NaN and Infinity and for what is nested too deeply, as for anything else that is no JSON.
        """
        try:
            return json.loads(s, parse_constant=_refuse, **kwargs)
        except RecursionError as error:
            raise ValueError("nested too deeply") from error


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def install(app: APIFlask) -> None:
    """Check bodies before API views, and complete the document."""
    app.json = StrictJson(app)
    app.config.update(
        OPENAPI_VERSION="3.1.0",
        SECURITY_SCHEMES={"session": {"type": "apiKey", "in": "cookie", "name": "gridmgr"}},
        AUTO_VALIDATION_ERROR_RESPONSE=False,
        AUTO_404_RESPONSE=False,
        AUTO_SERVERS=False,
        VALIDATION_ERROR_STATUS_CODE=422,
    )
    app.before_request(_require_json)

    @app.spec_processor
    def _complete(document: dict[str, Any] | str) -> dict[str, Any] | str:
        assert isinstance(document, dict)  # a text only when the document is YAML
        return complete(document, public=_public_paths(app))


def _public_paths(app: APIFlask) -> frozenset[str]:
    rules = (rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/"))
    return frozenset(r.rule for r in rules if (guard_of(app, r.endpoint) or Guard(frozenset("-"))).is_public)


def _require_json() -> None:
    """Refuse a body that is not declared as JSON.

    A form or plain text can be sent by any site's page without the browser asking first.
    """
    if not request.path.startswith("/api/") or request.method not in _METHODS_WITH_BODY:
        return
    has_body = request.content_length or "Transfer-Encoding" in request.headers
    if request.mimetype == "multipart/form-data" and _takes_files():
        return
    if (has_body or request.mimetype) and request.mimetype != "application/json":
        abort(415)


def _takes_files() -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    spec = getattr(view, "_spec", {})
    return spec.get("content_type") == "multipart/form-data"
