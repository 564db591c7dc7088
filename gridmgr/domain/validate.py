"""Small checks shared by the domain's dataclasses; each names the field and the value."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any


def require_text(owner: str, field: str, value: Any) -> None:
    """Refuse anything but a non-blank string."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{owner}.{field} must be a non-empty text, got {value!r}")


def require_choice(owner: str, field: str, value: Any, choices: Collection[Any]) -> None:
    """Refuse a value that is not one of the choices."""
    if value not in choices:
        raise ValueError(f"{owner}.{field} must be one of {sorted(choices)}, got {value!r}")


def require_at_least(owner: str, field: str, value: float, least: float) -> None:
    """Refuse a number below ``least`` (and NaN)."""
    if not value >= least:
        raise ValueError(f"{owner}.{field} must be at least {least}, got {value!r}")


def require_lon_lat(owner: str, lon: float, lat: float) -> None:
    """Refuse a point that is not on Earth, degrees."""
    if not -180 <= lon <= 180:
        raise ValueError(f"{owner}.lon must be within -180..180 degrees, got {lon!r}")
    if not -90 <= lat <= 90:
        raise ValueError(f"{owner}.lat must be within -90..90 degrees, got {lat!r}")


def require_aware(owner: str, field: str, value: datetime) -> None:
    """Refuse a time without a zone."""
    if value.tzinfo is None:
        raise ValueError(f"{owner}.{field} must carry a time zone, got {value!r}")
