"""Plan revisions as JSON and back, by the dataclasses' own types."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import TypeAdapter

T = TypeVar("T")


_adapters: dict[type[Any], TypeAdapter[Any]] = {}


def _adapter(kind: type[Any]) -> TypeAdapter[Any]:
    # Building an adapter takes milliseconds, using it microseconds.
    if kind not in _adapters:
        _adapters[kind] = TypeAdapter(kind)
    return _adapters[kind]


def encode(value: Any) -> str:
    """A dataclass as JSON text."""
    return _adapter(type(value)).dump_json(value).decode()


def decode(kind: type[T], body: str) -> T:
    """A dataclass from the JSON text `encode` wrote; its own validation runs again."""
    result: T = _adapter(kind).validate_json(body)
    return result
