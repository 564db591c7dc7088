"""The composition root: wires configuration, clock, storage and router for web, worker and CLI."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import structlog

from gridmgr.clock import Clock, clock_in
from gridmgr.config import Config
from gridmgr.errors import BadInput
from gridmgr.geo.roads import RoadGraph
from gridmgr.geo.routers.base import Router
from gridmgr.geo.routers.embedded import EmbeddedRouter
from gridmgr.geo.routers.osrm import OsrmRouter
from gridmgr.geo.routers.straight import StraightLineRouter
from gridmgr.geo.routers.valhalla import ValhallaRouter
from gridmgr.services.context import Context
from gridmgr.storage import Storage, open_storage


class RouterFactory:
    """Gives the router to use now, keeping the embedded one while the roads stay the same.

    Parameters
    ----------
    config
        Chooses between the embedded router and a routing service.
    storage
        Holds the roads and the office's limits.
    """

    def __init__(self, config: Config, storage: Storage) -> None:
        self._config = config
        self._storage = storage
        self._lock = threading.Lock()
        self._kept: tuple[str, EmbeddedRouter] | None = None

    def __call__(self) -> Router:
        """The configured service; else the imported roads; else straight lines."""
        with self._storage.read() as uow:
            office = uow.settings.office()
            info = uow.roads.info()
        limit = float(office.snap_limit_metres)
        if self._config.router_url is not None and self._config.router == "osrm":
            return OsrmRouter(self._config.router_url, snap_limit_metres=limit)
        if self._config.router_url is not None and self._config.router == "valhalla":
            return ValhallaRouter(self._config.router_url, snap_limit_metres=limit)
        if info is None:
            return StraightLineRouter(factor=office.detour_factor, kmh=office.straight_kmh)
        return self._embedded(info.content_hash, limit)

    def _embedded(self, content_hash: str, limit: float) -> EmbeddedRouter:
        key = f"{content_hash}:{limit}"
        with self._lock:
            if self._kept is None or self._kept[0] != key:
                with self._storage.read() as uow:
                    data = uow.roads.data()
                if data is None:
                    raise RuntimeError("the road network vanished while it was read")
                self._kept = (key, EmbeddedRouter(RoadGraph.from_bytes(data), snap_limit_metres=limit))
            return self._kept[1]


def _log_to_stderr() -> None:
    """Keep stdout for answers: a program may be reading JSON there."""
    # Asked for anew each time, since test runners and servers put other streams in its place.
    structlog.configure(logger_factory=lambda *_: structlog.PrintLogger(sys.stderr))


def build_context(config: Config, *, clock: Clock | None = None, must_exist: bool = True) -> Context:
    """Open everything.

    Parameters
    ----------
    config
        Settings of the installation.
    clock
        Another clock than the machine's, for tests and reproducible demos.
    must_exist
        Refuse a database that is not set up yet.

    Raises
    ------
    BadInput
        If the database address is bad, nothing there can be opened as a database, or it is not set up and
        ``must_exist``.
    """
    _log_to_stderr()
    used = clock or clock_in(config.zone)
    if must_exist and "://" not in config.database and not Path(config.database).is_file():
        raise BadInput("error.database_missing", url=config.database)
    storage = open_storage(config.database, used)
    if not storage.is_readable():
        raise BadInput("error.database_unreadable", url=config.database)
    if must_exist and not storage.is_current():
        raise BadInput("error.database_missing", url=config.database)
    return Context(config=config, clock=used, storage=storage, router=RouterFactory(config, storage))
