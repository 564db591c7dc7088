"""Where a squad's phone was: fixes of one officer on one day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from gridmgr.domain.validate import require_text


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Track:
    """A movement track; sensitive personal data (PIPL Art 28).

    Parameters
    ----------
    id, officer_id, township_code, day
        Whose, when.
    seconds
        UTC epoch seconds of each fix, shape (n,), ascending.
    lon_lat
        WGS84 degrees, shape (n, 2).
    """

    id: str
    officer_id: str
    township_code: str
    day: date
    seconds: NDArray[np.int64]
    lon_lat: NDArray[np.float64]

    def __post_init__(self) -> None:
        require_text("Track", "id", self.id)
        if self.lon_lat.shape != (len(self.seconds), 2):
            raise ValueError(
                f"Track.lon_lat must have shape ({len(self.seconds)}, 2), got {self.lon_lat.shape}"
            )
        if len(self.seconds) and np.any(np.diff(self.seconds) < 0):
            raise ValueError("Track.seconds must be ascending")
