"""Keys by which other programs send reports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gridmgr.domain.validate import require_at_least, require_aware, require_text

#: Reports a day that a key may bring where nobody said otherwise, and the most one may be given.
DEFAULT_PER_DAY, MOST_PER_DAY = 500, 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A key, without the secret.

    Parameters
    ----------
    id
        Public part, by which it is found and named in the trail.
    name
        Whose it is, in the office's words.
    secret_hash
        SHA-256 of the secret part, which nobody here knows.
    per_day
        Reports it may bring a day.
    created_at, created_by
        When and by whom it was given out.
    revoked_at, revoked_by
        When and by whom it was taken back; None while it is good.
    last_used_at
        To the hour.
    """

    id: str
    name: str
    secret_hash: str
    per_day: int = DEFAULT_PER_DAY
    created_at: datetime
    created_by: str
    revoked_at: datetime | None = None
    revoked_by: str | None = None
    last_used_at: datetime | None = None

    def __post_init__(self) -> None:
        require_text("ApiKey", "id", self.id)
        require_text("ApiKey", "name", self.name)
        require_at_least("ApiKey", "per_day", self.per_day, 1)
        require_aware("ApiKey", "created_at", self.created_at)

    @property
    def is_good(self) -> bool:
        """Whether it may be used."""
        return self.revoked_at is None
