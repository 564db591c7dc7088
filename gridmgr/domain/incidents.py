"""What is wrong out there: incidents found by squads, told by villagers, or passed on by hotlines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gridmgr.domain.validate import require_aware, require_choice, require_lon_lat, require_text

SOURCES = frozenset({"patrol", "tip", "wechat", "open311", "hotline", "department", "import"})
STATES = frozenset({"reported", "settled", "escalated", "closed"})
#: States in which somebody still has to do something.
OPEN_STATES = frozenset({"reported", "escalated"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One matter at one place.

    Parameters
    ----------
    id
        Its number.
    reported_at
        When it became known, aware.
    source
        One of `SOURCES`.
    category
        Kind of matter, free text of the office's own list.
    item_code
        Catalogue item, None while not classified.
    lon, lat
        WGS84 degrees.
    description
        Words of whoever reported it.
    village_code, township_code
        Where it lies.
    state
        One of `STATES`.
    urgent
        A squad has to go today.
    reported_by
        User or officer, None for imports.
    settled_at
        When it was settled or closed.
    case_id
        The case it belongs to, None before anybody acted on it. While it has one, ``state`` mirrors the
        case's, as `gridmgr.domain.cases.states.COARSE` says.
    """

    id: str
    reported_at: datetime
    source: str = "patrol"
    category: str = ""
    item_code: str | None = None
    lon: float
    lat: float
    description: str = ""
    village_code: str | None = None
    township_code: str | None = None
    state: str = "reported"
    urgent: bool = False
    reported_by: str | None = None
    settled_at: datetime | None = None
    case_id: str | None = None

    def __post_init__(self) -> None:
        require_text("Incident", "id", self.id)
        require_aware("Incident", "reported_at", self.reported_at)
        require_choice("Incident", "source", self.source, SOURCES)
        require_choice("Incident", "state", self.state, STATES)
        require_lon_lat("Incident", self.lon, self.lat)

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to act."""
        return self.state in OPEN_STATES


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A photo or file that belongs to something.

    Parameters
    ----------
    id
        Random id.
    subject_kind, subject_id
        What it belongs to, e.g. ``incident`` and its number.
    filename, mime, sha256
        Of the stored content.
    """

    id: str
    subject_kind: str
    subject_id: str
    filename: str
    mime: str
    sha256: str
    created_at: datetime
    created_by: str
