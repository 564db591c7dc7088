"""Where: townships, villages (the grid cells) and the places a squad visits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time

from shapely import Point
from shapely.geometry.base import BaseGeometry

from gridmgr.domain.validate import require_at_least, require_choice, require_lon_lat, require_text

VILLAGE_KINDS = frozenset({"village", "community"})
RISKS = ("A", "B", "C")
#: Visits a week where a village's row names none; risk A is the highest.
DEFAULT_VISITS_PER_WEEK = {"A": 3, "B": 2, "C": 1}
PLACE_KINDS = frozenset({"depot", "hotspot", "enterprise", "market", "school", "committee", "site", "other"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Township:
    """A township or street, parent of villages.

    Parameters
    ----------
    code, name
        Its own code and name.
    county_code, county_name
        Its county's.
    """

    code: str
    name: str
    county_code: str
    county_name: str

    def __post_init__(self) -> None:
        require_text("Township", "code", self.code)
        require_text("Township", "name", self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Village:
    """A village or community: the grid cell an officer answers for.

    Parameters
    ----------
    code, name
        Code (text of any form) and name.
    township_code, township_name, county_code, county_name
        Its parents.
    kind
        ``village`` or ``community``.
    risk
        ``A`` (highest), ``B`` or ``C``.
    required_visits_per_week
        How often a squad has to come.
    geometry
        Polygon or MultiPolygon, EPSG:4326 (lon, lat).
    """

    code: str
    name: str
    township_code: str
    township_name: str
    county_code: str
    county_name: str
    kind: str = "village"
    risk: str = "C"
    required_visits_per_week: int = 1
    geometry: BaseGeometry

    def __post_init__(self) -> None:
        for field in ("code", "name", "township_code"):
            require_text("Village", field, getattr(self, field))
        require_choice("Village", "kind", self.kind, VILLAGE_KINDS)
        require_choice("Village", "risk", self.risk, RISKS)
        require_at_least("Village", "required_visits_per_week", self.required_visits_per_week, 0)
        if self.geometry.geom_type not in ("Polygon", "MultiPolygon") or self.geometry.is_empty:
            raise ValueError(f"Village.geometry must be a polygon, got {self.geometry.geom_type}")

    @property
    def point(self) -> Point:
        """A point surely inside the village, EPSG:4326."""
        return self.geometry.representative_point()


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Something a squad can visit, or starts from.

    Parameters
    ----------
    id, name
        Id and name.
    kind
        One of `PLACE_KINDS`; a ``depot`` is where a township's squads start and end, a ``committee`` is the
        village committee's house, where a village patrol starts.
    lon, lat
        WGS84 degrees; other datums are converted at import.
    priority
        0 (never by itself) to 10.
    service_minutes
        How long a visit takes.
    open, close
        Local time between which a visit may start; both None for any time.
    required_skills
        Professional fields the squad must hold to inspect here.
    village_code, township_code
        Where it lies.
    """

    id: str
    name: str
    kind: str
    lon: float
    lat: float
    priority: int = 1
    service_minutes: int = 15
    open: time | None = None
    close: time | None = None
    required_skills: tuple[str, ...] = ()
    village_code: str | None = None
    township_code: str | None = None

    def __post_init__(self) -> None:
        require_text("Place", "id", self.id)
        require_text("Place", "name", self.name)
        require_choice("Place", "kind", self.kind, PLACE_KINDS)
        require_lon_lat("Place", self.lon, self.lat)
        require_at_least("Place", "priority", self.priority, 0)
        require_at_least("Place", "service_minutes", self.service_minutes, 0)
        if (self.open is None) != (self.close is None):
            raise ValueError(f"Place.open and .close go together, got {self.open!r} and {self.close!r}")
        if self.open is not None and self.close is not None and self.close <= self.open:
            raise ValueError(f"Place.close must be after open, got {self.open!r} to {self.close!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Vehicle:
    """A vehicle of a township's office.

    Parameters
    ----------
    id
        Number plate.
    township_code
        Whose it is.
    seats
        How many people it takes, driver included.
    """

    id: str
    township_code: str
    seats: int = 5

    def __post_init__(self) -> None:
        require_text("Vehicle", "id", self.id)
        require_text("Vehicle", "township_code", self.township_code)
        require_at_least("Vehicle", "seats", self.seats, 1)
