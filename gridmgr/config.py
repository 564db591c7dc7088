"""Settings of an installation, read from the environment once, at start."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from gridmgr.clock import DEFAULT_ZONE
from gridmgr.errors import BadInput

ROUTERS = ("embedded", "osrm", "valhalla")
#: What WeChat allows as a token, and the form of its message key (32 bytes as base64 without padding).
_WECHAT_TOKEN = re.compile(r"[A-Za-z0-9]{3,32}")
_WECHAT_KEY = re.compile(r"[A-Za-z0-9+/]{43}")


@dataclass(frozen=True, kw_only=True)
class WeChatConfig:
    """The office's official account on WeChat.

    Parameters
    ----------
    token
        Signs what WeChat sends (``GRIDMGR_WECHAT_TOKEN``).
    app_id
        Of the account (``GRIDMGR_WECHAT_APP_ID``).
    aes_key
        Encrypts messages (``GRIDMGR_WECHAT_AES_KEY``); with it, messages that are not encrypted are refused.
    app_secret
        Lets photos be fetched from WeChat (``GRIDMGR_WECHAT_APP_SECRET``); without it nothing is fetched.
    api_url
        Where to fetch them from (``GRIDMGR_WECHAT_API``).
    """

    token: str = field(repr=False)
    app_id: str
    aes_key: str | None = field(default=None, repr=False)
    app_secret: str | None = field(default=None, repr=False)
    api_url: str = "https://api.weixin.qq.com"

    def __post_init__(self) -> None:
        if not _WECHAT_TOKEN.fullmatch(self.token):
            raise _bad("GRIDMGR_WECHAT_TOKEN", "***", "must be 3 to 32 letters and digits")
        if not self.app_id:
            raise _bad("GRIDMGR_WECHAT_APP_ID", self.app_id, "needed with GRIDMGR_WECHAT_TOKEN")
        if self.aes_key is not None and not _WECHAT_KEY.fullmatch(self.aes_key):
            raise _bad("GRIDMGR_WECHAT_AES_KEY", "***", "must be the 43 characters that WeChat gave")
        if not self.api_url.startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
            raise _bad("GRIDMGR_WECHAT_API", self.api_url, "must be an https address")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> WeChatConfig | None:
        """Read the ``GRIDMGR_WECHAT_*`` variables; None where no token is set."""
        token = environment.get("GRIDMGR_WECHAT_TOKEN")
        if not token:
            return None
        return cls(
            token=token,
            app_id=environment.get("GRIDMGR_WECHAT_APP_ID", ""),
            aes_key=environment.get("GRIDMGR_WECHAT_AES_KEY") or None,
            app_secret=environment.get("GRIDMGR_WECHAT_APP_SECRET") or None,
            api_url=(environment.get("GRIDMGR_WECHAT_API") or cls.api_url).rstrip("/"),
        )


def _bad(name: str, value: str, reason: str) -> BadInput:
    return BadInput("error.setting", name=name, value=value, reason=reason)


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
    wechat
        The official account, None where the office has none.
    """

    database: str = "gridmgr.db"
    zone: str = DEFAULT_ZONE
    router: str = "embedded"
    router_url: str | None = None
    contact_keys: str | None = field(default=None, repr=False)
    key_file: str | None = None
    wechat: WeChatConfig | None = None

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
            wechat=WeChatConfig.from_environment(environment),
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
