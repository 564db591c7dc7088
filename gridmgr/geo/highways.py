"""What the tags of an OpenStreetMap way say to a driver: may I, which way, how fast.

Keys and values as the OpenStreetMap wiki documents them (Key:highway, Key:access, Key:oneway, Key:maxspeed).
Speeds are averages a patrol car keeps over a stretch, junctions included, not limits.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

#: Road classes a car or motorcycle may use, in the order of their stored number, with average km/h.
#: Append only: the number is stored in imported road graphs.
CLASS_SPEEDS_KMH: Mapping[str, float] = MappingProxyType(
    {
        "motorway": 90.0,
        "trunk": 70.0,
        "primary": 60.0,
        "secondary": 50.0,
        "tertiary": 40.0,
        "unclassified": 30.0,
        "residential": 25.0,
        "living_street": 12.0,
        "service": 15.0,
        "track": 12.0,
        "road": 25.0,
        "motorway_link": 45.0,
        "trunk_link": 40.0,
        "primary_link": 35.0,
        "secondary_link": 30.0,
        "tertiary_link": 25.0,
    }
)
ROAD_CLASSES: tuple[str, ...] = tuple(CLASS_SPEEDS_KMH)

#: Classes a posted limit never makes faster: their surface and width set the pace.
_SLOW_CLASSES = frozenset({"living_street", "service", "track"})

#: Share of a posted limit that is kept on average between junctions, bends and traffic.
LIMIT_SHARE = 0.8

#: Most specific first: what is said of cars overrules what is said of everybody.
_ACCESS_KEYS = ("motorcar", "motor_vehicle", "vehicle", "access")
_DENIED = frozenset({"no", "private", "agricultural", "forestry", "emergency", "military", "psv", "bus"})

#: Limits by named zone, km/h. China: Implementing Regulations of the Road Traffic Safety Law, articles 45 and
#: 78 (roads with one lane a direction: 50 in town, 70 outside; motorway 120).
_ZONE_LIMITS_KMH = {"urban": 50.0, "rural": 70.0, "motorway": 120.0, "living_street": 20.0, "walk": 6.0}
_UNIT_KMH = {"": 1.0, "km/h": 1.0, "kmh": 1.0, "kph": 1.0, "mph": 1.609344, "knots": 1.852}
_LIMIT = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z/]*)")
_ZONE_NUMBER = re.compile(r"(?:[a-z]{2}:)?zone:?(\d+)")

_FORWARD = frozenset({"yes", "true", "1"})
_BACKWARD = frozenset({"-1", "reverse"})
_BOTH = frozenset({"no", "false", "0"})


@dataclass(frozen=True)
class Driving:
    """What a way means to a driver.

    Parameters
    ----------
    road_class
        Name in `ROAD_CLASSES`.
    kmh
        Average speed.
    oneway
        Only in the direction of travel, which is the way's own unless `backwards`.
    backwards
        A one-way driven against the order of its nodes.
    """

    road_class: str
    kmh: float
    oneway: bool
    backwards: bool = False


def parse_maxspeed(value: str) -> float | None:
    """Read a ``maxspeed`` tag.

    Parameters
    ----------
    value
        Such as ``50``, ``30 mph``, ``CN:urban``, ``CN:zone30``, ``40;60`` (the lowest counts) or ``none``.

    Returns
    -------
    float or None
        Km/h; None where the tag gives no number (``none``, ``signals``, anything unknown).
    """
    limits = [_parse_one_limit(part) for part in re.split(r"[;|]", value.strip().lower())]
    known = [limit for limit in limits if limit is not None]
    return min(known, default=None)


def _parse_one_limit(value: str) -> float | None:
    value = value.strip()
    zone = _ZONE_NUMBER.fullmatch(value)
    if zone is not None:
        return float(zone[1]) or None
    match = _LIMIT.fullmatch(value)
    if match is None:
        return _ZONE_LIMITS_KMH.get(value.rpartition(":")[2])
    factor = _UNIT_KMH.get(match[2])
    kmh = float(match[1]) * (factor or 0.0)
    return kmh if 0.0 < kmh <= 200.0 else None


def average_speed(road_class: str, maxspeed: str | None) -> float:
    """Average km/h on a road of the class, under its posted limit where one is tagged."""
    usual = CLASS_SPEEDS_KMH[road_class]
    limit = parse_maxspeed(maxspeed) if maxspeed else None
    if limit is None or not math.isfinite(limit):
        return usual
    kept = max(limit * LIMIT_SHARE, 5.0)
    return min(kept, usual) if road_class in _SLOW_CLASSES else kept


def may_drive(tags: Mapping[str, str]) -> bool:
    """Whether a car may use the way: denied are no, private and the like; destination and permit are fine."""
    if tags.get("area") == "yes":
        return False
    for key in _ACCESS_KEYS:
        if key in tags:
            return tags[key] not in _DENIED
    return True


def driving(tags: Mapping[str, str]) -> Driving | None:
    """Read the tags of a way.

    Returns
    -------
    Driving or None
        None when no car or motorcycle may or can drive there; ferries and roads not yet built are such.
    """
    road_class = tags.get("highway", "")
    if road_class not in CLASS_SPEEDS_KMH or not may_drive(tags):
        return None
    oneway = tags.get("oneway", "")
    implied = road_class == "motorway" or tags.get("junction") in {"roundabout", "circular"}
    return Driving(
        road_class=road_class,
        kmh=average_speed(road_class, tags.get("maxspeed")),
        oneway=oneway in _FORWARD or oneway in _BACKWARD or (implied and oneway not in _BOTH),
        backwards=oneway in _BACKWARD,
    )
