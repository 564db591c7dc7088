"""Settings of an installation, read from the environment once, at start."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from gridmgr.clock import DEFAULT_ZONE
from gridmgr.errors import BadInput

ROUTERS = ("embedded", "osrm", "valhalla")


@dataclass(frozen=True, kw_only=True)
class Config:
    """What an installation sets for itself.

    Parameters
    ----------
    database
        SQLAlchemy URL or path of a SQLite file (``GRIDMGR_DB``).
    zone
        Time zone of the offices (``GRIDMGR_ZONE``).
    router
        ``embedded``, ``osrm`` or ``valhalla`` (``GRIDMGR_ROUTER``).
    router_url
        Base URL of the routing service (``GRIDMGR_ROUTER_URL``); needed for the last two.
    """

    database: str = "gridmgr.db"
    zone: str = DEFAULT_ZONE
    router: str = "embedded"
    router_url: str | None = None

    def __post_init__(self) -> None:
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise BadInput(
                "error.setting", name="GRIDMGR_ZONE", value=self.zone, reason="no such time zone"
            ) from error
        if self.router not in ROUTERS:
            reason = f"must be one of {', '.join(ROUTERS)}"
            raise BadInput("error.setting", name="GRIDMGR_ROUTER", value=self.router, reason=reason)
        if self.router != "embedded" and not self.router_url:
            reason = f"needed with GRIDMGR_ROUTER={self.router}"
            raise BadInput("error.setting", name="GRIDMGR_ROUTER_URL", value=self.router_url, reason=reason)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Config:
        """Read the ``GRIDMGR_*`` variables; those that are not set keep their defaults."""
        return cls(
            database=environment.get("GRIDMGR_DB", cls.database),
            zone=environment.get("GRIDMGR_ZONE", cls.zone),
            router=environment.get("GRIDMGR_ROUTER", cls.router),
            router_url=environment.get("GRIDMGR_ROUTER_URL") or None,
        )
