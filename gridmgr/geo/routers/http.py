"""Talks to a routing server: asks again when it stumbles, and says in plain words when it fails."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import requests

from gridmgr.errors import BadInput, GridmgrError


class RouterFailed(GridmgrError):
    """A routing server could not be reached, refused, or answered what cannot be read."""


class RoutingServer:
    """One routing server.

    Proxies and passwords of the environment are not used: the server is expected in the office's own network.
    Redirects are not followed.

    Parameters
    ----------
    url
        ``http://`` or ``https://`` address, with a path where the server sits behind one.
    engine
        Its name for messages: OSRM, Valhalla.
    timeout_seconds
        For connecting and for every pause in the answer.
    tries
        How often a question is asked at most; server errors and broken connections are tried again.
    pause_seconds
        Wait before the second try, doubled before each further one.

    Raises
    ------
    BadInput
        If the address is not one of http or https with a host.
    """

    def __init__(
        self,
        url: str,
        *,
        engine: str,
        timeout_seconds: float = 30.0,
        tries: int = 3,
        pause_seconds: float = 0.2,
    ) -> None:
        self.engine = engine
        self.host = _host(url)
        self.url = url.rstrip("/")
        self._timeout = timeout_seconds
        self._pauses = [0.0, *(pause_seconds * 2**turn for turn in range(tries - 1))]
        self._session = requests.Session()
        self._session.trust_env = False

    def get(self, path: str, query: Mapping[str, str]) -> Any:
        """Ask by GET; the answer's JSON, also where the server refuses (status 400) and says why."""
        words = "&".join(f"{key}={value}" for key, value in query.items())
        return self._ask("GET", f"{path}?{words}", None)

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """Ask by POST with JSON; answers as `get` does."""
        return self._ask("POST", path, body)

    def refused(self, detail: object) -> RouterFailed:
        """Error to raise when the server says no."""
        return RouterFailed(
            "roads.server_refused", engine=self.engine, host=self.host, detail=str(detail)[:200]
        )

    def unreadable(self) -> RouterFailed:
        """Error to raise when the answer is not what the server's documentation promises."""
        return RouterFailed("roads.server_unreadable", engine=self.engine, host=self.host)

    def _ask(self, verb: str, path: str, body: Mapping[str, Any] | None) -> Any:
        failure: Exception | None = None
        for pause in self._pauses:
            time.sleep(pause)
            try:
                response = self._session.request(
                    verb, self.url + path, json=body, timeout=self._timeout, allow_redirects=False
                )
            except requests.RequestException as error:
                failure = error
                continue
            if response.status_code < 500:
                return self._read(response)
            failure = self.refused(f"HTTP {response.status_code}")
        if isinstance(failure, RouterFailed):
            raise failure
        raise RouterFailed("roads.server_unreachable", engine=self.engine, host=self.host) from failure

    def _read(self, response: requests.Response) -> Any:
        if response.status_code not in (200, 400):
            raise self.refused(f"HTTP {response.status_code}")
        try:
            return response.json()
        except requests.JSONDecodeError as error:
            if response.status_code == 400:
                raise self.refused("HTTP 400") from error
            raise self.unreadable() from error


def _host(url: str) -> str:
    """Host and port of an address, without any user name or password in it."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise BadInput("roads.server_address", scheme="?") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadInput("roads.server_address", scheme=parts.scheme or "?")
    return parts.hostname if port is None else f"{parts.hostname}:{port}"


def blocks(count: int, size: int) -> Iterator[range]:
    """Cut ``range(count)`` into runs of at most `size`."""
    for first in range(0, count, size):
        yield range(first, min(first + size, count))


def overlapping_blocks(count: int, size: int) -> Iterator[range]:
    """Cut a line of `count` stops into runs of at most `size`, each starting where the last one ended."""
    for first in range(0, count - 1, size - 1):
        yield range(first, min(first + size, count))
