"""Settings of an installation, read from the environment once, at start."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
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
    contact_keys
        Fernet keys that protect people's contact data, newest first, separated by commas
        (``GRIDMGR_CONTACT_KEYS``); None to keep them in a file.
    key_file
        That file (``GRIDMGR_KEY_FILE``); beside the database by default.
    """

    database: str = "gridmgr.db"
    zone: str = DEFAULT_ZONE
    router: str = "embedded"
    router_url: str | None = None
    contact_keys: str | None = field(default=None, repr=False)
    key_file: str | None = None

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
            contact_keys=environment.get("GRIDMGR_CONTACT_KEYS") or None,
            key_file=environment.get("GRIDMGR_KEY_FILE") or None,
        )

    @property
    def contact_key_file(self) -> Path:
        """Where the keys of contact data are kept: outside the database, so that its copy tells nothing."""
        if self.key_file is not None:
            return Path(self.key_file)
        scheme, apart, rest = self.database.partition("://")
        if not apart:
            return Path(f"{self.database}.key")
        # sqlite:///relative and sqlite:////absolute; a server's database has no folder here.
        is_file = scheme.startswith("sqlite") and rest.startswith("/") and len(rest) > 1
        return Path(f"{rest[1:]}.key" if is_file else "gridmgr.db.key")
