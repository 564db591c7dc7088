"""Junk sent to every endpoint of the API is refused in words; none makes the server stumble."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from conftest import Browsers
from test_routes import BLANK_APP

DOCUMENT: dict[str, Any] = BLANK_APP.spec  # type: ignore[assignment]
OPERATIONS = [
    (method, path, operation)
    for path, operations in sorted(DOCUMENT["paths"].items())
    for method, operation in sorted(operations.items())
]
NAMES = [f"{method.upper()} {path}" for method, path, _ in OPERATIONS]

#: In the place of every path and query value.
JUNK_TEXTS = (
    "x",
    "",
    "-1",
    "999999999999999999999",
    "NaN",
    "2026-02-30",
    "0000-00-00",
    "9999-12-31",
    "2026-03-02T09:00:00",
    "' OR 1=1 --",
    "<script>",
    "%00",
    "\x00",
    "../../etc",
    "村" * 300,
    "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
)
#: Bodies that are JSON and nothing an endpoint could want.
JUNK_BODIES = (
    "{}",
    "[]",
    "null",
    "0",
    '"x"',
    '{"x": 1}',
    '{"": null}',
    '{"day": 1e400}',
    '{"lon": 1e308, "lat": -1e308}',
    "[" * 100_000,
    '{"a": "\\ud800"}',
    '{"a": 1, "a": 2}',
)


def by_name() -> pytest.MarkDecorator:
    """Run a test once for each operation, named by it."""
    return pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS, ids=NAMES)


def filled(path: str, operation: dict[str, Any], value: str) -> str:
    """The path with the value in the place of every parameter."""
    for parameter in operation.get("parameters", []):
        if parameter["in"] == "path":
            path = path.replace(f"{{{parameter['name']}}}", quote(value, safe=""))
    return path


def check(status: int, body: Any, what: str) -> None:
    """An answer to junk: a refusal in words, or a success that found nothing wrong; never a stumble."""
    assert status < 500, what
    if status >= 400 and body is not None:
        assert body["error"]["message"], what
        assert body["error"]["request_id"], what


@by_name()
def test_junk_in_paths_and_queries(
    browsers: Browsers, method: str, path: str, operation: dict[str, Any]
) -> None:
    """Each value for all path parameters, and for each query parameter in turn."""
    names = [p["name"] for p in operation.get("parameters", []) if p["in"] == "query"]
    for value in JUNK_TEXTS:
        address = filled(path, operation, value)
        for query in ({}, *({name: value} for name in names), dict.fromkeys(names, value)):
            answer = browsers("admin").open(address, method=method, query_string=query)
            check(answer.status_code, answer.get_json(silent=True), f"{method} {address} {query}")


@by_name()
def test_junk_in_bodies(browsers: Browsers, method: str, path: str, operation: dict[str, Any]) -> None:
    """JSON of wrong shapes, too deep, with lone surrogates; endpoints without a body ignore it."""
    address = filled(path, operation, "x")
    for body in JUNK_BODIES:
        answer = browsers("admin").open(address, method=method, data=body, content_type="application/json")
        check(answer.status_code, answer.get_json(silent=True), f"{method} {address} {body[:40]}")
        if "requestBody" in operation:
            assert 400 <= answer.status_code < 500, f"{method} {address} took {body[:40]}"
