"""What every service is handed: storage, clock, configuration, and a router over the imported roads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gridmgr.clock import Clock
from gridmgr.config import Config
from gridmgr.errors import NotFound
from gridmgr.geo.routers.base import Router
from gridmgr.storage import Storage, UnitOfWork


@dataclass(frozen=True, kw_only=True)
class Context:
    """The wired parts; made by `gridmgr.bootstrap`.

    Parameters
    ----------
    config, clock, storage
        Settings of the installation, the clock, the open database.
    router
        Gives the router to use now: over the roads in the database, a routing service, or straight lines
        where there is neither.
    """

    config: Config
    clock: Clock
    storage: Storage
    router: Callable[[], Router]


def require_township(uow: UnitOfWork, township_code: str) -> None:
    """Refuse a township that does not exist.

    Raises
    ------
    NotFound
        With the codes that do exist.
    """
    if uow.townships.get(township_code) is None:
        known = ", ".join(t.code for t in uow.townships.find()) or "-"
        raise NotFound("error.no_such_township", township=township_code, known=known)
