"""Completes the OpenAPI document: which errors each operation answers with, and that bodies are required."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from webapp.api.schemas import ErrorAnswer

_REF = {"$ref": "#/components/schemas/ErrorAnswer"}
_WORDS = {
    "400": "The request cannot be read, or its values contradict one another.",
    "401": "Nobody is logged in.",
    "403": "The role or the township scope does not allow it, or another site sent it.",
    "404": "There is no such thing.",
    "409": "Somebody else changed it first, or the id is taken by different content.",
    "413": "The body is too large.",
    "415": "The body is not declared as of the type named here.",
    "422": "Values are not valid; `fields` or `problems` name them.",
    "429": "Too many requests.",
    "500": "An internal error; nothing was changed.",
}


def complete(document: dict[str, Any], *, public: frozenset[str]) -> dict[str, Any]:
    """Add errors, security and ``requestBody.required`` to every operation.

    Parameters
    ----------
    document
        As APIFlask made it; changed in place and returned.
    public
        Rules of paths that need no login.
    """
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    _add_schema(schemas)
    for path, operations in document["paths"].items():
        for operation in operations.values():
            _complete_operation(operation, path=path, public=path in public)
    return document


def _complete_operation(operation: dict[str, Any], *, path: str, public: bool) -> None:
    statuses = ["400", "500"]
    if not public:
        operation["security"] = [{"session": []}]
        statuses += ["401", "403", "429"]
    if "{" in path or any(p.get("name") == "township" for p in operation.get("parameters", [])):
        statuses.append("404")
    if "requestBody" in operation:
        operation["requestBody"]["required"] = True
        statuses += ["404", "409", "413", "415", "422"]
    if operation.get("parameters"):
        statuses.append("422")
    # Those an endpoint names itself have the same body.
    statuses += [status for status in operation["responses"] if status in _WORDS]
    for status in sorted(set(statuses)):
        content = {"application/json": {"schema": _REF}}
        operation["responses"][status] = {"description": _WORDS[status], "content": content}


def _add_schema(schemas: dict[str, Any]) -> None:
    template = "#/components/schemas/{model}"
    schema: Mapping[str, Any] = ErrorAnswer.model_json_schema(ref_template=template)
    own = dict(schema)
    schemas.update(own.pop("$defs", {}))
    schemas["ErrorAnswer"] = own
