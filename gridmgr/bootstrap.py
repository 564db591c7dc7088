"""The composition root: wires configuration, clock, storage and router for web, worker and CLI."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import structlog

from gridmgr.clock import Clock, clock_in
from gridmgr.config import Config
from gridmgr.domain.settings import OfficeSettings
from gridmgr.errors import BadInput
from gridmgr.geo.roads import RoadGraph
from gridmgr.geo.routers import Router, choose_router
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
        self._kept: tuple[object, Router] | None = None

    def __call__(self) -> Router:
        """The configured service; else the imported roads; else straight lines."""
        with self._storage.read() as uow:
            office = uow.settings.office()
            info = uow.roads.info()
        if info is None or self._config.router != "embedded":
            return self._choose(office, None)
        key = (info.content_hash, office.snap_limit_metres)
        with self._lock:
            if self._kept is None or self._kept[0] != key:
                self._kept = (key, self._choose(office, self._graph()))
            return self._kept[1]

    def _choose(self, office: OfficeSettings, graph: RoadGraph | None) -> Router:
        urls = {self._config.router: self._config.router_url}
        return choose_router(
            graph=graph,
            osrm_url=urls.get("osrm"),
            valhalla_url=urls.get("valhalla"),
            snap_limit_metres=float(office.snap_limit_metres),
            detour_factor=office.detour_factor,
            straight_kmh=office.straight_kmh,
        )

    def _graph(self) -> RoadGraph:
        with self._storage.read() as uow:
            data = uow.roads.data()
        if data is None:
            raise RuntimeError("the road network vanished while it was read")
        return RoadGraph.from_bytes(data)


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
