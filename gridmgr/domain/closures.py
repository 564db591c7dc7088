"""Roads that are closed for a while: a flood, a building site, a procession."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gridmgr.domain.validate import require_aware, require_lon_lat, require_text

#: Points a drawn closure may have.
MOST_POINTS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadClosure:
    """Roads closed between two moments.

    Parameters
    ----------
    id
        Random id.
    township_code
        Whose office noted it; roads lead on into other townships, so it holds for all.
    points
        Longitude and latitude, WGS84 degrees: one picks the road nearest to it, several draw a line along the
        closed roads, or across one.
    starts_at, ends_at
        Aware moments; ``ends_at`` None while nobody knows when it opens again.
    reason
        Why, in words.
    created_by
        Who noted it.
    """

    id: str
    township_code: str
    points: tuple[tuple[float, float], ...]
    starts_at: datetime
    ends_at: datetime | None = None
    reason: str
    created_by: str

    def __post_init__(self) -> None:
        for field in ("id", "township_code", "reason", "created_by"):
            require_text("RoadClosure", field, getattr(self, field))
        if not 1 <= len(self.points) <= MOST_POINTS:
            raise ValueError(f"RoadClosure.points must be 1 to {MOST_POINTS} points, got {len(self.points)}")
        for lon, lat in self.points:
            require_lon_lat("RoadClosure", lon, lat)
        require_aware("RoadClosure", "starts_at", self.starts_at)
        if self.ends_at is not None:
            require_aware("RoadClosure", "ends_at", self.ends_at)
            if self.ends_at < self.starts_at:
                raise ValueError(f"RoadClosure.ends_at must not be before starts_at, got {self.ends_at}")

    def holds_between(self, first: datetime, last: datetime) -> bool:
        """Whether the roads are closed at some moment from ``first`` to ``last``."""
        return self.starts_at <= last and (self.ends_at is None or self.ends_at > first)
