"""XML and JSON of the specification: one structure, written either way by its "Spark convention".

A list is a container element of like children in XML and an array in JSON.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from flask import Response, json, request

PREFIX = "/open311/"
#: Container of each list, and the element of what it holds.
CHILDREN = {
    "services": "service",
    "service_requests": "request",
    "attributes": "attribute",
    "values": "value",
    "errors": "error",
    "endpoints": "endpoint",
    "formats": "format",
}
#: Characters that XML 1.0 has no place for.
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
#: The specification: 404 for what does not exist, 403 for keys, 400 for all else that is the caller's.
_STATUS = {409: 400, 415: 400, 422: 400}


def wants_json() -> bool:
    """By the address's ending; where it has none, by what the caller accepts. XML is the default."""
    if request.path.endswith(".json"):
        return True
    if request.path.endswith(".xml"):
        return False
    best = request.accept_mimetypes.best_match(["text/xml", "application/xml", "application/json"])
    return best == "application/json"


def answer(root: str, value: Any, status: int = 200) -> Response:
    """The value under its root element, in the caller's format."""
    if wants_json():
        body = json.dumps(_plain(value))
        return Response(body, status=status, content_type="application/json; charset=utf-8")
    element = Element(root)
    _fill(element, value)
    xml = b'<?xml version="1.0" encoding="utf-8"?>\n' + tostring(element, encoding="utf-8")
    return Response(xml, status=status, content_type="text/xml; charset=utf-8")


def error(status: int, words: str) -> tuple[Response, int]:
    """One error."""
    sent = _STATUS.get(status, status)
    return answer("errors", [{"code": sent, "description": words}], sent), sent


def _fill(element: Element, value: Any) -> None:
    if isinstance(value, Mapping):
        for name, part in value.items():
            _fill(SubElement(element, name), part)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for part in value:
            _fill(SubElement(element, CHILDREN[element.tag]), part)
    elif value is not None:
        element.text = _NO_XML.sub("", _text(value))


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return _moment(value) if isinstance(value, datetime) else str(value)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(part) for part in value]
    if isinstance(value, datetime):
        return _moment(value)
    return None if value == "" else value


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
